from __future__ import annotations

import anyio
import pytest

from artifolio.server.guard import ASKING_BYTES, BODY_BYTES, Rules
from payloads import payloads

JSON = {"Content-Type": "application/json"}
ID = "019ab0d6-6f3b-7c1e-9d7a-000000000001"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "LOCALHOST", "[::1]:8000", "localhost."]
)
def test_this_machine_is_known_by_its_names(host):
    assert Rules().knows(host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", ":8000"),
        *("127.0.0.1:99999", "127.0.0.1:x", "localhost/", "a b", "[::1", "localhost#", "0.0.0.0"),
    ],
)
def test_no_other_name_is_known(host):
    assert not Rules().knows(host)


def test_more_names_can_be_allowed():
    rules = Rules(host="192.0.2.7", hosts=frozenset(["data.example.org"]))
    assert rules.knows("data.example.org:80")
    assert rules.knows("192.0.2.7:8000")
    assert not rules.knows("example.org")


def test_another_name_is_misdirected(ask):
    answer = ask("GET", "/", headers={"Host": "evil.example"})
    assert answer.status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "file://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_asks_nothing_that_is_sent(ask, headers):
    assert ask("POST", "/api/artifacts/filter", json={}, headers=headers).status_code == 403
    assert ask("DELETE", f"/api/artifacts/{ID}", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Origin": "http://evil.example"},
    ],
)
def test_a_page_of_another_site_has_nothing_searched(ask, headers):
    assert ask("GET", "/api/v1/search?q=a", headers=headers).status_code == 403
    assert ask("GET", "/", headers=headers).status_code == 200


def test_a_link_on_another_site_leads_here(ask):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert ask("GET", "/api/v1/artifacts", headers=headers).status_code == 200
    assert ask("DELETE", f"/api/artifacts/{ID}", headers=headers).status_code == 403


def test_a_page_of_this_site_may(ask):
    headers = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    assert ask("POST", "/api/artifacts/filter", json={}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"]
)
def test_a_body_is_json(ask, kind):
    answer = ask("POST", "/api/artifacts/filter", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


def test_a_long_body_is_refused_before_it_is_read(ask):
    headers = {**JSON, "Content-Length": "99999999999"}
    assert ask("POST", "/api/artifacts/filter", content=b"", headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", f"/api/v1/versions/{ID}", 422),
        ("PUT", f"/api/v1/versions/{ID}/progress", 413),
        ("POST", f"/api/v1/versions/{ID}", 413),
        ("POST", "/api/artifacts/", 413),
    ],
)
def test_only_a_version_with_its_files_may_be_long(ask, method, path, status):
    content = b" " * (BODY_BYTES + 1)
    assert ask(method, path, content=content, headers=JSON).status_code == status


@pytest.mark.parametrize("path", ["artifacts/filter", "artifacts/latest/count", "v1/session"])
def test_what_needs_no_token_may_not_be_long(make_asker, path):
    ask = make_asker(token=None)
    assert ask("POST", f"/api/{path}", content=b" " * ASKING_BYTES, headers=JSON).status_code != 413
    longer = b" " * (ASKING_BYTES + 1)
    assert ask("POST", f"/api/{path}", content=longer, headers=JSON).status_code == 413


def test_a_body_of_two_lengths_is_refused(wire):
    more = {
        **JSON,
        "Content-Length": "4",
        "Transfer-Encoding": "chunked",
        "Connection": "keep-alive",
    }
    hidden = b"0\r\n\r\nGET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    status, answer = wire("POST", "/api/artifacts/filter", more, hidden)
    assert (status, answer.count("HTTP/1.1 ")) == (400, 1)


def test_a_body_that_is_longer_than_it_said_is_refused(ask):
    async def pieces():
        for _ in range(BODY_BYTES // 1_000_000 + 2):
            yield b" " * 1_000_000

    headers = {**JSON, "Transfer-Encoding": "chunked"}
    answer = ask("POST", "/api/artifacts/filter", content=pieces(), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", "Basic the-token", "the-token"])
def test_writing_needs_the_token(make_asker, shown, store):
    ask = make_asker(token=None)
    headers = {"Authorization": shown} if shown else {}
    body = {"key": "a", "type": "markdown", "data": "x"}
    answer = ask("POST", "/api/artifacts/", json=body, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert store.folders() == []


def test_reading_needs_none_unless_it_is_asked_for(make_asker):
    assert make_asker(token=None)("POST", "/api/artifacts/filter", json={}).status_code == 200
    strict = Rules(token="t", reads_need_token=True)
    assert make_asker(strict, None)("POST", "/api/artifacts/filter", json={}).status_code == 401
    assert make_asker(strict, None)("GET", "/api/health").status_code == 401
    assert make_asker(strict, "t")("GET", "/api/health").status_code == 200


def test_a_server_that_only_shows_lets_nobody_write(make_asker, store):
    ask = make_asker(Rules(), "anything")
    for method, path in (("POST", "/api/artifacts/"), ("DELETE", f"/api/artifacts/{ID}")):
        assert ask(method, path, json={"key": "a"}).status_code == 403
    assert store.folders() == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
def test_the_site_is_only_read(ask, method):
    assert ask(method, "/artifacts/loss/").status_code in (405, 501)


def test_every_answer_carries_the_headers_that_keep_browsers_safe(ask):
    for path in ("/", "/nowhere", "/api/health", "/api/nowhere"):
        headers = ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("name", ["x.svg", "x.xml", "x.xhtml"])
def test_nothing_runs_that_is_no_page_of_the_site(ask, site, name):
    (site / name).write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    policy = ask("GET", f"/{name}").headers["content-security-policy"]
    assert {"default-src 'none'", "sandbox"} <= set(policy.split("; "))


def test_no_other_site_may_read_by_script(ask):
    answer = ask("OPTIONS", "/api/artifacts/filter", headers={"Origin": "http://evil.example",
                 "Access-Control-Request-Method": "POST"})  # fmt: skip
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("payload", payloads("http"), ids=str)
def test_a_hostile_request_gives_neither_an_error_of_ours_nor_a_secret(wire, payload):
    content = payload.content
    path = content["path"]
    path = path if isinstance(path, str) else path["prefix"] + path["repeat"] * path["times"]
    body = (content["body"] or "").encode()
    headers = {"Content-Length": str(len(body)), **content["headers"]}
    status, answer = wire(content["method"], path, headers, body)
    assert 400 <= status < 500
    assert "root:" not in answer
    assert "set-cookie" not in answer.partition("\r\n\r\n")[0].lower()
    assert wire("GET", "/api/health")[0] == 200


def test_a_socket_of_another_site_is_refused(make_asker):
    app = make_asker()._app
    sent = []

    async def connect(headers):
        scope = {"type": "websocket", "path": "/api/events/in", "headers": headers,
                 "subprotocols": ["prefect"], "query_string": b"", "root_path": ""}  # fmt: skip

        async def receive():
            return {"type": "websocket.connect"} if not sent else {"type": "websocket.disconnect"}

        async def send(message):
            sent.append(message["type"])

        await app(scope, receive, send)

    anyio.run(connect, [(b"host", b"evil.example")])
    assert sent == ["websocket.close"]
    sent.clear()
    anyio.run(connect, [(b"host", b"127.0.0.1:8000"), (b"origin", b"http://evil.example")])
    assert sent == ["websocket.close"]
    sent.clear()
    anyio.run(connect, [(b"host", b"127.0.0.1:8000")])
    assert sent[0] == "websocket.accept"
