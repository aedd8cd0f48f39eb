from __future__ import annotations

import json
from dataclasses import replace

import pytest

from artifolio.catalog import build_catalog
from artifolio.origins import Code, Run
from artifolio.store import Store
from artifolio.website.listing import Row, rows_file
from artifolio.website.numbering import LIST_BYTES
from artifolio.website.refresh import Refresher
from artifolio.website.units import Listed, Made
from samples import make_record, put_record

ROWS = "artifacts/_pages/rows.json"
LONG = " ".join(["word"] * 30)


def listed(tmp_path, *, problems=(), change="", **fields) -> Listed:
    store = Store(tmp_path / "artifacts")
    store.add(make_record(**fields))
    (lineage,) = build_catalog([store.scan("loss")]).lineages.values()
    (version,) = lineage.versions
    return Listed.of(version, Made("", "", (), "", problems, change))


def test_a_row_holds_what_the_list_shows_and_finds(tmp_path):
    latest = listed(
        tmp_path,
        description="# It *fell*\n",
        tags=("daily", "two words"),
        run=Run("nightly"),
        code=Code(branch="main"),
        problems=("x",),
        change="1 line added",
    )
    pinned = [replace(latest, version=replace(latest.version, pins=("production",)))]
    assert json.loads(Row.of(latest, "M0 0", pinned).to_json()) == [
        *("loss", "markdown", ["daily", "two words"], "nightly", "main"),
        *("2026-08-01T12:01:00.123Z", 1, "It fell", "1 line added", "M0 0", True),
        ["production v1"],
        "",
    ]


def test_a_row_holds_what_the_summary_of_a_long_description_leaves_out(tmp_path):
    description = " ".join(f"*word{number}*" for number in range(300))
    row = Row.of(listed(tmp_path, description=description), "")
    shown, found = row.summary.removesuffix(" …").split(), row.more.split()
    assert [*shown, *found[:-1]] == [f"word{number}" for number in range(len(shown + found) - 1)]
    assert 900 < len(row.more) <= 1_000


def test_a_row_of_nothing_but_a_key_is_short(tmp_path):
    row = Row.of(listed(tmp_path), "")
    assert row.more == ""
    assert (row.tags, row.flow, row.branch, row.summary, row.change) == ((), "", "", "", "")


def test_a_row_stays_short_whatever_the_record_holds(tmp_path):
    long = "x" * 100_000
    latest = listed(
        tmp_path,
        description=f"{long} {long}",
        tags=("short", long, *map(str, range(1000))),
        run=Run(long),
        code=Code(branch=long),
        change=long,
    )
    assert len(Row.of(latest, "").to_json()) < 4_000


def test_a_tag_is_there_as_a_whole_or_not_at_all(tmp_path):
    tags = ("short", "x" * 2_000, "after")
    assert Row.of(listed(tmp_path, tags=tags), "").tags == ("short", "after")


def test_tags_that_are_named_twice_are_there_once(tmp_path):
    assert Row.of(listed(tmp_path, tags=("a", "b", "a")), "").tags == ("a", "b")


def test_the_file_is_json_with_a_line_a_key():
    assert json.loads(rows_file(["[1]", '["\u2028"]']).content) == [[1], ["\u2028"]]


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "artifacts")
    number = 0
    while number * len(LONG) < LIST_BYTES:
        put_record(store, make_record(None, f"key-{number}", number, description=LONG))
        number += 1
    return store


def test_a_list_of_one_page_needs_no_file(tmp_path):
    store = Store(tmp_path / "artifacts")
    put_record(store, make_record())
    assert ROWS not in Refresher(store, tmp_path / "site_src").refresh().outputs


def test_a_list_of_several_pages_has_a_file_of_all_keys_in_its_order(store, tmp_path):
    refreshed = Refresher(store, tmp_path / "site_src").refresh()
    rows = json.loads((tmp_path / "site_src" / ROWS).read_bytes())
    assert [row[0] for row in rows] == list(refreshed.catalog.lineages)


def test_another_process_makes_the_same_file_of_what_is_remembered(store, tmp_path):
    site = tmp_path / "site_src"
    Refresher(store, site, cache=tmp_path / "cache").refresh()
    before = (site / ROWS).read_bytes()
    put_record(store, make_record(None, "key-0", 90_000, tags=("new",)))
    Refresher(store, site, cache=tmp_path / "cache").refresh()
    after = (site / ROWS).read_bytes()
    assert json.loads(after)[0][:3] == ["key-0", "markdown", ["new"]]
    assert sorted(after.split(b"\n"))[1:-2] != sorted(before.split(b"\n"))
    Refresher(store, tmp_path / "other").refresh()
    assert after == (tmp_path / "other" / ROWS).read_bytes()
