from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given

from artifolio.bodies import Column, Markdown, Progress, Table
from artifolio.catalog import Version
from artifolio.entries import Entry
from artifolio.origins import Code, Run
from artifolio.records import Record, dump_record, parse_record
from artifolio.website.data import version_csv, version_json
from payloads import payloads
from samples import make_illustrated, make_record, one_of_each_type
from strategies import records, tables, texts

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_json(record: Record, number: int = 1) -> dict:
    version = Version(Entry(record.header, record.header.path), number)
    return json.loads(version_json(version, record))


def table(*rows: tuple, names: str = "abc") -> Table:
    width = len(rows[0]) if rows else len(names)
    return Table(tuple(Column(name, "mixed") for name in names[:width]), rows)


def read_csv(body: Table) -> list[list[str]]:
    text = version_csv(body).decode()
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def cell(value: object) -> str:
    return read_csv(table(("first", value)))[1][1]


@given(records())
def test_json_holds_everything_that_the_record_holds(record):
    found = as_json(parse_record(dump_record(record)))
    header = record.header
    assert found["id"] == str(header.id)
    assert found.get("key") == header.key
    assert found.get("description") == header.description
    assert found.get("tags", []) == list(header.tags)
    assert found.get("metadata", {}) == header.metadata
    assert found["digest"].startswith("sha256:")


def test_json_of_a_whole_version():
    run = Run("churn", "f-1", "brave-otter", "score", "t-1")
    code = Code("9fceb02d", "main", False, "https://example.org/r.git")
    record = make_record(
        Markdown("It fell.\n"),
        description="d",
        tags=("a",),
        metadata={"x": None},
        run=run,
        code=code,
    )
    found = as_json(parse_record(dump_record(record)), number=12)
    assert found == {
        "$schema": "../_assets/schema/version-1.json",
        "format": 1,
        "id": "019ab0d6-6f3b-7c1e-9d7a-000000000001",
        "key": "loss",
        "type": "markdown",
        "created": "2026-08-01T12:01:00.123Z",
        "description": "d",
        "tags": ["a"],
        "metadata": {"x": None},
        "run": {
            "flow": "churn",
            "flow_run": "f-1",
            "flow_run_name": "brave-otter",
            "task": "score",
            "task_run": "t-1",
        },
        "code": {
            "commit": "9fceb02d",
            "branch": "main",
            "dirty": False,
            "remote": "https://example.org/r.git",
        },
        "version": 12,
        "digest": found["digest"],
        "header_sha256": found["header_sha256"],
        "data": "It fell.\n",
    }


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.body.type)
def test_json_holds_the_body_of_every_type(record):
    assert as_json(record)["data"]


def test_json_of_a_table_has_a_mapping_for_each_row_and_the_columns():
    found = as_json(make_record(table((1, "x", None), (2.5, [1, {"k": "v"}], True))))
    assert found["data"] == [
        {"a": 1, "b": "x", "c": None},
        {"a": 2.5, "b": [1, {"k": "v"}], "c": True},
    ]
    assert [column["name"] for column in found["columns"]] == ["a", "b", "c"]
    assert found["rows"] == 2


def test_json_keeps_integers_of_any_size():
    assert as_json(make_record(table((10**4000,))))["data"] == [{"a": 10**4000}]


def test_json_is_readable_text_with_one_line_end():
    version = Version(Entry(make_record().header, "loss/x.yaml"), 1)
    text = version_json(version, make_record(Markdown("Köln 😀"))).decode()
    assert "Köln 😀" in text
    assert text.endswith("}\n")


def test_json_of_progress_tells_when_it_moved():
    record = make_record(Progress(40.0))
    assert "updated" not in as_json(record)
    assert as_json(record)["data"] == {"percent": 40.0}


@given(tables())
def test_csv_has_a_line_for_each_row_and_a_cell_for_each_column(body):
    found = read_csv(body)
    assert len(found) == 1 + len(body.rows)
    assert {len(row) for row in found} == {len(body.columns)}


@given(tables())
def test_no_text_in_csv_is_a_formula(body):
    found = read_csv(body)[1:]
    numbers = [[type(value) in (int, float) for value in row] for row in body.rows]
    assert not [
        text
        for row, kinds in zip(found, numbers, strict=True)
        for text, is_number in zip(row, kinds, strict=True)
        if text.startswith(FORMULA_STARTS) and not is_number
    ]


@pytest.mark.parametrize("payload", payloads("csv"), ids=str)
def test_hostile_cells_are_no_formulas(payload):
    assert not cell(payload.text).startswith(FORMULA_STARTS)
    assert cell(payload.text).removeprefix("'") == payload.text.replace("\0", "\ufffd")


@pytest.mark.parametrize("payload", payloads("csv"), ids=str)
def test_hostile_column_names_are_no_formulas(payload):
    (names,) = read_csv(Table((Column(payload.text, "string"),), ()))
    assert not names[0].startswith(FORMULA_STARTS)


@given(texts)
def test_csv_keeps_text_but_for_the_apostrophe(text):
    text = text.replace("\0", "\ufffd")
    assert cell(text) in (text, f"'{text}")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (-1, "-1"),
        (-0.5, "-0.5"),
        (1e-7, "1e-07"),
        (10**400, str(10**400)),
        ([1, None, "ä"], '[1, null, "ä"]'),
        ({"a": [1]}, '{"a": [1]}'),
        ('say "x", y', 'say "x", y'),
        ("two\nlines", "two\nlines"),
        ("'quoted", "'quoted"),
    ],
)
def test_csv_of_each_kind_of_value(value, expected):
    assert cell(value) == expected


def test_lines_of_csv_end_as_rfc_4180_says():
    assert version_csv(table((1, 2), (3, 4))) == b"a,b\r\n1,2\r\n3,4\r\n"


def test_csv_of_an_empty_table_has_the_names():
    assert version_csv(table(names="ab")) == b"a,b\r\n"


def test_the_json_of_a_text_has_its_images():
    (image,) = as_json(make_record(make_illustrated(loss=b"a")))["images"]
    assert (image["path"], image["ending"], image["size"]) == ("plots/loss.png", "1.png", 1)
