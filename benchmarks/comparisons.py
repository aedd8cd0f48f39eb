"""Figures of artifolio beside those of the plain tool, as one table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("work", "pages", "unit", "plain", "artifolio", "spread", "ratio", "target", "met?")
_NONE = "-"


@dataclass(frozen=True)
class Target:
    """What a figure is to keep to."""

    limit: float
    of_ratio: bool = False
    """Whether it is the ratio that has to reach it; else the figure must not exceed it."""

    def __str__(self) -> str:
        """Say it as people do."""
        return f">= {self.limit:g} times" if self.of_ratio else f"<= {self.limit:g}"


@dataclass(frozen=True)
class Comparison:
    """One kind of work at one size: what it takes plain MkDocs, and what it takes artifolio."""

    work: str
    pages: int
    """How many there are that are generated."""
    unit: str
    plain: float | None
    """None where it has not been measured."""
    ours: float
    target: Target | None = None
    ends: tuple[float, float] | None = None
    """The least and the most that a round took artifolio; None where there was only one."""

    @property
    def ratio(self) -> float | None:
        """How many times less it is than plain."""
        return self.plain / self.ours if self.plain is not None and self.ours else None

    @property
    def is_met(self) -> bool | None:
        """Whether it keeps to its target; None where there is none or nothing to compare with."""
        if self.target is None:
            return None
        if self.target.of_ratio:
            return None if self.ratio is None else self.ratio >= self.target.limit
        return self.ours <= self.target.limit

    @property
    def is_sure(self) -> bool:
        """Whether every round says the same of the target as their median does."""
        if self.ends is None or self.is_met is None:
            return True
        return all(replace(self, ours=end, ends=None).is_met is self.is_met for end in self.ends)

    def row(self) -> dict[str, str | float | None]:
        """Return it with its numbers rounded, by the names of the columns."""
        met = {None: None, True: "yes", False: "no"}[self.is_met]
        if not self.is_sure:
            met = f"{met}, unsure"
        target = None if self.target is None else str(self.target)
        plain, ours, ratio = map(_rounded, (self.plain, self.ours, self.ratio))
        spread = self.ends and " to ".join(str(_rounded(end)) for end in self.ends)
        values = (self.work, self.pages, self.unit, plain, ours, spread, ratio, target, met)
        return dict(zip(COLUMNS, values, strict=True))


def as_text(comparisons: Sequence[Comparison]) -> str:
    """Return the table as text, its columns aligned."""
    lines = [list(COLUMNS)]
    for comparison in comparisons:
        values = comparison.row().values()
        lines.append([_NONE if value is None else _shown(value) for value in values])
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    numbers = range(COLUMNS.index("plain"), COLUMNS.index("ratio") + 1)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place == 1 or place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _rounded(number: float | None) -> float | None:
    """Keep three digits, or all before the point."""
    if number is None:
        return None
    return round(number) if abs(number) >= 100 else float(f"{number:.3g}")


def _shown(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:,}"
