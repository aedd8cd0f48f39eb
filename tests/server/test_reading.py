from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from artifolio.bodies import Column, Image, Link, Markdown, Progress, Table
from artifolio.origins import Code, Run
from artifolio.pins import Pin, write_pin
from payloads import payloads
from samples import (
    PNG,
    make_attachment,
    make_id,
    make_record,
    one_of_each_type,
    put_record,
    put_retired,
)

V1 = "/api/v1"
ROWS = [("Bonn", 1.5), ("Köln", 2.5)]


def table(*rows) -> Table:
    return Table((Column("city", "string"), Column("loss", "number")), rows)


@pytest.fixture
def filled(store, library):
    """Three versions of loss, one of sales, one without a key."""
    del library
    for number in (1, 2, 3):
        store.add(make_record(Markdown(f"Text number {number}"), number=number, tags=("a", "b")))
    store.add(
        make_record(
            Link("https://e.org/far", "Hidden"),
            key="sales",
            number=4,
            description="Money of *March*",
            tags=("a",),
            run=Run(flow="monthly", flow_run="run-1"),
            code=Code(branch="main"),
        )
    )
    store.add(make_record(Progress(5), key=None, number=5))
    write_pin(store.root, Pin("loss", "production", str(make_id(2))))
    return store


def items(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def keys(answer) -> list[str | None]:
    return [item.get("key") for item in items(answer)]


def numbers(answer) -> list[int]:
    return [item["version"] for item in items(answer)]


def test_artifacts_are_listed_by_their_latest_version(ask, filled):
    found = items(ask("GET", f"{V1}/artifacts"))
    assert [(item["key"], item["version"], item["versions"]) for item in found] == [
        ("sales", 1, 1),
        ("loss", 3, 3),
    ]
    assert all("data" not in item for item in found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=SALE", ["sales"]),
        ("q=march+money", ["sales"]),
        ("q=march+money+no", []),
        ("q=hidden", []),
        ("q=hidden&in=body", ["sales"]),
        ("q=money&in=body", []),
        ("q=money+hidden&in=all", ["sales"]),
        ("q=number+3&in=body", ["loss"]),
        ("q=number+2&in=body", []),
        ("q=", ["sales", "loss"]),
        ("type=link", ["sales"]),
        ("type=link&type=markdown", ["sales", "loss"]),
        ("tag=a", ["sales", "loss"]),
        ("tag=a&tag=b", ["loss"]),
        ("flow=monthly", ["sales"]),
        ("run=run-1", ["sales"]),
        ("branch=main", ["sales"]),
        ("branch=x", []),
        ("created_after=2026-08-01T12:04:00.123Z", ["sales"]),
        ("created_after=2026-08-01T12:04:00.124Z", []),
        ("created_before=2026-08-01T12:04:00.123Z", ["loss"]),
        ("created_after=2026-08-01T14:04:00%2B02:00", ["sales"]),
        ("created_after=2026-08-02", []),
        ("updated_after=2026-08-01", ["sales", "loss"]),
        ("updated_before=2026-08-01", []),
        ("sort=key", ["loss", "sales"]),
        ("sort=oldest", ["loss", "sales"]),
    ],
)
def test_artifacts_are_chosen_and_sorted(ask, filled, query, expected):
    assert keys(ask("GET", f"{V1}/artifacts?{query}")) == expected


def test_an_artifact_comes_with_its_latest_version(ask, filled):
    found = ask("GET", f"{V1}/artifacts/loss").json()
    assert found["key"] == "loss"
    assert found["versions"] == 3
    assert found["pins"] == [{"name": "production", "version": 2, "id": str(make_id(2))}]
    assert found["latest"]["data"] == "Text number 3"


def test_the_versions_of_a_key_are_listed(ask, filled):
    assert numbers(ask("GET", f"{V1}/artifacts/loss/versions")) == [3, 2, 1]
    assert numbers(ask("GET", f"{V1}/artifacts/loss/versions?sort=oldest")) == [1, 2, 3]
    assert numbers(ask("GET", f"{V1}/artifacts/loss/versions?q=2&in=body")) == [2]


def test_the_versions_of_all_keys_are_listed(ask, filled):
    assert keys(ask("GET", f"{V1}/versions")) == [None, "sales", "loss", "loss", "loss"]
    assert keys(ask("GET", f"{V1}/versions?type=progress")) == [None]


@pytest.mark.parametrize("name", ["2", "v2", "-2", "production", str(make_id(2))])
def test_a_version_of_a_key_goes_by_the_names_of_the_command_line(ask, filled, name):
    found = ask("GET", f"{V1}/artifacts/loss/versions/{name}").json()
    assert (found["version"], found["data"]) == (2, "Text number 2")


def test_the_start_of_several_ids_is_a_conflict(ask, filled):
    answer = ask("GET", f"{V1}/artifacts/loss/versions/019ab0d6")
    assert answer.status_code == 409
    assert "shared by 3 versions" in answer.json()["detail"]


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.header.type)
def test_a_version_keeps_to_the_published_schema(ask, store, library, record):
    put_record(store, record)
    found = ask("GET", f"{V1}/versions/{record.header.id}").json()
    text = (files("artifolio.website") / "schemas" / "version-1.json").read_text()
    Draft202012Validator(json.loads(text)).validate(found)
    assert found["id"] == str(record.header.id)


def test_a_version_whose_body_is_gone_keeps_to_the_schema(ask, store, library):
    record = make_record(Markdown("x"))
    put_retired(store, record)
    found = ask("GET", f"{V1}/versions/{record.header.id}").json()
    assert found["data"] is None
    assert "retired" in found
    assert items(ask("GET", f"{V1}/artifacts"))[0]["retired"] == found["retired"]


def test_a_record_comes_as_it_is_stored(ask, filled):
    answer = ask("GET", f"{V1}/versions/{make_id(4)}/record")
    (entry,) = filled.scan("sales").entries
    assert answer.content == (filled.root / entry.path).read_bytes()
    assert answer.headers["content-type"] == "application/yaml"


@pytest.fixture
def pictured(store, library):
    """A version with an image, and the path of that."""
    del library
    record = make_record(Image(attachment=make_attachment()), key="plot")
    store.add(record, PNG)
    (attachment,) = record.attachments
    return f"{V1}/versions/{record.header.id}/attachments/{attachment.name}"


def test_an_attachment_comes_as_it_was_published(ask, pictured):
    answer = ask("GET", pictured)
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_an_attachment_that_is_known_is_not_sent_again(ask, pictured):
    tag = ask("GET", pictured).headers["etag"]
    again = ask("GET", pictured, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_an_attachment_that_was_changed_is_not_sent(ask, store, pictured):
    (path,) = (store.root / "plot").glob("*.png")
    path.write_bytes(PNG + b"more")
    assert ask("GET", pictured).status_code == 409


def test_what_a_browser_would_run_is_sent_as_bytes(ask, store, library):
    content = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    sha256 = hashlib.sha256(content).hexdigest()
    attachment = make_attachment(content, "svg")
    attachment = type(attachment)("svg", "image/svg+xml", len(content), sha256)
    record = make_record(Image(attachment=attachment), key="plot")
    store.add(record, content)
    name = record.attachments[0].name
    answer = ask("GET", f"{V1}/versions/{record.header.id}/attachments/{name}")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_file_that_no_version_names_is_not_sent(ask, store, pictured):
    (store.root / "plot" / "secret.png").write_bytes(b"x")
    assert ask("GET", f"{pictured.rpartition('/')[0]}/secret.png").status_code == 404


def test_two_versions_are_compared(ask, store, library):
    put_record(store, make_record(table(*ROWS), number=1))
    put_record(store, make_record(table(("Bonn", 9.5), ROWS[1]), number=2))
    found = ask("GET", f"{V1}/artifacts/loss/diff?from=v1&to=latest").json()
    assert found["old"]["version"] == 1
    assert found["sentence"].startswith("1 row changed")
    assert found["rows"][0]["cells"] == [{"column": "loss", "old": 1.5, "new": 9.5, "delta": 8.0}]
    assert ask("GET", f"{V1}/artifacts/loss/diff").json() == found


def test_one_version_is_compared_with_nothing(ask, filled):
    answer = ask("GET", f"{V1}/artifacts/sales/diff")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "another version of 'sales' not found"


def test_numbers_are_followed_over_versions(ask, store, library):
    for number in (1, 2):
        put_record(store, make_record(table(("Bonn", number * 1.0)), number=number))
    found = ask("GET", f"{V1}/artifacts/loss/trend").json()
    points = {one["name"]: [point["value"] for point in one["points"]] for one in found}
    assert points["loss"] == [1.0, 2.0]


def test_progress_that_moved_has_its_new_number(ask, filled):
    posted = {"key": "job", "type": "progress", "data": 10}
    made = ask.post("/api/artifacts/", posted).json()
    assert ask("GET", f"{V1}/artifacts/job/trend").json()[0]["points"][0]["value"] == 10
    ask("PATCH", f"/api/artifacts/{made['id']}", json={"data": 60})
    assert ask("GET", f"{V1}/artifacts/job/trend").json()[0]["points"][0]["value"] == 60


def test_words_are_found_and_their_place_is_told(ask, filled):
    (found,) = items(ask("GET", f"{V1}/search?q=far+march"))
    assert found["key"] == "sales"
    assert found["matches"] == {
        "description": "Money of *March*",
        "body": "Hidden https://e.org/far",
    }


def test_older_versions_are_searched_if_asked_for(ask, filled):
    assert keys(ask("GET", f"{V1}/search?q=text")) == ["loss"]
    assert numbers(ask("GET", f"{V1}/search?q=text&versions=all")) == [3, 2, 1]


def test_a_record_that_cannot_be_read_hides_no_other(ask, filled):
    (path,) = (filled.root / "sales").glob("*.yaml")
    path.write_text(path.read_text().replace("Hidden", "Changed"))
    assert keys(ask("GET", f"{V1}/artifacts?q=text&in=body")) == ["loss"]


@pytest.mark.parametrize(
    "path",
    [
        "artifacts/nothing",
        "artifacts/Not-A-Key",
        "artifacts/nothing/versions",
        "artifacts/nothing/diff",
        "artifacts/nothing/trend",
        "artifacts/loss/versions/v9",
        "artifacts/loss/diff?from=v9",
        f"versions/{make_id(99)}",
        "versions/nothing",
        "versions/{019ab0d6-6f3b-7c1e-9d7a-000000000001}",
        f"versions/{make_id(1)}/attachments/nothing",
        f"versions/{make_id(99)}/record",
        "nothing",
    ],
)
def test_what_is_not_there_is_not_found(ask, filled, path):
    answer = ask("GET", f"{V1}/{path}")
    assert answer.status_code == 404
    assert answer.json().keys() == {"status", "title", "detail", "errors"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("artifacts?limit=0", "limit"),
        ("artifacts?limit=201", "limit"),
        ("artifacts?limit=1&limit=2", "limit"),
        ("artifacts?type=tabel", "type"),
        ("artifacts?sort=KEY_ASC", "sort"),
        ("artifacts?in=nowhere", "in"),
        ("artifacts?created_after=yesterday", "created_after"),
        ("artifacts?created_after=2026-02-30", "created_after"),
        ("artifacts?cursor=x", "cursor"),
        ("artifacts?cursor=%ff", "cursor"),
        ("artifacts?keys=x", "keys"),
        ("artifacts/loss?x=1", "x"),
        ("artifacts/loss/versions?sort=key", "sort"),
        ("search", "q"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(ask, filled, path, name):
    answer = ask("GET", f"{V1}/{path}")
    assert answer.status_code == 422
    assert [(error["in"], error["name"]) for error in answer.json()["errors"]] == [("query", name)]


TEXTS = [one for one in payloads() if isinstance(one.content, str) and len(one.text) < 2_000]


@pytest.mark.parametrize("payload", TEXTS, ids=str)
def test_a_hostile_text_is_answered_wherever_it_stands(ask, filled, payload):
    text = quote(payload.text.encode("utf-8", "replace"), safe="")
    for place in (
        f"artifacts?q={text}&in=all&tag={text}",
        f"artifacts?cursor={text}",
        f"artifacts?{text}=1",
        f"search?q={text}&versions=all",
        f"artifacts/loss/diff?from={text}",
        f"artifacts/x{text}",
        f"versions/x{text}/attachments/x{text}",
    ):
        answer = ask("GET", f"{V1}/{place}")
        assert answer.status_code in (200, 404, 422)
        assert answer.headers["content-type"] in ("application/json", "application/problem+json")
        assert answer.headers["x-content-type-options"] == "nosniff"
