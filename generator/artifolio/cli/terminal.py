"""How lists and versions look on a terminal."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown as RichMarkdown
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.segment import Segment
from rich.table import Table as RichTable
from rich.text import Text

from artifolio.bodies import Link, Markdown, Progress, Table
from artifolio.cli.facts import body_lines
from artifolio.cli.words import Column, cell, clean, clean_lines, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import ConsoleOptions, RenderResult

    from artifolio.bodies import Body
    from artifolio.cli.changes import Line, Part

_GAP = 2
_BATCH = 200
_LEAST_FOLDED = 8
_MAX_ROWS = 50
_MAX_CELL = 40
# Longer Markdown is shown as it is written: to lay it out would take seconds.
_MAX_MARKDOWN = 200_000
_NUMBERS = ("integer", "number", "decimal")


def make_console() -> Console:
    """Return a console on standard output, without any escape sequence if NO_COLOR is set."""
    return Console(
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )


def show_list(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print a list that fits the terminal: columns shrink, and those that matter least go."""
    console = make_console()
    texts = [[clean(text) for text in row] for row in rows]
    widths = _fit(columns, texts, console.width)
    table = RichTable(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for index, width in widths.items():
        column = columns[index]
        table.add_column(
            column.heading,
            style=column.style,
            justify="right" if column.right else "left",
            width=width,
            no_wrap=not column.fold,
            overflow="fold" if column.fold else "ellipsis",
        )
    for row in texts:
        table.add_row(*(Text(row[index]) for index in widths))
    console.print(table)


def show_version(
    title: str, facts: Iterable[tuple[str, str]], description: str | None, body: Body
) -> None:
    """Print one version: a frame with the facts, the description, the body."""
    console = make_console()
    table = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(name, Text(clean(value), style="bold red" if name == "digest" else ""))
    frame = Panel(
        table,
        title=Text(clean(title), style="bold"),
        title_align="left",
        box=box.ROUNDED,
        border_style="dim",
    )
    console.print(frame)
    if description:
        console.print(Padding(_markdown(description), (0, 1)), "")
    console.print(Padding(_body(body, console.width - 2), (0, 1)), "")


def show_lines(lines: Iterable[Line]) -> None:
    """Print lines of several styles; where one does not fit, it goes on below its start."""
    console = make_console()
    rows = itertools.chain.from_iterable(_folded(line, console) for line in lines)
    # One by one, they would take three times as long.
    while batch := list(itertools.islice(rows, _BATCH)):
        console.print(Text("\n").join(batch), soft_wrap=True)


def _folded(line: Line, console: Console) -> Iterable[Text]:
    """Return a line as one or more that fit the terminal."""
    head, body = _styled(line.head), _styled(line.body)
    if head.cell_len + body.cell_len <= console.width and "\t" not in body.plain:
        return [Text.assemble(head, body)]
    if head.cell_len > console.width // 2:
        head, body = Text(), Text.assemble(head, body)
    indent = " " * head.cell_len
    rows = body.wrap(console, max(1, console.width - len(indent)), overflow="fold")
    return [Text.assemble(indent if number else head, row) for number, row in enumerate(rows)]


def _styled(parts: Iterable[Part]) -> Text:
    return Text.assemble(*((part.text, part.style) for part in parts))


class _Visible:
    """Lets nothing but printable characters through, whatever Markdown made of its entities."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._inner, options):
            if segment.control or segment.text.replace("\n", "").isprintable():
                yield segment
            else:
                shown = "".join(
                    character if character.isprintable() or character == "\n" else "�"
                    for character in segment.text
                )
                yield Segment(shown, segment.style)


def _markdown(text: str) -> RenderableType:
    if len(text) > _MAX_MARKDOWN:
        return Text(clean_lines(text))
    return _Visible(RichMarkdown(clean_lines(text), hyperlinks=False))


def _body(body: Body, width: int) -> RenderableType:
    if isinstance(body, Markdown):
        return _markdown(body.text)
    if isinstance(body, Table):
        return _table(body, width)
    if isinstance(body, Link):
        url = Text(clean(body.url), style="underline", overflow="fold")
        return Group(Text(clean(body.text), style="bold"), url) if body.text else url
    if isinstance(body, Progress):
        bar = RichTable.grid(padding=(0, _GAP, 0, 0))
        bar.add_row(ProgressBar(100, body.percent, width=min(40, width - 8)), *body_lines(body))
        return bar
    return Text("\n".join(clean(line) for line in body_lines(body)), overflow="fold")


def _table(body: Table, width: int) -> RenderableType:
    rows = [[clean(cell(value)) for value in row] for row in body.rows[:_MAX_ROWS]]
    table = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    left = width
    shown = 0
    for index, column in enumerate(body.columns):
        name = clean(column.name)
        needed = max([cell_len(name), *(cell_len(row[index]) for row in rows)])
        needed = min(needed, _MAX_CELL)
        if shown and needed + 2 > left:
            break
        left -= needed + 2
        shown += 1
        table.add_column(
            Text(name),
            justify="right" if column.type in _NUMBERS else "left",
            width=min(needed, width),
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in rows:
        table.add_row(*map(Text, row[:shown]))
    notes = []
    if len(body.rows) > len(rows):
        notes.append(f"… {counted(len(body.rows) - len(rows), 'more row')}")
    if shown < len(body.columns):
        names = ", ".join(clean(column.name) for column in body.columns[shown:])
        notes.append(f"… {counted(len(body.columns) - shown, 'more column')}: {names}")
    if not body.rows:
        notes.append("no rows")
    return Group(table, *(Text(line, style="dim") for line in notes))


def _fit(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], available: int
) -> dict[int, int]:
    """Return the width of each column that is shown, by its index."""
    natural = [
        max([cell_len(column.heading), *(cell_len(row[index]) for row in rows)])
        for index, column in enumerate(columns)
    ]
    least = [
        wide if column.least is None else min(wide, column.least)
        for column, wide in zip(columns, natural, strict=True)
    ]
    kept = list(range(len(columns)))
    while True:
        spare = available - sum(least[index] for index in kept) - _GAP * (len(kept) - 1)
        first = max(kept, key=lambda index: columns[index].drop)
        if spare >= 0 or not columns[first].drop:
            break
        kept.remove(first)
    widths = {}
    for index in kept:
        if spare < 0 and columns[index].fold:
            narrow = max(_LEAST_FOLDED, least[index] + spare)
            spare += least[index] - narrow
            least[index] = narrow
        extra = min(max(spare, 0), natural[index] - least[index])
        widths[index] = least[index] + extra
        spare -= extra
    return widths
