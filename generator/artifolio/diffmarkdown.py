"""What changed as GitHub-flavoured Markdown, as in a comment on a pull request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.deltas import is_number, signed
from artifolio.diffcells import (
    field_sides,
    row_columns,
    row_name,
    row_values,
    sides,
    told_lines,
    value_text,
)
from artifolio.diffs import FieldsDiff, sentence
from artifolio.errors import printable
from artifolio.tablediffs import TableDiff
from artifolio.textdiffs import Fold, TextDiff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from artifolio.bodies import Body
    from artifolio.deltas import Number
    from artifolio.diffs import Diff
    from artifolio.tablediffs import RowChange

BUDGET = 60_000
"""Characters of one difference; GitHub refuses comments of more than 65,536."""
_LONGEST_CELL = 300
_LONGEST_LINE = 1_000
# A word with one of these may become a link, a mention, an emoji or a formula on GitHub or GitLab,
# and no backslash hinders it; hex digits are a link to a commit. In code, nothing does.
_ACTIVE = re.compile(
    r"[@$]|#\w|(?<![a-z0-9])[!~^&%]\w|://|www\.|(?:GH|GHSA|CVE)-\w"
    r"|(?<![a-z0-9])(?=[0-9]*[a-f])[0-9a-f]{7,}(?![a-z0-9])"
    r"|:(?:[\w+-]*[a-z+-][\w+-]*|100|1234):",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~&]")
# What would make a list, a rule or the line of a heading of the paragraph that it starts.
_START = re.compile(r"(?:[-+=:]|\d+[.)])(?=[-+=:\s]|$)")
_ODD_SPACE = re.compile(r"^ | $|  ")
_TICKS = re.compile("`+")


@dataclass(frozen=True, slots=True)
class _Section:
    """A table or listing, of which not all lines may fit."""

    head: tuple[str, ...]
    lines: tuple[str, ...]
    noun: str
    """What a line is."""
    tail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffText:
    """A difference as Markdown."""

    text: str
    omitted: int
    """How many lines did not fit."""


def diff_markdown(
    title: str, old: Body, new: Body, diff: Diff, *, level: int = 3, budget: int = BUDGET
) -> str:
    """Return a difference under a heading; nothing in it acts as a link, mention or HTML.

    Args:
        title: What is compared, as text.
        old: The body before.
        new: The body now.
        diff: Of the two.
        level: Of the heading, from 1.
        budget: Characters that it may have. What does not fit is left out, and counted.
    """
    more = "; `artifolio diff` shows all"
    return fitted_diff(title, old, new, diff, level=level, budget=budget, more=more).text


def fitted_diff(
    title: str, old: Body, new: Body, diff: Diff, *, level: int, budget: int, more: str
) -> DiffText:
    """Return what `diff_markdown` does, and whether that is all.

    Args:
        title: As there, and so are the others.
        old: As above.
        new: As above.
        diff: As above.
        level: As above.
        budget: As above.
        more: Markdown that says where to find what was left out.
    """
    parts = [f"{'#' * level} {escape(title)}\n", f"{escape(sentence(diff))}\n"]
    left = budget - sum(map(len, parts))
    all_omitted = 0
    for section in _sections(old, new, diff):
        left -= sum(len(line) + 1 for line in (*section.head, *section.tail)) + 100
        lines: list[str] = []
        for line in section.lines:
            left -= len(line) + 1
            if left < 0:
                break
            lines.append(line)
        if lines or not section.lines:
            parts.append("".join(f"{line}\n" for line in (*section.head, *lines, *section.tail)))
        omitted = len(section.lines) - len(lines)
        if omitted:
            noun = section.noun if omitted == 1 else f"{section.noun}s"
            parts.append(f"… {omitted:,} more {noun}{more}.\n")
            all_omitted += omitted
    return DiffText("\n".join(parts), all_omitted)


def escape(text: str, *, in_table: bool = False) -> str:
    """Return text as Markdown that shows just this text.

    Args:
        text: Any text; what is not printable is escaped, line ends included.
        in_table: Whether it is a cell of a table, in which a bar ends it even in code.
    """
    shown = printable(text)
    if shown != text or _ODD_SPACE.search(text):
        return code(shown, in_table=in_table) if shown else ""
    words = [
        code(word, in_table=in_table) if _ACTIVE.search(word) else _MARKS.sub(_marked, word)
        for word in shown.split(" ")
    ]
    start = _START.match(words[0])
    if start:
        words[0] = f"{words[0][: start.end() - 1]}\\{words[0][start.end() - 1 :]}"
    return " ".join(words)


def _marked(mark: re.Match[str]) -> str:
    # Two backslashes at the end of a cell would hide the bar after it.
    return "&#92;" if mark[0] == "\\" else f"\\{mark[0]}"


def code(text: str, *, in_table: bool = False) -> str:
    """Return text as Markdown that shows it as code.

    Args:
        text: Any text that is not empty and all printable.
        in_table: Whether it is a cell of a table.
    """
    ticks = "`" * (_longest_run(text) + 1)
    # One space on either side is taken away, if both are there and there is more than spaces.
    needs_space = text[0] in "` " or text[-1] in "` "
    inner = f" {text} " if needs_space and text.strip(" ") else text
    return f"{ticks}{inner.replace('|', chr(92) + '|') if in_table else inner}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)


def _sections(old: Body, new: Body, diff: Diff) -> Iterator[_Section]:
    if isinstance(diff, TextDiff):
        if told_lines(diff):
            yield _listing(diff)
        if diff.images:
            lines = tuple(
                f"- {image.kind}: {escape(_cut(image.path, _LONGEST_CELL))}"
                for image in diff.images
            )
            yield _Section(("**Images**", ""), lines, "image")
    elif isinstance(diff, TableDiff):
        yield from _tables(old, new, diff)
    elif isinstance(diff, FieldsDiff) and diff.fields:
        names = [(change.name,) for change in diff.fields]
        texts = [field_sides(change.name, change.old, change.new) for change in diff.fields]
        deltas = [change.delta for change in diff.fields]
        yield _changes(("Field",), names, texts, deltas, "field")


def _listing(diff: TextDiff) -> _Section:
    lines = tuple(
        f"@@ {line.count:,} equal line{'s' * (line.count != 1)} @@"
        if isinstance(line, Fold)
        else _cut(f"{line.sign} {_visible(line.text)}".rstrip(" "), _LONGEST_LINE)
        for line in told_lines(diff)
    )
    fence = "`" * max(3, 1 + max(map(_longest_run, lines)))
    return _Section((f"{fence}diff",), lines, "line", (fence,))


def _tables(old: Body, new: Body, diff: TableDiff) -> Iterator[_Section]:
    if diff.columns:
        names = [(change.name,) for change in diff.columns]
        texts = [(change.old or "", change.new or "") for change in diff.columns]
        yield _changes(("Column",), names, texts, [None] * len(names), "column", "")
    if diff.totals:
        yield _changes(
            ("Sum of",),
            [(total.column,) for total in diff.totals],
            [(value_text(total.old), value_text(total.new)) for total in diff.totals],
            [total.delta for total in diff.totals],
            "sum",
        )
    cells = [(row, cell) for row in diff.rows for cell in row.cells]
    if cells:
        yield _changes(
            (_key_title(diff), "Column"),
            [
                # The name of the row stands beside the first of its cells.
                (row_name(row) if cell is row.cells[0] else "", cell.column)
                for row, cell in cells
            ],
            [sides(cell.old, cell.new) for _, cell in cells],
            [cell.delta for _, cell in cells],
            "changed cell",
        )
    for kind, table in (("added", new), ("removed", old)):
        rows = [row for row in diff.rows if row.kind == kind]
        if rows:
            yield _whole_rows(kind, rows, table, diff)
    matched = escape(", ".join(diff.row_key)) or "what is in them, then by their place"
    plural = "s" * (diff.unchanged != 1)
    note = f"{diff.unchanged:,} row{plural} unchanged; rows are matched by {matched}."
    yield _Section((note,), (), "row")


def _key_title(diff: TableDiff) -> str:
    return " / ".join(diff.row_key) or "Row"


def _whole_rows(kind: str, rows: Sequence[RowChange], table: Body, diff: TableDiff) -> _Section:
    """Return rows that came or went; columns in which nothing stands are left out."""
    names = row_columns(table, diff)
    cells = [list(row_values(table, table, diff, row)) for row in rows]
    used = [i for i in range(len(names)) if any(row[i] is not None for row in cells)]
    is_right = [all(row[i] is None or is_number(row[i]) for row in cells) for i in used]
    head = _head([_key_title(diff), *(names[i] for i in used)], [False, *is_right])
    lines = tuple(
        _line([row_name(row), *(value_text(values[i]) for i in used)])
        for row, values in zip(rows, cells, strict=True)
    )
    return _Section((f"**{kind.capitalize()}**", "", *head), lines, f"{kind} row")


def _changes(
    titles: Sequence[str],
    names: Iterable[Sequence[str]],
    texts: Sequence[tuple[str, str]],
    deltas: Sequence[Number | None],
    noun: str,
    empty: str = "*empty*",
) -> _Section:
    """Return a table of values before and now, and of how far numbers moved if any did."""
    has_deltas = any(delta is not None for delta in deltas)
    are_numbers = has_deltas and None not in deltas
    head = _head(
        [*titles, "Before", "Now", *["Change"] * has_deltas],
        [*[False] * len(titles), are_numbers, are_numbers, *[True] * has_deltas],
    )
    lines = []
    for called, values, delta in zip(names, texts, deltas, strict=True):
        told = [_cell(word) for word in called]
        told += [_cell(value) or empty for value in values]
        told += ["" if delta is None else signed(delta)] * has_deltas
        lines.append(_row(told))
    return _Section(head, tuple(lines), noun)


def _head(titles: Sequence[str], is_right: Sequence[bool]) -> tuple[str, str]:
    rule = " | ".join("---:" if right else "---" for right in is_right)
    return _line(titles), f"| {rule} |"


def _line(texts: Iterable[str]) -> str:
    return _row(map(_cell, texts))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return escape(_cut(text, _LONGEST_CELL), in_table=True)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _visible(text: str) -> str:
    """Return a line of a listing, in which tabs stay."""
    return "\t".join(map(printable, text.split("\t")))
