from __future__ import annotations

import pytest

from artifolio.columns import is_name, is_share


@pytest.mark.parametrize(
    "column", ["id", "ownerId", "owner_id", "OWNER ID", "Year", "Latitude", "geo.lon", "zip-code"]
)
def test_numbers_of_such_a_column_are_names_or_places(column):
    assert is_name(column)


@pytest.mark.parametrize("column", ["paid", "AcresBurned", "idle", "grid", "codes_seen", "", "%"])
def test_numbers_of_such_a_column_are_quantities(column):
    assert not is_name(column)


@pytest.mark.parametrize("column", ["PercentContained", "hit_rate", "Share of wins", "%", "age"])
def test_numbers_of_such_a_column_say_nothing_added_up(column):
    assert is_share(column)


@pytest.mark.parametrize(
    "column", ["AcresBurned", "acreage", "duration", "iterations", "pages", ""]
)
def test_numbers_of_such_a_column_may_be_added_up(column):
    assert not is_share(column)
