from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from types import MappingProxyType
from uuid import UUID

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.codec import parse_events
from artifolio.errors import InvalidValueError
from artifolio.lines import MAX_DEPTH as READ_DEPTH
from artifolio.values import MAX_DEPTH, MAX_NAME_LENGTH, is_short_name, to_mapping, to_value
from samples import text_of

NAN = float("nan")
INFINITY = float("inf")


class Color(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Words(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "another text"


class Share(float):
    __slots__ = ()


class NaTType:
    """As pandas names what is no time."""


class NAType:
    """As pandas names what is not available."""

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


class Scalar:
    """As numpy's scalars behave."""

    shape = ()

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value


class Array:
    """As numpy's arrays behave."""

    shape = (2,)

    def tolist(self) -> list[object]:
        return [1, NAN]


@pytest.mark.parametrize(
    ("value", "expected", "kind"),
    [
        (
            np.datetime64("2026-01-02T03:04:05.123456789"),
            "2026-01-02T03:04:05.123456789",
            "datetime",
        ),
        (np.datetime64("2026-01-02T03:04", "m"), "2026-01-02T03:04:00", "datetime"),
        (np.datetime64("2026-01-02"), "2026-01-02", "date"),
        (np.datetime64("12026-01-02", "s"), "12026-01-02T00:00:00", "datetime"),
        (np.datetime64("NaT", "ns"), None, "null"),
        (np.timedelta64(1_500_000_000, "ns"), "PT1.5S", "duration"),
        (np.timedelta64(5, "D"), "P5D", "duration"),
        (np.timedelta64(3, "M"), "P3M", "duration"),
        (np.timedelta64("NaT", "ns"), None, "null"),
        (np.int64(7), 7, "integer"),
        (np.float32(0.5), 0.5, "number"),
        (np.bool_(True), True, "boolean"),
        (np.array(["2026-01-02"], "datetime64[ns]"), ["2026-01-02T00:00:00.000000000"], "list"),
    ],
    ids=repr,
)
def test_numpys_scalars_are_what_they_show(value, expected, kind):
    assert to_value(value, "x") == (expected, kind)


@given(strategies.values)
def test_a_json_value_is_kept_by_value_and_type(value):
    assert repr(to_value(value, "x")[0]) == repr(value)


@pytest.mark.parametrize(
    ("value", "expected", "kind"),
    [
        (None, None, "null"),
        (True, True, "boolean"),
        (7, 7, "integer"),
        (0.5, 0.5, "number"),
        ("a", "a", "string"),
        (NAN, None, "null"),
        (INFINITY, None, "null"),
        (-INFINITY, None, "null"),
        (Share("nan"), None, "number"),
        (NaTType(), None, "null"),
        (NAType(), None, "null"),
        (datetime(2026, 8, 1, 12, 0, 0, 5), "2026-08-01T12:00:00.000005", "datetime"),
        (datetime(2026, 8, 1, tzinfo=timezone.utc), "2026-08-01T00:00:00+00:00", "datetime"),
        (date(2026, 8, 1), "2026-08-01", "date"),
        (time(12, 30), "12:30:00", "time"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4.5), "P1DT2H3M4.5S", "duration"),
        (timedelta(0), "PT0S", "duration"),
        (timedelta(days=2), "P2D", "duration"),
        (timedelta(minutes=5), "PT5M", "duration"),
        (timedelta(microseconds=1), "PT0.000001S", "duration"),
        (-timedelta(hours=1), "-PT1H", "duration"),
        (Decimal("1.10"), "1.10", "decimal"),
        (Decimal("NaN"), None, "decimal"),
        (Decimal("sNaN"), None, "decimal"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001", "uuid"),
        (PurePosixPath("/a/b"), "/a/b", "path"),
        (PureWindowsPath("a\\b"), "a/b", "path"),
        (b"\x00\xff", "AP8=", "bytes"),
        (bytearray(b"a"), "YQ==", "bytes"),
        (memoryview(b"a"), "YQ==", "bytes"),
        (Color.RED, "red", "string"),
        (Level.HIGH, 3, "integer"),
        (Words("a"), "a", "string"),
        (Share(0.5), 0.5, "number"),
        ((1, (2,)), [1, [2]], "list"),
        ({3, 1, 2}, [1, 2, 3], "list"),
        (frozenset("ab"), ["a", "b"], "list"),
        (OrderedDict(b=1, a=NAN), {"b": 1, "a": None}, "object"),
        (MappingProxyType({"a": Color.RED}), {"a": "red"}, "object"),
        ({2: 2, None: 3, True: 4}, {"2": 2, "null": 3, "true": 4}, "object"),
        (
            {date(2026, 8, 1): 1, 0.5: 2, Color.RED: 3},
            {"2026-08-01": 1, "0.5": 2, "red": 3},
            "object",
        ),
        (Scalar(5), 5, "integer"),
        (Scalar(NAN), None, "null"),
        (Scalar(date(2026, 8, 1)), "2026-08-01", "date"),
        (Array(), [1, None], "list"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_python_value_becomes_what_a_reader_expects(value, expected, kind):
    converted = to_value(value, "x")
    assert repr(converted) == repr((expected, kind))


@pytest.mark.parametrize(
    "value",
    [object(), 1j, Fraction(1, 3), lambda: 0, iter([]), {"a": object()}, [range(3)]],
    ids=type,
)
def test_what_has_no_expected_form_is_refused(value):
    with pytest.raises(InvalidValueError, match="convert it"):
        to_value(value, "the cell")


def test_a_refusal_says_where():
    with pytest.raises(InvalidValueError, match=r"^metadata, 'model', 'size': no way"):
        to_mapping({"model": {"size": object()}}, "metadata")


@pytest.mark.parametrize(
    "mapping", [{1: 0, "1": 0}, {None: 0, "null": 0}, {"a": {True: 1, "true": 2}}]
)
def test_two_names_that_become_one_are_refused(mapping):
    with pytest.raises(InvalidValueError, match="two names become"):
        to_mapping(mapping, "metadata")


@pytest.mark.parametrize("name", [(1, 2), b"a", object(), 10**5000], ids=type)
def test_a_name_that_is_not_text_is_refused(name):
    with pytest.raises(InvalidValueError, match="name"):
        to_mapping({name: 1}, "metadata")


@pytest.mark.parametrize("value", [None, [], "a", 5])
def test_what_is_not_a_mapping_is_refused(value):
    with pytest.raises(InvalidValueError, match="a mapping is needed"):
        to_mapping(value, "metadata")


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_a_value_of_the_greatest_depth_is_read_back_and_a_deeper_one_refused():
    deepest = nested(MAX_DEPTH)
    fields = {
        "metadata": to_mapping({"a": deepest[0]}, "metadata"),
        "data": [[to_value(deepest, "x")[0]]],
    }
    assert parse_events(text_of(fields)) == fields
    with pytest.raises(InvalidValueError, match="nested deeper"):
        to_value([nested(MAX_DEPTH + 1)], "x")
    assert MAX_DEPTH + 3 <= READ_DEPTH


def test_a_value_that_holds_itself_is_refused():
    value: list[object] = []
    value.extend([value, value])
    with pytest.raises(InvalidValueError, match="nested deeper"):
        to_value(value, "x")


@given(st.characters(exclude_categories=("Cs",)), st.integers(100, MAX_NAME_LENGTH + 1))
def test_every_name_that_is_accepted_is_read_by_every_reader(character, length):
    name = character * length
    fields = {"metadata": {name: 1} if is_short_name(name) else {}}
    text = text_of(fields)
    assert parse_events(text) == fields
    assert yaml.load(text, Loader=yaml.SafeLoader) == fields


@pytest.mark.parametrize(
    ("character", "longest"),
    [("k", 900), ("漢", 900), ("\U0001f600", 900), ("\x00", 150), ("\x85", 150), ('"', 150)],
)
def test_names_are_accepted_up_to_their_length_as_written(character, longest):
    assert is_short_name(character * longest)
    assert not is_short_name(character * (longest + 1))
    assert to_mapping({character * longest: 1}, "metadata")
    with pytest.raises(InvalidValueError, match="over 900"):
        to_mapping({character * (longest + 1): 1}, "metadata")
