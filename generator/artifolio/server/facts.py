"""What filters and sorts ask of versions and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from artifolio.server.forms import FOREIGN, collection_id

if TYPE_CHECKING:
    from datetime import datetime

    from artifolio.catalog import Lineage, Version
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
    stamp: tuple[object, ...]
    """What is another one as soon as the record is another one."""
    first: Header
    """Of a key: of its first version."""
    stat: tuple[int, ...] | None
    """Status of the file, where that was looked at."""


def facts_of(
    version: Version, stat: tuple[int, ...] | None, lineage: Lineage | None = None
) -> Facts:
    """Return what filters ask of a version, or of the key that it is the latest of.

    Args:
        version: The version.
        stat: Status of its file, where that was looked at.
        lineage: That of the key.
    """
    header = version.header
    first = lineage.entries[0].header if lineage else header
    return Facts(
        header.id,
        header.key,
        _type_of(header),
        _uuid(header.run.flow_run),
        _uuid(header.run.task_run),
        first.created,
        header.updated or header.created,
        version,
        header.id if lineage is None else collection_id(str(lineage.key)),
        (version.entry.path, stat, header.digest, header.header_sha256, header.updated),
        first,
        stat,
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
