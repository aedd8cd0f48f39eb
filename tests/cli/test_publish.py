from __future__ import annotations

import re
from typing import Any

import pytest

from publishing.clones import Clone, Remote


@pytest.fixture
def remote(tmp_path: Any) -> Remote:
    return Remote(tmp_path)


@pytest.fixture
def clone(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> Clone:
    clone = remote.clone("clone")
    monkeypatch.chdir(clone.folder)
    return clone


def test_what_was_committed_and_pushed_is_said(run: Any, remote: Remote, clone: Clone) -> None:
    clone.add()
    result = run("publish")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"Committed 1 version of loss to main ({remote.tip()[:12]})\nPushed to origin/main\n"
    )


def test_nothing_to_publish_is_said(run: Any, clone: Clone) -> None:
    assert run("publish").stdout == "Nothing to publish\n"


def test_a_dry_run_lists_what_would_be_committed(run: Any, remote: Remote, clone: Clone) -> None:
    path = clone.add()
    before = remote.tip()
    result = run("publish", "--dry-run")
    assert result.stdout == f"CHANGE\tPATH\nnew\tloss/.keep\nnew\t{path}\n"
    assert result.stderr == "Would publish 1 version of loss to main\n"
    assert remote.tip() == before


def test_message_branch_and_remote_are_taken(run: Any, remote: Remote, clone: Clone) -> None:
    clone.add()
    result = run("publish", "-m", "Nightly", "--branch", "data", "--remote", "origin")
    assert result.stdout.endswith("Pushed to origin/data\n")
    assert remote.git("log", "--format=%s", "data") == "Nightly"


def test_without_a_push_none_is_said(run: Any, clone: Clone) -> None:
    clone.add()
    assert re.fullmatch(
        r"Committed 1 version of loss to main \(.{12}\)\n", run("publish", "--no-push").stdout
    )


def test_a_record_that_was_left_out_fails_it_after_the_others_have_landed(
    run: Any, remote: Remote, clone: Clone
) -> None:
    path = clone.add()
    (clone.store.root / "loss" / "a\x1b.yaml").write_text("x")
    result = run("publish")
    assert result.exit_code == 1
    assert "Left out: loss/a\\x1b.yaml: " in result.stderr
    assert remote.files() == {path}


def test_many_that_were_left_out_are_counted(run: Any, clone: Clone) -> None:
    clone.add()
    for number in range(25):
        (clone.store.root / "loss" / f"{number:02}.yaml").write_text("x")
    lines = run("publish").stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "Left out: 5 more; see 'artifolio check'"


def test_ignored_records_are_counted(run: Any, clone: Clone) -> None:
    clone.add("debug")
    (clone.folder / ".gitignore").write_text("/artifacts/debug/\n")
    result = run("publish")
    assert result.stdout == "Nothing to publish\n"
    assert result.stderr == "Left out, for .gitignore names them: 1 record\n"


def test_what_others_have_done_and_could_not_come_here_is_said(
    run: Any, remote: Remote, clone: Clone
) -> None:
    remote.let_others_push("site_name: theirs\n")
    (clone.folder / "mkdocs.yml").write_text("site_name: ours\n")
    clone.add()
    assert "'git pull' brings it to main here" in run("publish").stdout


def test_a_failure_is_one_line(run: Any, remote: Remote, clone: Clone) -> None:
    remote.hook("pre-receive", "echo 'GH006: Protected branch'; exit 1")
    clone.add()
    result = run("publish")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "--branch artifacts-data" in result.stderr
