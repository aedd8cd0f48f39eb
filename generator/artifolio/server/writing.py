"""Publishes, changes and deletes versions for those who ask over HTTP."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artifolio.bodies import Body, Image, Link, Markdown, Progress
from artifolio.errors import InvalidValueError, NotFoundError, RecordError, RecordExistsError
from artifolio.files import sync_folder
from artifolio.keys import IdMaker, now, to_milliseconds
from artifolio.origins import Run
from artifolio.records import Record, dump_record, move, new_header
from artifolio.retirement import Retired
from artifolio.server.forms import FOREIGN, from_prefect
from artifolio.server.revising import ALTERED, Revision, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from artifolio.catalog import Version
    from artifolio.headers import Header
    from artifolio.server.library import Library

_LOCKS = 64


@dataclass(frozen=True)
class Posted:
    """What a client wants to publish, checked as far as its form goes."""

    key: str | None
    type: str | None
    description: str | None
    data: Any
    metadata: dict[str, str]
    flow_run: UUID | None
    task_run: UUID | None


@dataclass(frozen=True)
class Patched:
    """What a client wants to change; None for what stays."""

    has_data: bool
    data: Any
    has_description: bool
    description: str | None
    metadata: dict[str, str] | None


class Desk:
    """Writes records.

    Args:
        library: What there is; told of what is written.
        clock: Gives the present moment, aware.
        make_id: Gives a new id, greater than all it gave before.
    """

    def __init__(
        self,
        library: Library,
        clock: Callable[[], datetime] = now,
        make_id: Callable[[], UUID] | None = None,
    ) -> None:
        self._library = library
        self._clock = clock
        self._make_id = make_id or IdMaker()
        self._lock = threading.Lock()
        self._keeping = [threading.Lock() for _ in range(_LOCKS)]
        """Held while a version comes in; two that are one have the same."""
        self._latest: dict[str, datetime] = {}
        self.revision = Revision(library, self._lock, clock)
        """Edits and deletes, one after the other with all else."""

    def publish(self, posted: Posted) -> Version:
        """Publish a version.

        Raises:
            InvalidValueError: If it cannot be kept.
        """
        body, extra = from_prefect(posted.type, posted.data)
        version_id, moment = self._begin(posted.key)
        header = new_header(
            body,
            id=version_id,
            key=posted.key,
            created=moment,
            description=posted.description or None,
            metadata=posted.metadata,
            run=Run(flow_run=_text(posted.flow_run), task_run=_text(posted.task_run)),
            extra=extra,
        )
        record = Record(header, body)
        self._library.store.add(record)
        self._library.note(header.folder, record)
        return self._library.find(version_id)

    def keep(self, record: Record, contents: Sequence[bytes]) -> bool:
        """Publish a version just as its publisher made it; the same may come again.

        Args:
            record: The version, with an id and a time.
            contents: The bytes of each of its attachments.

        Returns:
            Whether it is new.

        Raises:
            RecordExistsError: If another version has its id, or its place.
            InvalidValueError: If it could not be read back.
            RecordError: If the folder of the key is none.
        """
        header = record.header
        with self._keeping[header.id.int % _LOCKS]:
            if self._is_free(header):
                try:
                    self._library.store.add(record, *contents)
                except RecordExistsError:
                    pass
                else:
                    self._library.note(header.folder)
                    return True
            self._check_same(record)
            return False

    def move(
        self, version_id: UUID, percent: float, at: datetime, description: str | None
    ) -> Version:
        """Put another state of a progress version in its place; the same may come again.

        Raises:
            NotFoundError: If there is none of that id.
            InvalidValueError: If it is no progress.
            RecordError: If it cannot be read.
        """
        with self._lock:
            version = self._library.find(version_id)
            record = self._library.read(version)
            moved = move(record, percent, at, description)
            self._library.store.replace(version.entry.path, moved)
            self._library.note(version.entry.folder)
            return version

    def change(self, version_id: UUID, patched: Patched) -> None:
        """Put another state of a version in its place.

        Raises:
            NotFoundError: If there is none of that id.
            InvalidValueError: If the new state cannot be kept.
            RecordError: If the old one cannot be read.
        """
        # One after the other: two that read the same would lose what one of them changed.
        with self._lock:
            version = self._library.find(version_id)
            record = self._library.read(version)
            header = record.header
            if isinstance(record.body, Retired):
                raise InvalidValueError(
                    "version", "its body was removed, and the rest stays as it is"
                )
            if not patched.has_data and header.intact and not record.intact:
                raise RecordError(version.entry.path, ALTERED)
            body, extra = _changed(record, patched)
            self._library.store.replace(
                version.entry.path,
                _sealed(
                    record,
                    body,
                    updated=to_milliseconds(self._clock()),
                    description=(
                        (patched.description or None)
                        if patched.has_description
                        else header.description
                    ),
                    metadata=header.metadata if patched.metadata is None else patched.metadata,
                    extra=extra,
                ),
            )
            self._library.note(version.entry.folder)

    def delete(self, version_id: UUID) -> None:
        """Delete a version.

        Raises:
            NotFoundError: If there is none of that id.
        """
        with self._lock:
            version = self._library.find(version_id)
            remove(self._library, version)
            self._library.note(version.entry.folder)

    def _is_free(self, header: Header) -> bool:
        try:
            known = self._library.find(header.id)
        except NotFoundError:
            return True
        if known.entry.path != header.path:
            raise RecordExistsError(Path(known.entry.path))
        return False

    def _check_same(self, record: Record) -> None:
        """Make sure that what is there is this version, and stays there."""
        header, store = record.header, self._library.store
        try:
            same = dump_record(store.read(header.path)) == dump_record(record)
        except RecordError:  # another one's, or nothing but an attachment of another one
            same = False
        if not same:
            raise RecordExistsError(Path(header.path))
        # Who wrote it may have been killed before it was durable.
        sync_folder(store.make_folder(header.folder))
        self._library.note(header.folder)

    def _begin(self, key: str | None) -> tuple[UUID, datetime]:
        """Return id and time together, so that later ones are later in both."""
        with self._lock:
            moment = to_milliseconds(self._clock())
            if key is not None:
                moment = max(moment, self._latest.get(key, moment))
                self._latest[key] = moment
            return self._make_id(), moment


def _changed(record: Record, patched: Patched) -> tuple[Body, dict[str, Any]]:
    """Return the body that a version has then, and the fields of its header for Prefect."""
    extra = dict(record.header.extra)
    if not patched.has_data:
        return record.body, extra
    if isinstance(record.body, Progress):
        return from_prefect("progress", patched.data)[0], extra
    if FOREIGN in extra:
        foreign = extra.pop(FOREIGN)
        kind = foreign.get("type") if isinstance(foreign, dict) else None
        body, more = from_prefect(kind if isinstance(kind, str) else None, patched.data)
        return body, extra | more
    kind = "markdown" if record.body.type == "link" else record.body.type
    body, more = from_prefect(kind, patched.data)
    if isinstance(record.body, Markdown) and isinstance(patched.data, str):
        # A text stays one, even where it is a link and nothing else.
        body = Markdown(patched.data)
    # To Prefect's clients a link is a text, and may become another one.
    if body.type != record.body.type and not isinstance(record.body, Link):
        raise InvalidValueError("data", f"it is a {record.body.type}, and this a {body.type}")
    if isinstance(body, Markdown) and isinstance(record.body, Markdown):
        body = replace(body, images=record.body.images)
    if isinstance(body, Image) and isinstance(record.body, Image):
        body = replace(body, alt=record.body.alt)
    return body, extra | more


def _sealed(record: Record, body: Body, **fields: Any) -> Record:
    """Return another state of a version; hashes are made when it is written."""
    header = record.header
    fresh = new_header(
        body,
        id=header.id,
        key=header.key,
        created=header.created,
        tags=header.tags,
        run=header.run,
        code=header.code,
        **fields,
    )
    # An altered header stays one: a hash made now would vouch for it.
    seal = None if header.intact else header.header_sha256
    return Record(replace(fresh, header_sha256=seal), body)


def _text(version_id: UUID | None) -> str | None:
    return str(version_id) if version_id else None
