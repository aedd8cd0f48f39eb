from __future__ import annotations

from dataclasses import replace

import pytest

from artifolio.entries import Entry
from artifolio.headers import dump_header
from artifolio.origins import Code
from samples import make_record

COMMIT = "0123456789" * 4


def remembered(**fields) -> Entry:
    header = replace(make_record(**fields).header, digest=f"sha256:{'0' * 64}")
    return Entry.remembered(header.path, header.key, header.order, dump_header(header).encode())


@pytest.mark.parametrize("code", [Code(), Code(COMMIT), Code(COMMIT, "main"), Code(branch="x")])
@pytest.mark.parametrize("description", [None, f'\ncode: {{"commit": "{COMMIT[::-1]}"}}\n'])
def test_the_commit_is_found_without_reading_the_header(code, description):
    entry = remembered(code=code, description=description)
    assert entry.commit == entry.header.code.commit == code.commit


def test_without_code_the_header_stays_unread():
    entry = remembered()
    assert entry.commit is None
    assert entry._header is None


@pytest.mark.parametrize("commit", ["main", "", '"', "ABCDEF12", "0" * 65])
def test_a_commit_that_is_none_is_told_as_it_stands(commit):
    assert remembered(code=Code(commit)).commit == commit


def test_a_record_that_was_just_read_tells_its_commit():
    header = make_record(code=Code(COMMIT)).header
    assert Entry(header, header.path).commit == COMMIT
