"""Records and headers as they are read from their files."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

from artifolio import recordfiles
from artifolio.errors import RecordError
from artifolio.recordfiles import MAX_RECORD_BYTES, read_header, read_record
from artifolio.records import dump_record
from samples import NOON, make_record, one_of_each_type, put, put_record, retire_in
from strategies import mutated, record_texts

PLACE = make_record().header.path


def test_a_record_that_vanishes_meanwhile_is_a_record_error(store):
    with pytest.raises(RecordError, match="cannot be read"):
        read_header(store.root, PLACE)


@pytest.mark.parametrize("size", [5_000_000_000, MAX_RECORD_BYTES + 1])
def test_a_huge_file_is_refused_by_its_size(store, size):
    path = put(store, PLACE, b"")
    os.truncate(path, size)
    with pytest.raises(RecordError, match=f"{size} bytes"):
        read_header(store.root, PLACE)
    with pytest.raises(RecordError, match=f"{size} bytes"):
        read_record(store.root, PLACE)


def test_a_huge_file_with_a_good_start_and_end_is_refused_by_its_size(store):
    path = put_record(store, make_record())
    start = path.read_bytes().removesuffix(b"...\n")
    with path.open("wb") as file:
        file.write(start)
        file.seek(5_000_000_000)
        file.write(b"\n...\n")
    with pytest.raises(RecordError, match="bytes"):
        read_header(store.root, PLACE)


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.header.type)
def test_a_record_cut_off_at_any_byte_is_never_listed_unless_it_is_whole(store, record):
    content = dump_record(record).encode()
    key = record.header.folder
    path = put(store, record.header.path, content)
    listed = []
    for end in range(len(content) - 1, -1, -1):
        os.truncate(path, end)
        listed.extend([end] * len(store.scan(key).entries))
    assert listed in ([], [len(content) - 1])


@given(content=mutated(record_texts))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_listing_and_reading_never_disagree_on_a_mutated_record(store, content):
    put(store, "loss/x.yaml", content)
    listed = [repr(entry.header) for entry in store.scan("loss").entries]
    try:
        read = [repr(read_record(store.root, "loss/x.yaml").header)]
    except RecordError:
        read = listed
    assert listed == read


def test_a_field_after_the_data_never_makes_listing_and_reading_disagree(store):
    text = (
        dump_record(make_record()).replace('key: "loss"\n', "").replace("...", 'key: "loss"\n...')
    )
    put(store, PLACE, text)
    with pytest.raises(RecordError, match="last field"):
        read_record(store.root, PLACE)


@pytest.mark.parametrize("name", ["data:x", "data-x", "dataset"])
def test_a_field_whose_name_begins_like_the_data_is_one_of_the_header(store, name):
    text = dump_record(make_record())
    put(store, PLACE, text.replace("digest:", f'{name}: "y"\ndigest:'))
    (entry,) = store.scan("loss").entries
    assert repr(entry.header) == repr(read_record(store.root, PLACE).header)
    assert dict(entry.header.extra) == {name: "y"}


def test_header_of_what_is_retired_is_read_without_the_yaml_parser(store, monkeypatch):
    record = make_record(metadata={"rows": 1})
    store.add(record)
    retire_in(store, record.header.path)
    monkeypatch.setattr(recordfiles, "read_record", None)
    assert read_header(store.root, record.header.path).retired.figures == {"metadata.rows": 1}


def test_vast_header_of_what_is_retired_is_read_as_well(store):
    record = make_record(description="x" * 100_000)
    store.add(record)
    retire_in(store, record.header.path, NOON)
    assert read_header(store.root, record.header.path).retired.at == NOON
