from __future__ import annotations

import sqlite3
import threading

import pytest

from artifolio import cachefile
from artifolio.cachefile import CacheFile

TABLES = {"facts": ("name", "value")}


@pytest.fixture
def file(tmp_path):
    return CacheFile(tmp_path / "cache" / "x.sqlite", 1, TABLES)


def put(file, name):
    def work(database):
        database.execute("INSERT INTO facts VALUES (?, 1)", (name,))
        return True

    return file.attempt(work)


def names(file):
    return file.attempt(lambda database: [n for (n,) in database.execute("SELECT name FROM facts")])


def test_what_was_put_is_there_for_others(file):
    put(file, "a")
    assert names(CacheFile(file.path, 1, TABLES)) == ["a"]


def test_only_this_user_may_look_into_the_folder(file):
    put(file, "a")
    assert file.path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"no database" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:2000]),
        lambda path: sqlite3.connect(path).execute("PRAGMA application_id = 7").connection.close(),
        lambda path: sqlite3.connect(path).execute("DROP TABLE facts").connection.close(),
    ],
    ids=["another file", "cut off", "of another program", "without its table"],
)
def test_a_file_that_is_not_ours_any_more_is_made_anew(file, spoil):
    put(file, "a")
    file.attempt(lambda database: database.execute("PRAGMA journal_mode = DELETE").fetchall())
    spoil(file.path)
    assert names(file) is None
    assert put(file, "b")
    assert names(file) == ["b"]


@pytest.mark.parametrize(
    ("version", "tables"), [(2, TABLES), (1, {"facts": ("name", "value", "more")})]
)
def test_a_file_of_another_version_is_made_anew(file, version, tables):
    put(file, "a")
    newer = CacheFile(file.path, version, tables)
    assert names(newer) is None
    assert names(newer) == []


def test_a_file_that_another_locks_is_left_alone(file, monkeypatch):
    monkeypatch.setattr(cachefile, "LOCKED_SECONDS", 0.01)
    put(file, "a")
    other = sqlite3.connect(file.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert put(file, "b") is None
    other.close()
    assert names(file) == ["a"]


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    (tmp_path / "cache").write_text("in the way")
    assert put(CacheFile(tmp_path / "cache" / "x.sqlite", 1, TABLES), "a") is None


def test_a_discarded_file_is_gone_and_may_come_back(file):
    put(file, "a")
    file.discard()
    assert not file.path.exists()
    assert names(file) == []


def test_what_one_holds_another_waits_for(file):
    order = []
    is_held = threading.Event()

    def wait_for_it():
        is_held.wait()
        with CacheFile(file.path, 1, TABLES).hold():
            order.append("second")

    thread = threading.Thread(target=wait_for_it)
    thread.start()
    with file.hold():
        is_held.set()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_what_is_held_too_long_is_not_waited_for(file, monkeypatch):
    monkeypatch.setattr(cachefile, "HELD_SECONDS", 0.01)
    with file.hold(), CacheFile(file.path, 1, TABLES).hold():
        pass


def test_holding_does_not_need_the_folder(tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with CacheFile(tmp_path / "cache" / "x.sqlite", 1, TABLES).hold():
        pass


def test_an_error_while_holding_is_passed_on_and_lets_go(file):
    with pytest.raises(ZeroDivisionError), file.hold():
        raise ZeroDivisionError
    with file.hold():
        pass
