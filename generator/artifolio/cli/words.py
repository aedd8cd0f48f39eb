"""Values in words: times, counts, summaries, cells, without what could steer a terminal."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from artifolio.catalog import Catalog
    from artifolio.values import Value

_UNITS = (
    (365 * 86400, "year", "y"),
    (30 * 86400, "month", "mo"),
    (86400, "day", "d"),
    (3600, "hour", "h"),
    (60, "minute", "m"),
)
# Twelve digits and a dash: in a version 7 its time.
SHORT_ID = 13
_MAX_SUMMARY = 1000
# Terminals with fewer columns get short times.
_NARROW = 100
# Each is bounded: a line of nothing but brackets must not cost its length squared.
_BLOCK_MARKS = re.compile(r"^(?:\s*(?:#{1,6}|>|[-*+]|\d{1,9}[.)])\s+)+")
_CLOSING_MARKS = re.compile(r"\s#{1,6}\s*$")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~|`{1,2})(?=\S)(.{1,200}?)(?<=\S)\1(?!\w)")


@dataclass(frozen=True)
class Column:
    """A column of a list, and how it looks on a terminal."""

    heading: str
    style: str = ""
    right: bool = False
    least: int | None = None
    """Width that it can shrink to; None where it cannot."""
    drop: int = 0
    """Columns with the highest number go first where not all fit; 0 stays."""
    fold: bool = False
    """Whether what does not fit goes to the next line instead of being cut."""


def clean(text: str) -> str:
    """Return text for one line of a terminal."""
    return printable(text)


def clean_lines(text: str) -> str:
    """Return text for a terminal; line ends and tabs stay."""
    if text.isprintable():
        return text
    return re.sub(r"[^\n\t]+", lambda match: printable(match[0]), text)


def counted(number: int, noun: str) -> str:
    """Return a count with its noun, as ``2 versions``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(count: int) -> str:
    """Return a number of bytes for people, as ``1.4 MB``."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return counted(count, "byte")


def make_ago(now: datetime) -> Callable[[datetime], str]:
    """Return a function that tells how long a moment is past, in the words that fit."""
    short = shutil.get_terminal_size().columns < _NARROW
    return lambda moment: ago(moment, now, short=short)


def ago(moment: datetime, now: datetime, *, short: bool = False) -> str:
    """Return how long a moment is past, as ``3 hours ago`` or ``3h ago``; or how far off it is."""
    seconds = (now - moment).total_seconds()
    text = _duration(abs(seconds), short=short)
    if text:
        return f"{text} ago" if seconds > 0 else f"in {text}"
    return "now" if short else "just now"


def later(old: datetime, new: datetime) -> str:
    """Return how long after another a moment is, as ``3 hours later`` or ``2 days earlier``."""
    seconds = (new - old).total_seconds()
    if not seconds:
        return "at the same moment"
    text = _duration(abs(seconds)) or "moments"
    return f"{text} later" if seconds > 0 else f"{text} earlier"


def summary(description: str | None) -> str:
    """Return the first line of a description, without the marks of Markdown."""
    lines = (line.strip() for line in (description or "").splitlines())
    line = next(filter(None, lines), "")[:_MAX_SUMMARY]
    text = _CLOSING_MARKS.sub("", _BLOCK_MARKS.sub("", line))
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
    return text.strip() or line


def short_id_length(catalog: Catalog) -> int:
    """Return how many characters of their ids tell all versions of a store apart."""
    ids = [version.entry.id for version in catalog.versions()]
    length = SHORT_ID
    while len({version_id[:length] for version_id in ids}) < len(ids):
        length += 1
    return length


def to_json(value: Value, indent: int | None = None) -> str:
    """Return JSON in which every character that is not printable is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if indent is None and text.isprintable():
        return text
    return "\n".join(
        line if line.isprintable() else "".join(map(_json_character, line))
        for line in text.split("\n")
    )


def cell(value: Value) -> str:
    """Return a value as a table shows it: text as it is, null as nothing, all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _duration(seconds: float, *, short: bool = False) -> str:
    """Return how long something takes, in its largest unit; empty below a minute."""
    for size, unit, letter in _UNITS:
        count = int(seconds // size)
        if count:
            return f"{count}{letter}" if short else counted(count, unit)
    return ""


def _json_character(character: str) -> str:
    if character.isprintable():
        return character
    return json.dumps(character)[1:-1] if character > "\x7f" else f"\\u{ord(character):04x}"
