"""What was found out of commits, remembered between processes."""

from __future__ import annotations

import json
import os
from hashlib import blake2b, sha256
from itertools import islice
from typing import TYPE_CHECKING

from artifolio.cachefile import CacheFile
from artifolio.commits import Commit
from artifolio.ranges import Between

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from artifolio.ranges import Pair

# To be raised when a row comes to mean something else.
_VERSION = 1
_TABLES = {"facts": ("name", "value", "seal")}
# From so many rows on the file is begun anew: nothing is ever taken out of it.
_MOST_ROWS = 500_000
# So much is kept from one refresh to the next.
_KEPT = 2_000
_AT_ONCE = 500


class Chronicle:
    """Keeps commits and what lies between them, in memory and in a file of the user's cache folder.

    Args:
        folder: The folder that they are asked for; each has a file of its own.
        cache: The cache folder; None remembers nothing.
    """

    def __init__(self, folder: Path, cache: Path | None) -> None:
        self._file: CacheFile | None = None
        if cache is not None:
            name = sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
            self._file = CacheFile(cache / f"history-{name}.sqlite", _VERSION, _TABLES)
        self._commits: dict[str, Commit] = {}
        self._pairs: dict[Pair, Between] = {}

    def __contains__(self, name: str | Pair) -> bool:
        return name in (self._commits if isinstance(name, str) else self._pairs)

    def commit(self, name: str) -> Commit | None:
        """Return a commit that is in memory."""
        return self._commits.get(name)

    def between(self, pair: Pair) -> Between | None:
        """Return what lies between two commits, if it is in memory."""
        return self._pairs.get(pair)

    def load(self, wanted: Iterable[str | Pair]) -> None:
        """Read from the file what is not in memory."""
        names = [_row_name(name) for name in wanted if name not in self]
        rows = self._select(names)
        pairs = {name: json.loads(value) for name, value in rows.items() if ".." in name}
        shown = {name for *_, newest in pairs.values() for name in newest} - self._commits.keys()
        rows |= self._select(shown - rows.keys())
        for name, value in rows.items():
            if ".." not in name:
                self._commits[name] = Commit(name, *json.loads(value))
        for name, (here, there, is_far, newest) in pairs.items():
            if self._commits.keys() >= set(newest):
                old, _, new = name.partition("..")
                commits = tuple(self._commits[name] for name in newest)
                self._pairs[old, new] = Between(here, there, commits, is_far)

    def add(self, commits: Iterable[Commit], pairs: Mapping[Pair, Between]) -> None:
        """Note what was found."""
        found = {commit.id: commit for commit in commits}
        found |= {commit.id: commit for between in pairs.values() for commit in between.newest}
        # Their parents are of no use, and there may be many.
        bare = {
            name: Commit(name, commit.author, commit.authored, commit.subject)
            for name, commit in found.items()
        }
        self._commits |= bare
        for pair, far in pairs.items():
            newest = tuple(self._commits[commit.id] for commit in far.newest)
            self._pairs[pair] = Between(far.here, far.there, newest, far.is_far)
        rows = [(name, json.dumps([c.author, c.authored, c.subject])) for name, c in bare.items()]
        rows += [
            (
                _row_name(pair),
                json.dumps([far.here, far.there, far.is_far, [c.id for c in far.newest]]),
            )
            for pair, far in pairs.items()
        ]
        if self._file is not None and rows:
            self._insert(rows)

    def trim(self) -> None:
        """Forget what is in the file as well, if it is much."""
        if len(self._commits) + len(self._pairs) > _KEPT:
            self._commits, self._pairs = {}, {}

    def _select(self, names: Iterable[str]) -> dict[str, str]:
        names = list(names)
        if self._file is None or not names or not self._file.path.exists():
            return {}

        def select(database: sqlite3.Connection) -> list[tuple[object, object, object]]:
            rows: list[tuple[object, object, object]] = []
            left = iter(names)
            while part := list(islice(left, _AT_ONCE)):
                marks = ", ".join("?" * len(part))
                rows += database.execute(
                    f"SELECT name, value, seal FROM facts WHERE name IN ({marks})",  # noqa: S608
                    part,
                )
            return rows

        return {
            name: value
            for name, value, seal in self._file.attempt(select) or ()
            if isinstance(name, str) and isinstance(value, str) and seal == _seal(name, value)
        }

    def _insert(self, rows: Sequence[tuple[str, str]]) -> None:
        def insert(database: sqlite3.Connection) -> None:
            database.execute("BEGIN IMMEDIATE")
            (last,) = database.execute("SELECT max(rowid) FROM facts").fetchone()
            if (last or 0) > _MOST_ROWS:
                database.execute("DELETE FROM facts")
            database.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)",
                ((name, value, _seal(name, value)) for name, value in rows),
            )
            database.execute("COMMIT")

        if self._file is not None:
            self._file.attempt(insert)


def _row_name(name: str | Pair) -> str:
    return name if isinstance(name, str) else "..".join(name)


def _seal(name: str, value: str) -> bytes:
    """Return the checksum of a row."""
    return blake2b(f"{name} {value}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
