from __future__ import annotations

import pytest

from artifolio.hostnames import is_address, is_one_of, name_in


@pytest.mark.parametrize(
    ("host", "name"),
    [
        *(("a.example:80", "a.example"), ("A.Example.", "a.example"), ("[::1]:80", "::1")),
        *(("127.0.0.1", "127.0.0.1"), ("", ""), ("a@b", None), ("a:99999", None), ("a:b", None)),
        *(("a/b", None), ("[::1", None), ("a b", None), ("a\n", None)),
    ],
)
def test_a_header_holds_a_name(host, name):
    assert name_in(host) == name


def test_what_is_listened_on_everywhere_is_no_name():
    assert not is_one_of("0.0.0.0", ["0.0.0.0"])
    assert not is_one_of("", [""])
    assert not is_address("0.0.0.0")


def test_this_machine_knows_itself_and_its_names():
    assert is_one_of("localhost", [])
    assert is_one_of("a.example", ["A.example"])
    assert not is_one_of("b.a.example", ["a.example"])


@pytest.mark.parametrize(
    ("name", "expected"), [("192.0.2.7", True), ("::1", True), ("127.1", False), ("a", False)]
)
def test_an_address_is_told_from_a_name(name, expected):
    assert is_address(name) is expected
