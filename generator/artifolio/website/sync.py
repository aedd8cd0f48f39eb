"""Writes generated files below ``site_src/``, and removes what stands in their way."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from artifolio.folders import LARGEST
from artifolio.temporaries import ABANDONED_SECONDS, TEMPORARY_PREFIX, temporary_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

Identity: TypeAlias = tuple[int, int, int, int]
"""What tells a file from any other, and from itself before it was changed: size, time of the last
change of its content and of anything (nanoseconds), inode."""
Files: TypeAlias = "dict[str, Identity]"
"""The files of one folder by name."""

STRAY: Identity = (-1, 0, 0, 0)
"""Of what is no regular file: a link, a pipe."""


@dataclass(frozen=True)
class Output:
    """One file to be written."""

    path: str
    """Below ``site_src/``, with forward slashes."""
    content: bytes


@dataclass(frozen=True)
class Synced:
    """What changed on disk."""

    written: tuple[str, ...] = ()
    """Files that were new or had other content."""
    deleted: tuple[str, ...] = ()
    """Files that nothing generates any more."""


@dataclass
class Ledger:
    """What lies in the owned folders, and what of it has changed since that was last asked."""

    files: dict[str, Identity] = field(default_factory=dict)
    """By path. One mapping, kept up to date."""
    _touched: dict[str, bool] = field(default_factory=dict)
    """Paths that changed, and whether anything was there before."""

    def put(self, path: str, identity: Identity) -> None:
        """Note a file that is there."""
        if self.files.get(path) != identity:
            self._touched.setdefault(path, path in self.files)
            self.files[path] = identity

    def drop(self, path: str) -> None:
        """Note a file that is gone."""
        self._touched.setdefault(path, True)
        self.files.pop(path, None)

    def take(self) -> Synced:
        """Return what has changed, and begin anew."""
        touched, self._touched = self._touched, {}
        return Synced(
            tuple(path for path in touched if path in self.files),
            tuple(path for path, was in touched.items() if was and path not in self.files),
        )


class Writer:
    """Writes files below one folder.

    Args:
        root: ``site_src/``.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own: set[Path] = set()
        """Folders that are no links, and need not be looked at again."""

    def write(self, output: Output) -> Identity:
        """Write a file, unless it holds just that; not durable, but never half-written.

        What stands where the file or a folder above it has to be is removed; links are not
        followed.
        """
        path = self._root / output.path
        folder = path.parent
        if folder not in self._own:
            self._clear_way(path)
        if _is_file(path):
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
                identity = _identity(os.fstat(file.fileno()))
                if identity[0] == len(output.content) and file.read() == output.content:
                    return identity
        temporary = folder / temporary_name()
        try:
            with _new_file(temporary) as file:
                file.write(output.content)
                file.flush()
                if os.name != "nt":
                    temporary.replace(path)
                    # Of the open file, for another refresh may put its own there at any moment.
                    return _identity(os.fstat(file.fileno()))
            temporary.replace(path)
            return _identity(path.lstat())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _clear_way(self, path: Path) -> None:
        for folder in reversed(path.relative_to(self._root).parents[:-1]):
            place = self._root / folder
            if place not in self._own:
                if place.is_symlink() or (place.exists() and not place.is_dir()):
                    place.unlink()
                self._own.add(place)


def _is_file(path: Path) -> bool:
    """Tell whether there is a file; remove what else there is."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        shutil.rmtree(path)
    elif not stat.S_ISREG(mode):
        path.unlink()
    return stat.S_ISREG(mode)


def _new_file(path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except FileNotFoundError:  # another refresh may have removed the folder at any moment, too
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")


def list_outputs(root: Path, folder: str) -> dict[str, Files]:
    """List what is in a folder and in those below it; links are not followed.

    Args:
        root: ``site_src/``.
        folder: Its path below that.

    Returns:
        The files of each folder. Where something else stands in the folder's place, that is
        told as a file of the folder above, which is otherwise left out.
    """
    found: dict[str, Files] = {}
    path = root / folder
    if path.is_symlink() or path.is_file():
        above, _, name = folder.rpartition("/")
        return {above: {name: STRAY}}
    with contextlib.suppress(FileNotFoundError):
        _list(str(path), folder, found)
    return found


def remove_outputs(root: Path, folder: str, names: Iterable[str]) -> None:
    """Delete files of a folder, and the folder and those above it if nothing is left in them."""
    for name in names:
        path = root / folder / name
        # A folder may have taken the place of a link meanwhile.
        if path.is_symlink() or not path.is_dir():
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
    place = Path(folder)
    with contextlib.suppress(OSError):  # not empty, or not there
        while place.name:
            (root / place).rmdir()
            place = place.parent


def join(folder: str, name: str) -> str:
    """Return the path of a file below ``site_src/``."""
    return f"{folder}/{name}" if folder else name


def _list(path: str, folder: str, found: dict[str, Files]) -> None:
    files: Files = {}
    with os.scandir(path) as items:
        for item in items:
            if item.is_dir(follow_symlinks=False):
                _list(item.path, f"{folder}/{item.name}", found)
                continue
            try:
                status = _status(item)
            except FileNotFoundError:
                continue  # deleted meanwhile
            if not _is_being_written(item.name, status):
                is_file = stat.S_ISREG(status.st_mode)
                files[item.name] = _identity(status) if is_file else STRAY
    found[folder] = files


def _status(item: os.DirEntry[str]) -> os.stat_result:
    # On Windows a listing tells no inodes.
    return os.lstat(item.path) if os.name == "nt" else item.stat(follow_symlinks=False)


def _identity(status: os.stat_result) -> Identity:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & LARGEST


def _is_being_written(name: str, status: os.stat_result) -> bool:
    """Tell whether a file may be another refresh's that has not got its name yet."""
    is_temporary = name.startswith(TEMPORARY_PREFIX)
    return is_temporary and time.time() - status.st_mtime < ABANDONED_SECONDS
