"""Pairs of versions: the newer mostly made from the older by a few edits, as publishers do it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from artifolio.bodies import Column, Markdown, MarkdownImage, Table
from oddities import make_scalar, make_text, make_value
from strategies import BODIES, make_alike_tables

if TYPE_CHECKING:
    from artifolio.bodies import Body
    from artifolio.values import Value
    from choices import Choices

_LINES = (
    "",
    " ",
    "a",
    "a b c",
    "a b d",
    "x,y;z",
    "x,y;w",
    "- [x] done",
    "- [ ] done",
    "\u2028",
    "\x85",
    "ä",
    "ä\r",
    "\ufeffa\u1680b",
    "the quick brown fox jumps",
    "the quick red fox jumped",
    "東京は雨",
    "東京は晴",
    "😀 up 4 %",
    "😀 up 5 %",
    "\U0001d400\U0001d401 x",
    "<img src=x onerror=__p(1)>",
    "</script><script>__p(2)</script>",
    "word " * 399,
    "😀" * 1999,
)
_PATHS = (
    "plots/a.png",
    "plots/b.png",
    "a \u2003 b\xa0.png",
    "__proto__",
    "1",
    "0",
    "東" * 40,
    "😀" * 41,
    "<img src=x onerror=__p(3)>",
)
_NAMES = (
    "a",
    "a",
    "b",
    "c",
    "n",
    "AcresBurned",
    "OwnerId",
    "share",
    "zip_code",
    "__proto__",
    "1",
    "0",
)
_TYPES = ("string", "integer", "number", "mixed", "null", "date", "boolean", "object")
_NUMBERS = (
    *(0, 1, 1.0, -1, 0.1, 0.2, 0.30000000000000004, -0.0, 0.0, 2**53, 2**53 + 1, 2.0**53),
    *(
        100000.1,
        100000.3,
        10**24,
        10**24 - 1,
        -(10**30),
        1e16,
        1e22,
        5e-324,
        1.7976931348623157e308,
    ),
    *(123456789012.5, 999999999999.5, 0.0001, 0.00001, 10**4300 - 1, -(10**4300 - 1), 10**400),
)


def make_revision(choices: Choices) -> tuple[Body, Body]:
    """Make two versions of a body, or any two bodies."""
    kind = choices.below(16)
    if kind < 5:
        return _revised_texts(choices)
    if kind < 11:
        return _revised_tables(choices)
    if kind < 13:
        return make_alike_tables(choices)
    makers = list(BODIES)
    make = choices.one_of(makers)
    old = make(choices)
    return old, (make if kind < 15 else choices.one_of(makers))(choices)


def _revised_texts(choices: Choices) -> tuple[Body, Body]:
    images = [_images(choices) for _ in range(2)]
    pool = _LINES if choices.below(4) else [f"line {number}" for number in range(60)]
    lines = [_line(choices, pool) for _ in range(choices.one_of((0, 1, 5, 20, 60)))]
    revised = list(lines)
    for _ in range(choices.below(6)):
        start = choices.below(len(revised) + 1)
        end = start + choices.below(4)
        kind = choices.below(4)
        if kind == 0:
            del revised[start:end]
        elif kind == 1:
            revised[start:start] = [_line(choices, pool) for _ in range(choices.below(4))]
        elif kind == 2:
            revised[start:end] = [_touched(choices, line) for line in revised[start:end]]
        else:
            moved = revised[start:end]
            del revised[start:end]
            revised += moved
    end = choices.one_of(("\n", "\n", "\n", "\r\n"))
    return Markdown("\n".join(lines), images[0]), Markdown(end.join(revised), images[1])


def _images(choices: Choices) -> tuple[MarkdownImage, ...]:
    paths = [choices.one_of(_PATHS) for _ in range(choices.one_of((0, 0, 1, 2, 6)))]
    return tuple(
        MarkdownImage(path, f"{number}.png", "image/png", 1, choices.one_of("ab") * 64)
        for number, path in enumerate(dict.fromkeys(paths), 1)
    )


def _line(choices: Choices, pool: tuple[str, ...] | list[str]) -> str:
    return choices.one_of(pool) if choices.below(8) else make_text(choices)


def _touched(choices: Choices, line: str) -> str:
    place = choices.below(len(line) + 1) if len(line) < 256 else choices.below(256)
    return (
        line[:place] + choices.one_of(("", " ", "x", "\U0001f600", "\xa0", ",")) + line[place + 1 :]
    )


def _revised_tables(choices: Choices) -> tuple[Body, Body]:
    names = [choices.one_of(_NAMES) for _ in range(choices.below(6))]
    kinds = [choices.below(6) for _ in names]
    columns = tuple(Column(name, choices.one_of(_TYPES)) for name in names)
    count = choices.one_of((0, 1, 3, 8, 20))
    rows = [tuple(_cell(choices, kind, row) for kind in kinds) for row in range(count)]
    row_key = tuple(dict.fromkeys(name for name in names if choices.below(4) == 0))
    old = Table(columns, tuple(rows), row_key)
    order = list(range(len(names)))
    if choices.below(3) == 0:
        order = order[::-1][: 1 + choices.below(6)]
    revised = [
        [
            _cell(choices, kinds[i], choices.below(30)) if choices.below(8) == 0 else row[i]
            for i in order
        ]
        for row in rows
        if choices.below(6)
    ]
    revised += [[_cell(choices, kinds[i], 40 + n) for i in order] for n in range(choices.below(3))]
    if choices.below(4) == 0:
        revised.reverse()
    kept = [columns[i] for i in order]
    if kept and choices.below(4) == 0:
        kept[0] = Column(kept[0].name, choices.one_of(_TYPES))
    new_key = row_key if choices.below(4) else ()
    return old, replace(old, columns=tuple(kept), rows=tuple(map(tuple, revised)), row_key=new_key)


def _cell(choices: Choices, kind: int, row: int) -> Value:
    if kind == 0:
        return f"row {row}"
    if kind == 1:
        return row
    if kind == 2:
        return choices.one_of(_NUMBERS)
    if kind == 3:
        return choices.below(100) / 8
    return make_scalar(choices) if kind == 4 else make_value(choices)
