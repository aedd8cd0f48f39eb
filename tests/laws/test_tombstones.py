"""What stays of a version whose body was removed keeps the laws of records."""

from __future__ import annotations

import pytest
from hypothesis import given

import strategies
from accidents import drop_a_line, flip_a_bit, lines_of
from artifolio.headers import parse_header
from artifolio.lines import TERMINATOR
from artifolio.records import dump_record, parse_record, retire
from outcomes import CHANGED, REFUSED, outcome_of, outcomes_for, readings, shape
from profiles import lesser_law
from samples import NOON, one_of_each_type

FIGURES = {"rows": 2, "loss.mean": 1e-7, "metadata.n": -(10**30)}
SAMPLES = [
    parse_record(dump_record(retire(parse_record(dump_record(record)), NOON, FIGURES)))
    for record in one_of_each_type()
]
each_type = pytest.mark.parametrize("record", SAMPLES, ids=lambda record: record.header.type)


@lesser_law
@given(strategies.records())
def test_what_stays_is_read_by_every_way_as_it_was_written(round_number, record):
    published = parse_record(dump_record(record))
    text = dump_record(retire(published, NOON, FIGURES))
    found = parse_record(text)
    assert found.intact
    assert found.header.digest == published.header.digest
    assert dump_record(found) == text
    assert len(set(readings(text))) == 1
    assert shape(found) == shape(retire(published, NOON, FIGURES))
    header = parse_header(text.removesuffix(TERMINATOR))
    assert header is None or repr(header) == repr(found.header)


@lesser_law
@given(strategies.records())
def test_a_store_lists_what_it_reads_of_what_stays(shared_store, round_number, record):
    remains = parse_record(dump_record(retire(parse_record(dump_record(record)), NOON, FIGURES)))
    path = remains.header.path
    outcome = outcome_of(shared_store, path, dump_record(remains).encode())
    may_be_listed, may_be_read = outcomes_for([remains])
    assert outcome.listed in may_be_listed - {REFUSED, CHANGED}
    assert outcome.read in may_be_read - {REFUSED, CHANGED}


def damaged(store, record, contents):
    """Return what was taken for good of a file that something befell."""
    path = record.header.path
    may_be_listed, may_be_read = outcomes_for([record])
    found = [outcome_of(store, path, content) for content in contents]
    assert {outcome.listed for outcome in found} <= may_be_listed
    assert {outcome.read for outcome in found} <= may_be_read
    good = zip(contents, found, strict=True)
    return [content for content, outcome in good if outcome.read not in (REFUSED, CHANGED)]


@each_type
def test_what_lost_any_line_is_not_good_not_even_without_the_hash(shared_store, record):
    content = dump_record(record).encode()
    dropped = [drop_a_line(content, number) for number in range(len(lines_of(content)))]
    assert damaged(shared_store, record, dropped) == []


@each_type
def test_what_is_cut_off_is_good_without_its_last_line_break_only(shared_store, record):
    content = dump_record(record).encode()
    cut_off = [content[:end] for end in range(len(content))]
    assert damaged(shared_store, record, cut_off) == [content[:-1]]


@each_type
def test_what_had_any_bit_flipped_is_not_good_unless_it_is_whole(shared_store, record):
    content = dump_record(record).encode()
    damaged(shared_store, record, [flip_a_bit(content, n) for n in range(len(content) * 8)])


@each_type
def test_what_has_its_data_again_is_not_good(shared_store, record):
    content = dump_record(record).encode()
    again = content.replace(b"\n...\n", b'\ndata: {"percent": 1.0}\n...\n')
    assert damaged(shared_store, record, [again]) == []
