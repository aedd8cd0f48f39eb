"""File operations that survive crashes and never overwrite by accident."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

from artifolio.errors import RecordExistsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY_PREFIX = ".artifolio-"
"""Names of files that are still being written start so; no reader takes them for records."""

# Not on Windows. O_NONBLOCK keeps the opening of a FIFO from waiting for a writer.
_READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_WRITE_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
# What os.link answers where hard links are not to be had (FAT, some network mounts, Android).
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}


def create_file(path: Path, content: bytes) -> None:
    """Write a new file so that it is whole and durable once this returns.

    The order matters: data to a temporary name, fsync, link to the real name, fsync of the
    folder. Left out, the first fsync loses content in a power cut, the last one the name.

    Raises:
        RecordExistsError: If the name is taken; what is there stays untouched.
        OSError: If the system refuses; nothing is left under the name then.
    """
    temporary = _write_temporary(path.parent, content)
    try:
        _publish(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Put new content in a file's place at once: readers see the old or the new, whole."""
    temporary = _write_temporary(path.parent, content)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write a derived file, unless it holds just that; not durable, but never half-written.

    Returns:
        Whether anything was written.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size == len(content) and file.read() == content:
                return False
    except (FileNotFoundError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True)
    except IsADirectoryError:
        path.rmdir()
    temporary = path.with_name(_temporary_name())
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def make_folder(path: Path) -> None:
    """Make a folder and those above it, durably; one that is there already is left alone."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        sync_folder(folder.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable.

    Windows cannot open folders; there the file system's journal keeps the order.
    """
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def open_regular(path: Path | str) -> Iterator[tuple[int, os.stat_result]]:
    """Open a regular file for reading and give its descriptor and status.

    Raises:
        OSError: If it cannot be opened, or is a link, folder, FIFO, socket or device.
    """
    descriptor = os.open(path, _READ_FLAGS)
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


def _write_temporary(folder: Path, content: bytes) -> Path:
    temporary = folder / _temporary_name()
    descriptor = os.open(temporary, _WRITE_FLAGS, 0o666)
    try:
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _publish(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise RecordExistsError(path) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _rename_without_clobber(temporary, path)


def _rename_without_clobber(temporary: Path, path: Path) -> None:
    if os.name != "nt":
        # POSIX rename overwrites, so the name is claimed first. Between the two steps a
        # reader may meet an empty file, which it reports as cut off, never as good.
        try:
            os.close(os.open(path, _WRITE_FLAGS, 0o666))
        except FileExistsError:
            raise RecordExistsError(path) from None
        try:
            temporary.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return
    try:
        temporary.rename(path)
    except FileExistsError:
        raise RecordExistsError(path) from None


def _temporary_name() -> str:
    return f"{TEMPORARY_PREFIX}{os.getpid()}-{os.urandom(8).hex()}.tmp"
