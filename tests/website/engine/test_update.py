from __future__ import annotations

import json
from pathlib import Path

import pytest

from artifolio.website.engine.build import Builder, load_configuration
from artifolio.website.engine.update import Updated
from website.projects import folders, tree, write_settings


class Site:
    """A project without records that one process builds again and again."""

    def __init__(self, folder: Path) -> None:
        self.docs, self.site = folder / "site_src", folder / "site"
        self.docs.mkdir(parents=True)
        self._config_file = write_settings(folder, nav=["index.md", "about.md"])
        self._builder = Builder(None)
        for name in ("index.md", "about.md", "other.md", "n.csv"):
            self.write(name, f"# {name}\n")

    def write(self, name: str, text: str) -> None:
        (self.docs / name).parent.mkdir(parents=True, exist_ok=True)
        (self.docs / name).write_text(text)

    def update(self) -> Updated:
        return self._builder.build(load_configuration(self._config_file)).updated


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "project")


def test_the_first_update_tells_of_everything(site):
    updated = site.update()
    assert updated.converted == ["about.md", "index.md", "other.md"]
    assert set(updated.converted) < set(updated.rendered)
    assert set(updated.written) == set(tree(site.site))
    assert updated.removed == []


def test_one_page_is_converted_rendered_and_written_with_the_index(site):
    site.update()
    site.write("other.md", "# other.md\n\nMore words.\n")
    updated = site.update()
    assert (updated.converted, updated.rendered) == (["other.md"], ["other.md"])
    assert updated.written == ["other/index.html", "search/search_index.json"]


def test_a_page_whose_words_stay_leaves_the_index(site):
    site.update()
    site.write("other.md", "# other.md\n\n<!-- a comment -->\n")
    assert site.update().written == ["other/index.html"]


def test_a_copied_file_is_all_that_is_written(site):
    site.update()
    site.write("n.csv", "other")
    assert site.update() == Updated(written=["n.csv"])


def test_what_goes_is_told_and_leaves_no_folder(site):
    site.write("deep/er/a.md", "# A\n")
    site.update()
    (site.docs / "deep/er/a.md").unlink()
    updated = site.update()
    assert updated.removed == ["deep/er/a/index.html"]
    assert [name for name in folders(site.site) if name.startswith("deep")] == []
    index = json.loads((site.site / "search/search_index.json").read_text())
    assert [entry for entry in index["docs"] if "deep" in entry["location"]] == []


def test_a_page_that_becomes_a_folder_s_index_is_made_anew(site):
    site.update()
    (site.docs / "other").mkdir()
    (site.docs / "other.md").rename(site.docs / "other/index.md")
    updated = site.update()
    assert updated.converted == ["other/index.md"]
    assert "other/index.html" not in updated.removed
    assert (site.site / "other/index.html").exists()


@pytest.mark.parametrize("content", [b"\xff", b"---\ntemplate: nothing.html\n---\n"])
def test_an_update_that_fails_leaves_the_site_as_it_was(site, content):
    site.update()
    before = tree(site.site)
    site.write("other.md", "# Other\n")
    (site.docs / "about.md").write_bytes(content)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever MkDocs or a template raises
        site.update()
    assert tree(site.site) == before


def test_another_date_is_that_of_the_sitemap_alone(site, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    site.update()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1100000000")
    updated = site.update()
    assert (updated.converted, updated.rendered) == ([], [])
    assert set(updated.written) <= {"sitemap.xml", "sitemap.xml.gz"}
    assert "sitemap.xml.gz" in updated.written
