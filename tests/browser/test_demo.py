"""The demo site as a reader walks through it."""

from __future__ import annotations

import re

import pytest

KINDS = {
    "list": "artifacts/",
    "table": "artifacts/ca-fires/",
    "markdown": "artifacts/ca-fires-summary/",
    "link": "artifacts/ca-fires-source/",
    "image": "artifacts/ca-fires-chart/",
    "file": "artifacts/churn-model-settings/",
    "progress": "artifacts/nightly-import/",
}


def test_the_list_leads_to_the_key_and_the_key_to_each_version(demo, visit):
    visit.open(demo + "artifacts/")
    visit.follow(visit.page.get_by_role("link", name="ca-fires-chart", exact=True))
    assert visit.page.url == demo + "artifacts/ca-fires-chart/"
    links = visit.page.locator(".af-timeline .af-version")
    assert links.all_inner_texts() == [f"v{number}" for number in range(links.count(), 0, -1)]
    for address in links.evaluate_all("links => links.map(link => link.href)"):
        visit.open(address)
        assert visit.page.locator(".af-image img").evaluate("image => image.naturalWidth") > 0
    visit.assert_clean()


def test_previous_and_next_walk_the_whole_lineage(demo, visit):
    visit.open(demo + "artifacts/ca-fires-chart/")
    last = visit.page.locator(".af-timeline > li").count()
    visit.follow(visit.page.locator(".af-timeline .af-version").first)
    seen = [visit.page.locator("h1 .af-version").inner_text()]
    while visit.page.locator("a[rel=prev]").count():
        visit.follow(visit.page.locator("a[rel=prev]"))
        seen.append(visit.page.locator("h1 .af-version").inner_text())
    assert seen == [f"v{number}" for number in range(last, 0, -1)]
    for _ in range(last - 1):
        visit.follow(visit.page.locator("a[rel=next]"))
    assert visit.page.locator("h1 .af-version").inner_text() == f"v{last}"
    assert visit.page.locator("a[rel=next]").count() == 0
    visit.assert_clean()


def test_a_run_page_lists_what_the_run_published(demo, visit):
    visit.open(demo + "artifacts/ca-fires-chart/")
    visit.follow(visit.page.locator(".af-timeline .af-run a").first)
    assert "/runs/" in visit.page.url
    keys = visit.page.locator(".af-card-key").all_inner_texts()
    assert sorted(keys) == ["ca-fires", "ca-fires-chart", "ca-fires-source", "ca-fires-summary"]
    visit.follow(visit.page.get_by_role("link", name="ca-fires-summary", exact=True))
    assert visit.page.locator(".af-markdown h1").count() == 1
    visit.assert_clean()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_each_kind_asks_no_other_host_and_logs_no_error(kind, demo, visit):
    visit.open(demo + KINDS[kind], settle=True)
    visit.assert_clean()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_each_kind_does_not_scroll_sideways_on_a_phone(kind, demo, new_visit):
    visit = new_visit(viewport={"width": 360, "height": 740})
    visit.open(demo + KINDS[kind])
    root = "document.documentElement"
    assert visit.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_each_kind_is_complete_without_javascript(kind, demo, new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.open(demo + KINDS[kind])
    text = visit.page.locator(".af").inner_text()
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", text)
    assert visit.page.locator(".af-icon").first.is_visible()


def test_times_are_relative_with_the_exact_one_on_hover(demo, visit):
    visit.open(demo + "artifacts/ca-fires/")
    time = visit.page.locator(".af-timeline time").last
    assert "ago" in time.inner_text()
    assert re.search(r"\b20\d\d\b", time.get_attribute("title"))


def test_the_filter_keeps_its_state_in_the_address(demo, visit):
    visit.open(demo + "artifacts/")
    visit.page.get_by_label("Filter by text").fill("fires")
    visit.page.locator("summary", has_text="type").click()
    visit.page.get_by_role("checkbox", name="markdown").check()
    assert visit.page.url == demo + "artifacts/?text=fires&type=markdown"
    shown = visit.page.locator(".af-card:visible .af-card-key")
    assert shown.all_inner_texts() == ["ca-fires-summary"]
    visit.open(visit.page.url)
    assert shown.all_inner_texts() == ["ca-fires-summary"]
    assert visit.page.locator("[data-af-count]").inner_text().startswith("1 of ")
    visit.assert_clean()


def test_an_address_with_a_tag_that_is_gone_shows_nothing_and_no_error(demo, visit):
    visit.open(demo + "artifacts/?tag=no-such-tag")
    assert visit.page.locator(".af-card:visible").count() == 0
    visit.assert_clean()


def test_the_id_can_be_copied(demo, new_visit):
    visit = new_visit(permissions=["clipboard-read", "clipboard-write"])
    visit.open(demo + "artifacts/ca-fires-chart/")
    visit.follow(visit.page.locator(".af-timeline .af-version").first)
    visit.page.get_by_role("button", name="copy").click()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied == visit.page.locator("dd code.af-copy").inner_text()


def test_search_finds_the_newest_body_and_no_older_version(demo, visit):
    visit.open(demo)
    index = visit.page.evaluate("fetch('search/search_index.json').then(answer => answer.json())")
    places = {entry["location"].partition("#")[0] for entry in index["docs"]}
    generated = {place for place in places if place.startswith(("artifacts/", "runs/"))}
    assert "artifacts/ca-fires-summary/" in generated
    assert all(re.fullmatch(r"artifacts/[a-z0-9-]+/", place) for place in generated)
    (table,) = (entry for entry in index["docs"] if entry["location"] == "artifacts/ca-fires/")
    assert "Name Counties AcresBurned" in table["text"], "cells run together, and are not found"


def test_downloads_hold_the_table(demo, visit):
    visit.open(demo + "artifacts/ca-fires/")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "ca-fires.csv"
    lines = waiting.value.path().read_text().splitlines()
    assert len(lines) == 1 + visit.page.locator(".af-table tbody tr").count()
