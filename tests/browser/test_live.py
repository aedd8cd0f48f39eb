"""Open pages follow the site piece by piece: what a reader has done on them stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from artifolio import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from served import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "\n\n".join(f"Paragraph {number}." for number in range(80))
CITIES = [{"n": number, "city": f"city-{number % 7}"} for number in range(150)]


@pytest.fixture
def live(tmp_path) -> Iterator[Served]:
    served = Served(tmp_path)
    create_markdown_artifact(f"The first words.\n\n{LONG}", key="report", store=served.store)
    yield served
    served.stop()


def mark(page) -> None:
    """Leave something on the page that goes when it is loaded anew."""
    page.evaluate("document.documentElement.dataset.marked = 'yes'")


def is_marked(page) -> bool:
    return page.evaluate("document.documentElement.dataset.marked") == "yes"


def delete_latest(store, key: str) -> None:
    store.delete(max(store.scan(key).entries, key=lambda entry: entry.header.order))


def test_a_new_version_is_swapped_in_and_the_place_is_kept(live, visit):
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    mark(visit.page)
    visit.page.evaluate("window.scrollTo(0, 600)")
    create_markdown_artifact(f"The second words.\n\n{LONG}", key="report", store=live.store)
    visit.page.get_by_text("The second words.").wait_for(state="attached")
    assert is_marked(visit.page)
    assert visit.page.evaluate("Math.abs(window.scrollY - 600) < 200")
    assert visit.page.locator(".af-timeline > li").count() == 2
    assert visit.page.locator(".af-timeline .af-badge").count() == 1
    # It can be compared now, which one version alone could not.
    visit.page.get_by_role("button", name="Compare any two versions").click()
    visit.page.get_by_text("from v1 to v2").wait_for()
    visit.assert_clean()


def test_the_bar_of_a_progress_moves_by_itself(live, visit):
    version = create_progress_artifact(10, key="job", store=live.store)
    live.start()
    visit.open(f"{live.address}artifacts/job/")
    bar = visit.page.locator("progress")
    bar.evaluate("bar => { bar.marked = true }")
    update_progress_artifact(version, 70, store=live.store)
    visit.page.get_by_text("70 %").wait_for()
    assert bar.evaluate("bar => [bar.value, bar.marked]") == [70, True]
    visit.assert_clean()


def test_a_filter_of_the_list_stays_and_finds_what_is_new(live, visit):
    for number in range(3):
        create_link_artifact("https://example.org/", key=f"link-{number}", store=live.store)
    live.start()
    visit.open(f"{live.address}artifacts/")
    mark(visit.page)
    search = visit.page.get_by_role("searchbox", name="Filter by text")
    search.fill("link")
    visit.page.get_by_text("3 of 4 artifacts").wait_for()
    visit.page.locator(".af-facet summary", has_text="type").click()
    search.focus()
    create_link_artifact("https://example.org/", key="link-new", store=live.store)
    create_markdown_artifact("No hit.", key="other", store=live.store)
    visit.page.get_by_text("4 of 6 artifacts").wait_for()
    assert is_marked(visit.page)
    assert visit.page.locator(".af-card-key").all_inner_texts()[0] == "link-new"
    assert visit.page.locator(".af-facet[open]").count() == 1
    assert search.input_value() == "link"
    assert search.evaluate("field => field === document.activeElement")
    search.fill("")
    visit.page.get_by_text("6 artifacts", exact=True).wait_for()
    assert visit.page.locator(".af-card").count() == 6
    visit.assert_clean()


def test_what_was_chosen_in_a_table_stays_when_it_changes(live, visit):
    create_table_artifact(CITIES, key="cities", store=live.store)
    live.start()
    visit.open(f"{live.address}artifacts/cities/")
    mark(visit.page)
    search = visit.page.get_by_role("searchbox", name="Search all cells")
    search.fill("city-3")
    visit.page.get_by_role("button", name="Filter columns").click()
    visit.page.get_by_label("Filter n").fill(">100")
    info = visit.page.locator(".dt-info")
    visit.page.get_by_text("1 to 7 of 7 rows").wait_for()
    more = [*CITIES, *({"n": number, "city": "city-3"} for number in range(200, 205))]
    create_table_artifact(more, key="cities", store=live.store)
    visit.page.get_by_text("1 to 12 of 12 rows").wait_for()
    assert "155" in info.inner_text()
    assert is_marked(visit.page)
    assert search.input_value() == "city-3"
    assert visit.page.get_by_label("Filter n").input_value() == ">100"
    assert visit.page.get_by_label("Filter n").evaluate("field => field === document.activeElement")
    assert visit.page.locator("table.af-table").count() == 1
    visit.assert_clean()


def test_an_open_comparison_stays_and_offers_what_is_new(live, visit):
    create_markdown_artifact("The second words.", key="report", store=live.store)
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    mark(visit.page)
    visit.page.get_by_role("button", name="Compare any two versions").click()
    visit.page.get_by_text("from v1 to v2").wait_for()
    create_markdown_artifact("The third words.", key="report", store=live.store)
    visit.page.locator("#af-compare-to option", has_text="v3").wait_for(state="attached")
    assert is_marked(visit.page)
    assert visit.page.get_by_text("from v1 to v2").is_visible()
    visit.assert_clean()


def test_several_pages_follow_also_more_than_a_browser_has_connections(live, new_visit):
    live.start()
    first = new_visit()
    pages = [first.page, *(first.page.context.new_page() for _ in range(8))]
    for page in pages:
        page.goto(f"{live.address}artifacts/report/")
        mark(page)
    create_markdown_artifact("The second words.", key="report", store=live.store)
    for page in pages:
        page.get_by_text("The second words.").wait_for()
        assert is_marked(page)


def test_a_page_catches_up_when_the_server_comes_back(live, visit):
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    mark(visit.page)
    live.stop()
    create_markdown_artifact("The second words.", key="report", store=live.store)
    live.start()
    visit.page.get_by_text("The second words.").wait_for()
    assert is_marked(visit.page)


def test_a_browser_without_shared_workers_follows_as_well(live, visit):
    live.start()
    visit.page.add_init_script("delete window.SharedWorker")
    visit.open(f"{live.address}artifacts/report/")
    mark(visit.page)
    create_markdown_artifact("The second words.", key="report", store=live.store)
    visit.page.get_by_text("The second words.").wait_for()
    assert is_marked(visit.page)
    visit.assert_clean()


@pytest.mark.parametrize(
    ("setting", "name"),
    [("use_directory_urls: true", ""), ("use_directory_urls: false", "index.html")],
)
def test_a_version_that_is_deleted_leads_to_its_key_and_a_key_to_the_list(
    live, visit, setting, name
):
    with (live.project / "mkdocs.yml").open("a") as settings:
        settings.write(f"{setting}\n")
    create_markdown_artifact("The second words.", key="report", store=live.store)
    create_markdown_artifact("Another.", key="other", store=live.store)
    live.start()
    visit.open(f"{live.address}artifacts/report/{name}")
    visit.follow(visit.page.locator(".af-timeline .af-version").first)
    delete_latest(live.store, "report")
    visit.page.wait_for_url(f"{live.address}artifacts/report/{name}")
    visit.page.get_by_text("The first words.").wait_for()
    delete_latest(live.store, "report")
    visit.page.wait_for_url(f"{live.address}artifacts/{name}")
    visit.page.get_by_text("1 artifact", exact=True).wait_for()


def test_a_page_that_was_without_a_network_catches_up(live, visit):
    live.start()
    visit.page.add_init_script("delete window.SharedWorker")
    visit.open(f"{live.address}artifacts/report/")
    mark(visit.page)
    visit.page.context.set_offline(True)
    create_markdown_artifact("The second words.", key="report", store=live.store)
    live.until("Built 1 artifact, 2 versions")
    visit.page.context.set_offline(False)
    visit.page.get_by_text("The second words.").wait_for()
    assert is_marked(visit.page)


def test_a_page_that_could_not_be_asked_for_is_asked_for_again(live, visit):
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    mark(visit.page)
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.abort() if len(asked) == 1 else route.continue_()

    # The stream goes on, and tells nothing anew.
    visit.page.route("**/artifacts/report/", answer)
    create_markdown_artifact("The second words.", key="report", store=live.store)
    visit.page.get_by_text("The second words.").wait_for()
    assert len(asked) == 2
    assert is_marked(visit.page)


def test_a_page_that_hears_nothing_for_long_asks_anew(live, visit):
    live.start()
    visit.page.add_init_script("delete window.SharedWorker")
    visit.page.clock.install()
    with visit.page.expect_request("**/api/v1/events?since=*"):
        visit.open(f"{live.address}artifacts/report/")
    # As after a sleep: the connection has long been gone, and nobody says so.
    with visit.page.expect_request("**/api/v1/events?since=*"):
        visit.page.clock.fast_forward(60_000)


def test_a_page_below_a_path_follows(live, visit):
    with (live.project / "mkdocs.yml").open("a") as settings:
        settings.write("site_url: https://example.org/some/where/\n")
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    assert "/some/where/" in live.address
    mark(visit.page)
    create_markdown_artifact("The second words.", key="report", store=live.store)
    visit.page.get_by_text("The second words.").wait_for()
    assert is_marked(visit.page)
    visit.assert_clean()


def test_a_page_that_is_not_there_yet_comes(live, visit):
    live.start()
    visit.open(f"{live.address}artifacts/later/")
    create_markdown_artifact("It has come.", key="later", store=live.store)
    visit.page.get_by_text("It has come.").wait_for()


def test_pages_written_by_hand_follow(live, visit):
    live.start()
    visit.open(live.address)
    mark(visit.page)
    create_markdown_artifact("Not here.", key="other", store=live.store)
    (live.project / "site_src" / "index.md").write_text("# Written anew\n")
    visit.page.get_by_role("heading", name="Written anew").wait_for()
    visit.assert_clean()


def test_a_build_that_fails_is_told_on_the_open_page_until_it_is_mended(live, visit):
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    mark(visit.page)
    settings = (live.project / "mkdocs.yml").read_text()
    (live.project / "mkdocs.yml").write_text("site_name: [")
    notice = visit.page.get_by_role("alert")
    notice.wait_for()
    assert "the last good site stays as it is" in notice.inner_text()
    (live.project / "mkdocs.yml").write_text(settings)
    notice.wait_for(state="detached")
    assert is_marked(visit.page)
    visit.assert_clean()


def test_another_navigation_loads_the_page_anew(live, visit):
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    settings = live.project / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("site_name: Live", "site_name: Renamed"))
    visit.page.get_by_text("Renamed").first.wait_for(state="attached")
    assert visit.page.title() == "report - Renamed"
