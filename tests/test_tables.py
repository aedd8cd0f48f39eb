from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.errors import InvalidValueError
from artifolio.tables import to_table


def content(table: object) -> tuple[dict[str, str], list[list[object]]]:
    """Return a table's columns with their types, and its rows."""
    converted = to_table(table)
    return (
        {column.name: column.type for column in converted.columns},
        [list(row) for row in converted.rows],
    )


def test_rows_as_dicts_keep_the_columns_in_order_of_first_appearance():
    rows = [{"name": "Ada", "score": 0.9}, {"score": 0.5, "city": "Bonn"}]
    assert content(rows) == (
        {"name": "string", "score": "number", "city": "string"},
        [["Ada", 0.9, None], [None, 0.5, "Bonn"]],
    )


def test_columns_as_lists_become_rows():
    assert content({"a": [1, 2], "b": ["x", "y"]}) == (
        {"a": "integer", "b": "string"},
        [[1, "x"], [2, "y"]],
    )


def test_rows_as_lists_get_numbered_columns():
    assert content([[1, "x"], (2, "y")]) == (
        {"1": "integer", "2": "string"},
        [[1, "x"], [2, "y"]],
    )


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        ([], {}, 0),
        ({}, {}, 0),
        ({"a": []}, {"a": "null"}, 0),
        ([{"a": None}], {"a": "null"}, 1),
        (iter([{"a": 1}]), {"a": "integer"}, 1),
        ({"a": iter([1, 2])}, {"a": "integer"}, 2),
        ({"a": range(3)}, {"a": "integer"}, 3),
        ([{"": 1}], {"": "integer"}, 1),
    ],
)
def test_a_table_may_be_small_or_an_iterator(table, columns, rows):
    found = content(table)
    assert (found[0], len(found[1])) == (columns, rows)


@pytest.mark.parametrize(
    ("cells", "values", "kind"),
    [
        ([1, 2], [1, 2], "integer"),
        ([1, None], [1, None], "integer"),
        ([1, 0.5], [1, 0.5], "number"),
        ([0.5, float("nan")], [0.5, None], "number"),
        ([0.5, float("inf"), None], [0.5, None, None], "number"),
        ([True, False], [True, False], "boolean"),
        ([True, 1], [True, 1], "mixed"),
        (["1", 1], ["1", 1], "mixed"),
        ([date(2026, 8, 1), None], ["2026-08-01", None], "date"),
        ([Decimal("1.50")], ["1.50"], "decimal"),
        ([[1], [2]], [[1], [2]], "list"),
        ([{"a": 1}], [{"a": 1}], "object"),
        ([None, None], [None, None], "null"),
        ([-0.0], [-0.0], "number"),
    ],
)
def test_a_column_has_the_type_of_its_cells(cells, values, kind):
    found = content({"a": cells})
    assert repr(found) == repr(({"a": kind}, [[value] for value in values]))


@given(st.lists(st.lists(strategies.values, min_size=3, max_size=3), max_size=5))
def test_every_json_cell_is_kept_by_value_and_type(rows):
    assert repr([list(row) for row in to_table(rows).rows]) == repr(rows)


@given(st.lists(st.dictionaries(strategies.names, strategies.scalars, max_size=4), max_size=4))
def test_a_list_of_dicts_keeps_every_cell_under_its_name(rows):
    table = to_table(rows)
    names = [column.name for column in table.columns]
    kept = [dict(zip(names, row, strict=True)) for row in table.rows]
    expected = [{name: row.get(name) for name in names} for row in rows] if names else []
    assert repr(kept) == repr(expected)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("abc", "not str"),
        (b"abc", "not bytes"),
        (5, "not int"),
        (None, "not NoneType"),
        (["abc"], "row 1"),
        ([1], "row 1"),
        ([{"a": 1}, [1]], "row 1"),
        ([[1], {"a": 1}], "row 2"),
        ([[1], [1, 2]], "row 2: it has 2 cells, the first row has 1"),
        ({"a": [1], "b": [1, 2]}, "column 'b': it has 2 cells"),
        ({"a": "xy"}, "column 'a'"),
        ({"a": 5}, "column 'a'"),
        ({"a": {"b": 1}}, "column 'a'"),
        ([{1: 0, "1": 0}], "two columns are named '1'"),
        ([{(1, 2): 0}], "column name"),
        ([{"a": object()}], "column 'a', row 1"),
        ([{"a": 1}, {"a": object()}], "column 'a', row 2"),
    ],
)
def test_what_is_no_table_is_refused_with_the_place(table, reason):
    with pytest.raises(InvalidValueError, match=reason):
        to_table(table)


@pytest.mark.parametrize(
    ("row_key", "kept"),
    [
        ((), ()),
        ("id", ("id",)),
        (["id"], ("id",)),
        (("day", "id"), ("day", "id")),
        (iter(["id", "day"]), ("id", "day")),
        (["id", "day", "id"], ("id", "day")),
        ("", ("",)),
    ],
)
def test_a_row_key_is_one_name_or_several_each_once(row_key, kept):
    assert to_table({"id": [1], "day": [2], "": [3]}, row_key).row_key == kept


def test_a_row_key_may_name_columns_that_were_numbered():
    assert to_table([[1, "x"]], "2").row_key == ("2",)


@pytest.mark.parametrize(
    ("table", "row_key", "reason"),
    [
        ({"id": [1], "day": [2]}, "ids", "no column 'ids'; there are 'id', 'day'"),
        ({"id": [1]}, ["id", "day"], "no column 'day'; there are 'id'"),
        ({"id": [1]}, [["id"]], r"no column \['id'\]; there are 'id'"),
        ([[1]], [1], "no column 1; there are '1'"),
        ({"a\nb": [1]}, "a", r"no column 'a'; there are 'a\\+nb'"),
        ([], "id", "no column 'id'; there are none"),
    ],
)
def test_a_row_key_that_is_no_column_is_refused_with_those_there_are(table, row_key, reason):
    with pytest.raises(InvalidValueError, match=f"^row_key: {reason}$"):
        to_table(table, row_key)


@pytest.mark.parametrize(
    ("trend", "kept"),
    [
        ((), ()),
        ("rows", ("rows",)),
        ("id.sum", ("id.sum",)),
        (["id.sum", "rows", "a.b.max", ".min"], ("id.sum", "rows", "a.b.max", ".min")),
        (iter(["id.mean", "id.max"]), ("id.mean", "id.max")),
        (["id.sum", "rows", "id.sum", "rows"], ("id.sum", "rows")),
        ("rows.sum", ("rows.sum",)),
    ],
)
def test_a_trend_is_one_figure_or_several_each_once(trend, kept):
    assert to_table({"id": [1], "a.b": [2], "": [3], "rows": [4]}, trend=trend).trend == kept


def test_the_name_of_a_kind_alone_is_no_column_without_a_name():
    with pytest.raises(InvalidValueError, match="'sum' is neither"):
        to_table({"": [1]}, trend="sum")


def test_a_trend_may_name_columns_that_were_numbered():
    assert to_table([[1, "x"]], trend="1.sum").trend == ("1.sum",)


def test_rows_may_be_followed_where_there_are_no_columns():
    assert to_table([], trend="rows").trend == ("rows",)


_NEITHER = "is neither rows nor a column with one of sum, mean, min, max"


@pytest.mark.parametrize(
    ("trend", "reason"),
    [
        ("id", f"'id' {_NEITHER}"),
        ("", f"'' {_NEITHER}"),
        ("id.median", f"'id.median' {_NEITHER}"),
        ("id.SUM", f"'id.SUM' {_NEITHER}"),
        (["rows", 1], f"1 {_NEITHER}"),
        ([["id.sum"]], rf"\['id.sum'\] {_NEITHER}"),
        ([None], f"None {_NEITHER}"),
        ("sum", f"'sum' {_NEITHER}"),
        ("ids.sum", "no column 'ids'; there are 'id', 'day'"),
        (".sum", "no column ''; there are 'id', 'day'"),
        ("a\nb.sum", r"no column 'a\\+nb'; there are 'id', 'day'"),
    ],
)
def test_a_trend_that_is_no_figure_is_refused(trend, reason):
    with pytest.raises(InvalidValueError, match=f"^trend: {reason}$"):
        to_table({"id": [1], "day": [2]}, trend=trend)


def test_a_table_of_5000_columns_is_a_table():
    assert len(to_table([{f"column {n}": n for n in range(5000)}]).columns) == 5000
