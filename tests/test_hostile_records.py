"""Hostile records that are more than their text; `test_records` and `test_store` try the texts."""

from __future__ import annotations

import errno
import os
import tracemalloc
from pathlib import Path

import pytest

from artifolio.records import dump_record
from outcomes import LONGEST_SECONDS, timed
from payloads import payloads
from samples import make_record, put


@pytest.fixture
def reasons(store):
    """Say what is wrong with a folder that holds one record, which is not listed."""

    def list_problems() -> str:
        scan = store.scan("loss")
        assert scan.entries == ()
        return "; ".join(str(problem) for problem in scan.problems)

    return list_problems


def test_every_way_in_which_a_record_is_hostile_is_tried():
    ways = {payload.field for payload in payloads("record")}
    assert ways == {"record_file", "record_symlink", "record_unreadable", "record_hardlink_5GB"}


def test_every_hostile_key_is_tried_as_a_key():
    assert {payload.field for payload in payloads("key")} == {"key"}


@pytest.mark.parametrize("payload", payloads("record", field="record_unreadable"), ids=str)
def test_a_record_that_may_not_be_read_is_a_problem(payload, store, reasons, monkeypatch):
    put(store, "loss/x.yaml", dump_record(make_record())).chmod(0)
    really_open = os.open

    def open_unless_forbidden(path, *args):
        # The tests may be root's, whom no mode keeps out.
        if Path(path).stat().st_mode & 0o777 == 0:
            raise PermissionError(errno.EACCES, "Permission denied")
        return really_open(path, *args)

    monkeypatch.setattr(os, "open", open_unless_forbidden)
    assert reasons() == "loss/x.yaml: cannot be read: Permission denied"


@pytest.mark.parametrize("payload", payloads("record", field="record_hardlink_5GB"), ids=str)
def test_a_vast_file_under_another_name_is_a_problem_at_once(payload, store, reasons, tmp_path):
    vast = tmp_path / "vast"
    vast.touch()
    os.truncate(vast, 5 * 2**30)
    put(store, "loss/x", "")
    (store.root / "loss" / "x.yaml").hardlink_to(vast)
    tracemalloc.start()
    problem, seconds = timed(reasons)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problem.startswith("loss/x.yaml: 5368709120 bytes")
    assert seconds < LONGEST_SECONDS
    assert peak < 1_000_000
