"""What records may hold, and what could be done to their files, as hypothesis strategies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import strategies as st

from accidents import befall
from artifolio.bodies import (
    Attachment,
    Body,
    Column,
    File,
    Image,
    Link,
    Markdown,
    MarkdownImage,
    Progress,
    Table,
)
from artifolio.headers import Header
from artifolio.keys import is_key
from artifolio.origins import Code, Run
from artifolio.records import Record, dump_record, new_header
from artifolio.values import to_mapping
from choices import Choices, drawn
from oddities import (
    TOKENS,
    make_fields,
    make_filled_text,
    make_mapping,
    make_name,
    make_scalar,
    make_text,
    make_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

_FIRST_MOMENT = datetime(1, 1, 1, tzinfo=timezone.utc)
_LAST_MILLISECOND = (datetime.max - datetime.min) // timedelta(milliseconds=1)
# Some are shown as the same, 1 and 1.0; others only look alike.
_CELLS = (
    *(None, True, False, 0, 1, 1.0, 0.0, -0.0, 0.5, 2, 3, 4, 10**400, 2**53 + 1, 2.0**53),
    *("", "a", "b", "1", "true", "[1]", [], [1], [1.0], [True], {}, {"a": 1}, {"a": 1.0}),
    *({"a": "1"}, {"a": [1, None], "b": 2}, {"b": 2.0, "a": [1.0, None]}),
)
_NUMBERS = (*range(9), 0.5, -1.5, 10**400, None)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TYPES = ("string", "integer", "mixed", "number", "null")
_KINDS = ("sum", "mean", "")
_KNOWN = set(Header.__dataclass_fields__) - {"intact", "extra"} | {"format", "data"}


def make_link(choices: Choices) -> Link:
    """Make a link to anywhere."""
    return Link(make_text(choices) or "/", choices.optional(make_text))


def make_markdown(choices: Choices) -> Markdown:
    """Make any text, now and then with images."""
    text = make_text(choices)
    paths = [make_filled_text(choices) for _ in range(choices.one_of((0, 0, 1, 3)))]
    return Markdown(text, tuple(_image(choices, *it) for it in enumerate(dict.fromkeys(paths), 1)))


def make_table(choices: Choices) -> Table:
    """Make a table of any width and height, nothing included."""
    width = choices.below(5)
    columns = [Column(make_text(choices), make_filled_text(choices)) for _ in range(width)]
    rows = [tuple(make_value(choices) for _ in columns) for _ in range(choices.below(5))]
    row_key = [column.name for column in columns if choices.below(4) == 3]
    kinds = [kind for kind in _KINDS if choices.below(8) == 7]
    trend = [f"{column.name}.{kind}" for column in columns for kind in kinds]
    return Table(tuple(columns), tuple(rows), tuple(row_key), tuple(trend))


def make_alike_tables(choices: Choices) -> tuple[Table, Table]:
    """Make two tables of few names, types and cells, so that they have much in common."""
    old, new = _make_small_table(choices), _make_small_table(choices)
    if choices.below(2):
        return old, new
    cell, width = choices.one_of(_CELLS), len(old.columns)
    rows = [list(row) for row in old.rows if choices.below(4) < 3]
    for row in rows[: width and choices.below(3)]:
        row[choices.below(width)] = cell
    return old, replace(old, rows=tuple(map(tuple, rows[::-1])))


def make_image(choices: Choices) -> Image:
    """Make an image beside its record or elsewhere."""
    alt = choices.optional(make_text)
    if choices.below(2):
        return Image(attachment=_attachment(choices), alt=alt)
    return Image(url=make_text(choices) or "/", alt=alt)


def make_file(choices: Choices) -> File:
    """Make a file beside its record."""
    return File(_attachment(choices), choices.optional(make_text))


def make_progress(choices: Choices) -> Progress:
    """Make a share of a job, from 0 to 100."""
    odd = choices.one_of((None, 0.0, 100.0, 5e-324, 1e-7, 99.99999999999999, 100 / 3, 40.0))
    return Progress(choices.number(4) / (2**32 - 1) * 100 if odd is None else odd)


def make_key(choices: Choices) -> str:
    """Make a key of any length."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
    start = "".join([letters[choices.below(37)] for _ in range(1 + choices.below(8))])
    key = (start * choices.one_of((1, 1, 1, 2, 120)))[:120]
    return key if is_key(key) else "a" + key[:119]


def make_time(choices: Choices) -> datetime:
    """Make any moment that Python knows, in milliseconds."""
    milliseconds = choices.number(7) % (_LAST_MILLISECOND + 1)
    return _FIRST_MOMENT + timedelta(milliseconds=milliseconds)


def make_record(choices: Choices) -> Record:
    """Make a version of any type with any fields, as it is handed to the store."""
    make_body = choices.one_of(list(BODIES))
    options: dict[str, Any] = {
        "id": UUID(int=choices.number(16)),
        "key": choices.optional(make_key),
        "created": make_time(choices),
        "updated": choices.optional(make_time),
    }
    body = make_body(choices)
    options |= {
        "description": choices.optional(make_text),
        "tags": tuple(make_text(choices) for _ in range(choices.below(4))),
        "metadata": to_mapping(choices.optional(make_mapping) or {}, "metadata"),
        "run": Run(*[choices.optional(make_text) for _ in range(5)]),
        "code": Code(
            choices.optional(make_text),
            choices.optional(make_text),
            choices.one_of((None, True, False)),
            choices.optional(make_text),
        ),
        "extra": {
            name: value
            for name, value in (choices.optional(make_mapping) or {}).items()
            if name not in _KNOWN
        },
    }
    return _record(body, options)


def make_twin(choices: Choices, record: Record) -> Record:
    """Make a record that another one could be mixed up with, or any."""
    kind = choices.below(4)
    if kind == 0:
        return make_record(choices)
    names = "id key created updated description tags metadata run code extra".split()
    options = {name: getattr(record.header, name) for name in names}
    if kind == 1:
        make_body = next(make for make, body in BODIES.items() if isinstance(record.body, body))
        return _record(make_body(choices), options)
    if kind == 2:
        return _record(record.body, options | {"description": make_text(choices)})
    return _record(record.body, options | {"created": make_time(choices)})


@dataclass(frozen=True)
class Damage:
    """What one or more accidents made of the file of a record."""

    originals: tuple[Record, ...]
    """The record, and those of which parts came in."""
    content: bytes
    accidents: int


def make_damage(choices: Choices) -> Damage:
    """Make a record, and let one to three accidents befall its file."""
    hit = Choices(choices.take(64))
    record = make_record(Choices(choices.take(256)))
    originals = [record]

    def other() -> bytes:
        originals.append(make_twin(choices, record))
        return dump_record(originals[-1]).encode()

    content = dump_record(record).encode()
    accidents = hit.one_of((1, 1, 2, 3))
    for _ in range(accidents):
        content = befall(hit, content, other, hit.one_of(TOKENS).encode())
    return Damage(tuple(originals), content, accidents)


def _make_small_table(choices: Choices) -> Table:
    names = [choices.one_of("aabc") for _ in range(choices.below(5))]
    columns = tuple(Column(name, choices.one_of(_TYPES)) for name in names)
    kinds = [choices.one_of((_CELLS, _NUMBERS, _CELLS[-9:], _LETTERS, _LETTERS)) for _ in names]
    rows = [tuple(map(choices.one_of, kinds)) for _ in range(choices.below(7))]
    row_key = [name for name in "abc" if choices.below(4) == 3]
    return Table(columns, tuple(rows), tuple(row_key))


def _record(body: Body, options: dict[str, Any]) -> Record:
    stem = new_header(body, **options).stem
    if isinstance(body, (Image, File)) and body.attachment is not None:
        ending = body.attachment.name.rpartition(".")[2]
        body = replace(body, attachment=replace(body.attachment, name=f"{stem}.{ending}"))
    return Record(new_header(body, **options), body)


def _image(choices: Choices, number: int, path: str) -> MarkdownImage:
    file = _attachment(choices)
    ending = f"{number}.{file.name}"
    return MarkdownImage(path, ending, file.media_type, file.size, file.sha256)


def _attachment(choices: Choices) -> Attachment:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    ending = "".join([choices.one_of(letters) for _ in range(1 + choices.below(16))])
    return Attachment(
        ending if ending != "yaml" else "yml",
        make_filled_text(choices),
        choices.number(choices.one_of((1, 4, 9))),
        f"{choices.number(8):064x}",
    )


BODIES: dict[Callable[[Choices], Body], type[Body]] = {
    make_markdown: Markdown,
    make_link: Link,
    make_table: Table,
    make_image: Image,
    make_file: File,
    make_progress: Progress,
}

texts = drawn(make_text, 64)
filled_texts = drawn(make_filled_text, 64)
names = drawn(make_name, 64)
scalars = drawn(make_scalar, 64)
values = drawn(make_value, 128)
fields = drawn(make_fields, 256)
links = drawn(make_link, 64)
markdowns = drawn(make_markdown, 64)
progresses = drawn(make_progress, 8)
keys = drawn(make_key, 16)
times = drawn(make_time, 7)


def tables() -> SearchStrategy[Table]:
    """Give tables of any width and height, nothing included."""
    return drawn(make_table, 256)


def alike_tables() -> SearchStrategy[tuple[Table, Table]]:
    """Give two tables that have much in common."""
    return drawn(make_alike_tables, 96)


def records() -> SearchStrategy[Record]:
    """Give versions of every type with any fields, as they are handed to the store."""
    return drawn(make_record, 384)


record_texts = records().map(dump_record)
damages = drawn(make_damage, 384)


@st.composite
def mutated(draw: st.DrawFn, texts: SearchStrategy[str]) -> bytes:
    """Give files after one to three accidents."""
    hit = Choices(draw(st.binary(min_size=64, max_size=64)))
    content = draw(texts).encode()
    for _ in range(1 + hit.below(3)):
        token = hit.one_of(TOKENS).encode()
        content = befall(hit, content, lambda: draw(texts).encode(), token)
    return content
