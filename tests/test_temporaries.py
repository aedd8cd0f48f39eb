from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from artifolio import temporaries
from artifolio.files import create_file, replace_file
from artifolio.temporaries import (
    ABANDONED_SECONDS,
    TEMPORARY_PREFIX,
    is_abandoned,
    remove_if_abandoned,
    temporary_file,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "home")


@pytest.fixture
def left_over(tmp_path):
    """A temporary file that nobody holds."""
    path = tmp_path / f"{TEMPORARY_PREFIX}1-00.tmp"
    path.write_bytes(b"half a record")
    return path


def test_on_macos_the_drives_own_cache_is_flushed(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(temporaries.fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(temporaries.fcntl, "fcntl", lambda _, what: flushed.append(what))
    create_file(tmp_path / "x", b"abc")
    assert flushed == [51, 51]


def test_a_temporary_file_is_locked_while_its_writer_lives(tmp_path, monkeypatch):
    seen = []
    real = os.link

    def look(old: Path, new: Path) -> None:
        seen.append(is_abandoned(old))
        real(old, new)

    monkeypatch.setattr(os, "link", look)
    create_file(tmp_path / "x", b"abc")
    assert seen == [False]


def test_a_temporary_file_of_a_writer_that_was_killed_is_abandoned(tmp_path):
    code = f"""
import os, signal
from pathlib import Path
from artifolio.files import create_file
os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
create_file(Path({str(tmp_path / "x")!r}), b"abc")
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    (left,) = tmp_path.glob(f"{TEMPORARY_PREFIX}*")
    assert is_abandoned(left)


def test_what_is_gone_is_not_abandoned(tmp_path):
    assert not is_abandoned(tmp_path / "x")


@pytest.mark.parametrize("old", [True, False])
def test_without_locks_a_temporary_file_is_abandoned_after_an_hour(tmp_path, monkeypatch, old):
    monkeypatch.setattr(temporaries, "fcntl", None)
    path = tmp_path / "x"
    path.touch()
    moment = time.time() - (ABANDONED_SECONDS + 60 if old else 60)
    os.utime(path, (moment, moment))
    assert is_abandoned(path) == old


def test_without_locks_a_file_is_created(tmp_path, monkeypatch):
    monkeypatch.setattr(temporaries, "fcntl", None)
    create_file(tmp_path / "x", b"abc")
    assert names(tmp_path) == ["x"]


def test_what_is_abandoned_is_removed(left_over):
    assert remove_if_abandoned(left_over)
    assert not left_over.exists()


def test_what_is_written_just_now_is_not_removed(tmp_path):
    with temporary_file(tmp_path, b"abc") as path:
        assert not remove_if_abandoned(path)
        assert path.read_bytes() == b"abc"


def test_what_is_gone_is_not_removed(left_over):
    left_over.unlink()
    assert not remove_if_abandoned(left_over)


def test_who_locks_a_file_that_is_being_removed_sees_that_it_is_gone(left_over, monkeypatch):
    taken = []
    real = Path.unlink

    def take_first(path, *args, **kwargs):
        with left_over.open("rb") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        taken.append(path)
        real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "unlink", take_first)
    assert remove_if_abandoned(left_over)
    assert taken == [left_over]


@pytest.mark.parametrize("write", [create_file, replace_file])
def test_a_clean_up_between_making_and_locking_does_no_harm(tmp_path, monkeypatch, write):
    removed = []
    real = fcntl.flock

    def clean_first(descriptor, how):
        if not removed:
            (path,) = tmp_path.glob(f"{TEMPORARY_PREFIX}*")
            path.unlink()
            removed.append(path)
        real(descriptor, how)

    monkeypatch.setattr(temporaries.fcntl, "flock", clean_first)
    write(tmp_path / "x", b"abc")
    assert removed
    assert names(tmp_path) == ["x"]


def test_a_file_system_that_counts_no_names_is_written_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(temporaries, "_has_name", lambda _: False)
    create_file(tmp_path / "x", b"abc")
    assert (tmp_path / "x").read_bytes() == b"abc"
    assert names(tmp_path) == ["x"]


@pytest.mark.parametrize("write", [create_file, replace_file])
def test_writers_and_a_clean_up_at_once_do_each_other_no_harm(tmp_path, write):
    stopped = threading.Event()

    def clean() -> None:
        while not stopped.is_set():
            for path in tmp_path.glob(f"{TEMPORARY_PREFIX}*"):
                remove_if_abandoned(path)

    cleaner = threading.Thread(target=clean)
    cleaner.start()
    try:
        for number in range(300):
            write(tmp_path / str(number), b"abc")
    finally:
        stopped.set()
        cleaner.join()
    assert len(names(tmp_path)) == 300


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_where_locks_are_refused_a_file_is_created_and_given_an_hour(
    tmp_path, left_over, monkeypatch, number
):
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(temporaries.fcntl, "flock", refuse)
    create_file(tmp_path / "x", b"abc")
    assert not is_abandoned(left_over)
    moment = time.time() - ABANDONED_SECONDS - 60
    os.utime(left_over, (moment, moment))
    assert is_abandoned(left_over)
