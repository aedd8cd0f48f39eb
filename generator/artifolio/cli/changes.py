"""What changed, line by line, as people read it on a terminal or in a pipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from artifolio.cli.words import clean, clean_lines, counted
from artifolio.deltas import signed
from artifolio.diffcells import (
    field_sides,
    row_columns,
    row_name,
    row_values,
    sides,
    told_lines,
    value_text,
)
from artifolio.diffs import FieldsDiff
from artifolio.tablediffs import TableDiff
from artifolio.textdiffs import Fold, TextDiff, diff_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from artifolio.bodies import Body
    from artifolio.deltas import Number
    from artifolio.diffs import Diff
    from artifolio.tablediffs import RowChange
    from artifolio.textdiffs import Span
    from artifolio.values import Value

_STYLES = {"+": "green", "-": "red", "~": "yellow"}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_EMPTY = "(empty)"
_INDENT = 4
# Names of columns up to this width are followed by values in one line below the other.
_WIDEST_NAME = 32
# Text that is longer is compared word by word.
_LONGEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line, without anything that could steer a terminal."""

    text: str
    style: str = ""
    """As rich names them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, of any length."""

    head: tuple[Part, ...]
    """Its indentation, sign or name: what a narrow terminal puts beside the rest, not above."""
    body: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(part.text for part in (*self.head, *self.body)).rstrip(" ")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values that go by one name."""

    name: str
    old: Value
    new: Value
    texts: tuple[str, str]
    delta: Number | None


def lines_of(old: Body, new: Body, diff: Diff) -> Iterator[Line]:
    """Give all that changed.

    Args:
        old: The body before.
        new: The body now.
        diff: Of the two.
    """
    if isinstance(diff, TextDiff):
        yield from _text_lines(diff, 0)
        for image in diff.images:
            yield _title(image.kind, f"image {image.path}", image.kind)
    elif isinstance(diff, TableDiff):
        yield from _table_lines(old, new, diff)
    elif isinstance(diff, FieldsDiff):
        pairs = [
            _Pair(
                change.name,
                change.old,
                change.new,
                field_sides(change.name, change.old, change.new),
                change.delta,
            )
            for change in diff.fields
        ]
        yield from _pair_lines(pairs, 0)


def _text_lines(diff: TextDiff, indent: int) -> Iterator[Line]:
    for line in told_lines(diff):
        if isinstance(line, Fold):
            note = Part(f"… {counted(line.count, 'equal line')}", "dim")
            yield Line((Part(" " * indent),), (note,))
            continue
        style = _STYLES.get(line.sign, "")
        yield Line(
            (Part(f"{' ' * indent}{line.sign} ", style),),
            tuple(_words(line.spans, style)),
        )


def _words(spans: Sequence[Span], style: str) -> Iterator[Part]:
    """Give a line with the words marked that changed; spaces, if they are all that did."""
    all_spaces = not any(span.is_changed and span.text.strip() for span in spans)
    for span in spans:
        is_marked = span.is_changed and (all_spaces or span.text.strip())
        yield Part(clean_lines(span.text), f"{style} reverse" if is_marked else style)


def _table_lines(old: Body, new: Body, diff: TableDiff) -> Iterator[Line]:
    for change in diff.columns:
        kind = "added" if change.old is None else "removed" if change.new is None else "changed"
        types = change.new or change.old or ""
        if kind == "changed":
            types = f"{change.old} → {change.new}"
        yield _title(kind, f"column {change.name}", types)
    if diff.columns and diff.rows:
        yield Line((), ())
    for row in diff.rows:
        yield _title(row.kind, row_name(row), "" if row.kind == "changed" else row.kind)
        yield from _row_lines(old, new, diff, row)
    if diff.columns or diff.rows:
        yield Line((), ())
    sums = [
        _Pair(
            f"sum of {total.column}",
            total.old,
            total.new,
            (value_text(total.old), value_text(total.new)),
            total.delta,
        )
        for total in diff.totals
    ]
    yield from _pair_lines(sums, 0)
    yield Line((), (Part(_note(diff), "dim"),))


def _note(diff: TableDiff) -> str:
    """Return what is said of the rows that are not listed."""
    names = ", ".join(map(clean, diff.row_key)) or "what is in them, then by their place"
    return f"{counted(diff.unchanged, 'row')} unchanged; rows are matched by {names}"


def _title(kind: str, name: str, note: str) -> Line:
    sign = _SIGNS[kind]
    parts = [Part(clean(name), f"bold {_STYLES[sign]}")]
    if note:
        parts.append(Part(f"  {clean(note)}", "dim"))
    return Line((Part(f"{sign} ", f"bold {_STYLES[sign]}"),), tuple(parts))


def _row_lines(old: Body, new: Body, diff: TableDiff, row: RowChange) -> Iterator[Line]:
    if row.kind == "changed":
        pairs = [
            _Pair(cell.column, cell.old, cell.new, sides(cell.old, cell.new), cell.delta)
            for cell in row.cells
        ]
        yield from _pair_lines(pairs, _INDENT)
        return
    names = row_columns(new if row.kind == "added" else old, diff)
    values = row_values(old, new, diff, row)
    told = [(name, value) for name, value in zip(names, values, strict=True) if value is not None]
    width = _name_width(name for name, _ in told)
    for name, value in told:
        style = _STYLES[_SIGNS[row.kind]]
        yield Line(_head(name, width, _INDENT), (Part(clean(value_text(value)) or _EMPTY, style),))


def _pair_lines(pairs: Sequence[_Pair], indent: int) -> Iterator[Line]:
    width = _name_width(pair.name for pair in pairs)
    for pair in pairs:
        if (
            isinstance(pair.old, str)
            and isinstance(pair.new, str)
            and max(map(len, pair.texts)) > _LONGEST_TEXT
        ):
            yield Line((Part(" " * indent),), (Part(clean(pair.name)),))
            yield from _text_lines(diff_text(pair.old, pair.new), indent + 2)
        else:
            yield Line(_head(pair.name, width, indent), _change(pair.texts, pair.delta))


def _change(texts: tuple[str, str], delta: Number | None) -> tuple[Part, ...]:
    parts = [
        Part(clean(texts[0]) or _EMPTY, _STYLES["-"]),
        Part(" → ", "dim"),
        Part(clean(texts[1]) or _EMPTY, _STYLES["+"]),
    ]
    if delta is not None:
        parts.append(Part(f" ({signed(delta)})", "bold"))
    return tuple(parts)


def _head(name: str, width: int, indent: int) -> tuple[Part, ...]:
    shown = clean(name)
    return (Part(f"{' ' * indent}{shown}{' ' * (width - _width(shown))}  "),)


def _name_width(names: Iterable[str]) -> int:
    widths = [_width(clean(name)) for name in names]
    return max((width for width in widths if width <= _WIDEST_NAME), default=0)


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(character) else 1 + (east_asian_width(character) in "WF")
        for character in text
    )
