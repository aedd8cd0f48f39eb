"""How a page shows the cells of a table: what is read easily, without losing what is exact."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from artifolio.columns import is_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from artifolio.bodies import Column
    from artifolio.values import Value

# Whatever is changed here is changed in assets/cells.js as well, which draws the same cells.
SHOWN_CHARACTERS = 1_000
"""Of one cell; the data files hold all of them."""

_NUMERIC = frozenset(["integer", "number", "decimal"])
_WHOLE = frozenset(["boolean", "date", "datetime", "duration", "time", "uuid"])
_MARKED_COLUMNS = 24
# Numbers of four digits are as easy to read without, and years are among them.
_GROUPED_FROM = 10_000
_FRACTION_DIGITS = 6
# More zeros than that would be longer than what they align.
_PADDED_DIGITS = 3
_PADDED_LENGTH = 15
_DECIMAL = re.compile(r"([+-]?)(\d+)(\.\d+)?")
_GROUPS = re.compile(r"\B(?=(?:\d{3})+$)")
# Less than what an address may be, so that a browser and `is_safe_link` cannot differ over it: no
# user, no host in other letters, nothing that is not visible.
_SEEN = (
    r"[!#-;=?-\[\]^_a-z{|}~\u00a1-\u167f\u1681-\u1fff\u2070-\u2fff\u3001-\ud7ff\ue000-\ufefe"
    r"\uff00-\uffef\U00010000-\U0010ffff]"
)
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_WEB = (
    rf"(?<![A-Za-z0-9])(?:https?|HTTPS?)://{_HOST}(?::[0-9]{{1,5}})?(?![A-Za-z0-9@:\\-]|\.[A-Za-z0-9])"
    rf"(?:[/?#]{_SEEN}*)?"
)
_ADDRESS = rf"(?:{_WEB})|mailto:[A-Za-z0-9._%+-]+@{_HOST}(?:\?{_SEEN}*)?"
_CLOSING = ".,;:!?'*_)]}"


@dataclass(frozen=True, slots=True)
class Look:
    """How the cells of a column are shown."""

    name: str
    type: str
    is_numeric: bool
    is_grouped: bool
    """Whether commas part the thousands."""
    digits: int
    """So many digits stand behind the point at least."""
    mark: str = ""
    """What the table itself says of all cells of the column: the class that they go without."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown of a value."""

    pieces: tuple[tuple[str, str], ...]
    """Texts with the addresses that they lead to, or nothing; none at all for null."""
    kind: str = ""
    """The class of the cell: ``number`` to the right, ``word`` and ``address`` on one line."""
    exact: str = ""
    """The number as it is, where what is shown is not all of it."""
    is_cut: bool = False
    """Whether there is more of it than is shown."""

    @property
    def is_null(self) -> bool:
        """Whether there is no value."""
        return not self.pieces


def looks_of(columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> list[Look]:
    """Return how the columns of a table are shown.

    Args:
        columns: All of them.
        rows: Those that are shown.
    """
    return [
        _look(column, [row[place] for row in rows if row[place] is not None], place)
        for place, column in enumerate(columns)
    ]


def cell_of(value: Value, look: Look) -> Cell:
    """Return what is shown of a value in a column."""
    if value is None:
        return Cell((), "number" if look.is_numeric else "")
    if isinstance(value, str):
        return _number(value, value, look) if look.type == "decimal" else _text(value, look)
    if isinstance(value, (bool, list, dict)):
        return _text(_json(value), look)
    if isinstance(value, float):
        return _number(_plain(value, _FRACTION_DIGITS), _plain(value), look)
    # Python itself refuses to write out very long ones.
    text = str(value) if value.bit_length() < 1000 else f"{value:#x}"
    return _number(text, text, look)


def _look(column: Column, values: Sequence[Value], place: int) -> Look:
    is_numeric = column.type in _NUMERIC
    numbers = [value for value in values if type(value) in (int, float)]
    is_grouped = column.type in (*_NUMERIC, "mixed") and not is_name(column.name)
    if column.type != "decimal":
        is_grouped = is_grouped and any(abs(number) >= _GROUPED_FROM for number in numbers)  # type: ignore[arg-type]  # they are numbers
    digits = 0
    if column.type == "number":
        written = [_plain(n, _FRACTION_DIGITS) for n in numbers if type(n) is float]
        found = [len(text.partition(".")[2]) for text in written if "e" not in text]
        digits = max(found, default=0)
    if digits > _PADDED_DIGITS:
        digits = 0
    mark = "number" if is_numeric else "word" if _are_words(column, values) else ""
    # Two hundred rows of classes would weigh more than what is in the cells.
    mark = mark if place < _MARKED_COLUMNS else ""
    return Look(column.name, column.type, is_numeric, is_grouped, digits, mark)


def _are_words(column: Column, values: Sequence[Value]) -> bool:
    if column.type in _WHOLE:
        return True
    return bool(values) and all(isinstance(v, str) and _is_word(v, column.type) for v in values)


def _is_word(text: str, column_type: str) -> bool:
    # Dates, ids and addresses of some length would break at their dashes.
    return len(text) <= 40 and (column_type in _WHOLE or ("-" in text and " " not in text))


def _number(text: str, exact: str, look: Look) -> Cell:
    shown = text
    if match := _DECIMAL.fullmatch(text):
        sign, whole, fraction = match[1], match[2], match[3] or ""
        if look.digits and len(fraction) <= look.digits and len(whole) <= _PADDED_LENGTH:
            fraction = f"{fraction or '.'}".ljust(look.digits + 1, "0")
        shown = sign + (_GROUPS.sub(",", whole) if look.is_grouped else whole) + fraction
    cut = shown[:SHOWN_CHARACTERS]
    return Cell(((cut, ""),), "number", exact if text != exact else "", len(cut) < len(shown))


def _plain(number: float, fraction_digits: int | None = None) -> str:
    """Return a number as Python writes it, but 1 for 1.0; with fewer digits where it has more."""
    sign, figures, exponent = Decimal(repr(number)).as_tuple()
    digits = "".join(map(str, figures))
    # The number is 0.DIGITS times ten to the power of this.
    power = len(digits) + int(exponent)
    is_long = power < -3 or power > 16
    if fraction_digits is not None:
        kept = fraction_digits + (1 if is_long else max(power, 0))
        if kept < len(digits):
            rounded = str(int(digits[:kept]) + (digits[kept] >= "5"))
            power += len(rounded) - kept
            digits = rounded
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    minus = "-" if sign else ""
    if is_long:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{minus}{digits[0]}{fraction}e{power - 1:+03d}"
    if power <= 0:
        return f"{minus}0.{'0' * -power}{digits}"
    whole, fraction = digits[:power].ljust(power, "0"), digits[power:]
    return f"{minus}{whole}.{fraction}" if fraction else f"{minus}{whole}"


def _text(text: str, look: Look) -> Cell:
    cut = text[:SHOWN_CHARACTERS]
    if _compiled(_ADDRESS).fullmatch(text) and cut == text:
        return Cell(((text, text),), "address")
    is_word = _is_word(text, look.type)
    pieces = tuple(_pieces(cut)) or (("", ""),)
    return Cell(pieces, "word" if is_word else "", is_cut=cut != text)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    done = 0
    for match in _compiled(_WEB).finditer(text):
        address = match[0].rstrip(_CLOSING)
        if match.start() > done:
            yield text[done : match.start()], ""
        yield address, address
        done = match.start() + len(address)
    if done < len(text):
        yield text[done:], ""


@lru_cache(maxsize=2)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Only once a table is shown: all commands that make a page or none would wait for it.
    return re.compile(pattern, re.DOTALL)


def _json(value: Value) -> str:
    """Return JSON in which numbers stand as in cells of their own."""
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    if isinstance(value, dict):
        fields = (f"{_json(name)}: {_json(item)}" for name, item in value.items())
        return f"{{{', '.join(fields)}}}"
    if isinstance(value, float):
        return _plain(value)
    return json.dumps(value, ensure_ascii=False)
