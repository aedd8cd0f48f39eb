"""What people change of what was published, and what they delete."""

from __future__ import annotations

import json

import pytest

from artifolio.bodies import Column, Image, Markdown, Table
from artifolio.keys import now, to_milliseconds
from artifolio.pins import Pin, write_pin
from artifolio.records import retire
from artifolio.retirement import Retirement
from artifolio.store import Store
from samples import PNG, make_attachment, make_id, make_record

NONE = "019ab0d6-6f3b-7c1e-9d7a-ffffffffffff"


@pytest.fixture
def version(store: Store):
    """The record of a version that is there."""
    record = make_record(Markdown("The words."), "report", 1, description="Old", tags=("a", "b"))
    store.add(record)
    return record


def edit(ask, version_id: object, **fields: object):
    headers = {"Content-Type": "application/json"}
    # As ASCII, which holds half of a surrogate pair, too.
    content = json.dumps(fields).encode()
    return ask("PATCH", f"/api/v1/versions/{version_id}", content=content, headers=headers)


def test_a_description_is_replaced_and_the_rest_stays(ask, store, version):
    assert edit(ask, version.header.id, description="New").status_code == 204
    found = store.read(version.header.path)
    assert found.header.description == "New"
    assert found.header.tags == ("a", "b")
    assert found.header.updated is not None
    assert found.body == version.body
    assert found.intact


def test_tags_are_replaced_and_none_is_there_twice(ask, store, version):
    assert edit(ask, version.header.id, tags=["c", "a", "c"]).status_code == 204
    found = store.read(version.header.path).header
    assert (found.tags, found.description) == (("c", "a"), "Old")


@pytest.mark.parametrize("empty", [None, ""])
def test_a_description_can_be_taken_away(ask, store, version, empty):
    assert edit(ask, version.header.id, description=empty).status_code == 204
    assert store.read(version.header.path).header.description is None


def test_an_edit_that_changes_nothing_writes_nothing(ask, store, version):
    before = (store.root / version.header.path).read_bytes()
    assert edit(ask, version.header.id, description="Old", tags=["a", "b"]).status_code == 204
    assert (store.root / version.header.path).read_bytes() == before


def test_who_saw_something_else_changes_nothing(ask, store, version):
    was = {"description": "Older", "tags": ["a", "b"]}
    answer = edit(ask, version.header.id, description="New", was=was)
    assert answer.status_code == 409
    assert "somebody else" in answer.json()["detail"]
    assert store.read(version.header.path).header.description == "Old"


def test_who_saw_what_there_is_changes_it(ask, store, version):
    was = {"description": "Old", "tags": ["a", "b"]}
    assert edit(ask, version.header.id, description="New", was=was).status_code == 204


def test_what_was_altered_is_not_made_to_look_as_published(ask, store, version):
    path = store.root / version.header.path
    path.write_text(path.read_text().replace("The words.", "Other ones"))
    answer = edit(ask, version.header.id, description="New")
    assert answer.status_code == 409
    assert "changed after it was published" in answer.json()["detail"]


def test_a_version_whose_body_was_removed_can_be_edited(ask, store, version):
    entry = store.find(version.header.id)
    store.retire(entry, retire(store.read(entry.path), to_milliseconds(now()), {}))
    assert edit(ask, version.header.id, description="New").status_code == 204
    found = store.read(version.header.path)
    assert (found.header.description, found.intact) == ("New", True)
    assert isinstance(found.header.retired, Retirement)


@pytest.mark.parametrize(
    ("body", "contents"),
    [
        (Table((Column("n", "integer"),), ((1,), (2,)), row_key=("n",)), ()),
        (Image(attachment=make_attachment(), alt="It falls"), (PNG,)),
    ],
    ids=["table", "image"],
)
def test_tables_and_images_keep_all_that_they_have(ask, store, body, contents):
    record = make_record(body, "kept", metadata={"m": 1})
    store.add(record, *contents)
    assert edit(ask, record.header.id, tags=["x"]).status_code == 204
    found = store.read(record.header.path)
    assert found.body == record.body
    assert found.header.metadata == {"m": 1}
    assert found.intact


@pytest.mark.parametrize(
    "fields",
    [
        *({}, {"was": {"description": None, "tags": []}}, {"key": "x", "tags": []}),
        *({"description": 1}, {"tags": "a"}, {"tags": [1]}, {"tags": None}, {"tags": ["\ud800"]}),
        *(
            {"tags": [], "was": 1},
            {"tags": [], "was": None},
            {"tags": [], "was": {}},
            {"description": "\ud800"},
        ),
    ],
)
def test_what_is_no_edit_is_refused_with_the_reason(ask, store, version, fields):
    answer = edit(ask, version.header.id, **fields)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert store.read(version.header.path).header.updated is None


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"1", b"[" * 100_000])
def test_what_is_no_object_is_refused(ask, version, content):
    path, headers = f"/api/v1/versions/{version.header.id}", {"Content-Type": "application/json"}
    assert ask("PATCH", path, content=content, headers=headers).status_code in (415, 422)


def test_what_is_not_there_is_not_edited(ask, version):
    assert edit(ask, NONE, tags=[]).status_code == 404
    assert edit(ask, "x", tags=[]).status_code == 422


def test_a_key_is_deleted_with_its_attachments_and_pins(ask, store, version):
    image = make_record(Image(attachment=make_attachment()), "report", 2)
    store.add(image, PNG)
    write_pin(store.root, Pin("report", "production", str(version.header.id)))
    answer = ask("DELETE", "/api/v1/artifacts/report")
    assert (answer.status_code, answer.json()) == (200, {"versions": 2})
    assert [path.name for path in (store.root / "report").iterdir()] == [".keep"]
    assert ask("GET", "/api/v1/artifacts/report").status_code == 404


def test_a_key_of_which_more_was_published_is_not_deleted(ask, store, version):
    store.add(make_record(Markdown("More."), "report", 2))
    path = f"/api/v1/artifacts/report?latest={version.header.id}"
    assert ask("DELETE", path).status_code == 409
    assert ask("DELETE", f"/api/v1/artifacts/report?latest={make_id(2)}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing", 404), ("..", 404), ("report?latest=x", 422), ("report?x=", 422)],
)
def test_what_is_no_key_or_no_question_deletes_nothing(ask, store, version, path, status):
    assert ask("DELETE", f"/api/v1/artifacts/{path}").status_code == status
    assert store.read(version.header.path).body == version.body


def test_a_version_that_is_deleted_takes_its_pins_along(ask, store, version):
    write_pin(store.root, Pin("report", "production", str(version.header.id)))
    assert ask("DELETE", f"/api/artifacts/{version.header.id}").status_code == 204
    assert [path.name for path in (store.root / "report").iterdir()] == [".keep"]


def test_nobody_edits_or_deletes_without_the_token(make_asker, store, version):
    ask = make_asker(token=None)
    assert edit(ask, version.header.id, tags=[]).status_code == 401
    assert ask("DELETE", "/api/v1/artifacts/report").status_code == 401
    assert store.read(version.header.path).header.tags == ("a", "b")
