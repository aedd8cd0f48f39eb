from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from artifolio.server.app import make_app
from artifolio.server.connections import Connection, Room, most_connections
from artifolio.server.guard import Rules
from artifolio.server.stage import Stage
from server.conftest import running

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Hasty(Connection):
    patience = 0.3


class Narrow(Connection):
    most = 2


class App:
    """Reads what it is sent, and then waits or sends without an end."""

    def __init__(self) -> None:
        self.is_left = threading.Event()

    async def __call__(self, scope, receive, send):
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            self.is_left.set()
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        leaving = asyncio.ensure_future(receive())
        body = b"read"
        while not leaving.done():
            await send({"type": "http.response.body", "body": body, "more_body": True})
            if scope["path"] == "/flood":
                body = b"x" * 65_536
                await asyncio.sleep(0)
            else:
                await leaving
        self.is_left.set()


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def port(app) -> Iterator[int]:
    with running(app, http=Hasty) as port:
        yield port


@contextlib.contextmanager
def connected(port: int, sent: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        yield connection


def received(connection: socket.socket) -> bytes:
    """Return all that comes until the connection ends."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            found += part
    return found


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nX-Slow:", HEAD, HEAD + b"x" * 9])
def test_who_says_no_more_is_left_alone(port, sent):
    with connected(port, sent) as connection:
        assert received(connection) == b""


def test_who_says_little_by_little_is_left_alone(port):
    with connected(port, b"GET / HTTP/1.1\r\nX-Slow:") as connection:
        connection.settimeout(0.05)
        for _ in range(400):
            with contextlib.suppress(TimeoutError):
                assert connection.recv(1) == b""
                break
            connection.sendall(b"x")
        else:
            pytest.fail("the connection is still open")


def test_who_reads_nothing_is_left_alone(app, port):
    with connected(port, b"GET /flood HTTP/1.1\r\nHost: a\r\n\r\n"):
        assert app.is_left.wait(20)


def test_who_waits_for_an_answer_may_wait(app, port):
    with connected(port, GET) as connection:
        while not connection.recv(65_536).endswith(b"read\r\n"):
            pass
        connection.settimeout(4 * Hasty.patience)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_long_body_may_take_its_time(port):
    with connected(port, HEAD) as connection:
        end = time.monotonic() + 4 * Hasty.patience
        sent = 0
        while time.monotonic() < end and sent < 980_000:
            connection.sendall(b"x" * 20_000)
            sent += 20_000
            time.sleep(0.05)
        connection.sendall(b"x" * (1_000_000 - sent))
        assert b" 200 OK" in connection.recv(1_000)


def test_there_are_so_many_connections_at_once(app):
    with running(app, http=Narrow) as port:
        with connected(port, GET) as first, connected(port, GET) as second:
            assert b" 200 OK" in first.recv(1_000)
            assert b" 200 OK" in second.recv(1_000)
            with connected(port) as third:
                assert b" 503 Service Unavailable" in received(third)
        assert app.is_left.wait(20)
        with connected(port, GET) as fourth:
            assert b" 200 OK" in fourth.recv(1_000)


def test_there_are_fewer_connections_than_files_that_may_be_open():
    resource = pytest.importorskip("resource")
    assert 0 < most_connections() <= max(1, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def test_a_room_has_so_many_places():
    room = Room(1)
    assert (room.enter(), room.enter()) == (True, False)
    room.leave()
    assert room.enter()


def test_streams_leave_connections_for_others(library, site, monkeypatch):
    monkeypatch.setattr("artifolio.server.app.most_connections", lambda: 2)
    stage = Stage()
    stage.show()
    ask = b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with running(make_app(library, lambda: site, Rules(), stage)) as port:
        with connected(port, ask) as first:
            assert b" 200 OK" in first.recv(1_000)
            with connected(port, ask) as second:
                assert b" 503 Service Unavailable" in received(second)
        # The server hears in its own time that the first has gone.
        for _ in range(100):
            with connected(port, ask) as third:
                if b" 200 OK" in third.recv(1_000):
                    break
            time.sleep(0.05)
        else:
            pytest.fail("the place was never given back")
        stage.close()


def test_who_leaves_in_the_middle_is_no_error(library, site, caplog):
    with running(make_app(library, lambda: site, Rules())) as port:
        body = b"Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        with connected(port, b"POST /api/artifacts/filter HTTP/1.1\r\n" + body):
            pass
        with connected(port, b"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as other:
            assert b" 200 OK" in other.recv(1_000)
    assert caplog.records == []
