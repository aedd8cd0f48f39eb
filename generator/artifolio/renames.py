"""Renaming a file to a name that must be free."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1  # Linux, renameat2(2)
_RENAME_EXCL = 4  # macOS, renamex_np(2)
# The answers of systems and file systems that do not have it.
_UNKNOWN = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


def rename_without_clobber(source: Path, target: Path) -> None:
    """Rename a file, in one step where the system can.

    Where it cannot, the name is claimed with an empty file first, which the file then replaces;
    a reader that comes between the two meets a record that is cut off, never a wrong one.

    Raises:
        FileExistsError: If the target is there; nothing was changed.
    """
    if os.name == "nt":
        source.rename(target)
        return
    try:
        _rename_at_once(source, target)
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
        _claim_and_rename(source, target)


def _rename_at_once(source: Path, target: Path) -> None:
    import ctypes  # only here: it takes 3 ms, and hard links are nearly always there

    system = ctypes.CDLL(None, use_errno=True)
    one, other = os.fsencode(source), os.fsencode(target)
    try:
        if sys.platform == "darwin":
            failed = system.renamex_np(one, other, _RENAME_EXCL)
        else:
            failed = system.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_NOREPLACE)
    except AttributeError:  # a C library without it
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from None
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(source), None, str(target))


def _claim_and_rename(source: Path, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        source.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
