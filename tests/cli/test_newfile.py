from __future__ import annotations

import stat
from pathlib import Path

import pytest

from artifolio.cli.newfile import new_file, refuse_existing
from artifolio.errors import OutputExistsError


def write(path: Path, content: bytes, *, force: bool = False) -> None:
    with new_file(path, force=force) as file:
        file.write(content)


def test_a_new_file_holds_what_was_written(tmp_path):
    write(tmp_path / "x.html", b"new")
    assert (tmp_path / "x.html").read_bytes() == b"new"
    assert not list(tmp_path.glob("*.tmp"))
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_is_there_stays_unless_forced(tmp_path):
    path = tmp_path / "x.html"
    path.write_bytes(b"old")
    with pytest.raises(OutputExistsError, match=r"x\.html already exists; .*--force"):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    write(path, b"new", force=True)
    assert path.read_bytes() == b"new"


def test_a_link_to_nowhere_counts_as_there(tmp_path):
    (tmp_path / "x.html").symlink_to("nowhere")
    with pytest.raises(OutputExistsError):
        refuse_existing(tmp_path / "x.html")


def test_what_fails_half_way_leaves_nothing_behind(tmp_path):
    (tmp_path / "x.html").write_bytes(b"old")
    with pytest.raises(TypeError):
        write(tmp_path / "x.html", None, force=True)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["x.html"]
    assert (tmp_path / "x.html").read_bytes() == b"old"


def test_others_may_read_it_as_any_file(tmp_path):
    write(tmp_path / "x.html", b"new")
    (tmp_path / "plain").touch()
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("x.html", "plain")}
    assert len(modes) == 1


def test_a_folder_that_is_missing_is_named_as_it_was_given(tmp_path):
    path = tmp_path / "missing/x.html"
    with pytest.raises(FileNotFoundError) as raised:
        write(path, b"new")
    assert raised.value.filename == str(path)
