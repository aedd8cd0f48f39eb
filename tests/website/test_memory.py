from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.website.memory import Memory
from artifolio.website.units import Folder, Made
from strategies import texts

NAMES = st.text("abc-0123456789.", min_size=1, max_size=20)
NUMBERS = st.integers(0, 2**63 - 1)
LISTS = st.lists(texts, max_size=3).map(tuple)

folders = st.builds(
    Folder,
    texts,
    st.lists(st.builds(Made, texts, texts, LISTS, texts, LISTS), max_size=3).map(tuple),
    st.dictionaries(texts, texts, max_size=3),
    st.dictionaries(NAMES, st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=3),
    texts,
    texts,
)
ONE = Folder("x", outputs={"a.md": (1, 2, 3, 4)}, card="<li>", row="[]")
OTHER = Folder("y")


def memory(base: Path, foundation: bytes = b"f") -> Memory:
    return Memory(base / "cache", base / "site_src", base / "artifacts", foundation)


@given(st.dictionaries(NAMES, folders, max_size=3))
def test_what_is_saved_is_loaded_by_another_process(tmp_path_factory, made):
    base = tmp_path_factory.mktemp("memory")
    memory(base).save(made)
    assert memory(base).load() == made


def test_the_stamp_is_saved_with_what_was_made(tmp_path):
    memory(tmp_path).save({"a": ONE}, "first")
    later = memory(tmp_path)
    assert later.stamp == ""
    made = later.load()
    assert later.stamp == "first"
    later.save(made, "second")
    again = memory(tmp_path)
    again.load()
    assert (again.stamp, rows(tmp_path)) == ("second", ["a"])


def test_without_a_cache_folder_nothing_is_remembered(tmp_path):
    found = Memory(None, tmp_path, tmp_path, b"")
    found.save({"a": ONE})
    assert found.load() == {}


def test_rows_of_another_foundation_are_of_no_use(tmp_path):
    memory(tmp_path).save({"a": ONE})
    assert memory(tmp_path, b"g").load() == {}


def test_rows_that_are_of_no_use_are_deleted(tmp_path):
    memory(tmp_path).save({"a": ONE, "b": ONE})
    other = memory(tmp_path, b"g")
    other.load()
    other.save({"a": ONE})
    assert rows(tmp_path) == ["a"]


def test_only_rows_that_changed_are_written(tmp_path, monkeypatch):
    found = memory(tmp_path)
    found.save({"a": ONE, "b": ONE})
    written: list[str] = []
    row = Memory._row

    def noted(self: Memory, folder: str, made: Folder):
        written.append(folder)
        return row(self, folder, made)

    monkeypatch.setattr(Memory, "_row", noted)
    later = memory(tmp_path)
    loaded = later.load()
    later.save(loaded | {"b": OTHER})
    found.save({"a": ONE, "b": ONE})
    assert written == ["b"]


@pytest.mark.parametrize("column", ["folder", "units", "names", "identities", "seal"])
@pytest.mark.parametrize("value", [b"", b"x", None, "text", 1])
def test_a_row_that_was_damaged_is_left_out(tmp_path, column, value):
    memory(tmp_path).save({"a": ONE, "b": OTHER})
    with sqlite3.connect(next((tmp_path / "cache").glob("pages-*.sqlite"))) as database:
        database.execute(f"UPDATE folders SET {column} = ? WHERE folder = ?", (value, b"a"))
    database.close()
    assert memory(tmp_path).load() == {"b": OTHER}


def test_sites_of_other_places_have_memories_of_their_own(tmp_path):
    memory(tmp_path).save({"a": ONE})
    elsewhere = Memory(tmp_path / "cache", tmp_path / "other", tmp_path / "artifacts", b"f")
    assert elsewhere.load() == {}


def test_what_could_not_be_saved_is_tried_again(tmp_path):
    cache = tmp_path / "cache"
    cache.write_text("in the way")
    found = memory(tmp_path)
    found.save({"a": ONE})
    cache.unlink()
    found.save({"a": ONE})
    assert memory(tmp_path).load() == {"a": ONE}


def rows(base: Path) -> list[str]:
    database = sqlite3.connect(next((base / "cache").glob("pages-*.sqlite")))
    try:
        return [name.decode() for (name,) in database.execute("SELECT folder FROM folders")]
    finally:
        database.close()
