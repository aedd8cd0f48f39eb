from __future__ import annotations

import ctypes
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifolio.bodies import Markdown, Progress
from artifolio.catalog import build_catalog
from artifolio.entries import Scan
from artifolio.index import Index
from artifolio.records import dump_record
from artifolio.store import Store
from samples import make_id, make_record, one_of_each_type, put, put_record

if TYPE_CHECKING:
    from collections.abc import Callable

LONG_AGO = 1_600_000_000


class WatchedStore(Store):
    """A store that tells which records' files were opened."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.opened: list[str] = []

    def read_header(self, path: str):
        self.opened.append(path)
        return super().read_header(path)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def filled(store):
    """A store with a record of each type and one without a key, none of them just written."""
    for record in (*one_of_each_type(), make_record(key=None, number=9)):
        put_record(store, record)
    settle(store)
    return store


def settle(store: Store) -> None:
    """Let the files have been written long ago, each at a time of its own."""
    for number, path in enumerate(sorted(store.root.rglob("*.yaml"))):
        os.utime(path, (LONG_AGO + number, LONG_AGO + number))


def plain(store: Store) -> dict[str, Scan]:
    return {folder: store.scan(folder) for folder in store.folders()}


def opened_by(store: Store, cache: Path | None) -> list[str]:
    """Scan all, see that it is right, and return which records were opened for it."""
    watched = WatchedStore(store.root)
    assert Index(watched, cache).scans() == plain(store)
    return watched.opened


def database(cache: Path) -> Path:
    (path,) = cache.glob("*.sqlite")
    return path


def test_what_was_read_once_is_not_opened_again(filled, cache):
    assert len(opened_by(filled, cache)) == 8
    assert opened_by(filled, cache) == []


def test_without_a_folder_everything_is_read_each_time(filled):
    assert len(opened_by(filled, None)) == 8
    assert len(opened_by(filled, None)) == 8


def test_only_what_is_new_is_opened(filled, cache):
    opened_by(filled, cache)
    new = put_record(filled, make_record(key="sample-link", number=20))
    assert opened_by(filled, cache) == [new.relative_to(filled.root).as_posix()]


def test_what_was_deleted_is_forgotten(filled, cache):
    opened_by(filled, cache)
    (record,) = filled.scan("sample-link").entries
    filled.delete(record)
    assert opened_by(filled, cache) == []
    assert Index(filled, cache).scans()["sample-link"] == Scan()


def test_a_folder_that_is_gone_is_forgotten(filled, cache):
    opened_by(filled, cache)
    (path,) = (filled.root / "sample-link").glob("*.yaml")
    path.unlink()
    path.parent.rmdir()
    assert "sample-link" not in Index(filled, cache).scans()
    with sqlite3.connect(database(cache)) as connection:
        folders = [name for (name,) in connection.execute("SELECT folder FROM folders")]
    assert b"sample-link" not in folders
    assert len(folders) == 6


CHANGES: dict[str, Callable[[Path], object]] = {
    "size": lambda path: path.write_text(path.read_text().replace("churn", "chur")),
    "time": lambda path: path.write_text(path.read_text().replace("churn", "burnt")),
    "inode": lambda path: anew(path, path.read_text().replace("churn", "burnt")),
}


def anew(path: Path, text: str) -> None:
    """Put another file of the same size and time in a file's place."""
    status = path.stat()
    other = path.with_name(".other")
    other.write_text(text)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("how", CHANGES)
def test_a_file_of_another_size_time_or_inode_is_opened(filled, cache, how):
    opened_by(filled, cache)
    (path,) = (filled.root / "sample-progress").glob("*.yaml")
    CHANGES[how](path)
    assert opened_by(filled, cache) == [path.relative_to(filled.root).as_posix()]


def test_a_file_that_was_just_written_is_not_remembered_yet(filled, cache):
    put_record(filled, make_record(key="sample-link", number=20))
    assert len(opened_by(filled, cache)) == 9
    assert len(opened_by(filled, cache)) == 1
    settle(filled)
    opened_by(filled, cache)
    assert opened_by(filled, cache) == []


def test_a_record_with_a_problem_is_read_each_time_and_hides_no_other(filled, cache):
    put(filled, "sample-link/broken.yaml", "format: 1\n")
    put_record(filled, make_record(number=30), "sample-link/misplaced.yaml")
    text = dump_record(make_record(key="sample-link", number=31, description="As published"))
    path = make_record(key="sample-link", number=31).header.path
    put(filled, path, text.replace("As published", "As altered"))
    settle(filled)
    assert len(opened_by(filled, cache)) == 11
    assert sorted(opened_by(filled, cache)) == [
        path,
        "sample-link/broken.yaml",
        "sample-link/misplaced.yaml",
    ]


def test_a_vast_header_is_remembered_too(store, cache):
    put_record(store, make_record(description="\r" * 600_000))
    settle(store)
    opened_by(store, cache)
    assert opened_by(store, cache) == []


def test_a_record_of_another_hand_is_remembered_as_it_reads(store, cache):
    text = dump_record(make_record(tags=("a",))).replace('tags: ["a"]', "tags: [a]")
    put(store, make_record().header.path, "# by hand\n" + text)
    settle(store)
    opened_by(store, cache)
    assert opened_by(store, cache) == []


def test_a_file_name_that_is_no_text_is_no_hindrance(store, cache):
    put_record(store, make_record())
    name = os.fsencode(store.root / "loss") + b"/\xff.yaml"
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    settle(store)
    opened_by(store, cache)
    assert opened_by(store, cache) == ["loss/" + os.fsdecode(b"\xff.yaml")]


def test_a_folder_that_is_a_link_is_not_looked_into(filled, cache, tmp_path):
    opened_by(filled, cache)
    (filled.root / "sample-link").rename(tmp_path / "elsewhere")
    (filled.root / "sample-link").symlink_to(tmp_path / "elsewhere")
    assert opened_by(filled, cache) == []
    assert Index(filled, cache).scans()["sample-link"].entries == ()


def test_two_stores_do_not_share_what_is_remembered(filled, cache, tmp_path):
    opened_by(filled, cache)
    other = Store(tmp_path / "other")
    for path in filled.root.rglob("*.yaml"):
        put(other, path.relative_to(filled.root).as_posix(), path.read_bytes())
    settle(other)
    assert len(opened_by(other, cache)) == 8
    assert len(list(cache.glob("*.sqlite"))) == 2


def test_some_folders_are_scanned_alone(filled, cache):
    opened_by(filled, cache)
    watched = WatchedStore(filled.root)
    scans = Index(watched, cache).scans(["sample-link", "gone"])
    assert scans == {"gone": Scan(), "sample-link": filled.scan("sample-link")}
    assert watched.opened == []
    assert opened_by(filled, cache) == []


@pytest.mark.parametrize(
    "name", ["sample-link", str(make_id(1)), make_id(1).hex, make_id(1).hex.upper()]
)
def test_by_a_name_only_the_folders_that_tell_are_scanned(filled, cache, name):
    opened_by(filled, cache)
    scans = Index(filled, cache).scans_naming(name)
    assert list(scans) == ["sample-link"]
    assert build_catalog(scans.values()).lineages["sample-link"].latest.entry.id == str(make_id(1))


def test_by_the_start_of_an_id_all_folders_that_have_such_a_one_are_scanned(filled, cache):
    opened_by(filled, cache)
    assert len(Index(filled, cache).scans_naming("019AB0D66F3B7C")) == 7


def test_by_a_name_folders_with_other_files_than_before_are_scanned(filled, cache):
    opened_by(filled, cache)
    put_record(filled, make_record(number=40), "sample-table/misplaced.yaml")
    assert list(Index(filled, cache).scans_naming("loss")) == ["sample-table"]


def test_by_a_name_nothing_is_missed_where_nothing_is_remembered(filled):
    assert Index(filled, None).scans_naming("sample-link") == plain(filled)


def overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def execute(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def another(path: Path) -> None:
    path.unlink()
    execute(path, "CREATE TABLE notes (text)", "INSERT INTO notes VALUES ('mine')")


def make_folder_of(path: Path) -> None:
    path.unlink()
    path.mkdir()


def bit_flipped(path: Path) -> None:
    content = path.read_bytes()
    middle = content.index(b'"sample-link"')
    overwrite(path, content[:middle] + b"'" + content[middle + 1 :])


BREAKS: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "empty": lambda path: overwrite(path, b""),
    "no database": lambda path: overwrite(path, b"no database " * 1000),
    "cut off": lambda path: overwrite(path, path.read_bytes()[:5000]),
    "overwritten with zeros": lambda path: overwrite(path, bytes(path.stat().st_size)),
    "a bit flipped": bit_flipped,
    "header only": lambda path: overwrite(path, path.read_bytes()[:100]),
    "another program's": another,
    "of another version": lambda path: execute(path, "PRAGMA user_version = 99"),
    "a folder": make_folder_of,
    "values of other types": lambda path: execute(path, "UPDATE folders SET names = 5"),
    "keys of other types": lambda path: execute(path, "UPDATE folders SET folder = rowid"),
    "other texts": lambda path: execute(path, "UPDATE folders SET texts = texts || x'00'"),
    "other orders": lambda path: execute(
        path, "UPDATE folders SET orders = CAST(replace(orders, '2026', '2027') AS BLOB)"
    ),
    "no table": lambda path: execute(path, "DROP TABLE folders"),
    "another table": lambda path: execute(
        path, "DROP TABLE folders", "CREATE TABLE folders (folder)"
    ),
    "no rows": lambda path: execute(path, "DELETE FROM folders"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_cache_changes_nothing_but_time(filled, cache, how):
    opened_by(filled, cache)
    BREAKS[how](database(cache))
    assert len(opened_by(filled, cache)) >= 1
    opened_by(filled, cache)


@pytest.mark.parametrize("how", [name for name in BREAKS if name != "a folder"])
def test_a_broken_cache_is_made_anew(filled, cache, how):
    opened_by(filled, cache)
    BREAKS[how](database(cache))
    opened_by(filled, cache)
    assert opened_by(filled, cache) == []


@pytest.mark.parametrize("mode", ["DEFERRED", "IMMEDIATE", "EXCLUSIVE"])
def test_a_locked_cache_changes_nothing_but_time(filled, cache, mode):
    Index(filled, cache).scans(["sample-link"])
    holder = sqlite3.connect(database(cache), isolation_level=None)
    holder.execute(f"BEGIN {mode}")
    opened_by(filled, cache)
    holder.execute("ROLLBACK")
    holder.close()
    opened_by(filled, cache)
    assert opened_by(filled, cache) == []


def test_a_cache_that_may_not_be_written_changes_nothing_but_time(filled, cache, monkeypatch):
    cache.write_text("a file stands where the folder should be")
    assert len(opened_by(filled, cache)) == 8
    assert len(opened_by(filled, cache)) == 8


def without_roots_power() -> None:
    """Let file modes count for root too, in the program that is started next."""
    drop_capability, dac_override, dac_read_search = 24, 1, 2
    for capability in (dac_override, dac_read_search):
        ctypes.CDLL(None).prctl(drop_capability, capability, 0, 0, 0)


def test_a_read_only_cache_changes_nothing_but_time(filled, cache):
    opened_by(filled, cache)
    put_record(filled, make_record(key="sample-link", number=20))
    settle(filled)
    program = f"""
from pathlib import Path
from artifolio.index import Index
from artifolio.store import Store
store, cache = Store({str(filled.root)!r}), Path({str(cache)!r})
try:
    (cache / "new").touch()
except PermissionError:
    plain = {{folder: store.scan(folder) for folder in store.folders()}}
    assert Index(store, cache).scans() == plain
    print("the same")
"""
    database(cache).chmod(0o444)
    cache.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=without_roots_power,
        capture_output=True,
        text=True,
        check=False,
    )
    cache.chmod(0o755)
    assert (done.stdout, done.stderr) == ("the same\n", "")


def test_many_processes_share_one_cache(filled, cache):
    program = f"""
from pathlib import Path
from artifolio.index import Index
from artifolio.store import Store
store = Store({str(filled.root)!r})
for _ in range(20):
    plain = {{folder: store.scan(folder) for folder in store.folders()}}
    for path in store.root.rglob("*.yaml"):
        path.touch()
    assert Index(store, Path({str(cache)!r})).scans() == plain
"""
    processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    settle(filled)
    opened_by(filled, cache)
    assert opened_by(filled, cache) == []


def test_what_is_remembered_is_read_only_when_it_is_asked_for(filled, cache, monkeypatch):
    opened_by(filled, cache)
    scans = Index(filled, cache).scans()
    monkeypatch.setattr("artifolio.recordfiles.parse_header", None)
    catalog = build_catalog(scans.values())
    assert len(catalog.lineages["sample-image"]) == 2


steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "replace", "delete", "break", "alter", "scan", "forget"]),
        st.integers(1, 5),
        st.sampled_from(["loss", "gain", "_keyless"]),
    ),
    max_size=12,
)


@given(steps=steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_happens_to_the_files_an_index_tells_what_they_hold(tmp_path_factory, steps):
    base = tmp_path_factory.mktemp("index")
    store, cache = Store(base / "artifacts"), base / "cache"
    for what, number, folder in steps:
        key = None if folder == "_keyless" else folder
        record = make_record(Progress(float(number)), key, number, description="as it was")
        path = store.root / record.header.path
        if what == "add":
            put_record(store, record)
        elif what == "replace" and path.exists():
            store.replace(record.header.path, replace(record, body=Progress(50.0)))
        elif what == "delete" and path.exists():
            path.unlink()
        elif what == "break":
            put(store, f"{folder}/{number}.yaml", "format: 1\n")
        elif what == "alter" and path.exists():
            path.write_text(path.read_text().replace("as it was", "as it is now"))
        elif what == "forget":
            for old in cache.glob("*"):
                old.unlink()
        settle(store)
        if what == "scan":
            assert Index(store, cache).scans() == plain(store)
    assert Index(store, cache).scans() == plain(store)


def test_entries_are_equal_by_place_and_header(store):
    one, other = make_record(number=1), make_record(Markdown("x"), number=1, description="y")
    put_record(store, one)
    (entry,) = store.scan("loss").entries
    put_record(store, other)
    (changed,) = store.scan("loss").entries
    assert entry != changed
    assert entry != entry.path
    assert str(make_id(1)) in repr(entry)
