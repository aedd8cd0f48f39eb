"""A browser shows the token once, and writes from pages of this server alone."""

from __future__ import annotations

import re

import httpx
import pytest

from artifolio.server.guard import Rules
from server.conftest import BASE, TOKEN

OWN = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
BODY = {"key": "report", "type": "markdown", "data": "x"}


@pytest.fixture
def ask(make_asker):
    """Asks as a browser that has shown nothing."""
    return make_asker(token=None)


@pytest.fixture
def cookie(ask) -> str:
    """What a browser sends that has shown the token."""
    return sign_in(ask).headers["set-cookie"].partition(";")[0]


def sign_in(ask, token: str = TOKEN, **headers: str) -> httpx.Response:
    return ask("POST", "/api/v1/session", json={"token": token}, headers={**OWN, **headers})


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(ask):
    answer = sign_in(ask)
    assert answer.status_code == 204
    told = answer.headers["set-cookie"]
    assert re.match(r"artifolio-[0-9a-f]{8}=[\w-]{43}; ", told)
    assert {"HttpOnly", "Path=/api", "SameSite=strict"} <= set(told.split("; "))
    assert TOKEN not in told


def test_a_wrong_token_gives_no_cookie(ask):
    answer = sign_in(ask, "wrong")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"null", b'{"token": 1}', b"{}"])
def test_what_holds_no_token_gives_no_cookie(ask, content):
    headers = {**OWN, "Content-Type": "application/json"}
    assert ask("POST", "/api/v1/session", content=content, headers=headers).status_code == 401


def test_a_page_of_another_site_signs_nobody_in(ask):
    assert sign_in(ask, Origin="http://evil.example").status_code == 403
    assert sign_in(ask, **{"Sec-Fetch-Site": "same-site"}).status_code == 403


def test_a_server_that_only_shows_signs_nobody_in(make_asker):
    assert sign_in(make_asker(Rules(), None), "").status_code == 403


def test_a_browser_that_is_known_writes(ask, cookie):
    answer = ask("POST", "/api/artifacts/", json=BODY, headers={**OWN, "Cookie": cookie})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_the_cookie_alone_writes_nothing(ask, cookie, headers, store):
    answer = ask("POST", "/api/artifacts/", json=BODY, headers={**headers, "Cookie": cookie})
    assert answer.status_code in (401, 403)
    assert store.folders() == []


def test_a_wrong_token_beside_the_cookie_counts(ask, cookie):
    headers = {**OWN, "Cookie": cookie, "Authorization": "Bearer wrong"}
    assert ask("POST", "/api/artifacts/", json=BODY, headers=headers).status_code == 401


def test_a_page_is_told_whether_its_browser_is_known(ask, cookie):
    assert ask("GET", "/api/v1/session").json() == {"signed_in": False}
    answer = ask("GET", "/api/v1/session", headers={"Cookie": cookie})
    assert answer.json() == {"signed_in": True}
    assert answer.headers["cache-control"] == "no-store"


def test_who_signs_out_writes_no_more(ask, cookie):
    headers = {**OWN, "Cookie": cookie}
    assert ask("DELETE", "/api/v1/session", headers=headers).status_code == 204
    assert ask("POST", "/api/artifacts/", json=BODY, headers=headers).status_code == 401


def test_a_cookie_of_before_is_worth_nothing_to_another_process(make_asker, cookie):
    other = make_asker(token=None)
    headers = {**OWN, "Cookie": cookie}
    assert other("POST", "/api/artifacts/", json=BODY, headers=headers).status_code == 401
