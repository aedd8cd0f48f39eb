"""One record of each type, and each accident that can befall its bits, bytes and lines."""

from __future__ import annotations

from itertools import combinations

import pytest

from accidents import (
    drop_a_line,
    flip_a_bit,
    insert_a_line,
    lines_of,
    repeat_a_line,
    swap_two_lines,
)
from artifolio.records import Record, dump_record, new_header
from oddities import TOKENS
from outcomes import CHANGED, LONGEST_SECONDS, REFUSED, outcome_of, outcomes_for
from samples import make_record, one_of_each_type

SAMPLES = one_of_each_type()
BARE = make_record()
each_type = pytest.mark.parametrize("record", SAMPLES, ids=lambda record: record.header.type)


@pytest.fixture
def good_ones(shared_store, small_stack):
    """Read what was made of a record's file, and give what was taken for good of it."""

    def judge(record, contents, originals=()):
        path = record.header.path
        found = small_stack(lambda: [outcome_of(shared_store, path, item) for item in contents])
        may_be_listed, may_be_read = outcomes_for([record, *originals])
        assert {outcome.listed for outcome in found} <= may_be_listed
        assert {outcome.read for outcome in found} <= may_be_read
        assert max(outcome.seconds for outcome in found) < LONGEST_SECONDS
        return [
            content
            for content, outcome in zip(contents, found, strict=True)
            if outcome.read not in (REFUSED, CHANGED)
        ]

    return judge


def content_of(record):
    return dump_record(record).encode()


@each_type
def test_what_nothing_befell_is_good(record, good_ones):
    content = content_of(record)
    assert good_ones(record, [content]) == [content]


@each_type
def test_what_is_cut_off_at_any_byte_is_good_without_its_last_line_break_only(record, good_ones):
    content = content_of(record)
    cut_off = [content[:end] for end in range(len(content))]
    assert good_ones(record, cut_off) == [content[:-1]]


@each_type
def test_what_lost_its_start_is_never_good(record, good_ones):
    content = content_of(record)
    assert good_ones(record, [content[start:] for start in range(1, len(content) + 1)]) == []


@each_type
def test_what_had_any_bit_flipped_is_not_good_unless_it_is_whole(record, good_ones):
    content = content_of(record)
    flipped = [flip_a_bit(content, number) for number in range(len(content) * 8)]
    assert len(set(flipped)) == len(content) * 8
    good_ones(record, flipped)


@each_type
def test_what_lost_a_byte_or_has_one_twice_is_not_good_unless_it_is_whole(record, good_ones):
    content = content_of(record)
    places = range(len(content))
    good_ones(record, [content[:place] + content[place + 1 :] for place in places])
    good_ones(record, [content[: place + 1] + content[place:] for place in places])


def test_what_lost_any_stretch_of_bytes_is_not_good_unless_it_is_whole(good_ones):
    content = content_of(BARE)
    stretches = combinations(range(len(content) + 1), 2)
    good_ones(BARE, [content[:start] + content[end:] for start, end in stretches])


def test_what_got_a_token_anywhere_is_not_good_unless_it_is_whole(good_ones):
    content = content_of(BARE)
    places = range(len(content) + 1)
    tokens = [token.encode() for token in (*TOKENS, "x" * 99)]
    good_ones(BARE, [content[:at] + token + content[at:] for at in places for token in tokens])


@each_type
def test_what_lost_a_line_is_good_without_the_hash_of_its_header_only(record, good_ones):
    content = content_of(record)
    lines = lines_of(content)
    dropped = [drop_a_line(content, number) for number in range(len(lines))]
    without_hash = b"".join(line for line in lines if not line.startswith(b"header_sha256: "))
    assert good_ones(record, dropped) == [without_hash]


@each_type
def test_what_has_a_line_twice_anywhere_is_not_good_unless_it_is_whole(record, good_ones):
    content = content_of(record)
    numbers = range(len(lines_of(content)))
    places = range(len(numbers) + 1)
    good_ones(record, [repeat_a_line(content, n, place) for n in numbers for place in places])


@each_type
def test_what_got_a_line_from_another_anywhere_is_not_good_unless_it_is_whole(record, good_ones):
    named = {name: getattr(record.header, name) for name in ("id", "key", "created")}
    bare = Record(new_header(record.body, **named), record.body)
    content, lines = content_of(bare), lines_of(content_of(record))
    places = range(len(lines_of(content)) + 1)
    good_ones(bare, [insert_a_line(content, line, place) for line in lines for place in places])


@each_type
def test_what_has_two_lines_swapped_is_not_good_unless_it_is_whole(record, good_ones):
    content = content_of(record)
    pairs = combinations(range(len(lines_of(content))), 2)
    good_ones(record, [swap_two_lines(content, one, other) for one, other in pairs])


@each_type
def test_what_got_its_end_from_another_is_not_good_unless_either_is_whole(record, good_ones):
    ours = lines_of(content_of(record))
    others = [lines_of(content_of(other)) for other in SAMPLES]
    spliced = [
        b"".join(ours[:start] + theirs[end:])
        for theirs in others
        for start in range(1, len(ours))
        for end in range(1, len(theirs))
    ]
    good_ones(record, spliced, SAMPLES)
