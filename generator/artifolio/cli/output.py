"""What commands write: for people on a terminal, for programs in a pipe.

Whatever comes from records is escaped, so that none of it can steer a terminal.
"""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING

import click

from artifolio.bodies import plain_data
from artifolio.cli.words import Column, cell, clean, clean_lines, to_json
from artifolio.formulas import harmless
from artifolio.keys import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from artifolio.catalog import Version
    from artifolio.cli.changes import Line
    from artifolio.records import Record
    from artifolio.values import Value


def is_terminal() -> bool:
    """Tell whether people read standard output as it is written."""
    return sys.stdout.isatty()


def has_characters(text: str) -> bool:
    """Tell whether standard output can show all characters of a text."""
    if not is_terminal():
        return True
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True


def note(text: str) -> None:
    """Write a line to standard error."""
    click.echo(text, err=True)


def json_fields(version: Version, versions: int, record: Record) -> dict[str, Value]:
    """Return a version as ``ls`` and ``inspect`` give it to programs."""
    header = version.header
    optional: dict[str, Value] = {} if record.intact else {"intact": False}
    if header.retired:
        optional["retired"] = header.retired.to_data()
    if version.pins:
        optional["pins"] = list(version.pins)
    if images := record.images:
        optional["images"] = [
            {"path": path, **attachment.to_data()} for path, attachment in images.items()
        ]
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
        **optional,
    }


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
    """Write comma-separated values (RFC 4180, but for the line ends); lists become JSON.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    for row in (headings, *rows):
        buffer = io.StringIO()
        texts = [harmless(item) if isinstance(item, str) else cell(item) for item in row]
        csv.writer(buffer, lineterminator="\n").writerow(map(clean_lines, texts))
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


def write_lines(lines: Iterable[Line]) -> None:
    """Write lines: in colours and folded on a terminal, as plain text in a pipe."""
    if is_terminal():
        from artifolio.cli.terminal import show_lines  # only here: a pipe does not wait for rich

        show_lines(lines)
    else:
        _write("".join(f"{line.text}\n" for line in lines))


def write_text(text: str) -> None:
    """Write lines as they are; what is not printable is escaped if a terminal would get it."""
    _write(clean_lines(text) if is_terminal() else text)


def _write(text: str) -> None:
    # What programs read is UTF-8 everywhere, whatever the locale says.
    click.echo(text if is_terminal() else text.encode("utf-8", "backslashreplace"), nl=False)
