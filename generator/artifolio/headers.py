"""The header of a record: all that is known of a version without its body."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from artifolio.bodies import Table
from artifolio.errors import InvalidKeyError, InvalidValueError, RecordError, shown
from artifolio.headerfields import READERS
from artifolio.keys import folder_for, format_time, stem_for
from artifolio.lines import TERMINATOR, dump_fields, parse_lines
from artifolio.origins import NO_CODE, NO_RUN, Code, Run, origin_to_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from artifolio.bodies import Column, MarkdownImage
    from artifolio.retirement import Retirement
    from artifolio.values import Value

FORMAT = 1
"""The number of the record format that is written, and the newest that is read."""
SUFFIX = ".yaml"

_FIRST = "format id key type created updated description tags metadata run code".split()
_LAST = "columns row_key trend rows images retired digest".split()
_NEEDED = "digest id type created".split()
_UNREAD = frozenset(["format", "data"])
_HEADER_SHA256 = "\nheader_sha256: "
_SHA256 = re.compile("[0-9a-f]{64}").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """All of a record but its body."""

    id: UUID
    key: str | None = None
    """None for a keyless version."""
    type: str
    """One of `artifolio.bodies.BODY_TYPES`."""
    created: datetime
    """Aware, UTC, milliseconds."""
    updated: datetime | None = None
    """When a progress version last moved; the others never change."""
    description: str | None = None
    """Markdown."""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Value] = field(default_factory=dict)
    run: Run = NO_RUN
    code: Code = NO_CODE
    columns: tuple[Column, ...] = ()
    """Of a table."""
    row_key: tuple[str, ...] = ()
    """Of a table: the columns that tell one row from another, where the publisher said so."""
    trend: tuple[str, ...] = ()
    """Of a table: the figures to be followed, where the publisher said so."""
    rows: int | None = None
    """How many rows a table has."""
    images: tuple[MarkdownImage, ...] = ()
    """Of a Markdown text: those that were attached."""
    retired: Retirement | None = None
    """What is known of the body, where retention removed it."""
    digest: str | None = None
    """``sha256:`` and the hash of the body as stored; None until the record is written."""
    header_sha256: str | None = None
    """Hash of all lines above, in hex; None in records of other hands."""
    intact: bool = True
    """Whether the header is what was published, as far as its hash tells."""
    extra: Mapping[str, Value] = field(default_factory=dict)
    """Fields that this version of artifolio does not know; kept when the record is rewritten."""

    @property
    def stem(self) -> str:
        """The name of the record's file without its ending."""
        return stem_for(self.created, self.id)

    @property
    def folder(self) -> str:
        """The folder below ``artifacts/`` that the record belongs in."""
        return folder_for(self.key)

    @property
    def path(self) -> str:
        """Where the record belongs, below ``artifacts/``."""
        return f"{self.folder}/{self.stem}{SUFFIX}"

    @property
    def order(self) -> str:
        """What lineages are sorted by: ``created`` and ``id`` as records write them."""
        return f"{format_time(self.created)} {self.id}"


def header_fields(header: Header) -> dict[str, Value]:
    """Return the fields that stand before ``data``, in order."""
    is_table = header.type == Table.type
    first: dict[str, Value] = {
        "format": FORMAT,
        "id": str(header.id),
        "key": header.key,
        "type": header.type,
        "created": format_time(header.created),
        "updated": format_time(header.updated) if header.updated else None,
        "description": header.description,
        "tags": list(header.tags) or None,
        "metadata": dict(header.metadata) or None,
        "run": origin_to_data(header.run),
        "code": origin_to_data(header.code),
    }
    last: dict[str, Value] = {
        "columns": [column.to_data() for column in header.columns] if is_table else None,
        "row_key": list(header.row_key) or None,
        "trend": list(header.trend) or None,
        "rows": header.rows,
        "images": [image.to_data() for image in header.images] or None,
        "retired": header.retired.to_data() if header.retired else None,
        "digest": header.digest,
        "header_sha256": header.header_sha256,
    }
    return _filled(first) | dict(header.extra) | _filled(last)


def dump_header(header: Header) -> str:
    """Return the lines that stand before ``data``."""
    return dump_fields(header_fields(header))


def parse_header(text: str, path: str = "") -> Header | None:
    """Read only what stands before ``data``.

    Returns:
        None where the text is not as artifolio writes it, so that the whole must be read.

    Raises:
        RecordError: If the header is complete and wrong.
    """
    fields = parse_lines(text)
    return None if fields is None else read_header(fields, text, path)


def parse_odd_header(text: str, path: str = "") -> Header:
    """Read a header that `parse_header` leaves, though `dump_header` wrote it: a vast one."""
    from artifolio.codec import parse_events  # only here: PyYAML takes 9 ms to load

    return read_header(parse_events(text + TERMINATOR), text, path)


def read_header(fields: dict[str, Value], text: str, path: str) -> Header:
    """Read the fields of a record's header.

    Args:
        fields: All of the header's, and perhaps ``data``.
        text: What they were read from, from the start of the record on.
        path: Where the record lies below ``artifacts/``, for messages.

    Raises:
        RecordError: If the format is unknown or a field is missing or wrong, with every reason.
    """
    version = fields.get("format")
    if version != FORMAT or type(version) is not int:
        newer = isinstance(version, int) and version > FORMAT
        way_out = "; a newer artifolio is needed" if newer else ""
        raise RecordError(
            path, f"format is {shown(version)}, this artifolio reads {FORMAT}{way_out}"
        )
    table = ("columns", "rows") if fields.get("type") == Table.type else ()
    problems = [f"{name} is missing" for name in (*_NEEDED, *table) if name not in fields]
    known: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    for name, value in fields.items():
        read = READERS.get(name)
        if read is not None:
            try:
                known[name] = read(value)
            except InvalidKeyError as error:
                problems.append(str(error))
            except InvalidValueError as error:
                problems.append(f"{name}: {error.reason}")
            except ValueError as error:
                problems.append(f"{name}: {error}")
        elif name not in _UNREAD:
            extra[name] = value
    if extra and "header_sha256" not in fields:
        problems += _lost_hash(fields, extra)
    if "retired" in fields and "header_sha256" not in fields:
        # Nothing else vouches for a record without a body.
        problems.append("header_sha256 is missing, which a record without its body needs")
    if problems:
        raise RecordError(path, "; ".join(dict.fromkeys(problems)))
    return Header(**known, extra=extra, intact=_is_intact(fields, text))


def sha256_of(text: str) -> str:
    """Return the hash of a part of a record, in hex."""
    return sha256(text.encode()).hexdigest()


def _is_intact(fields: Mapping[str, Value], text: str) -> bool:
    if "header_sha256" not in fields:
        return True
    names = [name for name in fields if name != "data"]
    expected = fields["header_sha256"]
    # The text as it stands first; then, for YAML of another hand, as we would have written it.
    if names[-1] == "header_sha256" and expected == sha256_of(
        text[: text.find(_HEADER_SHA256) + 1]
    ):
        return True
    return expected == _canonical_sha256(fields)


def _canonical_sha256(fields: Mapping[str, Value]) -> str:
    extra = [name for name in fields if name not in READERS and name not in _UNREAD]
    ordered = [name for name in (*_FIRST, *extra, *_LAST) if name in fields]
    return sha256_of(dump_fields({name: fields[name] for name in ordered}))


def _lost_hash(fields: Mapping[str, Value], extra: Mapping[str, Value]) -> Iterator[str]:
    """Find the header's hash under a name that was altered, which nothing else would tell."""
    last = [name for name in fields if name != "data"][-1]
    value = extra.get(last)
    if isinstance(value, str) and _SHA256(value):
        yield f"header_sha256 stands under another name, {shown(last)}"


def _filled(fields: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if value is not None}
