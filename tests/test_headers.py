from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

import strategies
from artifolio.bodies import Markdown
from artifolio.errors import RecordError
from artifolio.headers import FORMAT, header_fields, parse_header, read_header
from artifolio.origins import Code, Run
from artifolio.records import dump_record, parse_record
from samples import NOON, make_record

FULL = make_record(
    Markdown("It fell.\n"),
    updated=NOON,
    description="One line\nand another",
    tags=("a", "b"),
    metadata={"x": 1},
    run=Run("churn", "f-1", "brave-otter", "score", "t-1"),
    code=Code("9fceb02d", "main", False, "https://example.org/r.git"),
    extra={"later": [1]},
)


def head(text: str) -> str:
    """Return what stands before the data."""
    return text[: text.index("\ndata:") + 1]


@given(strategies.records())
def test_the_header_alone_says_what_the_whole_record_says(record):
    text = dump_record(record)
    assert repr(parse_header(head(text))) in ("None", repr(parse_record(text).header))


def test_the_header_of_an_ordinary_record_is_read_without_its_data():
    found = parse_header(head(dump_record(FULL)))
    assert replace(found, digest=None, header_sha256=None) == FULL.header


def test_fields_stand_in_a_fixed_order_and_empty_ones_are_left_out():
    assert list(header_fields(FULL.header)) == (
        "format id key type created updated description tags metadata run code later".split()
    )
    assert list(header_fields(make_record().header)) == "format id key type created".split()
    assert list(header_fields(make_record(key=None).header)) == "format id type created".split()


def test_empty_fields_of_run_and_code_are_left_out():
    fields = header_fields(make_record(run=Run(task="score"), code=Code(dirty=False)).header)
    assert fields["run"] == {"task": "score"}
    assert fields["code"] == {"dirty": False}


def test_a_version_belongs_in_the_folder_of_its_key():
    assert make_record(key="loss").header.path == "loss/20260801T120100123Z-000000000001.yaml"
    assert make_record(key=None).header.path.startswith("_keyless/2026")


def test_versions_are_ordered_by_time_then_id():
    early = make_record(number=9, created=NOON).header
    later = make_record(number=1, created=NOON + timedelta(milliseconds=1)).header
    twin = make_record(number=10, created=NOON).header
    assert sorted([later, twin, early], key=lambda header: header.order) == [early, twin, later]


def test_a_header_that_is_not_canonical_is_left_to_the_whole_reader():
    assert parse_header("# by hand\n" + head(dump_record(FULL))) is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "format is None"),
        (
            {"format": FORMAT},
            "digest is missing; id is missing; type is missing; created is missing",
        ),
        ({"format": 2}, "newer artifolio is needed"),
        ({"format": 0}, "format is 0"),
        ({"format": "1"}, "format is '1'"),
        ({"format": True}, "format is True"),
        ({"format": 1.0}, "format is 1.0"),
    ],
)
def test_what_is_missing_is_named(fields, reason):
    with pytest.raises(RecordError, match=reason):
        read_header(fields, "", "loss/x.yaml")


def test_an_endless_type_is_answered_at_once():
    fields = header_fields(FULL.header) | {"digest": "", "type": "tabel" * 1_000_000}
    with pytest.raises(RecordError, match="unknown type"):
        read_header(fields, "", "loss/x.yaml")


def test_unknown_fields_of_run_and_code_do_not_stop_a_reader():
    fields = header_fields(FULL.header) | {
        "digest": "",
        "run": {"flow": "a", "host": [1]},
        "code": {"x": 1},
    }
    assert read_header(fields, "", "").run == Run("a")
    assert read_header(fields, "", "").code == Code()
