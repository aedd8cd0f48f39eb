"""Removes what writers left behind, and mends what is certain to be wrong."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from artifolio.errors import RecordError
from artifolio.files import sync_folder
from artifolio.headers import SUFFIX
from artifolio.keys import now
from artifolio.strays import attached_files, find_missing_keeps, list_store, temporary_files
from artifolio.temporaries import ABANDONED_SECONDS, is_abandoned, remove_if_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from artifolio.catalog import Catalog
    from artifolio.store import Store


@dataclass(frozen=True)
class Leftover:
    """A file that was to be removed, and was not: whoever had to do it is gone."""

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
        with contextlib.suppress(FileNotFoundError):
            leftover = _leftover(store, path)
            if is_abandoned(store.root / path):
                yield leftover


def find_spent(store: Store, catalog: Catalog) -> Iterator[Leftover]:
    """Give the files that were attached to bodies which are gone.

    Retention removes them after the body; only a crash in between leaves them behind.

    Args:
        store: The folder of records.
        catalog: All versions.
    """
    retired = {item.entry.path for item in catalog.versions() if item.entry.is_retired}
    for path, record in attached_files(list_store(store)) if retired else ():
        if record in retired:
            with contextlib.suppress(FileNotFoundError):
                yield _leftover(store, path)


def remove_spent(store: Store, leftover: Leftover) -> bool:
    """Remove a file that was attached to a body which is gone.

    Returns:
        Whether it was still there, and the body still gone.
    """
    path = store.root / leftover.path
    try:
        header = store.read_header(f"{leftover.path.partition('.')[0]}{SUFFIX}")
        if header.retired is None or not header.intact:
            return False
        path.unlink()
    except (RecordError, FileNotFoundError):
        return False
    sync_folder(path.parent)
    return True


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


def _leftover(store: Store, path: str) -> Leftover:
    status = (store.root / path).lstat()
    written = datetime.fromtimestamp(status.st_mtime, timezone.utc)
    return Leftover(path, status.st_size, written)
