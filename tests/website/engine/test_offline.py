from __future__ import annotations

import re
from pathlib import Path

import pytest

from artifolio.website.engine.build import Builder, load_configuration
from artifolio.website.engine.verify import compare_sites
from website.engine.plain import PlainBuilder
from website.projects import tree, write_settings

OFFLINE = ["search", "material/offline", "artifolio"]
SHIM = "artifacts/_assets/iframe-worker.js"


def build(project: Path, **changes) -> Path:
    config = load_configuration(write_settings(project, **changes))
    assert Builder(project / "cache").build(config).why_plain is None
    return Path(config.site_dir)


def scripts(page: Path) -> list[str]:
    return re.findall(r'<script[^>]* ?src="([^"]*)"', page.read_text())


@pytest.mark.parametrize("plugins", [OFFLINE, [OFFLINE[2], OFFLINE[1], OFFLINE[0]]])
def test_the_site_is_what_plain_mkdocs_makes_wherever_the_plugin_stands(project, tmp_path, plugins):
    site = build(project, plugins=plugins)
    with PlainBuilder() as plain:
        done = plain.build(project / "mkdocs.yml", tmp_path / "plain")
    assert done.status == 0
    assert compare_sites(site, tmp_path / "plain") == ()


def test_no_page_names_the_script_at_another_host(project):
    site = build(project, plugins=OFFLINE)
    pages = [content.decode() for name, content in tree(site).items() if name.endswith(".html")]
    assert not [page for page in pages if "unpkg" in page]
    assert all(f'{SHIM}"' in page or '_assets/iframe-worker.js"' in page for page in pages)
    assert (site / SHIM).is_file()


def test_a_script_of_ones_own_stays_the_only_one(project):
    own = {"polyfills": ["js/iframe-worker.js"]}
    site = build(project, plugins=OFFLINE, extra=own)
    found = [name for name in scripts(site / "index.html") if "iframe-worker" in name]
    assert found == ["js/iframe-worker.js"]


def test_links_lead_to_files_and_not_to_folders(project):
    site = build(project, plugins=OFFLINE)
    page = (site / "artifacts/loss/index.html").read_text()
    block = page[page.index('<div class="af">') :]
    links = [link for link in re.findall(r'href="([^"]*)"', block) if not link.startswith("http")]
    assert links
    assert not [link for link in links if link.endswith("/")]


def test_the_page_for_what_is_not_found_looks_for_the_theme_beside_it(project):
    site = build(project, plugins=OFFLINE, site_url="https://example.org/docs/")
    assert SHIM in " ".join(scripts(site / "404.html"))
    assert not [name for name in scripts(site / "404.html") if name.startswith("/")]


def test_the_search_index_is_a_script_as_well_and_comes_back_when_lost(project):
    site = build(project, plugins=OFFLINE)
    script = site / "search/search_index.js"
    index = (site / "search/search_index.json").read_text()
    assert script.read_text() == f"var __index = {index}"
    script.unlink()
    build(project, plugins=OFFLINE)
    assert script.read_text() == f"var __index = {index}"


@pytest.mark.parametrize(
    "plugins",
    [["search", "artifolio"], ["search", {"material/offline": {"enabled": False}}, "artifolio"]],
)
def test_a_site_without_the_plugin_in_use_has_nothing_of_it(project, plugins):
    build(project, plugins=OFFLINE)
    site = build(project, plugins=plugins)
    assert not (site / "search/search_index.js").exists()
    assert "iframe-worker" not in (site / "index.html").read_text()
    assert (site / "artifacts/loss/index.html").exists()
    assert 'href="artifacts/"' in (site / "index.html").read_text()
