from __future__ import annotations

from datetime import datetime, timezone

import pytest

from artifolio.server.selection import moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23", "2026-11-23T00:00:00+00:00"),
        ("2026-11-23T08:13", "2026-11-23T08:13:00+00:00"),
        ("2026-11-23t08:13:05z", "2026-11-23T08:13:05+00:00"),
        ("2026-11-23 08:13:05.5", "2026-11-23T08:13:05.500000+00:00"),
        ("2026-11-23T08:13:05.123456789Z", "2026-11-23T08:13:05.123456+00:00"),
        ("2026-11-23T08:13:05+02:00", "2026-11-23T06:13:05+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
    ],
)
def test_times_are_read_as_people_write_them(text, expected):
    found = moment(text)
    assert found == datetime.fromisoformat(expected)
    assert found.tzinfo is timezone.utc


@pytest.mark.parametrize("text", ["", "now", "2026", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="is no time"):
        moment(text)
