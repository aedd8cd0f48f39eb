"""One version as a record: its header, its body, and the text that holds both."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from artifolio.bodies import (
    BODY_TYPES,
    Attachment,
    Body,
    Markdown,
    Progress,
    Table,
    attachment_of,
)
from artifolio.errors import InvalidValueError, RecordError, shown
from artifolio.headers import Header, header_fields, read_header, sha256_of
from artifolio.lines import TERMINATOR, RecordSyntaxError, dump_field, dump_fields, parse_lines
from artifolio.retirement import Retired, Retirement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from artifolio.values import Value

LFS_POINTER = "version https://git-lfs.github.com/spec/v1"
"""How a file starts that git-lfs keeps elsewhere."""
_CONFLICT = re.compile(r"^(?:<{7,}|>{7,}) ", re.MULTILINE)
CHANGED = "changed after it was published: its digest does not match"
# Fields of the header that are part of the body: the digest covers them before the data.
_OF_THE_BODY = ("columns", "images")


@dataclass(frozen=True)
class Record:
    """One version, whole."""

    header: Header
    body: Body
    intact: bool = True
    """Whether header and body are what was published, as the digests tell. Of a body that is gone,
    none does."""

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files beside it."""
        attachment = attachment_of(self.body)
        return tuple(self.images.values()) if attachment is None else (attachment,)

    @property
    def images(self) -> dict[str, Attachment]:
        """Those of them that a Markdown text shows, by their paths in it."""
        images = self.body.images if isinstance(self.body, Markdown) else ()
        return {image.path: image.attachment(self.header.stem) for image in images}


def new_header(body: Body, **fields: Any) -> Header:
    """Return the header of a version that is about to be published."""
    if isinstance(body, Table):
        fields |= {
            "columns": body.columns,
            "row_key": body.row_key,
            "trend": body.trend,
            "rows": len(body.rows),
        }
    if isinstance(body, Markdown):
        fields["images"] = body.images
    return Header(type=body.type, **fields)


def retire(record: Record, at: datetime, figures: Mapping[str, int | float]) -> Record:
    """Return what stays of a version without its body: all of its header, and the digest.

    Args:
        record: The version, whole and as it was published.
        at: When its body is removed: aware, UTC, milliseconds.
        figures: Its numbers, as `artifolio.trends.figures_of` gives them.
    """
    data = dump_field("data", record.body.to_data()).encode()
    size = len(data) + sum(attachment.size for attachment in record.attachments)
    retirement = Retirement(at, size, figures)
    header = replace(record.header, retired=retirement, header_sha256=None)
    return Record(header, Retired(header.type, retirement))


def move(record: Record, percent: float, at: datetime, description: str | None) -> Record:
    """Return another state of a progress version.

    Args:
        record: The version.
        percent: How far it has come, 0 to 100.
        at: When it came so far: aware, UTC, milliseconds.
        description: What is said of it now; None leaves it as it is.

    Raises:
        InvalidValueError: If it is no progress, or has no body any more.
    """
    header = record.header
    if isinstance(record.body, Retired):
        reason = "retention removed its body; publish a new version"
        raise InvalidValueError(f"version {header.id}", reason)
    if not isinstance(record.body, Progress):
        reason = f"it is a {record.body.type}, and only progress moves"
        raise InvalidValueError(f"version {header.id}", reason)
    moved = replace(
        header,
        updated=at,
        description=description or header.description,
        digest=None,
        # An altered header stays one: a hash made now would vouch for it.
        header_sha256=None if header.intact else header.header_sha256,
    )
    return Record(moved, Progress(percent))


def dump_record(record: Record) -> str:
    """Return the text of a record; where it has no digest yet, digests are computed.

    Raises:
        InvalidValueError: If a value cannot be stored, as an integer of over 4,300 digits.
    """
    try:
        return _dump(record)
    except UnicodeEncodeError as error:
        where = error.object[max(0, error.start - 20) : error.end]
        raise InvalidValueError(
            "text", f"a lone surrogate, which no file holds: {where!a}"
        ) from None


def _dump(record: Record) -> str:
    fields = header_fields(record.header)
    header_sha256 = fields.pop("header_sha256", None)
    is_retired = isinstance(record.body, Retired)
    data = "" if is_retired else dump_field("data", record.body.to_data())
    is_new = "digest" not in fields
    if is_new:
        fields["digest"] = f"sha256:{sha256_of(_head_of_body(fields) + data)}"
    header = dump_fields(fields)
    header.encode()  # refuses lone surrogates, as the digest does for the body
    if (is_new or is_retired) and header_sha256 is None:
        header_sha256 = sha256_of(header)
    if header_sha256 is not None:
        header += dump_field("header_sha256", header_sha256)
    return header + data + TERMINATOR


def parse_record(text: str, path: str = "") -> Record:
    """Read the text of a record.

    Args:
        text: All of the file.
        path: Where it lies below ``artifacts/``, for messages.

    Raises:
        RecordError: If it is no record of a known format and type, with every reason at once.
    """
    try:
        fields = _parse_fields(text)
    except RecordSyntaxError as error:
        raise RecordError(path, _cause(text) or str(error)) from None
    header = read_header(fields, text, path)
    if header.retired:
        if "data" in fields:
            raise RecordError(path, "retired, but data is there")
        return Record(header, Retired(header.type, header.retired), header.intact)
    if "data" not in fields:
        raise RecordError(path, "data is missing")
    if next(reversed(fields)) != "data":
        # Who lists versions reads up to data and would never see what follows it.
        raise RecordError(path, f"data is the last field, and {shown(list(fields)[-1])} follows it")
    data = fields["data"]
    body: Body
    try:
        if header.type == Table.type:
            body = Table.from_data(data, header.columns, header.row_key, header.trend)
            if header.rows != len(body.rows):
                raise InvalidValueError("rows", f"{header.rows} named, {len(body.rows)} there")
        elif header.type == Markdown.type:
            body = Markdown.from_data(data, header.images)
        else:
            body = BODY_TYPES[header.type].from_data(data)  # type: ignore[call-arg]  # not Table
    except InvalidValueError as error:
        raise RecordError(path, str(error)) from None
    attachment = attachment_of(body)
    if attachment is not None and attachment.name.partition(".")[0] != header.stem:
        raise RecordError(path, f"attachment {shown(attachment.name)} belongs to another record")
    return Record(header, body, header.intact and _is_intact(fields, text))


def _cause(text: str) -> str | None:
    """Say what git put in a record's place, where it did."""
    if text.startswith(LFS_POINTER):
        return "a git-lfs pointer instead of the record; run 'git lfs pull'"
    marker = _CONFLICT.search(text)
    if marker is None:
        return None
    line = text.count("\n", 0, marker.start()) + 1
    return f"git conflict markers (line {line}); resolve the merge"


def _parse_fields(text: str) -> dict[str, Value]:
    if not text:
        raise RecordSyntaxError("cut off: the file is empty")
    if text.endswith(f"\n{TERMINATOR}"):
        fields = parse_lines(text.removesuffix(TERMINATOR))
        if fields is not None:
            return fields
    # Only now: PyYAML takes 9 ms to load, and what artifolio wrote needs none of it.
    from artifolio.codec import parse_events

    return parse_events(text)


def _is_intact(fields: Mapping[str, Value], text: str) -> bool:
    head = _head_of_body(fields)
    start = text.find("\ndata:") + 1
    end = len(text) - len(TERMINATOR)
    # The text as it stands first: to write a long table anew takes longer than to read it.
    if fields["digest"] == f"sha256:{sha256_of(head + text[start:end])}":
        return True
    rewritten = dump_field("data", fields["data"])
    return fields["digest"] == f"sha256:{sha256_of(head + rewritten)}"


def _head_of_body(fields: Mapping[str, Value]) -> str:
    return "".join(dump_field(name, fields[name]) for name in _OF_THE_BODY if name in fields)
