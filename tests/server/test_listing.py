from __future__ import annotations

from base64 import b64encode

import pytest

from artifolio.bodies import Markdown
from artifolio.server import listing
from artifolio.server.cursors import Cursor, parse_cursor
from artifolio.server.listing import BODY, READING_SECONDS, Search
from artifolio.server.operations import WrongRequestError, read_query
from artifolio.server.readingschemas import OF_VERSIONS
from artifolio.server.texts import Bodies
from samples import make_record

V1 = "/api/v1"


@pytest.fixture
def add(store, library):
    """Publishes a version of a key, the later the greater its number."""

    def publish(key: str | None, number: int, text: str = "x") -> None:
        record = make_record(Markdown(text), key=key, number=number)
        store.add(record)
        library.note(record.header.folder)

    return publish


def page(ask, path: str) -> tuple[list[str], str | None]:
    answer = ask("GET", f"{V1}/{path}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return [f"{item.get('key')} {item['version']}" for item in found["items"]], found["next"]


def pages(ask, path: str, meanwhile=lambda: None) -> list[str]:
    found, cursor = page(ask, path)
    while cursor:
        meanwhile()
        more, cursor = page(ask, f"{path}&cursor={cursor}")
        found += more
    return found


def test_pages_together_are_the_list(ask, add):
    for number in range(7):
        add(f"key-{number}", number)
    expected = [f"key-{number} 1" for number in range(6, -1, -1)]
    assert pages(ask, "artifacts?limit=3") == expected
    assert pages(ask, "artifacts?limit=1&sort=key") == expected[::-1]
    assert pages(ask, "artifacts?limit=7") == expected


def test_the_last_page_says_so(ask, add):
    for number in range(4):
        add(f"key-{number}", number)
    assert page(ask, "artifacts?limit=4")[1] is None
    assert page(ask, "artifacts?limit=3")[1] is not None


@pytest.mark.parametrize("sort", ["newest", "oldest", "key"])
def test_what_is_published_meanwhile_moves_nothing(ask, add, sort):
    for number in range(6):
        add(f"key-{number}", number)
    expected = pages(ask, f"artifacts?limit=200&sort={sort}")
    numbers = iter(range(100, 200))

    def publish() -> None:
        number = next(numbers)
        # A new key, and a version of one that is on a page to come or was on one before.
        add(f"new-{number}", number)
        add("key-0", number + 50)
        add("key-5", number + 50)

    assert pages(ask, f"artifacts?limit=2&sort={sort}", publish) == expected


def test_versions_published_meanwhile_move_nothing(ask, add):
    for number in range(6):
        add("loss", number)
    numbers = iter(range(100, 200))
    found = pages(ask, "artifacts/loss/versions?limit=2", lambda: add("loss", next(numbers)))
    assert found == [f"loss {number}" for number in range(6, 0, -1)]


def test_versions_from_the_oldest_on_go_on_to_what_is_published_meanwhile(ask, add):
    for number in range(4):
        add("loss", number)
    numbers = iter([100, 101])
    found = pages(
        ask, "artifacts/loss/versions?limit=3&sort=oldest", lambda: add("loss", next(numbers))
    )
    assert found == [f"loss {number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    "other", ["artifacts?type=link", "artifacts?sort=key", "versions?sort=newest"]
)
def test_a_cursor_of_another_list_is_refused(ask, add, other):
    add("a", 1)
    add("b", 2)
    _, cursor = page(ask, "artifacts?limit=1")
    answer = ask("GET", f"{V1}/{other}&cursor={cursor}")
    assert answer.status_code == 422
    assert "another list" in answer.json()["detail"]


def test_more_or_fewer_on_a_page_is_the_same_list(ask, add):
    add("a", 1)
    add("b", 2)
    _, cursor = page(ask, "artifacts?limit=1")
    assert page(ask, f"artifacts?limit=5&cursor={cursor}") == (["a 1"], None)


def test_a_page_reads_so_many_records_at_most(ask, add, monkeypatch):
    monkeypatch.setattr(listing, "READS", 2)
    for number in range(6):
        add(f"key-{number}", number, "needle" if number == 0 else "hay")
    found, cursor = page(ask, "artifacts?q=needle&in=body")
    assert found == []
    assert cursor is not None
    assert pages(ask, "artifacts?q=needle&in=body") == ["key-0 1"]


def test_a_page_reads_for_so_long_at_most(library):
    moments = iter([0.0, READING_SECONDS, READING_SECONDS + 1, READING_SECONDS + 2])
    query = read_query(OF_VERSIONS, [("q", "x")])
    search = Search(query, BODY, Bodies(library.read), lambda: next(moments))
    assert [search.may_read() for _ in range(4)] == [True, True, False, False]


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "ä", "AAAA", "W10", "WzEsMiwzLDRd", "WzIsImEiLCJiIiwiYyJd", "A" * 2000),
        b64encode(rb'[1,"a","\ud800",""]').decode(),
        b64encode(rb'[1,"a","9","\udfff"]').decode(),
    ],
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(WrongRequestError):
        parse_cursor(text, "a")


def test_a_cursor_is_read_back():
    cursor = Cursor("a", "2026-08-01 ü", "2026")
    assert parse_cursor(str(cursor), "a") == cursor
