"""What the command ``gc`` does with bodies: lists what is due, and removes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.cli import output, words
from artifolio.errors import RecordError
from artifolio.keys import format_time
from artifolio.retention import broken_pins, find_due, remains_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from artifolio.catalog import Catalog, Version
    from artifolio.retention import Policy
    from artifolio.store import Store

_COLUMNS = [
    words.Column("KEY", "bold", least=20, fold=True),
    words.Column("VERSION", right=True),
    words.Column("CREATED", drop=2),
    words.Column("BYTES", right=True),
    words.Column("ID", "dim", drop=1),
]


@dataclass(frozen=True)
class Due:
    """A version whose body is to go."""

    version: Version
    size_bytes: int
    """Of the body and of what is attached."""


def list_due(
    store: Store, catalog: Catalog, policy: Policy, moment: datetime, pattern: str | None
) -> list[Due]:
    """Return the versions whose bodies are to go; tell of those that must stay, and why."""
    found = []
    for problem in broken_pins(catalog):
        output.note(f"Left: all of {problem.path.partition('/')[0]}, for {problem}")
    for version in find_due(catalog, policy, moment, pattern):
        try:
            retirement = remains_of(store, version.entry, moment).header.retired
        except RecordError as error:
            output.note(f"Left: {error}")
        else:
            found.append(Due(version, retirement.size if retirement else 0))
    return found


def write_due(due: Sequence[Due]) -> None:
    """List versions whose bodies are to go."""
    short = output.is_terminal()
    rows = [
        [
            version.header.key or "",
            str(version.number),
            f"{created:%Y-%m-%d %H:%M:%S}" if short else format_time(created),
            str(item.size_bytes),
            version.entry.id[: words.SHORT_ID if short else None],
        ]
        for item in due
        for version in [item.version]
        for created in [version.header.created]
    ]
    output.write_list(_COLUMNS, rows)


def remove_bodies(store: Store, due: Sequence[Due], moment: datetime) -> list[Due]:
    """Remove bodies, and return those that were removed; tell of the others."""
    removed = []
    for item in due:
        entry = item.version.entry
        try:
            # Read once more: somebody may have thought for an hour about the question.
            store.retire(entry, remains_of(store, entry, moment))
        except RecordError as error:
            output.note(f"Left: {error}")
        else:
            removed.append(item)
    return removed


def summary(due: Sequence[Due]) -> str:
    """Return how many bodies there are, and of what size."""
    noun = "body" if len(due) == 1 else "bodies"
    return f"{len(due):,} {noun}, {words.size(sum(item.size_bytes for item in due))}"
