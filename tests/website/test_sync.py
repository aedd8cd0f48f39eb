from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.temporaries import TEMPORARY_PREFIX
from artifolio.website.sync import Output, Synced, sync_outputs
from website.projects import folders, tree

OWNED = ("artifacts", "runs")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A docs folder with two pages of ours and one written by hand."""
    root = tmp_path / "site_src"
    root.mkdir()
    (root / "index.md").write_text("by hand")
    sync(root, {"artifacts/a.md": "A", "artifacts/loss/b.md": "B"})
    return root


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that is none of ours, with a file in it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "precious.txt").write_text("mine")
    return folder


def sync(root: Path, pages: dict[str, str], owned: tuple[str, ...] = OWNED) -> Synced:
    outputs = (Output(path, text.encode()) for path, text in pages.items())
    return sync_outputs(root, owned, outputs)


def test_new_files_are_written_with_their_folders(docs):
    synced = sync(docs, {"artifacts/x/y/z.md": "Z"})
    assert synced.written == ("artifacts/x/y/z.md",)
    assert (docs / "artifacts/x/y/z.md").read_text() == "Z"


def test_files_that_did_not_change_are_not_touched(docs):
    before = (docs / "artifacts/loss/b.md").stat()
    synced = sync(docs, {"artifacts/a.md": "new", "artifacts/loss/b.md": "B"})
    after = (docs / "artifacts/loss/b.md").stat()
    assert synced == Synced(written=("artifacts/a.md",))
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_files_of_the_same_size_with_other_bytes_are_written(docs):
    assert sync(docs, {"artifacts/a.md": "X", "artifacts/loss/b.md": "B"}).written == (
        "artifacts/a.md",
    )


def test_a_second_sync_does_nothing(docs):
    assert sync(docs, {"artifacts/a.md": "A", "artifacts/loss/b.md": "B"}) == Synced()


def test_left_overs_are_deleted_with_their_folders(docs):
    synced = sync(docs, {"artifacts/a.md": "A"})
    assert synced.deleted == ("artifacts/loss/b.md",)
    assert folders(docs) == ["artifacts"]


def test_what_somebody_else_put_into_an_owned_folder_is_deleted(docs):
    (docs / "artifacts/loss/mine.md").write_text("x")
    (docs / "artifacts/empty/deep").mkdir(parents=True)
    sync(docs, {"artifacts/a.md": "A", "artifacts/loss/b.md": "B"})
    assert sorted(tree(docs)) == ["artifacts/a.md", "artifacts/loss/b.md", "index.md"]
    assert folders(docs) == ["artifacts", "artifacts/loss"]


def test_an_owned_folder_that_becomes_empty_goes(docs):
    sync(docs, {})
    assert tree(docs) == {"index.md": b"by hand"}
    assert folders(docs) == []


def test_nothing_is_deleted_outside_of_owned_folders(docs):
    (docs / "artifacts-old").mkdir()
    (docs / "artifacts-old/x.md").write_text("x")
    sync(docs, {}, owned=("artifacts/loss",))
    assert sorted(tree(docs)) == ["artifacts-old/x.md", "artifacts/a.md", "index.md"]


def test_owned_folders_may_be_missing(docs):
    assert sync(docs, {}, owned=("runs", "artifacts/nothing")) == Synced()


def test_a_linked_owned_folder_is_unlinked_and_not_followed(docs, elsewhere):
    (docs / "runs").symlink_to(elsewhere)
    sync(docs, {"artifacts/a.md": "A"})
    assert not (docs / "runs").exists()
    assert tree(elsewhere) == {"precious.txt": b"mine"}


def test_nothing_is_written_through_a_linked_owned_folder(docs, elsewhere):
    (docs / "runs").symlink_to(elsewhere)
    sync(docs, {"runs/r.md": "R", "runs/s/precious.txt": "S"})
    assert tree(elsewhere) == {"precious.txt": b"mine"}
    assert not (docs / "runs").is_symlink()
    assert (docs / "runs/r.md").read_text() == "R"


def test_nothing_is_written_through_a_link_below_an_owned_folder(docs, elsewhere):
    (docs / "artifacts/linked").symlink_to(elsewhere)
    sync(docs, {"artifacts/linked/c.md": "C"})
    assert tree(elsewhere) == {"precious.txt": b"mine"}
    assert (docs / "artifacts/linked/c.md").read_text() == "C"


def test_a_link_in_a_files_place_is_replaced(docs, elsewhere):
    (docs / "artifacts/a.md").unlink()
    (docs / "artifacts/a.md").symlink_to(elsewhere / "precious.txt")
    sync(docs, {"artifacts/a.md": "mine"})
    assert not (docs / "artifacts/a.md").is_symlink()
    assert (elsewhere / "precious.txt").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_replaced(docs):
    (docs / "artifacts/c.md").symlink_to("nowhere")
    sync(docs, {"artifacts/c.md": "C"})
    assert (docs / "artifacts/c.md").read_text() == "C"


def test_a_link_that_nothing_generates_is_deleted_and_not_followed(docs, elsewhere):
    (docs / "artifacts/linked").symlink_to(elsewhere)
    assert "artifacts/linked" in sync(docs, {"artifacts/a.md": "A"}).deleted
    assert tree(elsewhere) == {"precious.txt": b"mine"}


def test_a_folder_in_a_files_place_is_replaced(docs):
    (docs / "artifacts/c.md/deep").mkdir(parents=True)
    (docs / "artifacts/c.md/deep/x.txt").write_text("x")
    sync(docs, {"artifacts/c.md": "C"})
    assert (docs / "artifacts/c.md").read_text() == "C"


def test_a_file_in_a_folders_place_is_replaced(docs):
    (docs / "artifacts/new").write_text("x")
    sync(docs, {"artifacts/new/deep/c.md": "C"})
    assert (docs / "artifacts/new/deep/c.md").read_text() == "C"


def test_a_file_in_an_owned_folders_place_is_replaced(docs):
    (docs / "runs").write_text("x")
    sync(docs, {"runs/r/index.md": "R"})
    assert (docs / "runs/r/index.md").read_text() == "R"


def test_a_pipe_in_a_files_place_is_replaced_and_not_waited_for(docs):
    os.mkfifo(docs / "artifacts/c.md")
    sync(docs, {"artifacts/c.md": "C"})
    assert (docs / "artifacts/c.md").read_text() == "C"


def test_outputs_are_taken_one_by_one(docs):
    seen: list[bool] = []

    def outputs():
        yield Output("artifacts/1.md", b"1")
        seen.append((docs / "artifacts/1.md").exists())
        yield Output("artifacts/2.md", b"2")

    sync_outputs(docs, OWNED, outputs())
    assert seen == [True]


def test_nothing_is_deleted_where_making_the_outputs_fails(docs):
    def outputs():
        yield Output("artifacts/new.md", b"1")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        sync_outputs(docs, OWNED, outputs())
    assert (docs / "artifacts/loss/b.md").exists()


def test_no_temporary_files_are_left(docs):
    sync(docs, {"artifacts/a.md": "new", "artifacts/b.md": "new"})
    assert sorted(tree(docs)) == ["artifacts/a.md", "artifacts/b.md", "index.md"]


names = st.sampled_from(["a", "b.md", "c"])
paths = st.lists(names, min_size=1, max_size=3).map(lambda parts: "/".join(["artifacts", *parts]))


def without_conflicts(pages: dict[str, str]) -> bool:
    return not any(a != b and b.startswith(f"{a}/") for a in pages for b in pages)


contents = st.dictionaries(paths, st.sampled_from(["1", "2"]), max_size=6).filter(without_conflicts)


@given(st.lists(contents, min_size=1, max_size=4))
def test_whatever_was_there_the_folder_holds_just_what_was_generated(tmp_path_factory, rounds):
    root = tmp_path_factory.mktemp("docs")
    for pages in rounds:
        sync(root, pages)
    assert tree(root) == {path: text.encode() for path, text in rounds[-1].items()}
    assert all(any((root / folder).iterdir()) for folder in folders(root))
    assert sync(root, rounds[-1]) == Synced()


@pytest.mark.parametrize(("age_seconds", "left"), [(60, True), (7200, False)])
def test_what_another_refresh_is_writing_is_left_for_an_hour(docs, age_seconds, left):
    path = docs / "artifacts" / "loss" / f"{TEMPORARY_PREFIX}1-00.tmp"
    path.write_text("half a page")
    moment = time.time() - age_seconds
    os.utime(path, (moment, moment))
    sync(docs, {"artifacts/loss/b.md": "B"})
    assert path.exists() == left
