"""A git repository with many branches that publish, and one that renames what it publishes."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.bodies import Markdown
from artifolio.publishing.scaffold import lay_down
from artifolio.records import dump_record
from artifolio.store import KEEP, Store
from samples import make_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from artifolio.records import Record

BRANCHES = 20
ADDED = 200
"""How many records each branch adds."""
OLD, NEW, OTHERS = "loss", "training-loss", ("cities", "plot", "sales")
"""The first branch deletes all of an old key and publishes under a new one; all the others
publish under the old one and some more."""

_COMMITTER = "committer A <a@example.org> 1785585600 +0000"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}
"""Of a git whose user has a name, and which nothing on this machine sets up otherwise."""


@dataclass(frozen=True)
class Merged:
    """What merging all branches came to."""

    conflicts: tuple[str, ...]
    """What git said of the first merge that did not go through; empty if all did."""
    files: frozenset[str]
    """What is in ``artifacts/`` if they did: mode, content's id and path of each file."""


class Repository:
    """A ``base`` that has records already, and branches ``b0``, ``b1`` … from there.

    Args:
        folder: Where to make it.
        keep: Whether the folders of keys hold ``.keep``, as the store makes them.
    """

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self.folder = folder
        lay_down(folder)
        store = Store(folder / "artifacts")
        old = [_record(OLD, BRANCHES, number) for number in range(50)]
        others = [_record(OTHERS[number % 3], BRANCHES, number) for number in range(50, 65)]
        for record in (*old, *others):
            store.add(record)
        if not keep:
            for path in store.root.rglob(KEEP):
                path.unlink()
        self.git("init", "-q", "-b", "main")
        # It would go on in the background when the test is over.
        self.git("config", "gc.auto", "0")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Base")
        self.git("tag", "base")
        stream = "".join(line for branch in range(BRANCHES) for line in _commit(branch, old, keep))
        self.git("fast-import", "--quiet", text=stream)

    def merge(self, order: Iterable[int]) -> Merged:
        """Merge the branches into the base, one after the other."""
        self._start("merged", "base")
        for branch in order:
            if conflicts := self._try("merge", "--no-edit", "--no-stat", f"b{branch}"):
                return Merged(conflicts, frozenset())
        return Merged((), self.files())

    def merge_in_pairs(self) -> Merged:
        """Merge every two branches, and every two that come of it, until one is left."""
        waiting = [f"b{branch}" for branch in range(BRANCHES)]
        for number in range(1, BRANCHES):
            one, other, *others = waiting
            self._start(f"pair-{number}", one)
            if conflicts := self._try("merge", "--no-edit", "--no-stat", other):
                return Merged(conflicts, frozenset())
            waiting = [*others, f"pair-{number}"]
        return Merged((), self.files())

    def rebase(self, order: Iterable[int]) -> Merged:
        """Put one branch on top of the other, as ``git pull --rebase`` does."""
        self._start("rebased", "base")
        for branch in order:
            self._start("tip", f"b{branch}")
            if conflicts := self._try("rebase", "rebased"):
                return Merged(conflicts, frozenset())
            self._start("rebased", "tip")
        return Merged((), self.files())

    def expected(self) -> frozenset[str]:
        """Return all that any branch has, without what one has deleted."""
        base = self.files("base")
        branches = [self.files(f"b{branch}") for branch in range(BRANCHES)]
        return base.union(*branches) - frozenset().union(*(base - files for files in branches))

    def files(self, name: str = "HEAD") -> frozenset[str]:
        """Return the lines of git's list of ``artifacts/``."""
        return frozenset(self.git("ls-tree", "-r", name, "artifacts/").splitlines())

    def git(self, *arguments: str, text: str = "") -> str:
        """Run git and return what it says.

        Raises:
            subprocess.CalledProcessError: If it fails.
        """
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=ENVIRONMENT,
            input=text,
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        return done.stdout

    def _start(self, name: str, at: str) -> None:
        self.git("checkout", "-q", "-f", "-B", name, at)

    def _try(self, command: str, *arguments: str) -> tuple[str, ...]:
        """Merge or rebase, and return the conflicts, after which all is as before."""
        try:
            self.git(command, *arguments)
        except subprocess.CalledProcessError as error:
            self.git(command, "--abort")
            said: str = error.stdout
            return tuple(line for line in said.splitlines() if line.startswith("CONFLICT"))
        return ()


def _commit(branch: int, old: list[Record], keep: bool) -> Iterator[str]:
    """Give one branch in the words of ``git fast-import``."""
    yield f"commit refs/heads/b{branch}\n{_COMMITTER}\n"
    yield "data 7\nPublish\nfrom refs/tags/base\n"
    keys = (NEW, *OTHERS) if branch == 0 else (OLD, *OTHERS, f"key-{branch}")
    if branch == 0:
        for record in old:
            yield f"D artifacts/{record.header.path}\n"
    if keep:
        for key in keys:
            yield f"M 100644 inline artifacts/{key}/{KEEP}\ndata 0\n\n"
    for number in range(ADDED):
        record = _record(keys[number % len(keys)], branch, number)
        text = dump_record(record)
        yield f"M 100644 inline artifacts/{record.header.path}\n"
        yield f"data {len(text.encode())}\n{text}\n"


def _record(key: str, branch: int, number: int) -> Record:
    # Like one another, as nightly reports are: git takes one for the other, renamed.
    report = f"# Night {number} of {branch}\n\n" + "".join(f"- Shop {n} sold.\n" for n in range(30))
    return make_record(Markdown(report), key, branch * 1000 + number)
