from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.bodies import Image, Link, Markdown, Progress, Table
from artifolio.errors import InvalidValueError
from artifolio.origins import Run
from artifolio.records import Record, retire
from artifolio.server.forms import (
    METADATA_CHARACTERS,
    collection_id,
    from_prefect,
    to_collection,
    to_prefect,
)
from samples import NOON, make_record, one_of_each_type

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | strategies.texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(strategies.texts, inner, max_size=3)
    ),
    max_leaves=8,
)


def address(header, attachment) -> str:
    return f"https://example.org/{attachment.name}"


def sent(record: Record) -> dict:
    return to_prefect(record, address)


def data_of(body, **fields):
    return sent(make_record(body, **fields))["data"]


def test_every_field_that_prefect_knows_is_there():
    run = Run(flow_run=str(UUID(int=1)), task_run=str(UUID(int=2)))
    found = sent(make_record(Markdown("x"), run=run, description="words", metadata={"a": "b"}))
    assert set(found) == set(
        "id created updated key type description data metadata_ flow_run_id task_run_id".split()
    )
    assert found["created"].endswith("Z")
    assert (found["flow_run_id"], found["task_run_id"]) == (run.flow_run, run.task_run)
    assert found["metadata_"] == {"a": "b"}


def test_a_link_is_markdown_as_prefect_has_it():
    found = sent(make_record(Link("https://example.org/a", "the data")))
    assert (found["type"], found["data"]) == ("markdown", "[the data](https://example.org/a)")
    assert data_of(Link("https://example.org/a")) == (
        "[https://example.org/a](https://example.org/a)"
    )


def test_a_table_is_json_in_a_text():
    table = next(record for record in one_of_each_type() if isinstance(record.body, Table))
    assert json.loads(sent(table)["data"])[1] == {"city": "Köln 😀", "loss": 1e-07, "ok": None}


def test_progress_is_a_number():
    assert data_of(Progress(40.0)) == 40.0


def test_files_are_addresses():
    kinds = {sent(record)["type"]: sent(record)["data"] for record in one_of_each_type()}
    assert kinds["file"].startswith("https://example.org/")
    assert data_of(Image(url="https://e.org/x.png")) == "https://e.org/x.png"


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.body.type)
def test_a_body_that_is_gone_leaves_the_type_and_no_data(record):
    whole, gone = sent(record), sent(retire(record, NOON, {}))
    assert gone == {**whole, "data": None}


def test_values_of_metadata_are_texts_of_bounded_length():
    found = sent(
        make_record(Markdown("x"), metadata={"n": 1.5, "o": {"a": [1]}, "long": "x" * 900})
    )
    assert found["metadata_"]["n"] == "1.5"
    assert json.loads(found["metadata_"]["o"]) == {"a": [1]}
    assert found["metadata_"]["long"] == "x" * METADATA_CHARACTERS + "..."


def test_a_run_that_is_no_uuid_is_none_to_prefect():
    assert sent(make_record(Markdown("x"), run=Run(flow_run="github-1")))["flow_run_id"] is None


def test_a_key_has_an_id_of_its_own_and_names_its_latest_version():
    first, latest = make_record(Markdown("a"), number=1), make_record(Markdown("b"), number=2)
    found = to_collection(sent(latest), first.header)
    assert found["latest_id"] == str(latest.header.id)
    assert found["id"] == str(collection_id("loss")) != found["latest_id"]
    assert found["created"] == sent(first)["created"]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[a b](https://e.org/x)", Link("https://e.org/x", "a b")),
        ("[https://e.org](https://e.org)", Link("https://e.org")),
        ("[](https://e.org)", Link("https://e.org")),
        (
            "[w](https://en.wikipedia.org/wiki/A_(b))",
            Link("https://en.wikipedia.org/wiki/A_(b)", "w"),
        ),
    ],
)
def test_markdown_that_is_exactly_one_link_is_a_link(text, link):
    assert from_prefect("markdown", text) == (link, {})


@pytest.mark.parametrize(
    "text",
    ["see [a](https://e.org)", "[a](https://e.org) ", "[a](https://e.org)\n[b](https://e.org)",
     "![a](https://e.org)", "[a] (https://e.org)", "[a](b c)", "[[a]](b)", "[a]()", ""],
)  # fmt: skip
def test_any_other_markdown_stays_as_it_is(text):
    assert from_prefect("markdown", text) == (Markdown(text), {})


@pytest.mark.parametrize(
    "data",
    ['[{"a": 1}, {"a": 2}]', '{"a": [1, 2]}', [{"a": 1}, {"a": 2}], {"a": [1, 2]}],
)
def test_tables_come_as_text_or_as_they_are(data):
    body, _ = from_prefect("table", data)
    assert body.rows == ((1,), (2,))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("table", "no json"),
        ("table", '"text"'),
        ("table", 5),
        ("progress", "40"),
        ("progress", 101),
        ("progress", True),
        ("progress", None),
        ("file", "x"),
        ("image", {"attachment": "x"}),
        ("link", 5),
    ],
)
def test_what_cannot_be_kept_is_refused(kind, data):
    with pytest.raises(InvalidValueError):
        from_prefect(kind, data)


@given(st.none() | strategies.texts.filter(lambda kind: kind not in TYPES), JSON)
def test_what_is_of_no_type_of_ours_comes_back_as_it_was(kind, data):
    body, extra = from_prefect(kind, data)
    found = sent(make_record(body, extra=extra))
    assert (found["type"], found["data"]) == (kind, data)


TYPES = ("markdown", "link", "table", "progress", "image", "file")


@given(strategies.records())
def test_every_record_has_a_form(record):
    json.dumps(sent(record), allow_nan=False).encode()
