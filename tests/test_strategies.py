"""The examples that laws are tried on are as odd as they are meant to be."""

from __future__ import annotations

import random

import pytest

from artifolio.bodies import BODY_TYPES
from artifolio.headers import Header
from artifolio.lines import TERMINATOR, parse_lines
from artifolio.records import dump_record
from choices import Choices
from oddities import TOKENS, make_text, make_value
from strategies import make_damage, make_record

RANDOM = random.Random(1)
RECORDS = [make_record(Choices(RANDOM.randbytes(384))) for _ in range(2000)]
TEXTS = [make_text(Choices(RANDOM.randbytes(64))) for _ in range(2000)]
VALUES = repr([make_value(Choices(RANDOM.randbytes(128))) for _ in range(4000)])
DAMAGES = [make_damage(Choices(RANDOM.randbytes(384))) for _ in range(2000)]
ALWAYS = {"id", "type", "created", "intact"}
# What comes after a version was made: `tests/laws/test_tombstones.py` tries bodies that are gone.
LATER = {"digest", "header_sha256", "retired"}


def test_choices_that_end_are_the_first_ones():
    choices = Choices(b"\x05")
    assert (choices.below(4), choices.below(4), choices.number(8)) == (1, 0, 0)
    assert make_text(Choices(b"")) == ""


@pytest.mark.parametrize("name", BODY_TYPES)
def test_every_type_is_tried(name):
    assert sum(record.header.type == name for record in RECORDS) > 200


@pytest.mark.parametrize("name", sorted(set(Header.__dataclass_fields__) - ALWAYS - LATER))
def test_every_field_is_tried_and_left_out(name):
    empty = [getattr(record.header, name) in (None, (), {}) for record in RECORDS]
    assert set(empty) == {True, False} or name in ("run", "code")


@pytest.mark.parametrize("token", TOKENS, ids=ascii)
def test_every_token_is_tried_at_the_start_inside_and_at_the_end(token):
    assert any(text.startswith(token) for text in TEXTS)
    assert any(token in text[1:-1] for text in TEXTS)
    assert any(text.endswith(token) for text in TEXTS)


@pytest.mark.parametrize("plane", range(17))
def test_every_plane_of_unicode_is_tried(plane):
    assert any(ord(character) >> 16 == plane for text in TEXTS for character in text)


@pytest.mark.parametrize(
    "value",
    [
        *("", None, True, False, [], {}, 0, -1, 2**53 + 1, 10**400, 10**4300 - 1),
        *(-0.0, 5e-324, 1.7976931348623157e308, 1e-7, 1e16),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_every_odd_value_is_tried(value):
    assert f" {value!r}," in VALUES


def test_values_that_are_deep_are_tried():
    assert "[[[[[[[[[[" in VALUES


def test_both_readers_are_tried():
    quick = [parse_lines(dump_record(record).removesuffix(TERMINATOR)) for record in RECORDS]
    assert 50 < quick.count(None) < 1000


def test_one_accident_and_several_are_tried_on_one_record_and_on_two():
    assert {damage.accidents for damage in DAMAGES} == {1, 2, 3}
    assert {len(damage.originals) for damage in DAMAGES} >= {1, 2, 3}
