"""What was made in ``site_src/``, remembered between processes."""

from __future__ import annotations

import json
import os
from array import array
from hashlib import blake2b, sha256
from itertools import chain
from typing import TYPE_CHECKING, Any

from artifolio.cachefile import CacheFile
from artifolio.website.units import Folder, Made

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# To be raised when a row or what it holds comes to mean something else.
_VERSION = 4
_TABLES = {
    "folders": ("folder", "units", "names", "identities", "seal"),
    "facts": ("name", "value"),
}


class Memory:
    """Keeps what was made in a file in the user's cache folder, a row for each folder of pages.

    It may be lost at any time. A row says that files which are known by their identity were made
    from inputs which are known by their fingerprint, and that stays true whatever happens. So any
    number of processes may use one file at once.

    Args:
        cache: The cache folder; None remembers nothing.
        docs_dir: MkDocs' ``docs_dir``.
        root: The folder of records.
        foundation: What all pages depend on. Rows of another one count as broken.
    """

    def __init__(self, cache: Path | None, docs_dir: Path, root: Path, foundation: bytes) -> None:
        self._file: CacheFile | None = None
        if cache is not None:
            place = b"\0".join(os.fsencode(path.resolve()) for path in (docs_dir, root))
            name = sha256(place).hexdigest()[:16]
            self._file = CacheFile(cache / f"pages-{name}.sqlite", _VERSION, _TABLES)
        self._foundation = foundation
        self._saved: dict[str, Folder | None] = {}
        """What each row holds; None where that is of no use."""
        self.stamp = ""
        """What `save` was given last, by whichever process."""
        self._token: str | None = None
        """What was saved last, by whichever process, when this one looked."""

    def load(self) -> dict[str, Folder]:
        """Return what was made, by folder."""
        rows, stamp = (self._file and self._file.attempt(_select_all)) or ((), None)
        self._saved, self._token = {}, self._latest()
        self.stamp = stamp or ""
        for folder, *parts, seal in rows:
            if isinstance(folder, bytes):
                whole = seal == self._seal(folder, parts)
                self._saved[os.fsdecode(folder)] = _unpacked(*parts) if whole else None
        return {folder: made for folder, made in self._saved.items() if made is not None}

    def is_mine(self) -> bool:
        """Tell whether no other process has made pages since this one loaded or saved."""
        return self._latest() == self._token

    def save(self, folders: Mapping[str, Folder], stamp: str = "") -> None:
        """Write the rows that are not as they were.

        Args:
            folders: All that is made.
            stamp: `History.stamp` of what is in them.
        """
        gone = [folder for folder in self._saved if folder not in folders]
        fresh = [folder for folder, made in folders.items() if self._saved.get(folder) is not made]
        if self._file is None or not (gone or fresh or stamp != self.stamp):
            return

        token = os.urandom(8).hex()

        def replace(database: sqlite3.Connection) -> bool:
            database.execute("BEGIN IMMEDIATE")
            told = [("latest", token), ("history", stamp)]
            database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", told)
            database.executemany(
                "DELETE FROM folders WHERE folder = ?", ((os.fsencode(name),) for name in gone)
            )
            database.executemany(
                "INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?)",
                (self._row(folder, folders[folder]) for folder in fresh),
            )
            database.execute("COMMIT")
            return True

        if self._file.attempt(replace):
            self._saved, self._token, self.stamp = dict(folders), token, stamp

    def _latest(self) -> str | None:
        return self._file.attempt(_select_latest) if self._file else None

    def _row(self, folder: str, made: Folder) -> tuple[bytes | None, ...]:
        name, parts = os.fsencode(folder), _packed(made)
        return (name, *parts, self._seal(name, parts))

    def _seal(self, folder: bytes, parts: Iterable[object]) -> bytes | None:
        """Return the checksum of a row; None where it is none that was written here."""
        checksum = blake2b(key=self._foundation, digest_size=16)
        for part in (folder, *parts):
            if not isinstance(part, bytes):
                return None
            checksum.update(b"%d " % len(part))
            checksum.update(part)
        return checksum.digest()


def _select(database: sqlite3.Connection) -> list[Any]:
    return database.execute("SELECT folder, units, names, identities, seal FROM folders").fetchall()


def _select_all(database: sqlite3.Connection) -> tuple[list[Any], str | None]:
    return _select(database), _select_fact(database, "history")


def _select_latest(database: sqlite3.Connection) -> str | None:
    return _select_fact(database, "latest")


def _select_fact(database: sqlite3.Connection, name: str) -> str | None:
    found = database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return str(found[0]) if found else None


def _packed(folder: Folder) -> tuple[bytes, bytes, bytes]:
    versions = [
        (
            *(made.inputs, made.token, made.files, made.run),
            *(made.problems, made.change, made.figures),
        )
        for made in folder.versions
    ]
    texts = (folder.card, folder.row, folder.line, folder.mention, folder.lacks)
    units = json.dumps([folder.inputs, versions, folder.pages, *texts])
    numbers = array("q", chain.from_iterable(folder.outputs.values()))
    return units.encode(), "/".join(folder.outputs).encode(), numbers.tobytes()


def _unpacked(units: bytes, names: bytes, identities: bytes) -> Folder:
    inputs, versions, pages, *texts = json.loads(units)
    numbers = iter(array("q", identities).tolist())
    return Folder(
        inputs,
        tuple(
            Made(inputs, token, tuple(files), run, tuple(problems), change, figures)
            for inputs, token, files, run, problems, change, figures in versions
        ),
        pages,
        dict(zip(names.decode().split("/"), zip(*[numbers] * 4, strict=True), strict=True))
        if names
        else {},
        *texts,
    )
