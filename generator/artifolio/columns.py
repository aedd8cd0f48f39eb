"""What the name of a column tells of its numbers, where nobody said it."""

from __future__ import annotations

import re

# Columns are judged by the words of their names: acreage is no age, and a duration no ratio.
_WORD = re.compile(r"IDs|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|%")
# At the end of a name. Numbers that are names or places: to add them up says nothing.
_NAMES = frozenset(
    "id ids year month day zip zipcode postcode code lat latitude lon lng long longitude rank index"
    " no nr number version".split()
)
# Anywhere in a name. Numbers that say nothing added up, though they are whole.
_SHARES = frozenset(
    "% percent percentage pct rate ratio share score mean average avg median age".split()
)


def is_name(column: str) -> bool:
    """Tell whether the numbers are names or places, as ids, years and longitudes are."""
    return not _NAMES.isdisjoint(_words(column)[-1:])


def is_share(column: str) -> bool:
    """Tell whether the numbers say nothing added up, as percents and ages do."""
    return not _SHARES.isdisjoint(_words(column))


def _words(name: str) -> list[str]:
    """Return the words of a name in lower case: those of ``OwnerId`` and ``owner_id`` are two."""
    return [word.lower() for word in _WORD.findall(name)]
