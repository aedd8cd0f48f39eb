"""Tells progress that moved, and a body that retention removed, from a record that was altered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.bodies import Progress
from artifolio.records import dump_record, retire
from artifolio.trends import figures_of

if TYPE_CHECKING:
    from artifolio.records import Record


def kind_of_change(old: Record, new: Record) -> str:
    """Return what happened to a version whose file changed: updated, retired or changed.

    Args:
        old: The record before.
        new: The same now.
    """
    if _goes_on(old, new):
        return "updated"
    return "retired" if _is_what_stays(old, new) else "changed"


def _is_what_stays(old: Record, new: Record) -> bool:
    """Tell whether nothing but the body was removed, and its figures are true."""
    retired = new.header.retired
    if retired is None or old.header.retired is not None or not old.intact:
        return False
    figures = figures_of(old.header, old.body)
    return dump_record(new) == dump_record(retire(old, retired.at, figures))


def _goes_on(old: Record, new: Record) -> bool:
    """Tell whether progress moved, which is how it is published."""
    updated = new.header.updated
    return (
        isinstance(old.body, Progress)
        and isinstance(new.body, Progress)
        and new.intact
        and new.header.id == old.header.id
        and updated is not None
        and updated >= (old.header.updated or old.header.created)
    )
