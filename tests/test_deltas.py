from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.deltas import briefly, difference, is_number, mean, plain, signed, total
from artifolio.lines import MAX_DIGITS

LONGEST = 10**MAX_DIGITS - 1
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
CENTS = st.integers(-(10**13), 10**13).map(lambda cents: cents / 100)


@pytest.mark.parametrize("value", [0, 1, -1, 0.0, -0.5, 1e308, LONGEST])
def test_integers_and_floats_are_numbers(value):
    assert is_number(value)


@pytest.mark.parametrize(
    "value", [True, False, None, "1", [1], {"a": 1}, math.nan, math.inf, -math.inf]
)
def test_nothing_else_is_a_number(value):
    assert not is_number(value)
    assert difference(value, 1) is None
    assert difference(1, value) is None


@pytest.mark.parametrize(
    ("old", "new", "delta"),
    [
        (1, 3, 2),
        (3, 1, -2),
        (0.1, 0.3, 0.2),
        (0.2, 0.30000000000000004, 0.1),
        (100000.1, 100000.3, 0.2),
        (1234567890.1, 1234567890.2, 0.1),
        (1, 1.5, 0.5),
        (1.5, 1, -0.5),
        (1.5, 1.5, 0.0),
        (2.0**53, 2**53 + 1, 1.0),
        (10**400, 10**400 + 1, 1),
        (-LONGEST, 0, LONGEST),
        (0.0, 5e-324, 5e-324),
        (1e-300, 1e300, 1e300),
        (0, 1.7976931348623157e308, 1.79769313486e308),
    ],
)
def test_a_difference_is_that_of_the_numbers_as_they_are_written(old, new, delta):
    assert repr(difference(old, new)) == repr(delta)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (-1.7976931348623157e308, 1.7976931348623157e308),
        (0.5, 10**400),
        (10**400, 0.5),
        (-LONGEST, LONGEST),
    ],
)
def test_a_difference_that_cannot_be_stored_is_none(old, new):
    assert difference(old, new) is None


@given(st.integers(), st.integers())
def test_the_difference_of_integers_is_exact(old, new):
    assert old + difference(old, new) == new


@given(FLOATS, FLOATS)
def test_the_difference_of_floats_is_right_to_eleven_digits(old, new):
    found, exact = difference(old, new), Fraction(repr(new)) - Fraction(repr(old))
    is_near = found is not None and abs(Fraction(found) - exact) <= abs(exact) / 10**11
    assert is_near or abs(exact) > 10**308 or abs(exact) < Fraction(1, 10**307)


@given(FLOATS, FLOATS)
def test_a_difference_has_the_opposite_sign_the_other_way_round(old, new):
    there, back = difference(old, new), difference(new, old)
    assert there == back is None or there == -back


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], 0),
        ([None], 0),
        ([1, None, 2], 3),
        ([0.1, 0.2], 0.3),
        ([0.1] * 10, 1.0),
        ([1 / 3] * 3, 1.0),
        ([1, 0.5], 1.5),
        ([1e16, 1, -1e16], 1.0),
        ([1e300, 1.0, -1e300], 1.0),
        ([1.7976931348623157e308, 1.0, -1.7976931348623157e308, 5e-324], 1.0),
        ([123456789012.34, 0.01], 123456789012.35),
        ([LONGEST, -LONGEST, 1], 1),
    ],
)
def test_a_total_is_that_of_the_numbers_as_they_are_written(values, expected):
    assert repr(total(values)) == repr(expected)


@pytest.mark.parametrize(
    "values",
    [
        [1, "2"],
        [True],
        [1, math.nan],
        [[1]],
        [1e308, 1e308],
        [0.5, 10**400],
        [LONGEST, 1],
    ],
    ids=str,
)
def test_what_has_no_total_that_can_be_stored_has_none(values):
    assert total(values) is None


@given(st.lists(CENTS, max_size=9))
def test_a_total_of_cents_loses_none(values):
    assert round(total(values) * 100) == sum(round(value * 100) for value in values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1], 1.0),
        ([1, 2], 1.5),
        ([1, None, 2, None], 1.5),
        ([0.1, 0.2], 0.15),
        ([0.1] * 3, 0.1),
        ([1, 0, 0], 0.333333333333),
        ([1e16, 1, -1e16], 0.333333333333),
        ([-5, 5], 0.0),
        ([10**20, 10**20], 1e20),
        ([1e308, 5e307], 7.5e307),
        ([5e-324], 5e-324),
    ],
)
def test_a_mean_is_that_of_what_is_not_null(values, expected):
    assert repr(mean(values)) == repr(expected)


@pytest.mark.parametrize(
    "values",
    [[], [None], [1, "2"], [True], [math.nan], [1e308, 1e308], [10**400], [LONGEST, 1]],
    ids=lambda value: str(value)[:30],
)
def test_what_has_no_mean_that_can_be_stored_has_none(values):
    assert mean(values) is None


@given(st.lists(CENTS, min_size=1, max_size=9))
def test_a_mean_lies_between_the_least_and_the_greatest(values):
    room = max(map(abs, values)) / 10**11
    assert min(values) - room <= mean(values) <= max(values) + room


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (12040, "12,040"), (-0.5, "-0.5"), (2.0, "2"), (1e300, "1e+300"), (10**24, "1e+24")],
)
def test_a_number_is_written_with_commas(number, text):
    assert plain(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "+0"),
        (1, "+1"),
        (-1, "-1"),
        (12040, "+12,040"),
        (-1234567, "-1,234,567"),
        (0.5, "+0.5"),
        (-0.5, "-0.5"),
        (2.0, "+2"),
        (12040.25, "+12,040.25"),
        (1e-7, "+1e-07"),
        (1e300, "+1e+300"),
        (10**24 - 1, "+999,999,999,999,999,999,999,999"),
        (10**24, "+1e+24"),
        (-(10**400), "-1e+400"),
        (1234567890123456 * 10**400, "+1.23456789012e+415"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_change_is_written_with_its_sign_and_commas(number, text):
    assert signed(number) == text


@pytest.mark.parametrize("number", [LONGEST, -LONGEST, 1.7976931348623157e308])
def test_a_change_is_short_however_large_it_is(number):
    assert len(signed(number)) < 40


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((-0.0833333333333, "-0.08333"), (0.05, "+0.05"), (12040, "+12,040")),
        *((1234567.891, "+1,234,567.9"), (99.96, "+99.96"), (-2.0, "-2"), (1.5e-9, "+1.5e-09")),
    ],
)
def test_a_change_is_told_briefly_without_losing_what_stands_before_the_point(number, text):
    assert briefly(number) == text


def test_the_total_of_one_number_is_that_number():
    assert total([None, 1 / 3]) == 1 / 3
    assert total([1 / 3, 0.0]) == 0.333333333333333
