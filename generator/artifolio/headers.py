"""The header of a record: all that is known of a version without its body."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from artifolio.bodies import BODY_TYPES, Column, Table
from artifolio.errors import InvalidKeyError, InvalidValueError, RecordError, shown
from artifolio.keys import check_key, folder_for, format_time, parse_time, stem_for
from artifolio.lines import dump_fields, parse_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from artifolio.values import Value

FORMAT = 1
"""The number of the record format that is written, and the newest that is read."""
SUFFIX = ".yaml"

_FIRST = "format id key type created updated description tags metadata run code".split()
_LAST = "columns rows digest".split()
_KNOWN = frozenset([*_FIRST, *_LAST, "header_sha256", "data"])
_HEADER_SHA256 = "\nheader_sha256: "
_NEVER = parse_time("0001-01-01T00:00:00.000Z")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Run:
    """The flow run and task run that published a version."""

    flow: str | None = None
    flow_run: str | None = None
    """Id of the flow run."""
    flow_run_name: str | None = None
    task: str | None = None
    task_run: str | None = None
    """Id of the task run."""


@dataclass(frozen=True, slots=True)
class Code:
    """The commit that was checked out when a version was published."""

    commit: str | None = None
    """Full hash."""
    branch: str | None = None
    dirty: bool | None = None
    """Whether tracked files outside ``artifacts/`` had changes that were not committed."""
    remote: str | None = None
    """Address of the repository, without credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """All of a record but its body."""

    id: UUID
    key: str | None
    """None for a keyless version."""
    type: str
    """One of `artifolio.bodies.BODY_TYPES`."""
    created: datetime
    """Aware, UTC, milliseconds."""
    updated: datetime | None = None
    """When a progress version last moved; the others never change."""
    description: str | None = None
    """Markdown."""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Value] = field(default_factory=dict)
    run: Run = Run()
    code: Code = Code()
    columns: tuple[Column, ...] = ()
    """Of a table."""
    rows: int | None = None
    """How many rows a table has."""
    digest: str | None = None
    """``sha256:`` and the hash of the body as stored; None until the record is written."""
    header_sha256: str | None = None
    """Hash of all lines above, in hex; None in records of other hands."""
    intact: bool = True
    """Whether the header is what was published, as far as its hash tells."""
    extra: Mapping[str, Value] = field(default_factory=dict)
    """Fields that this version of artifolio does not know; kept when the record is rewritten."""

    @property
    def stem(self) -> str:
        """The name of the record's file without its ending."""
        return stem_for(self.created, self.id)

    @property
    def folder(self) -> str:
        """The folder below ``artifacts/`` that the record belongs in."""
        return folder_for(self.key)

    @property
    def path(self) -> str:
        """Where the record belongs, below ``artifacts/``."""
        return f"{self.folder}/{self.stem}{SUFFIX}"

    @property
    def order(self) -> tuple[datetime, UUID]:
        """What lineages are sorted by."""
        return self.created, self.id


def header_fields(header: Header) -> dict[str, Value]:
    """Return the fields that stand before ``columns``, in order."""
    fields: dict[str, Value] = {
        "format": FORMAT,
        "id": str(header.id),
        "key": header.key,
        "type": header.type,
        "created": format_time(header.created),
        "updated": format_time(header.updated) if header.updated else None,
        "description": header.description,
        "tags": list(header.tags) or None,
        "metadata": dict(header.metadata) or None,
        "run": _to_mapping(header.run),
        "code": _to_mapping(header.code),
    }
    return {name: value for name, value in fields.items() if value is not None} | dict(header.extra)


def parse_header(text: str, path: str = "") -> Header | None:
    """Read only what stands before ``data``.

    Returns:
        None where the text is not as artifolio writes it, so that the whole must be read.

    Raises:
        RecordError: If the header is complete and wrong.
    """
    fields = parse_lines(text)
    return None if fields is None else read_header(fields, text, path)


def read_header(fields: dict[str, Value], text: str, path: str) -> Header:
    """Read the fields of a record's header.

    Args:
        fields: All of the header's, and perhaps ``data``.
        text: What they were read from, from the start of the record on.
        path: Where the record lies below ``artifacts/``, for messages.

    Raises:
        RecordError: If the format is unknown or a field is missing or wrong, with every reason.
    """
    version = fields.get("format")
    if version != FORMAT or type(version) is not int:
        newer = isinstance(version, int) and version > FORMAT
        way_out = "; a newer artifolio is needed" if newer else ""
        raise RecordError(
            path, f"format is {shown(version)}, this artifolio reads {FORMAT}{way_out}"
        )
    problems: list[str] = []

    def read(name: str, convert: Callable[[Any], _T], default: _T, *, needed: bool = False) -> _T:
        if name not in fields:
            if needed:
                problems.append(f"{name} is missing")
            return default
        try:
            return convert(fields[name])
        except InvalidKeyError as error:
            problems.append(str(error))
        except InvalidValueError as error:
            problems.append(f"{name}: {error.reason}")
        except ValueError as error:
            problems.append(f"{name}: {error}")
        return default

    read("digest", _text, "", needed=True)
    header = Header(
        id=read("id", _id, UUID(int=0), needed=True),
        key=read("key", check_key, None),
        type=read("type", _type, "", needed=True),
        created=read("created", parse_time, _NEVER, needed=True),
        updated=read("updated", parse_time, None),
        description=read("description", _text, None),
        tags=read("tags", _tags, ()),
        metadata=read("metadata", _mapping, {}),
        run=read("run", lambda value: Run(**_texts(value, Run)), Run()),
        code=read("code", _code, Code()),
        columns=read("columns", _columns, (), needed=fields.get("type") == Table.type),
        rows=read("rows", _count, None, needed=fields.get("type") == Table.type),
        digest=read("digest", _text, None),
        header_sha256=read("header_sha256", _text, None),
        intact=_is_intact(fields, text),
        extra={name: value for name, value in fields.items() if name not in _KNOWN},
    )
    if header.extra and header.header_sha256 is None:
        problems += _lost_hash(header.extra)
    if problems:
        raise RecordError(path, "; ".join(dict.fromkeys(problems)))
    return header


def sha256_of(text: str) -> str:
    """Return the hash of a part of a record, in hex."""
    return sha256(text.encode()).hexdigest()


def _is_intact(fields: Mapping[str, Value], text: str) -> bool:
    if "header_sha256" not in fields:
        return True
    expected = fields["header_sha256"]
    # The text as it stands first; then, for YAML of another hand, as we would have written it.
    if expected == sha256_of(text[: text.find(_HEADER_SHA256) + 1]):
        return True
    extra = [name for name in fields if name not in _KNOWN]
    names = [name for name in (*_FIRST, *extra, *_LAST) if name in fields]
    return expected == sha256_of(dump_fields({name: fields[name] for name in names}))


def _lost_hash(extra: Iterable[str]) -> Iterator[str]:
    """Find the header's hash under a name that was altered, which nothing else would tell."""
    import difflib  # only here: it costs 5 ms

    for name in difflib.get_close_matches("header_sha256", islice(extra, 20)):
        yield f"unknown field {shown(name)} (did you mean 'header_sha256'?)"


def _to_mapping(source: Run | Code) -> Value:
    names = type(source).__dataclass_fields__
    return {n: value for n in names if (value := getattr(source, n)) is not None} or None


def _id(value: object) -> UUID:
    if isinstance(value, str) and len(value) == 36:
        found = UUID(value)
        if str(found) == value:
            return found
    raise ValueError(f"{shown(value)} is not a lowercase UUID")


def _type(value: object) -> str:
    if isinstance(value, str) and value in BODY_TYPES:
        return value
    import difflib  # only here: it costs 5 ms, and most records are right

    near = difflib.get_close_matches(shown(value).strip("'"), BODY_TYPES, 1)
    raise ValueError(
        f"unknown type {shown(value)}" + (f" (did you mean {near[0]!r}?)" if near else "")
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"text is needed, not {shown(value)}")
    return value


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of texts is needed")
    return tuple(map(_text, value))


def _mapping(value: object) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise ValueError("a mapping is needed")
    return value


def _texts(value: object, target: type[Run | Code]) -> dict[str, Any]:
    # Fields that are not known here are a newer artifolio's, and none of ours.
    return {
        name: _text(item)
        for name, item in _mapping(value).items()
        if name in target.__dataclass_fields__ and name != "dirty"
    }


def _code(value: object) -> Code:
    dirty = _mapping(value).get("dirty")
    if dirty is not None and not isinstance(dirty, bool):
        raise ValueError("dirty is true or false")
    return Code(**_texts(value, Code), dirty=dirty)


def _columns(value: object) -> tuple[Column, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of columns is needed")
    return tuple(map(Column.from_data, value))


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a count is needed")
    return value
