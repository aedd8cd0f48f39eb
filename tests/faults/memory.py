"""Folders that no disk is behind, for what is written by the thousand and never kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

_PLACE = Path("/dev/shm")


def folder_in_memory() -> tempfile.TemporaryDirectory[str]:
    """Return a temporary folder, in memory where the system has a place for that."""
    return tempfile.TemporaryDirectory(prefix="artifolio-", dir=_PLACE if _PLACE.is_dir() else None)
