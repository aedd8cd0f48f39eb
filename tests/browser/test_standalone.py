"""One version as a file of its own, as whoever gets it by mail sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifolio.catalog import build_catalog
from artifolio.store import Store
from artifolio.website.hosts import Hosts
from artifolio.website.standalone import standalone_page
from tests.browser.conftest import REPOSITORY

KEYS = [
    "ca-fires",
    "ca-fires-summary",
    "ca-fires-chart",
    "ca-fires-source",
    "churn-model-settings",
    "nightly-import",
]
_LUMINANCE = """element => {
  const style = getComputedStyle(element);
  const [r, g, b] = style.backgroundColor.match(/[0-9.]+/g).map(Number);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, str]:
    """The addresses of pages of the repository's own records, by key."""
    folder = tmp_path_factory.mktemp("standalone")
    store = Store(REPOSITORY / "artifacts")
    catalog = build_catalog([store.scan(key) for key in KEYS])
    found = {}
    for key in KEYS:
        path = folder / f"{key}.html"
        lineage = catalog.lineages[key]
        page = standalone_page(store, lineage, lineage.latest, Hosts({}))
        path.write_text(page, encoding="utf-8")
        found[key] = path.as_uri()
    return found


@pytest.fixture
def open_page(new_visit):
    """Open a page, and give it with all that it asked for but itself."""

    def opened(address: str, **options):
        visit = new_visit(**options)
        asked = []
        visit.page.on("request", lambda request: asked.append(request.url))
        visit.open(address, settle=True)
        return visit, [url for url in asked if url != address and not url.startswith("data:")]

    return opened


@pytest.mark.parametrize("key", KEYS)
def test_a_page_of_each_type_asks_for_nothing_and_logs_nothing(key, pages, open_page):
    visit, asked = open_page(pages[key])
    assert asked == []
    visit.assert_clean()
    assert key in visit.page.locator("h1.af-title").inner_text()
    assert visit.page.get_by_role("heading", name="About this version").is_visible()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_as_light_or_dark_as_its_reader_likes(key, scheme, pages, open_page):
    visit, _ = open_page(pages[key], color_scheme=scheme)
    assert (visit.page.locator("body").evaluate(_LUMINANCE) > 128) == (scheme == "light")


@pytest.mark.parametrize("key", KEYS)
def test_a_page_does_not_scroll_sideways_on_a_phone_without_javascript(key, pages, new_visit):
    visit = new_visit(viewport={"width": 360, "height": 740})
    visit.open(pages[key])
    root = "document.documentElement"
    assert visit.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def test_images_are_shown(pages, open_page):
    visit, _ = open_page(pages["ca-fires-chart"])
    images = visit.page.locator("img")
    assert images.count() == 3
    widths = images.evaluate_all("images => images.map(image => image.naturalWidth)")
    assert all(width > 100 for width in widths)


def test_a_table_shows_all_rows_and_comes_as_csv(pages, open_page):
    visit, _ = open_page(pages["ca-fires"])
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "ca-fires.csv"
    lines = waiting.value.path().read_text().splitlines()
    assert len(lines) == 1 + visit.page.locator(".af-table tbody tr").count()


def test_a_file_can_be_saved(pages, open_page):
    visit, _ = open_page(pages["churn-model-settings"])
    with visit.page.expect_download() as waiting:
        visit.page.locator("a.af-file-name").click()
    (stored,) = (REPOSITORY / "artifacts/churn-model-settings").glob("*.json")
    assert waiting.value.suggested_filename == "churn-model.json"
    assert waiting.value.path().read_bytes() == stored.read_bytes()


@pytest.mark.parametrize(("is_guarded", "expected"), [(True, None), (False, 1)])
def test_its_policy_alone_keeps_scripts_from_running(
    is_guarded, expected, pages, tmp_path, new_visit
):
    text = Path(pages["ca-fires-summary"].removeprefix("file://")).read_text("utf-8")
    attack = "<script>window.fired = 1</script><img src=https://example.org/x.png>"
    text = text.replace("</main>", f"{attack}</main>")
    path = tmp_path / "attacked.html"
    path.write_text(text if is_guarded else text.replace("Content-Security-Policy", "x"))
    visit = new_visit(offline=True)
    visit.open(path.as_uri())
    assert visit.page.evaluate("window.fired") == expected
    # What a policy blocks is told as a request that failed at once.
    assert ("https://example.org/x.png csp" in visit.failed) == is_guarded
