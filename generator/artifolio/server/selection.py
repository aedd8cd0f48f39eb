"""What versions can be chosen by: the parameters of lists, and which versions they mean."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from artifolio.bodies import BODY_TYPES
from artifolio.errors import shown
from artifolio.server.operations import Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from artifolio.headers import Header
    from artifolio.server.operations import Schema

LIMIT = 50
"""Of the items of a page, where nothing else is asked for."""
MOST = 200

_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"anyOf": [{**_TEXT, "format": "date-time"}, {**_TEXT, "format": "date"}]}


def moment(text: str) -> datetime:
    """Return the time that is meant; a day is its start, and without an offset it is UTC."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{shown(text)} is no time like 2026-11-23 or 2026-11-23T08:13:05Z")
    day, minute, second, fraction, offset = found.groups()
    # RFC 3339 has leap seconds, Python has none.
    second = "59" if second == "60" else second
    offset = "+00:00" if offset in (None, "Z", "z") else offset
    parts = f"{minute or '00:00'}:{second or '00'}.{(fraction or '0'):0<6.6}"
    try:
        return datetime.fromisoformat(f"{day}T{parts}{offset}").astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{shown(text)} is no time: {error}") from None


def one_of(*words: str) -> Callable[[str], str]:
    """Return what reads one of these words."""

    def read(text: str) -> str:
        if text in words:
            return text
        raise ValueError(f"{shown(text)} is none of {', '.join(words)}")

    return read


def number_to(most: int) -> Callable[[str], int]:
    """Return what reads a number from 1 to another one."""

    def read(text: str) -> int:
        if _NUMBER.fullmatch(text) and int(text) <= most:
            return int(text)
        raise ValueError(f"{shown(text)} is no number from 1 to {most}")

    return read


def choice(name: str, description: str, *words: str) -> Parameter:
    """Return a parameter that is one of these words; the first is meant without it."""
    return Parameter(
        name, description, {**_TEXT, "enum": list(words)}, one_of(*words), default=words[0]
    )


def _time(name: str, description: str) -> Parameter:
    return Parameter(name, description, _TIME, moment)


FILTERS = (
    Parameter(
        "type",
        "Only of this type; of several, any.",
        {**_TEXT, "enum": list(BODY_TYPES)},
        one_of(*BODY_TYPES),
        is_many=True,
        default=(),
    ),
    Parameter("tag", "Only with this tag; of several, all.", _TEXT, is_many=True, default=()),
    Parameter("flow", "Only of this flow; of several, any.", _TEXT, is_many=True, default=()),
    Parameter("run", "Only of the flow run with this id.", _TEXT),
    Parameter("branch", "Only from this branch; of several, any.", _TEXT, is_many=True, default=()),
    _time("created_after", "Only those published then or later."),
    _time("created_before", "Only those published before."),
    _time("updated_after", "Only those that changed then or later: progress moves."),
    _time("updated_before", "Only those that last changed before."),
)
"""What versions can be chosen by without a look at their bodies."""
PAGING = (
    Parameter(
        "limit",
        "Items on a page at most.",
        {"type": "integer", "minimum": 1, "maximum": MOST},
        number_to(MOST),
        default=LIMIT,
    ),
    Parameter(
        "cursor", "`next` of the page before; empty for the first.", _TEXT, lambda it: it or None
    ),
)


def filter_of(query: Mapping[str, Any]) -> Callable[[Header], bool]:
    """Return what tells whether a version is one of those that are asked for.

    Args:
        query: As read by `FILTERS`.
    """
    tests: list[Callable[[Header], bool]] = []
    if kinds := frozenset(query["type"]):
        tests.append(lambda header: header.type in kinds)
    if tags := frozenset(query["tag"]):
        tests.append(lambda header: tags.issubset(header.tags))
    if flows := frozenset(query["flow"]):
        tests.append(lambda header: header.run.flow in flows)
    if (run := query["run"]) is not None:
        tests.append(lambda header: header.run.flow_run == run)
    if branches := frozenset(query["branch"]):
        tests.append(lambda header: header.code.branch in branches)
    tests += _in_range(query["created_after"], query["created_before"], lambda it: it.created)
    tests += _in_range(
        query["updated_after"], query["updated_before"], lambda it: it.updated or it.created
    )
    return lambda header: all(test(header) for test in tests)


def _in_range(
    first: datetime | None, end: datetime | None, when: Callable[[Header], datetime]
) -> list[Callable[[Header], bool]]:
    tests: list[Callable[[Header], bool]] = []
    if first is not None:
        tests.append(lambda header: when(header) >= first)
    if end is not None:
        tests.append(lambda header: when(header) < end)
    return tests
