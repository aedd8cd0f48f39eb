"""The headers of a store's records, remembered between processes.

Listing a hundred thousand versions would mean to open as many files. So what was read once is
kept in a file in the user's cache folder, a row for each folder of records, and is taken from
there while path, size, time and inode of a file are the same.
"""

from __future__ import annotations

import contextlib
import os
import time
import zlib
from array import array
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any

from artifolio.cachefile import CacheFile
from artifolio.entries import Entry, Scan
from artifolio.errors import RecordError
from artifolio.folders import Listing, list_files, record_names
from artifolio.keys import KEYLESS_FOLDER
from artifolio.pins import read_pins

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from artifolio.folders import Stats
    from artifolio.store import Store

# A file may change once more without a trace while the clock of its file system stands still.
SETTLED_NANOSECONDS = 2_000_000_000
# To be raised when a row or what it holds comes to mean something else.
_VERSION = 1
_TABLES = {"folders": ("folder", "names", "stats", "orders", "texts", "checksum")}
_SELECT = "SELECT folder, names, stats, orders, texts, checksum FROM folders"


@dataclass(frozen=True, slots=True)
class _Row:
    """What is remembered of one folder: its sound records, in the order of their names."""

    names: bytes
    """File names, each closed by a slash."""
    stats: bytes
    """Size, time and inode of each, as 64-bit integers."""
    orders: bytes
    """`Entry.order` of each, one a line."""
    texts: bytes
    """`Entry.text` of each, each closed by NUL, which no header holds."""
    checksum: int

    @classmethod
    def of(cls, folder: str, entries: Mapping[str, Entry], listing: Stats) -> _Row:
        parts = (
            _joined(entries),
            _packed(listing[name] for name in entries),
            "".join(f"{entry.order}\n" for entry in entries.values()).encode(),
            b"".join(entry.text + b"\0" for entry in entries.values()),
        )
        return cls(*parts, _checksum((os.fsencode(folder), *parts)))

    def is_whole(self, folder: object) -> bool:
        """Tell whether this is what was written; a disk may fail, and a cache be another's."""
        *parts, checksum = (folder, *_parts(self))
        texts = [part for part in parts if isinstance(part, bytes)]
        return len(texts) == len(parts) and checksum == _checksum(texts)

    def entries(self, folder: str) -> dict[str, Entry]:
        key = None if folder == KEYLESS_FOLDER else folder
        names = os.fsdecode(self.names).split("/")
        orders = self.orders.decode().split("\n")
        return {
            name: Entry.remembered(f"{folder}/{name}", key, order, text)
            for name, order, text in zip(names, orders, self.texts.split(b"\0"), strict=True)
            if name
        }

    def unchanged(self, folder: str, listing: Stats) -> dict[str, Entry]:
        """Return the records that are as they were."""
        stats = array("q", self.stats).tolist()
        return {
            name: entry
            for number, (name, entry) in enumerate(self.entries(folder).items())
            if listing.get(name) == tuple(stats[3 * number : 3 * number + 3])
        }


class Index:
    """Reads the headers of a store's records, and remembers them.

    Any number of processes may use one cache at once.

    Args:
        store: The records.
        folder: The cache folder, made when it is needed; None remembers nothing.
    """

    def __init__(self, store: Store, folder: Path | None) -> None:
        self._store = store
        self._file: CacheFile | None = None
        if folder is not None:
            name = sha256(os.fsencode(store.root.resolve())).hexdigest()[:16]
            self._file = CacheFile(folder / f"headers-{name}.sqlite", _VERSION, _TABLES)

    def scans(self, folders: Iterable[str] | None = None) -> dict[str, Scan]:
        """Scan folders as `Store.scan` does, opening only the files that are new or changed.

        Args:
            folders: Their names; None means all.

        Returns:
            A scan for each folder, in order.
        """
        names = self._store.folders() if folders is None else sorted(set(folders))
        return self._scans(names, self._load(None if folders is None else names))

    def scans_naming(self, name: str) -> dict[str, Scan]:
        """Scan only the folders that can tell what a key or the start of an id stands for.

        Those are the key's folder, those that hold such an id, and all that do not have just the
        file names they had before. Only a record that was edited in its place, so that it names
        another key or id now, is overlooked.
        """
        rows = self._load(None)
        wanted = b" " + _dashed(name).encode()
        names = [
            folder
            for folder in self._store.folders()
            for row in [rows.get(folder)]
            if row is None
            or folder == name
            or wanted in row.orders
            or not self._has_names(folder, row.names)
        ]
        return self._scans(names, {folder: rows[folder] for folder in names if folder in rows})

    def _has_names(self, folder: str, names: bytes) -> bool:
        with contextlib.suppress(RecordError):
            return names == _joined(record_names(self._store.root, folder))
        return False

    def _listing(self, folder: str) -> Listing:
        with contextlib.suppress(RecordError):
            return list_files(self._store.root, folder)
        return Listing()  # the scan finds the same, and tells it

    def _scans(self, folders: Iterable[str], rows: Mapping[str, _Row]) -> dict[str, Scan]:
        settled = time.time_ns() - SETTLED_NANOSECONDS
        found: dict[str, Scan] = {}
        fresh: dict[str, _Row | None] = dict.fromkeys(rows)
        for folder in folders:
            row = rows.get(folder)
            files = self._listing(folder)
            listing = files.records
            if row and row.names == _joined(listing) and row.stats == _packed(listing.values()):
                pins = read_pins(self._store.root, folder, files.attached)
                entries = tuple(row.entries(folder).values())
                found[folder] = Scan(entries, pins.problems, pins.pins, files)
                del fresh[folder]
                continue
            known = row.unchanged(folder, listing) if row else {}
            found[folder] = replace(self._store.scan(folder, known), listing=files)
            sound = {
                name: entry
                for entry in found[folder].entries
                for name in [entry.path.rpartition("/")[2]]
                if entry.is_sound and name in listing and listing[name][1] < settled
            }
            if sound:
                fresh[folder] = _Row.of(folder, sound, listing)
        # What is left of the rows is of folders that are gone or hold nothing sound any more.
        fresh = {folder: row for folder, row in fresh.items() if row != rows.get(folder)}
        if fresh:
            self._save(fresh)
        return found

    def _load(self, folders: list[str] | None) -> dict[str, _Row]:
        def load(database: sqlite3.Connection) -> list[Any]:
            if folders is None:
                return database.execute(_SELECT).fetchall()
            wanted = map(os.fsencode, folders)
            queries = (database.execute(f"{_SELECT} WHERE folder = ?", (name,)) for name in wanted)
            return list(chain.from_iterable(queries))

        found = self._file.attempt(load) if self._file else None
        rows = [(folder, _Row(*parts)) for folder, *parts in found or ()]
        return {os.fsdecode(folder): row for folder, row in rows if row.is_whole(folder)}

    def _save(self, rows: Mapping[str, _Row | None]) -> None:
        def save(database: sqlite3.Connection) -> None:
            database.execute("BEGIN IMMEDIATE")
            for folder, row in rows.items():
                name = os.fsencode(folder)
                if row is None:
                    database.execute("DELETE FROM folders WHERE folder = ?", (name,))
                else:
                    values = (name, *_parts(row))
                    database.execute(
                        "INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?, ?)", values
                    )
            database.execute("COMMIT")

        if self._file:
            self._file.attempt(save)


def _dashed(name: str) -> str:
    """Return the start of an id as ids are written, however it was typed."""
    digits = name.lower().replace("-", "")
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return "-".join(part for part in parts if part)


def _joined(names: Iterable[str]) -> bytes:
    return os.fsencode("".join(f"{name}/" for name in names))


def _packed(stats: Iterable[tuple[int, int, int]]) -> bytes:
    return array("q", chain.from_iterable(stats)).tobytes()


def _parts(row: _Row) -> tuple[bytes, bytes, bytes, bytes, int]:
    return row.names, row.stats, row.orders, row.texts, row.checksum


def _checksum(parts: Iterable[bytes]) -> int:
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, zlib.crc32(b"%d" % len(part), checksum))
    return checksum
