from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio import cachefile
from artifolio.cachefile import CacheFile
from artifolio.website.engine.memory import (
    UNKNOWN,
    Memory,
    MemoryFile,
    Output,
    stamp_file,
    stamp_of,
)

_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
_MORE = st.dictionaries(
    _TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)
_OUTPUTS = st.builds(
    Output, _TEXTS, _TEXTS, st.binary(max_size=32), _TEXTS, st.binary(max_size=32), _MORE
)
_FACTS = {"fingerprint": "x", "state": "whole"}
_A, _B = Output("a", "a.md", b"1", "d", b"2", {"entries": ["{}"]}), Output("b")


@pytest.fixture
def file(tmp_path: Path) -> MemoryFile:
    return file_in(tmp_path)


def file_in(folder: Path, config: str = "mkdocs.yml", site: str = "site") -> MemoryFile:
    return MemoryFile(folder / "cache", folder / config, folder / site)


def database_of(folder: Path) -> Path:
    (path,) = (folder / "cache").glob("site-*.sqlite")
    return path


def saved(folder: Path) -> Path:
    file_in(folder).save(_FACTS, [_A, _B], ())
    return database_of(folder)


@given(facts=st.dictionaries(_TEXTS, _TEXTS, max_size=3), outputs=st.lists(_OUTPUTS, max_size=4))
def test_what_is_saved_is_loaded(tmp_path_factory, facts, outputs):
    file = file_in(tmp_path_factory.mktemp("memory"))
    file.save(facts, outputs, ())
    assert file.load() == Memory(facts, {output.path: output for output in outputs})


def test_only_what_changed_is_saved(file):
    file.save(_FACTS, [_A, _B], ())
    changed = Output("b", "b.md")
    file.save({"state": "half"}, [changed], ["a", "nothing"])
    assert file.load() == Memory({"state": "half"}, {"b": changed})


def test_each_site_has_a_memory_of_its_own(tmp_path):
    file_in(tmp_path).save(_FACTS, [_A], ())
    assert file_in(tmp_path, site="other").load() == Memory()
    assert file_in(tmp_path, config="other.yml").load() == Memory()
    assert file_in(tmp_path).load().facts == _FACTS


def test_what_is_forgotten_is_gone(file):
    file.save(_FACTS, [_A], ())
    file.forget()
    assert file.load() == Memory()


def test_without_a_folder_nothing_is_kept(tmp_path):
    file = MemoryFile(None, tmp_path / "mkdocs.yml", tmp_path / "site")
    file.save(_FACTS, [_A], ())
    with file.hold():
        file.forget()
    assert file.load() == Memory()
    assert file.latest() is None


def test_the_latest_build_is_told(file):
    assert file.latest() is None
    file.save({"build": "1"}, (), ())
    assert file.latest() == "1"


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"garbage" * 999, b"SQLite format 3\0" + bytes(5000)],
    ids=["empty", "short", "garbage", "header only"],
)
def test_a_file_that_is_none_is_no_memory_and_is_made_anew(tmp_path, content):
    saved(tmp_path).write_bytes(content)
    file = file_in(tmp_path)
    assert file.load() == Memory()
    file.save(_FACTS, [_A], ())
    file.save(_FACTS, [_A], ())
    assert file.load().facts == _FACTS


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_file_that_was_cut_off_is_no_memory_or_all_of_it(tmp_path, share):
    path = saved(tmp_path)
    content = path.read_bytes()
    whole = file_in(tmp_path).load()
    path.write_bytes(content[: int(len(content) * share)])
    assert file_in(tmp_path).load() in (Memory(), whole)


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 1",
        "DROP TABLE facts",
        "ALTER TABLE outputs RENAME COLUMN made TO done",
        "UPDATE outputs SET more = '{' WHERE path = 'a'",
    ],
)
def test_a_file_of_another_kind_is_no_memory(tmp_path, statement):
    with sqlite3.connect(saved(tmp_path)) as database:
        database.execute(statement)
    database.close()
    assert file_in(tmp_path).load() == Memory()


def test_a_file_that_is_locked_is_no_memory_and_is_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(cachefile, "LOCKED_SECONDS", 0.01)
    database = sqlite3.connect(saved(tmp_path), isolation_level=None)
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")
    file = file_in(tmp_path)
    file.save({"other": "x"}, (), ())
    database.execute("COMMIT")
    database.close()
    assert file.load() == Memory()


def test_a_folder_in_the_place_of_the_file_does_no_harm(tmp_path):
    path = saved(tmp_path)
    path.unlink()
    path.mkdir()
    file = file_in(tmp_path)
    file.save(_FACTS, (), ())
    assert file.load() == Memory()


def test_stamps_tell_files_from_others(tmp_path):
    path = tmp_path / "a"
    path.write_text("x")
    before = stamp_file(str(path))
    os.utime(path, (1, 1))
    assert before != stamp_file(str(path)) != UNKNOWN
    assert stamp_file(str(tmp_path / "nothing")) == UNKNOWN


def test_stamps_are_made_of_any_numbers():
    assert stamp_of((0, -1, 2**70, 2**64 - 1)) != stamp_of((0, 1, 2**70, 2**64 - 1))


def test_what_cannot_be_remembered_makes_one_forget_the_rest(tmp_path):
    file = MemoryFile(tmp_path / "cache", tmp_path / "mkdocs.yml", tmp_path / "site")
    file.save({"a": "1"}, (), ())
    assert file.load().facts == {"a": "1"}
    with patch.object(CacheFile, "attempt", return_value=None):
        file.save({"a": "2"}, (), ())
    assert file.load() == Memory()
