"""The folder of the finished site: what is written there is whole, and what is gone goes."""

from __future__ import annotations

import contextlib
import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from artifolio.temporaries import TEMPORARY_PREFIX, temporary_name
from artifolio.website.engine.fingerprint import digest_of
from artifolio.website.engine.memory import UNKNOWN, stamp_file
from artifolio.website.engine.pool import spread

_CHUNK_BYTES = 1 << 20
_SLICE = 500
"""Files that one worker copies at a time."""

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from concurrent.futures import Executor


def write_output(root: str, path: str, content: bytes) -> tuple[bytes, bool]:
    """Write a file of the site, unless it holds just that.

    A reader sees the old file or the new one, whole.

    Args:
        root: The site's folder.
        path: Below it, with forward slashes.
        content: All of it.

    Returns:
        The file's stamp, and whether anything was written.
    """
    target = f"{root}/{path}"
    try:
        with open(target, "rb") as file:  # noqa: PTH123 - faster, and done for every page
            if os.fstat(file.fileno()).st_size == len(content) and file.read() == content:
                if os.path.islink(target):  # noqa: PTH114 - likewise
                    raise FileNotFoundError  # what it leads to may change
                return stamp_file(target), False
    except OSError:
        pass

    def write(temporary: str) -> None:
        with open(temporary, "wb") as file:  # noqa: PTH123 - likewise
            file.write(content)

    _replace(root, path, write)
    return stamp_file(target), True


def write_or_remove(root: str, path: str, content: bytes) -> tuple[bytes, bool]:
    """Do as `write_output`, but have no file where it would be empty, as MkDocs does."""
    if content:
        return write_output(root, path, content)
    remove_outputs(root, [path])
    return UNKNOWN, False


def copy_output(root: str, path: str, source: str) -> tuple[bytes, bool]:
    """Copy a file into the site as `write_output` writes one, whatever its size."""
    target = f"{root}/{path}"
    with contextlib.suppress(OSError):
        if not os.path.islink(target) and _are_equal(source, target):  # noqa: PTH114 - likewise
            return stamp_file(target), False

    def copy(temporary: str) -> None:
        with open(source, "rb") as one, open(temporary, "wb") as other:  # noqa: PTH123 - likewise
            shutil.copyfileobj(one, other, _CHUNK_BYTES)

    _replace(root, path, copy)
    return stamp_file(target), True


class Copy(NamedTuple):
    """A file that is to be copied into the site, as it is."""

    name: str
    """Below ``docs_dir``, or among the files of the theme."""
    place: str
    """In the site."""
    source: str
    """Where it is, as a path."""


class Copied(NamedTuple):
    """What became of such a file."""

    copy: Copy
    made: bytes
    """The stamp of the copy."""
    written: bool


def copy_outputs(root: str, copies: Sequence[Copy], executor: Executor | None) -> Iterator[Copied]:
    """Copy files into the site.

    Args:
        root: The site's folder.
        copies: Which.
        executor: Copies slices of them; None copies all here.
    """
    return spread(partial(_copy_slice, root), copies, _SLICE, executor)


def _copy_slice(root: str, copies: Sequence[Copy]) -> list[Copied]:
    return [Copied(copy, *copy_output(root, copy.place, copy.source)) for copy in copies]


def mirror(source: str, root: str) -> None:
    """Make the site's folder hold just what another folder does, file by file."""
    kept = {
        Path(folder, name).relative_to(source).as_posix()
        for folder, _, names in os.walk(source)
        for name in names
    }
    remove_links(root, kept)
    for place in sorted(kept):
        copy_output(root, place, f"{source}/{place}")
    sweep(root, kept)


def remove_links(root: str, paths: Iterable[str]) -> None:
    """Remove links in the place of folders of the site, for what they lead to is not ours.

    Args:
        root: The site's folder, which may be a link itself.
        paths: The files that are to be there, below it.
    """
    for folder in sorted(folders_of(paths) - {""}):
        if os.path.islink(f"{root}/{folder}"):  # noqa: PTH114 - likewise
            os.unlink(f"{root}/{folder}")  # noqa: PTH108 - likewise


def remove_outputs(root: str, paths: Iterable[str]) -> list[str]:
    """Remove files of the site, and folders in which nothing is left.

    Returns:
        Those that were there.
    """
    removed = []
    for path in paths:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            os.unlink(f"{root}/{path}")  # noqa: PTH108 - likewise
            removed.append(path)
        folder = path.rpartition("/")[0]
        with contextlib.suppress(OSError):
            while folder:
                os.rmdir(f"{root}/{folder}")  # noqa: PTH106 - likewise
                folder = folder.rpartition("/")[0]
    return removed


def sweep(root: str, kept: Collection[str]) -> list[str]:
    """Remove whatever lies in the site's folder and is not kept.

    Hidden files and folders at the top stay, as MkDocs leaves them: ``.git`` may be there.

    Returns:
        The files that were removed, below the root.
    """
    if not os.path.isdir(root):  # noqa: PTH112 - nothing was written
        return []
    removed: list[str] = []
    _sweep(root, "", kept, folders_of(kept), removed)
    return removed


def _sweep(
    root: str, folder: str, kept: Collection[str], folders: Collection[str], removed: list[str]
) -> None:
    with os.scandir(f"{root}/{folder}") as found:
        items = sorted(found, key=lambda item: item.name)
    for item in items:
        path = f"{folder}/{item.name}" if folder else item.name
        if not folder and item.name.startswith(".") and not item.name.startswith(TEMPORARY_PREFIX):
            continue
        if item.is_dir(follow_symlinks=False):
            if path in folders:
                _sweep(root, path, kept, folders, removed)
            else:
                shutil.rmtree(item.path)
                removed.append(path)
        elif path not in kept:
            os.unlink(item.path)  # noqa: PTH108 - likewise
            removed.append(path)


def _are_equal(first: str, second: str) -> bool:
    # Not by filecmp, which believes what it saw last of files of the same size and time.
    with open(first, "rb") as one, open(second, "rb") as other:  # noqa: PTH123 - likewise
        if os.fstat(one.fileno()).st_size != os.fstat(other.fileno()).st_size:
            return False
        while part := one.read(_CHUNK_BYTES):
            if part != other.read(_CHUNK_BYTES):
                return False
        return True


def stamp_folders(root: str, paths: Iterable[str]) -> str:
    """Return a text that differs where something came into a folder of the site, or went.

    Args:
        root: The site's folder.
        paths: The files that are there, below it.
    """
    folders = folders_of(paths)
    stamps = (f"{folder} {stamp_file(f'{root}/{folder}').hex()}" for folder in sorted(folders))
    return digest_of(*stamps)


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return the folders that files lie in, that of all others being the empty text."""
    folders = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _replace(root: str, path: str, write: Callable[[str], object]) -> None:
    """Write a file under another name and give it its own."""
    target = f"{root}/{path}"
    folder = target.rpartition("/")[0]
    temporary = f"{folder}/{temporary_name()}"
    try:
        try:
            write(temporary)
            os.replace(temporary, target)  # noqa: PTH105 - likewise
        except (FileNotFoundError, NotADirectoryError, FileExistsError, IsADirectoryError):
            _clear_way(root, path)
            write(temporary)
            os.replace(temporary, target)  # noqa: PTH105 - likewise
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - likewise
        raise


def _clear_way(root: str, path: str) -> None:
    """Make the folders of a path, and remove what stands in its way."""
    if not _make_folder(f"{root}/{path}".rpartition("/")[0]):
        place = Path(root)
        place.mkdir(parents=True, exist_ok=True)
        for name in path.split("/")[:-1]:
            place /= name
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                place.unlink()
            place.mkdir(exist_ok=True)
    target = Path(root, path)
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)


def _make_folder(folder: str) -> bool:
    """Make one folder, as is needed for most pages; tell whether that was enough."""
    try:
        os.mkdir(folder)  # noqa: PTH102 - likewise
    except OSError:
        return False
    return True
