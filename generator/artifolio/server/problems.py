"""What is answered where something is wrong: one shape, that of RFC 9457."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from artifolio.errors import (
    AmbiguousIdError,
    InvalidKeyError,
    InvalidValueError,
    NotFoundError,
    RecordError,
    RecordExistsError,
    shown,
)
from artifolio.server.operations import Answer, Schema, WrongRequestError, ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from artifolio.errors import ArtifolioError
    from artifolio.server.operations import Wrong

MEDIA_TYPE = "application/problem+json"

# As RFC 9110 calls them; older versions of Python have older names.
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}

PROBLEM: Schema = {
    "title": "What is wrong with a request",
    "type": "object",
    "required": ["status", "title", "detail", "errors"],
    "properties": {
        "status": {"type": "integer", "description": "The status of the answer."},
        "title": {"type": "string", "description": "What the status is called."},
        "detail": {"type": "string", "description": "What is wrong, in words."},
        "errors": {
            "type": "array",
            "description": "Each thing that is wrong with what was sent; often none.",
            "items": {
                "type": "object",
                "required": ["in", "name", "reason"],
                "properties": {
                    "in": {"enum": ["query", "path", "body"]},
                    "name": {
                        "type": "string",
                        "description": "Of the parameter or of the field, as `record.key`.",
                    },
                    "reason": {"type": "string"},
                },
            },
        },
    },
}


def problem(status: int, detail: str, wrongs: Iterable[Wrong] = ()) -> Response:
    """Return an answer that says what is wrong."""
    return Response(problem_json(status, detail, wrongs), status, media_type=MEDIA_TYPE)


def problem_json(status: int, detail: str, wrongs: Iterable[Wrong] = ()) -> bytes:
    """Return the content of such an answer."""
    fields = {
        "status": status,
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "detail": detail,
        "errors": [{"in": one.place, "name": one.name, "reason": one.reason} for one in wrongs],
    }
    # A lone surrogate may have been sent.
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")


def problem_for(error: ArtifolioError) -> Response:
    """Return what is answered to what an operation raised."""
    if isinstance(error, WrongRequestError):
        return problem(422, str(error), error.wrongs)
    if isinstance(error, NotFoundError):
        return problem(404, f"{error.what} not found")
    if isinstance(error, AmbiguousIdError):
        count = len(error.candidates)
        detail = f"id {shown(error.prefix)} is shared by {count} versions; give more of it"
        return problem(409, detail)
    if isinstance(error, (RecordExistsError, RecordError)):
        return problem(409, str(error))
    if isinstance(error, (InvalidKeyError, InvalidValueError)):
        return problem(422, str(error))
    return problem(409, str(error))


def problems(**descriptions: str) -> dict[int, Answer]:
    """Return the answers of an operation that are problems.

    Args:
        descriptions: When each is given, by ``status_`` and its number.
    """
    return {
        int(name.removeprefix("status_")): Answer(text, ref("Problem"), MEDIA_TYPE)
        for name, text in descriptions.items()
    }
