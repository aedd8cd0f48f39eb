from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_it_says_what_it_made_and_what_comes_next(run: Any, tmp_path: Path) -> None:
    result = run("init", "shop")
    assert result.exit_code == 0
    assert "created  mkdocs.yml\n" in result.stdout
    assert "create_markdown_artifact(" in result.stdout
    assert "artifolio -C shop serve\n" in result.stdout
    assert (tmp_path / "shop" / "artifacts" / ".keep").exists()


def test_working_directory_is_the_default(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    os.chdir(folder)
    assert "  artifolio serve\n" in run("init").stdout
    assert (folder / "mkdocs.yml").exists()


def test_command_to_copy_is_quoted(run: Any) -> None:
    assert "artifolio -C 'my shop' serve\n" in run("init", "my shop").stdout


def test_lines_to_add_are_printed(run: Any, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: Shop\n")
    output = run("init").stdout
    assert "left alone  mkdocs.yml\n" in output
    assert "Add these lines to mkdocs.yml:\n\nplugins:\n  - search\n  - artifolio\n" in output
    assert (tmp_path / "mkdocs.yml").read_text() == "site_name: Shop\n"


def test_other_name_of_the_configuration_is_answered(run: Any, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yaml").write_text("site_name: Shop\n")
    result = run("init")
    assert "Rename mkdocs.yaml to mkdocs.yml" in result.stderr
    assert not (tmp_path / "mkdocs.yml").exists()


def test_folder_inside_a_repository_is_told_where_workflows_lie(run: Any, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert f"part of the repository {tmp_path}" in run("init", "shop").stderr


def test_second_run_leaves_everything_alone(run: Any) -> None:
    run("init", "shop")
    output = run("init", "shop").stdout
    assert "created" not in output
    assert "Add these lines" not in output
    assert output.count("left alone") == 6


def test_file_where_the_folder_should_be_is_an_error(run: Any, tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("a file")
    result = run("init", "shop")
    assert result.exit_code == 1
    assert result.stderr == "Error: shop is a file; a folder is needed there\n"
