"""Any two versions of a key, compared by a reader in the browser."""

from __future__ import annotations

import json
import shutil
import urllib.request
from dataclasses import replace

import pytest

from artifolio import Store, create_markdown_artifact, create_table_artifact
from artifolio.bodies import File, Image, Link, Markdown, Progress
from artifolio.pins import Pin, write_pin
from artifolio.tables import to_table
from samples import make_attachment, make_illustrated, make_record, retire_in
from tests.browser.conftest import REPOSITORY, build_project
from tests.payloads import payloads
from tests.website.projects import SVG

KEYS = ["ca-fires", "ca-fires-summary", "ca-fires-chart", "ca-fires-source"]
SPY = "window.fired = []; window.__p = number => window.fired.push(number);"
# What is marked in a difference, and as what.
MARKS = """root => [...root.querySelectorAll(
    "ins, del, mark, em, b, i, .af-changes > li, [class*='--']")]
  .map(({ tagName, className, textContent }) => `${tagName} ${className} ${textContent}`)
  .map((found) => found.replace(/\\s+/g, " "))"""
OPEN = "Compare any two versions"
WIDE = to_table({"id": [f"row {n}" for n in range(200)], "n": list(range(200))})
MOVED = to_table({"id": [f"row {n}" for n in range(200)], "n": list(range(1, 201))})
SVG_TYPE = "image/svg+xml"
LONG_LINE = "a " * 700
ODD = [{"id": "x", "a": None, "b": [1], "c": 10**400, "d\u0007": True, "e": "\u0007 ", "f": 1.0}]
MORE = [
    {"id": "x", "a": "", "b": [1.5], "c": -(10**400), "d\u0007": "true", "e": "", "f": 12040.5},
    {
        "id": "y",
        "a": "line\nline\n\nline",
        "b": {"k": "\U0001f600"},
        "c": None,
        "f": 0.1,
        "g": None,
    },
]
# By their names, what is in the images of three texts; the last one shows more than a page does.
PLOTS = {"same": b"1", "other": b"1", "gone": b"1"}
NEW_PLOTS = {"same": b"1", "other": b"2", "<b>new</b> \U0001f600": b"1", "n" * 100: b"1"}
MANY_PLOTS = {f"plot {number}": b"1" for number in range(60)}
# As versions of one key, oldest first, each with the files that it is of.
MIXED = [
    (Markdown("\n".join(map(str, range(400)))), None),
    (Markdown("\n".join(map(str, range(0, 800, 2)))), None),
    (Markdown(f"{LONG_LINE}\nx"), None),
    (Markdown(f"{LONG_LINE}\ny \u0007\t<b>\n\U0001f600\r\n"), None),
    (WIDE, None),
    (MOVED, None),
    (to_table(ODD), None),
    (to_table(MORE), None),
    (to_table([{"id": "x", "n": "402.0"}, {"id": "y", "n": "1"}]), None),
    (to_table([{"id": "x", "n": 402.0}, {"id": "y", "n": 2}]), None),
    (to_table([[n] for n in range(60)]), None),
    (to_table([[n / 2, n] for n in range(90)]), None),
    (Link("https://example.org/"), None),
    (Link("https://example.org/<b>", "x" * 400), None),
    (Progress(10.0), None),
    (Progress(10.0), None),
    (Progress(11.0), None),
    (File(make_attachment(b"PK", "zip"), "a.zip"), b"PK"),
    (File(make_attachment(b"PK and more", "zip")), b"PK and more"),
    (Image(url="/a.png"), None),
    (Image(url="/b.png", alt="b"), None),
    (Image(attachment=replace(make_attachment(SVG), name="svg", media_type=SVG_TYPE)), SVG),
    (
        Image(attachment=replace(make_attachment(SVG + b" "), name="svg", media_type=SVG_TYPE)),
        SVG + b" ",
    ),
    (make_illustrated("x", **PLOTS), *PLOTS.values()),
    (make_illustrated("y", **NEW_PLOTS), *NEW_PLOTS.values()),
    (make_illustrated("y", **MANY_PLOTS), *MANY_PLOTS.values()),
]
CHANGES = range(1, len(MIXED))


def versions(base: str, key: str, part: str = "index.json") -> list[dict]:
    """Return what the site lists of a key, newest first."""
    with urllib.request.urlopen(f"{base}artifacts/{key}/{part}") as answer:
        return json.load(answer)["versions"]


def stem(version: dict) -> str:
    return version["json"].removesuffix(".json")


def address(base: str, key: str, old: dict, new: dict) -> str:
    return f"{base}artifacts/{key}/?compare={stem(old)}..{stem(new)}"


def words(text: str) -> str:
    """Return text without what the page says of the command, or the browser of its buttons."""
    text = text.replace("; artifolio diff shows all.", ".").removesuffix("Show all")
    return " ".join(text.split())


class Section:
    """The part of a key's page that compares."""

    def __init__(self, page) -> None:
        self.page = page
        self.all = page.locator("[data-af-compare]")
        self.selects = self.all.locator("select")
        self.sentence = self.all.locator(".af-sentence")
        self.note = self.all.locator("p.af-note[role=status]")
        self.result = self.all.locator("> div")

    def open(self) -> None:
        self.page.get_by_role("button", name=OPEN).click()
        self.wait()

    def wait(self) -> None:
        self.sentence.locator("small").wait_for()

    def press(self, name: str) -> None:
        self.all.get_by_role("button", name=name).click()

    def pair(self) -> str:
        """Return which versions the sentence is about."""
        self.wait()
        return self.sentence.locator("small").inner_text()

    def text(self) -> str:
        self.wait()
        return words(self.result.inner_text())


@pytest.fixture
def section(visit) -> Section:
    return Section(visit.page)


@pytest.fixture(scope="module")
def project(tmp_path_factory, serve_folder):
    """Return the address of a site of two keys, one of all payloads."""
    project = tmp_path_factory.mktemp("compared")
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    text = (REPOSITORY / "mkdocs.yml").read_text()
    start, end = text.index("nav:"), text.index("# One page for every version")
    (project / "mkdocs.yml").write_text(text[:start] + text[end:])
    store = Store(project / "artifacts")
    for number, (body, *contents) in enumerate(MIXED, 1):
        store.add(make_record(body, "mixed", number), *contents)
    for number, text in enumerate("abb", 2_001):
        store.add(make_record(Markdown(text), "gone", number))
        retire_in(store, make_record(Markdown(text), "gone", number).header.path)
    store.add(make_record(Markdown("c"), "gone", 2_004))
    for number in range(3_001, 3_061):
        store.add(make_record(Markdown(f"{number}"), "pinned", number))
    entries = store.scan("pinned").entries
    write_pin(store.root, Pin("pinned", "first", entries[1].id))
    write_pin(store.root, Pin("pinned", "production", entries[-2].id))
    texts = [payload.content for payload in payloads() if isinstance(payload.content, str)]
    texts = [text for text in texts if len(text) < 10_000]
    for start in (0, 1):
        some = texts[start::2]
        create_markdown_artifact("\n\n".join(some), key="hostile-text", store=store)
        rows = [{"name": text, "number": start, "cell": text} for text in dict.fromkeys(texts)]
        columns = {text[:100]: text for text in some}
        table = [{"name": f"row {start}", **columns}, *rows]
        create_table_artifact(table, key="hostile-table", row_key="name", store=store)
    return serve_folder(build_project(project))


def told_by_the_build(base: str, key: str, version: dict, visit) -> tuple[str, str, list[str]]:
    """Return the sentence on a version's page, the text below it and what is marked in that."""
    visit.open(f"{base}artifacts/{key}/{version['page']}")
    built = visit.page.locator(".af-since")
    told = built.locator(".af-sentence").inner_text()
    # What happened to the code is told by the page alone.
    built.locator("h2, .af-sentence, .af-code, > .af-note:last-child").evaluate_all(
        "elements => elements.forEach(element => element.remove())"
    )
    return told.partition(" since ")[0], words(built.inner_text()), built.evaluate(MARKS)


@pytest.mark.parametrize("key", KEYS)
def test_the_difference_to_the_version_before_is_drawn_as_on_its_page(key, demo, visit, section):
    newest, before = versions(demo, key)[:2]
    told, text, marks = told_by_the_build(demo, key, newest, visit)
    visit.open(address(demo, key, before, newest))
    assert section.text() == text
    assert section.result.evaluate(MARKS) == marks
    assert section.sentence.inner_text().startswith(told)
    visit.assert_clean()


@pytest.mark.parametrize("place", CHANGES)
def test_a_difference_of_any_kind_is_drawn_as_on_the_page(place, project, visit, section):
    before, version = versions(project, "mixed")[::-1][place - 1 : place + 1]
    told, text, marks = told_by_the_build(project, "mixed", version, visit)
    visit.open(address(project, "mixed", before, version))
    assert section.text() == text
    assert section.result.evaluate(MARKS) == marks
    assert section.sentence.inner_text().startswith(told)
    visit.assert_clean()


def test_where_only_images_changed_there_is_no_box_of_lines(project, visit, section):
    before, version = versions(project, "mixed")[::-1][24:26]
    visit.open(address(project, "mixed", before, version))
    section.wait()
    assert section.sentence.inner_text().startswith("60 images added, 4 removed")
    assert section.result.locator(".af-diff").count() == 0


def test_a_version_beside_itself_asks_to_choose_another(demo, visit, section):
    newest = versions(demo, "ca-fires")[0]
    visit.open(address(demo, "ca-fires", newest, newest))
    section.note.filter(has_text="Both are v122: choose two that differ.").wait_for()
    visit.assert_clean()


def test_nothing_is_loaded_before_a_reader_asks_to_compare(demo, visit, section):
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    visit.open(demo + "artifacts/ca-fires/", settle=True)
    assert "compare.js" in asked
    assert [name for name in asked if "diff" in name or name == "index.json"] == []
    section.open()
    assert "diffs.js" in asked
    assert "index.json" in asked
    visit.assert_clean()


def test_two_versions_are_chosen_swapped_and_stepped_through(demo, visit, section):
    listed = versions(demo, "ca-fires")
    visit.open(demo + "artifacts/ca-fires/")
    section.open()
    assert section.pair() == "from v121 to v122"
    assert section.selects.first.evaluate("select => select === document.activeElement")
    assert section.all.get_by_role("button", name="newer pair").is_disabled()
    section.all.get_by_label("From").select_option(stem(listed[9]))
    assert section.pair() == "from v113 to v122"
    section.press("swap")
    assert section.pair() == "from v122 to v113"
    assert visit.page.url == address(demo, "ca-fires", listed[0], listed[9])
    section.press("swap")
    section.press("older pair")
    assert section.pair() == "from v112 to v121"
    section.press("newer pair")
    assert section.pair() == "from v113 to v122"
    visit.assert_clean()


def test_back_shows_what_was_compared_before_and_reloading_what_is(demo, visit, section):
    listed = versions(demo, "ca-fires")
    visit.open(demo + "artifacts/ca-fires/")
    section.open()
    section.all.get_by_label("to", exact=True).select_option(stem(listed[5]))
    assert section.pair() == "from v121 to v117"
    visit.page.reload()
    assert section.pair() == "from v121 to v117"
    assert section.selects.nth(1).evaluate("select => select.value") == stem(listed[5])
    visit.page.go_back()
    assert section.pair() == "from v121 to v122"
    visit.page.go_back()
    visit.page.get_by_role("button", name=OPEN).wait_for()
    assert section.selects.first.is_hidden()
    assert section.result.inner_text() == ""
    visit.page.go_forward()
    assert section.pair() == "from v121 to v122"
    visit.assert_clean()


def test_a_shared_link_scrolls_to_what_it_compares(demo, visit, section):
    newest, before = versions(demo, "ca-fires")[:2]
    visit.open(address(demo, "ca-fires", before, newest))
    section.wait()
    visit.page.wait_for_function("scrollY > 0")
    top = section.all.bounding_box()["y"]
    assert 0 < top < visit.page.viewport_size["height"] / 2


def test_a_page_of_a_version_leads_to_the_comparison(demo, visit, section):
    newest = versions(demo, "ca-fires")[0]
    visit.open(f"{demo}artifacts/ca-fires/{newest['page']}")
    visit.follow(visit.page.get_by_role("link", name="Compare with another version"))
    assert section.pair() == "from v121 to v122"
    visit.assert_clean()


def test_older_versions_are_loaded_when_they_are_wanted(demo, visit, section):
    oldest = versions(demo, "ca-fires", "versions-1.json")[-1]
    visit.open(demo + "artifacts/ca-fires/")
    section.open()
    count = section.selects.first.locator("option").count()
    section.selects.first.select_option(label="older versions, v1 to v72 …")
    section.note.filter(has_text="v1 to v72 can be chosen now.").wait_for()
    assert section.selects.first.locator("option").count() == count + 71
    assert section.selects.first.evaluate("select => select === document.activeElement")
    assert section.pair() == "from v121 to v122"
    section.selects.first.select_option(stem(oldest))
    assert section.pair() == "from v1 to v122"
    visit.assert_clean()


def test_a_link_to_an_older_version_needs_no_older_part(demo, visit, section):
    oldest = versions(demo, "ca-fires", "versions-1.json")[-1]
    newest = versions(demo, "ca-fires")[0]
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open(address(demo, "ca-fires", oldest, newest))
    assert section.pair() == "from v1 to v122"
    assert [url for url in asked if "versions-1" in url] == []
    assert section.selects.first.locator("option:checked").inner_text().startswith("v1, ")


@pytest.mark.parametrize(
    ("places", "count", "more"),
    [((0, 1), 150, 400), ((4, 5), 50, 200), ((24, 25), 50, 64)],
    ids=["lines", "rows", "images"],
)
def test_what_a_page_leaves_out_is_shown_at_the_press_of_a_button(
    places, count, more, project, visit, section
):
    listed = versions(project, "mixed")[::-1]
    visit.open(address(project, "mixed", listed[places[0]], listed[places[1]]))
    section.wait()
    drawn = section.result.locator(".af-diff > div, .af-changes > li")
    assert drawn.count() == count
    section.press("Show all")
    assert drawn.count() >= more
    assert section.all.get_by_role("button", name="Show all").count() == 0


def test_a_long_line_is_shown_whole_at_the_press_of_a_button(project, visit, section):
    listed = versions(project, "mixed")[::-1]
    visit.open(address(project, "mixed", listed[2], listed[3]))
    section.wait()
    same = section.result.locator(".af-diff-line--same > :last-child")
    assert same.text_content() != LONG_LINE
    section.press("Show all")
    assert same.text_content() == LONG_LINE


@pytest.mark.parametrize("wanted", ["", "..", "x..y", "../../loss..x", "%00", "a..b..c"])
def test_an_address_of_no_versions_asks_to_choose_two(wanted, demo, visit, section):
    visit.open(f"{demo}artifacts/ca-fires/?compare={wanted}")
    section.note.filter(has_text="Choose two versions.").wait_for()
    assert section.selects.first.is_visible()
    visit.assert_clean()


def test_a_version_that_is_not_there_is_told_with_the_command(demo, visit, section):
    newest = versions(demo, "ca-fires")[0]
    missing = "20200101T000000000Z-000000000000"
    visit.open(address(demo, "ca-fires", {"json": missing}, newest))
    section.note.filter(has_text=f"The file {missing}.json could not be loaded.").wait_for()
    assert "artifolio diff ca-fires A B" in section.note.inner_text()
    assert section.result.inner_text() == ""


def test_a_damaged_file_is_told(demo, visit, section):
    newest, before = versions(demo, "ca-fires")[:2]
    visit.page.route(f"**/{stem(before)}.json", lambda route: route.fulfill(body='{"data": [1'))
    visit.open(address(demo, "ca-fires", before, newest))
    section.note.filter(has_text="is damaged").wait_for()
    visit.assert_clean()


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        # The first is in an older part of the list, which is loaded for it.
        ("first..latest", "from v2 to v60"),
        ("production..first", "from v59 to v2"),
    ],
)
def test_an_address_may_name_versions_by_pins(wanted, told, project, visit, section):
    visit.open(f"{project}artifacts/pinned/?compare={wanted}")
    assert section.pair() == told
    chosen = section.selects.evaluate_all("all => all.map(one => one.selectedOptions[0].text)")
    names = wanted.replace("latest", "Aug").split("..")
    assert all(name in label for name, label in zip(names, chosen, strict=True))
    visit.assert_clean()


def test_a_name_of_no_version_asks_to_choose(project, visit, section):
    visit.open(f"{project}artifacts/pinned/?compare=staging..latest")
    section.all.get_by_text("Choose two versions.").wait_for()


def test_without_the_list_two_versions_of_an_address_are_compared(demo, visit, section):
    newest, before = versions(demo, "ca-fires")[:2]
    visit.page.route("**/index.json", lambda route: route.abort())
    visit.open(address(demo, "ca-fires", before, newest))
    assert section.pair() == "from v121 to v122"


def test_a_page_that_was_opened_as_a_file_says_so(tmp_path, visit, section):
    shutil.copytree(REPOSITORY / "generator/artifolio/website/assets", tmp_path / "_assets")
    (tmp_path / "index.html").write_text(
        '<div class="af"><section data-af-compare="index.json" data-af-key="k" hidden></section>'
        '<script src="_assets/artifolio.js"></script></div>'
    )
    visit.page.goto((tmp_path / "index.html").as_uri())
    visit.page.get_by_role("button", name=OPEN).click()
    section.note.filter(has_text="opened as files").wait_for()
    assert "artifolio diff k A B" in section.note.inner_text()
    assert visit.failed == []


def test_images_are_side_by_side_and_can_be_laid_on_each_other(demo, visit, section):
    listed = versions(demo, "ca-fires-chart")
    visit.open(address(demo, "ca-fires-chart", listed[3], listed[0]))
    section.wait()
    before, after = section.result.locator("img").all()
    assert before.bounding_box()["x"] < after.bounding_box()["x"]
    section.all.get_by_role("slider").focus()
    visit.page.keyboard.press("ArrowRight")
    assert before.bounding_box()["x"] == after.bounding_box()["x"]
    visit.assert_clean()


@pytest.mark.parametrize("key", ["ca-fires", "ca-fires-summary", "ca-fires-chart"])
def test_a_phone_is_wide_enough(key, demo, new_visit):
    visit = new_visit(viewport={"width": 360, "height": 740})
    listed = versions(demo, key)
    visit.open(address(demo, key, listed[-1], listed[0]))
    Section(visit.page).wait()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_there_is_no_empty_section(demo, new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.open(demo + "artifacts/ca-fires/")
    assert visit.page.locator("[data-af-compare]").is_hidden()
    assert visit.page.get_by_text(OPEN).count() == 0


@pytest.mark.parametrize("key", ["hostile-text", "hostile-table"])
def test_no_payload_runs_where_it_is_compared(key, project, new_visit):
    visit = new_visit()
    visit.page.add_init_script(SPY)
    newest, before = versions(project, key)
    visit.open(address(project, key, before, newest))
    section = Section(visit.page)
    section.wait()
    section.press("Show all")
    assert "__p(" in section.result.text_content()
    assert section.result.locator("script, iframe, img, a, style").count() == 0
    visit.page.wait_for_timeout(100)
    assert visit.page.evaluate("window.fired") == []
    visit.assert_clean()


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ((0, 3), "the body of v1 is gone from v1 to v4"),
        ((0, 1), "the bodies of v1 and v2 are gone from v1 to v2"),
        ((1, 2), "unchanged from v2 to v3"),
    ],
)
def test_a_body_that_is_gone_is_told(pair, told, project, visit, section):
    stems = [make_record(key="gone", number=2_001 + place).header.stem for place in pair]
    visit.open(f"{project}artifacts/gone/?compare={'..'.join(stems)}")
    section.wait()
    assert words(section.sentence.inner_text()) == told
    assert section.text() == ""
    visit.assert_clean()
