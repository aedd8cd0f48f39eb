from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path

import pytest

from artifolio.website.engine import fingerprint
from artifolio.website.engine.build import load_configuration
from artifolio.website.engine.fingerprint import (
    UnknownValueError,
    describe,
    digest_of,
    named_paths,
)
from website.projects import write_settings

_CUSTOM = {"name": "material", "font": False, "custom_dir": "overrides"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "site_src").mkdir(parents=True)
    (folder / "overrides").mkdir()
    (folder / "overrides/x.css").write_text("one")
    return folder


def load(folder: Path, **changes):
    return load_configuration(write_settings(folder, **changes))


def test_a_project_is_described_the_same_each_time(folder):
    changes = {"exclude_docs": "a\n", "theme": _CUSTOM, "extra_javascript": ["a.mjs"]}
    assert describe(load(folder, **changes)) == describe(load(folder, **changes))


def test_where_the_site_is_put_is_left_out(folder):
    assert describe(load(folder)) == describe(load(folder, site_dir="elsewhere"))


@pytest.mark.parametrize(
    "changes",
    [
        {"site_name": "Other"},
        {"nav": ["index.md"]},
        {"nav": None},
        {"exclude_docs": "a\n"},
        {"exclude_docs": "!a\n"},
        {"draft_docs": "a\n"},
        {"not_in_nav": "a\n"},
        {"theme": {"name": "material", "font": False, "features": ["x"]}},
        {"theme": {"name": "material", "font": False, "language": "de"}},
        {"theme": _CUSTOM},
        {"theme": {"name": "mkdocs"}},
        {"markdown_extensions": ["toc", "nl2br"]},
        {"markdown_extensions": [{"toc": {"permalink": True}}]},
        {"plugins": ["artifolio", "search"]},
        {"plugins": [{"search": {"lang": "de"}}, "artifolio"]},
        {"plugins": ["search", {"artifolio": {"image_hosts": ["e.org"]}}]},
        {"extra": {"a": [1, None, True, 1.5]}},
        {"extra_css": ["a.css"]},
        {"extra_javascript": [{"path": "a.js", "defer": True}]},
        {"validation": {"links": {"anchors": "warn"}}},
        {"site_url": "https://e.org/"},
        {"use_directory_urls": False},
    ],
    ids=str,
)
def test_every_setting_makes_a_difference(folder, changes):
    assert describe(load(folder)) != describe(load(folder, **changes))


def test_what_a_pattern_takes_back_makes_a_difference(folder):
    one, other = load(folder, exclude_docs="a\n"), load(folder, exclude_docs="a\n!a\n")
    assert describe(one) != describe(other)


def test_versions_make_a_difference(folder, monkeypatch):
    config = load(folder)
    before, version = describe(config), metadata.version
    others = {"Pygments": "0.0"}
    monkeypatch.setattr(metadata, "version", lambda name: others.get(name) or version(name))
    assert describe(config) != before


def test_what_is_not_installed_makes_a_difference(folder, monkeypatch):
    config = load(folder)
    before = describe(config)

    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    assert describe(config) != before


def test_files_of_the_package_make_a_difference(folder, tmp_path, monkeypatch):
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "a.py").write_text("1")
    monkeypatch.setattr(fingerprint, "package_files", lambda name: package)
    config = load(folder)
    before = describe(config)
    (package / "__pycache__/a.pyc").write_text("1")
    assert describe(config) == before
    os.utime(package / "a.py", (1, 1))
    assert describe(config) != before


def test_files_of_the_theme_make_a_difference_by_their_content(folder):
    config = load(folder, theme=_CUSTOM)
    before = describe(config)
    (folder / "overrides/x.css").touch()
    assert describe(config) == before
    (folder / "overrides/x.css").write_text("two")
    assert describe(config) != before


def test_links_to_nowhere_make_none(folder):
    config = load(folder, theme=_CUSTOM)
    before = describe(config)
    (folder / "overrides/.#x.css").symlink_to("user@host.1")
    assert describe(config) == before


def test_folders_that_extensions_name_make_a_difference(folder):
    config = load(folder)
    config.mdx_configs["x"] = {"options": {"icons": [f"{folder}/icons"]}}
    before = describe(config)
    (folder / "icons").mkdir()
    (folder / "icons/a.svg").write_text("one")
    there = describe(config)
    (folder / "icons/a.svg").write_text("two")
    assert len({before, there, describe(config)}) == 3
    assert named_paths(config) == [folder / "icons"]


def test_what_cannot_be_told_in_words_is_refused(folder):
    config = load(folder)
    config.extra["x"] = object()
    with pytest.raises(UnknownValueError, match=r"a builtins\.object"):
        describe(config)


def test_digests_tell_where_one_text_ends():
    assert digest_of("ab", "") != digest_of("a", "b")
    assert digest_of("\ud800") == digest_of("\ud800")


def test_arguments_that_are_given_to_functions_make_a_difference(folder):
    def described(case: str) -> str:
        config_file = write_settings(folder)
        slugify = f'!!python/object/apply:pymdownx.slugs.slugify {{"kwds": {{"case": "{case}"}}}}'
        extensions = f'[{{"toc": {{"slugify": {slugify}}}}}]'
        text = config_file.read_text().rstrip("}\n")
        config_file.write_text(f'{text}, "markdown_extensions": {extensions}}}')
        return describe(load_configuration(config_file))

    assert described("lower") == described("lower")
    assert described("lower") != described("none")
