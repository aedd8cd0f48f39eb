"""How values, rows and fields that changed are called and written, for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from artifolio.bodies import Table
from artifolio.textdiffs import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from artifolio.bodies import Body
    from artifolio.tablediffs import RowChange, TableDiff
    from artifolio.textdiffs import Fold, TextDiff
    from artifolio.values import Value

_HASH_DIGITS = 12


def value_text(value: Value) -> str:
    """Return a value as a table shows it: text as it is, null as nothing, all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def sides(old: Value, new: Value) -> tuple[str, str]:
    """Return both values as texts that differ: ``"1"`` and ``1`` where that is all.

    An empty text stands for null, or for text that is empty.
    """
    before, after = value_text(old), value_text(new)
    return (_json(old), _json(new)) if before == after else (before, after)


def field_sides(name: str, old: Value, new: Value) -> tuple[str, str]:
    """Return both values of a field as texts that differ; of hashes the start."""
    before, after = sides(old, new)
    if name == "sha256" and before[:_HASH_DIGITS] != after[:_HASH_DIGITS]:
        return before[:_HASH_DIGITS], after[:_HASH_DIGITS]
    return before, after


def row_name(row: RowChange) -> str:
    """Return what a row is called: its values in the row key, or else its place."""
    if row.name:
        return " / ".join(value_text(value) or _json(value) for value in row.name)
    if row.old is None or row.new is None or row.old == row.new:
        return f"row {row.new or row.old:,}"
    return f"row {row.old:,} → {row.new:,}"


def row_values(old: Body, new: Body, diff: TableDiff, row: RowChange) -> Iterator[Value]:
    """Give the cells of a row that came or went; see `row_columns`."""
    table, number = (old, row.old) if row.new is None else (new, row.new)
    if isinstance(table, Table) and number is not None:
        names = [column.name for column in table.columns]
        yield from (
            value
            for name, value in zip(names, table.rows[number - 1], strict=True)
            if name not in diff.row_key
        )


def row_columns(table: Body, diff: TableDiff) -> Sequence[str]:
    """Return the names of the columns that are not in the name of a row."""
    columns = table.columns if isinstance(table, Table) else ()
    return [column.name for column in columns if column.name not in diff.row_key]


def told_lines(diff: TextDiff) -> Sequence[Line | Fold]:
    """Return the lines that are worth a look: not the end of both texts, an empty line."""
    if not (diff.added or diff.removed):
        return ()
    last = diff.lines[-1] if diff.lines else None
    is_end = isinstance(last, Line) and last.sign == " " and not last.text
    return diff.lines[:-1] if is_end else diff.lines


def _json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)
