"""How the fields of a record's header are read, each by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from artifolio.bodies import BODY_TYPES, Column, MarkdownImage
from artifolio.errors import shown
from artifolio.keys import check_key, parse_time
from artifolio.origins import check_mapping, check_text, code_from_data, run_from_data
from artifolio.retirement import Retirement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


def _id(value: object) -> UUID:
    if isinstance(value, str) and _UUID(value):
        return UUID(value)
    raise ValueError(f"{shown(value)} is not a lowercase UUID")


def _type(value: object) -> str:
    if isinstance(value, str) and value in BODY_TYPES:
        return value
    import difflib  # only here: it costs 5 ms, and most records are right

    near = difflib.get_close_matches(shown(value).strip("'"), BODY_TYPES, 1)
    raise ValueError(
        f"unknown type {shown(value)}" + (f" (did you mean {near[0]!r}?)" if near else "")
    )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of texts is needed")
    return tuple(map(check_text, value))


def _columns(value: object) -> tuple[Column, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of columns is needed")
    return tuple(map(Column.from_data, value))


def _images(value: object) -> tuple[MarkdownImage, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of images is needed")
    images = tuple(map(MarkdownImage.from_data, value))
    for names in ([image.path for image in images], [image.ending for image in images]):
        if len(set(names)) < len(names):
            raise ValueError("one path or ending stands there twice")
    return images


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a count is needed")
    return value


READERS: Mapping[str, Callable[[Any], Any]] = {
    "id": _id,
    "key": check_key,
    "type": _type,
    "created": parse_time,
    "updated": parse_time,
    "description": check_text,
    "tags": _texts,
    "metadata": check_mapping,
    "run": run_from_data,
    "code": code_from_data,
    "columns": _columns,
    "row_key": _texts,
    "trend": _texts,
    "rows": _count,
    "images": _images,
    "retired": Retirement.from_data,
    "digest": check_text,
    "header_sha256": check_text,
}
"""By the name of the field; what they raise are errors of values, which say why."""
