from __future__ import annotations

import sys
from pathlib import Path

import pytest

from artifolio.location import cache_folder, locate_artifacts


def test_the_variable_comes_first(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "artifacts").mkdir()
    environ = {"ARTIFOLIO_DIR": "/elsewhere"}
    assert locate_artifacts(tmp_path, environ) == Path("/elsewhere")


def test_a_relative_variable_counts_from_the_working_directory(tmp_path):
    assert locate_artifacts(tmp_path, {"ARTIFOLIO_DIR": "a/b"}) == tmp_path / "a" / "b"


def test_the_variable_may_name_the_home_folder(tmp_path):
    environ = {"ARTIFOLIO_DIR": "~/records"}
    assert locate_artifacts(tmp_path / "x", environ) == tmp_path / "home" / "records"


def test_an_empty_variable_counts_as_unset(tmp_path):
    assert locate_artifacts(tmp_path, {"ARTIFOLIO_DIR": ""}) == tmp_path / "artifacts"


@pytest.mark.parametrize("marker", ["mkdocs.yml", ".git"])
def test_a_project_is_found_from_the_folders_inside_it(tmp_path, marker):
    (tmp_path / "project" / "artifacts").mkdir(parents=True)
    (tmp_path / "project" / marker).touch()
    deep = tmp_path / "project" / "a" / "b"
    deep.mkdir(parents=True)
    assert locate_artifacts(deep, {}) == tmp_path / "project" / "artifacts"


def test_the_nearest_project_counts(tmp_path):
    for project in (tmp_path, tmp_path / "inner"):
        (project / "artifacts").mkdir(parents=True)
        (project / ".git").mkdir()
    assert locate_artifacts(tmp_path / "inner" / "x", {}) == tmp_path / "inner" / "artifacts"


def test_a_project_without_records_is_passed_by(tmp_path):
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    assert locate_artifacts(tmp_path / "inner", {}) == tmp_path / "artifacts"


def test_a_folder_named_artifacts_alone_is_no_project(tmp_path):
    (tmp_path / "artifacts").mkdir()
    assert locate_artifacts(tmp_path / "x", {}) == tmp_path / "x" / "artifacts"


def test_records_are_a_folder_and_never_a_file(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "artifacts").touch()
    assert locate_artifacts(tmp_path / "x", {}) == tmp_path / "x" / "artifacts"


def test_without_a_project_it_is_the_working_directory(tmp_path):
    assert locate_artifacts(tmp_path, {}) == tmp_path / "artifacts"


def test_the_cache_lies_where_the_variable_says(tmp_path):
    assert cache_folder({"ARTIFOLIO_CACHE": str(tmp_path / "c")}) == tmp_path / "c"
    assert cache_folder({"ARTIFOLIO_CACHE": "~/c"}) == tmp_path / "home" / "c"
    assert cache_folder({"ARTIFOLIO_CACHE": "c"}) == tmp_path / "c"


@pytest.mark.parametrize(
    ("platform", "environ", "place"),
    [
        ("linux", {}, "home/.cache/artifolio"),
        ("linux", {"XDG_CACHE_HOME": "x"}, "x/artifolio"),
        ("darwin", {"XDG_CACHE_HOME": "x"}, "home/Library/Caches/artifolio"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/artifolio"),
        ("win32", {}, "home/AppData/Local/artifolio"),
    ],
)
def test_each_system_has_its_place_for_caches(tmp_path, monkeypatch, platform, environ, place):
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder(environ) == tmp_path / place


def test_who_has_no_home_has_no_cache(monkeypatch):
    def refuse() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", refuse)
    assert cache_folder({}) is None
