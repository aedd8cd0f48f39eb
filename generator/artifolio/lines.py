"""The quick way to read a record: line by line, with one regular expression and `json`.

It accepts only text whose every token means the same in JSON and in YAML 1.1, as what artifolio
writes does, and leaves everything else to the YAML parser.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artifolio.values import Value

TERMINATOR = "...\n"
"""Closes every record: a cut-off block scalar would be valid YAML, a missing end is not."""
MAX_DEPTH = 64
"""Levels of nesting that a reader accepts, the record itself being the first."""
MAX_DIGITS = 4300
"""Digits of the largest integer, which is also Python's own limit."""
ESCAPED = "\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
"""Characters that YAML 1.1 forbids or takes for line breaks, though JSON has them as they are."""

# Names that YAML 1.1 reads as something other than text.
_NOT_TEXT = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_CHARACTERS = rf'[^"\\\x00-\x1f{ESCAPED}\ud800-\udfff]*'
_STRING = rf'"{_CHARACTERS}(?:\\(?:["\\bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{{4}}){_CHARACTERS})*"'
# Floats short enough to be finite for certain.
_FLOAT = r"-?(?:0|[1-9][0-9]{0,16})\.[0-9]{1,30}(?:e[-+][0-9]{1,2})?"
_INTEGER = rf"-?(?:0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}})"
_SCALAR = rf"(?:{_STRING}|{_FLOAT}|{_INTEGER}|true|false|null)"
_SAFE_JSON = re.compile(rf"[\[{{]*{_SCALAR}?[\]}}]*(?:[,:] [\[{{]*{_SCALAR}?[\]}}]*)*").fullmatch
_SAFE_FLAT_ROWS = re.compile(rf"(?:- \[(?:{_SCALAR}(?:, {_SCALAR})*)?\]\n)+").fullmatch
_SAFE_BLOCK = re.compile(rf"[^\x00-\x08\x0b-\x1f{ESCAPED}\ud800-\udfff]*").fullmatch
_BLOCK_INDICATORS = ("|2", "|2-", "|2+")
_HEADER_LINE = re.compile(r'([a-z][a-z0-9_]{0,99}|"(?:[^"\\]|\\.)*"):(?: (.*))?')


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
    position = 0
    while position < len(text):
        end = text.index("\n", position)
        match = _HEADER_LINE.fullmatch(text, position, end)
        if match is None:
            return None
        name, value = match[1], match[2]
        if name[0] == '"':
            if not _SAFE_JSON(name):
                return None
            name = json.loads(name)
        elif not is_plain_name(name):
            return None
        position = end + 1
        if name in fields:
            return None
        if value is None:
            rows = _parse_rows(text[position:])
            if rows is None:
                return None
            fields[name] = rows
            return fields
        if value in _BLOCK_INDICATORS:
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


def _parse_json(text: str) -> Value:
    if not _SAFE_JSON(text):
        raise ValueError(text)
    if "{" in text or text.count("[") > 1:
        # json recurses; what is deep goes to the event stream, which does not.
        if text.count("[") + text.count("{") >= MAX_DEPTH:
            raise ValueError(text)
        return json.loads(text, object_pairs_hook=_without_duplicates)  # type: ignore[no-any-return]  # JSON
    return json.loads(text)  # type: ignore[no-any-return]  # JSON


def _without_duplicates(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    mapping = dict(pairs)
    # YAML's limit for a key is 1,024 characters from its start to the colon, escapes included.
    if len(mapping) < len(pairs) or any(len(name) > 160 for name in mapping):
        raise ValueError("left to the event stream")
    return mapping


def _parse_rows(text: str) -> list[Value] | None:
    if _SAFE_FLAT_ROWS(text):
        rows: list[Value] = json.loads(f"[{text[2:-1]}]".replace("\n- ", ",\n"))
        return rows
    if not text:
        return None
    rows = []
    for line in text[:-1].split("\n"):
        if not line.startswith("- "):
            return None
        try:
            rows.append(_parse_json(line[2:]))
        except ValueError:
            return None
    return rows


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
    if not lines or not _SAFE_BLOCK(block) or block.strip("\n") == "":
        return None, position
    if indicator == "|2+":
        block += "\n"
    elif not lines[-1]:
        return None, position
    elif indicator == "|2":
        block += "\n"
    return block, position
