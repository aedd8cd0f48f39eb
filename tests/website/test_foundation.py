from __future__ import annotations

import pytest

from artifolio.website import foundation as module
from artifolio.website.foundation import foundation
from artifolio.website.options import PageOptions
from artifolio.website.urls import Home


@pytest.mark.parametrize(
    "options",
    [
        PageOptions(directory_urls=False),
        PageOptions(image_hosts=frozenset(["i.example.org"])),
        PageOptions(versions_as_pages=49),
        PageOptions(git_hosts={"git.example.org": "gitlab"}),
        PageOptions(search_bodies=False),
        PageOptions(libraries=(("mermaid", "a.js"),)),
    ],
)
def test_other_options_are_another_foundation(options):
    assert foundation(options) != foundation(PageOptions())


def test_where_the_site_is_and_its_name_are_told_by_few_files():
    home = PageOptions(home=Home("https://example.org/", "Demo"))
    assert foundation(home) == foundation(PageOptions())


def test_hosts_are_no_matter_of_order():
    hosts = [f"{number}.example.org" for number in range(20)]
    one, other = frozenset(hosts), frozenset(reversed(hosts))
    assert foundation(PageOptions(image_hosts=one)) == foundation(PageOptions(image_hosts=other))


@pytest.mark.parametrize("folder", ["", "templates", "assets"])
def test_an_edited_file_of_the_program_is_another_foundation(tmp_path, monkeypatch, folder):
    (tmp_path / folder).mkdir(exist_ok=True)
    file = tmp_path / folder / "edited"
    file.write_text("one")
    monkeypatch.setattr(module, "_FOLDERS", (tmp_path, tmp_path / "templates", tmp_path / "assets"))
    before = module._program.__wrapped__()
    assert module._program.__wrapped__() == before
    file.write_text("other")
    assert module._program.__wrapped__() != before


def test_a_package_without_metadata_has_no_version(monkeypatch):
    monkeypatch.setattr(module, "_DISTRIBUTIONS", ("no-such-distribution",))
    assert module._program.__wrapped__()[-1] == ("no-such-distribution", "")
