from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

import pytest

from artifolio import renames
from artifolio.renames import rename_without_clobber


@pytest.fixture
def folder(tmp_path):
    """Be an empty folder."""
    path = tmp_path / "empty"
    path.mkdir()
    return path


@pytest.fixture(params=["at once", "not supported", "no such function"])
def system(request, monkeypatch):
    """Be on systems that can rename without overwriting, and on those that cannot."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EINVAL, "not supported")

    if request.param == "not supported":
        monkeypatch.setattr(renames, "_rename_at_once", refuse)
    elif request.param == "no such function":
        monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())


@pytest.mark.usefixtures("system")
def test_a_file_is_renamed(folder):
    (folder / "a").write_bytes(b"abc")
    rename_without_clobber(folder / "a", folder / "b")
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert (folder / "b").read_bytes() == b"abc"


@pytest.mark.usefixtures("system")
def test_what_has_the_name_already_stays(folder):
    (folder / "a").write_bytes(b"new")
    (folder / "b").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        rename_without_clobber(folder / "a", folder / "b")
    assert (folder / "b").read_bytes() == b"old"
    assert (folder / "a").read_bytes() == b"new"


@pytest.mark.usefixtures("system")
def test_a_source_that_is_missing_leaves_nothing(folder):
    with pytest.raises(FileNotFoundError):
        rename_without_clobber(folder / "a", folder / "b")
    assert list(folder.iterdir()) == []


def test_a_rename_that_fails_after_the_claim_leaves_nothing(folder, monkeypatch):
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOSYS, "not supported")

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    (folder / "a").touch()
    monkeypatch.setattr(renames, "_rename_at_once", unsupported)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="input/output"):
        rename_without_clobber(folder / "a", folder / "b")
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_an_error_that_says_nothing_of_support_is_raised(folder, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    (folder / "a").touch()
    monkeypatch.setattr(renames, "_rename_at_once", refuse)
    with pytest.raises(OSError, match="read-only"):
        rename_without_clobber(folder / "a", folder / "b")


def test_windows_refuses_by_itself(folder, monkeypatch):
    renamed = []
    source, target = folder / "a", folder / "b"
    monkeypatch.setattr(Path, "rename", lambda old, new: renamed.append((old, new)))
    monkeypatch.setattr(renames.os, "name", "nt")
    rename_without_clobber(source, target)
    monkeypatch.setattr(renames.os, "name", os.name)
    assert renamed == [(source, target)]
