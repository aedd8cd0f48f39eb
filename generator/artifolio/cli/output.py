"""What commands write: for people on a terminal, for programs in a pipe.

Whatever comes from records is escaped, so that none of it can steer a terminal.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from artifolio.bodies import plain_data
from artifolio.errors import printable
from artifolio.keys import format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from artifolio.catalog import Catalog, Version
    from artifolio.records import Record
    from artifolio.values import Value

_UNITS = (
    (365 * 86400, "year", "y"),
    (30 * 86400, "month", "mo"),
    (86400, "day", "d"),
    (3600, "hour", "h"),
    (60, "minute", "m"),
)
# Twelve digits and a dash: in a version 7 its time.
_SHORT_ID = 13
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


def is_terminal() -> bool:
    """Tell whether people read standard output as it is written."""
    return sys.stdout.isatty()


def note(text: str) -> None:
    """Write a line to standard error."""
    click.echo(text, err=True)


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


def make_ago(now: datetime) -> Callable[[datetime], str]:
    """Return a function that tells how long a moment is past, in the words that fit."""
    short = shutil.get_terminal_size().columns < _NARROW
    return lambda moment: ago(moment, now, short=short)


def ago(moment: datetime, now: datetime, *, short: bool = False) -> str:
    """Return how long a moment is past, as ``3 hours ago`` or ``3h ago``; or how far off it is."""
    seconds = (now - moment).total_seconds()
    for size, unit, letter in _UNITS:
        count = int(abs(seconds) // size)
        if count:
            text = f"{count}{letter}" if short else counted(count, unit)
            return f"{text} ago" if seconds > 0 else f"in {text}"
    return "now" if short else "just now"


def summary(description: str | None) -> str:
    """Return the first line of a description, without the marks of Markdown."""
    lines = (line.strip() for line in (description or "").splitlines())
    line = next(filter(None, lines), "")[:_MAX_SUMMARY]
    text = _CLOSING_MARKS.sub("", _BLOCK_MARKS.sub("", line))
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
    return text.strip() or line


def short_id_length(catalog: Catalog) -> int:
    """Return how many characters of their ids tell all versions of a store apart."""
    ids = [str(version.header.id) for version in catalog.versions()]
    length = _SHORT_ID
    while len({version_id[:length] for version_id in ids}) < len(ids):
        length += 1
    return length


def json_fields(version: Version, versions: int, record: Record) -> dict[str, Value]:
    """Return a version as ``ls`` and ``inspect`` give it to programs."""
    header = version.header
    return {
        "id": str(header.id),
        "key": header.key,
        "type": header.type,
        "created": format_time(header.created),
        "updated": format_time(header.updated or header.created),
        "description": header.description,
        "data": plain_data(record.body),
        "metadata": dict(header.metadata),
        "tags": list(header.tags),
        "flow_run_id": header.run.flow_run,
        "task_run_id": header.run.task_run,
        "version": version.number,
        "versions": versions,
        "path": version.entry.path,
    }


def to_json(value: Value, indent: int | None = None) -> str:
    """Return JSON in which every character that is not printable is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if indent is None and text.isprintable():
        return text
    return "\n".join(
        line if line.isprintable() else "".join(map(_json_character, line))
        for line in text.split("\n")
    )


def write_json(values: Iterable[Mapping[str, Value]]) -> None:
    """Write a list, one value at a time, so that they never lie in memory together."""
    before = "[\n"
    for value in values:
        text = to_json(dict(value), indent=2)
        _write(f"{before}  " + text.replace("\n", "\n  "))
        before = ",\n"
    _write("[]\n" if before == "[\n" else "\n]\n")


def write_jsonl(values: Iterable[Mapping[str, Value]]) -> None:
    """Write one value a line."""
    for value in values:
        _write(to_json(dict(value)) + "\n")


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write comma-separated values (RFC 4180, but for the line ends); lists become JSON."""
    for row in (headings, *rows):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow([clean_lines(cell(item)) for item in row])
        _write(buffer.getvalue())


def write_list(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Write a list: laid out on a terminal, tab-separated in a pipe."""
    if is_terminal():
        from artifolio.cli.terminal import show_list  # only here: a pipe does not wait for rich

        show_list(columns, rows)
    else:
        write_tsv([column.heading for column in columns], rows)


def write_tsv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write tab-separated values, one row a line; tabs and line ends in a cell are escaped."""
    for row in (headings, *rows):
        _write("\t".join(clean(cell(item)) for item in row) + "\n")


def write_text(text: str) -> None:
    """Write lines as they are; what is not printable is escaped if a terminal would get it."""
    _write(clean_lines(text) if is_terminal() else text)


def cell(value: Value) -> str:
    """Return a value as a table shows it: text as it is, null as nothing, all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json_character(character: str) -> str:
    if character.isprintable():
        return character
    return json.dumps(character)[1:-1] if character > "\x7f" else f"\\u{ord(character):04x}"


def _write(text: str) -> None:
    # What programs read is UTF-8 everywhere, whatever the locale says.
    click.echo(text if is_terminal() else text.encode("utf-8", "backslashreplace"), nl=False)
