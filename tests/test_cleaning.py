from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from artifolio.bodies import Image
from artifolio.catalog import Catalog, build_catalog
from artifolio.checking import check_store
from artifolio.cleaning import (
    Leftover,
    Mended,
    find_leftovers,
    find_spent,
    mend_store,
    remove_leftover,
    remove_spent,
)
from artifolio.store import Store
from artifolio.temporaries import TEMPORARY_PREFIX
from samples import NOON, PNG, make_attachment, make_record, put, put_record, put_retired
from website.projects import tree

NAME = f"loss/{TEMPORARY_PREFIX}1-2.tmp"
KEPT = Mended("loss/.keep", "made, for it was missing")
REMOVED = Mended(NAME, "removed, for its writer is gone")


def leave_behind(store: Store, path: str = NAME, written: datetime = NOON) -> Path:
    """Write a temporary file as a writer does that is killed."""
    file = put(store, path, "half a rec")
    os.utime(file, (written.timestamp(), written.timestamp()))
    return file


@pytest.fixture
def held(store: Store) -> Iterator[Path]:
    """A temporary file whose writer is at work."""
    path = leave_behind(store)
    descriptor = os.open(path, os.O_WRONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield path
    os.close(descriptor)


def after(**ago: float) -> datetime:
    return NOON + timedelta(**ago)


def test_leftover_is_found_with_its_size_and_time(store: Store) -> None:
    leave_behind(store)
    assert list(find_leftovers(store)) == [Leftover(NAME, 10, NOON)]


@pytest.mark.parametrize("folder", ["", "loss/", "_keyless/"])
def test_leftovers_are_found_in_every_folder(store: Store, folder: str) -> None:
    leave_behind(store, f"{folder}{TEMPORARY_PREFIX}1")
    assert [leftover.path for leftover in find_leftovers(store)] == [f"{folder}{TEMPORARY_PREFIX}1"]


def test_leftover_of_this_very_second_is_found(store: Store) -> None:
    leave_behind(store, written=datetime.now(timezone.utc))
    assert len(list(find_leftovers(store))) == 1


def test_file_that_is_being_written_is_no_leftover(store: Store, held: Path) -> None:
    assert list(find_leftovers(store)) == []


def test_other_files_are_no_leftovers(store: Store) -> None:
    store.add(make_record())
    put(store, "loss/.hidden", "")
    put(store, "loss/notes.tmp", "")
    assert list(find_leftovers(store)) == []


def test_nothing_is_left_over_where_there_is_nothing(store: Store) -> None:
    assert list(find_leftovers(store)) == []


def test_removing_says_whether_it_was_there(store: Store) -> None:
    path = leave_behind(store)
    (leftover,) = find_leftovers(store)
    assert remove_leftover(store, leftover)
    assert not path.exists()
    assert not remove_leftover(store, leftover)


def test_nothing_to_mend_where_there_is_nothing(store: Store) -> None:
    assert mend_store(store) == ()
    assert not store.root.exists()


def test_missing_keep_is_made(store: Store) -> None:
    put_record(store, make_record())
    assert mend_store(store) == (KEPT,)
    assert (store.root / "loss/.keep").read_bytes() == b""


def test_mending_twice_changes_nothing(store: Store) -> None:
    put_record(store, make_record())
    leave_behind(store)
    assert mend_store(store) == (KEPT, REMOVED)
    assert mend_store(store) == ()
    assert check_store(store).problems == ()


def test_temporary_file_of_over_an_hour_is_removed(store: Store) -> None:
    path = leave_behind(store)
    assert mend_store(store, lambda: after(hours=1, seconds=1)) == (REMOVED,)
    assert not path.exists()


def test_younger_temporary_file_stays(store: Store) -> None:
    path = leave_behind(store)
    assert mend_store(store, lambda: after(minutes=59)) == ()
    assert path.exists()


def test_old_temporary_file_that_is_being_written_stays(store: Store, held: Path) -> None:
    assert mend_store(store, lambda: after(days=1)) == ()
    assert held.exists()


def test_nothing_else_is_touched(store: Store) -> None:
    put_record(store, make_record(), "loss/misplaced.yaml")
    put(store, "loss/.keep", "")
    put(store, "loss/broken.yaml", "<<<<<<< HEAD\n")
    put(store, "loss/20260801T120400123Z-000000000004.png", "x")
    put(store, "loss/deep/x.txt", "x")
    put(store, "LOSS/x.yaml", "x")
    put(store, "notes.yaml", "x")
    before = tree(store.root)
    assert mend_store(store, lambda: after(days=1)) == ()
    assert tree(store.root) == before


def test_leftover_that_is_written_to_again_is_not_removed(store: Store) -> None:
    path = leave_behind(store)
    (leftover,) = find_leftovers(store)
    descriptor = os.open(path, os.O_WRONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert not remove_leftover(store, leftover)
    os.close(descriptor)
    assert path.exists()


@pytest.fixture
def spent(store: Store) -> Path:
    """What a crash left of a body that was removed, beside an image that is whole."""
    for number in (1, 2):
        image = make_record(Image(attachment=make_attachment()), number=number)
        (store.add if number == 2 else lambda *it: put_retired(store, *it))(image, PNG)
    return put(store, make_record(number=1).header.path.replace(".yaml", ".png"), PNG)


def catalog_of(store: Store) -> Catalog:
    return build_catalog(map(store.scan, store.folders()))


def test_attachment_of_a_removed_body_is_found(store: Store, spent: Path) -> None:
    (found,) = find_spent(store, catalog_of(store))
    assert (found.path, found.size_bytes) == (f"loss/{spent.name}", len(PNG))


def test_attachment_of_a_removed_body_is_removed_once(store: Store, spent: Path) -> None:
    (found,) = find_spent(store, catalog_of(store))
    assert remove_spent(store, found)
    assert not remove_spent(store, found)
    assert [path.suffix for path in sorted((store.root / "loss").glob("2*"))] == [
        ".yaml",
        ".png",
        ".yaml",
    ]
    assert check_store(store).problems == ()


def test_attachment_whose_body_came_back_stays(store: Store, spent: Path) -> None:
    (found,) = find_spent(store, catalog_of(store))
    put_record(store, make_record(Image(attachment=make_attachment())))
    assert not remove_spent(store, found)
    assert spent.exists()
