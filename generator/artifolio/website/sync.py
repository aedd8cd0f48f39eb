"""Brings folders of ``site_src/`` to hold just what was generated."""

from __future__ import annotations

import os
import shutil
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.files import write_if_changed
from artifolio.temporaries import ABANDONED_SECONDS, TEMPORARY_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Output:
    """One file to be written."""

    path: str
    """Below ``site_src/``, with forward slashes."""
    content: bytes


@dataclass(frozen=True)
class Synced:
    """What a sync did."""

    written: tuple[str, ...] = ()
    """Files that were new or had other content."""
    deleted: tuple[str, ...] = ()
    """Files that nothing generates any more."""


def sync_outputs(root: Path, owned: Iterable[str], outputs: Iterable[Output]) -> Synced:
    """Write what changed, and delete what is in the owned folders but was not generated.

    Args:
        root: ``site_src/``.
        owned: Folders below it. They are ours whole, whoever put a file there.
        outputs: Taken one by one, so that no more than one is held in memory.
    """
    written, kept = [], set()
    own: set[Path] = set()
    for output in outputs:
        kept.add(output.path)
        _clear_way(root, output.path, own)
        if write_if_changed(root / output.path, output.content):
            written.append(output.path)
    deleted: list[str] = []
    for folder in owned:
        _prune(root, folder, kept, deleted)
    return Synced(tuple(written), tuple(deleted))


def _clear_way(root: Path, path: str, own: set[Path]) -> None:
    """Remove what stands where a file or a folder above it has to be; links are not followed.

    Args:
        root: ``site_src/``.
        path: The file that is about to be written.
        own: Folders that were looked at before; added to.
    """
    target = root / path
    for folder in reversed(target.relative_to(root).parents[:-1]):
        place = root / folder
        if place not in own:
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                place.unlink()
            own.add(place)
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        shutil.rmtree(target)
    elif not stat.S_ISREG(mode):
        target.unlink()


def _is_being_written(path: Path) -> bool:
    """Tell whether a file may be another refresh's that has not got its name yet."""
    if not path.name.startswith(TEMPORARY_PREFIX):
        return False
    try:
        return time.time() - path.lstat().st_mtime < ABANDONED_SECONDS
    except FileNotFoundError:
        return True


def _prune(root: Path, folder: str, kept: set[str], deleted: list[str]) -> None:
    base = root / folder
    if base.is_symlink() or base.is_file():
        # Following it would delete files outside of site_src/.
        base.unlink()
        deleted.append(folder)
        return
    if not base.is_dir():
        return
    empty = True
    for path in sorted(base.iterdir()):
        name = f"{folder}/{path.name}"
        if path.is_dir() and not path.is_symlink():
            _prune(root, name, kept, deleted)
            empty = empty and not path.exists()
        elif name in kept or _is_being_written(path):
            empty = False
        else:
            path.unlink(missing_ok=True)
            deleted.append(name)
    if empty:
        base.rmdir()
