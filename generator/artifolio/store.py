"""The folder of records: adding, reading, replacing and deleting versions."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.bodies import attachment_of
from artifolio.errors import (
    AmbiguousIdError,
    InvalidKeyError,
    InvalidValueError,
    NotFoundError,
    Problem,
    RecordError,
    shown,
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
from artifolio.headers import SUFFIX, Header, parse_header
from artifolio.keys import KEYLESS_FOLDER, check_key, is_key
from artifolio.lines import TERMINATOR
from artifolio.records import CHANGED, Record, dump_record, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

KEEP = ".keep"
"""Empty, in every key's folder and never deleted. Without it a branch that deletes the last
record makes git take another branch's new record for part of a renamed folder."""
MAX_RECORD_BYTES = 64 * 1024 * 1024

_HEADER_BYTES = 16 * 1024
_END = b"\n" + TERMINATOR.encode()
_LINKED = "is a symbolic link, which is not followed; put the folder itself here"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in the folder, without its body."""

    header: Header
    path: str
    """Where it lies below ``artifacts/``, with forward slashes."""

    @property
    def folder(self) -> str:
        """The folder below ``artifacts/`` that it lies in, whatever key it names."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Scan:
    """What lies in one key's folder."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


class Store:
    """A folder of records, usually named ``artifacts``.

    Any number of stores, in any number of processes, may work on one folder at once.

    Args:
        root: The folder; made when the first version is added.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._is_synced = False

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    def add(self, record: Record, content: bytes | None = None) -> Path:
        """Write a new version, whole and durable once this returns.

        Args:
            record: The version.
            content: The attachment's bytes, where the body has one.

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
        text = dump_record(record).encode()
        if len(text) > MAX_RECORD_BYTES:
            raise InvalidValueError(
                header.type,
                f"{len(text)} bytes are over the {MAX_RECORD_BYTES} that are read back; "
                "publish large data with create_file_artifact",
            )
        folder = self.root / header.folder
        if folder.is_symlink():
            raise RecordError(header.path, f"{header.folder} {_LINKED}")
        make_folder(folder)
        if not self._is_synced:
            # Folders further up may be as new, and from a writer that was killed at once.
            sync_path(self.root)
            self._is_synced = True
        with contextlib.suppress(FileExistsError):
            # O_EXCL: it must not follow a link either.
            (folder / KEEP).touch(exist_ok=False)
        attachment = attachment_of(record.body)
        if attachment is not None and content is not None:
            # First, so that no record ever names a file that is not there yet.
            create_file(folder / attachment.name, content)
        path = self.root / header.path
        create_file(path, text)
        return path

    def replace(self, path: str, record: Record) -> None:
        """Put another state of the same version in a record's place, at once."""
        replace_file(self.root / path, dump_record(record).encode())

    def delete(self, entry: Entry) -> None:
        """Remove a version: the record first, then what was attached to it."""
        path = self.root / entry.path
        path.unlink()
        for name in os.listdir(path.parent):
            if name.startswith(f"{path.stem}.") and not name.endswith(SUFFIX):
                (path.parent / name).unlink()
        sync_folder(path.parent)

    def folders(self) -> list[str]:
        """Return the names of the folders that may hold records, sorted."""
        try:
            with os.scandir(self.root) as found:
                return sorted(
                    item.name for item in found if item.is_dir() and not item.name.startswith(".")
                )
        except FileNotFoundError:
            return []

    def scan(self, folder: str) -> Scan:
        """Read the headers of one folder's records.

        One that cannot be read becomes a problem and hides none of the others.
        """
        if not (is_key(folder) or folder == KEYLESS_FOLDER):
            return Scan(problems=(_stray_folder(folder),))
        if (self.root / folder).is_symlink():
            return Scan(problems=(Problem(folder, _LINKED),))
        entries, problems = [], []
        for name in self._record_names(folder):
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
        return Scan(tuple(entries), tuple(problems))

    def read(self, path: str) -> Record:
        """Read a whole record.

        Raises:
            RecordError: If it is not a regular file that holds a record.
        """
        return parse_record(self._read_text(path), path)

    def read_header(self, path: str) -> Header:
        """Read a record's header, and make sure that the record is not cut off.

        Raises:
            RecordError: If it is not a regular file that holds a record.
        """
        try:
            with open_regular(self.root / path) as (descriptor, status):
                _check_size(path, status.st_size)
                start = read_at_most(descriptor, _HEADER_BYTES)
                os.lseek(descriptor, max(0, status.st_size - len(_END)), os.SEEK_SET)
                end = read_at_most(descriptor, len(_END))
        except OSError as error:
            raise RecordError(path, f"cannot be read: {error.strerror}") from None
        split = start.find(b"\ndata:")
        if split >= 0 and end == _END:
            try:
                header = parse_header(start[: split + 1].decode(), path)
            except UnicodeDecodeError as error:
                raise RecordError(path, f"not UTF-8 text: {error}") from None
            if header is not None:
                return header
        return self.read(path).header

    def read_attachment(self, entry: Entry, name: str) -> bytes:
        """Read a file that lies beside a record.

        Raises:
            RecordError: If it is missing or not a regular file.
        """
        path = f"{entry.folder}/{name}"
        try:
            with open_regular(self.root / path) as (descriptor, status):
                return read_at_most(descriptor, status.st_size)
        except OSError as error:
            raise RecordError(path, f"cannot be read: {error.strerror}") from None

    def find(self, version_id: UUID) -> Entry:
        """Find a version by its whole id, by the names of the files alone.

        Raises:
            NotFoundError: If there is none.
        """
        ending = f"-{version_id.hex[-12:]}{SUFFIX}"
        for folder in self.folders():
            for name in self._record_names(folder):
                if name.endswith(ending):
                    path = f"{folder}/{name}"
                    header = self.read_header(path)
                    if header.id == version_id:
                        return Entry(header, path)
        raise NotFoundError(f"version {version_id}")

    def _record_names(self, folder: str) -> list[str]:
        if (self.root / folder).is_symlink():
            return []
        try:
            names = os.listdir(self.root / folder)
        except OSError:
            return []
        return sorted(name for name in names if name.endswith(SUFFIX) and not name.startswith("."))

    def _read_text(self, path: str) -> str:
        try:
            with open_regular(self.root / path) as (descriptor, status):
                _check_size(path, status.st_size)
                content = read_at_most(descriptor, status.st_size + 1)
        except OSError as error:
            raise RecordError(path, f"cannot be read: {error.strerror}") from None
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise RecordError(path, f"not UTF-8 text: {error}") from None


def match_id(prefix: str, entries: Iterable[Entry]) -> Entry:
    """Return the version whose id starts so.

    Args:
        prefix: The start of an id, or all of it; case and dashes do not matter.
        entries: Where to look.

    Raises:
        NotFoundError: If there is none.
        AmbiguousIdError: If there are several.
    """
    digits = prefix.lower().replace("-", "")
    found = [entry for entry in entries if digits and entry.header.id.hex.startswith(digits)]
    if not found:
        raise NotFoundError(f"version {shown(prefix)}")
    if len(found) > 1:
        raise AmbiguousIdError(prefix, (str(entry.header.id) for entry in found))
    return found[0]


def _check_size(path: str, size_bytes: int) -> None:
    if size_bytes > MAX_RECORD_BYTES:
        raise RecordError(path, f"{size_bytes} bytes, {MAX_RECORD_BYTES} are the limit")


def _stray_folder(folder: str) -> Problem:
    try:
        check_key(folder)
    except InvalidKeyError as error:
        return Problem(folder, f"not a key's folder: {error.reason}")
    raise AssertionError(folder)
