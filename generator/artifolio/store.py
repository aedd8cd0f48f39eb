"""The folder of records: adding, reading, replacing and deleting versions."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.entries import Entry, Scan
from artifolio.errors import (
    InvalidKeyError,
    InvalidValueError,
    NotFoundError,
    Problem,
    RecordError,
    RecordExistsError,
)
from artifolio.files import (
    create_file,
    make_folder,
    open_regular,
    read_at_most,
    replace_file,
    sync_folder,
    sync_path,
)
from artifolio.folders import folder_names, identities, pin_names, record_names
from artifolio.headers import SUFFIX
from artifolio.keys import KEYLESS_FOLDER, check_key, is_key
from artifolio.lines import MAX_EVENTS
from artifolio.pins import read_pins
from artifolio.recordfiles import MAX_RECORD_BYTES, read_header, read_record
from artifolio.records import CHANGED, Record, dump_record, parse_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from artifolio.folders import Listing
    from artifolio.headers import Header

KEEP = ".keep"
"""Empty, in every key's folder and never deleted. Without it a branch that deletes the last
record makes git take another branch's new record for part of a renamed folder."""

_LINKED = "is a symbolic link, which is not followed; put the folder itself here"


class Store:
    """A folder of records, usually named ``artifacts``.

    Any number of stores, in any number of processes, may work on one folder at once.

    Args:
        root: The folder; made when the first version is added.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._synced: tuple[tuple[int, int], ...] = ()

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    def add(self, record: Record, *contents: bytes) -> Path:
        """Write a new version, whole and durable once this returns.

        Args:
            record: The version.
            contents: The bytes of each of its attachments.

        Returns:
            The record's file.

        Raises:
            RecordExistsError: If the version is there already.
            InvalidValueError: If a value cannot be stored, or all together are too long.
            RecordError: If the key's folder is a symbolic link.
        """
        header = record.header
        if header.key is not None:
            check_key(header.key)
        text = text_of(record)
        folder = self.make_folder(header.folder)
        # First, so that no record ever names a file that is not there yet.
        for attachment, content in zip(record.attachments, contents, strict=False):
            _attach(folder / attachment.name, content)
        path = self.root / header.path
        create_file(path, text)
        return path

    def replace(self, path: str, record: Record) -> None:
        """Put another state of the same version in a record's place, at once.

        Raises:
            RecordError: If the record's folder is a symbolic link.
        """
        folder = path.partition("/")[0]
        if (self.root / folder).is_symlink():
            raise RecordError(path, f"{folder} {_LINKED}")
        replace_file(self.root / path, dump_record(record).encode())

    def delete(self, entry: Entry) -> None:
        """Remove a version: the record first, then what was attached to it."""
        (self.root / entry.path).unlink()
        self._remove_attached(entry)

    def retire(self, entry: Entry, remains: Record) -> None:
        """Remove a version's body: put what stays of it in its place, then remove its attachments.

        Args:
            entry: The version.
            remains: What `artifolio.records.retire` made of it.
        """
        # Until it is in its place, the files belong to a whole version.
        self.replace(entry.path, remains)
        self._remove_attached(entry)

    def make_folder(self, name: str) -> Path:
        """Make a folder of records, durably, with what keeps it in git.

        Args:
            name: As `artifolio.keys.folder_for` gives it.

        Raises:
            RecordError: If it is a symbolic link.
        """
        folder = self.root / name
        if folder.is_symlink():
            raise RecordError(name, _LINKED)
        make_folder(folder)
        # Folders further up may be as new, and from a writer that was killed at once.
        folders = identities(self.root)
        if folders != self._synced:
            sync_path(self.root)
            self._synced = folders
        with contextlib.suppress(FileExistsError):
            # O_EXCL: it must not follow a link either.
            (folder / KEEP).touch(exist_ok=False)
        return folder

    def folders(self) -> list[str]:
        """Return the names of the folders that may hold records, sorted."""
        return folder_names(self.root)

    def scan(
        self,
        folder: str,
        known: Mapping[str, Entry] | None = None,
        listing: Listing | None = None,
    ) -> Scan:
        """Read the headers of one folder's records.

        One that cannot be read becomes a problem and hides none of the others.

        Args:
            folder: Its name.
            known: Sound records by the names of their files, which need not be read.
            listing: The files in it, where somebody has just looked.
        """
        known = known or {}
        if not (is_key(folder) or folder == KEYLESS_FOLDER):
            return Scan(problems=(_stray_folder(folder),))
        if os.path.islink(f"{self.root}/{folder}"):  # noqa: PTH114 - many folders may be scanned
            return Scan(problems=(Problem(folder, _LINKED),))
        entries, problems = [], []
        try:
            names = record_names(self.root, folder) if listing is None else listing.records
        except RecordError as error:
            return Scan(problems=(Problem(folder, error.reason),))
        for name in names:
            if name in known:
                entries.append(known[name])
                continue
            path = f"{folder}/{name}"
            try:
                header = self.read_header(path)
            except RecordError as error:
                problems.append(Problem(path, error.reason))
                continue
            entries.append(Entry(header, path))
            if not header.intact:
                problems.append(Problem(path, CHANGED))
            if header.path != path:
                problems.append(Problem(path, f"misplaced; move it to {header.path}"))
        beside = pin_names(self.root, folder) if listing is None else listing.pins(folder)
        found = read_pins(self.root, folder, beside)
        return Scan(tuple(entries), (*problems, *found.problems), found.pins)

    def read(self, path: str) -> Record:
        """Read a whole record.

        Raises:
            RecordError: If it is not a regular file that holds a record.
        """
        return read_record(self.root, path)

    def read_header(self, path: str) -> Header:
        """Read a record's header, and make sure that the record is not cut off.

        Raises:
            RecordError: If it is not a regular file that holds a record.
        """
        return read_header(self.root, path)

    def read_attachment(self, entry: Entry, name: str) -> bytes:
        """Read a file that lies beside a record.

        Raises:
            RecordError: If it is missing or not a regular file.
        """
        path = f"{entry.folder}/{name}"
        try:
            with open_regular(f"{self.root}/{path}") as (descriptor, status):
                return read_at_most(descriptor, status.st_size)
        except OSError as error:
            raise RecordError(path, f"cannot be read: {error.strerror}") from None

    def find(self, version_id: UUID) -> Entry:
        """Find a version by its whole id, by the names of the files alone.

        Raises:
            NotFoundError: If there is none.
            RecordError: If it may be in a folder or record that cannot be read.
        """
        ending = f"-{version_id.hex[-12:]}{SUFFIX}"
        for folder in self.folders():
            for name in record_names(self.root, folder):
                if name.endswith(ending):
                    path = f"{folder}/{name}"
                    header = self.read_header(path)
                    if header.id == version_id:
                        return Entry(header, path)
        raise NotFoundError(f"version {version_id}")

    def _remove_attached(self, entry: Entry) -> None:
        path = self.root / entry.path
        for name in os.listdir(path.parent):
            if name.startswith(f"{path.stem}.") and not name.endswith(SUFFIX):
                (path.parent / name).unlink()
        sync_folder(path.parent)


def text_of(record: Record) -> bytes:
    """Return a record's text as its file holds it.

    Raises:
        InvalidValueError: If a value cannot be stored, or all together are too long.
    """
    text = dump_record(record).encode()
    if len(text) > MAX_RECORD_BYTES:
        raise InvalidValueError(
            record.header.type,
            f"{len(text)} bytes are over the {MAX_RECORD_BYTES} that are read back; "
            "publish large data with create_file_artifact",
        )
    if len(text) > MAX_EVENTS:
        _check_readable(record, text)
    return text


def _attach(path: Path, content: bytes) -> None:
    """Write an attachment; the same one may be there from a writer that was killed after it."""
    try:
        create_file(path, content)
    except RecordExistsError:
        if not _holds(path, content):
            raise


def _holds(path: Path, content: bytes) -> bool:
    with contextlib.suppress(OSError), open_regular(path) as (descriptor, status):
        same_size = status.st_size == len(content)
        return same_size and read_at_most(descriptor, len(content)) == content
    return False


def _check_readable(record: Record, text: bytes) -> None:
    """Refuse what is too much for the strict reader, where only that can read it."""
    try:
        parse_record(text.decode(), record.header.path)
    except RecordError as error:
        raise InvalidValueError(
            record.header.type,
            f"could not be read back: {error.reason}; publish it with create_file_artifact",
        ) from None


def _stray_folder(folder: str) -> Problem:
    try:
        check_key(folder)
    except InvalidKeyError as error:
        return Problem(folder, f"not a key's folder: {error.reason}")
    raise AssertionError(folder)
