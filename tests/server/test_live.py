"""What browsers are told while a page is open."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from artifolio.server import live
from artifolio.server.app import make_app
from artifolio.server.guard import Rules
from artifolio.server.stage import Stage
from server.conftest import Asker, running

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = ["patching.js", "live.js", "news.js", "dialogs.js", "editing.js"]


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.show()
    return stage


@pytest.fixture
def ask(library, site, stage) -> Asker:
    return Asker(make_app(library, lambda: site, Rules(), stage), {})


@dataclass
class Events:
    """The lines of an open stream."""

    port: int

    def __post_init__(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self._file = self._socket.makefile("r", encoding="utf-8", newline="\n")

    def ask(self, query: str = "", **headers: str) -> Events:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        lines = [f"GET /api/v1/events{query} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
        self._socket.sendall(("\r\n".join(lines) + f"\r\n{more}\r\n").encode())
        return self

    def next(self, name: str) -> dict[str, object]:
        """Return what the next event of a name tells."""
        self.until(f"event: {name}")
        return json.loads(self.until("data: ").removeprefix("data: "))

    def until(self, start: str) -> str:
        while not (line := self._file.readline()).startswith(start):
            assert line, "the stream has ended"
        return line

    def rest(self) -> str:
        return self._file.read()


@pytest.fixture
def events(library, site, stage) -> Iterator[Events]:
    with running(make_app(library, lambda: site, Rules(), stage)) as port:
        yield Events(port)
        stage.close()


def test_a_page_brings_the_scripts_and_its_state(ask, stage):
    page = ask("GET", "/").text
    assert page.endswith("</body></html>")
    assert [name for name in SCRIPTS if f'src="/api/v1/assets/{name}"' in page] == SCRIPTS[:2]
    assert f'data-state="{stage.now().state}"' in page


def test_the_page_for_what_is_not_there_follows_as_well(ask, stage):
    page = ask("GET", "/nowhere")
    assert page.status_code == 404
    assert stage.now().state in page.text


def test_a_page_says_what_failed_as_text(ask, stage):
    stage.show("<b>it</b> broke", ())
    page = ask("GET", "/").text
    assert "&lt;b&gt;it&lt;/b&gt; broke</p></body>" in page


def test_only_a_server_that_may_be_written_to_offers_to_edit(library, site, stage):
    reader = Asker(make_app(library, lambda: site, Rules(), stage), {})
    writer = Asker(make_app(library, lambda: site, Rules(token="t"), stage), {})
    assert "editing.js" not in reader("GET", "/").text
    assert "editing.js" in writer("GET", "/").text


def test_files_that_are_no_pages_are_sent_as_they_are(ask):
    assert ask("GET", "/artifacts/x.js").text == "1"


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_sent_and_not_sent_again(ask, name):
    script = ask("GET", f"/api/v1/assets/{name}")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.text.startswith("//")
    headers = {"If-None-Match": script.headers["etag"]}
    assert ask("GET", f"/api/v1/assets/{name}", headers=headers).status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "..%2flive.py", "%2e%2e", "live.js%00", "live.JS"])
def test_nothing_else_is_sent_from_there(ask, name):
    assert ask("GET", f"/api/v1/assets/{name}").status_code == 404


def test_a_stream_tells_at_once_what_there_is(events, stage):
    told = events.ask().next("site")
    assert told == {"state": stage.now().state, "files": None, "failure": ""}


def test_a_stream_tells_which_files_changed(events, stage):
    events.ask().next("site")
    stage.show(changed=["artifacts/index.html"])
    told = events.next("site")
    assert told["files"] == ["artifacts/index.html"]
    assert told["state"] == stage.now().state


def test_who_comes_back_is_told_what_was_missed(events, stage):
    known = stage.now().state
    stage.show(changed=["a"])
    stage.show(changed=["b"])
    assert events.ask(f"?since={known}").next("site")["files"] == ["a", "b"]


def test_what_a_browser_heard_last_counts_more_than_what_it_knew_first(events, stage):
    first = stage.now().state
    stage.show(changed=["a"])
    heard = stage.now().state
    stage.show(changed=["b"])
    told = events.ask(f"?since={first}", Last_Event_ID=heard).next("site")
    assert told["files"] == ["b"]


def test_events_have_ids_and_a_time_to_come_back(events, stage):
    events.ask()
    assert events.until("retry: ") == "retry: 1000\n"
    assert events.until("id: ") == f"id: {stage.now().state}\n"


def test_signs_of_life_are_sent(events, stage, monkeypatch):
    monkeypatch.setattr(live, "STILL_SECONDS", 0.05)
    events.ask().next("site")
    assert events.next("still") == {"state": stage.now().state}


def test_a_stream_ends_with_the_server(events, stage):
    events.ask().next("site")
    threading.Timer(0.05, stage.close).start()
    assert "event" not in events.rest()


def test_a_stream_can_be_asked_for_its_headers_alone(ask):
    answer = ask("HEAD", "/api/v1/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
