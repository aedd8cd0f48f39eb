"""Removes what writers left behind, and mends what is certain to be wrong."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from artifolio.files import sync_folder
from artifolio.keys import now
from artifolio.strays import find_missing_keeps, list_store, temporary_files
from artifolio.temporaries import ABANDONED_SECONDS, is_abandoned, remove_if_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from artifolio.store import Store


@dataclass(frozen=True)
class Leftover:
    """A temporary file whose writer is gone."""

    path: str
    """Below ``artifacts/``, with forward slashes."""
    size_bytes: int
    written: datetime
    """Aware."""


@dataclass(frozen=True)
class Mended:
    """One thing that was wrong, and is no more."""

    path: str
    """Below ``artifacts/``, with forward slashes."""
    action: str
    """What was done."""


def find_leftovers(store: Store) -> Iterator[Leftover]:
    """Give the temporary files whose writers are gone."""
    for path in temporary_files(list_store(store)):
        file = store.root / path
        with contextlib.suppress(FileNotFoundError):
            status = file.lstat()
            if is_abandoned(file):
                written = datetime.fromtimestamp(status.st_mtime, timezone.utc)
                yield Leftover(path, status.st_size, written)


def remove_leftover(store: Store, leftover: Leftover) -> bool:
    """Remove a temporary file.

    Returns:
        Whether it was still there, and still left over.
    """
    return remove_if_abandoned(store.root / leftover.path)


def mend_store(store: Store, clock: Callable[[], datetime] = now) -> tuple[Mended, ...]:
    """Do what is certain to be right, and nothing else.

    Folders that hold records get their ``.keep``, and temporary files of writers that are gone
    for over an hour go.

    Returns:
        What was done.
    """
    mended = []
    for problem in find_missing_keeps(store, list_store(store)):
        keep = store.root / problem.path
        with contextlib.suppress(FileExistsError):
            keep.touch(exist_ok=False)
            sync_folder(keep.parent)
            mended.append(Mended(problem.path, "made, for it was missing"))
    moment = clock()
    for leftover in find_leftovers(store):
        is_old = (moment - leftover.written).total_seconds() > ABANDONED_SECONDS
        if is_old and remove_leftover(store, leftover):
            mended.append(Mended(leftover.path, "removed, for its writer is gone"))
    return tuple(mended)
