from __future__ import annotations

import pytest

from artifolio.server.sessions import MOST, SECONDS, Sessions


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock) -> Sessions:
    return Sessions("the-token", clock)


def test_who_shows_the_token_is_known(sessions):
    name = sessions.open("the-token")
    assert name is not None
    assert sessions.knows(name)


@pytest.mark.parametrize("shown", ["", "the-toke", "the-token ", "THE-TOKEN", "\ud800", "é"])
def test_who_shows_something_else_is_not(sessions, shown):
    assert sessions.open(shown) is None


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_nobody_is_let_in(token):
    assert Sessions(token).open("") is None


def test_no_two_browsers_have_the_same_cookie_and_it_is_not_the_token(sessions):
    names = {sessions.open("the-token") for _ in range(3)}
    assert len(names) == 3
    assert "the-token" not in names


def test_who_signs_out_is_not_known_any_more(sessions):
    name = sessions.open("the-token") or ""
    sessions.close(name)
    assert not sessions.knows(name)


def test_who_is_away_for_long_is_forgotten(sessions, clock):
    name = sessions.open("the-token") or ""
    clock.now += SECONDS - 1
    assert sessions.knows(name)
    clock.now += SECONDS - 1
    assert sessions.knows(name)
    clock.now += SECONDS + 1
    assert not sessions.knows(name)


def test_only_so_many_are_known_at_once(sessions):
    first, second = (sessions.open("the-token") or "" for _ in range(2))
    assert sessions.knows(first)
    for _ in range(MOST - 1):
        sessions.open("the-token")
    assert sessions.knows(first)
    assert not sessions.knows(second)


@pytest.mark.parametrize("header", ["", "=", ";", "other=x", "artifolio=x", "{cookie}x=y"])
def test_other_cookies_are_none_of_ours(sessions, header):
    assert sessions.find(header.format(cookie=sessions.cookie)) == ""


def test_the_cookie_is_found_among_others(sessions):
    assert sessions.find(f"a=b; {sessions.cookie}=x=y; c=d") == "x=y"


def test_two_servers_on_one_host_have_cookies_of_their_own(sessions):
    assert Sessions("t").cookie != sessions.cookie
