"""Finds what lies among the records and belongs to none of them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.errors import Problem, shown
from artifolio.folders import is_record_name
from artifolio.headers import SUFFIX
from artifolio.keys import KEYLESS_FOLDER, STEM, is_key
from artifolio.pins import is_pin_file
from artifolio.store import KEEP
from artifolio.temporaries import TEMPORARY_PREFIX, is_abandoned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from artifolio.store import Store

_OTHER_SUFFIX = ".yml"
_ATTACHMENT = re.compile(rf"{STEM}(?:\.[0-9]{{1,6}})?\.[a-z0-9]{{1,16}}")
# What people keep beside the folders of keys.
_FOR_PEOPLE = re.compile(r"(?i)(readme|licen[cs]e|notice|contributing|changelog)(\.(md|txt|rst))?")


@dataclass(frozen=True)
class Listing:
    """The names in one folder, as they were at one moment."""

    folder: str
    """Below ``artifacts/``; empty for that itself."""
    files: tuple[str, ...] = ()
    """Sorted; whatever is no folder is among them."""
    folders: tuple[str, ...] = ()
    """Sorted."""
    reason: str = ""
    """Why the folder cannot be listed; empty where it can."""

    @property
    def records(self) -> tuple[str, ...]:
        """The files that are read as records."""
        return tuple(filter(is_record_name, self.files))

    def path(self, name: str) -> str:
        """Return where a file or folder lies below ``artifacts/``."""
        return f"{self.folder}/{name}" if self.folder else name


@dataclass(frozen=True)
class Stray:
    """A file or folder that nothing reads."""

    problem: Problem
    record: str | None = None
    """Path of the record that is not there, for what seems to be attached to one."""

    def is_still_one(self, store: Store) -> bool:
        """Look again: who publishes writes the record last, and who deletes removes it first."""
        came = self.record is not None and os.path.lexists(store.root / self.record)
        return os.path.lexists(store.root / self.problem.path) and not came


def list_store(store: Store) -> tuple[Listing, ...]:
    """List ``artifacts/`` and the folders of keys in it.

    Raises:
        OSError: If ``artifacts/`` itself cannot be listed.
    """
    try:
        root = _list(store, "")
    except FileNotFoundError:
        return ()
    listings = [root]
    for folder in root.folders:
        if is_key(folder) or folder == KEYLESS_FOLDER:
            # Of a link, and of what is gone by now, somebody else tells.
            if (store.root / folder).is_symlink():
                continue
            try:
                listings.append(_list(store, folder))
            except FileNotFoundError:
                continue
            except OSError as error:
                listings.append(Listing(folder, reason=f"cannot be read: {error.strerror}"))
    return tuple(listings)


def find_strays(
    listing: Listing,
    attachments: Collection[str],
    unread: Collection[str],
    retired: Collection[str] = (),
) -> Iterator[Stray]:
    """Find the files and folders that nothing reads.

    Args:
        listing: What to look at.
        attachments: Paths of all files that a record names.
        unread: Paths of the records that cannot be read, so that nobody knows what they name.
        retired: Paths of the records whose bodies retention removed.
    """
    if listing.reason:
        yield Stray(Problem(listing.folder, listing.reason))
    if not listing.folder:
        yield from _strays_of_root(listing)
        return
    for name in listing.folders:
        if not is_record_name(name):  # which cannot be read, as somebody else tells
            reason = "a folder within that of a key, where nothing is read; move it out"
            yield Stray(Problem(listing.path(name), reason))
    records = set(listing.records)
    for name in listing.files:
        path, record = listing.path(name), _record_of(name)
        if (
            name in records
            or name == KEEP
            or name.startswith(TEMPORARY_PREFIX)
            or path in attachments
            or is_pin_file(listing.folder, name)  # of which the scan tells
            or listing.path(record) in unread
        ):
            continue
        if name.endswith(_OTHER_SUFFIX) and not name.startswith("."):
            reason = f"not read: records end in {SUFFIX}; rename it if it is one"
            yield Stray(Problem(path, reason))
        elif listing.path(record) in retired and _ATTACHMENT.fullmatch(name):
            reason = f"left behind when the body of {record} was removed; run 'artifolio gc'"
            yield Stray(Problem(path, reason))
        elif record in records:
            reason = f"not what {record} has attached; delete it or move it out"
            yield Stray(Problem(path, reason))
        elif _ATTACHMENT.fullmatch(name):
            reason = f"attached to {record}, which is not there; restore that or delete this"
            yield Stray(Problem(path, reason), listing.path(record))
        else:
            reason = "neither a record nor attached to one; delete it or move it out"
            yield Stray(Problem(path, reason))


def find_clashes(listing: Listing) -> Iterator[Problem]:
    """Find names that are one on Windows or macOS, where case or normalisation do not count."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in (*listing.files, *listing.folders):
        alike[unicodedata.normalize("NFD", name).casefold()].append(name)
    for names in alike.values():
        # The one that is as it should be stays.
        first, *others = sorted(names, key=lambda name: (not is_key(name), name))
        for name in others:
            one, other = (unicodedata.normalize("NFC", text) for text in (first, name))
            what = "Unicode normalisation" if one == other else "case"
            yield Problem(
                listing.path(name),
                f"differs from {shown(first)} only in {what}: on Windows or macOS they are one; "
                "rename or delete it",
            )


def find_missing_keeps(store: Store, listings: Iterable[Listing]) -> Iterator[Problem]:
    """Find folders that hold records and no ``.keep``."""
    for listing in listings:
        path = listing.path(KEEP)
        if listing.folder and listing.records and not os.path.lexists(store.root / path):
            yield Problem(
                path,
                "missing; without it a merge may move records to another key; "
                "run 'artifolio check --fix'",
            )


def find_leftovers(store: Store, listings: Iterable[Listing]) -> Iterator[Problem]:
    """Find temporary files whose writers are gone."""
    for path in temporary_files(listings):
        if is_abandoned(store.root / path):
            yield Problem(path, "left behind by a writer that is gone; run 'artifolio gc'")


def temporary_files(listings: Iterable[Listing]) -> Iterator[str]:
    """Give the paths of the files that are being written, or once were."""
    for listing in listings:
        for name in listing.files:
            if name.startswith(TEMPORARY_PREFIX):
                yield listing.path(name)


def attached_files(listings: Iterable[Listing]) -> Iterator[tuple[str, str]]:
    """Give the paths of the files that may be attached to a record, each with that record's."""
    for listing in listings:
        for name in listing.files:
            if listing.folder and _ATTACHMENT.fullmatch(name) and not is_record_name(name):
                yield listing.path(name), listing.path(_record_of(name))


def _strays_of_root(listing: Listing) -> Iterator[Stray]:
    for name in listing.files:
        if name.startswith(".") or _FOR_PEOPLE.fullmatch(name):
            continue
        if name.endswith((SUFFIX, _OTHER_SUFFIX)):
            reason = "not read: records lie in the folder of their key"
        else:
            reason = "in no key's folder; delete it or move it out"
        yield Stray(Problem(name, reason))


def _record_of(name: str) -> str:
    return name.partition(".")[0] + SUFFIX


def _list(store: Store, folder: str) -> Listing:
    files: list[str] = []
    folders: list[str] = []
    with os.scandir(store.root / folder) as found:
        for item in found:
            # In artifacts/ links to folders are no files: the store tells of them.
            is_folder = item.is_dir(follow_symlinks=not folder)
            (folders if is_folder else files).append(item.name)
    return Listing(folder, tuple(sorted(files)), tuple(sorted(folders)))
