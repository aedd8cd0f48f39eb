"""The description of the API as an OpenAPI 3.1 document, made of what the parts declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from artifolio.server.problems import MEDIA_TYPE, PROBLEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artifolio.server.operations import Answer, Operation, Parameter, Part

OPENAPI = "3.1.0"
TOKEN = "token"  # noqa: S105 - a name
"""What the scheme is called that shows the server's token."""

# With what Starlette reads it as.
_IN_PATH = re.compile(r"\{(\w+)(?::(\w+))?\}")
# What the guard answers before anything else looks at a request.
_REFUSED = {
    401: "The token is missing or wrong.",
    403: "This server only shows, or a page of another site sent this.",
    413: "The body is too long.",
    415: "The body is not JSON.",
    421: "The server does not go by that name.",
}


def describe(parts: Sequence[Part], version: str, description: str) -> dict[str, Any]:
    """Return the document.

    Args:
        parts: Of the API.
        version: Of the program that answers.
        description: Of the whole, in Markdown.
    """
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    for part in parts:
        schemas |= part.schemas
        for operation in part.operations:
            place = paths.setdefault(_IN_PATH.sub(r"{\1}", operation.path), {})
            place[operation.method.lower()] = _operation(part, operation)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "artifolio",
            "version": version,
            "description": description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api"}],
        "tags": [{"name": part.name, "description": part.description} for part in parts],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                f"Refused{status}": {
                    "description": text,
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status, text in _REFUSED.items()
            },
            "securitySchemes": {
                TOKEN: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "What the server shows when it starts, or ARTIFOLIO_TOKEN.",
                }
            },
        },
    }


def _operation(part: Part, operation: Operation) -> dict[str, Any]:
    answers = {str(status): _answer(one) for status, one in operation.answers.items()}
    for status in _refusals(operation):
        answers.setdefault(str(status), {"$ref": f"#/components/responses/Refused{status}"})
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [part.name],
        "responses": dict(sorted(answers.items())),
        # A server may be set up to want the token from readers, too.
        "security": [{TOKEN: []}] if operation.writes else [{}, {TOKEN: []}],
    }
    if operation.description:
        found["description"] = operation.description
    parameters = _in_path(operation) + [
        _parameter(one) for one in operation.parameters if one.place == "query"
    ]
    if parameters:
        found["parameters"] = parameters
    if operation.body is not None:
        content: dict[str, Any] = {"schema": operation.body.schema}
        if operation.body.example is not None:
            content["example"] = operation.body.example
        found["requestBody"] = {
            "required": operation.body.is_needed,
            "content": {"application/json": content},
        }
    return found


def _refusals(operation: Operation) -> list[int]:
    has_body = operation.method not in ("GET", "HEAD")
    return [401, 421, *([403, 413, 415] if has_body else [])]


def _answer(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"description": answer.description}
    if answer.media_type is not None:
        schema: Mapping[str, Any] = {} if answer.schema is None else {"schema": answer.schema}
        found["content"] = {answer.media_type: schema}
    if answer.links:
        found["links"] = {
            name: {"operationId": name, "parameters": dict(parameters)}
            for name, parameters in answer.links.items()
        }
    return found


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    """Return the parts of the path; those that nobody declared are texts."""
    declared = {one.name: one for one in operation.parameters if one.place == "path"}
    found = []
    for name, kind in _IN_PATH.findall(operation.path):
        schema = {"type": "string", "format": "uuid"} if kind == "uuid" else {"type": "string"}
        undeclared = {"name": name, "in": "path", "required": True, "schema": schema}
        found.append(_parameter(declared[name]) if name in declared else undeclared)
    return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: Mapping[str, Any] = parameter.schema
    if parameter.is_many:
        schema = {"type": "array", "items": schema}
    elif parameter.default is not None:
        schema = {**schema, "default": parameter.default}
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_needed or parameter.place == "path",
        "description": parameter.description,
        "schema": schema,
    }
