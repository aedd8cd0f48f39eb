from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.website.engine import folder
from artifolio.website.engine.folder import (
    Copy,
    copy_output,
    copy_outputs,
    folders_of,
    mirror,
    remove_links,
    remove_outputs,
    stamp_folders,
    sweep,
    write_or_remove,
    write_output,
)
from artifolio.website.engine.memory import UNKNOWN, stamp_file
from website.projects import folders, tree

_NAMES = st.sampled_from(["a", "b", "c.html", "ä ö"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_CONTENTS = st.sampled_from([b"", b"x", b"y", b"longer" * 50])
_FILES = st.dictionaries(_PATHS, _CONTENTS, max_size=5).map(
    lambda files: {p: c for p, c in files.items() if p not in folders_of(files)}
)
# What stands in the way: a file, a folder, a link to a file, to a folder and to nowhere.
_KINDS = st.sampled_from(["file", "folder", "link", "folder link", "dead link"])
_MESSES = st.lists(st.tuples(_PATHS, _KINDS), max_size=4)


def make_mess(root: Path, mess: list[tuple[str, str]]) -> None:
    outside = root.parent / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "file").write_bytes(b"x")
    (outside / "deep/a").write_bytes(b"x")
    root.mkdir()
    for path, kind in mess:
        place = root / path
        if place.is_symlink() or any(map(Path.is_symlink, place.parents)):
            continue
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if kind == "file":
                with place.open("xb") as file:
                    file.write(b"in the way")
            elif kind == "folder":
                place.mkdir()
                (place / "within").mkdir()
                (place / "within/a").write_bytes(b"in the way")
            else:
                targets = {"link": "file", "folder link": "deep", "dead link": "nowhere"}
                place.symlink_to(outside / targets[kind])
        except OSError:
            pass  # something else is there already


def assert_holds(root: Path, files: dict[str, bytes]) -> None:
    assert tree(root) == files
    assert set(folders(root)) == folders_of(files) - {""}
    assert [path for path in root.rglob("*") if path.is_symlink()] == []
    assert tree(root.parent / "outside") == {"file": b"x", "deep/a": b"x"}


@given(files=_FILES, mess=_MESSES)
def test_a_folder_holds_what_is_written_and_kept_whatever_was_there(files, mess):
    with tempfile.TemporaryDirectory() as base:
        root = Path(base, "site")
        make_mess(root, mess)
        remove_links(str(root), files)
        stamps = {path: write_output(str(root), path, files[path])[0] for path in files}
        sweep(str(root), files)
        assert_holds(root, files)
        assert stamps == {path: stamp_file(str(root / path)) for path in files}
        again = [write_output(str(root), path, files[path]) for path in files]
        assert again == [(stamps[path], False) for path in files]


@given(files=_FILES, mess=_MESSES)
def test_a_mirror_holds_what_the_other_folder_does(files, mess):
    with tempfile.TemporaryDirectory() as base:
        root, source = Path(base, "site"), Path(base, "source")
        make_mess(root, mess)
        source.mkdir()
        for path, content in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(content)
        mirror(str(source), str(root))
        assert_holds(root, files)


@given(files=_FILES, data=st.data())
def test_removing_leaves_the_rest_and_no_empty_folder(files, data):
    gone = data.draw(st.lists(st.sampled_from([*files, "a/nothing", "nothing"])))
    with tempfile.TemporaryDirectory() as base:
        root = Path(base, "site")
        make_mess(root, [])
        for path, content in files.items():
            write_output(str(root), path, content)
        removed = remove_outputs(str(root), gone)
        assert sorted(removed) == sorted({path for path in gone if path in files})
        assert_holds(root, {path: c for path, c in files.items() if path not in gone})


def test_a_folder_in_the_place_of_what_is_removed_stays(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").touch()
    assert remove_outputs(str(tmp_path), ["a/b", "a/b/c/d"]) == []
    assert (tmp_path / "a/b/c").exists()


def test_a_file_that_holds_just_that_is_not_written(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    os.utime(tmp_path / "a", (1, 1))
    assert write_output(str(tmp_path), "a", b"x") == (stamp_file(str(tmp_path / "a")), False)
    assert (tmp_path / "a").stat().st_mtime == 1


def test_a_link_to_what_holds_just_that_becomes_a_file(tmp_path):
    (tmp_path / "outside").write_bytes(b"x")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a").symlink_to(tmp_path / "outside")
    assert write_output(str(tmp_path / "site"), "a", b"x")[1]
    assert not (tmp_path / "site/a").is_symlink()


def test_a_copy_of_the_same_size_and_time_is_compared_byte_by_byte(tmp_path):
    for name, content in (("one", b"1" * 100_000), ("two", b"1" * 99_999 + b"2")):
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, (1, 1))
    assert copy_output(str(tmp_path), "one", str(tmp_path / "two"))[1]
    assert not copy_output(str(tmp_path), "one", str(tmp_path / "two"))[1]
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_many_files_are_copied_side_by_side(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "_SLICE", 2)
    names = [f"{number}.json" for number in range(5)]
    for name in names:
        (tmp_path / name).write_text(name)
    copies = [Copy(name, f"a/{name}", str(tmp_path / name)) for name in names]
    with ThreadPoolExecutor(2) as threads:
        found = list(copy_outputs(str(tmp_path / "site"), copies, threads))
    assert [item.copy for item in found] == copies
    assert all(item.written for item in found)
    assert tree(tmp_path / "site") == {f"a/{name}": name.encode() for name in names}
    again = list(copy_outputs(str(tmp_path / "site"), copies, None))
    assert again == [item._replace(written=False) for item in found]


def test_what_is_empty_is_no_file(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").touch()
    assert write_or_remove(str(tmp_path), "a/b", b"") == (UNKNOWN, False)
    assert not (tmp_path / "a").exists()
    assert write_or_remove(str(tmp_path), "a/b", b"x")[1]


def test_hidden_names_at_the_top_stay_but_not_below_and_no_temporary_file(tmp_path):
    for name in (".git/x", ".nojekyll", "a/.hidden", ".artifolio-1.tmp", "b"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    sweep(str(tmp_path), ["b"])
    assert set(tree(tmp_path)) == {".git/x", ".nojekyll", "b"}


def test_sweeping_nothing_is_no_failure(tmp_path):
    assert sweep(str(tmp_path / "nothing"), ["a"]) == []


@pytest.mark.parametrize("error", [PermissionError, OSError, KeyboardInterrupt])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, error):
    (tmp_path / "a").write_bytes(b"old")

    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(error):
        write_output(str(tmp_path), "a", b"new")
    monkeypatch.setattr(shutil, "copyfileobj", fail)
    with pytest.raises(error):
        copy_output(str(tmp_path), "a", __file__)
    assert tree(tmp_path) == {"a": b"old"}


def test_folders_are_those_of_all_files_and_the_top():
    assert folders_of(["a/b/c", "d"]) == {"", "a", "a/b"}
    assert folders_of([]) == {""}


@pytest.mark.parametrize("change", ["added", "a/added", "a/b/added"])
def test_the_stamp_of_folders_tells_that_something_came(tmp_path, change):
    write_output(str(tmp_path), "a/b/c", b"x")
    before = stamp_folders(str(tmp_path), ["a/b/c"])
    assert stamp_folders(str(tmp_path), ["a/b/c"]) == before
    (tmp_path / change).touch()
    os.utime((tmp_path / change).parent, (1, 1))
    assert stamp_folders(str(tmp_path), ["a/b/c"]) != before
