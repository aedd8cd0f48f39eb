"""File operations that survive crashes and never overwrite by accident."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from typing import TYPE_CHECKING

from artifolio.errors import RecordExistsError
from artifolio.renames import rename_without_clobber

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # a module, or none

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY_PREFIX = ".artifolio-"
"""Names of files that are still being written start so; no reader takes them for records."""

ABANDONED_SECONDS = 3600
"""Age from which a temporary file counts as left over where locks cannot tell."""

# Not on Windows. O_NONBLOCK keeps the opening of a FIFO from waiting for a writer.
_CAREFUL = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_WRITE_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
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
            # Between two steps git removed the folder, which was empty yet, or a clean-up took
            # the temporary file in the moment before it was locked.
            make_folder(path.parent)
            _create(path, content)


def replace_file(path: Path, content: bytes) -> None:
    """Put new content in a file's place at once: readers see the old or the new, whole."""
    with _naming(path):
        with _temporary_file(path.parent, content) as temporary:
            temporary.replace(path)
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
        _sync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_SUPPORTED:  # as on some network mounts
            raise
    finally:
        _close(descriptor)


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


def is_abandoned(path: Path) -> bool:
    """Tell whether the writer of a temporary file is gone.

    A writer holds a lock on its file, which the system lets go of when the process ends. Where
    locks are not to be had (Windows, some network mounts), a file is given an hour.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | _CAREFUL)
    except FileNotFoundError:
        return False
    except OSError:
        return _is_old(path)
    try:
        return _lock(descriptor)
    except OSError:
        return _is_old(path)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def open_regular(path: Path | str) -> Iterator[tuple[int, os.stat_result]]:
    """Open a regular file for reading and give its descriptor and status.

    Raises:
        OSError: If it cannot be opened, or is a link, folder, FIFO, socket or device.
    """
    descriptor = os.open(path, os.O_RDONLY | _CAREFUL)
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
    with _temporary_file(path.parent, content) as temporary:
        _publish(temporary, path)
    sync_folder(path.parent)


@contextlib.contextmanager
def _temporary_file(folder: Path, content: bytes) -> Iterator[Path]:
    """Write a durable file that is gone again at the end, unless it was renamed."""
    temporary = folder / _temporary_name()
    descriptor = os.open(temporary, _WRITE_FLAGS, 0o666)
    try:
        with contextlib.suppress(OSError):
            _lock(descriptor)
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        _sync(descriptor)
        if os.name == "nt":  # where open files are neither renamed nor deleted
            descriptor = _close(descriptor)
        yield temporary
    finally:
        # The record's fate is settled before; what fails here is left to a clean-up.
        with contextlib.suppress(OSError):
            temporary.unlink()
        _close(descriptor)


def _close(descriptor: int) -> int:
    if descriptor >= 0:
        # An error was told by fsync already, and the descriptor is gone all the same.
        with contextlib.suppress(OSError):
            os.close(descriptor)
    return -1


def _sync(descriptor: int) -> None:
    if hasattr(fcntl, "F_FULLFSYNC"):
        # On macOS fsync leaves the data in the drive's own cache.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a file until it is closed, unless another has; OSError where there are no locks."""
    if fcntl is None:
        raise OSError(errno.ENOTSUP, "no file locks")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > ABANDONED_SECONDS
    except OSError:
        return False


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


def _temporary_name() -> str:
    return f"{TEMPORARY_PREFIX}{os.getpid()}-{os.urandom(8).hex()}.tmp"
