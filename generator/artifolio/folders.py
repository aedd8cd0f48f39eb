"""What lies in the folders of a store, by name and status, without reading any file."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from artifolio.errors import RecordError
from artifolio.headers import SUFFIX
from artifolio.pins import is_pin_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Stats: TypeAlias = "dict[str, tuple[int, int, int]]"
"""Size in bytes, time of the last change in nanoseconds and inode, by file name."""

LARGEST = (1 << 63) - 1
"""For inodes: some file systems set the highest bit."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of one folder, in the order of their names."""

    records: Stats = field(default_factory=dict)
    """Those that may be records."""
    attached: Stats = field(default_factory=dict)
    """Those that lie beside them; hidden ones are none of ours."""

    def pins(self, folder: str) -> list[str]:
        """Return the names of the files that may name versions of the folder."""
        return [name for name in self.attached if is_pin_file(folder, name)]


def folder_names(root: Path) -> list[str]:
    """Return the names of the folders that may hold records, sorted."""
    try:
        with os.scandir(root) as found:
            return sorted(
                item.name for item in found if item.is_dir() and not item.name.startswith(".")
            )
    except FileNotFoundError:
        return []


def record_names(root: Path, folder: str) -> list[str]:
    """Return the names of the files that may be records of a folder, sorted.

    Args:
        root: The folder of records.
        folder: The name of a folder in it; a link to one holds no records.

    Raises:
        RecordError: If the folder is there and cannot be listed.
    """
    path = f"{root}/{folder}"
    names: list[str] = []
    with _listing(folder):
        names = [] if _is_link(path) else os.listdir(path)
    return sorted(filter(is_record_name, names))


def pin_names(root: Path, folder: str) -> list[str]:
    """Return the names of the files that may name versions of a folder.

    Args:
        root: The folder of records.
        folder: The name of a folder in it that can be listed, and is no link.
    """
    with contextlib.suppress(OSError):
        return [name for name in os.listdir(f"{root}/{folder}") if is_pin_file(folder, name)]
    return []


def list_files(root: Path, folder: str) -> Listing:
    """Return what tells whether a folder's files are the same as before.

    Args:
        root: The folder of records.
        folder: The name of a folder in it; a link to one holds nothing.

    Raises:
        RecordError: If the folder is there and cannot be listed.
    """
    path = f"{root}/{folder}"
    records: list[tuple[str, tuple[int, int, int]]] = []
    attached: list[tuple[str, tuple[int, int, int]]] = []
    if _is_link(path):
        return Listing()
    with _listing(folder), os.scandir(path) as items:
        for item in items:
            if not item.name.startswith("."):
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    status = item.stat(follow_symlinks=False)
                    stat = (status.st_size, status.st_mtime_ns, status.st_ino & LARGEST)
                    (records if is_record_name(item.name) else attached).append((item.name, stat))
    return Listing(dict(sorted(records)), dict(sorted(attached)))


def identities(path: Path) -> tuple[tuple[int, int], ...]:
    """Tell a folder and those above it from others that may take their places."""
    statuses = (os.stat(folder) for folder in (path, *path.parents))  # noqa: PTH116  # as below
    return tuple((status.st_dev, status.st_ino) for status in statuses)


def is_record_name(name: str) -> bool:
    """Tell whether a file is named as a record is."""
    return name.endswith(SUFFIX) and not name.startswith(".")


@contextlib.contextmanager
def _listing(folder: str) -> Iterator[None]:
    """Take a folder that is not there for an empty one, but none that cannot be read."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise RecordError(folder, f"cannot be read: {error.strerror}") from None


def _is_link(path: str) -> bool:
    # Many thousand folders may be asked, and a Path takes longer than the system call.
    return os.path.islink(path)  # noqa: PTH114
