"""The numbers that a lineage carries over time: which there are, and where they jump."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.bodies import Progress, Table, attachment_of
from artifolio.columns import is_name, is_share
from artifolio.deltas import is_number, mean, total
from artifolio.keys import format_time
from artifolio.retirement import Retired
from artifolio.tables import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from artifolio.bodies import Body
    from artifolio.deltas import Number
    from artifolio.headers import Header
    from artifolio.values import Value

MOST_FIGURES = 12
"""That are kept of a version."""
_GUESSED_COLUMNS = 4
# A step is a change of at least so many times what is usual; of more where little is known of that:
# of a hundred series of 60 random numbers 4 have a step; with 4 times the median, half of them had.
_STEP = 6.0
_CAUTION = 4
# And of this share of the whole range, or little would be marked beside much.
_STEP_SHARE = 0.25
_LEAST_BEFORE = 4
_REMEMBERED = 50
_NUMBERS = ("integer", "number")


@dataclass(frozen=True, slots=True)
class Point:
    """A number of one version."""

    number: int
    """Of the version, from 1."""
    created: datetime
    value: Number
    is_step: bool = False
    """Whether it differs from the point before by far more than is usual."""


@dataclass(frozen=True, slots=True)
class Series:
    """One number over the versions that have it."""

    name: str
    """``rows``, ``AcresBurned.sum``, ``metadata.acres``, ``percent``, ``size``, or the column of a
    table with one row."""
    points: tuple[Point, ...]
    """Oldest first, at least one."""


def figures_of(header: Header, body: Body) -> dict[str, Number]:
    """Return the numbers of one version that are worth following, by name.

    Those that the publisher named; else the cells of a table with one row, or the sums of its
    columns of integers and the means of those with fractions, and how many rows there are; the
    percent of progress; the size of a file in bytes; and the numbers in the metadata. Of a body
    that is gone, those that were kept of it.
    """
    if isinstance(body, Retired):
        return dict(list(body.retirement.figures.items())[:MOST_FIGURES])
    found: dict[str, Number | None] = {}
    if isinstance(body, Table):
        found |= _declared(body) if body.trend else _guessed(body)
    elif isinstance(body, Progress):
        found["percent"] = body.percent
    attachment = attachment_of(body)
    if attachment is not None:
        found["size"] = attachment.size
    found |= {
        f"metadata.{name}": value for name, value in header.metadata.items() if is_number(value)
    }
    numbers = {name: number for name, number in found.items() if number is not None}
    return dict(list(numbers.items())[:MOST_FIGURES])


def figure_named(header: Header, body: Body, name: str) -> Number | None:
    """Return one number of a version, whether it is worth following or not.

    Args:
        header: Of the version.
        body: Of the same.
        name: As `figures_of` gives them. Of tables, ``rows``, the sum, mean, min and max of every
            column, and the columns themselves where there is one row.

    Returns:
        None where the version has no such number.
    """
    known = figures_of(header, body)
    if name in known:
        return known[name]
    kind, _, field = name.partition(".")
    value = header.metadata.get(field) if kind == "metadata" else None
    if is_number(value):
        return value
    if not isinstance(body, Table):
        return None
    if name == ROWS:
        return len(body.rows)
    cells = _cells(body, name) if len(body.rows) == 1 else []
    if cells:
        return total(cells)
    column, _, kind = name.rpartition(".")
    cells = _cells(body, column) if kind in _KINDS else []
    return _KINDS[kind](cells) if cells else None


def series_of(
    versions: Sequence[tuple[int, datetime, Mapping[str, Number]]],
) -> tuple[Series, ...]:
    """Return the numbers of a lineage over time: those that its latest version has.

    Args:
        versions: Number, time and figures of each, oldest first.
    """
    if not versions:
        return ()
    return tuple(_series(name, versions) for name in versions[-1][2])


def _series(name: str, versions: Iterable[tuple[int, datetime, Mapping[str, Number]]]) -> Series:
    points = [
        (number, created, figures[name]) for number, created, figures in versions if name in figures
    ]
    steps = find_steps([value for *_, value in points])
    return Series(
        name,
        tuple(Point(*point, index in steps) for index, point in enumerate(points)),
    )


def as_json(series: Series, ids: Mapping[int, str]) -> dict[str, Value]:
    """Return a number over time as programs read it.

    Args:
        series: The number.
        ids: Those of the versions, by their numbers.
    """
    points: list[Value] = [
        {
            "version": point.number,
            "id": ids[point.number],
            "created": format_time(point.created),
            "value": point.value,
            "step": point.is_step,
        }
        for point in series.points
    ]
    return {"name": series.name, "points": points}


def find_steps(values: Sequence[Number]) -> set[int]:
    """Return the places of values that differ from the one before by far more than is usual.

    What is usual is the median of the changes before; where nothing changed, any change is one.
    """
    steps: set[int] = set()
    changes: list[float] = []
    least_step = _STEP_SHARE * _distance(min(values, default=0), max(values, default=0))
    for index in range(1, len(values)):
        change = _distance(values[index - 1], values[index])
        if len(changes) >= _LEAST_BEFORE - 1 and change >= least_step:
            known = changes[-_REMEMBERED:]
            if change > _STEP * (1 + _CAUTION / len(known)) * statistics.median(known):
                steps.add(index)
        changes.append(change)
    return steps


def _distance(old: Number, new: Number) -> float:
    try:
        return float(abs(new - old))
    except OverflowError:
        return math.inf


def _declared(table: Table) -> dict[str, Number | None]:
    found: dict[str, Number | None] = {}
    for figure in table.trend[:MOST_FIGURES]:
        name, dot, kind = figure.rpartition(".")
        if figure == ROWS:
            found[ROWS] = len(table.rows)
        elif dot and kind in _KINDS and (cells := _cells(table, name)):
            found[figure] = _KINDS[kind](cells)
    return found


def _guessed(table: Table) -> dict[str, Number | None]:
    found: dict[str, Number | None] = {}
    row_key = set(table.row_key)
    columns = [
        column
        for column in table.columns
        if column.type in _NUMBERS and column.name not in row_key and not is_name(column.name)
    ]
    for column in columns[:_GUESSED_COLUMNS]:
        cells = _cells(table, column.name)
        if len(table.rows) == 1:
            found[column.name] = total(cells) if cells else None
        elif cells:
            is_count = column.type == "integer" and not is_share(column.name)
            kind = "sum" if is_count else "mean"
            found[f"{column.name}.{kind}"] = _KINDS[kind](cells)
    if len(table.rows) != 1:
        found[ROWS] = len(table.rows)
    return found


def _cells(table: Table, name: str) -> list[Value]:
    """Return the cells of a column that are not null; none if there is no such column."""
    for place, column in enumerate(table.columns):
        if column.name == name:
            return [row[place] for row in table.rows if row[place] is not None]
    return []


def _least(values: Sequence[Value]) -> Number | None:
    return min((value for value in values if is_number(value)), default=None)


def _greatest(values: Sequence[Value]) -> Number | None:
    return max((value for value in values if is_number(value)), default=None)


_KINDS: Mapping[str, Callable[[Sequence[Value]], Number | None]] = {
    "sum": total,
    "mean": mean,
    "min": _least,
    "max": _greatest,
}
