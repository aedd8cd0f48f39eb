"""Values that a record may hold, odd ones above all: texts, numbers, lists and mappings."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

from artifolio.values import is_short_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from artifolio.values import Value
    from choices import Choices

# What YAML 1.1, JSON, Python and artifolio's own form take for more than text; ^ stands for |.
TOKENS = [
    token.replace("^", "|")
    for token in (
        "a|b|word| |\n|a b|\n\n|  |   \n| \n|\t|\r\n|\r|- |-|...|---|\n...\n|\n---\n|\n- |: |:|# "
        "|\n# |data:|\ndata:\n|\ndigest: |\nheader_sha256: |<<<<<<< HEAD\n|=======\n|>>>>>>> main\n"
        "|[|]|{|}|, |,|\"|'|\\|\\n|\\u0041|\\ud83d|<<|=|~|&a|*a|!!int|%YAML|@|`|?|? |>|^|2|^2-"
        "|^2+\n|yes|no|on|y|null|true|012|0o7|0x1f|0b1|+1|.5|1:30|1e-07|1.0e-07|.inf|.nan|NaN|-0.0"
        "|2026-02-30|2026-11-23T08:13:05Z|1_000|<!--|\x00|\x08|\x0b|\x0c|\x1b|\x1c|\x1f|\x7f|\x80"
        "|\x85|\x9f|\xa0|\u2028|\u2029|\u3000|\ufeff|\ufffe|\uffff|\ud7ff|\ue000|\U00010000"
        "|\U0001f600|\U0001fffe|\U0010ffff|e\u0301|\u0130|\u202e"
    ).split("|")
]
# What makes up the lines of a text that is written as a block.
_LINES = (
    "a",
    "",
    " ",
    " a",
    "a ",
    "  a b",
    "- a",
    "-",
    "...",
    "---",
    "# a",
    "a: b",
    "\ta",
    "\u00e4",
)
_TOKENS_IN_A_TEXT = (0, 1, 1, 2, 2, 3, 5, 8, None)
# Latin, with the controls of C0 and C1, and the basic plane more often than the other sixteen.
_PLANES = (None,) * 8 + (0,) * 8 + tuple(range(1, 17))
# The quick reader leaves names of over 160 characters to YAML, which has a limit of 1,024.
_LENGTHS = (2, 20, 80, 159, 160, 161, 300, 900)
_INTEGERS = (
    *(2**53 + 1, -(2**63), 2**63, 2**64),
    *(10**400, -(10**400), 10**4300 - 1, -(10**4300 - 1)),
)
_FLOATS = (
    *(0.0, -0.0, 1e-7, -1.5e-9, 1e-5, 1e15, 1e16, 1e22, 123456789012345680.0),
    *(5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308),
)
_DEEPEST = 50


def make_text(choices: Choices) -> str:
    """Make a text of characters of all planes and of `TOKENS`."""
    count = choices.one_of(_TOKENS_IN_A_TEXT)
    if count is not None:
        return "".join([_piece(choices) for _ in range(count)])
    lines = [choices.one_of(_LINES) for _ in range(choices.below(6))]
    return "\n".join(lines) + "\n" * choices.below(4)


def make_filled_text(choices: Choices) -> str:
    """Make a text that is not blank."""
    text = make_text(choices)
    return text if text.strip() else text + "a"


def make_name(choices: Choices) -> str:
    """Make a name that a mapping in a record may have."""
    text = make_text(choices)
    return text if is_short_name(text) else text[:150]


def make_scalar(choices: Choices) -> Value:
    """Make a value that holds no others."""
    return choices.one_of(_SCALARS)(choices)


def make_value(choices: Choices, depth: int = 4) -> Value:
    """Make a value of that many levels at most, but for few that are deep."""
    kind = choices.below(64) if depth else 0
    if kind < 40:
        return make_scalar(choices)
    if kind < 52:
        return [make_value(choices, depth - 1) for _ in range(choices.below(5))]
    if kind < 63 or depth < 4:
        return make_mapping(choices, depth - 1)
    value = make_scalar(choices)
    for _ in range(choices.below(_DEEPEST)):
        value = [value] if choices.below(2) else {"": value}
    return value


def make_mapping(choices: Choices, depth: int = 4) -> dict[str, Value]:
    """Make a mapping of at most four names."""
    count = choices.below(5)
    return {make_name(choices): make_value(choices, depth) for _ in range(count)}


def make_fields(choices: Choices) -> dict[str, Value]:
    """Make the fields of a file, whether or not they are a record's."""
    names = [choices.one_of(_FIELD_NAMES)(choices) for _ in range(1 + choices.below(6))]
    return {name: make_value(choices) for name in names}


def _piece(choices: Choices) -> str:
    kind = choices.below(64)
    if kind < 48:
        return choices.one_of(TOKENS)
    if kind < 63:
        return _character(choices)
    return choices.one_of(TOKENS) * choices.one_of(_LENGTHS)


def _character(choices: Choices) -> str:
    plane = choices.one_of(_PLANES)
    if plane is None:
        return chr(choices.below(256))
    code = plane << 16 | choices.number(2)
    return chr(code + 0x800 if 0xD800 <= code <= 0xDFFF else code)


def _integer(choices: Choices) -> int:
    size = choices.one_of((1, 1, 8, 40, None))
    return choices.one_of(_INTEGERS) if size is None else choices.number(size, signed=True)


def _float(choices: Choices) -> float:
    kind = choices.below(4)
    if kind == 0:
        return choices.number(1, signed=True) / 4
    if kind == 1:
        return choices.one_of(_FLOATS)
    if kind == 2:
        return float(f"{choices.number(1, signed=True)}e{choices.number(1, signed=True)}")
    (number,) = struct.unpack(">d", choices.number(8).to_bytes(8, "big"))
    return number if math.isfinite(number) else 0.0


_SCALARS: tuple[Callable[[Choices], Value], ...] = (
    lambda choices: choices.one_of((None, True, False)),
    _integer,
    _integer,
    _float,
    _float,
    make_text,
    make_text,
    make_text,
)
_FIELD_NAMES: tuple[Callable[[Choices], str], ...] = (
    lambda choices: choices.one_of(("format", "data", "rows", "y", "x_1", "No", "")),
    make_name,
)
