"""What changed since the version before, as pages show it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.bodies import Image
from artifolio.diffcells import (
    row_columns,
    row_name,
    row_values,
    sides,
    told_lines,
    value_text,
)
from artifolio.diffs import GoneDiff, diff_records, sentence
from artifolio.errors import RecordError
from artifolio.retirement import Retired
from artifolio.tablediffs import TableDiff
from artifolio.textdiffs import Fold, Line, Span, TextDiff
from artifolio.website.rendering import renderer_for
from artifolio.website.sheets import is_certain
from artifolio.website.urls import attachment_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifolio.bodies import Body
    from artifolio.catalog import Version
    from artifolio.diffs import Diff
    from artifolio.records import Record
    from artifolio.store import Store
    from artifolio.values import Value
    from artifolio.website.sheets import Sheet
    from artifolio.website.units import Listed

_SHOWN_CELL = 80
_LABELS = {
    "url": "address",
    "alt": "alternative text",
    "media_type": "media type",
    "size": "size in bytes",
    "sha256": "SHA-256 of the content",
    "percent": "percent",
}
# Around what changed in a line, so much of what did not is shown.
_NEAR = 60


@dataclass(frozen=True)
class Limits:
    """How much of a difference is shown."""

    lines: int
    rows: int
    cells: int
    """Of one row."""
    characters: int
    """Of all lines, or of all rows."""


ON_A_PAGE = Limits(150, 50, 12, 15_000)
"""The command ``artifolio diff`` shows all."""
EVERYTHING = Limits(*[sys.maxsize] * 4)


@dataclass(frozen=True)
class Picture:
    """One of two images that are compared."""

    number: int
    """Of its version."""
    file: str
    """Path of its copy in ``site_src/``."""
    alt: str


@dataclass(frozen=True)
class Change:
    """How a version differs from the one before it."""

    sentence: str
    """In one line; empty where the version before cannot be read."""
    fragment: str = ""
    """All of it, as cleaned HTML; empty where there is no more to tell."""
    pictures: tuple[Picture, Picture] | None = None
    """The image before and the image now."""
    is_certain: bool = True
    """Whether it would be the same read again."""


def change_since(
    store: Store,
    previous: Listed,
    sheet: Sheet,
    since: int,
    before: Record | None = None,
    limits: Limits = ON_A_PAGE,
) -> Change | None:
    """Compare a version with the one before it.

    Args:
        store: Where both lie.
        previous: The one before.
        sheet: The version, read.
        since: Number of the version that was the first to show just this.
        before: The record of the one before, where it was read already.
        limits: How much of a difference is wanted.

    Returns:
        None where the version itself cannot be read, or is without its body.
    """
    if sheet.record is None:
        return None
    if since < sheet.version.number:
        return Change(f"unchanged since v{since}")
    if isinstance(sheet.record.body, Retired):
        return None
    try:
        record = before or store.read(previous.version.entry.path)
    except RecordError as error:
        return Change("", is_certain=is_certain(error))
    old, new = record.body, sheet.record.body
    names = f"v{previous.version.number}", f"v{sheet.version.number}"
    diff = diff_records(record, sheet.record, names)
    pictures = (
        _picture(old, previous.version, previous.files),
        _picture(new, sheet.version, (sheet.attachment or "").rpartition("/")[2:]),
    )
    both = (pictures[0], pictures[1]) if pictures[0] and pictures[1] else None
    return Change(sentence(diff), diff_fragment(old, new, diff, limits), both)


def diff_fragment(old: Body, new: Body, diff: Diff, limits: Limits = ON_A_PAGE) -> str:
    """Return a difference as HTML, which is cleaned or escaped.

    Args:
        old: The body before.
        new: The body now.
        diff: Of the two.
        limits: How much of it is wanted.
    """
    renderer = renderer_for(frozenset())
    if isinstance(diff, TextDiff):
        lines, left = _shown_lines(diff, limits)
        images = diff.images[: limits.rows]
        hidden = len(diff.images) - len(images)
        return renderer.part("diff_text.html", lines=lines, left=left, images=images, hidden=hidden)
    if isinstance(diff, TableDiff):
        rows = list(_shown_rows(old, new, diff, limits))
        left = len(diff.rows) - len(rows)
        return renderer.part("diff_table.html", diff=diff, rows=rows, left=left)
    if isinstance(diff, GoneDiff):
        return ""
    return renderer.part("diff_fields.html", fields=diff.fields, labels=_LABELS)


@dataclass(frozen=True)
class _Row:
    kind: str
    name: str
    cells: tuple[_Cell, ...]
    left: int
    """How many cells are not shown."""


@dataclass(frozen=True)
class _Cell:
    column: str
    old: Value
    new: Value
    delta: int | float | None
    sides: tuple[bool, bool]
    """Whether the old value is shown, and whether the new one is."""

    @property
    def shown_old(self) -> Value:
        """The old value, as JSON where it would look just as the new one."""
        return sides(self.old, self.new)[0] if self._looks_the_same else self.old

    @property
    def shown_new(self) -> Value:
        """The new value, as JSON where it would look just as the old one."""
        return sides(self.old, self.new)[1] if self._looks_the_same else self.new

    @property
    def _looks_the_same(self) -> bool:
        is_pair = self.sides == (True, True) and None not in (self.old, self.new)
        return is_pair and value_text(self.old) == value_text(self.new)


def _shown_rows(old: Body, new: Body, diff: TableDiff, limits: Limits) -> Iterator[_Row]:
    length = 0
    for row in _cut_rows(old, new, diff, limits):
        length += len(row.name[:_SHOWN_CELL]) + sum(map(_length, row.cells))
        if length > limits.characters:
            break
        yield row


def _length(cell: _Cell) -> int:
    sides = zip((cell.old, cell.new), cell.sides, strict=True)
    texts = [cell.column, *(value_text(value) for value, is_shown in sides if is_shown)]
    return sum(len(text[:_SHOWN_CELL]) for text in texts)


def _cut_rows(old: Body, new: Body, diff: TableDiff, limits: Limits) -> Iterator[_Row]:
    for row in diff.rows[: limits.rows]:
        if row.kind == "changed":
            cells = [
                _Cell(cell.column, cell.old, cell.new, cell.delta, (True, True))
                for cell in row.cells
            ]
        else:
            names = row_columns(old if row.new is None else new, diff)
            values = row_values(old, new, diff, row)
            sides = (row.kind == "removed", row.kind == "added")
            cells = [
                _Cell(name, value, value, None, sides)
                for name, value in zip(names, values, strict=True)
                if value is not None
            ]
        left = max(0, len(cells) - limits.cells)
        yield _Row(row.kind, row_name(row), tuple(cells[: limits.cells]), left)


def _shown_lines(diff: TextDiff, limits: Limits) -> tuple[list[Line | Fold], int]:
    """Return the lines that are shown, and how many are not."""
    shown: list[Line | Fold] = []
    length = 0
    lines = told_lines(diff)
    for line in lines[: limits.lines]:
        if isinstance(line, Line):
            spans = tuple(_shortened(line))
            length += sum(len(span.text) for span in spans)
            if length > limits.characters:
                break
            shown.append(Line(line.sign, line.old, line.new, spans))
        else:
            shown.append(line)
    return shown, len(lines) - len(shown)


def _shortened(line: Line) -> Iterator[Span]:
    """Leave out of a long line what is far from what changed in it."""
    spans = line.spans
    for number, span in enumerate(spans):
        text = span.text
        head = 0 if number == 0 and len(spans) > 1 else _NEAR
        tail = 0 if number == len(spans) - 1 else _NEAR
        if len(spans) == 1 or span.is_changed:
            head = 8 * _NEAR
        if len(text) > head + tail + _NEAR:
            text = f"{text[:head]} … {text[len(text) - tail :]}"
        yield Span(text, span.is_changed)


def _picture(body: Body, version: Version, files: tuple[str, ...]) -> Picture | None:
    if not isinstance(body, Image) or body.attachment is None:
        return None
    path = attachment_file(version.header, body.attachment)
    if path.rpartition("/")[2] not in files:
        return None  # an SVG, which is no file of the site, or one that is missing
    return Picture(version.number, path, body.alt or "image, without a description")
