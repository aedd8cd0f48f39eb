from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from artifolio.store import Store
from artifolio.website.engine.build import Builder, load_configuration
from artifolio.website.engine.export import exported
from samples import NOON
from website.engine.plain import PlainBuilder
from website.projects import tree, write_settings


def names_and_pages(project: Path, **changes) -> tuple[str, dict[str, bytes]]:
    """Export a project; return the name of the site and what is in the file."""
    target = io.BytesIO()
    with exported(load_configuration(write_settings(project, **changes))) as site:
        site.pack(target)
    archive = zipfile.ZipFile(target)
    prefix = f"{site.name}/"
    found = {name.removeprefix(prefix): archive.read(name) for name in archive.namelist()}
    assert all(name.startswith(prefix) for name in archive.namelist())
    return site.name, found


def pages_of(project: Path, **changes) -> dict[str, bytes]:
    return names_and_pages(project, **changes)[1]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"plugins": ["search", "material/offline", "artifolio"]},
        {"plugins": [{"material/offline": {"enabled": False}}, "search", "artifolio"]},
        {"plugins": ["search"]},
        {"plugins": ["search", "artifolio", "material/tags"]},
        {"use_directory_urls": True, "site_url": "https://example.org/docs/"},
        {"theme": {"name": "material"}},
    ],
)
def test_the_site_is_one_of_files_whatever_the_settings_say(project, changes):
    pages = pages_of(project, **changes)
    home = pages["index.html"].decode()
    assert "artifacts/index.html" in home
    assert "unpkg" not in home
    assert "fonts.g" not in home
    assert "artifacts/_assets/iframe-worker.js" in home
    assert pages["search/search_index.js"].startswith(b"var __index = {")
    assert "artifacts/loss/index.html" in pages
    (version,) = [name for name in pages if re.fullmatch(r"artifacts/source/.*0006\.html", name)]
    assert b'href="index.html"' in pages[version]


def test_an_export_is_the_same_bytes_each_time(project):
    files = []
    for _ in range(2):
        target = io.BytesIO()
        with exported(load_configuration(project / "mkdocs.yml")) as site:
            site.pack(target)
        files.append(target.getvalue())
    assert files[0] == files[1]


def test_an_export_leaves_the_project_and_the_cache_as_they_are(project, tmp_path):
    Builder(tmp_path / "cache").build(load_configuration(project / "mkdocs.yml"))
    before, cache = tree(project), tree(tmp_path / "home")
    pages_of(project, plugins=["search", "artifolio", "material/tags"])
    write_settings(project)
    assert tree(project) == before
    assert tree(tmp_path / "home") == cache
    built = Builder(tmp_path / "cache").build(load_configuration(project / "mkdocs.yml"))
    assert built.updated is not None
    assert built.updated.written == []


def test_the_site_is_what_plain_mkdocs_makes_of_it_with_the_plugin(project, tmp_path):
    pages = pages_of(project)
    write_settings(project, plugins=["search", "artifolio", "material/offline"])
    with PlainBuilder() as plain:
        assert plain.build(project / "mkdocs.yml", tmp_path / "plain").status == 0
    expected = tree(tmp_path / "plain")
    assert expected.keys() - pages.keys() == {"sitemap.xml", "sitemap.xml.gz"}
    assert {name: expected[name] for name in pages} == pages


def test_hand_written_files_of_every_kind_come_along(project):
    docs = project / "site_src"
    (docs / "guide").mkdir()
    (docs / "guide/first.md").write_text("# First\n\n![x](x.png)\n")
    (docs / "guide/x.png").write_bytes(b"\x89PNG")
    (docs / "data.json").write_text("{}")
    pages = pages_of(project)
    assert pages["guide/x.png"] == b"\x89PNG"
    assert b"x.png" in pages["guide/first.html"]
    assert pages["data.json"] == b"{}"


def test_the_name_is_that_of_the_site_and_the_day_of_its_newest_version(project):
    assert names_and_pages(project, site_name="My: team/site…")[0] == f"My-team-site-{NOON.date()}"


def test_a_site_whose_name_holds_no_letters_is_named_after_its_folder(project):
    assert names_and_pages(project, site_name="../?")[0] == f"project-{NOON.date()}"


def test_a_site_without_versions_has_no_date(project):
    store = Store(project / "artifacts")
    for path in store.root.rglob("*.yaml"):
        path.unlink()
    assert names_and_pages(project)[0] == "Demo"
