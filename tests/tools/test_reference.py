"""The documentation says what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from artifolio.cli.main import cli
from artifolio.records import dump_record, parse_record

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reference() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        import reference

        yield reference


def test_reference_pages_are_up_to_date() -> None:
    # In a process of its own: here the store's methods are guarded, and look different.
    command = [sys.executable, str(ROOT / "tools" / "reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}; run 'make docs'"


def test_check_finds_an_outdated_page_and_leaves_it(
    reference: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sdk.md", "cli.md"):
        (tmp_path / name).write_text(f"By hand.\n\n{reference.MARKER}\n\nOld.\n", encoding="utf-8")
    monkeypatch.setattr(reference, "GUIDE", tmp_path)
    assert reference.main(["--check"]) == 1
    assert (tmp_path / "sdk.md").read_text(encoding="utf-8").endswith("Old.\n")


def test_writing_keeps_what_stands_above_the_marker(
    reference: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sdk.md", "cli.md"):
        (tmp_path / name).write_text(f"By hand.\n\n{reference.MARKER}\n\nOld.\n", encoding="utf-8")
    monkeypatch.setattr(reference, "GUIDE", tmp_path)
    assert reference.main([]) == 0
    text = (tmp_path / "sdk.md").read_text(encoding="utf-8")
    assert text.startswith(f"By hand.\n\n{reference.MARKER}\n\n## Functions\n")
    assert "Old." not in text
    assert reference.main(["--check"]) == 0


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_readme_names_every_command(name: str) -> None:
    assert f"`artifolio {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_example_of_the_record_format_is_a_record_as_it_is_written() -> None:
    page = (ROOT / "site_src" / "guide" / "records.md").read_text(encoding="utf-8")
    match = re.search(r"```yaml\n(format: 1\n.*?)```", page, re.DOTALL)
    assert match is not None
    record = parse_record(match[1])
    assert record.intact
    assert dump_record(record) == match[1]


def test_table_cells_with_bars_stay_in_their_column(reference: Any) -> None:
    assert reference._cell("`str | None` or a | b") == "`str | None` or a \\| b"
