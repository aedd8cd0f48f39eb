from __future__ import annotations

import errno
import os

import pytest

from artifolio.errors import RecordError
from artifolio.folders import Listing, identities, list_files, record_names
from artifolio.store import Scan, Store
from samples import make_record, put, put_record


def test_only_what_may_be_a_record_is_listed(store):
    path = put_record(store, make_record())
    for name in (".keep", ".hidden.yaml", "notes.txt"):
        put(store, f"loss/{name}", "x")
    assert record_names(store.root, "loss") == [path.name]
    listing = list_files(store.root, "loss")
    assert (list(listing.records), list(listing.attached)) == ([path.name], ["notes.txt"])


def test_a_record_is_known_by_size_time_and_inode(store):
    path = put_record(store, make_record())
    status = path.stat()
    assert list_files(store.root, "loss").records == {
        path.name: (status.st_size, status.st_mtime_ns, status.st_ino)
    }


@pytest.mark.parametrize("what", ["nothing", "a file", "a link"])
def test_what_is_no_folder_holds_no_records(store, tmp_path, what):
    put_record(store, make_record())
    makers = {
        "nothing": lambda: None,
        "a file": (store.root / "gain").touch,
        "a link": lambda: (store.root / "gain").symlink_to(store.root / "loss"),
    }
    makers[what]()
    assert record_names(store.root, "gain") == []
    assert list_files(store.root, "gain") == Listing()


@pytest.fixture(params=[errno.EACCES, errno.EIO, errno.EMFILE])
def unreadable(request, store, monkeypatch):
    """A store with two keys, of which one cannot be listed."""
    put_record(store, make_record())
    put_record(store, make_record(key="fine", number=2))

    def refusing(real):
        def list_folder(path=".", *args):
            if str(path).endswith("/loss"):
                raise OSError(request.param, os.strerror(request.param))
            return real(path, *args)

        return list_folder

    for name in ("listdir", "scandir"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
    return Store(store.root)


def test_a_folder_that_cannot_be_listed_is_never_taken_for_an_empty_one(unreadable):
    with pytest.raises(RecordError, match="loss: cannot be read"):
        record_names(unreadable.root, "loss")
    with pytest.raises(RecordError, match="loss: cannot be read"):
        list_files(unreadable.root, "loss")


def test_a_folder_that_cannot_be_listed_is_a_problem_and_hides_no_other(unreadable):
    scan = unreadable.scan("loss")
    assert scan.entries == ()
    assert [problem.path for problem in scan.problems] == ["loss"]
    assert unreadable.scan("fine") != Scan()


def test_a_version_that_may_be_where_nothing_can_be_listed_is_not_said_to_be_missing(unreadable):
    with pytest.raises(RecordError, match="loss: cannot be read"):
        unreadable.find(make_record().header.id)


def test_a_file_that_vanishes_while_a_folder_is_listed_hides_no_other(store, monkeypatch):
    for number in (1, 2, 3):
        put_record(store, make_record(number=number))
    real = os.scandir

    class Vanishing:
        """As scandir, but the second file is deleted in between."""

        def __init__(self, path):
            self.items = sorted(real(path), key=lambda item: item.name)

        def __enter__(self):
            (store.root / make_record(number=2).header.path).unlink()
            return iter(self.items)

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(os, "scandir", Vanishing)
    assert len(list_files(store.root, "loss").records) == 2


def test_a_folder_that_was_made_anew_is_another_one(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    before = identities(tmp_path / "a" / "b")
    assert identities(tmp_path / "a" / "b") == before
    (tmp_path / "a").rename(tmp_path / "aside")
    (tmp_path / "a").mkdir()
    (tmp_path / "aside" / "b").rename(tmp_path / "a" / "b")
    assert identities(tmp_path / "a" / "b") != before
