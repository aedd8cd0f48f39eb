from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from artifolio import messenger as module
from artifolio.addresses import Address
from artifolio.errors import ServerError
from artifolio.messenger import Answer, Messenger
from scripted import Scripted, Told

TOKEN = "s3cret"


class Waiting:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def waiting():
    return Waiting()


@pytest.fixture
def make(waiting):
    def make(port: int, token: str | None = TOKEN, **options) -> Messenger:
        address = Address("http", "127.0.0.1", port, "/api", token)
        return Messenger(address, sleep=waiting.sleep, ticks=waiting, **options)

    return make


def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_a_request_is_sent_with_the_token_and_its_answer_given(make):
    server = Scripted(Told(201, b'{"id": 1}'))
    with server.running() as port:
        answer = make(port).send("PUT", "/v1/x", b'{"a": 1}')
    (got,) = server.got
    assert (answer.status, answer.data()) == (201, {"id": 1})
    assert (got.method, got.path, got.content) == ("PUT", "/api/v1/x", b'{"a": 1}')
    assert got.headers["Authorization"] == f"Bearer {TOKEN}"
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["Host"] == f"127.0.0.1:{port}"


def test_without_a_token_none_is_shown(make):
    server = Scripted()
    with server.running() as port:
        make(port, None).send("GET", "/v1/x")
    assert "Authorization" not in server.got[0].headers


def test_one_connection_serves_several_requests(make):
    server = Scripted()
    with server.running() as port:
        messenger = make(port)
        for _ in range(3):
            messenger.send("PUT", "/v1/x", b"{}")
    assert (len(server.got), server.connections) == (3, 1)


def test_a_connection_that_was_idle_for_long_is_not_used_again(make, waiting):
    server = Scripted()
    with server.running() as port:
        messenger = make(port)
        messenger.send("GET", "/v1/x")
        waiting.now += 4
        messenger.send("GET", "/v1/x")
    assert server.connections == 2


def test_a_connection_that_the_server_has_ended_is_no_failure(make, waiting):
    server = Scripted(Told(), "close")
    with server.running() as port:
        messenger = make(port)
        messenger.send("GET", "/v1/x")
        assert messenger.send("GET", "/v1/x").status == 200
    assert waiting.slept == []


def test_a_forked_process_uses_no_connection_of_its_parent(make):
    server = Scripted()
    with server.running() as port:
        messenger = make(port)
        messenger.send("GET", "/v1/parent")
        child = os.fork()
        if child == 0:
            status = messenger.send("GET", "/v1/child").status
            os._exit(0 if status == 200 else 1)
        assert os.waitpid(child, 0)[1] == 0
        messenger.send("GET", "/v1/parent")
    assert server.connections == 2


@pytest.mark.parametrize(
    "fate", ["close", "half", Told(429), Told(502), Told(503), Told(504)], ids=str
)
def test_a_request_is_sent_again_where_the_server_did_not_answer(make, waiting, fate):
    server = Scripted(fate, fate, Told(200, b"[1]"))
    with server.running() as port:
        assert make(port).send("PUT", "/v1/x", b"{}").data() == [1]
    assert {(got.method, got.path, got.content) for got in server.got} == {
        ("PUT", "/api/v1/x", b"{}")
    }
    assert (len(server.got), len(waiting.slept)) == (3, 2)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 421, 422, 500, 501])
def test_an_answer_that_would_be_the_same_again_is_given_at_once(make, waiting, status):
    server = Scripted(Told(status))
    with server.running() as port:
        assert make(port).send("PUT", "/v1/x", b"{}").status == status
    assert (len(server.got), waiting.slept) == (1, [])


def test_pauses_grow_up_to_a_limit_and_differ(make, waiting):
    with pytest.raises(ServerError):
        make(unused_port(), seconds=100).send("GET", "/v1/x")
    least = [0.125, 0.25, 0.5, 1, 2, 4, 4, 4]
    most = [0.25, 0.5, 1, 2, 4, 8, 8, 8]
    first = waiting.slept[:8]
    assert all(low <= slept <= high for low, slept, high in zip(least, first, most, strict=True))
    assert len(set(waiting.slept)) == len(waiting.slept)


def test_it_ends_when_the_time_is_over(make, waiting):
    port = unused_port()
    with pytest.raises(ServerError) as raised:
        make(port, seconds=60).send("GET", "/v1/x")
    assert 40 < waiting.now <= 60
    assert str(raised.value) == (
        f"http://127.0.0.1:{port}/api: tried for 60 s, Connection refused; "
        "see whether it runs and ARTIFOLIO_API_URL is right"
    )


def test_what_it_said_last_is_in_the_error(make):
    with Scripted(*[Told(503)] * 99).running() as port, pytest.raises(ServerError) as raised:
        make(port).send("GET", "/v1/x")
    assert "tried for 60 s, it answers 503;" in str(raised.value)


def test_the_server_may_say_how_long_to_wait(make, waiting):
    server = Scripted(Told(503, headers={"Retry-After": "7"}), Told(429))
    with server.running() as port:
        make(port).send("GET", "/v1/x")
    assert waiting.slept[0] == 7
    assert waiting.slept[1] < 1


@pytest.mark.parametrize("told", ["soon", "-5", "1e9", "", "²", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_wait_that_is_none_is_left_out(make, waiting, told):
    with Scripted(Told(503, headers={"Retry-After": told})).running() as port:
        make(port).send("GET", "/v1/x")
    assert waiting.slept[0] < 1


def test_a_wait_beyond_the_end_is_cut_to_one_more_try(make, waiting):
    server = Scripted(Told(503, headers={"Retry-After": "9999"}))
    with server.running() as port:
        assert make(port, seconds=60).send("GET", "/v1/x").status == 200
    assert waiting.slept == [60]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_sent_where_the_server_points_to(make, waiting, status):
    other = Scripted()
    with other.running() as elsewhere:
        where = f"http://user:pass@127.0.0.1:{elsewhere}/api/v1/x?token=abc"
        moved = Told(status, headers={"Location": where})
        with Scripted(moved).running() as port, pytest.raises(ServerError) as raised:
            make(port).send("PUT", "/v1/x", b"{}")
    assert other.got == []
    assert str(raised.value).endswith(
        f"it is elsewhere now, http://127.0.0.1:{elsewhere}/api/v1/x; set ARTIFOLIO_API_URL to that"
    )


def test_no_proxy_of_the_environment_sees_the_request(make, monkeypatch):
    proxy, server = Scripted(), Scripted()
    with proxy.running() as between, server.running() as port:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{between}")
        make(port).send("GET", "/v1/x")
    assert (len(proxy.got), len(server.got)) == (0, 1)


def test_an_answer_without_an_end_is_an_error(make, monkeypatch):
    monkeypatch.setattr(module, "ANSWER_BYTES", 10)
    with Scripted(Told(200, b"x" * 11)).running() as port, pytest.raises(ServerError) as raised:
        make(port).send("GET", "/v1/x")
    assert "answers more than 10 bytes" in str(raised.value)


def test_a_server_that_refuses_before_all_was_sent_is_heard(make):
    """As the guard does: it answers 401 without reading a long body."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(
                    b"HTTP/1.1 401 X\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
                )
                time.sleep(0.2)

        thread = threading.Thread(target=refuse)
        thread.start()
        answer = make(listening.getsockname()[1]).send("PUT", "/v1/x", b" " * 30_000_000)
        thread.join()
    assert answer == Answer(401, b"{}")


def test_a_server_that_speaks_no_http_is_an_error(make):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            for _ in range(2):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(ServerError, match=r"SSH-2\.0-OpenSSH"):
            make(listening.getsockname()[1], seconds=0.3).send("GET", "/v1/x")
        listening.close()
        thread.join(5)


def test_a_certificate_that_nobody_vouches_for_is_an_error_at_once(waiting):
    with Scripted().running() as port:
        messenger = Messenger(
            Address("https", "127.0.0.1", port, "/api", TOKEN), 5, waiting.sleep, waiting
        )
        with pytest.raises(ServerError, match="tried for 5 s") as raised:
            messenger.send("GET", "/v1/x")
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_json_has_no_data(content):
    assert Answer(200, content).data() is None
