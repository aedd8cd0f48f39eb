from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.temporaries import TEMPORARY_PREFIX
from artifolio.website.holdings import Holdings
from artifolio.website.memory import Memory
from artifolio.website.sync import Identity, Output, Synced, Writer
from artifolio.website.units import Folder
from website.projects import folders, tree


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


def sync(root: Path, pages: dict[str, str]) -> Synced:
    """Bring the owned folders to hold just these pages, as a new process does."""
    holdings = Holdings(root, Memory(None, root, root, b""))
    holdings.look()
    writer = Writer(root)
    made: dict[str, dict[str, Identity]] = {}
    for path, text in pages.items():
        folder, _, name = path.rpartition("/")
        made.setdefault(folder, {})[name] = writer.write(Output(path, text.encode()))
    for folder, outputs in made.items():
        holdings.put(folder, Folder(outputs=outputs))
    holdings.clear(made.keys())
    return holdings.ledger.take()


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


def test_other_folders_are_left_alone(docs):
    (docs / "artifacts-old").mkdir()
    (docs / "artifacts-old/x.md").write_text("x")
    sync(docs, {})
    assert sorted(tree(docs)) == ["artifacts-old/x.md", "index.md"]


def test_nothing_is_deleted_before_all_is_made(docs):
    holdings = Holdings(docs, Memory(None, docs, docs, b""))
    holdings.look()
    holdings.put("artifacts", Folder())
    assert (docs / "artifacts/loss/b.md").exists()


@pytest.fixture
def holdings(docs) -> Holdings:
    """What knows of one page of two, and has told what it found."""
    found = Holdings(docs, Memory(None, docs, docs, b""))
    found.look()
    found.put("artifacts", Folder(outputs={"a.md": found.ledger.files["artifacts/a.md"]}))
    found.put("artifacts/loss", Folder(outputs={"b.md": found.ledger.files["artifacts/loss/b.md"]}))
    found.clear({"artifacts", "artifacts/loss"})
    return found


@pytest.mark.parametrize("folders", [None, ["artifacts/loss"]])
def test_what_is_not_as_it_was_made_is_forgotten(docs, holdings, folders):
    (docs / "artifacts/loss/b.md").write_text("by hand")
    holdings.look(folders)
    assert holdings["artifacts/loss"].outputs == {}
    assert list(holdings["artifacts"].outputs) == ["a.md"]


def test_folders_that_are_not_named_are_not_looked_at(docs, holdings):
    (docs / "artifacts/a.md").unlink()
    holdings.look(["artifacts/loss"])
    assert list(holdings["artifacts"].outputs) == ["a.md"]


def test_what_vanished_and_is_not_made_again_is_told(docs, holdings):
    (docs / "artifacts/loss/b.md").unlink()
    holdings.look()
    holdings.clear({"artifacts", "artifacts/loss"})
    assert holdings.ledger.take() == Synced(deleted=("artifacts/loss/b.md",))


def test_a_folder_that_is_not_wanted_any_more_goes_though_it_was_not_looked_at(docs, holdings):
    holdings.look([])
    holdings.clear({"artifacts"})
    assert folders(docs) == ["artifacts"]
    assert holdings.ledger.take() == Synced(deleted=("artifacts/loss/b.md",))


def test_a_link_in_a_named_folders_place_is_not_followed(docs, holdings, elsewhere):
    (docs / "artifacts/loss/b.md").unlink()
    (docs / "artifacts/loss").rmdir()
    (docs / "artifacts/loss").symlink_to(elsewhere)
    holdings.look(["artifacts/loss"])
    holdings.clear({"artifacts"})
    assert tree(elsewhere) == {"precious.txt": b"mine"}
    assert list(holdings["artifacts"].outputs) == ["a.md"]


@pytest.mark.parametrize(("age_seconds", "left"), [(60, True), (7200, False)])
def test_what_another_refresh_is_writing_is_left_for_an_hour(docs, age_seconds, left):
    path = docs / "artifacts" / "loss" / f"{TEMPORARY_PREFIX}1-00.tmp"
    path.write_text("half a page")
    moment = time.time() - age_seconds
    os.utime(path, (moment, moment))
    sync(docs, {"artifacts/loss/b.md": "B"})
    assert path.exists() == left
