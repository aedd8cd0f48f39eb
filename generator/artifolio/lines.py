"""The text that artifolio writes: one ``name: <JSON>`` a line, which YAML reads the same.

The reader here is the quick one. It accepts only text whose every token means the same in JSON
and in YAML 1.1, as what is written here does, and leaves everything else to `artifolio.codec`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from artifolio.errors import InvalidValueError
from artifolio.values import MAX_NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from artifolio.values import Value

TERMINATOR = "...\n"
"""Closes every record: a cut-off block scalar would be valid YAML, a missing end is not."""
MAX_DEPTH = 64
"""Levels of nesting that a reader accepts, the record itself being the first."""
MAX_DIGITS = 4300
"""Digits of the largest integer, which is also Python's own limit."""
MAX_EVENTS = 1_000_000
"""Values and brackets in a record that is read as YAML: the largest file could hold so many that
they took half a minute and a gigabyte."""
ESCAPED = "\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
"""Characters that YAML 1.1 forbids or takes for line breaks, though JSON has them as they are."""

_TO_ESCAPE = re.compile(f"[{ESCAPED}]")
_NOT_IN_BLOCK = re.compile(f"[\x00-\x08\x0b-\x1f{ESCAPED}]")
# An exponent: JSON's 1e-07 is text to YAML 1.1, which wants a dot before it.
_ODD = re.compile(f"[{ESCAPED}]|[0-9]e[-+]")
_STRING_OR_NUMBER = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(-?[0-9]+)(\.[0-9]+)?(e[-+][0-9]+)?')
# Names that YAML 1.1 reads as something other than text.
_NOT_TEXT = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_CHARACTERS = rf'[^"\\\x00-\x1f{ESCAPED}\ud800-\udfff]*'
_STRING = rf'"{_CHARACTERS}(?:\\(?:["\\bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{{4}}){_CHARACTERS})*"'
# Floats that are finite for certain.
_FLOAT = (
    r"(?:-?(?:0|[1-9][0-9]{0,16})\.[0-9]{1,30}(?:e[-+][0-9]{1,2})?"
    r"|-?[1-9]\.[0-9]{1,30}e(?:-[0-9]{3}|\+[12][0-9]{2}|\+30[0-7]))"
)
_INTEGER = rf"-?(?:0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}})"
_SCALAR = rf"(?:{_STRING}|{_FLOAT}|{_INTEGER}|true|false|null)"
_SAFE_JSON = rf"[\[{{]*{_SCALAR}?[\]}}]*(?:[,:] [\[{{]*{_SCALAR}?[\]}}]*)*"
_SAFE_FLAT_ROWS = rf"(?:- \[(?:{_SCALAR}(?:, {_SCALAR})*)?\]\n)+"
_SAFE_ROWS = rf"(?:- {_SAFE_JSON}\n)+"
_SAFE_BLOCK = rf"[^\x00-\x08\x0b-\x1f{ESCAPED}\ud800-\udfff]*"
# For each token matched at once the regular expression keeps 200 bytes, to be able to go back.
_MATCHED_CHARACTERS = 1 << 16
_LONGEST_LINE = 1 << 20
_QUICK_DEPTH = MAX_DEPTH - 4
_LONGEST_NAME = MAX_NAME_LENGTH // 6  # which no escapes make too long
_BESIDE_BRACKETS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[^][{}"\n]+')
_BLOCK_INDICATORS = ("|2", "|2-", "|2+")
# A name, and either a text without escapes, which most values are, or anything, or nothing.
_LINE = rf'([a-z][a-z0-9_]{{0,99}}|"(?:[^"\\\n]|\\.)*"):(?: (?:"({_CHARACTERS})"|(.*)))?\n'

_encode: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False
).encode


class RecordSyntaxError(ValueError):
    """Text that is not a record; says why. Becomes a `RecordError` where the path is known."""


def dump_fields(fields: Mapping[str, Value]) -> str:
    """Return the lines of fields, one after the other, without `TERMINATOR`."""
    return "".join(dump_field(name, value) for name, value in fields.items())


def dump_field(name: str, value: Value) -> str:
    """Return the line or lines of one field.

    Raises:
        InvalidValueError: If the value holds a lone surrogate or an integer of over 4,300 digits.
    """
    name = name if is_plain_name(name) else _to_json(name)
    if isinstance(value, str) and "\n" in value and _fits_block(value):
        return f"{name}: {_to_block(value)}"
    if name == "data" and isinstance(value, list) and value:
        try:
            rows = "\n- ".join(map(_encode, value))
            if not _ODD.search(rows):
                return f"data:\n- {rows}\n"
        except ValueError:
            pass
        return "data:\n" + "".join(f"- {_to_json(row)}\n" for row in value)
    return f"{name}: {_to_json(value)}\n"


def is_plain_name(name: str) -> bool:
    """Tell whether the name of a field needs no quotes."""
    return _NAME.fullmatch(name) is not None and name not in _NOT_TEXT


def parse_lines(text: str) -> dict[str, Value] | None:
    """Read fields, one after the other, without the terminator.

    Args:
        text: Whole lines: all of a record before its end, or its header alone.

    Returns:
        None for any text that could mean something else in YAML.
    """
    if not text.endswith("\n"):
        return None
    fields: dict[str, Value] = {}
    match_line = _compiled(_LINE).match
    position = 0
    while position < len(text):
        match = match_line(text, position)
        if match is None:
            return None
        name, simple, value = match.groups()
        if name[0] == '"':
            # Longer ones may be over YAML's limit for a key.
            if len(name) > _LONGEST_NAME or not _fully(_SAFE_JSON, name):
                return None
            name = json.loads(name)
        elif name in _NOT_TEXT:
            return None
        position = match.end()
        if name in fields:
            return None
        if simple is not None:
            fields[name] = simple
        elif value is None:
            rows = _parse_rows(text[position:])
            if rows is None:
                return None
            fields[name] = rows
            return fields
        elif value in _BLOCK_INDICATORS:
            block, position = _parse_block(text, position, value)
            if block is None:
                return None
            fields[name] = block
        else:
            try:
                fields[name] = _parse_json(value)
            except ValueError:
                return None
    return fields


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # On first use: all of them take 5 ms, and who only publishes never needs them.
    return re.compile(pattern)


def _fully(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


def _parse_json(text: str) -> Value:
    if len(text) > _LONGEST_LINE or not _fully(_SAFE_JSON, text):
        raise ValueError(text)
    if text.count("[") + text.count("{") > _QUICK_DEPTH and _is_deep(text):
        # json recurses; what is deep goes to the event stream, which does not.
        raise ValueError(text)
    value, end = _decode(text)
    if end < len(text):
        raise ValueError(text)
    return value  # type: ignore[no-any-return]  # JSON


def _is_deep(text: str) -> bool:
    """Tell whether a line is nested too deep, or its brackets are not in pairs."""
    brackets = _BESIDE_BRACKETS.sub("", text)
    for _ in range(_QUICK_DEPTH):
        brackets = brackets.replace("[]", "").replace("{}", "")
    return brackets.strip("\n") != ""


def _without_duplicates(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    mapping = dict(pairs)
    # YAML's limit for a key is 1,024 characters from its start to the colon, escapes included.
    if len(mapping) < len(pairs) or any(len(name) > _LONGEST_NAME for name in mapping):
        raise ValueError("left to the event stream")
    return mapping


_decode = json.JSONDecoder(object_pairs_hook=_without_duplicates).raw_decode


def _parse_rows(text: str) -> list[Value] | None:
    rows: list[Value] = []
    start = nested = 0
    while start < len(text):
        end = text.find("\n", start + _MATCHED_CHARACTERS) + 1 or len(text)
        if end - start > _LONGEST_LINE:
            return None
        chunk = text[start:end]
        start = end
        if not _fully(_SAFE_FLAT_ROWS, chunk):
            nested += chunk.count("[") + chunk.count("{")
            if nested > MAX_EVENTS or not _fully(_SAFE_ROWS, chunk) or _is_deep(chunk):
                return None
        try:
            found, _ = _decode(f"[{chunk[2:-1]}]".replace("\n- ", ", "))
        except ValueError:
            return None
        if len(found) != chunk.count("\n"):  # as in "- [1], [2]"
            return None
        rows += found
    return rows or None


def _parse_block(text: str, position: int, indicator: str) -> tuple[str | None, int]:
    lines = []
    while position < len(text):
        end = text.index("\n", position)
        line = text[position:end]
        if line and not line.startswith("  "):
            break
        lines.append(line[2:])
        position = end + 1
    block = "\n".join(lines)
    if not lines or not _fully(_SAFE_BLOCK, block) or block.strip("\n") == "":
        return None, position
    if indicator == "|2+":
        block += "\n"
    elif not lines[-1]:
        return None, position
    elif indicator == "|2":
        block += "\n"
    return block, position


def _to_json(value: Value) -> str:
    try:
        text = _encode(value)
    except ValueError as error:
        raise InvalidValueError("a number", f"{error}; {MAX_DIGITS} digits are stored") from None
    if _ODD.search(text):
        text = _STRING_OR_NUMBER.sub(_with_dot, text)
        # Outside strings there are no such characters.
        text = _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text


def _with_dot(match: re.Match[str]) -> str:
    return f"{match[1]}.0{match[3]}" if match[3] and not match[2] else match[0]


def _fits_block(text: str) -> bool:
    return not _NOT_IN_BLOCK.search(text) and text.strip("\n") != ""


def _to_block(text: str) -> str:
    indicator = "|2-" if not text.endswith("\n") else "|2+" if text.endswith("\n\n") else "|2"
    lines = text.removesuffix("\n").split("\n")
    return f"{indicator}\n" + "".join(f"  {line}\n" if line else "\n" for line in lines)
