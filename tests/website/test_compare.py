"""What pages have for comparing any two versions."""

from __future__ import annotations

import re

import pytest

from artifolio.bodies import Markdown
from artifolio.website.assetfiles import assets
from samples import make_record
from website.reading import elements
from website.test_pages import make

ASSETS = {
    asset.path.rpartition("/")[2]: asset.read().decode()
    for asset in assets()
    if asset.path.endswith(".js")
}


@pytest.fixture
def pages(store) -> dict[str, str]:
    """Return the pages of a key of three versions, and of one of a single version."""
    for number in (1, 2, 3):
        store.add(make_record(Markdown(f"{number}"), "loss", number))
    store.add(make_record(Markdown("1"), "single", 4))
    return make(store).pages


def sections(page: str) -> list[dict[str, str]]:
    found = [element.attributes for element in elements(page, "section")]
    return [attributes for attributes in found if "data-af-compare" in attributes]


def test_the_page_of_a_key_names_the_list_of_its_versions(pages):
    (section,) = sections(pages["artifacts/loss/index.md"])
    assert section["data-af-compare"] == "index.json"
    assert section["data-af-key"] == "loss"
    assert "hidden" in section


def test_a_key_of_one_version_has_nothing_to_compare(pages):
    assert sections(pages["artifacts/single/index.md"]) == []


def test_a_version_leads_to_its_comparison_with_the_one_before(pages, store):
    stems = [f"{make_record(Markdown(str(n)), 'loss', n).header.stem}" for n in (1, 2, 3)]
    links = [
        re.findall(r"\?compare=([^\"]*)", pages[f"artifacts/loss/{stem}.md"]) for stem in stems
    ]
    assert links == [[], [f"{stems[0]}..{stems[1]}"], [f"{stems[1]}..{stems[2]}"]]


def test_every_file_that_comparing_needs_is_there():
    named = re.findall(r'"([a-z-]+\.js)"', ASSETS["compare.js"])
    assert len(named) > 5
    assert set(named) <= ASSETS.keys()


def test_what_every_key_page_loads_is_small():
    assert len(ASSETS["compare.js"]) < 2_500
