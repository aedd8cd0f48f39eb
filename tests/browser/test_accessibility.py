"""Pages for everybody: axe-core's rules, narrow screens, and what a page weighs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from artifolio import create_table_artifact
from artifolio.store import Store
from artifolio.website.urls import ASSETS
from browser.conftest import build_project, load_tool
from samples import put
from website.projects import write_project, write_settings

pytestmark = pytest.mark.long

# Compared, filtered or shown in full; what stands in the address opens it.
DEMO = {
    "home": "",
    "nothing": "404.html",
    "guide": "guide/site/",
    "reference": "guide/cli/",
    "quickstart": "guide/quickstart/",
    "list": "artifacts/",
    "filtered list": "artifacts/?type=table&text=a",
    "table": "artifacts/ca-fires/",
    "markdown": "artifacts/ca-fires-summary/",
    "link": "artifacts/ca-fires-source/",
    "image": "artifacts/ca-fires-chart/",
    "file": "artifacts/churn-model-settings/",
    "progress": "artifacts/nightly-import/",
    "older versions": "artifacts/ca-fires/versions-1/",
    "comparison": "artifacts/ca-fires/?compare={0}..{1}",
    "version of a table": "artifacts/ca-fires/{1}/",
}
ODD = {
    "list with problems": "artifacts/",
    "without a key": "artifacts/_keyless/",
    "version of a text": "artifacts/loss/{loss}/",
    "version of a link": "artifacts/source/{source}/",
    "version of a file": "artifacts/model/{model}/",
    "version of an image": "artifacts/plot/{plot}/",
    "run": "runs/run-1/",
}
AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  return grave.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
KEY_BYTES = 300_000
VERSION_BYTES = 60_000


@pytest.fixture(scope="module")
def axe() -> str:
    tool = load_tool("npm")
    folder = tool.find_package("axe-core")
    assert folder is not None, "no axe-core: run 'make browser' first"
    return (folder / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def odd(tmp_path_factory, serve_folder) -> tuple[str, dict[str, str]]:
    """A site of all types, of versions without a key and of a broken record."""
    project = tmp_path_factory.mktemp("odd")
    palette = [{"media": f"(prefers-color-scheme: {name})", "scheme": scheme} for name, scheme in
               (("light", "default"), ("dark", "slate"))]  # fmt: skip
    theme = {"name": "material", "font": False, "palette": palette, "language": "en"}
    extra = {f"extra_{kind}": [f"{ASSETS}/theme.{ending}"] for kind, ending in
             (("css", "css"), ("javascript", "js"))}  # fmt: skip
    write_project(project, theme=theme, **extra)
    put(Store(project / "artifacts"), "loss/broken.yaml", "format: 1\n")
    site = build_project(project)
    stems = {
        folder.name: max(page.parent.name for page in folder.glob("*/index.html"))
        for folder in (site / "artifacts").iterdir()
        if folder.is_dir() and list(folder.glob("*Z-*/index.html"))
    }
    return serve_folder(site), stems


@pytest.fixture
def address(demo, demo_site, odd):
    """Gives the address of a kind of page."""
    stems = sorted(page.parent.name for page in demo_site.glob("artifacts/ca-fires/*Z-*/*.html"))
    base, others = odd

    def address_of(kind: str) -> str:
        if kind in DEMO:
            return demo + DEMO[kind].format(*stems[-2:])
        return base + ODD[kind].format(**others)

    return address_of


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", [*DEMO, *ODD])
def test_axe_finds_no_serious_violation(kind, scheme, address, axe, new_visit):
    visit = new_visit(color_scheme=scheme)
    visit.open(address(kind), settle=True)
    visit.page.evaluate(axe)
    assert visit.page.evaluate(AXE) == []


def search(page) -> None:
    page.locator("label.md-header__button[for=__search]").click()
    page.locator("input.md-search__input").press_sequentially("create_table_artifact")
    page.locator(".md-search-result__link").first.wait_for()
    page.locator(".md-search-result mark").first.wait_for()


def open_menu(page) -> None:
    page.locator("label.md-header__button[for=__drawer]").click()
    # What slides in is measured where it comes to rest.
    page.wait_for_function(
        "() => document.querySelector('.md-sidebar--primary').getBoundingClientRect().left >= 0"
    )


def filter_columns(page) -> None:
    page.get_by_role("button", name="Filter columns").click()
    page.locator(".af-filters").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("kind", "act"), [("list", search), ("table", open_menu), ("table", filter_columns)]
)
def test_axe_finds_no_serious_violation_in_what_opens_on_a_phone(
    kind, act, scheme, address, axe, new_visit
):
    visit = new_visit(color_scheme=scheme, viewport={"width": 360, "height": 740})
    visit.open(address(kind), settle=True)
    act(visit.page)
    visit.page.evaluate(axe)
    assert visit.page.evaluate(AXE) == []


@pytest.mark.parametrize("kind", [*DEMO, *ODD])
def test_no_page_scrolls_sideways_on_a_phone(kind, address, new_visit):
    visit = new_visit(viewport={"width": 360, "height": 740})
    visit.open(address(kind), settle=True)
    assert visit.page.evaluate(SIDEWAYS) == 0


def weight(page: Path) -> int:
    """Return what a page weighs without the theme: its block, and those of our files it names."""
    text = page.read_text("utf-8")
    block = text[text.index('<div class="af">') : text.index("</article>")]
    named = re.findall(r'(?:href|src)="([^"]*_assets/[^"]*\.(?:css|js))"', block)
    assert len(named) >= 2
    return len(block.encode()) + sum((page.parent / name).stat().st_size for name in named)


def test_the_page_of_a_key_of_50_versions_is_light(demo_site):
    page = demo_site / "artifacts" / "ca-fires" / "index.html"
    assert page.read_text("utf-8").count('class="af-version"') >= 50
    assert weight(page) <= KEY_BYTES


def test_the_pages_of_versions_are_light(demo_site):
    pages = demo_site.glob("artifacts/*/*Z-*/index.html")
    weights = {page.parent.name: weight(page) for page in pages}
    assert len(weights) > 100
    assert {name: size for name, size in weights.items() if size > VERSION_BYTES} == {}


def test_a_long_table_that_changed_in_every_row_is_light(tmp_path):
    store = Store(tmp_path / "artifacts")
    for version in (1, 2):
        rows = [
            {
                "customer": f"C-{number:05}",
                "name": f"Customer number {number}",
                "since": f"2026-{number % 12 + 1:02}-01",
                "orders": number * 37 * version,
                "revenue": number * 1234.5 * version,
            }
            for number in range(1_000)
        ]
        create_table_artifact(rows, key="customers", row_key="customer", store=store)
    (tmp_path / "site_src").mkdir()
    (tmp_path / "site_src" / "index.md").write_text("# Home\n")
    write_settings(tmp_path)
    site = build_project(tmp_path)
    page = max(site.glob("artifacts/customers/*Z-*/index.html"))
    assert page.read_text("utf-8").count("<tr>") == 201
    assert weight(page) <= VERSION_BYTES
