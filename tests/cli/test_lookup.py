from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.store import Store
from samples import make_id, make_record, put, put_record

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_600_000_000


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The headers that were read from files."""
    paths: list[str] = []
    real = Store.read_header

    def read_header(self: Store, path: str) -> Any:
        paths.append(path)
        return real(self, path)

    monkeypatch.setattr(Store, "read_header", read_header)
    return paths


@pytest.fixture
def settled(project: Store) -> Store:
    """Twelve versions of three keys, written long ago."""
    for number in range(12):
        path = put_record(project, make_record(key=f"key-{number % 3}", number=number))
        os.utime(path, (LONG_AGO, LONG_AGO))
    return project


COMMANDS = [
    ("ls",),
    ("ls", "--all"),
    ("inspect", "key-1"),
    ("inspect", str(make_id(4))),
    ("delete", "--id", str(make_id(4)), "--dry-run"),
    ("delete", "key-1", "--dry-run"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_was_read_once_is_not_opened_again(run, settled, opened, command):
    first = run(*command)
    assert len(opened) == 12
    opened.clear()
    assert run(*command).output == first.output
    assert opened == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_a_command_says_does_not_depend_on_the_cache(
    run, settled, command, tmp_path, monkeypatch
):
    put(settled, "key-1/broken.yaml", "format: 1\n")
    run("ls")
    with_cache = run(*command)
    monkeypatch.setenv("ARTIFOLIO_CACHE", str(tmp_path / "mkdocs.yml"))
    without = run(*command)
    assert (with_cache.output, with_cache.exit_code) == (without.output, without.exit_code)


def test_the_cache_lies_where_the_variable_says(run, settled, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_CACHE", str(tmp_path / "elsewhere"))
    run("ls")
    assert len(list((tmp_path / "elsewhere").glob("headers-*.sqlite"))) == 1


def test_an_id_of_a_record_that_was_edited_in_its_place_is_found_all_the_same(run, settled):
    run("ls")
    path = settled.root / make_record(key="key-1", number=4).header.path
    path.write_text(path.read_text().replace(str(make_id(4)), str(make_id(99))))
    result = run("inspect", str(make_id(99)), "-o", "json")
    assert result.exit_code == 0
    assert str(make_id(99)) in result.output


def test_a_version_that_is_gone_is_not_found_however_often_it_was_listed(run, settled):
    run("ls")
    (settled.root / make_record(key="key-1", number=4).header.path).unlink()
    assert run("inspect", str(make_id(4))).exit_code == 3


def test_pythons_collector_is_left_as_it_was(run, settled):
    assert gc.isenabled()
    run("ls")
    assert gc.isenabled()
