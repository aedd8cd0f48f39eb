from __future__ import annotations

import pytest

from artifolio.commits import Commit
from artifolio.ranges import Between
from artifolio.website import chronicle as module
from artifolio.website.chronicle import Chronicle

FIRST = Commit("1" * 40, "Ada", 5, "First")
SECOND = Commit("2" * 40, "Grace", None, "Sécond \u2028 <b>")
PAIR = (FIRST.id, SECOND.id)
WHOLE = Commit(SECOND.id, SECOND.author, SECOND.authored, SECOND.subject, (FIRST.id,), 9)


def full(tmp_path, cache):
    chronicle = Chronicle(tmp_path, cache)
    chronicle.add([FIRST], {PAIR: Between(1, 0, (WHOLE,))})
    return chronicle


def test_what_was_added_is_there_without_parents(tmp_path):
    chronicle = full(tmp_path, None)
    assert (chronicle.commit(FIRST.id), chronicle.commit(SECOND.id)) == (FIRST, SECOND)
    assert chronicle.between(PAIR) == Between(1, 0, (SECOND,))
    assert FIRST.id in chronicle
    assert PAIR[::-1] not in chronicle


def test_another_process_reads_the_same(tmp_path):
    full(tmp_path, tmp_path / "cache")
    later = Chronicle(tmp_path, tmp_path / "cache")
    assert FIRST.id not in later
    later.load([FIRST.id, PAIR, "0" * 40])
    assert later.commit(FIRST.id) == FIRST
    assert later.between(PAIR) == Between(1, 0, (SECOND,))


def test_another_folder_has_a_file_of_its_own(tmp_path):
    full(tmp_path, tmp_path / "cache")
    other = Chronicle(tmp_path / "other", tmp_path / "cache")
    other.load([FIRST.id])
    assert FIRST.id not in other


def test_more_than_one_question_can_hold_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    many = [Commit(f"{number:040x}", "Ada", number, "x") for number in range(10)]
    Chronicle(tmp_path, tmp_path / "cache").add(many, {})
    later = Chronicle(tmp_path, tmp_path / "cache")
    later.load([commit.id for commit in many])
    assert [later.commit(commit.id) for commit in many] == many


def test_memory_is_trimmed_and_the_file_is_not(tmp_path, monkeypatch):
    chronicle = full(tmp_path, tmp_path / "cache")
    chronicle.trim()
    assert FIRST.id in chronicle
    monkeypatch.setattr(module, "_KEPT", 2)
    chronicle.trim()
    assert FIRST.id not in chronicle
    chronicle.load([FIRST.id])
    assert FIRST.id in chronicle


def test_a_file_that_has_grown_too_long_is_begun_anew(tmp_path, monkeypatch):
    full(tmp_path, tmp_path / "cache")
    monkeypatch.setattr(module, "_MOST_ROWS", 2)
    Chronicle(tmp_path, tmp_path / "cache").add([SECOND], {})
    later = Chronicle(tmp_path, tmp_path / "cache")
    later.load([FIRST.id, SECOND.id])
    assert (FIRST.id in later, SECOND.id in later) == (False, True)


@pytest.mark.parametrize("value", ["", "[]", "broken", '["Ada", 5]'])
def test_a_row_of_another_hand_does_not_count(tmp_path, value):
    import sqlite3

    full(tmp_path, tmp_path / "cache")
    (file,) = (tmp_path / "cache").glob("history-*.sqlite")
    with sqlite3.connect(file) as database:
        database.execute("UPDATE facts SET value = ?", (value,))
    database.close()
    later = Chronicle(tmp_path, tmp_path / "cache")
    later.load([FIRST.id, PAIR])
    assert (FIRST.id in later, PAIR in later) == (False, False)
