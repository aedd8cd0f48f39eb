"""Where versions are published and read back: a folder of records, or a server that has one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from artifolio.entries import Scan
from artifolio.errors import NotFoundError, RecordError
from artifolio.records import move
from artifolio.versionnames import version_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from artifolio.catalog import Lineage, Version
    from artifolio.records import Record
    from artifolio.store import Store
    from artifolio.updates import Update


@dataclass(frozen=True, slots=True)
class Placed:
    """A version that is there, and has not been read yet."""

    id: UUID
    path: str
    """The record's file, below the folder of records."""
    number: int
    """Its place in the lineage, counted from 1."""


class Place(Protocol):
    """Where versions are."""

    @property
    def name(self) -> str:
        """What tells it from other places."""

    @property
    def root(self) -> Path | None:
        """The folder of records, where it is on this machine."""

    def add(self, record: Record, contents: Sequence[bytes]) -> None:
        """Publish a version, durably, with the bytes of each of its attachments.

        Raises:
            ArtifolioError: If that cannot be done.
        """

    def mover(self, version_id: UUID) -> Callable[[Update], None]:
        """Return what moves a progress version.

        Raises:
            NotFoundError: If there is no such version.
            InvalidValueError: If it is no progress.
        """

    def lineage(self, key: str) -> Sequence[Placed]:
        """Return all versions of a key, newest first."""

    def latest(self, key: str) -> Placed | None:
        """Return the latest version of a key."""

    def named(self, key: str, name: str) -> Placed | None:
        """Return the version of a key that `artifolio.versionnames.version_named` finds."""

    def find(self, version_id: UUID) -> Placed:
        """Return a version.

        Raises:
            NotFoundError: If there is none of that id.
        """

    def read(self, placed: Placed) -> Record:
        """Read a version.

        Raises:
            RecordError: If it cannot be read.
        """


class Folder:
    """A folder of records.

    Args:
        store: The folder.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.name = str(store.root)
        self.root = store.root

    def add(self, record: Record, contents: Sequence[bytes]) -> None:
        """Write the version into the folder."""
        self._store.add(record, *contents)

    def mover(self, version_id: UUID) -> Callable[[Update], None]:
        """Return what writes another state of a progress version in its place."""
        path = self._store.find(version_id).path
        _check_moves(self._store.read(path))
        return partial(_move, self._store, path)

    def lineage(self, key: str) -> list[Placed]:
        """Return what lies in the folder of the key, newest first."""
        return [_placed(version) for version in reversed(_versions(self._store, key))]

    def latest(self, key: str) -> Placed | None:
        """Return the last of what lies in the folder of the key."""
        versions = _versions(self._store, key)
        return _placed(versions[-1]) if versions else None

    def named(self, key: str, name: str) -> Placed | None:
        """Return the version that goes by a name, of what lies in the folder of the key."""
        lineage = _lineage(self._store, key)
        if lineage is None:
            return None
        try:
            return _placed(version_named(lineage, name))
        except NotFoundError:
            return None

    def find(self, version_id: UUID) -> Placed:
        """Find a version by the names of the files."""
        entry = self._store.find(version_id)
        number = 1
        if entry.key is not None:
            ids = [version.entry.id for version in _versions(self._store, entry.key)]
            number = ids.index(str(version_id)) + 1
        return Placed(version_id, entry.path, number)

    def read(self, placed: Placed) -> Record:
        """Read the record's file."""
        return self._store.read(placed.path)


def _placed(version: Version) -> Placed:
    return Placed(version.header.id, version.entry.path, version.number)


def _versions(store: Store, key: str) -> tuple[Version, ...]:
    lineage = _lineage(store, key)
    return lineage.versions if lineage else ()


def _lineage(store: Store, key: str) -> Lineage | None:
    # Only here: who publishes and reads nothing back need not wait for it.
    from artifolio.catalog import build_catalog

    scan = store.scan(key)
    entries = tuple(entry for entry in scan.entries if entry.header.key == key)
    return build_catalog([Scan(entries, pins=scan.pins)]).lineages.get(key)


def _check_moves(record: Record) -> None:
    move(record, 0.0, record.header.created, None)


def _move(store: Store, path: str, update: Update) -> None:
    try:
        record = store.read(path)
    except RecordError:
        if not (store.root / path).exists():
            raise NotFoundError(f"version at {path}") from None
        raise
    store.replace(path, move(record, update.percent, update.moment, update.description))
