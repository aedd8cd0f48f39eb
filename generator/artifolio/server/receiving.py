"""Takes versions as their publishers made them: the record's text, and what is attached to it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.responses import Response

from artifolio.errors import InvalidValueError, RecordError, shown
from artifolio.keys import parse_time
from artifolio.recordfiles import check_size
from artifolio.records import Record, parse_record
from artifolio.retirement import Retired
from artifolio.server.operations import (
    MOST_WRONGS,
    Answer,
    Body,
    Operation,
    Parameter,
    Part,
    Wrong,
    WrongRequestError,
    ref,
)
from artifolio.server.problems import problem, problem_for, problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from artifolio.bodies import Attachment
    from artifolio.server.operations import Call, Schema
    from artifolio.server.writing import Desk

PATH = "/v1/versions/{id}"
"""Below ``/api``; what comes there may be long."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ID = Parameter(
    "id",
    "The version's id, as its record tells it.",
    {"type": "string", "format": "uuid", "pattern": f"^{_UUID.pattern}$"},
    place="path",
)
_SCHEMAS: Mapping[str, Schema] = {
    "Sent": {
        "title": "A version, whole",
        "type": "object",
        "additionalProperties": False,
        "required": ["record"],
        "properties": {
            "record": {
                "type": "string",
                "description": "The text of the record, as its file is to hold it.",
            },
            "attachments": {
                "type": "array",
                "description": "Each file that the record names.",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["name", "content"],
                    "properties": {
                        "name": {"type": "string"},
                        "content": {"type": "string", "contentEncoding": "base64"},
                    },
                },
            },
        },
    },
    "Moved": {
        "title": "How far a progress version has come",
        "type": "object",
        "additionalProperties": False,
        "required": ["percent", "updated"],
        "properties": {
            "percent": {"type": "number", "minimum": 0, "maximum": 100},
            "updated": {
                "type": "string",
                "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
                "description": "When it came so far, as `2026-11-23T08:13:05.123Z`.",
            },
            "description": {
                "type": "string",
                "description": "Replaces the description; it stays where left out.",
            },
        },
    },
    "Kept": {
        "title": "A version that is there now",
        "type": "object",
        "required": ["id", "path"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "path": {
                "type": "string",
                "description": "The record's file, below the folder of records.",
            },
        },
    },
}


class Intake:
    """The operations that publishers without a repository use.

    Args:
        desk: Writes the records.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def part(self) -> Part:
        """Return what it adds to the API."""
        kept = Answer("It is there already.", ref("Kept"))
        return Part(
            "Publishing",
            "What the Python functions send where ARTIFOLIO_API_URL names this server.",
            [
                Operation(
                    "PUT",
                    PATH,
                    self.publish,
                    "publish_version",
                    "Publish a version as it is to be stored.",
                    {
                        200: kept,
                        201: Answer("It is there now.", ref("Kept")),
                        **problems(
                            status_409="Another version has this id.",
                            status_422="It is no record, or its files are not those it names.",
                        ),
                    },
                    [_ID],
                    Body(ref("Sent")),
                    writes=True,
                    description="May be sent again where no answer came: nothing is there twice.",
                ),
                Operation(
                    "PUT",
                    f"{PATH}/progress",
                    self.move,
                    "move_progress",
                    "Tell how far a progress version has come.",
                    {
                        200: Answer("It was moved.", ref("Kept")),
                        **problems(
                            status_404="There is no such version.",
                            status_409="The record cannot be read.",
                            status_422="It is no progress, or the request is wrong.",
                        ),
                    },
                    [_ID],
                    Body(
                        ref("Moved"), example={"percent": 40, "updated": "2026-11-23T08:13:05.123Z"}
                    ),
                    writes=True,
                ),
            ],
            problem_for,
            _SCHEMAS,
        )

    def publish(self, call: Call) -> Response:
        """Publish a version."""
        version_id = _id_in(call)
        fields = _fields(call.content, needed=["record"], other=["attachments"])
        record = _record(fields["record"], version_id)
        contents = _contents(fields.get("attachments", []), record.attachments)
        try:
            is_new = self._desk.keep(record, contents)
        except OSError as error:
            return problem(500, f"could not be written: {error.strerror}")
        return _kept(version_id, record.header.path, 201 if is_new else 200)

    def move(self, call: Call) -> Response:
        """Move a progress version."""
        version_id = _id_in(call)
        fields = _fields(call.content, needed=["percent", "updated"], other=["description"])
        percent, description = fields["percent"], fields.get("description")
        if isinstance(percent, bool) or not isinstance(percent, (int, float)):
            raise _wrong("percent", "a number from 0 to 100 is needed")
        # NaN is in no range; of an integer, 400 digits are no float.
        if not 0 <= percent <= 100:
            raise _wrong("percent", "a number from 0 to 100 is needed")
        if description is not None:
            _check_text("description", description)
        try:
            moment = parse_time(fields["updated"])
        except InvalidValueError as error:
            raise _wrong("updated", error.reason) from None
        try:
            version = self._desk.move(version_id, float(percent) + 0.0, moment, description)
        except OSError as error:
            return problem(500, f"could not be written: {error.strerror}")
        return _kept(version_id, version.entry.path, 200)


def _id_in(call: Call) -> UUID:
    name = call.path("id")
    if not _UUID.fullmatch(name):
        raise WrongRequestError(Wrong("path", "id", f"{shown(name)} is not a lowercase UUID"))
    return UUID(name)


def _fields(content: bytes, *, needed: Iterable[str], other: Iterable[str]) -> dict[str, Any]:
    """Return the fields of a body, checked for what must be there and what may be."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise _wrong("", "it is no JSON") from None
    if not isinstance(found, dict):
        raise _wrong("", "an object is needed")
    wrongs = [Wrong("body", name, "is missing") for name in needed if name not in found]
    unknown = found.keys() - {*needed, *other}
    wrongs += [
        Wrong("body", name[:80], "there is no such field") for name in sorted(unknown)[:MOST_WRONGS]
    ]
    if wrongs:
        raise WrongRequestError(*wrongs)
    return found


def _record(text: Any, version_id: UUID) -> Record:
    """Return the record that was sent, its hashes to be made anew."""
    _check_text("record", text)
    try:
        check_size("", len(text.encode()))
        record = parse_record(text)
    except RecordError as error:
        raise _wrong("record", error.reason) from None
    header = record.header
    if header.id != version_id:
        raise _wrong("record", f"it is version {header.id}")
    if not record.intact:
        raise _wrong("record", "it is not what was published: a hash in it does not match")
    if isinstance(record.body, Retired):
        raise _wrong("record", "it has no body any more")
    # It may be laid out in another way than ours, and the hash of its header with it.
    return Record(replace(header, digest=None, header_sha256=None), record.body)


def _contents(sent: Any, named: tuple[Attachment, ...]) -> list[bytes]:
    """Return the files that were sent, each as the record describes it and in its order."""
    if not isinstance(sent, list):
        raise _wrong("attachments", "a list is needed")
    texts: dict[str, Any] = {}
    for number, one in enumerate(sent):
        if not isinstance(one, dict) or one.keys() != {"name", "content"}:
            raise _wrong(f"attachments.{number}", "an object of name and content is needed")
        if not isinstance(one["name"], str) or one["name"] in texts:
            raise _wrong(f"attachments.{number}.name", "a name is needed that stands there once")
        texts[one["name"]] = one["content"]
    names = {attachment.name for attachment in named}
    if texts.keys() != names:
        strange = [shown(name) for name in sorted(texts.keys() ^ names)]
        raise _wrong("attachments", f"not those that the record names: {', '.join(strange[:3])}")
    return [_content(texts[attachment.name], attachment) for attachment in named]


def _content(text: Any, attachment: Attachment) -> bytes:
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (AttributeError, ValueError, binascii.Error):
        raise _wrong(f"attachments.{attachment.name}", "the content is not Base64") from None
    is_right = len(content) == attachment.size
    if not is_right or hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise _wrong(f"attachments.{attachment.name}", "not the file that the record describes")
    return content


def _check_text(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise _wrong(name, "text is needed")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _wrong(name, "a lone surrogate, which no file holds") from None


def _wrong(name: str, reason: str) -> WrongRequestError:
    return WrongRequestError(Wrong("body", name, reason))


def _kept(version_id: UUID, path: str, status: int) -> Response:
    content = json.dumps({"id": str(version_id), "path": path}).encode()
    return Response(content, status, media_type="application/json")
