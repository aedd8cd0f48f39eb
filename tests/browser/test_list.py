"""The list of all artifacts: its filter, and what it does where it is too long for one page."""

from __future__ import annotations

import re

import pytest

from artifolio.bodies import Link, Markdown
from artifolio.origins import Code, Run
from artifolio.store import Store
from browser.conftest import build_project
from samples import make_id, make_record, put, put_record
from website.projects import write_settings

KEYS = 600
ALL = f"{KEYS} artifacts"
# Far behind what a card shows.
LAST = f"{'more ' * 100}and a needle"
RARE = 'rare & <b>"odd"</b>'


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with several pages of keys, of which the oldest alone holds a link."""
    project = tmp_path_factory.mktemp("long")
    store = Store(project / "artifacts")
    for number in range(KEYS):
        record = make_record(
            Markdown("x") if number else Link("https://example.org/"),
            f"key-{number:03}",
            number,
            description=f"Some **words** of {number}. " * 6 + (LAST if number == 5 else ""),
            run=Run("nightly" if number % 2 else "weekly"),
            code=Code(branch=RARE if number in (3, 4, 5) else "main"),
            tags=("daily", f"owner-{number % 30}") if number % 3 == 0 else (),
        )
        put_record(store, record)
    # Versions that show a change and a trend.
    for number, percent in enumerate((10, 30, 20), 1000):
        body = Markdown("x\n" * percent)
        put_record(store, make_record(body, "key-007", number, metadata={"loss": percent}))
    put(store, "key-007/production.pin", f"{make_id(1001)}\n")
    put(store, "key-007/stable.pin", f"{make_id(1002)}\n")
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    write_settings(project)
    return build_project(project)


@pytest.fixture
def long(site, serve_folder) -> str:
    return serve_folder(site)


@pytest.fixture(scope="module")
def short(tmp_path_factory, serve_folder) -> str:
    """The address of a site with one page of keys."""
    project = tmp_path_factory.mktemp("short")
    store = Store(project / "artifacts")
    for number, key in enumerate(("beta", "alpha", "gamma")):
        fields = {"tags": (f"t{number}", "all"), "description": LAST if key == "gamma" else None}
        put_record(store, make_record(Markdown("x"), key, number, **fields))
    put_record(store, make_record(Link("https://example.org/"), "alpha", 10, tags=("new",)))
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    write_settings(project)
    return serve_folder(build_project(project))


def shown(visit) -> list[str]:
    return visit.page.locator(".af-card:visible .af-card-key").all_inner_texts()


def type_text(visit, text: str) -> None:
    visit.page.get_by_label("Filter by text").fill(text)


def wait_for(visit, sentence: str) -> None:
    visit.page.locator("[data-af-count]").get_by_text(sentence, exact=True).wait_for()


def open_facet(visit, name: str) -> None:
    visit.page.locator("summary", has_text=name).click()


def choices(visit) -> list[str]:
    """Give the values of the open facet with their counts."""
    labels = visit.page.locator(".af-choices label:visible")
    labels.first.wait_for()
    return [" ".join(text.split()) for text in labels.all_inner_texts()]


def card_of(visit, key: str) -> str:
    """Return what is in a card, wherever it stands, without the space between its elements."""
    html = visit.page.locator(".af-card", has_text=key).inner_html().replace("../", "")
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", html)


def chips(visit) -> list[str]:
    return [
        " ".join(text.split()) for text in visit.page.locator(".af-chip:visible").all_inner_texts()
    ]


def test_the_numbered_pages_lead_through_all_keys(long, new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.open(long + "artifacts/")
    found = shown(visit)
    while visit.page.locator("a[rel=next]").count():
        visit.follow(visit.page.locator("a[rel=next]").first)
        found += shown(visit)
    others = [f"key-{number:03}" for number in reversed(range(KEYS)) if number != 7]
    assert found == ["key-007", *others]
    assert visit.page.locator("form.af-filter").count() == 0


@pytest.mark.parametrize("start", ["artifacts/", "artifacts/_pages/2/", "artifacts/_pages/3/"])
def test_the_filter_finds_keys_of_other_pages_and_leads_to_them(start, long, visit):
    visit.open(long + start)
    before = shown(visit)
    type_text(visit, "KEY-00")
    wait_for(visit, f"10 of {ALL}")
    others = [f"key-{number:03}" for number in reversed(range(10)) if number != 7]
    assert shown(visit) == ["key-007", *others]
    assert visit.page.locator(".af-pager:visible").count() == 0
    assert "ago" in visit.page.locator(".af-card:visible time").first.inner_text()
    type_text(visit, "")
    assert shown(visit) == before
    assert visit.page.locator(".af-pager:visible").count() == 1
    type_text(visit, "key-000")
    visit.follow(visit.page.get_by_role("link", name="key-000", exact=True))
    assert visit.page.url == long + "artifacts/key-000/"
    visit.assert_clean()


def test_text_finds_the_end_of_a_description_that_a_card_does_not_show(long, short, visit):
    visit.open(long + "artifacts/")
    type_text(visit, "needle")
    wait_for(visit, f"1 of {ALL}")
    assert shown(visit) == ["key-005"]
    visit.open(short + "artifacts/?text=needle", settle=True)
    assert shown(visit) == ["gamma"]


@pytest.mark.parametrize(("key", "page"), [("key-007", ""), ("key-003", "_pages/3/")])
def test_a_card_that_was_fetched_is_as_the_one_of_its_page(key, page, long, visit):
    visit.open(long + f"artifacts/_pages/2/?text={key}", settle=True)
    wait_for(visit, f"1 of {ALL}")
    made = card_of(visit, key)
    visit.open(long + f"artifacts/{page}", settle=True)
    assert made == card_of(visit, key)


def test_a_facet_tells_how_many_artifacts_of_all_pages_have_each_value(long, visit):
    visit.open(long + "artifacts/")
    open_facet(visit, "type")
    visit.page.get_by_text("599", exact=True).wait_for()
    assert choices(visit) == ["markdown 599", "link 1"]
    open_facet(visit, "branch")
    # The latest version counts: that of key-007 has no branch.
    assert choices(visit) == ["main 596", f"{RARE} 3"]
    assert visit.page.locator("details[open]").count() == 1
    visit.assert_clean()


def test_counts_are_those_of_what_else_is_chosen(long, visit):
    visit.open(long + "artifacts/?flow=weekly&type=link&type=markdown", settle=True)
    wait_for(visit, f"300 of {ALL}")
    open_facet(visit, "flow")
    # Another value of the same facet would add what it has.
    assert choices(visit) == ["weekly 300", "nightly 299"]
    open_facet(visit, "tag")
    assert choices(visit)[:2] == ["daily 100", "owner-0 20"]


def test_values_of_one_facet_add_up_and_those_of_others_narrow(long, visit):
    visit.open(long + "artifacts/")
    open_facet(visit, "tag")
    visit.page.get_by_text("200", exact=True).wait_for()
    visit.page.get_by_role("checkbox", name="owner-0").check()
    wait_for(visit, f"20 of {ALL}")
    visit.page.get_by_role("checkbox", name="owner-12").check()
    wait_for(visit, f"40 of {ALL}")
    open_facet(visit, "type")
    visit.page.get_by_role("checkbox", name="link").check()
    wait_for(visit, f"1 of {ALL}")
    assert shown(visit) == ["key-000"]
    assert chips(visit) == ["type: link", "tag: owner-0", "tag: owner-12"]
    assert visit.page.url == long + "artifacts/?type=link&tag=owner-0&tag=owner-12"
    visit.assert_clean()


def test_a_chip_takes_its_value_back_and_the_next_one_has_the_focus(long, visit):
    visit.open(long + "artifacts/?type=link&tag=daily&tag=gone", settle=True)
    assert chips(visit) == ["type: link", "tag: daily", "tag: gone"]
    visit.page.get_by_role("button", name="Remove type link").press("Enter")
    wait_for(visit, f"200 of {ALL}")
    assert visit.page.evaluate("document.activeElement.textContent") == "tag: daily"
    visit.page.get_by_role("button", name="Clear all").click()
    wait_for(visit, ALL)
    assert chips(visit) == []
    assert visit.page.url == long + "artifacts/"


def test_a_long_facet_is_folded_and_can_be_searched(long, visit):
    visit.open(long + "artifacts/")
    open_facet(visit, "tag")
    visit.page.get_by_text("200", exact=True).wait_for()
    assert len(choices(visit)) == 8
    visit.page.get_by_role("button", name="3 more").click()
    assert len(choices(visit)) == 11
    assert visit.page.get_by_label("Find a tag").count() == 1


def test_letters_find_values_of_a_facet(new_visit, tmp_path, serve_folder):
    store = Store(tmp_path / "artifacts")
    for number in range(30):
        put_record(store, make_record(None, f"key-{number}", number, tags=(f"tag-{number}",)))
    (tmp_path / "site_src").mkdir()
    write_settings(tmp_path, nav=None)
    visit = new_visit()
    visit.open(serve_folder(build_project(tmp_path)) + "artifacts/")
    open_facet(visit, "tag")
    visit.page.get_by_label("Find a tag").fill("TAG-2")
    assert choices(visit) == [f"tag-{number} 1" for number in (2, *range(20, 30))]
    visit.page.get_by_label("Find a tag").fill("nothing")
    assert "Nothing has these letters." in visit.page.locator(".af-choices:visible").inner_text()


def test_hostile_values_are_text_and_can_be_chosen(long, visit):
    visit.open(long + "artifacts/")
    open_facet(visit, "branch")
    visit.page.get_by_role("checkbox", name=RARE).check()
    wait_for(visit, f"3 of {ALL}")
    assert chips(visit) == [f"branch: {RARE}"]
    visit.open(visit.page.url)
    wait_for(visit, f"3 of {ALL}")
    assert shown(visit) == ["key-005", "key-004", "key-003"]
    visit.assert_clean()


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("oldest", ["key-000", "key-001"]),
        ("key", ["key-000", "key-001"]),
        ("versions", ["key-007", "key-599"]),
    ],
)
def test_all_keys_can_be_sorted(sort, first, long, visit):
    visit.open(long + "artifacts/", settle=True)
    visit.page.get_by_label("Sort").select_option(sort)
    visit.page.get_by_role("button", name="Show 100 more of 500 artifacts").wait_for()
    assert shown(visit)[:2] == first
    assert visit.page.url == long + f"artifacts/?sort={sort}"
    visit.open(visit.page.url, settle=True)
    assert shown(visit)[:2] == first
    assert visit.page.get_by_label("Sort").input_value() == sort


def test_no_more_cards_are_drawn_than_somebody_asks_for(long, visit):
    visit.open(long + "artifacts/?text=words")
    wait_for(visit, f"599 of {ALL}")
    assert len(shown(visit)) == 100
    visit.page.get_by_role("button", name="Show 100 more of 499 artifacts").click()
    assert len(shown(visit)) == 200
    assert visit.page.evaluate("document.activeElement.textContent") == shown(visit)[100]


def test_one_step_back_takes_back_one_choice(long, visit):
    visit.open(long + "artifacts/", settle=True)
    visit.page.get_by_label("Filter by text").press_sequentially("key-00")
    wait_for(visit, f"10 of {ALL}")
    visit.page.get_by_label("Sort").select_option("oldest")
    assert shown(visit)[0] == "key-000"
    visit.page.go_back()
    assert visit.page.url == long + "artifacts/?text=key-00"
    assert shown(visit)[-1] == "key-000"
    visit.page.go_back()
    wait_for(visit, ALL)
    assert visit.page.get_by_label("Filter by text").input_value() == ""
    visit.page.go_forward()
    wait_for(visit, f"10 of {ALL}")


def test_what_others_put_into_the_address_stays(short, visit):
    visit.open(short + "artifacts/?lang=de#problems")
    type_text(visit, "alpha")
    visit.page.wait_for_url(short + "artifacts/?lang=de&text=alpha#problems")


def test_a_shared_address_does_not_open_the_search_of_the_site(short, visit):
    visit.open(short + "artifacts/?text=alpha", settle=True)
    assert shown(visit) == ["alpha"]
    assert not visit.page.locator("#__search").is_checked()


def test_an_unknown_order_is_none(short, visit):
    visit.open(short + "artifacts/?sort=constructor")
    visit.page.locator("form.af-filter").wait_for()
    assert shown(visit) == ["alpha", "gamma", "beta"]
    visit.assert_clean()


def test_the_file_of_all_keys_is_asked_for_once_and_only_for_a_filter(long, visit):
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url.removeprefix(long)))
    visit.open(long + "artifacts/", settle=True)
    assert [url for url in asked if url.startswith("artifacts/_pages")] == []
    for text in ("key-00", "key-000", "", "key-1"):
        type_text(visit, text)
        visit.page.wait_for_load_state("networkidle")
    open_facet(visit, "type")
    pages = [url for url in asked if url.startswith("artifacts/_pages")]
    assert pages == ["artifacts/_pages/rows.json"]


def test_a_list_of_one_page_is_filtered_without_asking_for_anything(short, visit):
    visit.open(short + "artifacts/", settle=True)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url.removeprefix(short)))
    open_facet(visit, "tag")
    assert choices(visit) == ["all 2", "new 1", "t0 1", "t2 1"]
    visit.page.get_by_label("Sort").select_option("key")
    assert shown(visit) == ["alpha", "beta", "gamma"]
    # A facet with one value tells nothing apart.
    assert visit.page.locator("summary:visible", has_text="branch").count() == 0
    assert [url for url in asked if "artifacts" in url] == []


def test_keys_that_cannot_be_loaded_are_told_of(long, new_visit):
    visit = new_visit()
    visit.page.route("**/rows.json", lambda route: route.abort())
    visit.open(long + "artifacts/", settle=True)
    on_this_page = len(shown(visit))
    type_text(visit, "key-59")
    wait_for(visit, f"10 of {on_this_page} artifacts on this page; the others could not be loaded")
    assert len(shown(visit)) == 10


def test_a_site_opened_as_files_says_that_only_one_page_is_filtered(site, visit):
    visit.open((site / "artifacts" / "index.html").as_uri())
    visit.page.locator("form.af-filter").wait_for()
    on_this_page = len(shown(visit))
    type_text(visit, "key-59")
    there = f"of {on_this_page} artifacts on this page; artifolio serve filters all pages"
    wait_for(visit, f"10 {there}")
    assert len(shown(visit)) == 10
    open_facet(visit, "type")
    assert choices(visit) == ["markdown 10"]
    # The browser looks for an icon of its own for each address.
    assert [failed for failed in visit.failed if "favicon" not in failed] == []


def test_all_is_done_by_keyboard(short, visit):
    visit.open(short + "artifacts/")
    visit.page.get_by_label("Filter by text").focus()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    assert choices(visit) == ["markdown 2", "link 1"]
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Space")
    wait_for(visit, "2 of 3 artifacts")
    assert chips(visit) == ["type: markdown"]
    visit.page.keyboard.press("Escape")
    assert visit.page.locator("details[open]").count() == 0
    focused = visit.page.locator("summary:focus")
    assert focused.text_content() == "type1"
    assert focused.locator(".af-facet-number").get_attribute("aria-label") == "1 chosen"
    assert visit.page.locator("[data-af-count]").get_attribute("aria-live") == "polite"


def test_on_a_phone_the_facets_are_behind_one_button(long, new_visit):
    visit = new_visit(viewport={"width": 360, "height": 700})
    visit.open(long + "artifacts/?tag=daily&tag=gone", settle=True)
    assert visit.page.locator("summary:visible").filter(has_text="tag").count() == 0
    visit.page.get_by_role("button", name="Filters (2)").click()
    open_facet(visit, "tag")
    open_facet(visit, "branch")
    assert f"{RARE} 1" in choices(visit)
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_click_elsewhere_closes_a_facet(short, visit):
    visit.open(short + "artifacts/")
    open_facet(visit, "tag")
    assert choices(visit)
    visit.page.locator("h1").click()
    assert visit.page.locator("details[open]").count() == 0
