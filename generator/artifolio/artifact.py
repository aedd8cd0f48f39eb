"""Published versions as users read them back."""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from artifolio.bodies import Markdown, plain_data
from artifolio.errors import InvalidValueError, RecordError, shown
from artifolio.keys import check_key
from artifolio.records import CHANGED
from artifolio.sdk import (
    create_file_artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    in_thread,
    place_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from artifolio.places import Place, Placed
    from artifolio.store import Store
    from artifolio.values import Value

_CREATE: dict[str, Callable[..., UUID]] = {
    "link": create_link_artifact,
    "markdown": create_markdown_artifact,
    "table": create_table_artifact,
    "image": create_image_artifact,
    "file": create_file_artifact,
    "progress": create_progress_artifact,
}


@dataclass(frozen=True)
class Artifact:
    """One version of an artifact, as `get`, `get_or_create` and `versions` give it."""

    key: str | None
    type: str
    """``link``, ``markdown``, ``table``, ``image``, ``file`` or ``progress``."""
    data: Value
    """The body: text for Markdown, a list of dicts for a table, a dict for the others; None where
    retention removed it."""
    description: str | None
    id: UUID
    created: datetime
    updated: datetime
    """When a progress version last moved; ``created`` for the others."""
    version: int
    """Place in the lineage, counted from 1, the oldest. A late merge may shift it."""
    path: str
    """The record's file, below the folder of records."""
    metadata: Mapping[str, Value] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    flow_run_id: str | None = None
    task_run_id: str | None = None
    intact: bool = True
    """False where the record was changed after it was published; reading it warns, too."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Of Markdown: files of the images attached to it, below the folder of records, by the paths
    that stand in the text."""
    retired: datetime | None = None
    """When retention removed the body; None while it is there."""

    @classmethod
    def get(
        cls,
        key: str,
        *,
        version: int | str | None = None,
        store: Store | Path | str | None = None,
    ) -> Artifact | None:
        """Return the latest version of a key, or another one, or None where there is none.

        Args:
            key: The artifact's key.
            version: The name that it is pinned as, its number (-1 is the latest), or its id or the
                start of one; the latest where left out.
            store: The folder of records, where it is not that of the working directory.

        Raises:
            InvalidKeyError: If no artifact can have that key.
            AmbiguousIdError: If the ids of several versions start so.
            RecordError: If the version cannot be read.

        Example:
            >>> report = Artifact.get("sales-report")
            >>> model = Artifact.get("churn-model", version="production")
        """
        place = place_of(store)
        check_key(key)
        found = place.latest(key) if version is None else place.named(key, str(version))
        return _read(place, found) if found else None

    @classmethod
    def get_or_create(
        cls,
        key: str | None = None,
        description: str | None = None,
        data: Any = None,
        *,
        type: str = Markdown.type,
        tags: Iterable[str] = (),
        metadata: Mapping[str, Any] | None = None,
        store: Store | Path | str | None = None,
    ) -> tuple[Artifact, bool]:
        """Return the latest version of a key, or publish the first where there is none.

        Args:
            key: The artifact's key; without one, a version is always published.
            description: Of the version that is published.
            data: What the type's ``create_…_artifact`` takes first: text, a table, a number …
            type: One of the six types.
            tags: Of the version that is published.
            metadata: Of the version that is published.
            store: The folder of records, where it is not that of the working directory.

        Returns:
            The version, and whether it was published just now.

        Example:
            >>> report, is_new = Artifact.get_or_create("sales-report", data="Nothing yet.")
        """
        if key is not None:
            known = cls.get(key, store=store)
            if known is not None:
                return known, False
        if type not in _CREATE:
            raise InvalidValueError("type", f"{shown(type)} is none of {', '.join(_CREATE)}")
        version_id = _CREATE[type](
            data, key=key, description=description, tags=tags, metadata=metadata, store=store
        )
        place = place_of(store)
        return _read(place, place.find(version_id)), True

    @classmethod
    def versions(cls, key: str, *, store: Store | Path | str | None = None) -> list[Artifact]:
        """Return all versions of a key that can be read, newest first.

        Args:
            key: The artifact's key.
            store: The folder of records, where it is not that of the working directory.

        Example:
            >>> [version.data for version in Artifact.versions("sales-report")]
        """
        place = place_of(store)
        found = []
        for placed in place.lineage(check_key(key)):
            with contextlib.suppress(RecordError):
                found.append(_read(place, placed))
        return found

    @classmethod
    async def aget(
        cls,
        key: str,
        *,
        version: int | str | None = None,
        store: Store | Path | str | None = None,
    ) -> Artifact | None:
        """Do as `get` does, without blocking the event loop."""
        return await in_thread(cls.get, key, version=version, store=store)

    @classmethod
    async def aget_or_create(cls, *args: Any, **kwargs: Any) -> tuple[Artifact, bool]:
        """Do as `get_or_create` does, without blocking the event loop."""
        return await in_thread(cls.get_or_create, *args, **kwargs)


def _read(place: Place, placed: Placed) -> Artifact:
    record = place.read(placed)
    header = record.header
    if not record.intact:
        warnings.warn(f"{placed.path}: {CHANGED}", stacklevel=3)
    return Artifact(
        key=header.key,
        type=header.type,
        data=plain_data(record.body),
        description=header.description,
        id=header.id,
        created=header.created,
        updated=header.updated or header.created,
        version=placed.number,
        path=placed.path,
        metadata=header.metadata,
        tags=header.tags,
        flow_run_id=header.run.flow_run,
        task_run_id=header.run.task_run,
        intact=record.intact,
        images={
            path: f"{placed.path.rpartition('/')[0]}/{attachment.name}"
            for path, attachment in record.images.items()
        },
        retired=header.retired.at if header.retired else None,
    )
