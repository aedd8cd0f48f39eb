"""Which version of a key is meant by a number, a name or the start of an id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifolio.entries import match_id
from artifolio.errors import NotFoundError, shown
from artifolio.pins import LATEST

if TYPE_CHECKING:
    from artifolio.catalog import Lineage, Version

# What is longer, or starts with a zero, is the start of an id.
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})", re.ASCII)
"""What stands for the number of a version."""

_AS_SHOWN = re.compile(r"v([1-9][0-9]{0,8})", re.ASCII)


def version_named(lineage: Lineage, name: str) -> Version:
    """Return the version of a lineage that a name stands for.

    Args:
        lineage: The versions of a key.
        name: A number, 1 for the oldest and -1 for the latest; ``latest``; a pin; a number as pages
            show it, as ``v12``; an id, or the start of one.

    Raises:
        NotFoundError: If nothing goes by that name.
        AmbiguousIdError: If several versions do.
    """
    if NUMBER.fullmatch(name):
        return lineage.numbered(int(name))
    pinned = lineage.latest if name == LATEST else lineage.pinned(name)
    if pinned is not None:
        return pinned
    shown_number = _AS_SHOWN.fullmatch(name)
    if shown_number:
        return lineage.numbered(int(shown_number[1]))
    try:
        entry = match_id(name, lineage.entries)
    except NotFoundError:
        what = f"version {shown(name)} of {lineage.key}"
        raise NotFoundError(what, f"see 'artifolio ls --all {lineage.key}'") from None
    return next(version for version in lineage.versions if version.entry is entry)
