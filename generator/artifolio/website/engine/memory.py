"""What an incremental build remembers of the last one."""

from __future__ import annotations

import contextlib
import json
import os
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from artifolio.cachefile import CacheFile

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from artifolio.website.sync import Identity

# To be raised when what is remembered comes to mean something else.
_VERSION = 1
_TABLES = {
    "facts": ("name", "value"),
    "outputs": ("path", "source", "stamp", "digest", "made", "more"),
}
_PACK = struct.Struct("<4Q").pack
_BITS = 0xFFFF_FFFF_FFFF_FFFF
UNKNOWN = b""
"""The stamp of no file."""


def stamp_of(identity: Identity) -> bytes:
    """Return in short what tells a file from what it was before."""
    size, modified, changed, inode = identity
    return _PACK(size, modified & _BITS, changed & _BITS, inode & _BITS)


def stamp_file(path: str) -> bytes:
    """Return the stamp of a file as it is now, or `UNKNOWN` if there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - five times faster, and called for every file
    except OSError:
        return UNKNOWN
    return stamp_of((status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))


@dataclass(slots=True)
class Output:
    """One file of the site, and what it was made from."""

    path: str
    """Below ``site_dir``, with forward slashes."""
    source: str = ""
    """Below ``docs_dir``; empty for what has none there."""
    stamp: bytes = UNKNOWN
    """Of the source, when it was read."""
    digest: str = ""
    """Of the source's content, for pages."""
    made: bytes = UNKNOWN
    """Of the file of the site, when it was written."""
    more: dict[str, Any] = field(default_factory=dict)
    """For pages: entries of the search index; for hand-written ones also what they depend on."""


@dataclass
class Memory:
    """All that is remembered of one site. Disposable: what is forgotten is made again."""

    facts: dict[str, str] = field(default_factory=dict)
    """What holds for all outputs, by name."""
    outputs: dict[str, Output] = field(default_factory=dict)
    """By path."""
    root: bytes = UNKNOWN
    """The stamp of the site's folder when this process was last done with it. While it is the
    same, what is below is taken to be as it was left."""
    seen: Mapping[str, Identity] = field(default_factory=dict)
    """The sources that this process made everything of, as they were then."""


class MemoryFile:
    """Keeps a memory between processes.

    Args:
        folder: The cache folder; None keeps nothing.
        config_file: The project's ``mkdocs.yml``.
        site_dir: Where its site is built.
    """

    def __init__(self, folder: Path | None, config_file: Path, site_dir: Path) -> None:
        self._file: CacheFile | None = None
        if folder is not None:
            places = f"{config_file.resolve()}\0{site_dir.resolve()}"
            name = sha256(os.fsencode(places)).hexdigest()[:16]
            self._file = CacheFile(folder / f"site-{name}.sqlite", _VERSION, _TABLES)

    def load(self) -> Memory:
        """Return what is remembered; nothing, where it cannot be read whole."""
        rows = self._file.attempt(_read) if self._file else None
        with contextlib.suppress(ValueError, TypeError):
            if rows is not None:
                return _to_memory(*rows)
        return Memory()

    def save(self, facts: dict[str, str], outputs: Iterable[Output], gone: Iterable[str]) -> None:
        """Remember what changed; where that cannot be, forget everything, for it may be wrong now.

        Args:
            facts: All of them.
            outputs: New and changed ones.
            gone: Paths of those that are no more.
        """

        def save(database: sqlite3.Connection) -> bool:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM facts")
            database.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
            database.executemany("DELETE FROM outputs WHERE path = ?", ((path,) for path in gone))
            database.executemany(
                "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?)", map(_to_row, outputs)
            )
            database.execute("COMMIT")
            return True

        if self._file and not self._file.attempt(save):
            self._file.discard()

    def latest(self) -> str | None:
        """Return what tells the last build from any other, of whichever process it was."""
        return self._file.attempt(_read_latest) if self._file else None

    def hold(self) -> contextlib.AbstractContextManager[None]:
        """Keep other processes from building the same site at the same time."""
        return self._file.hold() if self._file else contextlib.nullcontext()

    def forget(self) -> None:
        """Forget everything."""
        if self._file:
            self._file.discard()


def _read_latest(database: sqlite3.Connection) -> str | None:
    found = database.execute("SELECT value FROM facts WHERE name = 'build'").fetchone()
    return str(found[0]) if found else None


def _read(database: sqlite3.Connection) -> tuple[list[Any], list[Any]]:
    # In one transaction, so that both are of one build.
    database.execute("BEGIN")
    facts = database.execute("SELECT name, value FROM facts").fetchall()
    outputs = database.execute(
        "SELECT path, source, stamp, digest, made, more FROM outputs"
    ).fetchall()
    database.execute("COMMIT")
    return facts, outputs


def _to_memory(facts: list[Any], outputs: list[Any]) -> Memory:
    return Memory(
        {str(name): str(value) for name, value in facts},
        {
            path: Output(path, source, stamp, digest, made, json.loads(more) if more else {})
            for path, source, stamp, digest, made, more in outputs
        },
    )


def _to_row(output: Output) -> tuple[object, ...]:
    return (
        output.path,
        output.source,
        output.stamp,
        output.digest,
        output.made,
        json.dumps(output.more) if output.more else "",
    )
