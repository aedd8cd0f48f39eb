from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Any

from artifolio.temporaries import TEMPORARY_PREFIX
from samples import make_record, put
from website.projects import tree

if TYPE_CHECKING:
    from artifolio.store import Store

FIRST = f"gain/{TEMPORARY_PREFIX}1-2.tmp"
SECOND = f"loss/{TEMPORARY_PREFIX}3-4.tmp"


def leave_behind(store: Store) -> None:
    """Write two temporary files as writers do that are killed."""
    for path, text in ((FIRST, "half a rec"), (SECOND, "x")):
        os.utime(put(store, path, text), (1_785_585_600, 1_785_585_600))


def test_leftovers_are_removed_and_listed(run: Any, project: Store) -> None:
    leave_behind(project)
    result = run("gc")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "BYTES\tWRITTEN\tPATH\n"
        f"10\t2026-08-01T12:00:00.000Z\t{FIRST}\n"
        f"1\t2026-08-01T12:00:00.000Z\t{SECOND}\n"
        "Removed 2 temporary files, 11 bytes\n"
    )
    assert tree(project.root) == {}


def test_dry_run_lists_and_leaves_them(run: Any, project: Store) -> None:
    leave_behind(project)
    result = run("gc", "--dry-run")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr == "Would remove 2 temporary files, 11 bytes\n"
    assert set(tree(project.root)) == {FIRST, SECOND}


def test_nothing_to_remove_is_said(run: Any, project: Store) -> None:
    result = run("gc")
    assert (result.exit_code, result.stdout) == (0, "Removed 0 temporary files, 0 bytes\n")


def test_records_stay(run: Any, project: Store) -> None:
    project.add(make_record())
    before = tree(project.root)
    run("gc")
    assert tree(project.root) == before


def test_file_that_is_being_written_stays(run: Any, project: Store) -> None:
    leave_behind(project)
    descriptor = os.open(project.root / FIRST, os.O_WRONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    result = run("gc")
    os.close(descriptor)
    assert result.stdout.endswith("Removed 1 temporary file, 1 byte\n")
    assert set(tree(project.root)) == {FIRST}


def test_terminal_shows_when_they_were_written(on_terminal: Any, project: Store) -> None:
    leave_behind(project)
    screen = on_terminal("gc", "--dry-run", columns=100)
    assert screen.code == 0
    assert "ago" in screen.text
    assert FIRST in screen.text


def test_name_of_a_file_cannot_steer_a_terminal(on_terminal: Any, project: Store) -> None:
    put(project, f"loss/{TEMPORARY_PREFIX}\x1b[31m", "x")
    assert rf"{TEMPORARY_PREFIX}\x1b[31m" in on_terminal("gc", NO_COLOR="1").text
