"""File operations that survive crashes and never overwrite by accident."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

from artifolio.errors import RecordExistsError
from artifolio.renames import rename_without_clobber
from artifolio.temporaries import (
    CAREFUL,
    close_quietly,
    sync_descriptor,
    temporary_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOT_SUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
# What os.link answers besides where there are no hard links (FAT, some network mounts, Android).
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.EMLINK, errno.EXDEV}


def create_file(path: Path, content: bytes) -> None:
    """Write a new file so that it is whole and durable once this returns.

    The order matters: data to a temporary name, fsync, link to the real name, fsync of the
    folder. Left out, the first fsync loses content in a power cut, the last one the name.

    Raises:
        RecordExistsError: If the name is taken; what is there stays untouched.
        OSError: If the system refuses; the name then holds the whole file or nothing.
    """
    with _naming(path):
        try:
            _create(path, content)
        except FileNotFoundError:
            # Between two steps git removed the folder, which was empty yet, or somebody took
            # the temporary file where there are no locks.
            make_folder(path.parent)
            _create(path, content)


def replace_file(path: Path, content: bytes) -> None:
    """Put new content in a file's place at once: readers see the old or the new, whole."""
    with _naming(path):
        with temporary_file(path.parent, content) as temporary:
            temporary.replace(path)
        sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, durably.

    One that is there already may have been made by a writer that was killed before it could
    make the name durable, so the folder above is synced in any case.
    """
    missing = []
    folder = path
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        sync_folder(folder.parent)
    if not missing:
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable.

    Windows cannot open folders; there the file system's journal keeps the order.
    """
    if os.name == "nt":
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except PermissionError:
        os.sync()  # one that may be written but not read cannot be synced alone
        return
    try:
        sync_descriptor(descriptor)
    except OSError as error:
        if error.errno not in _NOT_SUPPORTED:  # as on some network mounts
            raise
    finally:
        close_quietly(descriptor)


def sync_path(path: Path) -> None:
    """Make the names durable of all folders that lead to a path, in its file system."""
    path = path.resolve()
    device = path.stat().st_dev
    for folder in path.parents:
        if folder.stat().st_dev != device:
            break
        # Where we may neither write nor read, none of us made a name.
        if os.access(folder, os.R_OK) or os.access(folder, os.W_OK):
            sync_folder(folder)


@contextlib.contextmanager
def open_regular(path: Path | str) -> Iterator[tuple[int, os.stat_result]]:
    """Open a regular file for reading and give its descriptor and status.

    Raises:
        OSError: If it cannot be opened, or is a link, folder, FIFO, socket or device.
    """
    descriptor = os.open(path, os.O_RDONLY | CAREFUL)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield descriptor, status
    finally:
        os.close(descriptor)


def read_at_most(descriptor: int, size_bytes: int) -> bytes:
    """Read up to that many bytes from where the descriptor stands."""
    parts = []
    while size_bytes > 0:
        part = os.read(descriptor, size_bytes)
        if not part:
            break
        parts.append(part)
        size_bytes -= len(part)
    return b"".join(parts)


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let errors name the file; those of writing and syncing do not by themselves."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def _create(path: Path, content: bytes) -> None:
    with temporary_file(path.parent, content) as temporary:
        _publish(temporary, path)
    sync_folder(path.parent)


def _publish(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise RecordExistsError(path) from None
    except OSError as error:
        if error.errno not in _NOT_SUPPORTED | _NO_LINKS:
            raise
        _rename(temporary, path)


def _rename(temporary: Path, path: Path) -> None:
    try:
        rename_without_clobber(temporary, path)
    except FileExistsError:
        raise RecordExistsError(path) from None
