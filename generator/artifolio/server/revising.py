"""Changes what people say of versions, and deletes whole artifacts, for those who ask over HTTP."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from artifolio.errors import ArtifolioError, NotFoundError, RecordError, shown
from artifolio.keys import now, to_milliseconds
from artifolio.pins import remove_pin
from artifolio.records import Record
from artifolio.retirement import Retired

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from artifolio.catalog import Version
    from artifolio.server.library import Library

ALTERED = "it was changed after it was published, which an edit would hide"


class ChangedError(ArtifolioError):
    """What somebody wants to change or delete is not any more what they saw."""


@dataclass(frozen=True)
class Words:
    """What is said of a version."""

    description: str | None
    """Markdown."""
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """What is to be said of a version."""

    has_description: bool
    description: str | None
    tags: tuple[str, ...] | None
    """None for those of before."""
    was: Words | None = None
    """What was said when somebody looked; None where that does not matter."""


class Revision:
    """Writes records.

    Args:
        library: What there is; told of what is written.
        lock: Held while one record after the other is read and written.
        clock: Gives the present moment, aware.
    """

    def __init__(
        self, library: Library, lock: threading.Lock, clock: Callable[[], datetime] = now
    ) -> None:
        self._library = library
        self._lock = lock
        self._clock = clock

    def edit(self, version_id: UUID, edit: Edit) -> None:
        """Say something else of a version; the rest of it stays as it is.

        Raises:
            NotFoundError: If there is none of that id.
            RecordError: If it cannot be read, or is not what was published.
            ChangedError: If something else is said of it by now than somebody saw.
        """
        with self._lock:
            version = self._library.find(version_id)
            record = self._library.read(version)
            header = record.header
            before = Words(header.description, header.tags)
            if edit.was is not None and edit.was != before:
                raise ChangedError("somebody else has edited this version meanwhile; look again")
            after = Words(
                edit.description if edit.has_description else before.description,
                before.tags if edit.tags is None else edit.tags,
            )
            if after == before:
                return
            is_bare = isinstance(record.body, Retired)
            if not (header.intact if is_bare else record.intact):
                raise RecordError(version.entry.path, ALTERED)
            edited = replace(
                header,
                description=after.description,
                tags=after.tags,
                updated=to_milliseconds(self._clock()),
                # Of a body that is gone, no digest can be made again.
                digest=header.digest if is_bare else None,
                header_sha256=None,
            )
            self._library.store.replace(version.entry.path, Record(edited, record.body))
            self._library.note(version.entry.folder)

    def delete_key(self, key: str, latest: UUID | None) -> int:
        """Delete all versions of a key, and return how many there were.

        Args:
            key: The key.
            latest: The latest version that somebody saw; None where that does not matter.

        Raises:
            NotFoundError: If nothing was published under it.
            ChangedError: If there is a later version than the one that was seen.
        """
        with self._lock:
            lineage = self._library.lineages().get(key)
            if lineage is None:
                raise NotFoundError(f"artifact {shown(key)}")
            if latest is not None and lineage.latest.header.id != latest:
                raise ChangedError(f"{key} is not any more what you saw; look again")
            for version in lineage.versions:
                remove(self._library, version)
            for folder in {entry.folder for entry in lineage.entries}:
                self._library.note(folder)
            return len(lineage)


def remove(library: Library, version: Version) -> None:
    """Delete a version and the names that were given to it."""
    with contextlib.suppress(FileNotFoundError):  # by somebody else, just now
        library.store.delete(version.entry)
    for name in version.pins:
        with contextlib.suppress(NotFoundError):
            remove_pin(library.store.root, str(version.header.key), name)
