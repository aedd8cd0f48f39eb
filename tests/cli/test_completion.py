from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from samples import make_record

if TYPE_CHECKING:
    from pathlib import Path

    from artifolio.store import Store


def complete(*words: str) -> list[str]:
    """Ask for completions as bash does: of the last word."""
    line = " ".join(("artifolio", *words))
    env = os.environ | {
        "_ARTIFOLIO_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-m", "artifolio"], env=env, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return [answer.partition(",")[2] for answer in done.stdout.split()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_of_a_shell_asks_artifolio(run: Any, shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_ARTIFOLIO_COMPLETE={shell}_complete" in result.stdout


def test_unknown_shell_is_wrong_usage(run: Any) -> None:
    assert run("completion", "cmd").exit_code == 2


def test_script_is_valid_bash(run: Any) -> None:
    script = run("completion", "bash").stdout
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_commands_are_completed(project: Store) -> None:
    assert complete("in") == ["init", "inspect"]


@pytest.mark.parametrize("command", ["ls", "inspect", "delete"])
def test_keys_are_completed(project: Store, command: str) -> None:
    project.add(make_record(key="loss"))
    project.add(make_record(key="loss-b"))
    project.add(make_record(key="sales"))
    project.add(make_record(key=None))
    assert complete(command, "lo") == ["loss", "loss-b"]


def test_keys_without_records_are_not_offered(project: Store) -> None:
    project.add(make_record(key="loss"))
    (project.root / "lost").mkdir()
    (project.root / "lost" / ".keep").touch()
    assert complete("inspect", "lo") == ["loss"]


def test_keys_are_those_of_the_directory_that_is_named(project: Store, tmp_path: Path) -> None:
    project.add(make_record(key="loss"))
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    assert complete("-C", "..", "inspect", "lo") == ["loss"]


def test_nothing_is_offered_where_there_is_no_store() -> None:
    assert complete("inspect", "lo") == []
