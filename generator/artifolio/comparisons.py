"""A difference of two versions with what was compared, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.diffs import UNCHANGED, as_json, sentence
from artifolio.keys import format_time

if TYPE_CHECKING:
    from artifolio.catalog import Version
    from artifolio.diffs import Diff
    from artifolio.values import Value


def comparison_json(old: Version, new: Version, found: Diff) -> dict[str, Value]:
    """Return a difference, and between which versions it is.

    Args:
        old: The version before.
        new: The version now.
        found: The difference of the two.
    """
    return {
        "key": new.header.key,
        "type": new.header.type,
        "old": _place(old),
        "new": _place(new),
        "same": sentence(found) == UNCHANGED,
        "sentence": sentence(found),
        **as_json(found),
    }


def _place(version: Version) -> dict[str, Value]:
    return {
        "version": version.number,
        "id": version.entry.id,
        "created": format_time(version.header.created),
    }
