from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Markdown
from samples import make_id, make_record, put, retire_in
from website.projects import tree

if TYPE_CHECKING:
    from artifolio.store import Store


@pytest.fixture
def lineage(project: Store) -> Store:
    """Three versions of one key."""
    for number in (1, 2, 3):
        project.add(make_record(Markdown(f"It fell {number}.\n"), number=number))
    return project


def pins(store: Store) -> dict[str, bytes]:
    return {path: content for path, content in tree(store.root).items() if path.endswith(".pin")}


@pytest.mark.parametrize("version", ["2", "-2", str(make_id(2)), "stable"])
def test_version_is_pinned_however_it_is_named(run: Any, lineage: Store, version: str) -> None:
    put(lineage, "loss/stable.pin", f"{make_id(2)}\n")
    result = run("pin", "loss", version, "--as", "production")
    assert (result.exit_code, result.stdout) == (0, "Pinned v2 of loss as production\n")
    assert pins(lineage)["loss/production.pin"] == f"{make_id(2)}\n".encode()


def test_name_is_moved_and_that_is_told(run: Any, lineage: Store) -> None:
    run("pin", "loss", "1", "--as", "production")
    result = run("pin", "loss", "latest", "--as", "production")
    assert result.stdout == "Pinned v3 of loss as production (was v1)\n"
    assert len(pins(lineage)) == 1


@pytest.mark.parametrize("name", ["latest", "5", "beef", "../x", "A"])
def test_what_is_no_name_is_refused(run: Any, lineage: Store, name: str) -> None:
    assert run("pin", "loss", "1", "--as", name).exit_code == 2
    assert run("unpin", "loss", name).exit_code == 2
    assert pins(lineage) == {}


@pytest.mark.parametrize("arguments", [("gain", "1"), ("loss", "9"), ("loss", "golden")])
def test_what_is_not_there_is_not_pinned(run: Any, lineage: Store, arguments: Any) -> None:
    assert run("pin", *arguments, "--as", "production").exit_code == 3
    assert pins(lineage) == {}


def test_version_without_a_body_is_not_pinned(run: Any, lineage: Store) -> None:
    retire_in(lineage, make_record(number=1).header.path)
    result = run("pin", "loss", "1", "--as", "production")
    assert result.exit_code == 1
    assert "has no body any more" in result.stderr


def test_name_is_taken_away(run: Any, lineage: Store) -> None:
    run("pin", "loss", "1", "--as", "production")
    assert run("unpin", "loss", "production").stdout == "Unpinned production of loss\n"
    assert pins(lineage) == {}
    assert run("unpin", "loss", "production").exit_code == 3


def test_name_that_is_broken_is_taken_away(run: Any, lineage: Store) -> None:
    put(lineage, "loss/production.pin", "<<<<<<< HEAD\n")
    assert run("unpin", "loss", "production").exit_code == 0
    assert run("check").exit_code == 0


@pytest.mark.parametrize(("name", "number"), [("production", 2), ("latest", 3)])
def test_names_stand_for_versions_in_every_command(
    run: Any, lineage: Store, name: str, number: int
) -> None:
    run("pin", "loss", "2", "--as", "production")
    (found,) = json.loads(run("inspect", "loss", "--version", name, "-o", "json").stdout)
    assert found["version"] == number
    assert f"loss v1 → v{number}" in run("diff", "loss", "1", name).stdout
    exported = run("export", "loss", "--version", name, "--html", "-o", "-").stdout
    assert f"It fell {number}." in exported


def test_names_are_shown(run: Any, lineage: Store) -> None:
    run("pin", "loss", "2", "--as", "production")
    assert "production v2" in run("ls").stdout
    assert "v2 of 3 · production · markdown" in run("inspect", "loss").stdout
    versions = json.loads(run("inspect", "loss", "-o", "json").stdout)
    assert [version.get("pins") for version in versions] == [None, ["production"], None]
    rows = [line.split("\t") for line in run("ls", "--all").stdout.splitlines()]
    assert [row[7] for row in rows] == ["PINS", "", "production", ""]


def test_pinned_version_keeps_its_body(run: Any, lineage: Store) -> None:
    run("pin", "loss", "1", "--as", "production")
    assert "Removed 1 body" in run("gc", "--keep", "1", "--yes").stdout
    assert [entry.is_retired for entry in lineage.scan("loss").entries] == [False, True, False]


@pytest.mark.parametrize("content", ["", f"{make_id(9)}\n"])
def test_key_with_a_broken_name_keeps_all_its_bodies(
    run: Any, lineage: Store, content: str
) -> None:
    put(lineage, "loss/production.pin", content)
    result = run("gc", "--keep", "1", "--yes")
    assert "Removed 0 bodies" in result.stdout
    assert "Left: all of loss, for loss/production.pin" in result.stderr


def test_deleted_version_takes_its_names_with_it(run: Any, lineage: Store) -> None:
    run("pin", "loss", "1", "--as", "production")
    result = run("delete", "--id", str(make_id(1)), "--yes")
    assert "v1 is pinned as production." in result.stderr
    assert pins(lineage) == {}
    assert run("check").exit_code == 0


def test_names_on_two_branches_meet_without_conflict_unless_both_move_one(
    run: Any, lineage: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "Somebody")
    for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "somebody@example.org")

    def git(*arguments: str) -> int:
        return subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True).returncode

    def commit(branch: str, version: str, name: str) -> None:
        git("checkout", "-q", branch)
        run("pin", "loss", version, "--as", name)
        git("add", "-A")
        git("commit", "-qm", name)

    git("init", "-q", "-b", "main")
    commit("main", "1", "production")
    git("branch", "other")
    commit("main", "2", "stable")
    commit("other", "3", "golden")
    assert git("merge", "-q", "--no-edit", "main") == 0
    git("branch", "third")
    commit("other", "2", "production")
    commit("third", "3", "production")
    assert git("merge", "-q", "--no-edit", "other") == 1
    assert "conflict markers" in run("check").stdout


def test_broken_name_hides_no_version(run: Any, lineage: Store) -> None:
    put(lineage, "loss/production.pin", "x")
    assert run("inspect", "loss").exit_code == 0
    assert run("diff", "loss").exit_code == 0
    assert run("diff", "loss", "1", "production").exit_code == 3
    assert run("check").exit_code == 1
