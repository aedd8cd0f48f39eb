"""Writes versions one below the other, on a terminal or into a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.bodies import Table
from artifolio.cli import output, words
from artifolio.cli.facts import body_lines, facts_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from artifolio.bodies import Body
    from artifolio.catalog import Version
    from artifolio.records import Record


def write_versions(
    records: Iterable[tuple[Version, Record]], versions: int, artifacts: Path
) -> None:
    """Write versions one below the other: laid out on a terminal, as plain lines in a pipe.

    Args:
        records: Each version with its record.
        versions: How many versions their lineage has.
        artifacts: The folder of records.
    """
    for index, (version, record) in enumerate(records):
        title = title_of(version, versions)
        facts = facts_of(version, record, artifacts, relative=output.is_terminal())
        if output.is_terminal():
            from artifolio.cli.terminal import show_version  # only here: a pipe needs no rich

            show_version(title, facts, version.header.description, record.body)
        else:
            output.write_text("\n" if index else "")
            _write_plain(title, facts, version.header.description, record.body)


def _write_plain(
    title: str, facts: Iterable[tuple[str, str]], description: str | None, body: Body
) -> None:
    output.write_text(f"{words.clean(title)}\n")
    for name, text in facts:
        output.write_text(f"{name}: {words.clean(text)}\n")
    if description:
        output.write_text("\n" + words.clean_lines(description.rstrip("\n")) + "\n")
    output.write_text("\n")
    if isinstance(body, Table):
        output.write_tsv([column.name for column in body.columns], body.rows)
    for line in body_lines(body):
        output.write_text(words.clean_lines(line) + "\n")
