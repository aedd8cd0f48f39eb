"""Files that are still being written: how they are named, locked, and cleaned up after."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

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
CAREFUL = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""How to open what somebody else may have put there: without following a link, without waiting for
the writer of a FIFO."""
_ATTEMPTS = 10
_WRITE_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)


@contextlib.contextmanager
def temporary_file(folder: Path, content: bytes) -> Iterator[Path]:
    """Write a durable file that is gone again at the end, unless it was renamed."""
    temporary, descriptor = _open_locked(folder)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        sync_descriptor(descriptor)
        if os.name == "nt":  # where open files are neither renamed nor deleted
            descriptor = close_quietly(descriptor)
        yield temporary
    finally:
        # The record's fate is settled before; what fails here is left to a clean-up.
        with contextlib.suppress(OSError):
            temporary.unlink()
        close_quietly(descriptor)


def temporary_name() -> str:
    """Return a name that nobody else gives."""
    return f"{TEMPORARY_PREFIX}{os.getpid()}-{os.urandom(8).hex()}.tmp"


def is_abandoned(path: Path) -> bool:
    """Tell whether the writer of a temporary file is gone.

    A writer holds a lock on its file, which the system lets go of when the process ends. Where
    locks are not to be had (Windows, some network mounts), a file is given an hour.
    """
    with _held_if_abandoned(path) as abandoned:
        return abandoned


def remove_if_abandoned(path: Path) -> bool:
    """Remove a temporary file if its writer is gone.

    Returns:
        Whether it was removed.
    """
    with _held_if_abandoned(path) as abandoned:
        if not abandoned:
            return False
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        return True


def sync_descriptor(descriptor: int) -> None:
    """Make what was written to a file, or the names in a folder, durable."""
    if hasattr(fcntl, "F_FULLFSYNC"):
        # On macOS fsync leaves the data in the drive's own cache.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def close_quietly(descriptor: int) -> int:
    """Close a descriptor unless it is -1, and return -1."""
    if descriptor >= 0:
        # An error was told by fsync already, and the descriptor is gone all the same.
        with contextlib.suppress(OSError):
            os.close(descriptor)
    return -1


def _open_locked(folder: Path) -> tuple[Path, int]:
    """Make a temporary file and lock it; one that a clean-up took before that is made anew."""
    for left in reversed(range(_ATTEMPTS)):
        temporary = folder / temporary_name()
        descriptor = os.open(temporary, _WRITE_FLAGS, 0o666)
        if fcntl is None:
            break
        with contextlib.suppress(OSError):
            # Waits for who only looks whether the file is abandoned.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not left or _has_name(descriptor):
            break
        with contextlib.suppress(OSError):
            temporary.unlink()  # which is gone, unless a file system counts no names
        close_quietly(descriptor)
    return temporary, descriptor


def _has_name(descriptor: int) -> bool:
    try:
        return os.fstat(descriptor).st_nlink > 0
    except OSError:
        return True  # what is wrong shows when it is written to


@contextlib.contextmanager
def _held_if_abandoned(path: Path) -> Iterator[bool]:
    """Tell whether a file is abandoned, and as long as it takes keep it from being taken up."""
    try:
        descriptor = os.open(path, os.O_RDWR | CAREFUL)
    except OSError:
        yield _is_old(path)
        return
    try:
        yield _is_free(descriptor, path)
    finally:
        os.close(descriptor)


def _is_free(descriptor: int, path: Path) -> bool:
    if fcntl is None:
        return _is_old(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return _is_old(path)
    return True


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > ABANDONED_SECONDS
    except OSError:
        return False
