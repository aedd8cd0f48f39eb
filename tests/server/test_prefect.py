from __future__ import annotations

import json
import time
from uuid import UUID

import pytest

from artifolio.bodies import Link, Markdown, Progress
from artifolio.origins import Run
from artifolio.server.filters import LIMIT
from artifolio.server.library import LOOK_SECONDS
from samples import make_record, one_of_each_type, put, put_retired

RUN = str(UUID(int=7))


@pytest.fixture
def filled(store, library):
    """Three versions of loss, one of sales, one without a key."""
    del library
    for number in (1, 2, 3):
        store.add(make_record(Markdown(f"v{number}"), number=number))
    store.add(make_record(Link("https://e.org", "e"), key="sales", number=4, run=Run(flow_run=RUN)))
    store.add(make_record(Progress(5), key=None, number=5))
    return store


def keys_of(answer) -> list[str | None]:
    assert answer.status_code == 200, answer.text
    return [found["key"] for found in answer.json()]


def data_of(answer) -> list[object]:
    assert answer.status_code == 200, answer.text
    return [found["data"] for found in answer.json()]


def test_a_version_is_created_and_read_back(ask):
    posted = {"key": "a-b", "type": "markdown", "data": "# x", "description": "d",
              "metadata_": {"a": "b"}, "flow_run_id": RUN}  # fmt: skip
    answer = ask.post("/api/artifacts/", posted)
    assert answer.status_code == 201
    created = answer.json()
    assert {name: created[name] for name in posted} == posted
    assert ask("GET", f"/api/artifacts/{created['id']}").json() == created
    assert ask("GET", "/api/artifacts/a-b/latest").json() == created


def test_what_was_created_is_a_record(ask, store):
    ask.post("/api/artifacts/", {"key": "a-b", "type": "markdown", "data": "[x](https://e.org)"})
    (entry,) = store.scan("a-b").entries
    assert store.read(entry.path).body == Link("https://e.org", "x")
    assert store.read(entry.path).intact


def test_the_latest_is_the_version_itself(ask, filled):
    latest = ask("GET", "/api/artifacts/loss/latest").json()
    assert latest["data"] == "v3"
    assert ask("GET", f"/api/artifacts/{latest['id']}").json() == latest


@pytest.mark.parametrize("path", ["nothing/latest", str(UUID(int=1)), "loss", "x/y"])
def test_what_is_not_there_is_not_found(ask, filled, path):
    answer = ask("GET", f"/api/artifacts/{path}")
    assert answer.status_code == 404
    assert answer.json()["detail"] in ("Artifact not found.", "Not Found")


def test_all_versions_are_given_the_newest_id_first(ask, filled):
    assert keys_of(ask.post("/api/artifacts/filter", {})) == [None, "sales", "loss", "loss", "loss"]


def test_an_empty_body_asks_for_everything(ask, filled):
    assert len(ask("POST", "/api/artifacts/filter").json()) == 5


@pytest.mark.parametrize(
    ("artifacts", "keys"),
    [
        ({"key": {"any_": ["sales", "x"]}}, ["sales"]),
        ({"key": {"any_": []}}, []),
        ({"key": {"like_": "AL"}}, ["sales"]),
        ({"key": {"like_": "l%s"}}, ["sales", "loss", "loss", "loss"]),
        ({"key": {"like_": "s_les"}}, ["sales"]),
        ({"key": {"exists_": False}}, [None]),
        ({"key": {"exists_": True}}, ["sales", "loss", "loss", "loss"]),
        ({"type": {"any_": ["progress"]}}, [None]),
        ({"type": {"not_any_": ["markdown"]}}, [None]),
        ({"flow_run_id": {"any_": [RUN]}}, ["sales"]),
        ({"task_run_id": {"any_": [RUN]}}, []),
        ({"id": {"any_": [str(make_record(Markdown("x"), number=4).header.id)]}}, ["sales"]),
        ({"operator": "or_", "key": {"like_": "sales"}, "type": {"any_": ["progress"]}},
         [None, "sales"]),
        ({"operator": "and_", "key": {"like_": "sales"}, "type": {"any_": ["progress"]}}, []),
        (None, [None, "sales", "loss", "loss", "loss"]),
    ],
)  # fmt: skip
def test_filters_are_those_of_prefect(ask, filled, artifacts, keys):
    assert keys_of(ask.post("/api/artifacts/filter", {"artifacts": artifacts})) == keys
    assert ask.post("/api/artifacts/count", {"artifacts": artifacts}).json() == len(keys)


def test_the_request_of_prefects_documentation_runs_unchanged(ask, filled):
    body = {"sort": "CREATED_DESC", "limit": 5, "artifacts": {"key": {"exists_": True}}}
    assert keys_of(ask.post("/api/artifacts/filter", body)) == ["sales", "loss", "loss", "loss"]


@pytest.mark.parametrize(
    ("sort", "keys"),
    [
        ("CREATED_DESC", [None, "sales", "loss", "loss", "loss"]),
        ("KEY_ASC", [None, "loss", "loss", "loss", "sales"]),
        ("KEY_DESC", ["sales", "loss", "loss", "loss", None]),
        ("UPDATED_DESC", [None, "sales", "loss", "loss", "loss"]),
    ],
)
def test_sorts_are_those_of_prefect(ask, filled, sort, keys):
    assert keys_of(ask.post("/api/artifacts/filter", {"sort": sort})) == keys


def test_limit_and_offset_cut_out_a_part(ask, filled):
    body = {
        "sort": "CREATED_DESC",
        "limit": 2,
        "offset": 2,
        "artifacts": {"key": {"like_": "loss"}},
    }
    assert data_of(ask.post("/api/artifacts/filter", body)) == ["v1"]
    assert ask.post("/api/artifacts/filter", {"limit": 0}).json() == []


def test_keys_are_given_with_their_latest_version(ask, filled):
    loss = ask.post("/api/artifacts/latest/filter", {"sort": "KEY_ASC"}).json()[0]
    assert (loss["key"], loss["data"]) == ("loss", "v3")
    assert loss["latest_id"] == ask("GET", "/api/artifacts/loss/latest").json()["id"]
    assert loss["id"] != loss["latest_id"]
    assert ask.post("/api/artifacts/latest/count", {}).json() == 2


def test_keys_are_filtered_by_what_their_latest_version_is(ask, filled):
    wanted = [str(make_record(Markdown("x"), number=number).header.id) for number in (2, 3)]
    body = {"artifacts": {"latest_id": {"any_": wanted}}}
    assert keys_of(ask.post("/api/artifacts/latest/filter", body)) == ["loss"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"sort": "NONE"}, ["body", "sort"]),
        ({"limit": "x"}, ["body", "limit"]),
        ({"limit": "+-5"}, ["body", "limit"]),
        ({"offset": "--5"}, ["body", "offset"]),
        ({"offset": -1}, ["body", "offset"]),
        ({"offset": 2**70}, ["body", "offset"]),
        ({"artifacts": 5}, ["body", "artifacts"]),
        ({"artifacts": {"key": {"any_": "x"}}}, ["body", "artifacts", "key", "any_"]),
        ({"artifacts": {"key": {"any_": [5]}}}, ["body", "artifacts", "key", "any_", 0]),
        ({"artifacts": {"id": {"any_": ["x"]}}}, ["body", "artifacts", "id", "any_", 0]),
        ({"artifacts": {"nothing": {}}}, ["body", "artifacts", "nothing"]),
        ({"artifacts": {"latest_id": {}}}, ["body", "artifacts", "latest_id"]),
        ({"artifacts": {"operator": "xor"}}, ["body", "artifacts", "operator"]),
        ({"artifacts": {"key": {"exists_": "perhaps"}}}, ["body", "artifacts", "key", "exists_"]),
    ],
)
def test_a_bad_query_is_refused_as_prefect_refuses_it(ask, body, place):
    answer = ask.post("/api/artifacts/filter", body)
    assert answer.status_code == 422
    told = answer.json()
    assert told["exception_message"] == "Invalid request received."
    assert [fault["loc"] for fault in told["exception_detail"]] == [place]
    assert told["request_body"] == body


@pytest.mark.parametrize("limit", [-1, LIMIT + 1])
def test_a_limit_out_of_bounds_is_refused_in_prefects_words(ask, limit):
    answer = ask.post("/api/artifacts/filter", {"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Invalid limit: must be ")


@pytest.mark.parametrize(
    "content", [b"{", b"[1]", b'"x"', b"\xff", b'{"limit": 1e999}', b"[" * 9_000]
)
def test_what_is_no_json_object_is_refused(ask, content):
    headers = {"Content-Type": "application/json"}
    answer = ask("POST", "/api/artifacts/filter", content=content, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"key": "Not A Key", "data": "x"},
        {"key": "con", "data": "x"},
        {"key": "a", "type": "table", "data": "no json"},
        {"key": "a", "type": "progress", "data": 101},
        {"key": "a", "flow_run_id": "x"},
        {"key": "a", "type": "progress", "data": 10**400},
        {"key": "a", "metadata_": {"a": 1}},
        {"key": "a", "metadata_": {"a" * 901: "b"}},
        {"key": "a", "unknown": 1},
        {"key": "a", "type": "markdown", "data": "\ud800"},
    ],
)
def test_what_cannot_be_published_is_refused_and_nothing_is_written(ask, store, body):
    answer = ask("POST", "/api/artifacts/", content=json.dumps(body).encode(),
                 headers={"Content-Type": "application/json"})  # fmt: skip
    assert answer.status_code == 422, answer.text
    assert "exception_detail" in answer.json()
    assert store.folders() == []


def test_progress_moves(ask, store):
    created = ask.post("/api/artifacts/", {"key": "p", "type": "progress", "data": 10}).json()
    answer = ask("PATCH", f"/api/artifacts/{created['id']}", json={"data": 55.5})
    assert (answer.status_code, answer.content) == (204, b"")
    moved = ask("GET", f"/api/artifacts/{created['id']}").json()
    assert moved["data"] == 55.5
    assert moved["updated"] > moved["created"] == created["created"]
    (entry,) = store.scan("p").entries
    assert store.read(entry.path).intact


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.body.type)
def test_the_description_of_any_type_changes_and_nothing_else(ask, store, library, record):
    store.add(record, b"x")
    before = ask("GET", f"/api/artifacts/{record.header.id}").json()
    changed = {"description": "new", "metadata_": {"a": "b"}}
    assert ask("PATCH", f"/api/artifacts/{record.header.id}", json=changed).status_code == 204
    after = ask("GET", f"/api/artifacts/{record.header.id}").json()
    assert after == {**before, **changed, "updated": after["updated"]}
    stored = store.read(record.header.path)
    assert stored.intact
    assert (stored.body, stored.header.tags, stored.header.run) == (
        record.body, record.header.tags, record.header.run)  # fmt: skip


def test_what_is_left_of_a_version_without_its_body_does_not_change(ask, store):
    record = make_record(Markdown("x"), number=1)
    path = put_retired(store, record)
    store.add(make_record(Markdown("y"), number=2))
    before = path.read_text()
    answer = ask("PATCH", f"/api/artifacts/{record.header.id}", json={"description": "new"})
    assert answer.status_code == 422
    assert path.read_text() == before


def test_no_change_makes_an_altered_body_look_like_what_was_published(ask, store, library):
    record = make_record(Markdown("loss 5"))
    path = store.add(record)
    path.write_text(path.read_text().replace("loss 5", "loss 4"))
    before = path.read_text()
    answer = ask("PATCH", f"/api/artifacts/{record.header.id}", json={"description": "new"})
    assert answer.status_code == 409
    assert path.read_text() == before


def test_a_version_that_changes_can_still_be_read(ask, store, library):
    record = make_record(Markdown("x"))
    store.add(record)
    changed = {"metadata_": {"a" * 901: "b"}}
    assert ask("PATCH", f"/api/artifacts/{record.header.id}", json=changed).status_code == 422
    assert store.read(record.header.path).intact


def test_an_answer_is_not_far_longer_than_what_was_sent(ask):
    answer = ask.post("/api/artifacts/filter", {"artifacts": {str(n): 1 for n in range(5_000)}})
    assert answer.status_code == 422
    assert len(answer.json()["exception_detail"]) == 20


def test_a_version_keeps_its_type(ask):
    created = ask.post("/api/artifacts/", {"key": "p", "type": "progress", "data": 10}).json()
    answer = ask("PATCH", f"/api/artifacts/{created['id']}", json={"data": "words"})
    assert answer.status_code == 422
    assert ask("GET", f"/api/artifacts/{created['id']}").json() == created


def test_a_version_is_deleted_once(ask, filled):
    found = ask("GET", "/api/artifacts/loss/latest").json()["id"]
    assert ask("DELETE", f"/api/artifacts/{found}").status_code == 204
    assert ask("DELETE", f"/api/artifacts/{found}").status_code == 404
    assert ask("GET", "/api/artifacts/loss/latest").json()["data"] == "v2"


def test_what_others_publish_is_seen(ask, filled):
    assert ask.post("/api/artifacts/count", {}).json() == 5
    filled.add(make_record(Markdown("v9"), number=9))
    time.sleep(2 * LOOK_SECONDS)
    assert ask("GET", "/api/artifacts/loss/latest").json()["data"] == "v9"


def test_a_record_that_cannot_be_read_hides_no_other(ask, filled):
    entry = filled.scan("loss").entries[2]
    text = (filled.root / entry.path).read_text()
    put(filled, entry.path, text.replace("data: ", "data: ["))
    wanted = {"artifacts": {"key": {"any_": ["loss"]}}}
    assert data_of(ask.post("/api/artifacts/filter", wanted)) == ["v2", "v1"]


def test_health_and_version_are_told(ask):
    assert ask("GET", "/api/health").json() is True
    assert ask("GET", "/api/admin/version").json().startswith("3.")


NAMED = Run(flow="monthly", flow_run=RUN, flow_run_name="brave-otter", task="load", task_run=RUN)


@pytest.mark.parametrize(
    ("filters", "is_there"),
    [
        ({"flow_runs": {}}, True),
        ({"flow_runs": {"id": {"any_": [RUN]}}}, True),
        ({"flow_runs": {"id": {"not_any_": [RUN]}}}, False),
        ({"flow_runs": {"id": {"not_any_": [str(UUID(int=9))]}}}, True),
        ({"flow_runs": {"name": {"any_": ["brave-otter"]}}}, True),
        ({"flow_runs": {"name": {"like_": "OTTER"}}}, True),
        ({"flow_runs": {"name": {"any_": ["x"]}}}, False),
        ({"flow_runs": {"tags": {"all_": ["x"]}}}, False),
        ({"flow_runs": {"operator": "or_", "id": {"any_": []}, "name": {"like_": "o"}}}, True),
        ({"task_runs": {"name": {"any_": ["load"]}}}, True),
        ({"flows": {"name": {"like_": "month"}}}, True),
        ({"flows": {"id": {"any_": [RUN]}}}, False),
        ({"deployments": {}}, False),
    ],
)
def test_versions_are_filtered_by_their_run(ask, store, library, filters, is_there):
    store.add(make_record(Markdown("x"), key=None, number=1))
    store.add(make_record(Markdown("x"), number=2, run=NAMED))
    expected = ["loss"] if is_there else []
    assert keys_of(ask.post("/api/artifacts/filter", filters)) == expected


def test_nothing_is_published_without_a_body(ask, store):
    answer = ask("POST", "/api/artifacts/")
    assert answer.status_code == 422
    assert answer.json()["exception_detail"][0]["type"] == "missing"
    assert store.folders() == []


def test_null_takes_the_metadata_away(ask):
    made = ask.post("/api/artifacts/", {"key": "a", "data": "x", "metadata_": {"a": "b"}}).json()
    place = f"/api/artifacts/{made['id']}"
    ask("PATCH", place, json={"description": "d"})
    assert ask("GET", place).json()["metadata_"] == {"a": "b"}
    ask("PATCH", place, json={"metadata_": None})
    assert ask("GET", place).json()["metadata_"] is None


def test_a_value_that_cannot_be_kept_is_named(ask):
    body = {"type": "progress", "data": 101}
    answer = ask.post("/api/artifacts/", body).json()
    assert answer["exception_detail"][0]["loc"] == ["body", "data"]
    assert answer["exception_detail"][0]["input"] == 101
    assert answer["request_body"] == body


@pytest.mark.parametrize(
    ("before", "after", "body"),
    [
        ("# x", "[a](https://e.org)", Markdown("[a](https://e.org)")),
        ("[a](https://e.org)", "[b](https://e.org/b)", Link("https://e.org/b", "b")),
        ("[a](https://e.org)", "# x", Markdown("# x")),
    ],
)
def test_a_text_may_become_any_other(ask, store, before, after, body):
    made = ask.post("/api/artifacts/", {"key": "a", "type": "markdown", "data": before}).json()
    place = f"/api/artifacts/{made['id']}"
    assert ask("PATCH", place, json={"data": after}).status_code == 204
    assert ask("GET", place).json()["data"] == after
    (entry,) = store.scan("a").entries
    assert (store.read(entry.path).body, store.read(entry.path).intact) == (body, True)
