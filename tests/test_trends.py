from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.bodies import Column, File, Image, Link, Markdown, Progress, Table
from artifolio.deltas import is_number
from artifolio.trends import MOST_FIGURES, Point, Series, figures_of, find_steps, series_of
from samples import NOON, make_attachment, make_record

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.one_of(st.integers(), FLOATS, st.sampled_from([10**400, -(10**400), 1.7e308]))
COLUMNS = (
    Column("fire", "string"),
    Column("acres", "integer"),
    Column("contained", "number"),
    Column("note", "mixed"),
)
ROWS = (("Oak", 10, 0.5, 1), ("Mill", 20, 1.0, "x"), ("Red", None, None, None))


def figures(body, **fields):
    """Return the figures of a version, in order."""
    record = make_record(body, **fields)
    return list(figures_of(record.header, record.body).items())


def guessed(*columns, row_key=()):
    """Return the names of the figures of a table of two rows that its publisher did not name."""
    cells = {"integer": 1, "number": 0.5, "boolean": True}
    row = tuple(cells.get(column.type, "x") for column in columns)
    return [name for name, _ in figures(Table(columns, (row, row), row_key))]


def versions(*found):
    """Return versions with such figures, oldest first, as `series_of` takes them."""
    return [
        (number, NOON + timedelta(days=number), figures) for number, figures in enumerate(found, 1)
    ]


def make_noise(seed):
    """Return numbers without any meaning, from about 95 to 105."""
    chance = random.Random(seed)
    return [chance.gauss(100, 2) for _ in range(60)]


def shown(series):
    """Return the name of each series with its values by version."""
    return {one.name: {point.number: point.value for point in one.points} for one in series}


def test_whole_columns_are_added_up_and_of_others_the_mean_is_taken():
    assert figures(Table(COLUMNS, ROWS)) == [
        ("acres.sum", 30),
        ("contained.mean", 0.75),
        ("rows", 3),
    ]


def test_declared_figures_win_in_their_order():
    trend = ("rows", "contained.max", "acres.min", "acres.mean", "acres.sum")
    assert figures(Table(COLUMNS, ROWS, (), trend)) == [
        ("rows", 3),
        ("contained.max", 1.0),
        ("acres.min", 10),
        ("acres.mean", 15.0),
        ("acres.sum", 30),
    ]


def test_declared_figures_may_be_of_ids_and_of_the_row_key():
    table = Table((Column("id", "integer"),), ((3,), (4,)), ("id",), ("id.max",))
    assert figures(table) == [("id.max", 4)]


def test_declared_figures_of_one_row_go_by_the_same_names():
    table = Table(COLUMNS, ROWS[:1], (), ("acres.sum", "rows"))
    assert figures(table) == [("acres.sum", 10), ("rows", 1)]


@pytest.mark.parametrize(
    "figure",
    ["gone.sum", "acres", "acres.median", "fire.sum", "fire.max", "note.sum", ".sum", "", "sum"],
)
def test_declared_figures_that_are_no_numbers_are_left_out(figure):
    assert figures(Table(COLUMNS, ROWS, (), (figure, "rows"))) == [("rows", 3)]


def test_least_and_greatest_of_mixed_cells_are_those_of_the_numbers():
    columns = (Column("a.b", "mixed"),)
    rows = ((True,), (None,), ("9",), (2,), (1.5,), ([9],))
    trend = ("a.b.min", "a.b.max")
    assert figures(Table(columns, rows, (), trend)) == [("a.b.min", 1.5), ("a.b.max", 2)]


def test_the_name_of_a_kind_alone_is_no_column_without_a_name():
    columns = (Column("", "integer"),)
    assert figures(Table(columns, ((1,), (2,)), (), ("sum", ".max"))) == [(".max", 2)]


def test_declared_figures_are_looked_for_among_the_first_only():
    trend = tuple(f"gone {number}.sum" for number in range(MOST_FIGURES))
    assert figures(Table(COLUMNS, ROWS, (), (*trend, "rows"))) == []


@pytest.mark.parametrize(
    "name",
    [
        *("id", "ID", "Id", "fire_id", "fire id", "fire-id", "fireId", "FireID", "FireIDs"),
        *("year", "Year", "start_year", "StartYear", "zip", "ZipCode", "code", "month", "day"),
        *("lat", "Latitude", "GPSLatitude", "site.lon", "longitude", "lng", "rank", "no", "nr"),
    ],
)
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_numbers_that_are_names_or_places_are_not_guessed(name, kind):
    assert guessed(Column(name, kind)) == ["rows"]


@pytest.mark.parametrize(
    "name",
    [
        *("paid", "AmountPaid", "acid", "grid", "idle", "codes", "yearly", "flat", "casino"),
        *("duration", "iterations", "generated", "acreage", "pages", "shareholders", "Fläche", ""),
        *("面積", "AcresBurned", "id count", "ACRES"),
    ],
)
def test_other_whole_numbers_are_added_up(name):
    assert guessed(Column(name, "integer")) == [f"{name}.sum", "rows"]


@pytest.mark.parametrize(
    "name",
    ["PercentContained", "percent", "contained %", "error_rate", "Score", "age", "avg size"],
)
def test_of_whole_numbers_that_are_shares_the_mean_is_taken(name):
    assert guessed(Column(name, "integer")) == [f"{name}.mean", "rows"]


def test_the_row_key_is_not_guessed():
    columns = (Column("a", "integer"), Column("b", "integer"))
    assert guessed(*columns, row_key=("a",)) == ["b.sum", "rows"]


def test_truth_values_and_texts_are_not_guessed():
    types = ("boolean", "string", "mixed", "decimal", "null", "date")
    assert guessed(*(Column(kind, kind) for kind in types)) == ["rows"]


def test_four_columns_are_guessed_at_most():
    columns = [Column(letter, "integer") for letter in "abcdef"]
    assert guessed(*columns) == ["a.sum", "b.sum", "c.sum", "d.sum", "rows"]


def test_cells_of_a_single_row_stand_for_themselves():
    assert figures(Table(COLUMNS, ROWS[:1])) == [("acres", 10), ("contained", 0.5)]


def test_empty_cells_of_a_single_row_are_left_out():
    assert figures(Table(COLUMNS, ROWS[2:])) == []


def test_a_table_without_rows_has_none():
    assert figures(Table(COLUMNS, ())) == [("rows", 0)]


def test_columns_without_any_number_are_left_out():
    assert figures(Table(COLUMNS, ROWS[2:] * 2)) == [("rows", 2)]


def test_cells_that_belie_their_type_have_no_sum():
    assert figures(Table(COLUMNS[1:2], ((1,), (True,)))) == [("rows", 2)]
    assert figures(Table(COLUMNS[1:2], (("1",),))) == []


def test_sums_and_means_are_without_what_binary_fractions_add():
    table = Table((Column("a", "number"),), ((0.1,), (0.2,)), (), ("a.sum", "a.mean"))
    assert repr(figures(table)) == "[('a.sum', 0.3), ('a.mean', 0.15)]"


def test_of_progress_the_percent_is_followed():
    assert figures(Progress(62.5)) == [("percent", 62.5)]


@pytest.mark.parametrize(
    "body", [File(make_attachment(b"1234"), "x"), Image(attachment=make_attachment(b"1234"))]
)
def test_of_a_file_the_size_is_followed(body):
    assert figures(body) == [("size", 4)]


@pytest.mark.parametrize(
    "body", [Link("https://example.org"), Markdown("12"), Image(url="https://example.org/a.png")]
)
def test_other_types_have_no_numbers(body):
    assert figures(body) == []


def test_numbers_of_the_metadata_are_followed_and_nothing_else_of_it():
    metadata = {"a": 1, "b": 0.5, "c": "1", "d": True, "e": None, "f": [1], "g": {"a": 1}, "": -2}
    assert figures(Markdown("x"), metadata=metadata) == [
        ("metadata.a", 1),
        ("metadata.b", 0.5),
        ("metadata.", -2),
    ]


def test_the_metadata_comes_after_the_body():
    assert figures(Progress(5.0), metadata={"a": 1}) == [("percent", 5.0), ("metadata.a", 1)]


def test_metadata_without_a_number_hides_no_column_of_its_name():
    table = Table((Column("metadata.a", "integer"),), ((1,),))
    assert figures(table, metadata={"a": "x"}) == [("metadata.a", 1)]


def test_the_first_twelve_numbers_are_kept():
    found = figures(Progress(5.0), metadata={f"m{number}": number for number in range(30)})
    assert [name for name, _ in found] == [
        "percent",
        *(f"metadata.m{number}" for number in range(11)),
    ]


@given(strategies.records())
def test_every_version_has_few_figures_and_all_are_numbers(record):
    found = figures_of(record.header, record.body)
    assert len(found) <= MOST_FIGURES
    assert all(map(is_number, found.values()))


def test_a_record_that_names_very_many_figures_is_read_soon():
    names = [str(number) for number in range(3_000)]
    columns = tuple(Column(name, "integer") for name in names)
    trend = tuple(f"{name}.sum" for name in names * 10)
    table = Table(columns, (tuple(range(3_000)),) * 9, tuple(names), trend)
    assert len(figures(table)) == MOST_FIGURES


def test_no_versions_have_no_series():
    assert series_of([]) == ()


def test_series_are_those_that_the_latest_version_has_in_its_order():
    series = series_of(versions({"a": 1, "b": 2, "gone": 3}, {"b": 4, "a": 5, "new": 6}))
    assert shown(series) == {"b": {1: 2, 2: 4}, "a": {1: 1, 2: 5}, "new": {2: 6}}
    assert [one.name for one in series] == ["b", "a", "new"]


def test_a_latest_version_without_numbers_has_no_series():
    assert series_of(versions({"a": 1}, {})) == ()


def test_a_version_that_lacks_a_number_is_a_gap():
    assert shown(series_of(versions({"a": 1}, {}, {"b": 0}, {"a": 2}))) == {"a": {1: 1, 4: 2}}


def test_points_know_their_version_and_its_time():
    assert series_of(versions({"a": 7})) == (
        Series("a", (Point(1, NOON + timedelta(days=1), 7, False),)),
    )


def test_steps_are_marked_across_gaps():
    found = versions(*[{"a": 1}] * 5, {}, {"a": 9}, {"a": 9})
    (series,) = series_of(found)
    assert [point.number for point in series.points if point.is_step] == [7]


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ([], []),
        ([1], []),
        ([1, 100], []),
        ([5] * 9, []),
        ([5, 5, 5, 5, 9], [4]),
        ([5, 5, 5, 5, 4.9], [4]),
        ([5] * 6 + [9] * 6, [6]),
        ([5] * 6 + [90] + [5] * 6, [6, 7]),
        (list(range(30)), []),
        ([*range(10), *range(100, 110)], [10]),
        ([*range(0, 100, 10), *range(130, 200, 10)], []),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 5.5], [5]),
        ([0, 0, 0, 0, 10**400], [4]),
        ([10**400] * 4 + [0.5], [4]),
        ([-1.7e308, -1.7e308, -1.7e308, -1.7e308, 1.7e308], [4]),
        ([1.7e308, -1.7e308] * 5, []),
        ([10**400, 0] * 5, []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_step_is_far_more_than_the_usual_change(values, steps):
    assert sorted(find_steps(values)) == steps


@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_first_values_are_no_steps(place):
    assert find_steps([5] * place + [500] * 9) == set()


def test_noise_is_no_step():
    noise = [make_noise(seed) for seed in range(100)]
    assert sum(1 for values in noise if find_steps(values)) < 5


def test_a_step_shows_in_noise():
    values = make_noise(3)
    assert find_steps([*values, 200, 200]) == {len(values)}


def test_a_small_change_after_much_larger_ones_is_no_step():
    assert find_steps([0, 1000, 1000, 1000, 1000, 1000, 1001]) == set()


@given(st.lists(NUMBERS, max_size=12))
def test_only_values_that_changed_are_steps(values):
    steps = find_steps(values)
    assert all(index > 3 and values[index] != values[index - 1] for index in steps)


def test_ten_thousand_versions_are_gone_through_once():
    chance = random.Random(5)
    found = versions(
        *({f"f{n}": chance.random() for n in range(12)} for _ in range(9_999)), {"f0": 50}
    )
    (series,) = series_of(found)
    assert len(series.points) == 10_000
    assert series.points[-1].is_step
