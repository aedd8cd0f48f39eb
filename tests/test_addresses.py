from __future__ import annotations

import pytest

from artifolio.addresses import Address, read_address
from artifolio.errors import InvalidValueError


def address(url: str, token: str | None = None) -> Address:
    shown = {} if token is None else {"ARTIFOLIO_TOKEN": token}
    return read_address({"ARTIFOLIO_API_URL": url, **shown})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000/api", Address("http", "127.0.0.1", 8000, "/api")),
        ("http://127.0.0.1:8000/api/", Address("http", "127.0.0.1", 8000, "/api")),
        (" http://box/api\n", Address("http", "box", 80, "/api")),
        ("https://e.org/tools/x/api/", Address("https", "e.org", 443, "/tools/x/api")),
        ("HTTPS://E.org/api", Address("https", "e.org", 443, "/api")),
        ("http://[::1]:8000/api", Address("http", "::1", 8000, "/api")),
    ],
)
def test_an_address_is_read(url, expected):
    assert address(url) == expected


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/api", "https://e.org/x/api", "http://[::1]:8000/api"]
)
def test_an_address_is_shown_as_it_was_given(url):
    assert str(address(url)) == url


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000/api",
        "/api",
        "http:///api",
        "http://:8000/api",
        "http://box:port/api",
        "http://box:99999/api",
        "http://[::1/api",
        "http://a..b/api",
        f"http://{'a' * 64}/api",
        f"http://{'a.' * 130}/api",
        "http://bo x/api",
        "http://bo\nx/api",
        "http://box/\x00/api",
        "http://böx/api",
        "ftp://box/api",
        "file:///etc/api",
        "http://box/api?x=1",
        "http://box/api#x",
        "http://box/a b/api",
        "http://box//api",
    ],
)
def test_what_is_no_address_of_a_server_is_refused(url):
    with pytest.raises(InvalidValueError, match="ARTIFOLIO_API_URL"):
        address(url)


@pytest.mark.parametrize("url", ["http://box:8000", "http://box:8000/", "http://box:8000/docs"])
def test_an_address_that_ends_elsewhere_is_told_where(url):
    with pytest.raises(InvalidValueError, match=r"has to end in /api, as in http://box:8000/.*api"):
        address(url)


@pytest.mark.parametrize(
    "url", ["https://ada:s3cret@e.org/api", "https://s3cret@e.org/api", "ftp://a:s3cret@e.org/api"]
)
def test_a_password_in_an_address_is_refused_and_not_shown(url):
    with pytest.raises(InvalidValueError, match="ARTIFOLIO_TOKEN") as raised:
        address(url)
    assert "s3cret" not in str(raised.value)


def test_a_token_goes_with_the_address_and_is_not_shown():
    found = address("http://box/api", " s3cret\n")
    assert found.token == "s3cret"
    assert "s3cret" not in f"{found} {found!r}"


def test_an_empty_token_is_none():
    assert address("http://box/api", " ").token is None


@pytest.mark.parametrize("token", ["s3 cret", "s3cret\r\nX: y", "s3crét", "s3cret\x00"])
def test_a_token_that_could_not_be_sent_is_refused_and_not_shown(token):
    with pytest.raises(InvalidValueError, match="ARTIFOLIO_TOKEN") as raised:
        address("http://box/api", token)
    assert token[:2] not in str(raised.value)
