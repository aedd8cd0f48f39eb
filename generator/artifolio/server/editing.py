"""What people change of what was published: what is said of versions, and which there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.responses import Response

from artifolio.errors import shown
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
from artifolio.server.problems import problem_for, problems
from artifolio.server.revising import Edit, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.server.operations import Call, Schema
    from artifolio.server.revising import Revision

_TAGS: Schema = {"type": "array", "items": {"type": "string"}}
_DESCRIPTION: Schema = {"type": ["string", "null"], "description": "Markdown; null for none."}
_SCHEMAS: Mapping[str, Schema] = {
    "Edited": {
        "title": "What is to be said of a version",
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": ["description"]}, {"required": ["tags"]}],
        "properties": {
            "description": _DESCRIPTION,
            "tags": {**_TAGS, "description": "All of them; those of before go."},
            "was": {
                "type": "object",
                "description": "What was said of it when you looked. Where that is not so any "
                "more, nothing is changed.",
                "additionalProperties": False,
                "required": ["description", "tags"],
                "properties": {"description": _DESCRIPTION, "tags": _TAGS},
            },
        },
    },
    "Deleted": {
        "title": "What was deleted",
        "type": "object",
        "required": ["versions"],
        "properties": {"versions": {"type": "integer", "minimum": 1}},
    },
}


class EditingApi:
    """The operations.

    Args:
        revision: Writes the records.
    """

    def __init__(self, revision: Revision) -> None:
        self._revision = revision

    def part(self) -> Part:
        """Return what it adds to the API."""
        return Part(
            "Editing",
            "What was published and committed stays in the history of git, whatever is done here.",
            [
                Operation(
                    "PATCH",
                    "/v1/versions/{id}",
                    self.edit,
                    "edit_version",
                    "Say something else of a version: its description, its tags.",
                    {
                        204: Answer("It is so now.", media_type=None),
                        **problems(
                            status_404="There is no such version.",
                            status_409="Somebody else has changed it, or it cannot be read.",
                            status_422="The request is wrong.",
                        ),
                    },
                    [_ID],
                    Body(ref("Edited"), example={"description": "Final.", "tags": ["checked"]}),
                    writes=True,
                ),
                Operation(
                    "DELETE",
                    "/v1/artifacts/{key}",
                    self.delete,
                    "delete_artifact",
                    "Delete all versions of a key.",
                    {
                        200: Answer("They are gone.", ref("Deleted")),
                        **problems(
                            status_404="There is no such artifact.",
                            status_409="There is more by now than you saw.",
                            status_422="A parameter is wrong, or unknown.",
                        ),
                    },
                    [_LATEST],
                    writes=True,
                ),
            ],
            problem_for,
            _SCHEMAS,
        )

    def edit(self, call: Call) -> Response:
        """Say something else of a version."""
        self._revision.edit(_uuid(call.path("id"), "path", "id"), _edit(call.content))
        return Response(status_code=204)

    def delete(self, call: Call) -> Response:
        """Delete all versions of a key."""
        count = self._revision.delete_key(call.path("key"), call.query["latest"])
        return Response(json.dumps({"versions": count}), media_type="application/json")


def _read_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no UUID") from None


_ID = Parameter("id", "The version's id.", {"type": "string", "format": "uuid"}, place="path")
_LATEST = Parameter(
    "latest",
    "The id of the latest version that you know. Where there is a later one, nothing is deleted.",
    {"type": "string", "format": "uuid"},
    _read_uuid,
)


def _uuid(text: str, place: str, name: str) -> UUID:
    try:
        return _read_uuid(text)
    except ValueError as error:
        raise WrongRequestError(Wrong(place, name, str(error))) from None


def _edit(content: bytes) -> Edit:
    """Return what a body asks for.

    Raises:
        WrongRequestError: With every reason.
    """
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise WrongRequestError(Wrong("body", "", "it is no JSON")) from None
    if not isinstance(found, dict):
        raise WrongRequestError(Wrong("body", "", "an object is needed"))
    wrongs = [
        Wrong("body", str(name)[:80], "there is no such field")
        for name in sorted(found.keys() - {"description", "tags", "was"})[:MOST_WRONGS]
    ]
    if not found.keys() & {"description", "tags"}:
        wrongs.append(Wrong("body", "", "it has neither a description nor tags"))
    # Where it is not told, it does not matter.
    was: Any = found.get("was", {"description": None, "tags": []})
    if not isinstance(was, dict) or was.keys() != {"description", "tags"}:
        wrongs.append(Wrong("body", "was", "an object of description and tags is needed"))
    if wrongs:
        raise WrongRequestError(*wrongs)
    seen = Words(_text(was["description"], "was.description"), _texts(was["tags"], "was.tags"))
    return Edit(
        "description" in found,
        _text(found.get("description"), "description"),
        _texts(found["tags"], "tags") if "tags" in found else None,
        seen if "was" in found else None,
    )


def _text(value: Any, name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongRequestError(Wrong("body", name, "text is needed"))
    try:
        value.encode()
    except UnicodeEncodeError:
        reason = "a lone surrogate, which no file holds"
        raise WrongRequestError(Wrong("body", name, reason)) from None
    return value or None


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise WrongRequestError(Wrong("body", name, "a list of texts is needed"))
    return tuple(dict.fromkeys(_text(item, name) or "" for item in value))
