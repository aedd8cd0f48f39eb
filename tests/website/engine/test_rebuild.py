from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from artifolio.bodies import Markdown
from artifolio.errors import BuildError, ProjectError
from artifolio.store import Store
from artifolio.website.engine.rebuild import Rebuilder, keep_building
from artifolio.website.sync import Synced
from samples import make_record
from website.engine.test_build import build_in, comparable
from website.projects import write_settings
from website.test_watcher import PATIENCE_SECONDS, Reports


class Changes:
    """Stands for a watcher that reports these changes, one after the other, and is stopped."""

    def __init__(self, *changes: str) -> None:
        self._changes = [frozenset(change.split()) for change in changes]

    def wait(self) -> frozenset[str] | None:
        return self._changes.pop(0) if self._changes else None


@contextmanager
def followed(project: Path, rebuilder: Rebuilder) -> Iterator[Reports]:
    """Collect what the rebuilder's own watcher reports."""
    reports = Reports(project)
    with rebuilder.watcher() as watcher:

        def run() -> None:
            while (changed := watcher.wait()) is not None:
                reports.take(changed)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield reports
        finally:
            watcher.stop()
            thread.join(PATIENCE_SECONDS)


@pytest.fixture
def rebuilder(project: Path) -> Rebuilder:
    return Rebuilder(project / "mkdocs.yml")


def publish_fourth(project: Path) -> str:
    return str(Store(project / "artifacts").add(make_record(Markdown("Fourth"), "loss", 90)))


def test_the_first_build_makes_everything(project, rebuilder):
    built = rebuilder.build()
    assert len(built.refreshed.synced.written) > 40
    assert built.why_plain is None
    assert (project / "site/artifacts/loss/index.html").exists()


def test_a_build_for_one_record_writes_only_what_it_changes(project, rebuilder):
    rebuilder.build()
    written = rebuilder.build([publish_fourth(project)]).refreshed.synced.written
    shared = {"index.md", "index.json", "feed.xml", "llms.txt"}
    assert {path.split("/")[1] for path in written} == {"loss", *shared}
    assert "Fourth" in (project / "site/artifacts/loss/index.html").read_text()


def test_building_for_what_changed_equals_building_anew(project, rebuilder):
    rebuilder.build()
    changed = [publish_fourth(project)]
    shutil.rmtree(project / "artifacts/import")
    changed.append(str(project / "artifacts/import/x.yaml"))
    rebuilder.build(changed)
    found = comparable(project / "site")
    shutil.rmtree(project / "site_src/artifacts")
    shutil.rmtree(project / "site")
    build_in(project)
    assert comparable(project / "site") == found


def test_a_build_for_a_page_written_by_hand_touches_no_generated_one(project, rebuilder):
    rebuilder.build()
    (project / "site_src/index.md").write_text("# Anew\n")
    built = rebuilder.build([str(project / "site_src/index.md")])
    assert built.refreshed.synced == Synced()
    assert built.updated.converted == ["index.md"]
    assert "Anew" in (project / "site/index.html").read_text()


def test_a_site_can_be_built_elsewhere(project, tmp_path):
    Rebuilder(project / "mkdocs.yml", site_dir=tmp_path / "one").build()
    assert (tmp_path / "one/index.html").exists()
    assert not (project / "site").exists()


def test_the_place_of_the_site_is_what_the_settings_say(project):
    assert Rebuilder(project / "mkdocs.yml").site_dir == project / "site"


def test_the_address_of_the_site_can_be_replaced(project):
    write_settings(project, site_url="https://example.org/docs/")
    Rebuilder(project / "mkdocs.yml", site_url="http://127.0.0.1:1/").build()
    assert "http://127.0.0.1:1/artifacts/" in (project / "site/sitemap.xml").read_text()


def test_new_settings_make_all_pages_anew(project, rebuilder):
    rebuilder.build()
    config_file = write_settings(project, use_directory_urls=False)
    rebuilder.build([str(config_file)])
    assert 'href="loss/index.html"' in (project / "site/artifacts/index.html").read_text()


def test_another_folder_of_records_makes_all_pages_anew(project, rebuilder):
    rebuilder.build()
    Store(project / "records").add(make_record(key="elsewhere"))
    plugins = ["search", {"artifolio": {"artifacts_dir": "records"}}]
    rebuilder.build([str(write_settings(project, plugins=plugins))])
    assert not (project / "site/artifacts/loss").exists()
    assert (project / "site/artifacts/elsewhere/index.html").exists()


def test_another_docs_folder_gets_the_pages(project, rebuilder):
    rebuilder.build()
    (project / "docs").mkdir()
    (project / "docs/index.md").write_text("# Home\n")
    rebuilder.build([str(write_settings(project, docs_dir="docs"))])
    assert (project / "docs/artifacts/loss/index.md").exists()
    assert (project / "site/artifacts/loss/index.html").exists()


def test_a_theme_within_the_sources_is_no_source(project):
    theme = {"name": "material", "font": False, "custom_dir": "site_src/overrides"}
    write_settings(project, theme=theme, exclude_docs="/overrides/\n")
    template = project / "site_src/overrides/main.html"
    template.parent.mkdir()
    template.write_text('{% extends "base.html" %}{% block footer %}one{% endblock %}')
    rebuilder = Rebuilder(project / "mkdocs.yml")
    assert rebuilder.build().why_plain is None
    template.write_text('{% extends "base.html" %}{% block footer %}two{% endblock %}')
    rebuilder.build([str(template)])
    assert "two" in (project / "site/404.html").read_text()


def test_settings_are_not_read_again_for_a_record(project, rebuilder, monkeypatch):
    rebuilder.build()
    monkeypatch.setattr(rebuilder, "_load", pytest.fail)
    built = rebuilder.build([publish_fourth(project)])
    assert "artifacts/loss/index.html" in built.updated.written


def test_processes_make_the_same_site(project):
    Rebuilder(project / "mkdocs.yml", site_dir=project / "one").build()
    Rebuilder(project / "mkdocs.yml", site_dir=project / "two", jobs=2).build()
    assert comparable(project / "one") == comparable(project / "two")


def test_broken_settings_are_a_project_error_until_they_are_mended(project, rebuilder):
    rebuilder.build()
    (project / "mkdocs.yml").write_text("site_name: [")
    with pytest.raises(ProjectError):
        rebuilder.build([str(project / "mkdocs.yml")])
    write_settings(project, site_name="Mended")
    rebuilder.build([str(project / "mkdocs.yml")])
    assert "Mended" in (project / "site/index.html").read_text()


def test_broken_settings_are_a_project_error_at_once(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("nothing: here")
    with pytest.raises(ProjectError):
        Rebuilder(tmp_path / "mkdocs.yml")


def test_records_pages_and_settings_are_watched(project, rebuilder):
    with followed(project, rebuilder) as reports:
        (project / "mkdocs.yml").touch()
        reports.collect("mkdocs.yml")
        (project / "site_src/new.md").write_text("x")
        reports.collect("site_src/new.md")
        publish_fourth(project)
        stem = make_record(number=90).header.stem
        reports.collect(f"artifacts/loss/{stem}.yaml")


def test_what_else_the_settings_name_is_watched_wherever_this_runs(project, tmp_path, monkeypatch):
    for name in ("overrides/main.html", "hooks/hook.py", "more/data.txt"):
        (project / name).parent.mkdir()
        (project / name).write_text("")
    (project / "overrides/main.html").write_text('{% extends "base.html" %}')
    theme = {"name": "material", "font": False, "custom_dir": "overrides"}
    write_settings(project, theme=theme, hooks=["hooks/hook.py"], watch=["more"])
    monkeypatch.chdir(tmp_path)
    with followed(project, Rebuilder(project / "mkdocs.yml")) as reports:
        for name in ("overrides/main.html", "hooks/hook.py", "more/data.txt"):
            (project / name).touch()
        reports.collect("overrides/main.html", "hooks/hook.py", "more/data.txt")


def test_a_build_does_not_report_itself(project, rebuilder):
    with followed(project, rebuilder) as reports:
        rebuilder.build()
        assert reports.silence()
        publish_fourth(project)
        stem = make_record(number=90).header.stem
        assert reports.collect(f"artifacts/loss/{stem}.yaml") == {f"artifacts/loss/{stem}.yaml"}
        rebuilder.build([f"{project}/artifacts/loss/{stem}.yaml"])
        assert reports.silence()


def test_every_change_is_built_until_the_watcher_is_stopped():
    built: list[frozenset[str]] = []
    keep_building(Changes("a", "b c"), built.append, pytest.fail)
    assert built == [{"a"}, {"b", "c"}]


@pytest.mark.parametrize(
    "error", [BuildError("it broke"), ProjectError("it broke"), ValueError("it broke")]
)
def test_a_build_that_fails_is_reported_and_tried_again_with_the_next_change(error):
    built: list[frozenset[str]] = []
    reports: list[str] = []

    def rebuild(changed: frozenset[str]) -> None:
        built.append(changed)
        if len(built) < 3:
            raise error

    keep_building(Changes("a", "b", "c", "d"), rebuild, reports.append)
    assert built == [{"a"}, {"a", "b"}, {"a", "b", "c"}, {"d"}]
    assert reports == ["Error: it broke; the last good site stays as it is"] * 2


def test_an_error_without_words_is_named():
    reports: list[str] = []

    def rebuild(changed: frozenset[str]) -> None:
        raise ZeroDivisionError

    keep_building(Changes("a"), rebuild, reports.append)
    assert "ZeroDivisionError" in reports[0]


def test_an_interruption_ends_the_building():
    def rebuild(changed: frozenset[str]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_building(Changes("a", "b"), rebuild, pytest.fail)
