"""The running command, asked as those ask who mean harm: bytes on the wire, nothing in between."""

from __future__ import annotations

import re
import socket

import pytest

from artifolio import create_markdown_artifact
from payloads import payloads
from served import Served
from server.conftest import Wire

TOKEN = "a-token-that-is-long-enough"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
JSON = {"Content-Type": "application/json"}
BODY = b'{"key": "more", "type": "markdown", "data": "x"}'
SECRETS = ("root:", "site_name", TOKEN, "Traceback", "/site-packages/")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("served"))
    create_markdown_artifact("The words.", key="report", store=served.store)
    secret = served.project / "secret.txt"
    secret.write_text("root:x:0:0")
    temporary = served.project / "temporary"
    temporary.mkdir()
    served.start("--write", ARTIFOLIO_TOKEN=TOKEN, TMPDIR=str(temporary))
    # What gets into the folder of the site without being made by a build.
    (site,) = temporary.iterdir()
    (site / "linked.txt").symlink_to(secret)
    (site / "linked").symlink_to(served.project)
    (site / ".hidden.txt").write_text("root:x:0:0")
    yield served
    served.stop()


@pytest.fixture(scope="module")
def wire(served) -> Wire:
    return Wire(served.port)


def send(wire: Wire, method: str, path: str, headers: dict[str, str], body: bytes = b""):
    told = {"Content-Length": str(len(body)), **headers}
    return wire(method, path, told, body)


def keys(served: Served) -> list[str]:
    return served.store.folders()


def test_it_listens_on_this_machine_alone(served):
    others = {
        info[4][0]
        for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        if not str(info[4][0]).startswith("127.")
    }
    for address in others:
        with pytest.raises(OSError):  # noqa: PT011 - refused, or no way there
            socket.create_connection((address, served.port), timeout=2).close()
    assert wire_is_open(served.port)


def wire_is_open(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=20):
        return True


@pytest.mark.parametrize("payload", payloads("http"), ids=str)
def test_no_hostile_request_gives_an_error_of_ours_or_a_secret(wire, payload):
    content = payload.content
    body = (content["body"] or "").encode()
    headers = {"Content-Length": str(len(body)), **content["headers"]}
    status, answer = wire(content["method"], content["path"], headers, body)
    assert 400 <= status < 500
    assert [secret for secret in SECRETS if secret in answer] == []
    assert "set-cookie" not in answer.partition("\r\n\r\n")[0].lower()
    assert wire("GET", "/api/health")[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "0.0.0.0", ""]
)
@pytest.mark.parametrize("path", ["/", "/artifacts/report/", "/api/health", "/api/v1/events"])
def test_by_another_name_nothing_is_told(wire, host, path):
    assert wire("GET", path, {"Host": host})[0] == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", "/api/artifacts/"), ("POST", "/api/artifacts/filter")),
        *(("DELETE", "/api/v1/artifacts/report"), ("POST", "/api/v1/session")),
    ],
)
def test_pages_of_other_sites_change_and_ask_nothing(served, wire, headers, method, path):
    assert send(wire, method, path, {**SHOWN, **JSON, **headers}, BODY)[0] == 403
    assert keys(served) == ["report"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_what_a_form_can_send_is_refused(served, wire, kind):
    assert send(wire, "POST", "/api/artifacts/", {**SHOWN, "Content-Type": kind}, BODY)[0] == 415
    assert keys(served) == ["report"]


@pytest.mark.parametrize("length", ["16777217", "99999999999", "9" * 30])
def test_a_body_that_is_too_long_is_refused_before_it_comes(wire, length):
    headers = {**SHOWN, **JSON, "Content-Length": length}
    assert wire("POST", "/api/artifacts/", headers, b"{")[0] in (400, 413)


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", "/api/artifacts/"), ("DELETE", "/api/v1/artifacts/report")),
        *(("PUT", "/api/v1/versions/x"), ("PATCH", "/api/v1/versions/x")),
    ],
)
def test_without_the_token_nothing_is_written(served, wire, shown, method, path):
    headers = {**JSON, "Authorization": shown} if shown else JSON
    assert send(wire, method, path, headers, BODY)[0] == 401
    assert keys(served) == ["report"]


@pytest.mark.parametrize(
    "path",
    [
        *("/../mkdocs.yml", "/%2e%2e/mkdocs.yml", "/..%2fmkdocs.yml", "/..%5cmkdocs.yml"),
        *("//etc/passwd", "/etc/passwd", "/artifacts/../../mkdocs.yml", "/%2fetc%2fpasswd"),
        *(
            "/linked.txt",
            "/linked/secret.txt",
            "/.hidden.txt",
            "/.git/config",
            "/index.html%00",
            "/%00",
            "/a%0d%0ab",
        ),
        *("/api/v1/assets/..%2f..%2fapp.py", "/api/v1/assets/%2e%2e", "/api/../mkdocs.yml"),
    ],
)
def test_nothing_is_given_that_is_no_plain_file_of_the_site(wire, path):
    status, answer = wire("GET", path)
    assert status in (400, 404)
    assert [secret for secret in SECRETS if secret in answer] == []


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/artifacts/index.json", "/api/health", "/api/v1/artifacts"]
)
def test_every_answer_carries_the_headers_of_safety_and_none_for_other_sites(wire, path):
    head = wire("GET", path, {"Origin": "http://evil.example"})[1].partition("\r\n\r\n")[0].lower()
    names = set(re.findall(r"^([\w-]+):", head, re.MULTILINE))
    assert names >= {
        *("x-content-type-options", "x-frame-options", "referrer-policy"),
        *("cross-origin-opener-policy", "cross-origin-resource-policy"),
        "content-security-policy",
    }
    assert not any(name.startswith("access-control-") for name in names)
    assert "server" not in names


def test_a_server_that_only_shows_takes_nothing_whatever_is_shown(served, tmp_path):
    other = Served(tmp_path)
    create_markdown_artifact("The words.", key="report", store=other.store)
    other.start(ARTIFOLIO_TOKEN=TOKEN)
    try:
        wire = Wire(other.port)
        assert send(wire, "POST", "/api/artifacts/", {**SHOWN, **JSON}, BODY)[0] == 403
        assert send(wire, "DELETE", "/api/v1/artifacts/report", SHOWN)[0] == 403
        assert send(wire, "POST", "/api/v1/session", JSON, b'{"token": ""}')[0] == 403
    finally:
        other.stop()
    assert other.store.folders() == ["report"]
