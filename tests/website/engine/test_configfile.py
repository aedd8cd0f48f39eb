"""Which settings are meant, and what they are made of."""

from __future__ import annotations

import pytest

from artifolio.errors import ProjectError
from artifolio.website.engine.configfile import config_files, find_config


def test_the_nearest_settings_are_found(tmp_path):
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "a/b/mkdocs.yml").touch()
    assert find_config(tmp_path / "a/b/c") == tmp_path / "a/b/mkdocs.yml"
    assert find_config(tmp_path / "a") == tmp_path / "mkdocs.yml"


def test_no_settings_is_an_error_with_the_way_out(tmp_path):
    with pytest.raises(ProjectError, match="run 'artifolio init' first"):
        find_config(tmp_path)


def test_settings_and_what_they_inherit_from_are_found(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("INHERIT: 'base/one.yml'  # first\nsite_name: x\n")
    (tmp_path / "base").mkdir()
    (tmp_path / "base/one.yml").write_text("INHERIT: ../mkdocs.yml\n")
    names = [path.resolve() for path in config_files(tmp_path / "mkdocs.yml")]
    assert names[:2] == [tmp_path / "mkdocs.yml", tmp_path / "base/one.yml"]


def test_inheriting_in_a_circle_comes_to_an_end(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("INHERIT: mkdocs.yml\n")
    assert config_files(tmp_path / "mkdocs.yml") == [tmp_path / "mkdocs.yml"]
