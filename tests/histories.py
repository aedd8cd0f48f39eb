"""Real git histories of records that were published, changed, deleted and merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.bodies import Markdown
from artifolio.store import Store
from repositories import START, Repository
from samples import make_record

if TYPE_CHECKING:
    from pathlib import Path

    from artifolio.records import Record


class Published(Repository):
    """A repository with a store in its folder ``artifacts``."""

    def __init__(self, folder: Path, *options: str) -> None:
        super().__init__(folder, *options)
        self.store = Store(folder / "artifacts")

    def add(self, number: int, key: str | None = "loss", text: str = "It fell.\n") -> Record:
        """Publish a version, without a commit."""
        record = make_record(Markdown(text), key, number)
        self.store.add(record)
        return record

    def file(self, record: Record) -> Path:
        """Return where a version's record is, or was."""
        return self.store.root / record.header.path

    def save(self, subject: str, author: str = "Ada Lovelace") -> str:
        """Commit whatever has changed, an hour after the last commit; return its id."""
        self._number += 1
        moment = f"{START + 3600 * self._number} +0200"
        self.git("add", "--all")
        self.git(
            *("commit", "-q", "--allow-empty", "-m", subject),
            GIT_AUTHOR_NAME=author,
            GIT_AUTHOR_DATE=moment,
            GIT_COMMITTER_DATE=moment,
        )
        return self.git("rev-parse", "HEAD")

    def merge(self, branch: str, *options: str, author: str = "Merger") -> str:
        """Merge a branch into what is checked out, an hour later; return the commit's id."""
        self._number += 1
        moment = f"{START + 3600 * self._number} +0200"
        self.git(
            *("merge", "-q", "--no-ff", "--no-edit", *options, branch),
            GIT_AUTHOR_NAME=author,
            GIT_AUTHOR_DATE=moment,
            GIT_COMMITTER_DATE=moment,
        )
        return self.git("rev-parse", "HEAD")

    def copy(self, folder: Path, *options: str) -> Published:
        """Return a clone that was fetched as if over the network."""
        clone = self.clone(folder, *options)
        clone.__class__ = Published
        clone.store = Store(folder / "artifacts")  # type: ignore[attr-defined]  # by now
        return clone  # type: ignore[return-value]  # by now
