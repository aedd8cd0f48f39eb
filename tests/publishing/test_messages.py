from __future__ import annotations

import subprocess

import pytest

from artifolio.publishing.indexes import Change
from artifolio.publishing.messages import (
    SUBJECT_CHARACTERS,
    checked_message,
    count_versions,
    default_message,
    in_words,
)
from payloads import payloads

STEM = "20260801T090000000Z-0123456789ab"


def new(key: str, number: int = 0, status: str = "A") -> Change:
    return Change(status, f"{key}/{STEM[:-3]}{number:03}.yaml")


def test_one_version_is_told_by_its_key():
    assert default_message([new("loss")]) == "Publish 1 version of loss\n\n- loss 1 new\n"


def test_several_keys_are_counted_and_named():
    changes = [new("loss"), new("gain"), new("gain", 1, "D"), new("gain", 2, "M")]
    assert default_message(changes) == (
        "Publish 4 versions of 2 keys (gain, loss)\n\n"
        "- gain 1 changed, 1 deleted, 1 new\n- loss 1 new\n"
    )


@pytest.mark.parametrize(("status", "verb"), [("A", "Publish"), ("M", "Update"), ("D", "Delete")])
def test_the_verb_is_that_of_all_changes(status, verb):
    assert default_message([new("loss", 0, status)]).startswith(f"{verb} 1 version of loss\n")


def test_versions_without_a_key_say_so():
    assert default_message([new("_keyless")]).startswith("Publish 1 version without a key\n")


def test_pins_are_told_beside_the_versions():
    changes = [new("loss"), Change("M", "loss/production.pin"), Change("D", "gain/old.pin")]
    assert in_words(changes) == "1 version of loss and 2 pins of 2 keys"
    assert default_message(changes) == (
        "Publish 1 version of loss\n\n- loss 1 new\n- 2 pins of 2 keys\n"
    )
    assert default_message(changes[1:2]) == "Change 1 pin of loss\n"


def test_what_is_no_record_does_not_count():
    changes = [Change("A", "loss/.keep"), Change("A", f"loss/{STEM}.png"), new("loss")]
    assert {key: dict(count) for key, count in count_versions(changes).items()} == {
        "loss": {"new": 1}
    }


def test_long_keys_and_many_keys_fit():
    changes = [new("k" * 100 + str(number)) for number in range(300)]
    lines = default_message(changes).splitlines()
    assert len(lines[0]) <= SUBJECT_CHARACTERS
    assert lines[-1] == "- and 200 more keys"


def test_one_long_key_is_cut_in_the_subject():
    assert len(default_message([new("k" * 120)]).splitlines()[0]) == SUBJECT_CHARACTERS


@pytest.mark.parametrize("key", ["signed-off-by", "co-authored-by", "reviewed-by", "fixes"])
def test_no_key_makes_a_trailer(key):
    told = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=default_message([new(key), new("other")]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == ""


@pytest.mark.parametrize(
    "text", [payload.text for payload in payloads("git", field="commit_message_from_record")]
)
def test_a_message_cannot_steer_a_terminal(text):
    assert "\x1b" not in checked_message(f"{text}\r\n\n{text}\0")
    assert checked_message("a\n\tb\n") == "a\n\tb\n"
