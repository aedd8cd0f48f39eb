"""The parameters and schemas of our own API for those who read."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from artifolio.headers import header_fields
from artifolio.server.listing import ALL, BODY, HEAD, KEY, NEWEST, OLDEST
from artifolio.server.operations import Answer, Parameter, Schema, ref
from artifolio.server.selection import FILTERS, PAGING, choice
from artifolio.server.sending import YAML
from artifolio.server.texts import WORDS_CHARACTERS, read_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.catalog import Version
    from artifolio.values import Value

BEFORE_LATEST = "-2"

ABOUT = """\
Artifacts, their versions, and what changed between them. Versions of a key are named as on the
command line: `12` or `v12`, `latest`, `-2` for the one before it, a pin, an id or the start of one.
"""
ON_LISTS = """\
A list comes in pages; `next` is the cursor of the one after, and null in the end. What is published
while you go through the pages is not in them, and nothing is left out or comes twice because of it.
Words are found in any order and as parts of longer ones; case does not matter.
"""

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_NUMBER: Schema = {"type": ["number", "null"]}

_OF_WORDS: Schema = {**_TEXT, "maxLength": WORDS_CHARACTERS}
_WORDS = Parameter("q", "Words that all have to be there.", _OF_WORDS, read_words)
_SCOPE = choice(
    "in", "Where the words are searched: key, description and tags; the body; or both.",
    HEAD, BODY, ALL,
)  # fmt: skip
_VERSION_NAME = "A version: `12` or `v12`, `latest`, `-2`, a pin, an id or the start of one."

OF_VERSIONS = (
    _WORDS,
    _SCOPE,
    *FILTERS,
    choice("sort", "By the time of publication.", NEWEST, OLDEST),
    *PAGING,
)
OF_LINEAGE = OF_VERSIONS
OF_ARTIFACTS = (
    _WORDS,
    _SCOPE,
    *FILTERS,
    choice("sort", "By the time of the latest version, or by the key.", NEWEST, OLDEST, KEY),
    *PAGING,
)
OF_SEARCH = (
    replace(_WORDS, is_needed=True),
    choice("in", "Where they are searched.", ALL, HEAD, BODY),
    choice("versions", "The latest of each key, or all.", "latest", "all"),
    *FILTERS,
    *PAGING,
)
OF_DIFF = (
    Parameter("from", f"{_VERSION_NAME} The one before the latest if not given.", _TEXT,
              default=BEFORE_LATEST),
    Parameter("to", f"{_VERSION_NAME} The latest if not given.", _TEXT, default="latest"),
)  # fmt: skip

_IN_PATH: Mapping[str, Parameter] = {
    "key": Parameter("key", "The key of an artifact.", _TEXT, place="path"),
    "id": Parameter("id", "The whole id of a version.", {**_TEXT, "format": "uuid"}, place="path"),
    "version": Parameter("version", _VERSION_NAME, _TEXT, place="path"),
    "name": Parameter(
        "name", "Of the attachment, as the version's data have it.", _TEXT, place="path"
    ),
}


def _object(properties: Mapping[str, Schema], *optional: str) -> Schema:
    """Return the schema of an object; what is not optional is always there."""
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "required": needed, "properties": properties}


def _version() -> dict[str, Any]:
    text = (files("artifolio.website") / "schemas" / "version-1.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    del schema["$schema"]
    return schema


def _head(whole: Mapping[str, Any]) -> Schema:
    properties = {name: it for name, it in whole["properties"].items() if name != "data"}
    properties["versions"] = {**_COUNT, "description": "How many the key has now."}
    return {
        "title": "A version of an artifact without its data",
        "type": "object",
        "required": [*(name for name in whole["required"] if name != "data"), "versions"],
        "properties": properties,
    }


_WHOLE = _version()
_SIDE = _object({"version": _COUNT, "id": _TEXT, "created": _TEXT})

SCHEMAS: Mapping[str, Schema] = {
    "Version": _WHOLE,
    "VersionHead": _head(_WHOLE),
    "FoundVersion": {
        "allOf": [
            ref("VersionHead"),
            _object(
                {
                    "matches": {
                        "description": "Where the words are: `key`, `description`, `tags`, `body`.",
                        "type": "object",
                        "additionalProperties": _TEXT,
                    }
                }
            ),
        ]
    },
    "Artifact": _object(
        {
            "key": _TEXT,
            "versions": _COUNT,
            "first_created": _TEXT,
            "pins": {
                "type": "array",
                "items": _object({"name": _TEXT, "version": _COUNT, "id": _TEXT}),
            },
            "latest": ref("Version"),
        }
    ),
    "Diff": {
        **_object(
            {
                "key": _TEXT,
                "type": _TEXT,
                "old": _SIDE,
                "new": _SIDE,
                "same": {"type": "boolean"},
                "sentence": {**_TEXT, "description": "What changed, in one line."},
                "code": {"type": "object", "description": "What happened to the code meanwhile."},
                "lines": {"type": "array", "description": "Of Markdown."},
                "rows": {"type": "array", "description": "Of tables."},
                "columns": {"type": "array", "description": "Of tables."},
                "totals": {"type": "array", "description": "Of tables."},
                "fields": {"type": "array", "description": "Of all others."},
                "gone": {"type": "array", "description": "Which of the two have no body any more."},
            },
            *"code lines rows columns totals fields gone".split(),
        ),
        "description": "What `artifolio diff -o json` tells.",
    },
    "Series": _object(
        {
            "name": {**_TEXT, "description": "`rows`, `loss.mean`, `percent`, `metadata.epochs` …"},
            "points": {
                "type": "array",
                "items": _object(
                    {
                        "version": _COUNT,
                        "id": _TEXT,
                        "created": _TEXT,
                        "value": {"type": "number"},
                        "step": {
                            "type": "boolean",
                            "description": "Whether it jumped far more than is usual.",
                        },
                    }
                ),
            },
        }
    ),
}

VERSION = Answer("The version, as the site has it as JSON.", ref("Version"))
ARTIFACT = Answer("The artifact.", ref("Artifact"))
DIFF = Answer("What changed.", ref("Diff"))
TREND = Answer(
    "Each number that the latest version has, over all versions; what `artifolio trend -o json` "
    "tells.",
    {"type": "array", "items": ref("Series")},
)
RECORD = Answer("The record.", media_type=YAML)
CONTENT = Answer("The file; of its own type where no browser runs it.", media_type="*/*")
SAME = Answer("It is still what `If-None-Match` names.", media_type=None)


def page(name: str) -> Answer:
    """Return the answer that is a page of a list.

    Args:
        name: Of the schema of what is listed.
    """
    next_one: Schema = {
        "type": ["string", "null"],
        "description": "The cursor of the next page.",
    }
    return Answer(
        "A page of the list.",
        _object({"items": {"type": "array", "items": ref(name)}, "next": next_one}),
    )


def in_path(path: str) -> tuple[Parameter, ...]:
    """Return the parameters in a path."""
    return tuple(one for name, one in _IN_PATH.items() if f"{{{name}}}" in path)


def head_json(version: Version, versions: int) -> dict[str, Value]:
    """Return a version without its body, as lists have it.

    Args:
        version: The version.
        versions: How many its key has.
    """
    fields: dict[str, Value] = {"version": version.number, "versions": versions}
    if version.pins:
        fields["pins"] = list(version.pins)
    if not version.header.intact:
        fields["intact"] = False
    # What an unknown field of that name says is not ours.
    return {**header_fields(version.header), **fields}
