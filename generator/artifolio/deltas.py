"""Numbers that changed: how far, without what binary fractions add at the end."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from artifolio.lines import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from artifolio.values import Value

Number: TypeAlias = int | float

# Numbers are added as they are written, so that 100000.3 - 100000.1 is 0.2. What is left at the
# end comes from calculations before, as that of 0.1 + 0.2, which is written 0.30000000000000004.
_DIGITS = 12
_TOTAL_DIGITS = 15
_FEW_DIGITS = 4
# Enough for the sum of any two floats, 1.8e308 and 5e-324, to lose nothing.
_EXACT = Context(prec=700)
_SHORT = Context(prec=_DIGITS)
_TOO_LARGE = 10**MAX_DIGITS
_LONG = 10**24


def is_number(value: Value) -> TypeGuard[Number]:
    """Tell whether a value is a number; truth values are none."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def difference(old: Value, new: Value) -> Number | None:
    """Return the new number minus the old one; None where either is none, or it is too large."""
    return _sum([new, -old], _DIGITS) if is_number(old) and is_number(new) else None


def total(values: Iterable[Value]) -> Number | None:
    """Return the sum of what is not null; None if not all of it are numbers, or it is too large."""
    found: list[Number] = []
    for value in values:
        if is_number(value):
            found.append(value)
        elif value is not None:
            return None
    # Nothing was added: it is the number as it stands there, to its last digit.
    if len(found) == 1 and isinstance(found[0], float):
        return found[0]
    return _sum(found, _TOTAL_DIGITS)


def mean(values: Iterable[Value]) -> Number | None:
    """Return the mean of what is not null; None where `total` is, or nothing is there."""
    found = [value for value in values if value is not None]
    whole = total(found)
    if whole is None or not found:
        return None
    try:
        return float(f"{whole / len(found):.{_DIGITS}g}")
    except OverflowError:
        return None


def plain(number: Number) -> str:
    """Return a number for people: ``12,040``, ``-0.5``."""
    return signed(number).removeprefix("+")


def signed(number: Number) -> str:
    """Return a number as a change: ``+12,040``, ``-0.5``."""
    if isinstance(number, float):
        return f"{number:+,.{_DIGITS}g}"
    return f"{number:+,}" if abs(number) < _LONG else f"{_SHORT.normalize(Decimal(number)):+g}"


def briefly(number: Number) -> str:
    """Return a number as a change in as many digits as are read at a glance: ``-0.08333``."""
    if isinstance(number, int):
        return signed(number)
    # Digits before the point stay, and one behind it.
    digits = max(_FEW_DIGITS, Decimal(repr(number)).adjusted() + 2)
    return f"{number:+,.{min(digits, _DIGITS)}g}"


def _sum(numbers: Sequence[Number], digits: int) -> Number | None:
    whole = [number for number in numbers if isinstance(number, int)]
    if len(whole) == len(numbers):
        # Longer ones could be neither stored nor written as JSON.
        return found if abs(found := sum(whole)) < _TOO_LARGE else None
    written = (Decimal(str(number) if isinstance(number, float) else number) for number in numbers)
    rounded = float(f"{reduce(_EXACT.add, written):.{digits}g}")
    return rounded if math.isfinite(rounded) else None
