from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artifolio.website.engine import blocks, update
from artifolio.website.engine.build import Builder, load_configuration
from artifolio.website.engine.handwork import Handwork
from artifolio.website.engine.pool import Pool
from artifolio.website.engine.shells import Shell
from website.engine.test_build import comparable
from website.projects import write_project, write_settings

_SHAPES = {
    "usual": {},
    "flat": {"use_directory_urls": False, "site_url": "https://e.org/x/"},
    "edited": {
        "repo_url": "https://github.com/o/r",
        "edit_uri_template": "edit/{path_noext!q}?x={path}",
        "site_author": "zqx & <b>",
        "site_description": "Words",
        "theme": {
            "name": "material",
            "features": ["content.action.edit", "navigation.footer", "toc.integrate"],
        },
    },
    "pinned": {
        "nav": ["index.md", {"Loss": "artifacts/loss/index.md"}, "runs/run-1/index.md"],
        "extra_css": ["artifacts/cities/x.css"],
    },
    "none": {"nav": None, "plugins": [{"search": {"enabled": False}}, "artifolio"]},
    "without policy": {"plugins": ["search"]},
}
_FILL = Shell.fill


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blockwork")
    write_project(folder)
    return folder


def site_of(project: Path, executor=None, **changes) -> dict[str, bytes]:
    config = load_configuration(write_settings(project, **changes), site_dir=str(project / "site"))
    assert Builder(None, executor).build(config).why_plain is None
    return comparable(project / "site")


@pytest.fixture(scope="module")
def usual(project: Path) -> dict[str, bytes]:
    return site_of(project)


@pytest.mark.parametrize("changes", _SHAPES.values(), ids=_SHAPES)
def test_pages_filled_into_shells_are_what_the_theme_makes(project, monkeypatch, changes):
    filled = []
    monkeypatch.setattr(Shell, "fill", lambda self, *a: filled.append(a[0]) or _FILL(self, *a))
    with_shells = site_of(project, **changes)
    assert len(set(filled)) > 15
    monkeypatch.setattr(update, "has_own_templates", lambda config: True)
    assert site_of(project, **changes) == with_shells


@pytest.mark.parametrize(
    "fill", [lambda *a: b"wrong", lambda *a: _FILL(*a).replace(b"<h1", b"<h2", 1)]
)
def test_shells_that_are_wrong_are_not_used(project, usual, monkeypatch, fill):
    monkeypatch.setattr(Shell, "fill", fill)
    assert site_of(project) == usual


def test_where_no_shell_can_be_made_pages_are_made_by_hand(project, usual, monkeypatch):
    monkeypatch.setattr(Handwork, "make_shell", lambda *a: None)
    assert site_of(project) == usual


def test_a_shell_that_would_find_other_words_is_not_used(project, usual, monkeypatch):
    monkeypatch.setattr("artifolio.website.engine.handwork.search_entries", lambda *a: ("{}",))
    assert site_of(project) == usual


def test_pages_made_side_by_side_are_the_same(project, usual, monkeypatch):
    monkeypatch.setattr(blocks, "SLICE", 7)
    with ThreadPoolExecutor(3) as threads:
        assert site_of(project, threads) == usual
    with Pool(2) as processes:
        (project / "site/artifacts/loss/index.html").unlink()
        assert site_of(project, processes) == usual


def test_a_worker_that_fails_fails_the_build(project, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(blocks, "SLICE", 7)
    monkeypatch.setattr(blocks, "finish_slice", fail)
    with ThreadPoolExecutor(2) as threads, pytest.raises(ValueError, match="broken"):
        site_of(project, threads, site_name="Other")
