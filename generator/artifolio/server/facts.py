"""What filters and sorts ask of versions and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from artifolio.server.forms import FOREIGN

if TYPE_CHECKING:
    from datetime import datetime

    from artifolio.catalog import Version
    from artifolio.headers import Header


@dataclass(frozen=True, slots=True)
class Facts:
    """What filters and sorts ask of a version, or of a key."""

    id: UUID
    """Of a key: of its latest version."""
    key: str | None
    type: str | None
    flow_run: UUID | None
    task_run: UUID | None
    created: datetime
    """Of a key: of its first version."""
    updated: datetime
    version: Version
    """Of a key: its latest."""
    sorting_id: UUID
    """What a sort by id goes by: a key has an id of its own."""


def facts_of(version: Version, created: datetime, sorting_id: UUID) -> Facts:
    """Return what filters ask of a version, or of the key that it is the latest of.

    Args:
        version: The version.
        created: When it was, or the first version of its key.
        sorting_id: Its id, or that of its key.
    """
    header = version.header
    return Facts(
        header.id,
        header.key,
        _type_of(header),
        _uuid(header.run.flow_run),
        _uuid(header.run.task_run),
        created,
        header.updated or header.created,
        version,
        sorting_id,
    )


def _type_of(header: Header) -> str | None:
    """Return what Prefect calls a version's type."""
    foreign = header.extra.get(FOREIGN)
    if isinstance(foreign, dict):
        kind = foreign.get("type")
        return kind if isinstance(kind, str) else None
    return "markdown" if header.type == "link" else header.type


def _uuid(name: str | None) -> UUID | None:
    try:
        return UUID(name) if name else None
    except ValueError:
        return None
