"""Numbers over time, line by line, as people read them on a terminal or in a pipe."""

from __future__ import annotations

import shutil
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from artifolio.cli import output
from artifolio.cli.changes import Line, Part
from artifolio.cli.words import clean, counted
from artifolio.deltas import difference, plain, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from artifolio.deltas import Number
    from artifolio.trends import Point, Series

_BLOCKS = "▁▂▃▄▅▆▇█"
# For terminals that have no blocks: from low to high, from little ink to much.
_ASCII = "_.:-=+*#"
_INDENT = Part("  ")
_MOST_STEPS = 10


def lines_of(series: Iterable[Series]) -> Iterator[Line]:
    """Give all that is told of each series, with an empty line between two."""
    for number, one in enumerate(series):
        if number:
            yield Line((), ())
        yield _heading(one)
        yield _bounds(one.points)
        if len(one.points) > 1:
            yield _sparkline(one.points)
        yield from _steps(one.points)


def sparkline(values: Sequence[Number], levels: str = _BLOCKS) -> str:
    """Return one character for each number, by where it lies between the least and the greatest.

    Args:
        values: At least one.
        levels: Characters from low to high; numbers that are all the same get one in the middle.
    """
    top = len(levels) - 1
    # Exact, because integers may be too large for floats.
    exact = [Fraction(value) for value in values]
    least, span = min(exact), max(exact) - min(exact)
    if not span:
        return levels[top // 2] * len(values)
    return "".join(levels[round((value - least) * top / span)] for value in exact)


def _heading(series: Series) -> Line:
    latest = series.points[-1]
    name = clean(series.name) or "(no name)"
    parts = [Part(name, "bold"), Part(f"  {plain(latest.value)}")]
    if len(series.points) > 1:
        parts.append(_change(series.points[-2], latest))
    return Line((), tuple(parts))


def _change(before: Point, latest: Point) -> Part:
    delta = difference(before.value, latest.value)
    text = "unchanged" if before.value == latest.value else "changed"
    if delta:
        text = signed(delta)
    # Versions between the two may lack the number.
    since = "" if before.number == latest.number - 1 else f" since v{before.number}"
    return Part(f" ({text}{since})", "bold" if delta else "dim")


def _bounds(points: Sequence[Point]) -> Line:
    # Of equal ones the latest counts.
    least = min(reversed(points), key=lambda point: point.value)
    greatest = max(reversed(points), key=lambda point: point.value)
    text = f"least {_place(least)}, greatest {_place(greatest)}"
    if len(points) == 1:
        text = f"in v{points[0].number} only"
    return Line((_INDENT,), (Part(text, "dim"),))


def _place(point: Point) -> str:
    return f"{plain(point.value)} (v{point.number})"


def _sparkline(points: Sequence[Point]) -> Line:
    """Return the newest values that fit, between the versions they start and end with."""
    last = f" v{points[-1].number}"
    width = shutil.get_terminal_size().columns - len(_INDENT.text) - 2 * len(last)
    newest = points[-max(1, width) :]
    levels = _BLOCKS if output.has_characters(_BLOCKS) else _ASCII
    line = sparkline([point.value for point in newest], levels)
    first = Part(f"v{newest[0].number} ", "dim")
    return Line((_INDENT,), (first, Part(line, "cyan"), Part(last, "dim")))


def _steps(points: Sequence[Point]) -> Iterator[Line]:
    steps = [(before, point) for before, point in pairwise(points) if point.is_step]
    earlier = len(steps) - _MOST_STEPS
    if earlier > 0:
        dots = "…" if output.has_characters("…") else "..."
        yield Line((_INDENT,), (Part(f"{dots} {counted(earlier, 'earlier step')}", "dim"),))
    arrow = "→" if output.has_characters("→") else "->"
    for before, point in steps[-_MOST_STEPS:]:
        when = f"v{point.number} {point.created.date().isoformat()}:"
        text = f" {plain(before.value)} {arrow} {plain(point.value)}"
        yield Line((_INDENT,), (Part("step ", "yellow"), Part(when, "yellow"), Part(text)))
