from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import pytest

from artifolio.website.engine.packing import pack

MOMENT = datetime(2026, 8, 1, 12, 30, 44, 5, tzinfo=timezone.utc)
FILES = {"index.html": b"<p>", "a/ü.txt": b"x" * 5000, "a/b/c.png": b"\x89PNG", "a.html": b""}


def lay(folder: Path, names) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[name])
    return folder


def packed(folder: Path, **options) -> bytes:
    target = io.BytesIO()
    pack(folder, target, "site", **options)
    return target.getvalue()


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_unpacking_gives_one_folder_with_all_files(tmp_path):
    folder = lay(tmp_path / "x", FILES)
    target = io.BytesIO()
    assert pack(folder, target, "site") == len(FILES)
    opened(target.getvalue()).extractall(tmp_path / "out")
    assert os.listdir(tmp_path / "out") == ["site"]
    found = {name: (tmp_path / "out/site" / name).read_bytes() for name in FILES}
    assert found == FILES


def test_the_bytes_depend_on_nothing_but_the_content(tmp_path):
    one = lay(tmp_path / "one", FILES)
    other = lay(tmp_path / "other", reversed(FILES))
    (other / "index.html").chmod(0o600)
    os.utime(other / "a.html", (0, 0))
    assert packed(one, moment=MOMENT) == packed(other, moment=MOMENT)


def test_all_files_have_the_time_that_was_given(tmp_path):
    archive = opened(packed(lay(tmp_path, FILES), moment=MOMENT))
    assert {entry.date_time for entry in archive.infolist()} == {(2026, 8, 1, 12, 30, 44)}


@pytest.mark.parametrize("year", [None, 1, 1979, 2108, 9999])
def test_a_time_that_no_zip_file_can_tell_is_1980(tmp_path, year):
    moment = MOMENT.replace(year=year) if year else None
    archive = opened(packed(lay(tmp_path, FILES), moment=moment))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_named_is_left_out(tmp_path):
    archive = opened(packed(lay(tmp_path, FILES), without=["a/b/c.png"]))
    assert archive.namelist() == ["site/a/ü.txt", "site/a.html", "site/index.html"]


def test_a_large_file_does_not_lie_in_memory(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/large").write_bytes(bytes(50_000_000))
    tracemalloc.start()
    with (tmp_path / "x.zip").open("wb") as target:
        pack(tmp_path / "folder", target, "site")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
