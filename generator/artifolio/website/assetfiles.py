"""The files that are the same on all sites: scripts, style sheets and schemas."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.website.sync import Output
from artifolio.website.urls import ASSETS, SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# DataTables as a module, which itables carries for notebooks. It needs none of its style.
_BORROWED = (("itables", "html/dt_bundle.js"),)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file beside all pages."""

    path: str
    """Below ``site_src/``."""
    stamp: object
    """What tells it from how it was or will be, without reading it."""
    read: Callable[[], bytes]

    def output(self) -> Output:
        """Read it."""
        return Output(self.path, self.read())


def assets(folder: str = ASSETS) -> Iterator[Asset]:
    """Give all files of a folder that are the same on all sites.

    Args:
        folder: In ``site_src/``, `ASSETS` or `SCHEMAS`.
    """
    source = package_files("artifolio.website") / ("schemas" if folder == SCHEMAS else "assets")
    for file in sorted(source.iterdir(), key=lambda file: file.name):
        # In an archive, nothing but what is in it tells.
        stamp = _stamp(file) if isinstance(file, Path) else file.read_bytes()
        yield Asset(f"{folder}/{file.name}", stamp, file.read_bytes)
    for package, name in _BORROWED if folder == ASSETS else ():
        # Not imported: that costs time, and may bring pandas along.
        spec = importlib.util.find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            if (path := Path(place, name)).is_file():
                yield Asset(f"{ASSETS}/{path.name}", _stamp(path), path.read_bytes)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
