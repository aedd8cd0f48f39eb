"""Turns Python values into what a record can hold: JSON's values."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from artifolio.errors import InvalidValueError, shown

if TYPE_CHECKING:
    from collections.abc import Callable

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
"""What a record holds. Treated as immutable once it is part of one."""

MAX_DEPTH = 56
"""Levels of lists and mappings in one value; eight under the reader's limit for a file."""
MAX_NAME_LENGTH = 900
"""Characters in a mapping key, as written: YAML allows 1,024 between its start and the colon."""
_SIX_WHEN_WRITTEN = '[\x00-\x1f"\\\\\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]'

_PLAIN = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string"}


def to_value(value: object, where: str) -> tuple[Value, str]:
    """Convert a value and name its type, as a column's ``type`` tells it.

    NaN, infinities, NaT and NA become null; dates and times ISO 8601; Decimal its exact digits;
    bytes base64; numpy scalars what they hold.

    Args:
        value: Anything.
        where: What the value is, for the error message.

    Returns:
        The value and one of ``null boolean integer number string datetime date time duration
        decimal uuid path bytes list object``.

    Raises:
        InvalidValueError: If there is no conversion that a reader would expect.
    """
    return _convert(value, where, 0)


def to_mapping(value: object, where: str) -> dict[str, Value]:
    """Convert a mapping whose keys are, or can be written as, text."""
    if not isinstance(value, Mapping):
        raise InvalidValueError(where, f"a mapping is needed, not {type(value).__name__}")
    return _convert_mapping(value, where, 1)


def is_short_name(name: str) -> bool:
    """Tell whether a mapping key can be written, escapes included, and read by any YAML reader."""
    if len(name) * 6 <= MAX_NAME_LENGTH:
        return True
    return len(re.sub(_SIX_WHEN_WRITTEN, "\0" * 6, name)) <= MAX_NAME_LENGTH


def _convert(value: Any, where: str, depth: int) -> tuple[Value, str]:
    kind = type(value)
    if kind is float:
        return (value, "number") if math.isfinite(value) else (None, "null")
    if kind in _PLAIN:
        return value, _PLAIN[kind]
    if depth > MAX_DEPTH:
        raise InvalidValueError(where, f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Enum):
        return _convert(value.value, where, depth + 1)
    if _is_missing(value):
        return None, "null"
    for standard, name, convert in _CONVERSIONS:
        if isinstance(value, standard):
            return convert(value), name
    if isinstance(value, Mapping):
        return _convert_mapping(value, where, depth + 1), "object"
    if isinstance(value, (list, tuple, AbstractSet)):
        items = sorted(value, key=repr) if isinstance(value, AbstractSet) else value
        return [_convert(item, where, depth + 1)[0] for item in items], "list"
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        # A numpy scalar, or an array of no dimension; .item() is the Python value in it.
        plain = value.item()
        if isinstance(plain, int) and _numpy_kind(value) in _NUMPY_TIMES:
            return _NUMPY_TIMES[_numpy_kind(value)](value)
        return _convert(plain, where, depth + 1)
    if _numpy_kind(value) in _NUMPY_TIMES:
        return _convert(list(value), where, depth + 1)
    if hasattr(value, "tolist"):
        return _convert(value.tolist(), where, depth + 1)
    raise InvalidValueError(
        where, f"no way to store a {kind.__module__}.{kind.__qualname__}; convert it, as with str()"
    )


def _convert_mapping(value: Mapping[Any, Any], where: str, depth: int) -> dict[str, Value]:
    converted: dict[str, Value] = {}
    for name, item in value.items():
        text = _name(name, where)
        if text in converted:
            raise InvalidValueError(where, f"two names become {shown(text)}")
        converted[text] = _convert(item, f"{where}, {shown(text)}", depth)[0]
    return converted


def _name(name: object, where: str) -> str:
    if isinstance(name, Enum):
        name = name.value
    if isinstance(name, bool) or name is None:
        name = {True: "true", False: "false", None: "null"}[name]
    if isinstance(name, (int, float, UUID, date)):
        try:
            name = str(name)
        except ValueError as error:
            raise InvalidValueError(where, f"a name: {error}") from None
    if not isinstance(name, str):
        raise InvalidValueError(where, f"names are text, not {type(name).__name__} {shown(name)}")
    if not is_short_name(name):
        raise InvalidValueError(where, f"the name {shown(name)} is over {MAX_NAME_LENGTH} long")
    return str(name)


def _is_missing(value: Any) -> bool:
    # NaT is a datetime that differs from itself; NA refuses to be compared.
    kind = type(value).__name__
    return kind in ("NaTType", "NAType") or (kind == "datetime64" and str(value) == "NaT")


def _numpy_kind(value: Any) -> str:
    return getattr(getattr(value, "dtype", None), "kind", "")


def _numpy_duration(value: Any) -> tuple[Value, str]:
    # Of nanoseconds, .item() is a number; of months and years too, which have no fixed length.
    text = str(value)
    if text.endswith(("months", "years")):
        return f"P{value.item()}{text.split()[1][0].upper()}", "duration"
    return _duration(value.astype("timedelta64[us]").item()), "duration"


def _duration(value: timedelta) -> str:
    """Return ISO 8601, as P1DT2H3M4.5S."""
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    days = f"{value.days}D" if value.days else ""
    clock = "".join(
        f"{count}{unit}"
        for count, unit in ((hours or "", "H"), (minutes or "", "M"), (f"{seconds}{fraction}", "S"))
        if count not in ("", "0")
    )
    return f"{sign}P{days}" + (f"T{clock}" if clock else "" if days else "T0S")


def _decimal(value: Decimal) -> str | None:
    return str(value) if value.is_finite() else None


# What numpy's times become where Python has no type of that precision or range.
_NUMPY_TIMES: dict[str, Callable[[Any], tuple[Value, str]]] = {
    "M": lambda value: (str(value), "datetime"),
    "m": _numpy_duration,
}
# In this order: a datetime is a date, and the subclasses of str, int and float come last.
_CONVERSIONS: tuple[tuple[Any, str, Any], ...] = (
    (datetime, "datetime", datetime.isoformat),
    (date, "date", date.isoformat),
    (time, "time", time.isoformat),
    (timedelta, "duration", _duration),
    (Decimal, "decimal", _decimal),
    (UUID, "uuid", str),
    (PurePath, "path", PurePath.as_posix),
    ((bytes, bytearray, memoryview), "bytes", lambda value: base64.b64encode(value).decode()),
    (str, "string", lambda value: str.__str__(value)),
    (int, "integer", lambda value: int.__int__(value)),
    (float, "number", lambda value: float(value) if math.isfinite(value) else None),
)
