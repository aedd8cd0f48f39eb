"""What records may hold, and what could be done to their text, as hypothesis strategies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from artifolio.bodies import (
    Attachment,
    Body,
    Column,
    File,
    Image,
    Link,
    Markdown,
    Progress,
    Table,
)
from artifolio.headers import Header
from artifolio.keys import is_key, to_milliseconds
from artifolio.origins import Code, Run
from artifolio.records import Record, dump_record, new_header
from artifolio.values import to_mapping

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from artifolio.values import Value

# What YAML 1.1, JSON, Python and artifolio's own form take for more than text.
_TOKENS = (
    "\n|\n\n|\r\n|\r|\t| |  |   \n|- |-|...|---|\n...\n|\n---\n|\n- |: |:|# |\n# |data:|\ndata:\n"
    "|[|]|{|}|, |,|\"|'|\\|\\n|\\u0041|\\ud83d|<<|=|~|&a|*a|!!int|%YAML|@|`|?|? |>|^|2|^2-|^2+\n"
    "|yes|no|on|y|null|true|012|0o7|0x1f|1:30|1e-07|1.0e-07|.inf|.nan|-0.0|2026-02-30|1_000|<!--"
    "|\x00|\x08|\x0b|\x0c|\x1b|\x1c|\x1f|\x7f|\x80|\x85|\x9f|\xa0|\u2028|\u2029|\ufeff|\ufffe"
    "|\uffff|\ud7ff|\ue000|\U00010000|\U0001f600|\U0001fffe|\U0010ffff|e\u0301|\u0130|\u202e"
).split("|")
_ANY_CHARACTER = st.characters(exclude_categories=("Cs",))

texts = st.one_of(
    st.text(_ANY_CHARACTER, max_size=20),
    st.lists(
        st.one_of(
            st.sampled_from([token.replace("^", "|") for token in _TOKENS]),
            st.text(_ANY_CHARACTER, max_size=3),
            st.text("ab \n", max_size=6),
        ),
        max_size=8,
    ).map("".join),
)
filled_texts = texts.filter(lambda text: text.strip() != "")
names = texts.filter(lambda name: len(name) <= 80)
integers = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**53 + 1, 10**400, -(10**400), 10**4300 - 1, -(10**4300 - 1)]),
)
floats = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1e-7, 5e-324, 1.7976931348623157e308, 1e16, 1e22, 1e-5, -1.5e-9]),
)
scalars = st.one_of(st.none(), st.booleans(), integers, floats, texts)
values: SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)
mappings = st.dictionaries(names, values, max_size=4)
field_names = st.one_of(st.sampled_from(["format", "data", "rows", "y", "x_1", "No", ""]), names)
fields = st.dictionaries(field_names, values, min_size=1, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Give tables of any width and height, nothing included."""
    width = draw(st.integers(0, 4))
    cells = st.one_of(scalars, values)
    columns = [Column(draw(texts), draw(filled_texts)) for _ in range(width)]
    rows = draw(st.lists(st.tuples(*[cells] * width), max_size=4))
    return Table(tuple(columns), tuple(rows))


attachments = st.builds(
    Attachment,
    name=st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True),
    media_type=filled_texts,
    size=st.integers(0, 2**70),
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)
optional_texts = st.none() | texts
links = st.builds(Link, texts.filter(bool), optional_texts)
markdowns = st.builds(Markdown, texts)
images = st.one_of(
    st.builds(Image, url=texts.filter(bool), alt=optional_texts),
    st.builds(Image, attachment=attachments, alt=optional_texts),
)
files = st.builds(File, attachments, optional_texts)
progresses = st.builds(Progress, st.floats(0, 100).map(lambda percent: percent + 0.0))
bodies: SearchStrategy[Body] = st.one_of(links, markdowns, tables(), images, files, progresses)

keys = st.from_regex(r"[a-z0-9][a-z0-9-]{0,119}", fullmatch=True).filter(is_key)
times = st.datetimes(
    datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(timezone.utc)
).map(lambda moment: to_milliseconds(moment).replace(fold=0))
runs = st.builds(Run, *[optional_texts] * 5)
codes = st.builds(
    Code, optional_texts, optional_texts, dirty=st.none() | st.booleans(), remote=optional_texts
)
_KNOWN = set(Header.__dataclass_fields__) | {"format", "data"}
extras = st.dictionaries(names.filter(lambda name: name not in _KNOWN), values, max_size=2)


@st.composite
def records(draw: st.DrawFn, bodies: SearchStrategy[Body] = bodies) -> Record:
    """Give versions of every type with every field, as they are handed to the store."""
    body = draw(bodies)
    options = {
        "id": draw(st.uuids()),
        "key": draw(st.none() | keys),
        "created": draw(times),
        "updated": draw(st.none() | times),
        "description": draw(optional_texts),
        "tags": tuple(draw(st.lists(texts, max_size=3))),
        "metadata": to_mapping(draw(mappings), "metadata"),
        "run": draw(runs),
        "code": draw(codes),
        "extra": draw(extras),
    }
    stem = new_header(body, **options).stem
    if isinstance(body, (Image, File)) and body.attachment is not None:
        named = replace(body.attachment, name=f"{stem}.{body.attachment.name}")
        body = replace(body, attachment=named)
    return Record(new_header(body, **options), body)


record_texts = records().map(dump_record)


@st.composite
def mutations(draw: st.DrawFn, texts: SearchStrategy[str]) -> tuple[str, bytes]:
    """Give the text of records, and their files after one to three accidents."""
    text = draw(texts)
    content = text.encode()
    for _ in range(draw(st.integers(1, 3))):
        content = draw(st.sampled_from(_ACCIDENTS))(draw, content)
    return text, content


def mutated(texts: SearchStrategy[str]) -> SearchStrategy[bytes]:
    """Give record files after one to three accidents."""
    return mutations(texts).map(lambda pair: pair[1])


def _flip_a_bit(draw: Any, content: bytes) -> bytes:
    position = draw(st.integers(0, max(0, len(content) - 1)))
    flipped = bytes(
        byte ^ 1 << draw(st.integers(0, 7)) for byte in content[position : position + 1]
    )
    return content[:position] + flipped + content[position + 1 :]


def _cut_out(draw: Any, content: bytes) -> bytes:
    start = draw(st.integers(0, len(content)))
    return content[:start] + content[draw(st.integers(start, len(content))) :]


def _insert(draw: Any, content: bytes) -> bytes:
    position = draw(st.integers(0, len(content)))
    token = draw(st.one_of(st.sampled_from(_TOKENS).map(str.encode), st.binary(max_size=3)))
    return content[:position] + token.replace(b"^", b"|") + content[position:]


def _repeat_a_line(draw: Any, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    line = draw(st.sampled_from(lines))
    lines.insert(draw(st.integers(0, len(lines))), line)
    return b"".join(lines)


def _drop_a_line(draw: Any, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    del lines[draw(st.integers(0, len(lines) - 1))]
    return b"".join(lines)


def _swap_two_lines(draw: Any, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _conflict(draw: Any, content: bytes) -> bytes:
    position = draw(st.integers(0, len(content)))
    return content[:position] + b"<<<<<<< HEAD\n=======\n>>>>>>> main\n" + content[position:]


_ACCIDENTS = (
    _flip_a_bit,
    _flip_a_bit,
    _cut_out,
    _insert,
    _repeat_a_line,
    _drop_a_line,
    _swap_two_lines,
    _conflict,
)
