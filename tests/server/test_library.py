from __future__ import annotations

import threading

import pytest

from artifolio.bodies import Markdown
from artifolio.errors import NotFoundError
from artifolio.server import library as module
from artifolio.server.filters import parse_query
from artifolio.server.library import Library
from samples import make_record

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
    looked = []
    scans = library._index.scans
    monkeypatch.setattr(library._index, "scans", lambda names: looked.append(names) or scans(names))
    monkeypatch.setattr(module, "SETTLED_NANOSECONDS", -(10**12))
    keys(library)
    looked.clear()
    keys(library)
    assert looked == []
    store.add(make_record(Markdown("b"), key="sales", number=2))
    assert keys(library) == ["sales", "loss"]
    assert looked == [["sales"]]


def test_a_version_is_read_once_however_often_it_is_sent(library, store, monkeypatch):
    store.add(make_record(Markdown("a")))
    (facts,) = library.select(EVERYTHING, latest=False)
    first = library.send_one(facts.version)
    monkeypatch.setattr(store, "read", None)
    assert library.send_one(facts.version) == first


def test_what_is_kept_to_be_sent_is_bounded(monkeypatch):
    sent = module._Sent(100)
    for number in range(50):
        sent.put((number,), b"x" * 10)
    assert sent._used <= 100
    assert sent.get((49,)) == b"x" * 10
    assert sent.get((0,)) is None
    sent.put(("large",), b"x" * 50)
    assert sent.get(("large",)) is None


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
