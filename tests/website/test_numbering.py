from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.bodies import Markdown
from artifolio.errors import Problem
from artifolio.origins import Code, Run
from artifolio.website.numbering import (
    CARDS,
    LIST_BYTES,
    NEWEST,
    ROWS,
    SHOWN_PROBLEMS,
    divide,
    fill,
    first_problems,
    nearest,
    older,
    pager,
    part_pager,
)
from artifolio.website.options import PageOptions
from artifolio.website.urls import lineage_part, list_part, run_page
from samples import make_record, put_record
from website.reading import addresses, words
from website.test_pages import leads_to, make

# What the theme puts around a page takes some 60 kB of the 300 kB that a page may have.
ROOM_BYTES = 240_000
# Each of them takes six bytes in a page, or three to five.
HOSTILE = "{`~\"'&<>}😀\x01"

counts = st.integers(0, 2_000)
sizes = st.integers(1, 200)


@given(counts, sizes)
def test_every_place_is_on_just_one_page(count, size):
    whole = list(range(count))
    assert [place for part in divide(count, size) for place in part.of(whole)] == whole


@given(counts, counts, sizes)
def test_full_pages_stay_as_they_are_when_there_are_more(count, more, size):
    full = [part for part in divide(count, size) if part.last - part.first + 1 == size]
    assert list(divide(count + more, size))[: len(full)] == full


@given(counts, sizes)
def test_what_does_not_stand_on_the_first_page_stands_on_a_numbered_one(count, size):
    assert sum(part.last - part.first + 1 for part in older(count, size)) == max(0, count - NEWEST)


def test_the_first_page_leads_to_the_newest_and_the_oldest_part():
    assert [part.number for part in nearest(divide(10, 1))] == [10, 9, 8, 1]
    assert [part.number for part in nearest(divide(3, 1))] == [3, 2, 1]
    assert nearest(()) == ()


@given(st.lists(st.text(max_size=20)), st.integers(1, 50))
def test_pages_hold_as_much_as_fits(pieces, limit):
    pages = fill(pieces, limit)
    assert [piece for page in pages for piece in page] == pieces
    sizes = [sum(len(piece.encode()) + 1 for piece in page) for page in pages]
    assert all(size <= limit or len(page) == 1 for size, page in zip(sizes, pages, strict=True))
    assert len(pages) == 1 or all(pages)


def test_one_page_needs_no_pager():
    assert pager(1, 1, list_part) is None


def test_a_pager_leads_to_first_previous_next_and_last():
    found = pager(2, 34, list_part)
    assert found.here == "page 2 of 34"
    assert [step.page for step in (*found.before, *found.after)] == [
        list_part(1),
        list_part(1),
        list_part(3),
        list_part(34),
    ]


@pytest.mark.parametrize(("number", "missing"), [(1, "before"), (3, "after")])
def test_a_pager_leads_nowhere_from_its_ends(number, missing):
    found = pager(number, 3, list_part)
    assert [step.page for step in getattr(found, missing)] == [None, None]


def test_the_pager_of_a_full_part_names_no_total():
    parts = divide(400, 100)
    few, many = (part_pager(parts[1], count, "index.md", str) for count in (4, 40))
    assert few == many


def test_the_newest_part_leads_on_to_the_first_page():
    (part,) = divide(3, 5)
    found = part_pager(part, 1, "index.md", str)
    assert [step.page for step in (*found.before, *found.after)] == [
        "index.md",
        "index.md",
        None,
        None,
    ]


def test_problems_are_shown_as_far_as_there_is_room():
    short = [Problem(f"loss/{number}.yaml", "cut off") for number in range(SHOWN_PROBLEMS + 5)]
    assert first_problems(short) == short[:SHOWN_PROBLEMS]
    assert len(first_problems([Problem("loss/x.yaml", "{" * 2_000)] * 50)) < 10


@pytest.fixture
def crowded(store):
    """Versions that take as much room as any can, of one key, of none, of one run and of many."""
    fields = {
        "description": HOSTILE * 200,
        "tags": (HOSTILE * 10,) * 20,
        "metadata": {HOSTILE * number: HOSTILE * 50 for number in range(1, 40)},
        "run": Run(*(HOSTILE * 100,) * 5),
        "code": Code("9fceb02d" * 5, "b" * 60, True, f"https://github.com/{'r' * 120}"),
    }
    key = "k" * 120
    for number in range(NEWEST + ROWS + 1):
        put_record(store, make_record(Markdown("x"), key, number, **fields))
        put_record(store, make_record(Markdown("x"), None, 1_000 + number, **fields))
        put_record(store, make_record(Markdown("x"), f"{number:0120}", 2_000 + number, **fields))
    for number in range(300):
        store.root.joinpath(key, f"{number}{'{' * 200}.yaml").write_text("format: 1\nid: [")
    return store


def test_no_page_is_larger_than_its_budget_whatever_records_hold(crowded):
    pages = make(crowded, PageOptions(versions_as_pages=2)).pages
    large = {path: len(page.encode()) for path, page in pages.items()}
    assert {path: size for path, size in large.items() if size > ROOM_BYTES} == {}
    assert {lineage_part("k" * 120, 1), lineage_part(None, 2), list_part(3)} <= large.keys()
    assert run_page(HOSTILE * 100, 3 * (NEWEST + ROWS + 1) // CARDS) in large


def test_every_link_between_numbered_pages_leads_to_a_file(crowded):
    made = make(crowded, PageOptions(versions_as_pages=2))
    missing = {
        (path, link)
        for path, page in made.pages.items()
        for link in addresses(page)
        if not link.startswith("http") and not leads_to(path, link) & made.files.keys()
    }
    assert missing == set()


@pytest.fixture
def long(store):
    """One key with as many versions as make two numbered pages, and one more."""
    for number in range(1, NEWEST + ROWS + 2):
        put_record(store, make_record(Markdown(f"Text {number}"), number=number))
    return make(store)


def test_only_the_newest_versions_have_a_page(long):
    stems = sorted(path for path in long.pages if "/2026" in path)
    assert len(stems) == PageOptions.versions_as_pages
    data = [path for path in long.files if "/2026" in path and path.endswith(".json")]
    assert len(data) == NEWEST + ROWS + 1


def test_older_versions_are_rows_with_their_data_and_record(long):
    page = long[lineage_part("loss", 1)]
    stem = make_record(number=1).header.stem
    assert f"../{stem}.json" in addresses(page)
    assert f"artifacts/loss/{stem}.yaml" in words(page)
    assert words(page).index("v100 ") < words(page).index("v1 ")


def test_the_key_page_leads_to_older_versions(long):
    page = long.key()
    assert {"versions-1/", "versions-2/"} <= set(addresses(page))
    assert f"Lineage {NEWEST + ROWS + 1} versions" in words(page)
    assert "older versions: 101\N{EN DASH}101 1\N{EN DASH}100" in words(page)


def test_the_oldest_version_with_a_page_leads_back_to_the_numbered_pages(long):
    oldest = make_record(number=ROWS + 2)
    assert "../versions-2/" in addresses(long.version(oldest))


def test_a_short_lineage_of_which_few_have_pages_leads_back_to_the_key(store):
    for number in (1, 2, 3):
        put_record(store, make_record(Markdown("x"), number=number))
    made = make(store, PageOptions(versions_as_pages=1))
    assert addresses(made.version(make_record(number=3))).count("../") == 5
    assert "↓" not in words(made.key())
    assert [name for name in made.pages if "2026" in name] == [
        f"artifacts/loss/{make_record(number=3).header.stem}.md"
    ]


def test_pages_of_the_list_hold_all_keys_newest_first(store):
    for number in range(400):
        record = make_record(Markdown("x"), f"key-{number:03}", number, description="words " * 25)
        put_record(store, record)
    made = make(store)
    pages = [made[list_part(number)] for number in (1, 2)]
    assert len(pages[0].encode()) < LIST_BYTES + 5_000
    listed = [link for page in pages for link in addresses(page) if "key-" in link]
    assert [link.strip("./") for link in listed] == [f"key-{n:03}" for n in reversed(range(400))]
    assert "page 2 of 2" in words(pages[1])
