"""Numbers over time as small charts: drawn here, so that a page needs no script for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.trends import series_of
from artifolio.website.urls import lineage_page, version_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifolio.deltas import Number
    from artifolio.trends import Point, Series
    from artifolio.website.units import Listed

CHARTED = 60
"""Versions that a chart shows at most, the newest ones."""
_CHARTS = 4
WIDTH, HEIGHT = 640, 110
_EDGE = 8
SPARK_POINTS = 40
"""Versions that a small line shows at most, the newest ones."""
SPARK_WIDTH, SPARK_HEIGHT = 96, 20
_PREFIXES = {"sum": "sum of", "mean": "mean of", "min": "least", "max": "greatest"}


@dataclass(frozen=True)
class Dot:
    """A version in a chart."""

    x: str
    y: str
    point: Point
    listed: Listed


@dataclass(frozen=True)
class Chart:
    """One number over time."""

    name: str
    """In words."""
    line: str
    """The path of an SVG."""
    dots: tuple[Dot, ...]
    """Oldest first."""
    least: Number
    greatest: Number

    @property
    def latest(self) -> Dot:
        """The newest."""
        return self.dots[-1]


def charts_of(listed: Sequence[Listed]) -> list[Chart]:
    """Return the charts of a lineage: of the numbers that changed.

    Args:
        listed: Its newest versions, `CHARTED` at most, oldest first.
    """
    by_number = {item.version.number: item for item in listed}
    return [
        Chart(
            words_of(series.name),
            _path(places),
            tuple(
                Dot(x, y, point, by_number[point.number])
                for (x, y), point in zip(places, series.points, strict=True)
            ),
            *_ends(series),
        )
        for series in _moving(listed)[:_CHARTS]
        for places in [_places(series, WIDTH, HEIGHT, _EDGE)]
    ]


def sparkline_of(listed: Sequence[Listed]) -> str:
    """Return the path of a small line without dots; empty if no number changed.

    Args:
        listed: The newest versions of a lineage, oldest first.
    """
    moving = _moving(listed[-SPARK_POINTS:])
    return _path(_places(moving[0], SPARK_WIDTH, SPARK_HEIGHT, 2)) if moving else ""


def leading_figure(listed: Sequence[Listed]) -> str | None:
    """Return the name of the number that says most: the one of the small line, or the first.

    Args:
        listed: The newest versions of a lineage, oldest first.
    """
    moving = _moving(listed[-SPARK_POINTS:])
    return moving[0].name if moving else next(iter(listed[-1].figures), None)


def place_of(listed: Listed) -> str:
    """Return where one sees a version: its page, or its data where it has none."""
    header = listed.version.header
    name = listed.page or next(iter(listed.data().values()), None)
    return version_file(header, name) if name else lineage_page(header.key)


def words_of(name: str) -> str:
    """Return the name of a number as people say it: ``sum of AcresBurned``."""
    if name.startswith("metadata."):
        return name.removeprefix("metadata.")
    column, _, kind = name.rpartition(".")
    return f"{_PREFIXES[kind]} {column}" if column and kind in _PREFIXES else name


def _moving(listed: Sequence[Listed]) -> list[Series]:
    versions = [(item.version.number, item.version.header.created, item.figures) for item in listed]
    return [
        series
        for series in series_of(versions)
        if len({point.value for point in series.points}) > 1
    ]


def _ends(series: Series) -> tuple[Number, Number]:
    values = [point.value for point in series.points]
    return min(values), max(values)


def _places(series: Series, width: int, height: int, edge: int) -> list[tuple[str, str]]:
    """Return where the points are, from left to right, the greatest on top."""
    least, greatest = _ends(series)
    step = (width - 2 * edge) / max(1, len(series.points) - 1)
    return [
        (
            f"{edge + step * index:.1f}",
            f"{height - edge - (height - 2 * edge) * _share(point.value, least, greatest):.1f}",
        )
        for index, point in enumerate(series.points)
    ]


def _share(value: Number, least: Number, greatest: Number) -> float:
    """Return how far a value is from the least to the greatest, 0 to 1."""
    try:
        # Halves, since the distance of the largest floats is no float.
        return (value / 2 - least / 2) / (greatest / 2 - least / 2)
    except (OverflowError, ZeroDivisionError):
        return 0.0 if value < greatest else 1.0


def _path(places: Sequence[tuple[str, str]]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in places)
