from __future__ import annotations

import logging
from pathlib import Path

import pytest
from mkdocs.structure.files import File

from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.workshop import (
    Converted,
    TrackedFiles,
    Workshop,
    repeat,
    theme_assets,
)
from website.projects import write_settings

_NAV = [{"Home": "index.md"}, {"More": ["about.md", "https://e.org/"]}]
_PAGES = {
    "index.md": "# Home\n\n[a](about.md#second) [n](nowhere.md) [f](artifacts/loss/index.md)\n",
    "about.md": "---\nicon: material/layers\n---\n# About\n\n## Second\n",
    "hidden.md": "# Hidden\n",
}


@pytest.fixture
def config(tmp_path: Path):
    docs = tmp_path / "project/site_src"
    docs.mkdir(parents=True)
    for name, text in _PAGES.items():
        (docs / name).write_text(text)
    config = load_configuration(write_settings(tmp_path / "project", nav=_NAV))
    config.plugins.on_startup(command="build", dirty=False)
    return config.plugins.on_config(config)


@pytest.fixture
def shop(config) -> Workshop:
    return make_shop(config)


def make_shop(config, known=None) -> Workshop:
    generated = {"artifacts/loss/index.md": config.docs_dir}
    return Workshop(config, config.theme.get_env(), _PAGES, generated.get, known or {})


def convert_all(shop: Workshop) -> list[Converted]:
    return [shop.convert(name) for name in shop.pages]


def test_files_that_are_asked_for_are_noted_whether_they_are_there_or_not(config):
    own = File("a.md", config.docs_dir, "", True)
    files = TrackedFiles([own], {"artifacts/b.md": config.docs_dir}.get, config)
    found = [files.get_file_from_path(name) for name in ("a.md", "artifacts/b.md", "c.md")]
    assert found[0] is own
    assert found[1].url == "artifacts/b/"
    assert found[2] is None
    assert files.asked == {"a.md", "artifacts/b.md", "c.md"}
    assert files.get_file_from_path("artifacts/b.md") is found[1]


def test_a_converted_page_tells_what_it_depended_on(shop):
    converted = shop.convert("index.md")
    assert {"about.md", "nowhere.md", "artifacts/loss/index.md"} <= converted.asked
    assert converted.links == {"about.md": {"second": "about.md#second"}}
    assert "home" in converted.anchors
    assert converted.title == "Home"
    ((level, message),) = converted.messages
    assert level == logging.WARNING
    assert "nowhere.md" in message


def test_what_another_page_asked_is_not_told_of_this_one(shop):
    shop.convert("index.md")
    assert shop.convert("about.md").asked == frozenset()


def test_what_is_said_while_converting_goes_to_nobody_else(shop, caplog):
    logger = logging.getLogger("mkdocs")
    before = logger.handlers[:], logger.propagate
    shop.convert("index.md")
    assert (logger.handlers, logger.propagate) == before
    assert caplog.records == []


def test_what_was_said_before_an_error_is_told(shop, config, caplog):
    Path(config.docs_dir, "about.md").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        shop.convert("about.md")
    assert "Encoding error reading file: about.md" in caplog.text


def test_messages_are_repeated_with_their_level(caplog):
    repeat([(logging.WARNING, "100 %s")])
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [(logging.WARNING, "100 %s")]


def test_a_page_that_is_known_is_rendered_as_if_it_had_been_converted(config, shop):
    known = dict(zip(shop.pages, convert_all(shop), strict=True))
    before = [shop.render(name) for name in shop.pages]
    again = make_shop(config, known)
    assert [again.render(name) for name in again.pages] == before


def test_rendering_leaves_a_page_as_it_was(shop):
    shop.convert("index.md")
    page = shop.pages["index.md"]
    content = page.content
    assert shop.render("index.md") == shop.render("index.md")
    assert (page.content, page.active) == (content, False)


@pytest.mark.parametrize(
    ("name", "text", "makes_a_difference"),
    [
        ("about.md", _PAGES["about.md"].replace("# About", "# Other"), True),
        ("about.md", _PAGES["about.md"].replace("material/layers", "material/link"), True),
        ("about.md", _PAGES["about.md"].replace("icon", "title"), True),
        ("about.md", _PAGES["about.md"] + "\nMore words.\n", False),
        ("index.md", "# Other\n", False),
        ("hidden.md", "# Other\n", False),
    ],
)
def test_the_navigation_is_what_all_pages_show(config, shop, name, text, makes_a_difference):
    convert_all(shop)
    before = list(shop.nav_facts())
    Path(config.docs_dir, name).write_text(text)
    other = make_shop(config)
    convert_all(other)
    assert (list(other.nav_facts()) != before) is makes_a_difference


def test_a_page_that_was_looked_at_is_named_as_if_it_had_been_converted(config, shop):
    convert_all(shop)
    other = make_shop(config)
    for name, page in shop.pages.items():
        other.look_at(name, page._title_from_render)
    assert list(other.nav_facts()) == list(shop.nav_facts())


def test_files_of_the_theme_are_told_with_their_folder(config):
    found = theme_assets(config, config.theme.get_env())
    assert Path(found["assets/images/favicon.png"], "assets/images/favicon.png").is_file()
    assert [name for name in found if name.endswith((".html", ".md", ".py"))] == []
