from __future__ import annotations

import errno
import os
import pathlib
import shutil
import stat
from pathlib import Path

import pytest

from artifolio import files
from artifolio.errors import RecordExistsError
from artifolio.files import (
    create_file,
    make_folder,
    open_regular,
    read_at_most,
    replace_file,
    sync_folder,
    sync_path,
)
from artifolio.temporaries import TEMPORARY_PREFIX


@pytest.fixture
def without_links(monkeypatch):
    """Be on a file system that has no hard links."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(os, "link", refuse)


@pytest.fixture
def calls(monkeypatch):
    """Record what is done to the disk, in order."""
    made: list[str] = []

    def watch(name: str) -> None:
        real = getattr(os, name)

        def watched(*args: object, **kwargs: object) -> object:
            result = real(*args, **kwargs)
            is_folder = name == "fsync" and stat.S_ISDIR(os.fstat(args[0]).st_mode)
            made.append("fsync folder" if is_folder else name)
            return result

        monkeypatch.setattr(os, name, watched)
        # Python 3.10 keeps functions of its own for paths.
        accessor = getattr(pathlib, "_NormalAccessor", None)
        if hasattr(accessor, name):
            monkeypatch.setattr(accessor, name, staticmethod(watched))

    for name in ("write", "fsync", "link", "unlink", "replace", "mkdir"):
        watch(name)
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "home")


def test_a_file_is_created_with_its_content(tmp_path):
    create_file(tmp_path / "x", b"abc")
    assert (tmp_path / "x").read_bytes() == b"abc"
    assert names(tmp_path) == ["x"]


def test_content_is_synced_before_the_name_and_the_name_before_returning(tmp_path, calls):
    create_file(tmp_path / "x", b"abc")
    assert calls == ["write", "fsync", "link", "unlink", "fsync folder"]


def test_a_replacement_is_synced_before_and_after_the_rename(tmp_path, calls):
    (tmp_path / "x").touch()
    replace_file(tmp_path / "x", b"abc")
    assert calls == ["write", "fsync", "replace", "fsync folder"]


def test_a_new_folder_is_synced_in_its_parent(tmp_path, calls):
    make_folder(tmp_path / "a" / "b")
    assert calls == ["mkdir", "fsync folder", "mkdir", "fsync folder"]


def test_a_folder_that_is_there_is_synced_too_for_its_maker_may_have_been_killed(tmp_path, calls):
    make_folder(tmp_path)
    assert calls == ["fsync folder"]


def test_all_folders_that_lead_to_a_path_are_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    sync_path(tmp_path)
    assert synced[:2] == [tmp_path.parent, tmp_path.parent.parent]


def test_folders_that_may_be_neither_read_nor_written_are_left_out(tmp_path, monkeypatch):
    synced: list[Path] = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path.parent)
    sync_path(tmp_path)
    assert synced[0] == tmp_path.parent.parent


def test_a_folder_that_may_be_written_but_not_read_is_synced_with_all_others(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "permission denied")

    synced: list[bool] = []
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "sync", lambda: synced.append(True))
    sync_folder(tmp_path)
    assert synced == [True]


@pytest.mark.parametrize("write", [create_file, replace_file])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_an_error_of_writing_names_the_file(tmp_path, monkeypatch, write, call):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError, match=r"no space left: '.*record\.yaml'"):
        write(tmp_path / "record.yaml", b"abc")


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_sync_folders_is_written_all_the_same(
    tmp_path, monkeypatch, number
):
    def refuse(_: int) -> None:
        raise OSError(number, "not here")

    monkeypatch.setattr(os, "fsync", refuse)
    sync_folder(tmp_path)


def test_a_folder_that_fails_to_sync_is_an_error(tmp_path, monkeypatch):
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="input/output"):
        sync_folder(tmp_path)


def test_short_writes_are_completed(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:1]))
    create_file(tmp_path / "x", b"abcdef")
    assert (tmp_path / "x").read_bytes() == b"abcdef"


def test_short_reads_are_completed(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"abcdef")
    real = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: real(descriptor, min(size, 2)))
    with open_regular(tmp_path / "x") as (descriptor, status):
        assert read_at_most(descriptor, status.st_size) == b"abcdef"


def test_a_file_is_never_overwritten(tmp_path):
    create_file(tmp_path / "x", b"first")
    with pytest.raises(RecordExistsError):
        create_file(tmp_path / "x", b"second")
    assert (tmp_path / "x").read_bytes() == b"first"
    assert names(tmp_path) == ["x"]


@pytest.mark.usefixtures("without_links")
def test_without_hard_links_a_file_is_created(tmp_path):
    create_file(tmp_path / "x", b"abc")
    assert (tmp_path / "x").read_bytes() == b"abc"
    assert names(tmp_path) == ["x"]


@pytest.mark.usefixtures("without_links")
def test_without_hard_links_a_file_is_never_overwritten(tmp_path):
    create_file(tmp_path / "x", b"first")
    with pytest.raises(RecordExistsError):
        create_file(tmp_path / "x", b"second")
    assert (tmp_path / "x").read_bytes() == b"first"
    assert names(tmp_path) == ["x"]


@pytest.mark.usefixtures("without_links")
def test_without_hard_links_a_failed_rename_leaves_nothing(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(files, "rename_without_clobber", refuse)
    with pytest.raises(OSError, match="input/output"):
        create_file(tmp_path / "x", b"abc")
    assert names(tmp_path) == []


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_what_git_or_a_clean_up_takes_meanwhile_is_made_again(tmp_path, monkeypatch, taken):
    real = os.link
    takers = {"file": os.unlink, "folder": lambda path: shutil.rmtree(path.parent)}

    def take_first(old: Path, new: Path) -> None:
        monkeypatch.setattr(os, "link", real)
        takers[taken](old)
        real(old, new)

    monkeypatch.setattr(os, "link", take_first)
    (tmp_path / "a").mkdir()
    create_file(tmp_path / "a" / "x", b"abc")
    assert names(tmp_path / "a") == ["x"]


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_failed_creation_leaves_nothing(tmp_path, monkeypatch, call):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError, match="no space"):
        create_file(tmp_path / "x", b"abc")
    assert names(tmp_path) == []


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_failed_replacement_leaves_the_old_content(tmp_path, monkeypatch, call):
    (tmp_path / "x").write_bytes(b"old")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError, match="no space"):
        replace_file(tmp_path / "x", b"new")
    assert names(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"old"


def test_a_temporary_file_has_a_name_that_no_reader_takes_for_a_record(tmp_path, monkeypatch):
    seen = []
    real = os.link
    monkeypatch.setattr(os, "link", lambda old, new: (seen.append(Path(old).name), real(old, new)))
    create_file(tmp_path / "x.yaml", b"abc")
    assert seen[0].startswith(TEMPORARY_PREFIX)
    assert not seen[0].endswith(".yaml")


def test_a_dangling_link_is_not_followed_when_a_file_is_created(tmp_path):
    (tmp_path / "x").symlink_to(tmp_path / "outside")
    with pytest.raises(RecordExistsError):
        create_file(tmp_path / "x", b"abc")
    assert not (tmp_path / "outside").exists()


@pytest.fixture(params=["folder", "link", "dangling link", "fifo", "missing"])
def irregular(request, tmp_path):
    path = tmp_path / "odd"
    make = {
        "folder": path.mkdir,
        "link": lambda: path.symlink_to("/etc/hostname"),
        "dangling link": lambda: path.symlink_to("nowhere"),
        "fifo": lambda: os.mkfifo(path),
        "missing": lambda: None,
    }
    make[request.param]()
    return path


def test_only_a_regular_file_is_opened(irregular):
    with pytest.raises(OSError, match="odd"), open_regular(irregular):
        pass


def test_no_descriptor_is_left_open(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    create_file(tmp_path / "x", b"abc")
    replace_file(tmp_path / "x", b"def")
    sync_folder(tmp_path)
    with open_regular(tmp_path / "x"):
        pass
    with pytest.raises(OSError, match="not a regular"), open_regular(tmp_path):
        pass
    assert len(os.listdir("/proc/self/fd")) == before


def test_windows_folders_are_not_synced(tmp_path, monkeypatch):
    missing = tmp_path / "nowhere"
    monkeypatch.setattr(files.os, "name", "nt")
    sync_folder(missing)
