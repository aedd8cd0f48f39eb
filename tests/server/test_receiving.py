from __future__ import annotations

import base64
import json

import pytest

from artifolio.bodies import File, Markdown, Progress
from artifolio.headers import sha256_of
from artifolio.keys import format_time
from artifolio.records import dump_record, parse_record
from artifolio.store import Store
from payloads import payloads
from samples import (
    NOON,
    PNG,
    make_attachment,
    make_id,
    make_illustrated,
    make_record,
    one_of_each_type,
    put_retired,
)

ADDRESS = f"/api/v1/versions/{make_id(1)}"


def sent(record, *contents: bytes, **fields) -> dict:
    """Return what a publisher sends."""
    files = [
        {"name": attachment.name, "content": base64.b64encode(content).decode()}
        for attachment, content in zip(record.attachments, contents, strict=True)
    ]
    return {"record": dump_record(record), "attachments": files, **fields}


def put_to(ask, record, *contents: bytes, **fields):
    address = f"/api/v1/versions/{record.header.id}"
    return ask("PUT", address, json=sent(record, *contents, **fields))


def reasons(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(wrong["name"], wrong["reason"]) for wrong in answer.json()["errors"]]


def files_in(store: Store) -> dict[str, bytes]:
    return {
        path.relative_to(store.root).as_posix(): path.read_bytes()
        for path in store.root.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def elsewhere(tmp_path):
    """A folder that versions are published into without any server."""
    return Store(tmp_path / "elsewhere")


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.header.key)
def test_what_is_sent_is_stored_as_its_publisher_would(ask, store, elsewhere, record):
    contents = [b"PK" if isinstance(record.body, File) else PNG for _ in record.attachments]
    answer = put_to(ask, record, *contents)
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": str(record.header.id), "path": record.header.path},
    )
    elsewhere.add(record, *contents)
    assert files_in(store) == files_in(elsewhere)


def test_images_of_a_text_are_stored_with_it(ask, store, elsewhere):
    record = make_record(make_illustrated(a=PNG, b=PNG + b"2"))
    assert put_to(ask, record, PNG, PNG + b"2").status_code == 201
    elsewhere.add(record, PNG, PNG + b"2")
    assert files_in(store) == files_in(elsewhere)


def test_what_was_sent_is_given_at_once(ask):
    record = make_record(Markdown("new"))
    put_to(ask, record)
    assert ask("GET", "/api/artifacts/loss/latest").json()["id"] == str(record.header.id)


def test_the_same_may_be_sent_again_and_is_there_once(ask, store):
    record = make_record(File(make_attachment(PNG)))
    put_to(ask, record, PNG)
    before = files_in(store)
    answer = put_to(ask, record, PNG)
    assert (answer.status_code, answer.json()["path"]) == (200, record.header.path)
    assert files_in(store) == before


def test_what_was_cut_off_between_attachment_and_record_is_taken_up(ask, store):
    record = make_record(File(make_attachment(PNG)))
    store.make_folder("loss")
    (store.root / "loss" / record.attachments[0].name).write_bytes(PNG)
    assert put_to(ask, record, PNG).status_code == 201
    assert store.read(record.header.path).intact


def test_another_file_in_the_place_of_an_attachment_stays(ask, store):
    record = make_record(File(make_attachment(PNG)))
    store.make_folder("loss")
    path = store.root / "loss" / record.attachments[0].name
    path.write_bytes(b"another")
    answer = put_to(ask, record, PNG)
    assert (answer.status_code, path.read_bytes()) == (409, b"another")
    assert str(store.root) not in answer.text
    assert store.scan("loss").entries == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"body": Markdown("other")},
        {"description": "other"},
        {"key": "sales"},
        {"created": NOON},
    ],
    ids=str,
)
def test_another_version_of_the_same_id_is_refused(ask, store, changes):
    put_to(ask, make_record(Markdown("first")))
    before = files_in(store)
    answer = put_to(ask, make_record(**{"body": Markdown("first"), **changes}))
    assert answer.status_code == 409
    assert str(store.root) not in answer.text
    assert {name for name, _ in files_in(store).items()} == before.keys()


def test_a_record_that_was_altered_is_no_repetition(ask, store):
    record = make_record(Markdown("first"))
    put_to(ask, record)
    path = store.root / record.header.path
    path.write_text(path.read_text().replace("first", "other"))
    assert put_to(ask, record).status_code == 409


def test_a_record_of_another_hand_is_stored_as_ours(ask, store):
    record = make_record(Markdown("It fell."), tags=("a",))
    text = dump_record(record)
    lines = [line for line in text.splitlines() if not line.startswith("header_sha256")]
    loose = "# by hand\n" + "\n".join(lines).replace('["a"]', "[ 'a' ]") + "\n"
    answer = ask("PUT", ADDRESS, json={"record": loose})
    assert answer.status_code == 201, answer.text
    assert (store.root / record.header.path).read_text() == text


def test_a_header_hash_of_another_layout_is_made_anew(ask, store):
    record = make_record(Markdown("It fell."), tags=("a", "b"))
    lines = dump_record(record).splitlines(keepends=True)
    header = "".join([lines[5], *lines[:5], lines[6]])
    text = f'{header}header_sha256: "{sha256_of(header)}"\n{"".join(lines[8:])}'
    assert (parse_record(text).intact, lines[7][:13]) == (True, "header_sha256")
    assert ask("PUT", ADDRESS, json={"record": text}).status_code == 201
    assert (store.root / record.header.path).read_text() == dump_record(record)


def test_fields_that_are_not_known_yet_survive(ask, store):
    record = make_record(Markdown("x"), extra={"mood": {"good": True}})
    put_to(ask, record)
    assert store.read(record.header.path).header.extra == {"mood": {"good": True}}


def altered(record) -> str:
    return dump_record(record).replace("It fell", "It rose")


WRONG_RECORDS = {
    "nothing": "",
    "cut off": dump_record(make_record())[:-4],
    "altered": altered(make_record()),
    "another id": dump_record(make_record(number=2)),
    "a bad key": dump_record(make_record()).replace('"loss"', '"../loss"'),
    "a bad id": dump_record(make_record()).replace(str(make_id(1)), str(make_id(1)).upper()),
    "a lone surrogate": "\ud800",
    "a number": 1,
    "too deep": "[" * 100_000,
    "an alias": "a: &a 1\nb: *a\n...\n",
    "another format": dump_record(make_record()).replace("format: 1", "format: 2"),
}


@pytest.mark.parametrize("record", WRONG_RECORDS.values(), ids=WRONG_RECORDS)
def test_what_is_no_record_is_refused_with_the_reason(ask, store, record):
    content = json.dumps({"record": record}).encode()
    answer = ask("PUT", ADDRESS, content=content, headers={"Content-Type": "application/json"})
    ((name, reason),) = reasons(answer)
    assert (name, bool(reason)) == ("record", True)
    assert files_in(store) == {}


def test_a_record_over_the_limit_is_refused(ask, monkeypatch):
    monkeypatch.setattr("artifolio.recordfiles.MAX_RECORD_BYTES", 100)
    ((name, reason),) = reasons(put_to(ask, make_record()))
    assert (name, "100 are the limit" in reason) == ("record", True)


def test_a_version_without_its_body_is_refused(ask, store, elsewhere):
    text = put_retired(elsewhere, make_record()).read_text()
    ((name, _),) = reasons(ask("PUT", ADDRESS, json={"record": text}))
    assert (name, files_in(store)) == ("record", {})


def content(text: str = base64.b64encode(PNG).decode(), name: str | None = None) -> dict:
    record = make_record(File(make_attachment(PNG)))
    return {"name": name or record.attachments[0].name, "content": text}


@pytest.mark.parametrize(
    "attachments",
    [
        [],
        [content(), content()],
        [content(), content(name="another.png")],
        [content(name="../../x.png")],
        [content("not base64!")],
        [content("QUJD")],
        [content(base64.b64encode(PNG[:-1] + b"?").decode())],
        [content("Köln")],
        [content(1)],
        [{**content(), "more": 1}],
        ["a"],
        {"a": "b"},
        None,
        "a",
    ],
    ids=str,
)
def test_files_that_are_not_those_of_the_record_are_refused(ask, store, attachments):
    record = make_record(File(make_attachment(PNG)))
    ((name, _),) = reasons(put_to(ask, record, PNG, attachments=attachments))
    assert name.startswith("attachments")
    assert files_in(store) == {}


@pytest.mark.parametrize("what", ["", "/progress"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 200_000])
def test_what_is_no_object_is_refused(ask, body, what):
    headers = {"Content-Type": "application/json"}
    assert ask("PUT", f"{ADDRESS}{what}", content=body, headers=headers).status_code == 422


def test_all_that_is_wrong_with_the_fields_is_told(ask):
    answer = ask("PUT", ADDRESS, json={"b": 1, "a": 2})
    assert reasons(answer) == [
        ("record", "is missing"),
        ("a", "there is no such field"),
        ("b", "there is no such field"),
    ]


@pytest.mark.parametrize(
    "name", ["1", str(make_id(1)).upper(), make_id(1).hex, "%00", "a%2F..%2Fb"]
)
def test_an_id_that_is_none_is_refused(ask, store, name):
    for address in (f"/api/v1/versions/{name}", f"/api/v1/versions/{name}/progress"):
        assert ask("PUT", address, json=sent(make_record())).status_code in (404, 422)
    assert files_in(store) == {}


def test_nobody_publishes_without_the_token(make_asker, store):
    assert put_to(make_asker(token=None), make_record()).status_code == 401
    assert put_to(make_asker(token="wrong"), make_record()).status_code == 401
    assert files_in(store) == {}


def test_a_disk_that_takes_nothing_is_told(ask, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/srv/secret")

    monkeypatch.setattr(Store, "add", full)
    answer = put_to(ask, make_record())
    assert (answer.status_code, answer.json()["detail"]) == (
        500,
        "could not be written: No space left on device",
    )


@pytest.mark.parametrize("text", [payload.text for payload in payloads("record")])
def test_hostile_yaml_is_refused(ask, text):
    assert ask("PUT", ADDRESS, json={"record": text}).status_code == 422


def moved(ask, record, **fields):
    fields = {"percent": 40.0, "updated": "2026-08-01T13:00:00.000Z", **fields}
    return ask("PUT", f"/api/v1/versions/{record.header.id}/progress", json=fields)


@pytest.fixture
def job(store, library):
    record = make_record(Progress(0.0), description="Start", tags=("t",))
    store.add(record)
    return record


def test_a_progress_moves(ask, store, job):
    assert moved(ask, job, description="Half").status_code == 200
    found = store.read(job.header.path)
    assert (found.body, found.header.description, found.intact) == (Progress(40.0), "Half", True)
    assert format_time(found.header.updated) == "2026-08-01T13:00:00.000Z"
    assert found.header.tags == ("t",)


def test_a_description_stays_where_none_is_sent(ask, store, job):
    moved(ask, job)
    assert store.read(job.header.path).header.description == "Start"


def test_the_same_move_may_be_sent_again(ask, store, job):
    moved(ask, job)
    before = files_in(store)
    assert moved(ask, job).status_code == 200
    assert files_in(store) == before


def test_a_progress_that_is_not_there_does_not_move(ask, library):
    answer = moved(ask, make_record(Progress(0.0)))
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        f"version {make_id(1)} not found",
    )


def test_only_progress_moves(ask, store, library):
    record = make_record(Markdown("x"))
    store.add(record)
    answer = moved(ask, record)
    assert (answer.status_code, "only progress moves" in answer.text) == (422, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"percent": 101},
        {"percent": -1},
        {"percent": True},
        {"percent": "40"},
        {"percent": None},
        {"updated": "today"},
        {"updated": 1},
        {"description": 1},
        {"more": 1},
    ],
    ids=str,
)
def test_a_move_that_is_none_is_refused(ask, store, job, fields):
    before = files_in(store)
    ((name, _),) = reasons(moved(ask, job, **fields))
    assert ([name], files_in(store)) == (list(fields), before)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"9" * 400])
def test_a_number_without_an_end_is_refused(ask, job, number):
    body = b'{"percent": %s, "updated": "2026-08-01T13:00:00.000Z"}' % number
    address = f"/api/v1/versions/{job.header.id}/progress"
    answer = ask("PUT", address, content=body, headers={"Content-Type": "application/json"})
    assert reasons(answer)[0][0] == "percent"
