"""What changed between two tables: rows, cells and columns; their order alone is no change."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from artifolio.bodies import unique_names
from artifolio.columns import is_name, is_share
from artifolio.deltas import difference, total

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from artifolio.bodies import Table
    from artifolio.deltas import Number
    from artifolio.values import Value

Row: TypeAlias = "tuple[Value, ...]"

# Types of columns whose values may name a row; numbers with a fraction and truth values do not.
_NAMING = frozenset(
    ["string", "integer", "uuid", "path", "date", "datetime", "time", "decimal", "mixed"]
)


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column that came, went or holds another type of values."""

    name: str
    old: str | None
    """Its type before; None if it is new."""
    new: str | None
    """Its type now; None if it is gone."""

    @property
    def types(self) -> tuple[str | None, str | None]:
        """Its type before and now."""
        return self.old, self.new


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that has another value."""

    column: str
    old: Value
    new: Value
    delta: Number | None
    """The new number minus the old one; None where they are no numbers."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came, went or changed."""

    kind: str
    """``added``, ``removed`` or ``changed``."""
    name: Row
    """Its values in the columns of the row key; empty without one."""
    old: int | None
    """Its number in the old table, from 1."""
    new: int | None
    """The same in the new one."""
    cells: tuple[CellChange, ...] = ()
    """What changed of a row that did."""


@dataclass(frozen=True, slots=True)
class Total:
    """How far the sum of a column moved, of which cells changed and whose sum says something."""

    column: str
    old: Number
    new: Number
    delta: Number


@dataclass(frozen=True, slots=True)
class TableDiff:
    """The difference of two tables."""

    row_key: tuple[str, ...]
    """The columns by whose values rows were matched; empty if by equality and position."""
    columns: tuple[ColumnChange, ...]
    rows: tuple[RowChange, ...]
    """Changed and added ones in the order of the new table, then those removed."""
    totals: tuple[Total, ...]
    unchanged: int
    """Rows that are the same in all columns that both tables have."""

    def count(self, kind: str) -> int:
        """Return how many rows were ``added``, ``removed`` or ``changed``."""
        return sum(row.kind == kind for row in self.rows)


def diff_table(old: Table, new: Table) -> TableDiff:
    """Compare two tables.

    Rows are matched by the declared row key, if both tables have its columns and no two rows of
    either the same values there. Else by the one column whose values are unique in both and have
    the most in common. Else equal rows are matched first, and the others by their position.

    Args:
        old: The table before.
        new: The table now.
    """
    before, after = _Side(old), _Side(new)
    shared = [name for name in after.places if name in before.places]
    names = _usable(new.row_key or old.row_key, before, after) or _guess(shared, before, after)
    matched = _by_key(names, before, after) if names else _by_position(shared, before, after)
    partner = {j: i for i, j in matched}
    rows: list[RowChange] = []
    unchanged = 0
    for j in range(len(after.rows)):
        name = after.cells(j, names)
        if j not in partner:
            rows.append(RowChange("added", name, None, j + 1))
            continue
        i = partner[j]
        cells = _changed_cells(shared, before, i, after, j)
        if cells:
            rows.append(RowChange("changed", name, i + 1, j + 1, cells))
        else:
            unchanged += 1
    kept = set(partner.values())
    rows += [
        RowChange("removed", before.cells(i, names), i + 1, None)
        for i in range(len(before.rows))
        if i not in kept
    ]
    touched = {cell.column for row in rows for cell in row.cells if cell.delta is not None}
    touched = {name for name in touched if not (is_name(name) or is_share(name))}
    totals = [_total(name, before, after) for name in shared if name in touched]
    return TableDiff(
        tuple(names),
        _column_changes(before, after),
        tuple(rows),
        tuple(filter(None, totals)),
        unchanged,
    )


class _Side:
    """One of the two tables, its columns by names that are unique."""

    def __init__(self, table: Table) -> None:
        self.rows = table.rows
        self.places: dict[str, int] = {}
        self.types: dict[str, str] = {}
        for place, name in enumerate(unique_names(table.columns)):
            self.places[name] = place
            self.types[name] = table.columns[place].type

    def cell(self, row: int, name: str) -> Value:
        return self.rows[row][self.places[name]]

    def column(self, name: str) -> Iterator[Value]:
        return map(itemgetter(self.places[name]), self.rows)

    def cells(self, row: int, names: Iterable[str]) -> Row:
        return tuple(self.cell(row, name) for name in names)

    def keys(self, names: Sequence[str]) -> list[Hashable]:
        places = [self.places[name] for name in names]
        return [tuple(canonical(row[place]) for place in places) for row in self.rows]


def canonical(value: Value) -> Hashable:
    """Return something that is equal for values that are shown as the same, and for no others.

    ``1`` and ``1.0`` are the same number; ``1``, ``true`` and ``"1"`` are three values.
    """
    if isinstance(value, bool) or value is None:
        return "constant", value
    if isinstance(value, (list, dict)):
        return "nested", json.dumps(_plain(value), sort_keys=True)
    return value


def _plain(value: Value) -> Value:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _usable(row_key: Sequence[str], before: _Side, after: _Side) -> Sequence[str]:
    is_there = all(name in side.places for name in row_key for side in (before, after))
    if row_key and is_there and all(_is_unique(side.keys(row_key)) for side in (before, after)):
        return row_key
    return ()


def _guess(shared: Iterable[str], before: _Side, after: _Side) -> Sequence[str]:
    """Return the column that most likely names rows, if there is one."""
    best: tuple[int, Sequence[str]] = (0, ())
    for name in shared:
        if not {before.types[name], after.types[name]} <= _NAMING:
            continue
        keys, new_keys = before.keys([name]), after.keys([name])
        if any((canonical(None),) in found or not _is_unique(found) for found in (keys, new_keys)):
            continue
        common = len(set(keys) & set(new_keys))
        # A count may be another's by chance, and so be taken for the row of that.
        is_count = "integer" in (before.types[name], after.types[name])
        if is_count and 2 * common < min(len(keys), len(new_keys)):
            continue
        if common > best[0]:
            best = common, (name,)
    return best[1]


def _is_unique(keys: Sequence[Hashable]) -> bool:
    return len(set(keys)) == len(keys)


def _by_key(names: Sequence[str], before: _Side, after: _Side) -> list[tuple[int, int]]:
    places = {key: i for i, key in enumerate(before.keys(names))}
    return [(places[key], j) for j, key in enumerate(after.keys(names)) if key in places]


def _by_position(shared: Sequence[str], before: _Side, after: _Side) -> list[tuple[int, int]]:
    equal: dict[Hashable, deque[int]] = defaultdict(deque)
    for i, key in enumerate(before.keys(shared)):
        equal[key].append(i)
    matched: list[tuple[int, int]] = []
    others: list[int] = []
    for j, key in enumerate(after.keys(shared)):
        if equal[key]:
            matched.append((equal[key].popleft(), j))
        else:
            others.append(j)
    left = sorted(i for rows in equal.values() for i in rows)
    return [*matched, *zip(left, others, strict=False)]


def _changed_cells(
    shared: Iterable[str], before: _Side, i: int, after: _Side, j: int
) -> tuple[CellChange, ...]:
    changes = []
    for name in shared:
        old, new = before.cell(i, name), after.cell(j, name)
        if canonical(old) != canonical(new):
            changes.append(CellChange(name, old, new, difference(old, new)))
    return tuple(changes)


def _total(name: str, before: _Side, after: _Side) -> Total | None:
    old, new = total(before.column(name)), total(after.column(name))
    delta = None if old is None or new is None else difference(old, new)
    if old is None or new is None or not delta:
        return None
    return Total(name, old, new, delta)


def _column_changes(before: _Side, after: _Side) -> tuple[ColumnChange, ...]:
    changes = (
        ColumnChange(name, before.types.get(name), after.types.get(name))
        for name in dict.fromkeys([*after.types, *before.types])
    )
    # A column of nothing but null may be of any type.
    return tuple(
        change
        for change in changes
        if change.old != change.new and ("null" not in change.types or None in change.types)
    )
