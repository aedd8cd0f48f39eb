"""Finds every problem of every record, of what is attached to it and of what lies around it."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.catalog import build_catalog
from artifolio.errors import Problem, RecordError
from artifolio.files import open_regular, read_at_most
from artifolio.headers import SUFFIX
from artifolio.records import CHANGED, LFS_POINTER
from artifolio.strays import (
    find_clashes,
    find_leftovers,
    find_missing_keeps,
    find_strays,
    list_store,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from artifolio.bodies import Attachment
    from artifolio.catalog import Catalog
    from artifolio.entries import Entry
    from artifolio.store import Store
    from artifolio.strays import Stray

# An attachment is there before its record is: one as young as this is looked at again.
_YOUNG_SECONDS = 10.0
_PAUSE_SECONDS = 1.0
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Report:
    """What a check found."""

    records: int
    """How many records were read, the bad ones included."""
    problems: tuple[Problem, ...]
    """Sorted by path."""


def check_store(store: Store, pause: Callable[[float], object] = time.sleep) -> Report:
    """Read every record of a store, whole, and look at all else that is there.

    Others may publish and delete in the meantime; what is on its way is no problem.

    Args:
        store: The records.
        pause: Waits that many seconds; called where a file is so new that its record may follow.
    """
    # First: what is listed here as attached has its record by the time those are read.
    listings = list_store(store)
    scans = [store.scan(folder) for folder in store.folders()]
    entries = {entry.path: entry for scan in scans for entry in scan.entries}
    catalog = build_catalog(scans)
    found = [problem for problem in catalog.problems if _is_there(store, problem)]
    found += _gone_though_pinned(catalog)
    unread = {problem.path for problem in found} - entries.keys()
    records = len(entries) + sum(path.endswith(SUFFIX) for path in unread)
    problems = list(found)
    attachments: set[str] = set()
    for entry in entries.values():
        reading = _read(store, entry)
        problems += reading.problems
        if not reading.is_readable:
            unread.add(entry.path)
        attachments.update(reading.attachments)
    retired = {path for path, entry in entries.items() if entry.is_retired}
    strays = [
        stray
        for listing in listings
        for stray in find_strays(listing, attachments, unread, retired)
    ]
    problems += _confirm(store, strays, pause)
    problems += [problem for listing in listings for problem in find_clashes(listing)]
    problems += find_missing_keeps(store, listings)
    problems += find_leftovers(store, listings)
    # A changed header is found with all headers, and again with its body.
    unique = sorted(set(problems), key=lambda problem: (problem.path, problem.reason))
    return Report(records, tuple(unique))


@dataclass(frozen=True)
class _Reading:
    """What came of reading one record and what it names."""

    problems: tuple[Problem, ...]
    is_readable: bool = True
    attachments: tuple[str, ...] = ()
    """Paths of the files that it names."""


def _read(store: Store, entry: Entry) -> _Reading:
    try:
        record = store.read(entry.path)
    except RecordError as error:
        problem = Problem(error.path, error.reason)
        found = [problem] if _is_there(store, problem) else []
        return _Reading(tuple(found), is_readable=False)
    problems = [] if record.intact else [Problem(entry.path, CHANGED)]
    attachments = {f"{entry.folder}/{found.name}": found for found in record.attachments}
    for path, attachment in attachments.items():
        reason = _what_is_wrong(store.root / path, attachment)
        if reason:
            problem = Problem(entry.path, f"attachment {attachment.name} {reason}")
            # Who deletes a version removes the record first, and who retires it, its body.
            is_one = _is_there(store, problem) and not _is_retired(store, entry)
            problems += [problem] if is_one else []
    return _Reading(tuple(problems), attachments=tuple(attachments))


def _gone_though_pinned(catalog: Catalog) -> Iterator[Problem]:
    """Find pins of versions whose bodies were removed: on another branch, before they met."""
    for lineage in catalog.lineages.values():
        for pin in lineage.pins:
            if any(entry.is_retired for entry in lineage.entries if entry.id == pin.version):
                yield Problem(pin.path, "pins a version whose body was removed; pin another")


def _what_is_wrong(path: Path, attachment: Attachment) -> str | None:
    try:
        with open_regular(path) as (descriptor, status):
            chunk = start = read_at_most(descriptor, _CHUNK_BYTES)
            sha256 = hashlib.sha256()
            while chunk:
                sha256.update(chunk)
                chunk = read_at_most(descriptor, _CHUNK_BYTES)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if sha256.hexdigest() == attachment.sha256 and status.st_size == attachment.size:
        return None
    if start.startswith(LFS_POINTER.encode()):
        return "is a git-lfs pointer instead of the content; run 'git lfs pull'"
    if status.st_size != attachment.size:
        return f"has {status.st_size} bytes, {attachment.size} were published"
    return "is not what was published: its sha256 does not match"


def _confirm(
    store: Store, strays: Iterable[Stray], pause: Callable[[float], object]
) -> Iterator[Problem]:
    """Give the problems of those strays that still are ones."""
    remaining = [stray for stray in strays if stray.is_still_one(store)]
    if any(stray.record and _is_young(store.root / stray.problem.path) for stray in remaining):
        pause(_PAUSE_SECONDS)
        remaining = [stray for stray in remaining if stray.is_still_one(store)]
    return (stray.problem for stray in remaining)


def _is_there(store: Store, problem: Problem) -> bool:
    return os.path.lexists(store.root / problem.path)


def _is_retired(store: Store, entry: Entry) -> bool:
    try:
        return store.read_header(entry.path).retired is not None
    except RecordError:
        return False


def _is_young(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < _YOUNG_SECONDS
    except OSError:
        return False
