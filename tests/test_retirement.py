from __future__ import annotations

import pytest

from artifolio.errors import InvalidValueError
from artifolio.retirement import Retired, Retirement
from samples import NOON

DATA = {"at": "2026-08-01T12:00:00.123Z", "size": 20_133, "figures": {"rows": 2, "loss.mean": 0.5}}


def test_a_retirement_is_written_as_it_is_read():
    found = Retirement.from_data(DATA)
    assert found == Retirement(NOON, 20_133, {"rows": 2, "loss.mean": 0.5})
    assert found.to_data() == DATA


def test_a_retirement_without_figures_names_none():
    assert Retirement(NOON, 0).to_data() == {"at": DATA["at"], "size": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"at": "yesterday", "size": 1},
        {"at": DATA["at"]},
        {"at": DATA["at"], "size": -1},
        {"at": DATA["at"], "size": True},
        {"at": DATA["at"], "size": 1.5},
        {"at": DATA["at"], "size": 1, "figures": []},
        {"at": DATA["at"], "size": 1, "figures": {"rows": "2"}},
        {"at": DATA["at"], "size": 1, "figures": {"rows": True}},
    ],
)
def test_what_is_no_retirement_is_refused(wrong):
    with pytest.raises(InvalidValueError):
        Retirement.from_data(wrong)


def test_programs_read_null_in_the_place_of_a_body():
    assert Retired("table", Retirement(NOON, 1)).to_data() is None
