"""A record that is published is read back the same, by whatever reads it."""

from __future__ import annotations

from hypothesis import given

import strategies
from outcomes import check_round_trip
from profiles import law


@law
@given(strategies.records())
def test_a_record_is_read_by_every_way_as_it_was_published(round_number, record):
    check_round_trip(record)
