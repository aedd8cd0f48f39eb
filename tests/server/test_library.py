from __future__ import annotations

import os
import threading
import time

import pytest

from artifolio.bodies import Markdown, Progress
from artifolio.errors import NotFoundError
from artifolio.records import move
from artifolio.server import library as module
from artifolio.server.filters import parse_query
from artifolio.server.library import Library
from samples import NOON, make_record

EVERYTHING = parse_query({}, latest=False)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0)


def keys(library: Library) -> list[str | None]:
    return [facts.key for facts in library.select(EVERYTHING, latest=False)]


def test_an_empty_folder_and_none_at_all_hold_nothing(library, store):
    assert keys(library) == []
    store.root.rmdir()
    assert keys(library) == []


def test_what_comes_changes_and_goes_is_seen(library, store):
    record = make_record(Markdown("a"))
    store.add(record)
    assert keys(library) == ["loss"]
    store.add(make_record(Markdown("b"), key="sales", number=2))
    assert keys(library) == ["sales", "loss"]
    store.delete(library.find(record.header.id).entry)
    assert keys(library) == ["sales"]
    with pytest.raises(NotFoundError):
        library.find(record.header.id)


def test_a_folder_is_read_again_only_when_it_changed(library, store, monkeypatch):
    store.add(make_record(Markdown("a")))
    keys(library)
    looked: list[str] = []
    scan = store.scan
    monkeypatch.setattr(store, "scan", lambda name, *more: looked.append(name) or scan(name, *more))
    monkeypatch.setattr(module, "SETTLED_NANOSECONDS", -(10**12))
    keys(library)
    looked.clear()
    keys(library)
    assert looked == []
    store.add(make_record(Markdown("b"), key="sales", number=2))
    assert keys(library) == ["sales", "loss"]
    assert looked == ["sales"]


def test_a_folder_that_changed_just_now_is_looked_at_once_more(library, store, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_NANOSECONDS", 10**8)
    record = make_record(Markdown("a"))
    path = store.add(record)
    status = path.parent.stat()
    keys(library)
    # As on a file system whose clock ticks every two seconds.
    path.unlink()
    os.utime(path.parent, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert keys(library) == ["loss"]
    time.sleep(0.15)
    assert keys(library) == []


def test_a_record_is_read_again_only_when_it_changed(library, store, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_NANOSECONDS", -(10**12))
    store.add(make_record(Markdown("a")))
    keys(library)
    read: list[str] = []
    read_header = store.read_header
    monkeypatch.setattr(store, "read_header", lambda path: read.append(path) or read_header(path))
    new = make_record(Markdown("b"), number=2)
    store.add(new)
    assert keys(library) == ["loss", "loss"]
    assert read == [new.header.path]


def test_a_record_in_another_folder_counts_once_and_under_the_key_in_it(library, store):
    record = make_record(Markdown("a"))
    store.add(record)
    (store.root / "sales").mkdir()
    (store.root / record.header.path).rename(store.root / "sales" / f"{record.header.stem}.yaml")
    assert keys(library) == ["loss"]
    assert library.latest("loss").header.id == record.header.id
    store.add(record)
    assert keys(library) == ["loss"]


def test_a_version_is_read_once_however_often_it_is_sent(library, store, monkeypatch):
    store.add(make_record(Markdown("a")))
    (facts,) = library.select(EVERYTHING, latest=False)
    first = library.send_one(facts.version)
    monkeypatch.setattr(store, "read", None)
    assert library.send_one(facts.version) == first


def test_what_was_just_written_is_looked_at_once(library, store, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_NANOSECONDS", 10**13)
    for number in range(1, 4):
        store.add(make_record(Markdown(str(number)), number=number))
    keys(library)
    looked: list[str] = []
    scan = store.scan
    monkeypatch.setattr(store, "scan", lambda name, *more: looked.append(name) or scan(name, *more))
    store.add(make_record(Markdown("b"), number=4))
    library.note("loss")
    assert keys(library) == ["loss"] * 4
    assert looked == ["loss"]


def test_what_did_not_change_is_the_very_same(library, store, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_NANOSECONDS", -(10**12))
    for number in range(1, 4):
        store.add(make_record(Markdown(str(number)), number=number))
    before = library.select(EVERYTHING, latest=False)
    store.add(make_record(Markdown("b"), number=4))
    after = library.select(EVERYTHING, latest=False)
    assert [id(facts) for facts in after[1:]] == [id(facts) for facts in before]


def test_a_late_version_shifts_the_numbers_of_the_others(library, store):
    store.add(make_record(Markdown("b"), number=2))
    assert [facts.version.number for facts in library.select(EVERYTHING, latest=False)] == [1]
    store.add(make_record(Markdown("a"), number=1))
    assert [facts.version.number for facts in library.select(EVERYTHING, latest=False)] == [2, 1]


def test_of_very_many_folders_a_look_does_not_take_all_the_time(library, store, monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(module, "_LOOK_TAKES_SECONDS", 1e-9)
    assert keys(library) == []
    store.add(make_record(Markdown("a")))
    assert keys(library) == []
    library.note("loss")
    assert keys(library) == ["loss"]


def test_what_was_written_here_is_sent_without_being_read(library, store, monkeypatch):
    record = make_record(Markdown("a"), metadata={"n": 1})
    store.add(record)
    library.note("loss", record)
    first = library.send_one(library.find(record.header.id))
    monkeypatch.setattr(module, "_is_of", lambda *_: False)
    assert first == Library(store, library._address).send_one(library.find(record.header.id))
    monkeypatch.setattr(store, "read", None)
    assert library.send_one(library.find(record.header.id)) == first


def test_what_somebody_else_has_written_meanwhile_is_sent_as_it_is(library, store):
    record = make_record(Markdown("a"), description="mine")
    other = make_record(Markdown("b"), description="theirs")
    store.add(other)
    library.note("loss", record)
    assert b"theirs" in library.send_one(library.find(record.header.id))


def test_a_version_that_only_changed_is_never_missed(library, store):
    record = make_record(Progress(0.0))
    store.add(record)
    library.find(record.header.id)
    missed: list[BaseException] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            try:
                library.find(record.header.id)
            except NotFoundError as error:
                missed.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    for percent in range(100):
        moved = move(store.read(record.header.path), float(percent), NOON, None)
        store.replace(record.header.path, moved)
        library.note("loss")
    ended.set()
    thread.join()
    assert missed == []


def test_many_threads_see_what_there_is(library, store):
    for number in range(1, 21):
        store.add(make_record(Markdown(str(number)), number=number))
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(len(keys(library)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [20] * 8
