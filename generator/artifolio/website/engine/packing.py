"""A folder as a zip file of the same bytes for the same content."""

from __future__ import annotations

import os
import shutil
import zipfile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from datetime import datetime
    from pathlib import Path

# What a zip file can tell, in years.
_EARLIEST, _LATEST = 1980, 2107
_START = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16


def pack(
    folder: Path,
    target: BinaryIO,
    top: str,
    moment: datetime | None = None,
    without: Container[str] = (),
) -> int:
    """Pack all files below a folder, one after the other, and return how many there are.

    Args:
        folder: What is packed.
        target: Where to; open for writing.
        top: The folder that unpacking gives.
        moment: The time that all files get, in UTC; None, or what no zip file can tell, is 1980.
        without: Paths below the folder that are left out.
    """
    time = moment.timetuple()[:6] if moment and _EARLIEST <= moment.year <= _LATEST else _START
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(str(folder), ""):
            if path in without:
                continue
            source = folder / path
            entry = zipfile.ZipInfo(f"{top}/{path}", time)
            # The same whatever system and umask packs it.
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.file_size = source.stat().st_size
            with source.open("rb") as content, archive.open(entry, "w") as packed:
                shutil.copyfileobj(content, packed, 1 << 20)
            count += 1
    return count


def _files(root: str, folder: str) -> Iterator[str]:
    """Give the paths of all files below a folder, in the same order everywhere."""
    with os.scandir(os.path.join(root, folder)) as items:  # noqa: PTH118 - faster
        found = sorted((item.name, item.is_dir()) for item in items)
    for name, is_folder in found:
        path = f"{folder}/{name}" if folder else name
        if is_folder:
            yield from _files(root, path)
        else:
            yield path
