"""The list of all artifacts, where it is too long for one page."""

from __future__ import annotations

import pytest

from artifolio.bodies import Link, Markdown
from artifolio.origins import Run
from artifolio.store import Store
from browser.conftest import build_project
from samples import make_record, put_record
from website.projects import write_settings

KEYS = 600


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with three pages of keys, of which the oldest alone holds a link."""
    project = tmp_path_factory.mktemp("long")
    store = Store(project / "artifacts")
    for number in range(KEYS):
        body = Markdown("x") if number else Link("https://example.org/")
        run = Run("nightly" if number % 2 else "weekly")
        description = "Some words. " * 10
        record = make_record(body, f"key-{number:03}", number, description=description, run=run)
        put_record(store, record)
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    write_settings(project)
    return build_project(project)


@pytest.fixture
def long(site, serve_folder) -> str:
    return serve_folder(site)


def shown(visit) -> list[str]:
    return visit.page.locator(".af-card:visible .af-card-key").all_inner_texts()


def test_the_numbered_pages_lead_through_all_keys(long, new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.open(long + "artifacts/")
    found = shown(visit)
    while visit.page.locator("a[rel=next]").count():
        visit.follow(visit.page.locator("a[rel=next]").first)
        found += shown(visit)
    assert found == [f"key-{number:03}" for number in reversed(range(KEYS))]
    assert "page 3 of 3" in visit.page.locator(".af-pager").first.inner_text()


@pytest.mark.parametrize("start", ["artifacts/", "artifacts/_pages/2/", "artifacts/_pages/3/"])
def test_the_filter_finds_keys_of_other_pages_and_leads_to_them(start, long, visit):
    visit.open(long + start)
    before = shown(visit)
    visit.page.get_by_label("Filter by text").fill("key-00")
    visit.page.locator("[data-af-count]", has_text="10 of 600 artifacts").wait_for()
    assert shown(visit) == [f"key-{number:03}" for number in reversed(range(10))]
    assert visit.page.locator(".af-pager:visible").count() == 0
    visit.page.get_by_label("Filter by type").select_option("link")
    assert shown(visit) == ["key-000"]
    assert "ago" in visit.page.locator(".af-card:visible time").inner_text()
    visit.page.get_by_label("Filter by type").select_option("")
    visit.page.get_by_label("Filter by text").fill("")
    assert shown(visit) == before
    assert visit.page.locator(".af-pager:visible").count() == 1
    visit.page.get_by_label("Filter by text").fill("key-000")
    visit.follow(visit.page.get_by_role("link", name="key-000", exact=True))
    assert visit.page.url == long + "artifacts/key-000/"
    visit.assert_clean()


def test_a_filter_in_the_address_holds_for_all_pages(long, visit):
    visit.open(long + "artifacts/?flow=weekly&type=link")
    visit.page.locator("[data-af-count]", has_text="1 of 600 artifacts").wait_for()
    assert shown(visit) == ["key-000"]
    visit.assert_clean()


def test_the_other_pages_are_asked_for_once_and_only_for_a_filter(long, visit):
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open(long + "artifacts/", settle=True)
    asked.clear()
    for text in ("key-00", "key-000", "", "key-1"):
        visit.page.get_by_label("Filter by text").fill(text)
        visit.page.wait_for_load_state("networkidle")
    pages = [url.removeprefix(long) for url in asked if "artifacts/" in url]
    assert sorted(pages) == ["artifacts/_pages/2/", "artifacts/_pages/3/"]


def test_a_site_opened_as_files_says_that_only_one_page_is_filtered(site, visit):
    visit.open((site / "artifacts" / "index.html").as_uri())
    on_this_page = len(shown(visit))
    visit.page.get_by_label("Filter by text").fill("key-59")
    count = visit.page.locator("[data-af-count]", has_text="of this page")
    count.wait_for()
    assert count.inner_text() == (
        f"10 of {on_this_page} artifacts of this page; the other pages could not be loaded"
    )
    assert len(shown(visit)) == 10
