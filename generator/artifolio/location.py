"""Which folder of records is meant, and where caches lie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "artifacts"
VARIABLE = "ARTIFOLIO_DIR"
URL_VARIABLE = "ARTIFOLIO_API_URL"
"""Names a server that has the folder of records, for programs that publish without one."""
TOKEN_VARIABLE = "ARTIFOLIO_TOKEN"  # noqa: S105 - the name of it
"""What such a server wants to be shown."""
CACHE_VARIABLE = "ARTIFOLIO_CACHE"


def locate_artifacts(start: Path, environ: Mapping[str, str]) -> Path:
    """Return the folder that is read and written.

    ``ARTIFOLIO_DIR`` where it is set; else ``artifacts/`` of the nearest folder, from ``start``
    upwards, that holds it beside ``mkdocs.yml`` or ``.git``; else ``artifacts/`` in ``start``.
    """
    if environ.get(VARIABLE):
        return start / Path(environ[VARIABLE]).expanduser()
    for folder in (start, *start.parents):
        beside = (folder / "mkdocs.yml").is_file() or (folder / ".git").exists()
        if beside and (folder / FOLDER).is_dir():
            return folder / FOLDER
    return start / FOLDER


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder for what may be deleted at any time, or None where there is none.

    ``ARTIFOLIO_CACHE`` where it is set; else ``artifolio`` in the user's cache folder, as the
    system has it: ``XDG_CACHE_HOME`` or ``~/.cache``, ``~/Library/Caches``, ``LOCALAPPDATA``.
    """
    try:
        if environ.get(CACHE_VARIABLE):
            return Path(environ[CACHE_VARIABLE]).expanduser().absolute()
        if sys.platform == "win32":
            base = environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:  # nobody's home is known
        return None
    return Path(base).absolute() / "artifolio"
