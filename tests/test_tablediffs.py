from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import strategies
from artifolio.bodies import Column, Table
from artifolio.tablediffs import (
    CellChange,
    ColumnChange,
    RowChange,
    TableDiff,
    Total,
    canonical,
    diff_table,
)
from artifolio.tables import to_table

PAIRS = strategies.alike_tables()
TABLES = PAIRS.map(lambda pair: pair[0])
# Each line is one value, however it is written.
VALUES = [
    [None],
    [True],
    [False],
    [1, 1.0],
    [0, 0.0, -0.0],
    [0.5],
    ["1"],
    ["true"],
    ["null"],
    [""],
    ["[1]"],
    [[1], [1.0]],
    [[True]],
    [["1"]],
    [[]],
    [{}],
    [{"a": 1, "b": 2}, {"b": 2.0, "a": 1.0}],
    [{"a": True, "b": 2}],
    [[[{"a": [1]}]], [[{"a": [1.0]}]]],
    [1e300, int(1e300)],
    [10**4000],
    [2**53 + 1],
    [2**53, 2.0**53],
]
SAME = [(value, other) for values in VALUES for value in values for other in values]
DIFFERENT = [
    (one[-1], other[0]) for one in VALUES for other in VALUES if one is not other
]  # fmt: skip


def diff(old: object, new: object, row_key: object = (), old_key: object = ()) -> TableDiff:
    """Compare what becomes two tables."""
    return diff_table(to_table(old, old_key), to_table(new, row_key))


def kinds(found: TableDiff) -> list[tuple]:
    """Return each row's kind, name and numbers."""
    return [(row.kind, row.name, row.old, row.new) for row in found.rows]


def names_of(table: Table) -> list[str]:
    """Return the names of columns, made unique as the difference does it."""
    names: list[str] = []
    for column in table.columns:
        tries = [column.name, *(f"{column.name} ({number})" for number in range(2, 9))]
        names.append(next(name for name in tries if name not in names))
    return names


def as_dicts(table: Table, wanted: set[str]) -> list[dict]:
    """Return rows as dicts of some of the columns."""
    names = names_of(table)
    return [
        {name: cell for name, cell in zip(names, row, strict=True) if name in wanted}
        for row in table.rows
    ]


def applied(found: TableDiff, old: Table, new: Table) -> tuple[list[dict], list[dict]]:
    """Return what a difference makes of the old rows, and the new rows, in columns of both."""
    shared = set(names_of(old)) & set(names_of(new))
    before, after = as_dicts(old, shared), as_dicts(new, shared)
    made: dict[int, dict] = dict(enumerate(before, 1))
    for change in found.rows:
        if change.kind == "removed":
            del made[change.old]
        elif change.kind == "added":
            made[-change.new] = after[change.new - 1]
        else:
            cells = {cell.column: cell.new for cell in change.cells}
            made[change.old] = made[change.old] | cells
    return list(made.values()), after


def multiset(rows: list[dict]) -> Counter:
    """Return rows without their order, and numbers without how they are written."""
    return Counter(
        frozenset((name, canonical(value)) for name, value in row.items()) for row in rows
    )


def reordered(table: Table, rows: list[int], columns: list[int]) -> Table:
    """Return a table with its rows and columns in another order."""
    return replace(
        table,
        columns=tuple(table.columns[place] for place in columns),
        rows=tuple(tuple(table.rows[number][place] for place in columns) for number in rows),
    )


@st.composite
def reorderings(draw: st.DrawFn) -> tuple[Table, Table]:
    """Give tables of columns with different names, and the same in another order."""
    table = draw(TABLES.filter(lambda table: len(set(table.columns)) == len(names_of(table))))
    table = replace(
        table,
        columns=tuple(
            replace(column, name=name)
            for column, name in zip(table.columns, names_of(table), strict=True)
        ),
    )
    rows = draw(st.permutations(range(len(table.rows))))
    return table, reordered(table, rows, draw(st.permutations(range(len(table.columns)))))


@pytest.mark.parametrize(("value", "other"), SAME, ids=lambda value: repr(value)[:20])
def test_values_that_are_shown_as_the_same_are_equal(value, other):
    assert canonical(value) == canonical(other)
    assert hash(canonical(value)) == hash(canonical(other))


@pytest.mark.parametrize(("value", "other"), DIFFERENT, ids=lambda value: repr(value)[:20])
def test_values_that_only_look_alike_are_not_equal(value, other):
    assert canonical(value) != canonical(other)


@given(strategies.values)
def test_every_value_of_a_record_is_equal_to_itself_and_can_be_looked_up(value):
    assert {canonical(value): 1}[canonical(value)] == 1


@given(strategies.tables())
def test_a_table_does_not_differ_from_itself(table):
    assert diff_table(table, table) == TableDiff(
        diff_table(table, table).row_key, (), (), (), len(table.rows)
    )


@given(reorderings())
def test_the_order_of_rows_and_columns_is_no_change(pair):
    old, new = pair
    found = diff_table(old, new)
    assert (found.columns, found.rows, found.totals) == ((), (), ())
    assert found.unchanged == len(old.rows)


@given(PAIRS)
def test_every_row_is_counted_once(pair):
    old, new = pair
    found = diff_table(old, new)
    stayed = found.unchanged + found.count("changed")
    assert stayed + found.count("removed") == len(old.rows)
    assert stayed + found.count("added") == len(new.rows)
    assert len(found.rows) == sum(map(found.count, ("added", "removed", "changed")))


@given(PAIRS)
def test_a_difference_makes_the_new_rows_of_the_old_ones(pair):
    old, new = pair
    made, wanted = applied(diff_table(old, new), old, new)
    assert multiset(made) == multiset(wanted)


@given(PAIRS)
def test_a_row_is_changed_where_its_cells_are_and_nowhere_else(pair):
    found = diff_table(*pair)
    cells = [cell for row in found.rows for cell in row.cells]
    assert all(canonical(cell.old) != canonical(cell.new) for cell in cells)
    assert all(bool(row.cells) == (row.kind == "changed") for row in found.rows)


@given(PAIRS)
def test_rows_have_their_numbers_in_the_table_that_they_are_of(pair):
    found = diff_table(*pair)
    assert all((row.old is None) == (row.kind == "added") for row in found.rows)
    assert all((row.new is None) == (row.kind == "removed") for row in found.rows)
    olds = [row.old for row in found.rows if row.old is not None]
    assert len(set(olds)) == len(olds)
    assert set(olds) <= set(range(1, len(pair[0].rows) + 1))


@given(PAIRS)
def test_rows_stand_in_the_order_of_the_new_table_and_then_of_the_old(pair):
    found = diff_table(*pair)
    order = [(row.new is None, row.new or row.old) for row in found.rows]
    assert order == sorted(order)
    assert len(set(order)) == len(order)


@given(PAIRS)
def test_rows_that_are_matched_by_a_key_have_equal_ones(pair):
    old, new = pair
    found = diff_table(old, new)
    names = set(found.row_key)
    changed = {cell.column for row in found.rows for cell in row.cells}
    assert not names & changed
    assert all(len(row.name) == len(found.row_key) for row in found.rows)


# Most tables have a row or two of the same key.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(PAIRS)
def test_what_is_added_one_way_is_removed_the_other_where_a_key_is_declared(pair):
    old, new = (replace(table, row_key=("a",)) for table in pair)
    there, back = diff_table(old, new), diff_table(new, old)
    assume(there.row_key == ("a",))
    assert [there.count(kind) for kind in ("added", "removed", "changed")] == [
        back.count(kind) for kind in ("removed", "added", "changed")
    ]


@given(PAIRS)
def test_columns_that_come_or_go_are_told_and_no_others(pair):
    old, new = pair
    found = diff_table(old, new)
    before, after = set(names_of(old)), set(names_of(new))
    assert {change.name for change in found.columns if change.old is None} == after - before
    assert {change.name for change in found.columns if change.new is None} == before - after


def test_rows_are_matched_by_the_declared_row_key():
    old = [{"id": 1, "name": "Ada", "n": 5}, {"id": 2, "name": "Bo", "n": 7}]
    new = [{"id": 2, "name": "Ada", "n": 8}, {"id": 3, "name": "Bo", "n": 7}]
    assert diff(old, new, "id") == TableDiff(
        row_key=("id",),
        columns=(),
        rows=(
            RowChange(
                "changed",
                (2,),
                2,
                1,
                (CellChange("name", "Bo", "Ada", None), CellChange("n", 7, 8, 1)),
            ),
            RowChange("added", (3,), None, 2),
            RowChange("removed", (1,), 1, None),
        ),
        totals=(Total("n", 12, 15, 3),),
        unchanged=0,
    )


def test_a_row_key_may_be_of_several_columns():
    old = {"city": ["Bonn", "Bonn", "Ulm"], "day": [1, 2, 1], "n": [1, 2, 3]}
    new = {"city": ["Ulm", "Bonn", "Bonn"], "day": [2, 2, 1], "n": [3, 5, 1]}
    found = diff(old, new, ["city", "day"])
    assert found.row_key == ("city", "day")
    assert kinds(found) == [
        ("added", ("Ulm", 2), None, 1),
        ("changed", ("Bonn", 2), 2, 2),
        ("removed", ("Ulm", 1), 3, None),
    ]
    assert found.unchanged == 1


def test_the_row_key_of_the_old_table_counts_where_the_new_one_has_none():
    old, new = {"a": [1, 2], "b": [3, 4]}, {"a": [1, 2], "b": [4, 3]}
    assert diff(old, new, old_key="b").row_key == ("b",)
    assert diff(old, new, "a", "b").row_key == ("a",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"id": ["x", "x"], "day": [1, 2]}, {"id": ["x", "y"], "day": [1, 2]}),
        ({"id": ["x", "y"], "day": [1, 2]}, {"id": ["x", "x"], "day": [1, 2]}),
        ({"id": [1, 1.0], "day": [1, 2]}, {"id": [1, 3], "day": [1, 2]}),
        ({"day": [1, 2]}, {"id": ["x", "y"], "day": [1, 2]}),
    ],
    ids=["twice in the old", "twice in the new", "the same number twice", "not in the old"],
)
def test_a_declared_row_key_that_cannot_be_used_falls_back_to_the_guess(old, new):
    assert diff(old, new, "id").row_key == ("day",)


def test_a_declared_row_key_of_no_column_falls_back_to_the_guess():
    table = Table((Column("id", "integer"),), ((1,), (2,)), ("gone",))
    assert diff_table(table, table).row_key == ("id",)


def test_a_declared_row_key_may_have_a_null_and_be_of_any_type():
    old, new = {"on": [True, None], "n": [1, 2]}, {"on": [None, True], "n": [1, 2]}
    assert diff(old, new).row_key == ("n",)
    assert diff(old, new, "on").count("changed") == 2


def test_the_column_is_guessed_that_has_most_in_common():
    old = {"rank": [1, 2, 3], "name": ["Ada", "Bo", "Cy"]}
    new = {"rank": [1, 2, 4], "name": ["Cy", "Ada", "Bo"]}
    assert diff(old, new).row_key == ("name",)
    assert diff(old, {**new, "name": ["Cy", "Ada", "Di"]}).row_key == ("rank",)


@pytest.mark.parametrize(
    "cells", [[0.5, 1.5], [True, False], ["x", None], ["x", "x"], [[1], [2]], [{}, {"a": 1}]]
)
def test_fractions_truth_values_nulls_doubles_and_what_is_nested_are_no_guess(cells):
    assert diff({"a": cells}, {"a": cells[::-1]}).row_key == ()


def test_without_a_key_equal_rows_are_matched_first_and_others_by_position():
    old = {"a": [0.5, 1.5, 2.5, 3.5], "b": ["x", "x", "x", "x"]}
    new = {"a": [9.5, 2.5, 0.5, 8.5, 7.5], "b": ["x", "x", "x", "y", "x"]}
    found = diff(old, new)
    assert kinds(found) == [("changed", (), 2, 1), ("changed", (), 4, 4), ("added", (), None, 5)]
    assert found.rows[1].cells == (CellChange("a", 3.5, 8.5, 5.0), CellChange("b", "x", "y", None))
    assert found.unchanged == 2


def test_rows_that_are_left_over_are_matched_in_the_order_of_both_tables():
    found = diff({"a": [0.5, 1.5, 0.5]}, {"a": [2.5, 3.5, 4.5]})
    assert kinds(found) == [("changed", (), number, number) for number in (1, 2, 3)]


def test_of_rows_that_are_equal_to_each_other_as_many_come_or_go_as_there_are_more_or_fewer():
    rows = [["x", 0.5]]
    assert kinds(diff(rows * 2, rows * 3)) == [("added", (), None, 3)]
    assert kinds(diff(rows * 3, rows * 2)) == [("removed", (), 3, None)]


def test_columns_of_the_same_name_are_told_apart_by_a_number():
    columns = (Column("a", "string"), Column("a", "integer"), Column("a (2)", "integer"))
    old, new = (Table(columns, (("x", n, 3 * n),)) for n in (1, 2))
    found = diff_table(old, new)
    assert [cell.column for cell in found.rows[0].cells] == ["a (2)", "a (2) (2)"]
    assert found.totals == (Total("a (2)", 1, 2, 1), Total("a (2) (2)", 3, 6, 3))


def test_columns_that_come_go_or_hold_other_values_are_told():
    old = {"id": [1], "gone": ["x"], "n": [1]}
    assert diff(old, {"new": [0.5], "id": [1], "n": ["1"]}).columns == (
        ColumnChange("new", None, "number"),
        ColumnChange("n", "integer", "string"),
        ColumnChange("gone", "string", None),
    )


def test_a_column_that_comes_or_goes_does_not_change_its_rows():
    found = diff({"id": [1, 2]}, {"id": [1, 2], "new": [3, 4]})
    assert (found.rows, found.unchanged, found.totals) == ((), 2, ())


def test_a_column_of_nothing_but_null_is_of_the_type_that_it_had():
    assert diff({"a": [1], "b": [None]}, {"a": [None], "b": ["x"]}).columns == ()


@pytest.mark.parametrize("cells", [[], [None]])
def test_a_column_of_nothing_but_null_that_comes_or_goes_is_told(cells):
    assert diff({}, {"a": cells}).columns == (ColumnChange("a", None, "null"),)
    assert diff({"a": cells}, {}).columns == (ColumnChange("a", "null", None),)


@pytest.mark.parametrize(
    ("old", "new", "delta"),
    [
        (1, 3, 2),
        (0.1, 0.3, 0.2),
        (10**400, 10**400 + 1, 1),
        (0.5, 10**400, None),
        (None, 1, None),
        (1, None, None),
        (1, "1", None),
        (1, True, None),
        ([1], [2], None),
    ],
)
def test_a_cell_tells_how_far_a_number_moved(old, new, delta):
    found = diff({"id": ["x"], "a": [old]}, {"id": ["x"], "a": [new]})
    assert found.rows[0].cells == (CellChange("a", old, new, delta),)


def test_a_total_is_of_all_rows_and_of_columns_in_which_a_number_moved():
    old = {"id": ["x", "y"], "n": [1, 2], "same": [1, 2], "text": ["1", "2"], "none": [1, None]}
    new = {"id": ["x", "z"], "n": [4, 7], "same": [1, 9], "text": ["3", "2"], "none": [2, None]}
    assert diff(old, new, "id").totals == (Total("n", 3, 11, 8), Total("none", 1, 2, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([1, 2], [2, 1]),
        ([1, "x"], [2, "x"]),
        ([1, True], [2, True]),
        ([0.5, 10**400], [1.5, 10**400]),
    ],
    ids=["the sum stays", "text", "a truth value", "too large"],
)
def test_a_column_whose_sum_did_not_move_or_is_none_has_no_total(old, new):
    found = diff({"id": ["x", "y"], "n": old}, {"id": ["x", "y"], "n": new}, "id")
    assert found.rows
    assert found.totals == ()


def test_a_total_of_cents_loses_none():
    old = {"id": ["x", "y"], "paid": [123456789012.34, 0.01]}
    new = {"id": ["x", "y"], "paid": [123456789012.34, 0.04]}
    assert diff(old, new).totals == (Total("paid", 123456789012.35, 123456789012.38, 0.03),)


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ([], [], (0, 0, 0)),
        ([], [[1]], (1, 0, 0)),
        ([[1]], [], (0, 1, 0)),
        ({"a": []}, {"a": []}, (0, 0, 0)),
        ({"a": []}, {"a": [1, 2]}, (2, 0, 0)),
        ({"a": [1, 2]}, {"a": []}, (0, 2, 0)),
    ],
)
def test_a_table_may_be_empty(old, new, counts):
    found = diff(old, new)
    assert tuple(map(found.count, ("added", "removed", "changed"))) == counts


def test_tables_without_a_common_column_have_rows_by_position():
    assert diff({"a": [1, 2]}, {"b": [1, 2, 3]}).unchanged == 2


def test_a_large_table_is_compared():
    old = {"id": range(50_000), "x": ["a"] * 50_000, "n": [n / 7 for n in range(50_000)]}
    new = {"id": range(49_999, -1, -1), "x": ["a"] * 50_000, "n": [n / 7 for n in range(50_000)]}
    assert diff(old, new).count("changed") == 50_000


def test_large_tables_without_a_key_are_compared():
    old = {"x": ["a", "b"] * 25_000, "n": [0.5] * 50_000}
    new = {"x": ["a"] * 50_000, "n": [0.5] * 49_999 + [1.5]}
    assert diff(old, new).count("changed") == 25_000


def test_a_count_names_rows_only_where_half_of_them_have_it_in_common():
    def table(*counts: int) -> Table:
        return Table((Column("n", "integer"),), tuple((count,) for count in counts))

    assert diff_table(table(1, 2, 3, 4), table(4, 3, 9, 8)).row_key == ("n",)
    assert diff_table(table(1, 2, 3, 4), table(4, 7, 9, 8)).row_key == ()
