"""Finds every problem of every record, its body and its attachment."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.bodies import attachment_of
from artifolio.catalog import build_catalog
from artifolio.errors import Problem, RecordError
from artifolio.headers import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifolio.bodies import Attachment
    from artifolio.entries import Entry
    from artifolio.store import Store

CHANGED = "changed after it was published: its digest does not match"

_OTHER_SUFFIX = ".yml"


@dataclass(frozen=True)
class Report:
    """What a check found."""

    records: int
    """How many records were read, the bad ones included."""
    problems: tuple[Problem, ...]
    """Sorted by path."""


def check_store(store: Store) -> Report:
    """Read every record of a store, whole, and what is attached to it."""
    scans = [store.scan(folder) for folder in store.folders()]
    entries = [entry for scan in scans for entry in scan.entries]
    problems = list(build_catalog(scans).problems)
    known = {entry.path for entry in entries}
    unread = {problem.path for problem in problems} - known
    for entry in entries:
        problems += _check(store, entry)
    problems += _stray_files(store)
    problems.sort(key=lambda problem: (problem.path, problem.reason))
    records = len(known) + sum(path.endswith(SUFFIX) for path in unread)
    return Report(records, tuple(problems))


def _check(store: Store, entry: Entry) -> Iterator[Problem]:
    try:
        record = store.read(entry.path)
    except RecordError as error:
        yield Problem(error.path, error.reason)
        return
    if not record.intact:
        yield Problem(entry.path, CHANGED)
    attachment = attachment_of(record.body)
    if attachment is not None:
        yield from _check_attachment(store, entry, attachment)


def _check_attachment(store: Store, entry: Entry, attachment: Attachment) -> Iterator[Problem]:
    try:
        content = store.read_attachment(entry, attachment.name)
    except RecordError as error:
        yield Problem(entry.path, f"attachment {attachment.name} {error.reason}")
        return
    if len(content) != attachment.size:
        reason = f"has {len(content)} bytes, {attachment.size} were published"
        yield Problem(entry.path, f"attachment {attachment.name} {reason}")
    elif hashlib.sha256(content).hexdigest() != attachment.sha256:
        reason = "is not what was published: its sha256 does not match"
        yield Problem(entry.path, f"attachment {attachment.name} {reason}")


def _stray_files(store: Store) -> Iterator[Problem]:
    """Find files that look like records but are in no place where records are read."""
    for folder in ("", *store.folders()):
        try:
            names = os.listdir(store.root / folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Problem(folder, f"cannot be read: {error.strerror}")
            continue
        for name in names:
            if name.startswith("."):
                continue
            if not folder and name.endswith((SUFFIX, _OTHER_SUFFIX)):
                yield Problem(name, "not read: records lie in the folder of their key")
            elif folder and name.endswith(_OTHER_SUFFIX):
                reason = f"not read: records end in {SUFFIX}; rename it if it is one"
                yield Problem(f"{folder}/{name}", reason)
