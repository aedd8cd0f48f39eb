"""The disk of ``disk.py`` promises no more than POSIX does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from faults.calls import Call, parse_calls
from faults.disk import Disk

CREATE = ['openat(AT_FDCWD, "/here/x", O_WRONLY|O_CREAT|O_EXCL, 0666) = 3']
WRITE = ['write(3, "abc", 3) = 3']
SYNC = ["fsync(3) = 0", "close(3) = 0"]
SYNC_FOLDER = ['openat(AT_FDCWD, "/here", O_RDONLY) = 3', *SYNC]
SAVED = [*CREATE, *WRITE, *SYNC, *SYNC_FOLDER]
TORN = {b"", b"a", b"ab", b"abc", b"\0\0\0", b"a\0\0", b"ab\0"}


def calls(lines: list[str], here: Path) -> list[Call]:
    """Read lines as strace would have written them."""
    text = "\n".join(['read(0, ".", 1) = 1', *lines]).replace("/here", str(here))
    return list(parse_calls(re.sub('"(.*?)"', lambda found: f'"{in_hexadecimal(found[1])}"', text)))


def in_hexadecimal(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def after_a_power_cut(lines: list[str], here: Path) -> list[dict[str, set[bytes]]]:
    """Give the sets of files that may be there, and what each may hold."""
    disk = Disk(here)
    disk.replay(calls(lines, here))
    return [{path: set(file.may_hold()) for path, file in tree.items()} for tree in disk.trees()]


def test_what_was_written_is_torn_and_its_name_gone(tmp_path):
    assert after_a_power_cut([*CREATE, *WRITE], tmp_path) == [{}, {"x": TORN}]


def test_a_long_file_may_have_a_hole(tmp_path):
    lines = [*CREATE, 'write(3, "0123456789abcdefgh", 18) = 18']
    held = after_a_power_cut(lines, tmp_path)[-1]["x"]
    assert {bytes(8) + b"89abcdefgh", b"01234567" + bytes(8) + b"gh"} < held


def test_a_synced_file_may_have_no_name(tmp_path):
    assert after_a_power_cut([*CREATE, *WRITE, *SYNC], tmp_path) == [{}, {"x": {b"abc"}}]


def test_a_synced_name_may_stand_for_a_torn_file(tmp_path):
    lines = [*CREATE, *WRITE, "close(3) = 0", *SYNC_FOLDER]
    assert after_a_power_cut(lines, tmp_path) == [{"x": TORN}]


def test_a_file_is_safe_after_both_syncs(tmp_path):
    assert after_a_power_cut(SAVED, tmp_path) == [{"x": {b"abc"}}]


def test_a_sync_that_failed_saves_nothing(tmp_path):
    lines = [line.replace("fsync(3) = 0", "fsync(3) = -1 EIO (…) (INJECTED)") for line in SAVED]
    assert after_a_power_cut(lines, tmp_path) == [{}, {"x": TORN}]


def test_a_write_that_was_cut_short_wrote_no_more_than_it_said(tmp_path):
    lines = [*CREATE, 'write(3, "abcdef", 6) = 3', *SYNC, *SYNC_FOLDER]
    assert after_a_power_cut(lines, tmp_path) == [{"x": {b"abc"}}]


def test_a_synced_folder_may_be_lost_with_all_that_is_in_it(tmp_path):
    within = [line.replace("/here", "/here/folder") for line in SAVED]
    lines = ['mkdir("/here/folder", 0777) = 0', *within]
    assert after_a_power_cut(lines, tmp_path) == [{}, {"folder/x": {b"abc"}}]
    assert after_a_power_cut([*lines, *SYNC_FOLDER], tmp_path) == [{"folder/x": {b"abc"}}]


def test_a_link_and_what_it_was_made_from_are_kept_or_lost_each_for_itself(tmp_path):
    lines = [*SAVED, 'link("/here/x", "/here/y") = 0', 'unlink("/here/x") = 0']
    trees = [sorted(tree) for tree in after_a_power_cut(lines, tmp_path)]
    assert sorted(trees) == [[], ["x"], ["x", "y"], ["y"]]
    assert after_a_power_cut([*lines, *SYNC_FOLDER], tmp_path) == [{"y": {b"abc"}}]


def test_a_file_that_was_replaced_may_be_back(tmp_path):
    (tmp_path / "x").write_bytes(b"old")
    make = [line.replace("/here/x", "/here/new") for line in (*CREATE, *WRITE, *SYNC)]
    lines = [*make, 'rename("/here/new", "/here/x") = 0']
    held = [tree["x"] for tree in after_a_power_cut(lines, tmp_path)]
    assert {b"old"} in held
    assert {b"abc"} in held
    assert after_a_power_cut([*lines, *SYNC_FOLDER], tmp_path) == [{"x": {b"abc"}}]


def test_what_was_there_from_the_start_is_safe(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_bytes(b"abc")
    assert after_a_power_cut([], tmp_path) == [{"folder/x": {b"abc"}}]


def test_an_emptied_file_may_hold_what_it_held(tmp_path):
    (tmp_path / "x").write_bytes(b"old")
    lines = ['openat(AT_FDCWD, "/here/x", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3']
    assert after_a_power_cut(lines, tmp_path) == [{"x": {b"old", b""}}]


def test_a_call_that_nobody_told_it_of_is_refused(tmp_path):
    with pytest.raises(NotImplementedError, match="truncate"):
        after_a_power_cut(['truncate("/here/x", 0) = 0'], tmp_path)


def test_a_trace_of_two_threads_is_refused(tmp_path):
    with pytest.raises(ValueError, match="unfinished"):
        calls(["fsync(3 <unfinished ...>"], tmp_path)


def test_a_text_that_strace_cut_off_is_refused(tmp_path):
    with pytest.raises(AssertionError, match="cut off"):
        after_a_power_cut(['unlink("/here/x"...) = 0'], tmp_path)
