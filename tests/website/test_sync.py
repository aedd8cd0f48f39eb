from __future__ import annotations

import os
from pathlib import Path

import pytest

from artifolio.website.sync import STRAY, Ledger, Output, Synced, Writer, join, list_outputs

ONE, OTHER = (1, 2, 3, 4), (1, 2, 3, 5)


def identity(path: Path) -> tuple[int, int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


@pytest.mark.parametrize("name", ["posix", "nt"])
def test_a_file_is_written_and_its_identity_told(tmp_path, monkeypatch, name):
    path = tmp_path / "artifacts" / "loss" / "a.md"
    writer = Writer(tmp_path)
    monkeypatch.setattr("artifolio.website.sync.os.name", name)
    found = writer.write(Output("artifacts/loss/a.md", b"A"))
    monkeypatch.undo()
    assert path.read_bytes() == b"A"
    assert found == identity(path)


def test_a_file_with_the_same_content_is_left_alone(tmp_path):
    writer = Writer(tmp_path)
    first = writer.write(Output("a/a.md", b"A"))
    assert writer.write(Output("a/a.md", b"A")) == first
    assert Writer(tmp_path).write(Output("a/a.md", b"A")) == first
    assert writer.write(Output("a/a.md", b"B")) != first


def test_another_refresh_that_writes_at_the_same_moment_is_not_taken_for_this_one(
    tmp_path, monkeypatch
):
    replace = Path.replace

    def raced(source: Path, target: Path) -> Path:
        replace(source, target)
        other = target.with_name("other")
        other.write_bytes(b"B")
        return replace(other, target)

    monkeypatch.setattr(Path, "replace", raced)
    found = Writer(tmp_path).write(Output("a/a.md", b"A"))
    assert (tmp_path / "a/a.md").read_bytes() == b"B"
    assert found != identity(tmp_path / "a/a.md")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    Writer(tmp_path).write(Output("a/a.md", b"A"))

    def refuse(source: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        Writer(tmp_path).write(Output("a/a.md", b"B"))
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "a").iterdir()] == [
        ("a.md", b"A")
    ]


def test_listings_tell_files_by_folder_and_strays(tmp_path):
    Writer(tmp_path).write(Output("a/b/c.md", b"C"))
    (tmp_path / "a" / "linked").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "a" / "pipe")
    assert list_outputs(tmp_path, "a") == {
        "a": {"linked": STRAY, "pipe": STRAY},
        "a/b": {"c.md": identity(tmp_path / "a/b/c.md")},
    }


@pytest.mark.parametrize("folder", ["a", "b/a"])
def test_what_stands_in_a_folders_place_is_a_stray_of_the_one_above(tmp_path, folder):
    (tmp_path / folder).parent.mkdir(exist_ok=True)
    (tmp_path / folder).symlink_to(tmp_path)
    assert list_outputs(tmp_path, folder) == {folder[:-2]: {"a": STRAY}}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert list_outputs(tmp_path, "a") == {}


@pytest.mark.parametrize(("folder", "path"), [("", "a.md"), ("a/b", "a/b/a.md")])
def test_paths_are_below_the_root(folder, path):
    assert join(folder, "a.md") == path


def test_a_ledger_tells_what_is_new_or_other():
    ledger = Ledger({"a": ONE, "b": ONE})
    for path, found in (("a", ONE), ("b", OTHER), ("c", ONE)):
        ledger.put(path, found)
    assert ledger.take() == Synced(written=("b", "c"))
    assert ledger.take() == Synced()


def test_a_ledger_tells_what_is_gone():
    ledger = Ledger({"a": ONE})
    ledger.drop("a")
    assert ledger.files == {}
    assert ledger.take() == Synced(deleted=("a",))


def test_what_came_and_went_in_between_is_not_told():
    ledger = Ledger()
    ledger.put("a", ONE)
    ledger.drop("a")
    assert ledger.take() == Synced()


def test_what_went_and_came_is_written():
    ledger = Ledger({"a": ONE})
    ledger.drop("a")
    ledger.put("a", OTHER)
    assert ledger.take() == Synced(written=("a",))
