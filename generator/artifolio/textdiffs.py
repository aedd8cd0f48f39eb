"""What changed between two texts: lines, and words within them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.alignment import align

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTEXT = 3
"""Equal lines that are kept before and after what changed."""
_SHORTEST_FOLD = 4
# A word, or any other character on its own: so letters of scripts without spaces stand alone.
_TOKEN = re.compile(r"[A-Za-z0-9_\u00aa-\u1fff]+|\s+|.")
# Of two lines with less than this in common, words would be marked by chance.
_LEAST_ALIKE = 0.4
_LONGEST_LINE = 2_000
# A thousand lines of numbers, 1,000 characters each, took 23 s with as many as for lines.
_MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of either text, or of both."""

    sign: str
    """``-`` for the old text only, ``+`` for the new one only, a space for both."""
    old: int | None
    """Its number in the old text, from 1."""
    new: int | None
    """The same for the new one."""
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Fold:
    """Equal lines that are left out."""

    old: int
    """Number of the first in the old text, from 1."""
    new: int
    count: int


@dataclass(frozen=True, slots=True)
class ImageChange:
    """An image of a text that is another one now, or is there only before or now."""

    kind: str
    """``changed``, ``added`` or ``removed``."""
    path: str


@dataclass(frozen=True, slots=True)
class TextDiff:
    """The difference of two texts."""

    lines: tuple[Line | Fold, ...]
    """In order, what was removed before what was added in its place."""
    added: int
    """Lines."""
    removed: int
    images: tuple[ImageChange, ...] = ()
    """Of those that were published with the texts."""


def diff_text(old: str, new: str) -> TextDiff:
    """Compare two texts line by line.

    Lines end at LF, and nothing else; a text that ends in LF has an empty last line.

    Args:
        old: The text before.
        new: The text now.
    """
    before, after = old.split("\n"), new.split("\n")
    lines: list[Line | Fold] = []
    equal: list[tuple[int, int]] = []
    i = j = 0
    for pair in [*align(before, after), (len(before), len(after))]:
        if pair != (i, j):
            lines += _context(equal, before, is_first=not lines, is_last=False)
            lines += _replaced(before, after, range(i, pair[0]), range(j, pair[1]))
            equal = []
        equal.append(pair)
        i, j = pair[0] + 1, pair[1] + 1
    lines += _context(equal[:-1], before, is_first=not lines, is_last=True)
    signs = [line.sign for line in lines if isinstance(line, Line)]
    return TextDiff(tuple(lines), signs.count("+"), signs.count("-"))


def _context(
    equal: Sequence[tuple[int, int]], lines: Sequence[str], *, is_first: bool, is_last: bool
) -> Iterator[Line | Fold]:
    """Give equal lines, folded but for those beside what changed."""
    head = 0 if is_first else CONTEXT
    tail = len(equal) - (0 if is_last else CONTEXT)
    if tail - head < _SHORTEST_FOLD:
        head = tail = len(equal)
    for i, j in equal[:head]:
        yield Line(" ", i + 1, j + 1, (Span(lines[i], False),))
    if head < tail:
        i, j = equal[head]
        yield Fold(i + 1, j + 1, tail - head)
    for i, j in equal[tail:]:
        yield Line(" ", i + 1, j + 1, (Span(lines[i], False),))


def _replaced(
    before: Sequence[str], after: Sequence[str], old: range, new: range
) -> Iterator[Line]:
    """Give lines that stand for each other, with the words marked that differ."""
    marked = [_words(before[i], after[j]) for i, j in zip(old, new, strict=False)]
    for number, i in enumerate(old):
        spans = marked[number][0] if number < len(marked) else (Span(before[i], False),)
        yield Line("-", i + 1, None, spans)
    for number, j in enumerate(new):
        spans = marked[number][1] if number < len(marked) else (Span(after[j], False),)
        yield Line("+", None, j + 1, spans)


def _words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return both lines with the words marked that differ; none if little is alike."""
    whole = (Span(old, False),), (Span(new, False),)
    if max(len(old), len(new)) > _LONGEST_LINE:
        return whole
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    pairs = align(before, after, _MOST_WORDS)
    alike = sum(len(before[i].strip()) for i, _ in pairs)
    if alike < _LEAST_ALIKE * max(len(old.strip()), len(new.strip())):
        return whole
    return (
        _spans(before, {i for i, _ in pairs}),
        _spans(after, {j for _, j in pairs}),
    )


def _spans(tokens: Sequence[str], kept: set[int]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for number, token in enumerate(tokens):
        is_changed = number not in kept
        if spans and spans[-1].is_changed == is_changed:
            spans[-1] = Span(spans[-1].text + token, is_changed)
        else:
            spans.append(Span(token, is_changed))
    return tuple(spans) or (Span("", False),)
