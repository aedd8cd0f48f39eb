from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from artifolio.cli.main import cli
from artifolio.store import Store
from samples import make_record, put

COMMANDS = cli.list_commands(click.Context(cli))


def python(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, **options
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Any, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Example:\n    " in result.stdout
    assert f"artifolio {command}" in result.stdout
    assert "\\b" not in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_help(command: str) -> None:
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    options = [option for option in found.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_help_lists_every_command_with_a_whole_sentence(run: Any) -> None:
    lines = run("--help").stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == COMMANDS
    assert [line for line in lines if not line.endswith(".")] == []


def test_version_is_that_of_the_package(run: Any) -> None:
    assert run("--version").stdout == f"artifolio {version('artifolio')}\n"


def test_module_and_script_are_the_same_program(project: Store) -> None:
    project.add(make_record())
    result = python("-m", "artifolio", "ls")
    assert result.returncode == 0
    assert "loss" in result.stdout
    assert result.stderr == ""


def test_unknown_command_is_wrong_usage(run: Any) -> None:
    assert run("list").exit_code == 2


def test_directory_is_where_the_command_works(run: Any, project: Store, tmp_path: Path) -> None:
    project.add(make_record())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    os.chdir(elsewhere)
    assert "loss" in run("-C", "..", "ls").stdout


def test_directory_that_is_missing_is_wrong_usage(run: Any) -> None:
    assert run("-C", "nowhere", "ls").exit_code == 2


def test_failure_is_one_line_on_standard_error(run: Any, project: Store) -> None:
    result = run("inspect", "nothing")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Error: artifact or version 'nothing' not found; see 'artifolio ls --all'"
    ]


def test_failure_of_the_system_names_the_file(run: Any, tmp_path: Path) -> None:
    put(Store(tmp_path), "artifacts", "a file")
    result = run("-C", str(tmp_path), "ls")
    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path / 'artifacts'}: Not a directory\n"


def test_bug_is_not_hidden(run: Any, project: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "folders", lambda self: 1 / 0)
    assert isinstance(run("ls").exception, ZeroDivisionError)


def test_interrupt_exits_with_130(
    run: Any, project: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: Store) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "folders", interrupt)
    assert run("ls").exit_code == 130


def test_reader_that_leaves_early_is_no_error(project: Store) -> None:
    for number in range(1, 300):
        project.add(make_record(number=number, description="x" * 900))
    command = f'"{sys.executable}" -m artifolio ls --all -o jsonl | head -n 1'
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == ""


def test_listing_into_a_pipe_loads_nothing_heavy(project: Store) -> None:
    project.add(make_record())
    code = (
        "import sys\nfrom artifolio.cli.main import cli\n"
        "cli.main(['ls'], standalone_mode=False)\n"
        "heavy = {'rich', 'mkdocs', 'jinja2', 'watchdog', 'cmarkgfm', 'nh3', 'asyncio'}\n"
        "print(*heavy & set(sys.modules), file=sys.stderr)"
    )
    assert python("-c", code).stderr.strip() == ""


def test_output_is_utf8_whatever_the_locale_says(project: Store) -> None:
    project.add(make_record(description="Größe 😀"))
    env = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    result = python("-m", "artifolio", "ls", env=env, encoding="utf-8")
    assert "Größe 😀" in result.stdout


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_signal_that_comes_while_python_tidies_up_is_not_lost(tmp_path, number, code):
    script = f"""
import os, signal, sys, time
from artifolio.cli import main as command
signal.signal(signal.SIGINT, signal.default_int_handler)
class Untidy:
    def __del__(self):
        os.kill(os.getpid(), signal.{number})
        time.sleep(0.01)
def run(*_, **__):
    Untidy()
    time.sleep(10)
command.cli.main = run
command.main()
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, timeout=8)
    assert done.returncode == code
