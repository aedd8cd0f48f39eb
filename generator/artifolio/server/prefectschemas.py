"""The schemas of Prefect's API for artifacts, as our description of it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artifolio.server.filters import LIMIT, SORTS, UNREAD
from artifolio.server.operations import Answer, Body, ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.server.operations import Schema

_KEY = "^[a-z0-9][a-z0-9-]{0,119}$"
_EXAMPLE = {"sort": "CREATED_DESC", "limit": 5, "artifacts": {"key": {"exists_": True}}}


def _or_null(schema: Mapping[str, Any]) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: Mapping[str, Any], **more: Any) -> Schema:
    return {"type": "object", "properties": properties, **more}


def _any_of(schema: Mapping[str, Any], also: str = "") -> Schema:
    listed = _or_null({"type": "array", "items": schema})
    names = ["any_", *filter(None, [also])]
    return _or_null(_object(dict.fromkeys(names, listed), additionalProperties=False))


_TEXT: Schema = {"type": "string"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_TEXTS: Schema = _or_null({"type": "object", "additionalProperties": _TEXT})
_DATA: Schema = {
    "description": "Depends on the type: Markdown, a table as JSON in a text, the percent of "
    "progress, the address of an image; anything for types that are not known."
}
_KNOWN: Mapping[str, Any] = {
    "type": _or_null({**_TEXT, "examples": ["markdown", "table", "progress", "image"]}),
    "description": _or_null({**_TEXT, "description": "Markdown."}),
    "data": _DATA,
    "metadata_": _TEXTS,
    "flow_run_id": _or_null(_UUID),
    "task_run_id": _or_null(_UUID),
}
_ARTIFACT: Mapping[str, Any] = {
    "id": _UUID,
    "created": _TIME,
    "updated": _TIME,
    "key": _or_null({**_TEXT, "pattern": _KEY}),
    **_KNOWN,
}
_KEY_FILTER = _or_null(
    _object(
        {
            "any_": _or_null({"type": "array", "items": _TEXT}),
            "like_": _or_null({**_TEXT, "description": "As SQL's `ILIKE '%…%'`."}),
            "exists_": _or_null({"type": "boolean"}),
        },
        additionalProperties=False,
    )
)
_TYPE_FILTER = _or_null(
    _object(
        {
            "any_": _or_null({"type": "array", "items": _TEXT}),
            "not_any_": _or_null({"type": "array", "items": _TEXT}),
        },
        additionalProperties=False,
    )
)


def _filter(name_of_id: str) -> Schema:
    return _object(
        {
            "operator": {"enum": ["and_", "or_"], "default": "and_"},
            name_of_id: _any_of(_UUID),
            "key": _KEY_FILTER,
            "type": _TYPE_FILTER,
            "flow_run_id": _any_of(_UUID),
            "task_run_id": _any_of(_UUID),
        },
        additionalProperties=False,
    )


def _of_runs(name: str, *read: str) -> Schema:
    """Return the schema of a filter for runs or flows.

    Args:
        name: Of the filter.
        read: Which of ``id`` and ``name`` it is read for.
    """
    fields: dict[str, Schema] = {
        "id": _any_of(_UUID, also="not_any_" if name == "flow_runs" else ""),
        "name": _or_null(
            _object(
                {
                    "any_": _or_null({"type": "array", "items": _TEXT}),
                    "like_": _or_null(_TEXT),
                },
                additionalProperties=False,
            )
        ),
    }
    return _or_null(
        _object(
            {
                "operator": {"enum": ["and_", "or_"], "default": "and_"},
                **{one: fields[one] for one in read},
                **{one: {"description": "Matches nothing, unless null."} for one in UNREAD[name]},
            },
            additionalProperties=False,
        )
    )


def _asking(name: str) -> Mapping[str, Any]:
    return {
        "artifacts": _or_null(ref(name)),
        "flow_runs": _of_runs("flow_runs", "id", "name"),
        "task_runs": _of_runs("task_runs", "id", "name"),
        "flows": _of_runs("flows", "name"),
        "deployments": _of_runs("deployments"),
    }


_SLICE: Mapping[str, Any] = {
    "sort": {"enum": list(SORTS), "default": "ID_DESC"},
    "limit": {"type": "integer", "minimum": 0, "maximum": LIMIT, "default": LIMIT},
    "offset": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1, "default": 0},
}

SCHEMAS: Mapping[str, Schema] = {
    "PrefectArtifact": _object(_ARTIFACT, required=list(_ARTIFACT)),
    "PrefectArtifactCollection": _object(
        {**_ARTIFACT, "latest_id": _UUID}, required=[*_ARTIFACT, "latest_id"]
    ),
    "PrefectArtifactCreate": _object(
        {"key": _or_null({**_TEXT, "pattern": _KEY}), **_KNOWN}, additionalProperties=False
    ),
    "PrefectArtifactUpdate": _object(
        {name: _KNOWN[name] for name in ("data", "description", "metadata_")},
        additionalProperties=False,
    ),
    "PrefectArtifactFilter": _filter("id"),
    "PrefectArtifactCollectionFilter": _filter("latest_id"),
    "PrefectInvalid": {
        "description": "What is wrong with a request, as Prefect's server says it.",
        "anyOf": [
            _object(
                {
                    "exception_message": _TEXT,
                    "exception_detail": {
                        "type": "array",
                        "items": _object(
                            {
                                "type": _TEXT,
                                "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                                "msg": _TEXT,
                                "input": {},
                            },
                            required=["type", "loc", "msg", "input"],
                        ),
                    },
                    "request_body": {},
                },
                required=["exception_message", "exception_detail", "request_body"],
            ),
            ref("PrefectDetail"),
        ],
    },
    "PrefectDetail": _object({"detail": _TEXT}, required=["detail"]),
}

ONE = Answer("The version.", ref("PrefectArtifact"))
_ID_LINK = {"id": "$response.body#/id"}
_KEY_LINK = {"key": "$response.body#/key"}
CREATED = Answer(
    "The version.",
    ref("PrefectArtifact"),
    links={
        **dict.fromkeys(
            "prefect_read prefect_update prefect_delete read_version read_record".split(), _ID_LINK
        ),
        **dict.fromkeys(
            "prefect_read_latest read_artifact list_lineage read_trend diff_versions".split(),
            _KEY_LINK,
        ),
    },
)
COUNT = Answer("How many there are.", {"type": "integer", "minimum": 0})
DONE = Answer("It is done.", media_type=None)
INVALID = Answer("The request is not as it has to be.", ref("PrefectInvalid"))
NOT_FOUND = Answer("There is none.", ref("PrefectDetail"))
UNREADABLE = Answer("The record cannot be read, or written.", ref("PrefectDetail"))

NEW = Body(
    ref("PrefectArtifactCreate"),
    example={"key": "daily-report", "type": "markdown", "data": "# All is well"},
)
CHANGES = Body(ref("PrefectArtifactUpdate"), example={"data": 80})


def listed(name: str) -> Answer:
    """Return the answer that is a list."""
    return Answer("Those that match.", {"type": "array", "items": ref(name)})


def asking(name: str, *, counts: bool = False) -> Body:
    """Return the body of a request for those that match a filter.

    Args:
        name: Of the filter's schema.
        counts: Whether only their number is asked for.
    """
    properties = _asking(name) if counts else {**_asking(name), **_SLICE}
    example = {"artifacts": _EXAMPLE["artifacts"]} if counts else _EXAMPLE
    return Body(_object(properties), is_needed=False, example=example)
