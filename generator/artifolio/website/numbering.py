"""How long lists are divided into numbered pages."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from artifolio.website.markup import seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from artifolio.errors import Problem

_T = TypeVar("_T")

NEWEST = 50
"""Versions that stand on the first page of a key, and of the versions without a key."""
ROWS = 100
"""Versions on a numbered page of a lineage."""
CARDS = 50
"""Versions on a page of those without a key, or of a run; they take more room than a row."""
LIST_BYTES = 150_000
"""Of all cards on a page of the list of all artifacts."""

SHOWN_PROBLEMS = 200
"""Problems that stand on the list of all artifacts, unless they are too long for it."""

_NEAREST = 3
_PROBLEMS_BYTES = 60_000


@dataclass(frozen=True)
class Part:
    """A numbered page, and the place in the whole of what stands on it."""

    number: int
    """Counted from 1."""
    first: int
    last: int

    def of(self, whole: Sequence[_T]) -> Sequence[_T]:
        """Return what stands on this page."""
        return whole[self.first - 1 : self.last]


@dataclass(frozen=True)
class Step:
    """A link of a pager."""

    words: str
    page: str | None
    """Path of the page; None where it is this one, or there is none."""
    rel: str = ""


@dataclass(frozen=True)
class Pager:
    """The way from one numbered page to the others; as long for ten as for ten thousand."""

    here: str
    before: tuple[Step, Step]
    after: tuple[Step, Step]


def divide(count: int, size: int) -> tuple[Part, ...]:
    """Divide a list that grows at its end, so that full pages stay as they are.

    Args:
        count: How many there are.
        size: How many stand on a page.
    """
    return tuple(
        Part(number, first, min(first + size - 1, count))
        for number, first in enumerate(range(1, count + 1, size), 1)
    )


def older(count: int, size: int) -> tuple[Part, ...]:
    """Divide what does not stand on the first page, which shows the `NEWEST`."""
    return divide(count - NEWEST, size)


def nearest(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts that the first page leads to: the newest ones and the oldest."""
    return (*reversed(parts[1:][-_NEAREST:]), *parts[:1])


def fill(pieces: Iterable[str], limit_bytes: int) -> list[list[str]]:
    """Divide pieces of HTML by what they take; there is always a first page."""
    pages: list[list[str]] = [[]]
    taken = 0
    for piece in pieces:
        size = len(piece.encode()) + 1
        if taken + size > limit_bytes and pages[-1]:
            pages.append([])
            taken = 0
        pages[-1].append(piece)
        taken += size
    return pages


def pager(number: int, total: int, page: Callable[[int], str]) -> Pager | None:
    """Return the pager of a list that is counted from its first page; None if that is all.

    Args:
        number: Of this page.
        total: How many there are.
        page: Gives the path of a page by its number.
    """
    if total == 1:
        return None
    previous = page(number - 1) if number > 1 else None
    following = page(number + 1) if number < total else None
    return Pager(
        f"page {number:,} of {total:,}",
        (Step("first", previous and page(1)), Step("previous", previous, "prev")),
        (Step("next", following, "next"), Step("last", following and page(total))),
    )


def part_pager(part: Part, parts: int, newest: str, page: Callable[[int], str]) -> Pager:
    """Return the pager of a page of older versions.

    It names no total: a full page has to stay as it is when there are more.

    Args:
        part: What stands on this page.
        parts: How many there are.
        newest: Path of the page that shows the newest versions.
        page: Gives the path of a page by its number.
    """
    previous = page(part.number - 1) if part.number > 1 else None
    following = page(part.number + 1) if part.number < parts else newest
    return Pager(
        f"{part.first:,} to {part.last:,}",
        (Step("newest", newest), Step("newer", following, "next")),
        (Step("older", previous, "prev"), Step("oldest", previous and page(1))),
    )


def first_problems(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems that a page has room for."""
    found: list[Problem] = []
    taken = 0
    for problem in problems[:SHOWN_PROBLEMS]:
        taken += len(seal(html.escape(f"{problem.path} {problem.reason}")).encode())
        if taken > _PROBLEMS_BYTES:
            break
        found.append(problem)
    return found
