from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from histories import Published
from payloads import payloads
from samples import make_id

ID = str(make_id(1))


@pytest.fixture
def repository(tmp_path: Path) -> Published:
    """A project in the working directory: one version that stayed, one that was deleted."""
    repository = Published(tmp_path)
    (tmp_path / ".gitignore").write_text("/home/\n")
    (tmp_path / "mkdocs.yml").touch()
    repository.add(1)
    repository.save("Publish loss", "Ada")
    gone = repository.add(2, "gain")
    repository.save("Publish gain", "Grace")
    repository.file(gone).unlink()
    repository.save("Delete gain", "Alan")
    return repository


def objects(run: Any, *arguments: str) -> list[dict[str, Any]]:
    result = run("log", "-o", "json", *arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_all_that_was_done_is_told_newest_first(run: Any, repository: Published) -> None:
    result = run("log")
    assert (result.exit_code, result.stderr) == (0, "")
    heading, *rows = (line.split("\t") for line in result.stdout.splitlines())
    assert heading == "WHEN WHAT KEY VERSION ID AUTHOR COMMIT SUBJECT".split()
    commits = repository.git("log", "--format=%H").split()
    assert [row[0] for row in rows] == [
        "2023-11-15T01:13:20.000Z",
        "2023-11-15T00:13:20.000Z",
        "2023-11-14T23:13:20.000Z",
    ]
    assert [row[1:] for row in rows] == [
        ["deleted", "gain", "", "000000000002", "Alan", commits[0], "Delete gain"],
        ["published", "gain", "", "000000000002", "Grace", commits[1], "Publish gain"],
        ["published", "loss", "1", ID, "Ada", commits[2], "Publish loss"],
    ]


def test_programs_get_the_same_as_json(run: Any, repository: Published) -> None:
    deleted, *_ = objects(run, "gain")
    commit = repository.git("rev-parse", "HEAD")
    path = "gain/20260801T120200123Z-000000000002.yaml"
    assert deleted == {
        "what": "deleted",
        "key": "gain",
        "id": None,
        "id_end": "000000000002",
        "version": None,
        "path": path,
        "files": [Path(path).name],
        "commit": commit,
        "author": "Alan",
        "time": "2023-11-15T01:13:20.000Z",
        "subject": "Delete gain",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("loss", ["published"]),
        ("gain", ["deleted", "published"]),
        (ID, ["published"]),
        ("019ab0d6-6f3b-7c1e-9d7a-000000000002", ["deleted", "published"]),
        ("000000000002", ["deleted", "published"]),
    ],
)
def test_one_key_or_version_may_be_named(
    run: Any, repository: Published, name: str, expected: list[str]
) -> None:
    assert [deed["what"] for deed in objects(run, name)] == expected


def test_a_key_that_looks_like_an_id_is_a_key(run: Any, repository: Published) -> None:
    gone = repository.add(3, "beef")
    repository.save("Publish")
    repository.file(gone).unlink()
    assert [deed["key"] for deed in objects(run, "beef")] == ["beef", "beef"]


def test_what_is_not_committed_is_shown_as_such(run: Any, repository: Published) -> None:
    repository.add(3)
    newest, *_ = objects(run)
    assert (newest["what"], newest["version"], newest["commit"]) == ("published", 2, None)
    assert "not committed" in run("log", "loss").stdout.splitlines()[1]


def test_before_the_first_commit_all_is_uncommitted(run: Any, tmp_path: Path) -> None:
    Published(tmp_path).add(1)
    assert [deed["commit"] for deed in objects(run)] == [None]


def test_limit_tells_the_newest(run: Any, repository: Published) -> None:
    assert [deed["what"] for deed in objects(run, "--limit", "1")] == ["deleted"]


def test_another_branch_may_be_asked(run: Any, repository: Published) -> None:
    repository.git("branch", "artifacts-data", "HEAD~1")
    assert [deed["what"] for deed in objects(run, "gain", "--branch", "artifacts-data")] == [
        "deleted",
        "published",
    ]
    assert objects(run, "gain", "--branch", "artifacts-data")[0]["commit"] is None


def test_a_branch_that_is_not_there_is_not_found(run: Any, repository: Published) -> None:
    assert run("log", "--branch", "nothing").exit_code == 3


@pytest.mark.parametrize("payload", payloads("git"), ids=str)
def test_hostile_names_are_refused(
    run: Any, repository: Published, payload: Any, tmp_path: Path
) -> None:
    assert run("log", "--branch", payload.text).exit_code in (1, 2, 3)
    assert run("log", "--", payload.text).exit_code in (1, 2, 3)
    assert not list(tmp_path.rglob("PWNED"))


def test_what_was_never_published_is_not_found(run: Any, repository: Published) -> None:
    result = run("log", "nothing")
    assert result.exit_code == 3
    assert result.stderr == (
        "Error: artifact or version 'nothing' not found; "
        "see 'artifolio log' and 'artifolio ls --all'\n"
    )


def test_outside_of_a_repository_git_says_so(run: Any, project: Any) -> None:
    result = run("log")
    assert result.exit_code == 1
    assert "not a git repository" in result.stderr


def test_a_shallow_clone_says_what_it_does_not_know(
    run: Any, repository: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = repository.copy(tmp_path / "home" / "shallow", "--depth=1")
    monkeypatch.chdir(clone.folder)
    result = run("log")
    assert "published earlier\tloss\t1" in result.stdout
    assert "Ada" not in result.stdout
    assert result.stderr == (
        "Not all is told: this clone is shallow, 'git fetch --unshallow' brings its older history\n"
    )
    (deed,) = objects(run)
    assert (deed["what"], deed["author"], deed["time"]) == ("earlier", None, None)
    assert "git fetch --unshallow" in run("log", "gain").stderr


def test_nothing_of_a_commit_steers_a_terminal(on_terminal: Any, repository: Published) -> None:
    repository.add(3)
    repository.save("\x1b[31mred\x07", "\x1b[2J\x9b31mMallory")
    screen = on_terminal("log", NO_COLOR="1", columns=200)
    assert screen.code == 0
    assert "\x1b" not in screen.text
    assert "\x9b" not in screen.text
    assert "Mallory" in screen.text


def test_a_terminal_shows_it_in_short(on_terminal: Any, repository: Published) -> None:
    screen = on_terminal("log", "loss", columns=100)
    assert "ago" in screen.text
    assert repository.git("rev-parse", "HEAD~2")[:7] in screen.text
    assert ID not in screen.text


@pytest.mark.parametrize("count", [1, 30])
def test_as_many_processes_whatever_the_number_of_records(
    run: Any, repository: Published, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    numbers = range(3, 3 + count)
    records = [repository.add(number, f"key-{number}") for number in numbers]
    repository.save("Many")
    repository.file(records[0]).unlink()
    started: list[list[str]] = []
    start = subprocess.Popen

    def note(command: list[str], *rest: Any, **named: Any) -> Any:
        started.append(command)
        return start(command, *rest, **named)

    monkeypatch.setattr(subprocess, "Popen", note)
    assert run("log").exit_code == 0
    assert sum("log" in command for command in started) == 1
    assert len(started) == 3
