from __future__ import annotations

import fcntl
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Image, Markdown, Progress
from artifolio.keys import now
from artifolio.temporaries import TEMPORARY_PREFIX
from samples import (
    NOON,
    PNG,
    make_attachment,
    make_id,
    make_record,
    put,
    put_record,
    put_retired,
)
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


@pytest.fixture
def lineage(project: Store) -> Store:
    """Four versions of one key, a day apart; the second and the third show the same."""
    for number in range(1, 5):
        body = Markdown(f"It fell {number // 2}.\n")
        project.add(make_record(body, number=number, created=NOON + timedelta(days=number)))
    return project


def gone(store: Store) -> list[int]:
    """Return the numbers of the versions without a body."""
    entries = store.scan("loss").entries
    return [int(entry.id[-1]) for entry in entries if entry.is_retired]


def policy(tmp_path: Path, **rules: object) -> None:
    settings = {"site_name": "Demo", "plugins": [{"artifolio": {"retention": rules}}]}
    (tmp_path / "mkdocs.yml").write_text(json.dumps(settings))
    (tmp_path / "docs").mkdir(exist_ok=True)


def test_bodies_beyond_the_newest_are_removed_and_listed(run: Any, lineage: Store) -> None:
    result = run("gc", "--keep", "2", "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "KEY\tVERSION\tCREATED\tBYTES\tID\n"
        f"loss\t1\t2026-08-02T12:00:00.123Z\t22\t{make_id(1)}\n"
        f"loss\t2\t2026-08-03T12:00:00.123Z\t22\t{make_id(2)}\n"
        "Removed 2 bodies, 44 bytes\n"
    )
    assert gone(lineage) == [1, 2]


def test_dry_run_lists_bodies_and_leaves_them(run: Any, lineage: Store) -> None:
    before = tree(lineage.root)
    result = run("gc", "--keep", "3", "--dry-run")
    assert result.stdout.count("\n") == 2
    assert result.stderr == (
        "Would remove 1 body, 22 bytes\nWhat was committed stays in the history of git.\n"
    )
    assert tree(lineage.root) == before


def test_bodies_are_not_removed_where_nobody_can_be_asked(run: Any, lineage: Store) -> None:
    result = run("gc", "--keep", "1")
    assert result.exit_code == 2
    assert "pass --yes" in result.stderr
    assert gone(lineage) == []


@pytest.mark.parametrize(("answer", "code", "numbers"), [("y", 0, [1, 2]), ("n", 1, [])])
def test_on_a_terminal_is_asked(
    on_terminal: Any, lineage: Store, answer: str, code: int, numbers: list[int]
) -> None:
    screen = on_terminal("gc", "--keep", "2", keys=f"{answer}\n")
    assert screen.code == code
    assert "Remove 2 bodies, 44 bytes?" in screen.text
    assert gone(lineage) == numbers


def test_younger_versions_are_kept(run: Any, lineage: Store) -> None:
    lineage.add(make_record(number=5, created=now() - timedelta(days=3)))
    lineage.add(make_record(number=6, created=now() - timedelta(days=1)))
    assert run("gc", "--older-than", "4d", "--yes").exit_code == 0
    assert gone(lineage) == [1, 2, 3, 4]


@pytest.mark.parametrize("wrong", [("--keep", "0"), ("--older-than", "90"), ("--keep", "all")])
def test_what_is_no_rule_is_refused(run: Any, lineage: Store, wrong: tuple[str, str]) -> None:
    assert run("gc", *wrong, "--yes").exit_code == 2
    assert gone(lineage) == []


def test_only_keys_that_fit_lose_bodies(run: Any, lineage: Store) -> None:
    run("gc", "--keep", "1", "--key", "gain-*", "--yes")
    assert gone(lineage) == []
    run("gc", "--keep", "1", "--key", "lo*", "--yes")
    assert gone(lineage) == [1, 2, 3]


def test_versions_without_a_key_are_named_to_lose_bodies(run: Any, project: Store) -> None:
    for number in (1, 2):
        project.add(make_record(key=None, number=number))
    assert "Removed 0 bodies" in run("gc", "--keep", "1", "--yes").stdout
    assert "Removed 1 body" in run("gc", "--keep", "1", "--key", "_keyless", "--yes").stdout


def test_policy_of_the_project_decides(run: Any, lineage: Store, tmp_path: Path) -> None:
    policy(tmp_path, keep=3)
    assert "Removed 1 body" in run("gc", "--yes").stdout
    assert gone(lineage) == [1]


def test_rule_for_a_key_comes_before_that_for_all(run: Any, lineage: Store, tmp_path: Path) -> None:
    policy(tmp_path, keep=3, keys={"lo*": {"keep": 1, "older_than": "1d"}})
    run("gc", "--yes")
    assert gone(lineage) == [1, 2, 3]


def test_options_take_the_place_of_the_policy(run: Any, lineage: Store, tmp_path: Path) -> None:
    policy(tmp_path, keep=1)
    run("gc", "--keep", "3", "--yes")
    assert gone(lineage) == [1]


def test_policy_is_not_that_of_another_folder_of_records(
    run: Any, lineage: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(tmp_path, keep=1)
    monkeypatch.setenv("ARTIFOLIO_DIR", str(tmp_path / "other"))
    result = run("gc", "--yes")
    assert result.exit_code == 1
    assert "say --keep or --older-than" in result.stderr


def test_policy_that_is_none_is_refused(run: Any, lineage: Store, tmp_path: Path) -> None:
    policy(tmp_path, kep=1)
    assert run("gc", "--yes").exit_code == 1
    assert gone(lineage) == []


def test_bodies_that_must_stay_are_told(run: Any, project: Store) -> None:
    project.add(make_record(Progress(10.0), number=1, updated=now()))
    project.add(make_record(Progress(20.0), number=2))
    result = run("gc", "--keep", "1", "--yes")
    assert result.exit_code == 0
    assert "Left: loss/20260801T120100123Z-000000000001.yaml: a progress" in result.stderr
    assert gone(project) == []


def test_attachments_that_a_crash_left_are_removed(run: Any, project: Store) -> None:
    record = make_record(Image(attachment=make_attachment()))
    put_retired(project, record, PNG)
    left = put(project, record.header.path.replace(".yaml", ".png"), PNG)
    assert "attachment without its body" in run("gc", "--dry-run").stderr
    assert f"Removed 1 attachment without its body, {len(PNG)} bytes" in run("gc").stdout
    assert not left.exists()


def test_inspect_and_ls_tell_of_a_body_that_is_gone(run: Any, lineage: Store) -> None:
    run("gc", "--keep", "1", "--yes")
    (found,) = json.loads(run("inspect", "loss", "--version", "1", "-o", "json").stdout)
    assert (found["data"], found["retired"]["size"]) == (None, 22)
    assert "Retention removed the body" in run("inspect", "loss", "--version", "1").stdout
    assert len(json.loads(run("ls", "--all", "-o", "json").stdout)) == 4


def test_trend_keeps_its_points(run: Any, project: Store) -> None:
    for number in (1, 2, 3):
        put_record(project, make_record(number=number, metadata={"acres": number}))
    before = run("trend", "loss", "-o", "csv").stdout
    run("gc", "--keep", "1", "--yes")
    assert run("trend", "loss", "-o", "csv").stdout == before


def test_diff_says_that_a_body_is_gone(run: Any, lineage: Store) -> None:
    run("gc", "--keep", "2", "--yes")
    assert "the body of v1 is gone" in run("diff", "loss", "1", "4").stdout
    assert "the bodies of v1 and v2 are gone" in run("diff", "loss", "1", "2", "-o", "md").stdout
    assert "unchanged" in run("diff", "loss", "2", "3").stdout
    assert "the body of v2 is gone" in run("diff", "loss", "2", "4", "-o", "html").stdout


def test_version_without_a_body_is_exported(run: Any, lineage: Store) -> None:
    run("gc", "--keep", "1", "--yes")
    result = run("export", "loss", "--version", "1", "--html", "-o", "-")
    assert result.exit_code == 0
    assert "was removed by the project" in result.stdout
