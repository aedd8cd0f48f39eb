from __future__ import annotations

import os
from pathlib import Path

import pytest

from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.memory import UNKNOWN, Memory, Output, stamp_file
from artifolio.website.engine.sources import OddSourcesError, Places
from artifolio.website.engine.survey import OF_THEME, Survey
from website.projects import write_settings

_THEME = {"assets/a.css": "theme"}


class Sources:
    """Sources that were written long ago, and what is remembered of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.docs = folder, folder / "site_src"
        self.memory = Memory()
        for name in ("index.md", "about.md", "n.csv"):
            self.write(name, name)

    def write(self, name: str, text: str) -> None:
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1e9, 1e9))

    def survey(self, **changes) -> Survey:
        config = load_configuration(write_settings(self.folder, **changes))
        return Survey(config, self.memory, Places(config), {}, _THEME)

    def remember(self) -> None:
        """Take the site for what a build has made."""
        survey = self.survey()
        for name, place in survey.places.items():
            path = self.folder / "site" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
            digest = survey.digest(name) if name.endswith(".md") else ""
            stamp = stamp_file(str(self.docs / name))
            more = {"asked": ["new.md"]} if name == "about.md" else {"asked": []}
            digest = OF_THEME if survey.is_of_theme(name) else digest
            output = Output(place, name, stamp, digest, stamp_file(str(path)), more)
            self.memory.outputs[place] = output


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    found = Sources(tmp_path)
    found.remember()
    return found


def test_of_what_is_remembered_nothing_is_stale(sources):
    survey = sources.survey()
    assert survey.stale == set()
    assert survey.changed_by_hand() == (set(), set())
    assert survey.copies() == []
    assert not survey.has_other_pages()


def test_what_is_not_remembered_is_all_stale(sources):
    sources.memory = Memory()
    survey = sources.survey()
    assert survey.stale == set(survey.places) == {"index.md", "about.md", "n.csv", "assets/a.css"}
    assert survey.changed_by_hand() == ({"index.md", "about.md"}, set())


def test_a_touch_is_looked_into_and_no_more(sources):
    (sources.docs / "about.md").touch()
    survey = sources.survey()
    assert survey.stale == {"about.md"}
    assert survey.changed_by_hand() == (set(), set())


def test_other_bytes_are_converted(sources):
    sources.write("about.md", "other")
    assert sources.survey().changed_by_hand() == ({"about.md"}, set())


def test_a_page_that_is_gone_from_the_site_is_only_rendered(sources):
    (sources.folder / "site/about/index.html").unlink()
    assert sources.survey().changed_by_hand() == (set(), {"about.md"})


def test_what_a_page_asked_for_in_vain_converts_it(sources):
    sources.write("new.md", "x")
    survey = sources.survey()
    assert survey.changed_by_hand() == ({"about.md", "new.md"}, set())
    assert survey.has_other_pages()


def test_a_file_in_the_place_of_one_of_the_theme_is_copied_and_so_is_that_again(sources):
    sources.write("assets/a.css", "x")
    (copy,) = sources.survey().copies()
    assert copy == ("assets/a.css", "assets/a.css", str(sources.docs / "assets/a.css"))
    sources.memory.outputs["assets/a.css"].digest = ""
    (sources.docs / "assets/a.css").unlink()
    (copy,) = sources.survey().copies()
    assert copy.source != str(sources.docs / "assets/a.css")


def test_what_was_written_just_now_is_not_settled(sources):
    (sources.docs / "about.md").write_text("about.md")
    assert sources.survey().stamp("about.md") == UNKNOWN
    assert sources.survey().stamp("assets/a.css") == UNKNOWN


def test_a_digest_is_that_of_the_first_look(sources):
    sources.write("about.md", "first")
    survey = sources.survey()
    first = survey.digest("about.md")
    sources.write("about.md", "second")
    assert survey.digest("about.md") == first != sources.survey().digest("about.md")


@pytest.mark.parametrize("trusted", [True, False])
def test_a_site_whose_folder_is_as_it_was_left_is_trusted(sources, trusted):
    path = sources.folder / "site/about/index.html"
    sources.memory.root = stamp_file(str(sources.folder / "site")) if trusted else UNKNOWN
    path.write_text("by hand")
    assert sources.survey().stale == (set() if trusted else {"about.md"})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("about/index.md", {}),
        ("README.md", {}),
        ("README.md", {"exclude_docs": "README.md\n"}),
        ("about/index.html", {}),
        ("404.html", {}),
        ("404.md", {"use_directory_urls": False}),
        ("sitemap.xml.gz", {}),
        ("search/search_index.json", {}),
        ("about", {}),
        ("search", {}),
    ],
)
def test_sources_that_meet_in_one_place_are_odd(sources, name, changes):
    sources.write(name, "x")
    with pytest.raises(OddSourcesError, match="place"):
        sources.survey(**changes)


@pytest.mark.parametrize("name", ["404.md", "about.csv", "search.md", "index"])
def test_sources_of_places_of_their_own_are_not(sources, name):
    sources.write(name, "x")
    assert name in sources.survey().places


def test_names_tell_of_what_the_navigation_names(sources):
    nav = ["index.md", "x.csv"]
    before = sources.survey(nav=nav).names
    assert sources.survey(nav=nav).names == before
    sources.write("x.csv", "x")
    assert sources.survey(nav=nav).names != before
