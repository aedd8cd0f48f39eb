"""Turns whatever is like a table into columns and rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from artifolio.bodies import Column, Table
from artifolio.errors import InvalidValueError, shown
from artifolio.values import Value, to_value

_NEEDED = "a table is a list of dicts, a dict of lists, or a list of lists"
_NAMED = 20
ROWS = "rows"
"""The figure that counts the rows of a table."""
KINDS = ("sum", "mean", "min", "max")
"""How the numbers of a column are taken together."""
# Cells of these types are stored as they are; floats only once known to be finite.
_AS_THEY_ARE = {str: "string", int: "integer", bool: "boolean", type(None): "null"}


def to_table(
    table: object, row_key: str | Iterable[str] = (), trend: str | Iterable[str] = ()
) -> Table:
    """Convert a table-like value.

    Args:
        table: Rows as a list of dicts (columns in order of first appearance, missing cells null),
            columns as a dict of equally long lists, or rows as a list of equally long lists
            (columns are then named 1, 2, 3 …).
        row_key: Name or names of the columns that tell one row from another.
        trend: Figures to be followed from version to version: ``rows``, or a column and how its
            numbers are taken together, as ``AcresBurned.sum``.

    Raises:
        InvalidValueError: If it is none of these, a cell cannot be stored, or there is no column
            that the row key or the trend names.
    """
    if isinstance(table, Mapping):
        names, columns = _from_columns(table)
    elif isinstance(table, Iterable) and not isinstance(table, (str, bytes)):
        names, columns = _from_rows(list(table))
    else:
        raise InvalidValueError("table", f"{_NEEDED}, not {type(table).__name__}")
    types = []
    for index, (name, cells) in enumerate(zip(names, columns, strict=True)):
        columns[index], kind = _convert_column(cells, name)
        types.append(kind)
    return Table(
        columns=tuple(Column(name, kind) for name, kind in zip(names, types, strict=True)),
        rows=tuple(zip(*columns, strict=True)),
        row_key=_row_key(row_key, names),
        trend=_trend(trend, names),
    )


def _row_key(row_key: str | Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    wanted = (row_key,) if isinstance(row_key, str) else tuple(row_key)
    for name in wanted:
        _check_column(name, names, "row_key")
    return tuple(dict.fromkeys(wanted))


def _trend(trend: str | Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    wanted = (trend,) if isinstance(trend, str) else tuple(trend)
    for figure in wanted:
        if figure == ROWS:
            continue
        name, dot, kind = figure.rpartition(".") if isinstance(figure, str) else ("", "", "")
        if not dot or kind not in KINDS:
            known = ", ".join(KINDS)
            raise InvalidValueError(
                "trend", f"{shown(figure)} is neither rows nor a column with one of {known}"
            )
        _check_column(name, names, "trend")
    return tuple(dict.fromkeys(wanted))


def _check_column(name: str, names: Sequence[str], where: str) -> None:
    if name not in names:
        there = ", ".join(map(shown, names[:_NAMED])) or "none"
        there += f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        raise InvalidValueError(where, f"no column {shown(name)}; there are {there}")


def _from_columns(table: Mapping[Any, Any]) -> tuple[list[str], list[Sequence[Any]]]:
    columns: list[Sequence[Any]] = []
    for name, cells in table.items():
        if isinstance(cells, (str, bytes, Mapping)) or not isinstance(cells, Iterable):
            raise InvalidValueError(
                f"table, column {shown(name)}", f"{_NEEDED}; this is {type(cells).__name__}"
            )
        columns.append(list(cells))
        if len(columns[-1]) != len(columns[0]):
            raise InvalidValueError(
                f"table, column {shown(name)}",
                f"it has {len(columns[-1])} cells, the first column has {len(columns[0])}",
            )
    return _names(table), columns


def _from_rows(rows: list[Any]) -> tuple[list[str], list[Sequence[Any]]]:
    if all(isinstance(row, Mapping) for row in rows):
        names = dict.fromkeys(chain.from_iterable(rows))
        return _names(names), [[row.get(name) for row in rows] for name in names]
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Sequence) or isinstance(row, (str, bytes)):
            raise InvalidValueError(
                f"table, row {number}", f"{_NEEDED}; this row is {type(row).__name__}"
            )
        if len(row) != len(rows[0]):
            raise InvalidValueError(
                f"table, row {number}",
                f"it has {len(row)} cells, the first row has {len(rows[0])}",
            )
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    return [str(number) for number in range(1, len(columns) + 1)], columns


def _names(names: Iterable[Any]) -> list[str]:
    texts: list[str] = []
    for name in names:
        value, kind = to_value(name, "table, column name")
        if kind in ("list", "object"):
            raise InvalidValueError("table, column name", f"{shown(name)} is not text")
        texts.append(value if isinstance(value, str) else str(name))
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        raise InvalidValueError("table", f"two columns are named {shown(twice)}")
    return texts


def _convert_column(cells: Sequence[Any], name: str) -> tuple[Sequence[Value], str]:
    kinds = set(map(type, cells))
    if kinds <= _AS_THEY_ARE.keys():
        return cells, _column_type({_AS_THEY_ARE[kind] for kind in kinds})
    if kinds == {float} and all(map(math.isfinite, cells)):
        return cells, "number"
    converted = [
        to_value(cell, f"table, column {shown(name)}, row {number}")
        for number, cell in enumerate(cells, 1)
    ]
    return [value for value, _ in converted], _column_type({kind for _, kind in converted})


def _column_type(kinds: set[str]) -> str:
    kinds = kinds - {"null"}
    if kinds == {"integer", "number"}:
        return "number"
    return "null" if not kinds else kinds.pop() if len(kinds) == 1 else "mixed"
