"""The demo site opened as files, where browsers load nothing but scripts, styles and images."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.export import exported

PAGES = {
    "home": "index.html",
    "guide": "guide/site.html",
    "not found": "404.html",
    "list": "artifacts/index.html",
    "table": "artifacts/ca-fires/index.html",
    "markdown": "artifacts/ca-fires-summary/index.html",
    "link": "artifacts/ca-fires-source/index.html",
    "image": "artifacts/ca-fires-chart/index.html",
    "file": "artifacts/churn-model-settings/index.html",
    "progress": "artifacts/nightly-import/index.html",
    "version of a table": "artifacts/ca-fires/2*Z-*.html",
    "version of an image": "artifacts/ca-fires-chart/2*Z-*.html",
    "older versions": "artifacts/ca-fires/versions-1.html",
    "run": "runs/*/index.html",
}


def address(folder: Path, pattern: str) -> str:
    """Return the address of the last file that a pattern fits."""
    return sorted(folder.glob(pattern))[-1].as_uri()


def search(visit, words: str) -> list[str]:
    """Search, and return the addresses of what was found."""
    query = visit.page.get_by_role("textbox", name="Search")
    query.click()
    query.fill(words)
    query.press("End")  # the theme listens to keys
    found = visit.page.locator("a.md-search-result__link")
    found.first.wait_for()
    return found.evaluate_all("links => links.map(link => link.href.split('?')[0])")


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_each_kind_logs_nothing_and_asks_no_host(kind, offline_demo, visit):
    visit.open(address(offline_demo, PAGES[kind]), settle=True)
    assert visit.page.locator(".md-header").evaluate(
        "element => getComputedStyle(element).position"
    ) == ("sticky")
    visit.assert_clean()


def test_images_are_shown_and_scripts_run(offline_demo, visit):
    visit.open(address(offline_demo, PAGES["version of an image"]))
    image = visit.page.locator(".af-image img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert "ago" in visit.page.locator(".af-line time").inner_text()
    visit.assert_clean()


def test_links_lead_from_the_list_to_a_version_and_to_its_run(offline_demo, visit):
    visit.open(address(offline_demo, PAGES["list"]))
    visit.follow(visit.page.get_by_role("link", name="ca-fires-chart", exact=True))
    visit.follow(visit.page.locator(".af-timeline .af-version").first)
    visit.follow(visit.page.locator("a[rel=prev]"))
    visit.follow(visit.page.locator(".af-run a").first)
    assert "/runs/" in visit.page.url
    visit.follow(visit.page.get_by_role("link", name="ca-fires-summary", exact=True))
    assert visit.page.locator(".af-markdown h1").count() == 1
    visit.assert_clean()


@pytest.mark.parametrize("kind", ["home", "list", "run", "version of a table", "not found"])
def test_the_search_finds_a_key_from_any_page_and_its_hit_opens(kind, offline_demo, visit):
    visit.open(address(offline_demo, PAGES[kind]))
    found = search(visit, "churn-model-settings")
    assert found[0] == address(offline_demo, PAGES["file"])
    visit.follow(visit.page.locator("a.md-search-result__link").first)
    assert "churn-model-settings" in visit.page.locator("h1").text_content()
    visit.assert_clean()


def test_the_filter_of_the_list_works(offline_demo, visit):
    visit.open(address(offline_demo, PAGES["list"]))
    visit.page.get_by_label("Filter by text").fill("churn-model")
    visit.page.locator(".af-card:visible").nth(1).wait_for(state="hidden")
    assert (
        visit.page.locator(".af-card:visible .af-card-key")
        .all_inner_texts()[0]
        .startswith("churn-model")
    )
    visit.assert_clean()


@pytest.fixture(scope="module")
def unpacked(offline_demo: Path, tmp_path_factory) -> Path:
    """The folder that the zip file of the demo gives."""
    folder = tmp_path_factory.mktemp("unpacked")
    settings = offline_demo.parent / "mkdocs.yml"
    with exported(load_configuration(settings)) as site, (folder / "x.zip").open("w+b") as file:
        site.pack(file)
        zipfile.ZipFile(file).extractall(folder)
    (inner,) = (path for path in folder.iterdir() if path.is_dir())
    return inner


@pytest.mark.parametrize("kind", ["home", "list", "image", "version of a table", "not found"])
def test_what_was_unpacked_reads_and_searches(kind, unpacked, visit):
    visit.open(address(unpacked, PAGES[kind]), settle=True)
    assert search(visit, "churn-model-settings")[0] == address(unpacked, PAGES["file"])
    visit.assert_clean()
