"""Indexes of git: the user's own, and others in which commits are made without touching it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.publishing.git import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from artifolio.publishing.git import Git

LOCKED_SECONDS = 30.0
"""How long somebody else may keep an index locked."""


@dataclass(frozen=True)
class Change:
    """One file that a commit adds, changes or removes."""

    status: str
    """``A``, ``M`` or ``D``, as git says it."""
    path: str
    """Below ``artifacts/``."""


@dataclass(frozen=True)
class Index:
    """One index; paths are those below the folder that its git runs in."""

    git: Git
    path: Path | None = None
    """None is the user's own."""

    @property
    def environ(self) -> dict[str, str]:
        """What tells git to use this index."""
        return {} if self.path is None else {"GIT_INDEX_FILE": os.fspath(self.path)}

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run a command of git on this index."""
        return self.git.run(*arguments, given=given, environ=self.environ)

    def read(self, tree: str | None) -> None:
        """Put a tree in place of all that it holds; what it knows of equal files stays."""
        if tree is None:
            self.run("read-tree", "--empty")
        else:
            self.run("read-tree", "--reset", tree)

    def take_up(self, paths: Iterable[str]) -> None:
        """Make files as they are in the work tree; those that are gone there go here.

        Filters are applied, as ``git add`` does. An index that is locked is waited for.

        Raises:
            GitError: If it cannot be done.
        """
        given = b"".join(os.fsencode(path) + b"\0" for path in paths)
        if not given:
            return
        until = time.monotonic() + LOCKED_SECONDS
        while True:
            try:
                self.run(
                    *("update-index", "-z", "--add", "--remove", "--replace", "--stdin"),
                    given=given,
                )
            except GitError as error:
                if "index.lock" not in error.said or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - keeps no secret
            else:
                return

    def write(self) -> str:
        """Write it as a tree, and return that tree's id."""
        return self.run("write-tree").decode().strip()

    def changes(self, tree: str) -> tuple[Change, ...]:
        """Tell in what it differs from a tree, below ``artifacts/``."""
        told = self.run(
            *("diff-index", "--cached", "--no-renames", "--relative", "--name-status", "-z"),
            *("--ignore-submodules=all", tree, "--", "."),
        )
        parts = [os.fsdecode(part) for part in told.split(b"\0")[:-1]]
        return tuple(map(Change, parts[::2], parts[1::2]))


def copy_index(source: Path, copy: Path) -> bool:
    """Copy an index with the time of its last change, by which git knows what is newer.

    Returns:
        Whether there was one.
    """
    with contextlib.suppress(FileNotFoundError):
        with source.open("rb") as old, copy.open("wb") as new:
            status = os.fstat(old.fileno())
            shutil.copyfileobj(old, new, 1 << 20)
        os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
        return True
    return False
