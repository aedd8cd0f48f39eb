"""Real git repositories, commit by commit, with times of their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

START = 1_700_000_000


class Repository:
    """A repository whose commits are an hour apart and hold nothing."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._number = 0
        self.git("init", "-q", "-b", "main", *options)
        self.tree = self.git("hash-object", "-t", "tree", "-w", "--stdin")

    def git(self, *arguments: str, content: bytes = b"", **environ: str) -> str:
        """Run git and return what it says."""
        done = subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments],
            cwd=self.folder,
            env={**os.environ, **environ},
            input=content,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def commit(
        self,
        *parents: str,
        subject: str | bytes | None = None,
        moment: int | None = None,
        author: str = "Ada Lovelace",
        branch: str = "main",
    ) -> str:
        """Make a commit, put a branch on it, and return its id."""
        self._number += 1
        time = START + 3600 * self._number if moment is None else moment
        text = f"Commit {self._number}" if subject is None else subject
        content = text if isinstance(text, bytes) else text.encode()
        heads = [argument for parent in parents for argument in ("-p", parent)]
        commit = self.git(
            *("commit-tree", self.tree, *heads),
            content=content,
            GIT_AUTHOR_NAME=author,
            GIT_AUTHOR_EMAIL="ada@example.org",
            GIT_AUTHOR_DATE=f"{time} +0200",
            GIT_COMMITTER_DATE=f"{time} +0200",
        )
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def chain(self, count: int, *parents: str, branch: str = "main") -> list[str]:
        """Make commits one after another, and return their ids, oldest first."""
        made: list[str] = []
        for _ in range(count):
            made.append(self.commit(*(made[-1:] or parents), branch=branch))
        return made

    def raw(self, content: bytes) -> str:
        """Write a commit as it stands, whatever git would say to it."""
        return self.git(
            *("hash-object", "-t", "commit", "-w", "--literally", "--stdin"), content=content
        )

    def counts(self, old: str, new: str) -> tuple[int, int]:
        """Return what git says: how many commits only the new one has, and only the old one."""
        counts = self.git("rev-list", "--left-right", "--count", f"{old}...{new}").split()
        return int(counts[1]), int(counts[0])

    def clone(self, folder: Path, *options: str) -> Repository:
        """Return a copy that was fetched as if over the network."""
        self.git("clone", "-q", *options, f"file://{self.folder}", str(folder))
        copy = Repository.__new__(Repository)
        copy.folder, copy._number, copy.tree = folder, self._number, self.tree
        return copy
