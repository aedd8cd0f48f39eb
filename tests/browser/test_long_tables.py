"""Tables that are sorted, searched, filtered and paged in the browser."""

from __future__ import annotations

import pytest

from artifolio import Store, create_table_artifact
from browser.conftest import build_project
from payloads import payloads
from website.projects import write_settings

ROWS = 100_000
SPY = "window.fired = []; window.__p = number => window.fired.push(number);"
ODD = [
    *(None, True, 1e-7, 0.1 + 0.2, -1.5, 10**30, 2**53 + 1, -(10**400), "", " a\n\n b", "x" * 1500),
    *(
        "https://x.org/a?b=c",
        "see https://x.org/a, and more",
        "javascript:__p(1)",
        "mailto:a@b.org",
    ),
    *("null", "\N{EN DASH}", "2026-01-02", "\x00<b>&amp;", [1.0, None, {"a": "ä"}], {"b": 10**20}),
    *("https://u@x.org", "\U0001f600" * 30, "a-b", 1234567.125, 12),
]


def people(count: int) -> list[dict]:
    states = ("new", "open", None)
    return [
        {
            "id": number,
            "name": f"Person {number * 7919 % count:06}",
            "amount": None if number % 10 == 3 else (number * 7919 % count) * 1.5,
            "state": states[number % 3],
            "site": f"https://example.org/{number}",
        }
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    project = tmp_path_factory.mktemp("tables")
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    write_settings(project)
    store = Store(project / "artifacts")
    create_table_artifact(people(30), key="small", store=store)
    create_table_artifact(people(ROWS), key="large", store=store)
    odd = [{"n": number, "m": ODD[number % len(ODD)], "x": number / 8} for number in range(201)]
    create_table_artifact(odd, key="odd", store=store)
    words = [{"id": f"C-{n}" if n < 200 else "a b " * 60} for n in range(300)]
    create_table_artifact(words, key="words", store=store)
    long = dict.fromkeys(("short", "a-name-that-is-long-" * 6, "one of many words " * 6), 1)
    create_table_artifact([long, long], key="long-names", store=store)
    digits = [{"x": value} for value in (2.5, None, 10, -(10**20), 10**20 + 1, 10**20)]
    create_table_artifact(digits, key="digits", store=store)
    return build_project(project)


@pytest.fixture
def base(site, serve_folder) -> str:
    return serve_folder(site) + "artifacts/"


def open_table(visit, address: str) -> None:
    visit.open(address)
    visit.page.locator(".dt-container").wait_for()
    visit.page.locator(".dt-column-order").first.wait_for()


def column(visit, number: int) -> list[str]:
    return visit.page.locator(f".af-table tbody td:nth-child({number})").all_inner_texts()


def wait_for_info(visit, words: str) -> None:
    visit.page.locator(".dt-info", has_text=words).wait_for()


def test_numbers_are_sorted_as_numbers_and_those_without_a_value_come_last(base, visit):
    open_table(visit, base + "small/")
    visit.page.get_by_role("columnheader", name="amount").click()
    visit.page.locator('th[aria-sort="ascending"]').wait_for()
    up = column(visit, 3)
    assert up[:3] == ["0.0", "1.5", "3.0"]
    assert up[-3:] == ["\N{EN DASH}"] * 3
    visit.page.get_by_role("columnheader", name="amount").click()
    visit.page.locator('th[aria-sort="descending"]').wait_for()
    down = column(visit, 3)
    assert down[:27] == up[:27][::-1]
    assert down[-3:] == ["\N{EN DASH}"] * 3
    visit.assert_clean()


def test_long_integers_are_sorted_to_their_last_digit(base, visit):
    open_table(visit, base + "digits/")
    visit.page.get_by_role("columnheader", name="x").click()
    visit.page.locator('th[aria-sort="ascending"]').wait_for()
    long = f"{10**20:,}"
    assert column(visit, 1) == [
        *(f"-{long}", "2.5", "10.0", long, f"{long[:-1]}1", "\N{EN DASH}"),
    ]
    visit.assert_clean()


def test_the_search_looks_into_all_cells(base, visit):
    open_table(visit, base + "small/")
    visit.page.get_by_label("Search all cells").fill("OPEN person")
    wait_for_info(visit, "of 10 rows (out of 30)")
    assert set(column(visit, 4)) == {"open"}
    visit.page.get_by_label("Search all cells").fill("nobody")
    visit.page.get_by_text("No row is like that").wait_for()
    visit.assert_clean()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [(">27", ["28", "29"]), ("3..5", ["3", "4", "5"]), ("<=1", ["0", "1"]), ("=7", ["7"])],
)
def test_a_column_of_numbers_is_filtered_by_limits(base, visit, typed, expected):
    open_table(visit, base + "small/")
    visit.page.get_by_role("button", name="Filter columns").click()
    visit.page.get_by_label("Filter id").fill(typed)
    wait_for_info(visit, "out of 30")
    assert column(visit, 1) == expected
    visit.assert_clean()


def test_a_column_of_few_values_offers_them_and_none(base, visit):
    open_table(visit, base + "small/")
    visit.page.get_by_role("button", name="Filter columns").click()
    choice = visit.page.get_by_label("Filter state")
    choice.select_option("new")
    wait_for_info(visit, "of 10 rows")
    assert set(column(visit, 4)) == {"new"}
    choice.select_option("\N{EN DASH} (no value)")
    visit.page.wait_for_function("() => document.querySelector('tbody td:nth-child(4) i') !== null")
    assert set(column(visit, 4)) == {"\N{EN DASH}"}
    visit.page.get_by_role("button", name="Filter columns").click()
    wait_for_info(visit, "of 30 rows")
    visit.assert_clean()


def test_pages_are_turned_and_their_length_chosen(base, visit):
    open_table(visit, base + "small/")
    visit.page.get_by_label("rows a page").select_option("25")
    wait_for_info(visit, "1 to 25 of 30 rows")
    visit.page.get_by_label("Next").click()
    wait_for_info(visit, "26 to 30 of 30 rows")
    assert column(visit, 1) == ["25", "26", "27", "28", "29"]
    visit.assert_clean()


def test_a_table_is_sorted_filtered_and_searched_with_the_keyboard(base, visit):
    open_table(visit, base + "small/")
    visit.page.get_by_role("button", name="id", exact=False).first.focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator('th[aria-sort="ascending"]').wait_for()
    visit.page.keyboard.press("Enter")
    visit.page.locator('th[aria-sort="descending"]').wait_for()
    assert column(visit, 1)[0] == "29"
    visit.page.get_by_role("button", name="Filter columns").focus()
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.type("=4")
    wait_for_info(visit, "of 1 row")
    assert column(visit, 1) == ["4"]


def test_rows_beyond_those_of_the_page_are_asked_for_once_and_only_when_needed(base, visit):
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    open_table(visit, base + "large/")
    wait_for_info(visit, "1 to 100 of 100,000 rows")
    assert [url for url in asked if url.endswith(".json") and "search" not in url] == []
    visit.page.get_by_role("columnheader", name="amount").click()
    visit.page.locator('th[aria-sort="ascending"]').wait_for()
    visit.page.wait_for_function("() => document.querySelector('tbody td').innerText === '0'")
    visit.page.get_by_label("Last").click()
    wait_for_info(visit, "99,901 to 100,000 of 100,000 rows")
    assert set(column(visit, 3)) == {"\N{EN DASH}"}
    visit.page.get_by_label("Search all cells").fill("person 012345")
    wait_for_info(visit, "1 to 1 of 1 rows")
    assert visit.page.locator("tbody tr").count() == 1
    assert len([url for url in asked if url.endswith(".json") and "/large/" in url]) == 1
    visit.assert_clean()


def test_cells_from_the_data_look_just_as_those_of_the_page(base, new_visit):
    plain = new_visit(java_script_enabled=False)
    plain.open(base + "odd/")
    lines = plain.page.locator(".af-table tbody tr")
    wanted = [
        [cell.strip() for cell in line]
        for line in lines.evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.outerHTML))")
    ][:100]
    visit = new_visit()
    open_table(visit, base + "odd/")
    visit.page.get_by_role("columnheader", name="n", exact=False).first.click()
    visit.page.locator('th[aria-sort="ascending"]').wait_for()
    found = visit.page.locator(".af-table tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.cells].map(c => { c.classList.remove('sorting_1', "
        "'dt-body-right'); if (!c.className) c.removeAttribute('class'); return c.outerHTML }))"
    )
    assert found == wanted
    visit.assert_clean()


def test_addresses_are_links_that_lead_there_and_nothing_else_is(base, visit):
    open_table(visit, base + "odd/")
    links = visit.page.locator(".af-table tbody a")
    assert set(links.evaluate_all("links => links.map(l => l.getAttribute('href'))")) == {
        *("https://x.org/a?b=c", "https://x.org/a", "mailto:a@b.org"),
    }
    assert set(links.evaluate_all("links => links.map(l => l.rel)")) == {
        "noopener noreferrer nofollow"
    }


def test_no_value_is_framed_and_explained_and_a_dash_of_text_is_not(base, visit):
    open_table(visit, base + "odd/")
    style = "element => getComputedStyle(element).borderTopStyle"
    assert visit.page.locator("tbody tr:first-child td:nth-child(2) i").evaluate(style) == "dashed"
    dashes = visit.page.get_by_role("cell", name="\N{EN DASH}", exact=True)
    framed = dashes.evaluate_all("cells => cells.map(cell => cell.querySelector('i') !== null)")
    assert set(framed) == {True, False}
    legend = visit.page.get_by_text("\N{EN DASH} is no value")
    assert legend.is_visible()
    assert legend.locator("i").evaluate(style) == "dashed"


def test_rows_that_are_no_words_are_wrapped_in_a_column_of_words(base, visit):
    open_table(visit, base + "words/")
    assert visit.page.locator("table.af-w1").count() == 1
    visit.page.get_by_label("Last").click()
    cell = visit.page.locator("tbody td.af-phrase").first
    cell.wait_for()
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    assert cell.bounding_box()["height"] > 50


@pytest.mark.parametrize("has_script", [True, False])
def test_a_long_name_of_a_column_is_wrapped(base, new_visit, has_script):
    visit = new_visit(java_script_enabled=has_script)
    visit.open(base + "long-names/", settle=True)
    headings = visit.page.locator("th")
    widths = "cells => cells.map(cell => [cell.scrollWidth, cell.clientWidth])"
    assert [inner for inner, outer in headings.evaluate_all(widths) if inner > outer] == []


def test_a_site_opened_as_files_says_where_more_is_to_be_had(site, visit):
    visit.open((site / "artifacts" / "large" / "index.html").as_uri())
    visit.page.get_by_text("open the site with artifolio serve").wait_for()
    assert visit.page.locator(".af-table tbody tr").count() == 200
    assert visit.page.locator(".dt-container").count() == 0
    assert visit.failed == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["small", "odd"])
def test_a_phone_scrolls_the_table_and_not_the_page(base, new_visit, key, scheme):
    visit = new_visit(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    open_table(visit, f"{base}{key}/")
    visit.page.get_by_role("button", name="Filter columns").click()
    visit.page.locator(".af-filters").wait_for()
    root = "document.documentElement"
    assert visit.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    frame = "document.querySelector('.af-frame')"
    assert visit.page.evaluate(f"{frame}.scrollWidth > {frame}.clientWidth")
    visit.assert_clean()


def test_the_heading_stays_in_sight_while_rows_scroll(base, visit):
    open_table(visit, base + "large/")
    top = visit.page.locator(".af-table thead").bounding_box()["y"]
    visit.page.locator(".af-frame").evaluate("frame => { frame.scrollTop = 900; }")
    assert visit.page.locator(".af-table thead").bounding_box()["y"] == pytest.approx(top, abs=2)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, serve_folder) -> str:
    project = tmp_path_factory.mktemp("hostile")
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    write_settings(project)
    store = Store(project / "artifacts")
    found = payloads("cell", "col", "csv", "html", "link")
    texts = [p.text for p in found if isinstance(p.content, str) and 0 < len(p.text) < 10_000]
    rows = [{"n": number, "text": text} for number, text in enumerate(texts)]
    create_table_artifact(rows, key="short", store=store)
    create_table_artifact(rows * 5, key="long", store=store)
    names = {text[:200]: number for number, text in enumerate(dict.fromkeys(texts))}
    create_table_artifact([names, names], key="names", store=store)
    return serve_folder(build_project(project)) + "artifacts/"


@pytest.mark.parametrize("key", ["short", "long", "names"])
def test_hostile_cells_and_columns_run_nothing(hostile, new_visit, key):
    visit = new_visit()
    visit.page.add_init_script(SPY)
    open_table(visit, f"{hostile}{key}/")
    visit.page.get_by_role("columnheader").nth(1).click()
    visit.page.locator("th[aria-sort]").first.wait_for()
    visit.page.locator(".dt-column-order").first.click()
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.fired") == []
    assert visit.page.locator(".af-table :is(img, script, iframe, svg, object, style)").count() == 0
    assert visit.foreign == []
    assert visit.page.url == f"{hostile}{key}/"


@pytest.mark.parametrize("key", ["short", "long"])
def test_hostile_cells_run_nothing_when_they_are_searched_and_filtered(hostile, new_visit, key):
    visit = new_visit()
    visit.page.add_init_script(SPY)
    open_table(visit, f"{hostile}{key}/")
    visit.page.get_by_label("Search all cells").fill("<img src=x onerror=__p(2)>")
    wait_for_info(visit, "out of")
    visit.page.get_by_role("button", name="Filter columns").click()
    visit.page.get_by_label("Filter text").fill("<script>__p(0)</script>")
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.fired") == []
    assert visit.foreign == []
