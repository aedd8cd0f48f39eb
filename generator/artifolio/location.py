"""Which folder of records is meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "artifacts"
VARIABLE = "ARTIFOLIO_DIR"


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
