"""Clones that publish to one remote at the same time, each from a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.publishing.scaffold import lay_down
from concurrency.repository import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

# In one process for each clone, for a start of Python takes longer than to publish.
_WRITER = """
import sys
from pathlib import Path
from artifolio import create_markdown_artifact
from artifolio.errors import ArtifolioError
from artifolio.publishing.publish import Options, publish
from artifolio.store import Store

name, count, branch = sys.argv[1], int(sys.argv[2]), sys.argv[3] or None
store = Store(Path.cwd() / "artifacts")
for number in range(count):
    key = "shared" if number % 2 else f"of-{name}"
    create_markdown_artifact(f"# {number} of {name}", key=key, store=store)
    try:
        done = publish(store, Options(branch=branch, seconds=300))
    except ArtifolioError as error:
        print("failed", error)
    else:
        print("landed", done.commit, done.attempts)
"""
# Refuses two of five, whatever it is sent.
_UNSURE = "#!/bin/sh\ntest $(( $(od -An -N1 -tu1 /dev/urandom) % 5 )) -ge 2\n"


@dataclass(frozen=True)
class Afterwards:
    """What came of it."""

    commits: tuple[str, ...]
    """Those of which a writer was told that they had landed."""
    failures: tuple[str, ...]
    attempts: int
    """How many pushes there were."""
    seconds: float
    records: int
    """How many there are on the remote's branch."""
    lost: tuple[str, ...]
    """Of the commits, those that the remote's branch does not hold."""
    forced: tuple[str, ...]
    """Lines of the remote's reflog that do not follow from the one before."""
    unclean: tuple[str, ...]
    """What ``git status`` says in the clones."""


def publish_at_once(
    folder: Path, clones: int, times: int, *, branch: str = "", is_unsure: bool = False
) -> Afterwards:
    """Let every clone publish so many times.

    Args:
        folder: Where to do it.
        clones: How many there are.
        times: How often each publishes one version.
        branch: Where to, if not to the one that is checked out.
        is_unsure: Whether the remote has a hook that refuses at random.
    """
    remote = folder / "remote.git"
    _make_remote(folder, remote)
    for number in range(clones):
        _git(folder, "clone", "-q", str(remote), f"clone-{number}")
    if is_unsure:
        hook = remote / "hooks" / "pre-receive"
        hook.write_text(_UNSURE)
        hook.chmod(0o755)
    start = time.perf_counter()
    with ThreadPoolExecutor(clones) as pool:
        told = list(
            pool.map(
                lambda number: _write(folder / f"clone-{number}", str(number), times, branch),
                range(clones),
            )
        )
    seconds = time.perf_counter() - start
    lines = [line.split(" ", 2) for text in told for line in text.splitlines()]
    commits = tuple(line[1] for line in lines if line[0] == "landed")
    there = set(_git(remote, "rev-list", branch or "main").split())
    paths = _git(remote, "ls-tree", "-r", "--name-only", branch or "main").splitlines()
    return Afterwards(
        commits=commits,
        failures=tuple(" ".join(line) for line in lines if line[0] != "landed"),
        attempts=sum(int(line[2]) for line in lines if line[0] == "landed"),
        seconds=seconds,
        records=sum(path.endswith(".yaml") and path.startswith("artifacts/") for path in paths),
        lost=tuple(commit for commit in commits if commit not in there),
        forced=tuple(_forced(remote, branch or "main")),
        unclean=tuple(
            _git(folder / f"clone-{number}", "status", "--short", *_tracked_only(branch))
            for number in range(clones)
        ),
    )


def _make_remote(folder: Path, remote: Path) -> None:
    _git(folder, "init", "-q", "--bare", "-b", "main", str(remote))
    _git(remote, "config", "core.logAllRefUpdates", "true")
    start = folder / "start"
    lay_down(start)
    _git(start, "init", "-q", "-b", "main")
    _git(start, "add", "-A")
    _git(start, "commit", "-q", "-m", "Start")
    _git(start, "push", "-q", str(remote), "main")


def _tracked_only(branch: str) -> list[str]:
    # Records of a branch that is not checked out are not tracked in the work tree.
    return ["--untracked-files=no"] if branch else []


def _forced(remote: Path, branch: str) -> list[str]:
    log = (remote / "logs" / "refs" / "heads" / branch).read_text().splitlines()
    moves = [line.split(" ", 2)[:2] for line in log]
    # A merge always has the remote's last commit for a parent.
    return [
        f"{old} {new}"
        for old, new in moves
        if set(old) != {"0"} and _git(remote, "merge-base", old, new).strip() != old
    ]


def _write(clone: Path, name: str, times: int, branch: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _WRITER, name, str(times), branch],
        cwd=clone,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout + "".join(f"failed {line}\n" for line in done.stderr.splitlines())


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout
