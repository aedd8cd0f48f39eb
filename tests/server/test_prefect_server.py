"""Prefect's own server and ours answer the same requests alike."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest

from artifolio.server.app import address_in, make_app
from artifolio.server.guard import Rules
from artifolio.server.library import Library
from artifolio.store import Store
from server.conftest import TOKEN, running
from server.test_real_prefect import python

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["python"]

RUN, TASK = str(UUID(int=7)), str(UUID(int=8))
PUBLISHED = {
    "first": {"key": "alpha", "type": "markdown", "data": "# 1", "metadata_": {"a": "b"}},
    "second": {"key": "alpha", "type": "markdown", "data": "# 2", "flow_run_id": RUN,
               "task_run_id": TASK, "description": "words"},
    "table": {"key": "beta", "type": "table", "data": '[{"a": 1, "b": null}]'},
    "link": {"key": "c-link", "type": "markdown", "data": "[text](https://e.org/x)"},
    "progress": {"key": "prog", "type": "progress", "data": 12.5, "flow_run_id": RUN},
    "image": {"key": "img", "type": "image", "data": "https://e.org/x.png"},
    "keyless": {"type": "markdown", "data": "no key"},
    "other": {"key": "unk", "type": "my-type", "data": {"a": [1, 2]}},
    "untyped": {"key": "unk2", "data": [1, 2, 3]},
    "empty": {},
}  # fmt: skip
FILTERS = [
    None, {}, [], 5,
    {"id": {"any_": ["@first", "@table"]}}, {"id": {"any_": []}}, {"id": {"any_": None}},
    {"id": {"any_": ["x"]}}, {"id": {"any_": "@first"}}, {"id": {"not_any_": []}}, {"id": None},
    {"latest_id": {"any_": ["@second", "@first"]}},
    {"key": {"any_": ["alpha", "nope"]}}, {"key": {"any_": [5]}}, {"key": {"other": 1}},
    {"key": {"like_": "a"}}, {"key": {"like_": "%a"}}, {"key": {"like_": "A_P"}},
    {"key": {"like_": ""}}, {"key": {"any_": ["alpha"], "like_": "bet"}},
    {"key": {"exists_": True}}, {"key": {"exists_": False}}, {"key": {"exists_": "yes"}},
    {"key": {"exists_": 1.0}}, {"key": {"exists_": 2}}, {"key": {"exists_": None}},
    {"type": {"any_": ["markdown"]}}, {"type": {"not_any_": ["markdown"]}},
    {"type": {"any_": []}}, {"type": {"not_any_": []}},
    {"flow_run_id": {"any_": [RUN]}}, {"task_run_id": {"any_": [TASK]}},
    {"flow_run_id": {"any_": [RUN, None]}},
    {"operator": "or_", "key": {"like_": "alpha"}, "type": {"any_": ["table"]}},
    {"operator": "and_", "key": {"like_": "alpha"}, "type": {"any_": ["table"]}},
    {"operator": "or_", "key": {}, "type": {"any_": ["table"]}},
    {"operator": "xor"}, {"operator": None}, {"other": 1},
]  # fmt: skip
# Those that share a key, or have none, come in any order where that is what they are sorted by.
SINGLE = {"type": {"any_": ["table", "progress", "image"]}}
BODIES = [
    *({"artifacts": one} for one in FILTERS),
    *({"sort": one, "artifacts": SINGLE} for one in ("UPDATED_DESC", "KEY_ASC", "KEY_DESC")),
    *({"sort": one} for one in ("created_desc", "", 5)),
    *({"limit": one} for one in (0, 1, 200, 201, -1, None, "5", "x", 1.0, 1.5, True, [], 10**30)),
    *({"offset": one} for one in (1, 100, -1, None, "5", "x", 1.5, True, 2**63 - 1)),
    {"other": 1}, {"flow_runs": None}, {"flow_runs": 5}, {"flow_runs": {"other": 1}},
    {"flow_runs": {"name": {"any_": ["x"]}}}, {"flows": {"name": {"like_": "x"}}},
    {"deployments": {}}, {"task_runs": {"operator": 1}},
]  # fmt: skip
NEW = [
    *(({"key": one}) for one in ("Bad_Key", 5)),
    {"other": 1}, {"type": 5}, {"description": 5}, {"flow_run_id": "x"}, {"key": 5, "type": 5},
    {"metadata_": {"a": 1}}, {"metadata_": []}, [], 5, "x",
]  # fmt: skip
CHANGES = [
    {"description": "new"}, {"data": "# 3"}, {"metadata_": {"x": "y"}}, {"description": None},
    {"metadata_": None}, {}, {"key": "q"}, {"description": 5}, {"metadata_": {"a": 5}}, [],
]  # fmt: skip
RAW = [b"", b"null", b"{", b'{"data": NaN']
PLACES = [
    "health", "health/", "admin/version/", "artifacts/abc", "artifacts/@first", "artifacts/@first/",
    f"artifacts/{UUID(int=1)}", "artifacts/nope/latest", "artifacts/Bad_Key/latest", "artifacts/",
    "artifacts", "artifacts/filter", "artifacts/count/", "nothing",
]  # fmt: skip


@dataclass
class Server:
    """A server, and what it calls the versions that were published."""

    client: httpx.Client
    ids: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: Any = None, raw: bytes | None = None) -> Any:
        """Return status and content, without what differs by its nature."""
        options: dict[str, Any] = {"headers": {"Content-Type": "application/json"}}
        if raw is not None:
            options["content"] = raw
        elif body is not None:
            options["json"] = self._named(body)
        answer = self.client.request(method, self._named(path), **options)
        content = answer.json() if answer.content else None
        return answer.status_code, self._alike(content)

    def publish(self) -> None:
        """Publish all that is asked for, each later than the one before."""
        for name, body in PUBLISHED.items():
            answer = self.client.post("artifacts/", json=body)
            self.ids[f"@{name}"] = answer.json()["id"]
            time.sleep(0.002)  # two in one millisecond would be sorted by their ids

    def _named(self, value: Any) -> Any:
        if isinstance(value, str):
            for name, version_id in self.ids.items():
                value = value.replace(name, version_id)
            return value
        if isinstance(value, list):
            return [self._named(item) for item in value]
        if isinstance(value, dict):
            return {name: self._named(item) for name, item in value.items()}
        return value

    def _alike(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._alike(item) for item in value]
        if isinstance(value, dict):
            # The id of a key is each server's own; times are; and messages are for people.
            gone = {"created", "updated", "msg", "ctx", *(["id"] if "latest_id" in value else [])}
            return {name: self._alike(it) for name, it in value.items() if name not in gone}
        names = {version_id: name for name, version_id in self.ids.items()}
        return names.get(value, value) if isinstance(value, str) else value


@contextlib.contextmanager
def filled(port: int) -> Iterator[Server]:
    """Give a server after all was published to it."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}/api/",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=60,
        follow_redirects=False,
    ) as client:
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                if client.get("health").status_code == 200:
                    break
            time.sleep(0.2)
        server = Server(client)
        server.publish()
        yield server


@pytest.fixture(scope="module")
def theirs(python, tmp_path_factory):
    """Prefect's own server."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    command = [str(python), "-m", "prefect", "server", "start", "--port", str(port), "--no-ui"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        with filled(port) as server:
            yield server
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours")
    (folder / "artifacts").mkdir()
    library = Library(Store(folder / "artifacts"), address_in("http://127.0.0.1/"))
    app = make_app(library, lambda: folder, Rules(token=TOKEN))
    with running(app) as port, filled(port) as server:
        yield server


@pytest.mark.parametrize("body", BODIES, ids=repr)
@pytest.mark.parametrize("path", ["filter", "latest/filter", "count", "latest/count"])
def test_a_filter_is_answered_alike(theirs, ours, path, body):
    # Sorted by its id, what has one made by chance comes in any order.
    asked = {"sort": "CREATED_DESC", **body} if path.endswith("filter") else body
    assert ours("POST", f"artifacts/{path}", asked) == theirs("POST", f"artifacts/{path}", asked)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_version_is_answered_alike(theirs, ours, name):
    path = f"artifacts/@{name}"
    assert ours("GET", path) == theirs("GET", path)


@pytest.mark.parametrize("path", PLACES)
def test_a_place_is_answered_alike(theirs, ours, path):
    assert ours("GET", path) == theirs("GET", path)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["artifacts/", "artifacts/filter", "artifacts/abc"])
def test_another_method_is_answered_alike(theirs, ours, path, method):
    assert ours(method, path) == theirs(method, path)


@pytest.mark.parametrize("body", NEW, ids=repr)
def test_what_cannot_be_published_is_answered_alike(theirs, ours, body):
    assert ours("POST", "artifacts/", body) == theirs("POST", "artifacts/", body)


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "artifacts/"), ("PATCH", "artifacts/@first"), ("POST", "artifacts/count")],
)
def test_another_body_is_answered_alike(theirs, ours, method, path, raw):
    assert ours(method, path, raw=raw) == theirs(method, path, raw=raw)


@pytest.mark.parametrize("body", CHANGES, ids=repr)
def test_a_change_is_answered_alike(theirs, ours, body):
    for server in (theirs, ours):
        server("PATCH", "artifacts/@second", {"data": "# 2", "description": "words"})
    path = "artifacts/@second"
    assert ours("PATCH", path, body) == theirs("PATCH", path, body)
    assert ours("GET", path) == theirs("GET", path)


def test_what_is_deleted_is_gone_alike(theirs, ours):
    path, asked = "artifacts/@image", {"artifacts": {"key": {"any_": ["img"]}}}
    assert ours("DELETE", path) == theirs("DELETE", path) == (204, None)
    assert ours("DELETE", path) == theirs("DELETE", path)
    assert ours("GET", "artifacts/img/latest") == theirs("GET", "artifacts/img/latest")
    assert ours("POST", "artifacts/latest/count", asked) == (200, 0)
    assert theirs("POST", "artifacts/latest/count", asked) == (200, 0)
