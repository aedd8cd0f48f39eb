from __future__ import annotations

import re
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.errors import InvalidKeyError, InvalidValueError
from artifolio.keys import (
    KEYLESS_FOLDER,
    IdMaker,
    check_key,
    folder_for,
    format_time,
    is_key,
    now,
    parse_time,
    stem_for,
    suggestion,
    to_milliseconds,
)
from payloads import payloads

KEY_PAYLOADS = payloads("key") + payloads("field", field="key")


class Name(str, Enum):
    LOSS = "loss"


@pytest.mark.parametrize(
    "key", ["a", "0", "loss", "a-b", "a--b-", "2026", "x" * 120, "con-1", "com10"]
)
def test_a_key_that_keeps_the_rules_is_returned(key):
    assert check_key(key) == key
    assert is_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "-a",
        "A",
        "a_b",
        "a.b",
        "a/b",
        "a\n",
        "\na",
        "ä",
        "x" * 121,
        "con",
        "nul",
        "lpt9",
        "com0",
        "_keyless",
        "a\x00",
        "\u0661",
        "á",
    ],
)
def test_a_key_that_breaks_the_rules_is_refused(key):
    assert not is_key(key)
    with pytest.raises(InvalidKeyError):
        check_key(key)


@pytest.mark.parametrize("payload", KEY_PAYLOADS, ids=str)
def test_a_hostile_key_is_refused(payload):
    with pytest.raises(InvalidKeyError) as caught:
        check_key(payload.text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("key", [None, 1, b"loss", ["loss"], 10**5000], ids=type)
def test_a_key_that_is_not_text_is_refused(key):
    with pytest.raises(InvalidKeyError, match="a key is text"):
        check_key(key)


def test_the_member_of_an_enumeration_becomes_its_text():
    assert type(check_key(Name.LOSS)) is str
    assert f"{check_key(Name.LOSS)}" == "loss"


def test_an_invalid_key_is_answered_with_a_valid_one():
    with pytest.raises(InvalidKeyError, match=r"'My Report!': .* \(for example 'my-report'\)"):
        check_key("My Report!")


@given(strategies.texts)
def test_what_is_suggested_is_always_valid(text):
    hint = suggestion(text)
    assert hint == "" or is_key(hint.split("'")[1])


def test_a_device_name_is_not_suggested():
    assert suggestion("CON") == ""


@given(strategies.texts)
def test_checking_and_telling_agree(text):
    try:
        agreed = check_key(text) == text and is_key(text)
    except InvalidKeyError:
        agreed = not is_key(text)
    assert agreed


def test_versions_without_a_key_have_a_folder_that_no_key_can_have():
    assert folder_for(None) == KEYLESS_FOLDER
    assert not is_key(KEYLESS_FOLDER)
    assert folder_for("loss") == "loss"


def test_a_stem_is_the_time_and_the_tail_of_the_id():
    moment = datetime(2026, 11, 23, 8, 13, 5, 123_999, tzinfo=timezone.utc)
    version_id = UUID("019ab0d6-6f3b-7c1e-9d7a-52f0c1a7e9b4")
    assert stem_for(moment, version_id) == "20261123T081305123Z-52f0c1a7e9b4"


@given(strategies.times, st.uuids())
def test_every_time_and_id_makes_a_stem(moment, version_id):
    assert re.fullmatch("[0-9]{8}T[0-9]{9}Z-[0-9a-f]{12}", stem_for(moment, version_id))


@given(strategies.times, strategies.times)
def test_stems_sort_as_their_times_do(one, other):
    version_id = UUID(int=0)
    assert (one < other) == (stem_for(one, version_id) < stem_for(other, version_id))


@given(strategies.times)
def test_a_time_that_is_written_is_read_back(moment):
    assert parse_time(format_time(moment)) == moment


def test_a_time_is_written_in_utc():
    moment = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert format_time(moment) == "2025-12-31T23:00:00.000Z"


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "2026-11-23",
        "2026-11-23T08:13:05Z",
        "2026-11-23T08:13:05.123",
        "2026-02-30T08:13:05.123Z",
        "2026-11-23T25:13:05.123Z",
        "0000-11-23T08:13:05.123Z",
        "2026-11-23T08:13:05.123Z\n",
        "\u0662026-11-23T08:13:05.123Z",
    ],
)
def test_other_times_are_refused(text):
    with pytest.raises(InvalidValueError):
        parse_time(text)


def test_a_time_is_cut_to_milliseconds_and_never_rounded_up():
    moment = datetime(2026, 1, 1, microsecond=999_999, tzinfo=timezone.utc)
    assert to_milliseconds(moment).microsecond == 999_000


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 1),
        "2026-01-01",
        None,
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
    ],
)
def test_a_time_that_cannot_be_told_in_utc_is_refused(moment):
    with pytest.raises(InvalidValueError, match="created"):
        to_milliseconds(moment)


def test_now_is_aware_and_in_milliseconds():
    assert now().utcoffset() == timedelta(0)
    assert now().microsecond % 1000 == 0


def test_ids_are_of_version_7():
    made = IdMaker()()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_an_id_tells_its_time(monkeypatch):
    monkeypatch.setattr("time.time_ns", lambda: 1_785_585_600_123_000_000)
    assert IdMaker()().int >> 80 == 1_785_585_600_123


def test_ids_only_ever_grow():
    make = IdMaker()
    made = [make() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_ids_grow_while_the_clock_goes_back(monkeypatch):
    times = iter([2_000_000_000_000_000_000, 1_000_000_000_000_000_000] * 2)
    monkeypatch.setattr("time.time_ns", lambda: next(times))
    make = IdMaker()
    made = [make() for _ in range(4)]
    assert made == sorted(set(made))


def test_ids_made_in_many_threads_differ():
    make = IdMaker()
    made: list[UUID] = []
    threads = [
        threading.Thread(target=lambda: made.extend([make() for _ in range(500)])) for _ in range(8)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(set(made)) == 4000


def in_fork(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own, for to fork is not safe where threads may run."""
    lines = "import os, time", "from artifolio.keys import IdMaker", "make = IdMaker()", program
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        timeout=30,
        check=True,
        capture_output=True,
        text=True,
    )


def test_a_forked_process_makes_ids_while_its_parent_holds_the_lock():
    in_fork(
        "with make._lock:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        make()\n"
        "        os._exit(0)\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
    )


def test_forked_processes_make_different_ids():
    done = in_fork(
        "time.time_ns = lambda: 1_785_585_600_123_000_000\n"
        "child = os.fork()\n"
        "os.write(1, f'{make()} '.encode())\n"
        "child and os.waitpid(child, 0)\n"
    )
    one, other = done.stdout.split()
    assert one != other
