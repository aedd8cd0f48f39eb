"""The command that lists artifacts."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from artifolio.bodies import BODY_TYPES
from artifolio.cli import output, words
from artifolio.cli.lookup import complete_key, load_catalog, open_store
from artifolio.errors import RecordError
from artifolio.keys import format_time, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from artifolio.catalog import Catalog, Version
    from artifolio.store import Store
    from artifolio.values import Value

_CSV = "id key type created updated version versions commit description tags path".split()


@click.command()
@click.argument("pattern", required=False, shell_complete=complete_key)
@click.option("-a", "--all", "every", is_flag=True, help="List every version, keyless ones too.")
@click.option("--type", "kind", type=click.Choice(list(BODY_TYPES)), help="List only this type.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="List only what has this tag.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="List the newest N.")
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["table", "json", "jsonl", "csv"]),
    default="table",
    show_default=True,
    help="What to write; in a pipe, table is tab-separated.",
)
def ls(
    pattern: str | None,
    every: bool,
    kind: str | None,
    tags: Sequence[str],
    limit: int | None,
    form: str,
) -> None:
    """List the latest version of each artifact, newest first.

    PATTERN selects keys, as in 'daily-*'. A narrow terminal shows fewer columns.

    \b
    Example:
      artifolio ls 'sales-*' --tag weekly
      artifolio ls --all -o jsonl
    """
    store = open_store()
    catalog = load_catalog(store)
    lineages = catalog.all_lineages() if every else catalog.lineages.values()
    rows = [
        (version, len(lineage))
        for lineage in lineages
        if pattern is None or (lineage.key and fnmatchcase(lineage.key, pattern))
        for version in (lineage.versions if every else [lineage.latest])
        if kind in (None, version.header.type) and set(tags) <= set(version.header.tags)
    ]
    rows.sort(key=lambda row: (_updated(row[0]), row[0].header.order), reverse=True)
    rows = rows[:limit]
    troubled = {problem.path for problem in catalog.problems}
    if form in ("json", "jsonl"):
        write = output.write_json if form == "json" else output.write_jsonl
        write(_objects(store, rows, troubled))
    elif form == "csv":
        output.write_csv(_CSV, (_csv_row(*row) for row in rows))
    elif rows:
        has_pins = any(lineage.pins for lineage in catalog.lineages.values())
        output.write_list(_columns(every, has_pins), _cells(catalog, rows, every, has_pins))
    if not rows:
        output.note(_nothing(catalog, store, every))
    if troubled:
        have = "record has" if len(troubled) == 1 else "records have"
        output.note(f"{len(troubled)} {have} problems; run 'artifolio check'")


def _objects(
    store: Store, rows: Sequence[tuple[Version, int]], troubled: set[str]
) -> Iterator[dict[str, Value]]:
    """Read one body after the other; those that cannot be read are added to the troubled."""
    for version, versions in rows:
        try:
            record = store.read(version.entry.path)
        except RecordError:
            troubled.add(version.entry.path)
        else:
            yield output.json_fields(version, versions, record)


def _csv_row(version: Version, versions: int) -> list[Value]:
    header = version.header
    return [
        str(header.id),
        header.key,
        header.type,
        format_time(header.created),
        format_time(_updated(version)),
        version.number,
        versions,
        header.code.commit,
        header.description,
        list(header.tags),
        version.entry.path,
    ]


def _columns(every: bool, has_pins: bool) -> list[words.Column]:
    columns = [
        words.Column("KEY", "bold", least=40, fold=True),
        words.Column("TYPE", "cyan", drop=1 if every else 0),
        words.Column("VERSIONS", right=True, drop=4 if every else 0),
        words.Column("UPDATED"),
        words.Column("COMMIT", "yellow", drop=2),
        words.Column("DESCRIPTION", "dim", least=12, drop=3),
    ]
    if every:
        columns[2:2] = [words.Column("VERSION", right=True)]
        columns[-1:-1] = [words.Column("ID")]
    if has_pins:
        columns[-1:-1] = [words.Column("PINS", "green", drop=2)]
    return columns


def _cells(
    catalog: Catalog, rows: Sequence[tuple[Version, int]], every: bool, has_pins: bool
) -> Iterator[list[str]]:
    """Give the cells of each row: in short for people, exact for programs."""
    when: Callable[[datetime], str] = format_time
    commit_length = id_length = None
    if output.is_terminal():
        when = words.make_ago(now())
        commit_length = 7
        id_length = words.short_id_length(catalog)
    for version, versions in rows:
        header = version.header
        cells = [
            *(header.key or "", header.type, str(versions), when(_updated(version))),
            *((header.code.commit or "")[:commit_length], words.summary(header.description)),
        ]
        if every:
            cells[2:2] = [str(version.number)]
            cells[-1:-1] = [str(header.id)[:id_length]]
        if has_pins:
            cells[-1:-1] = [_pins(catalog, version, every)]
        yield cells


def _pins(catalog: Catalog, version: Version, every: bool) -> str:
    """Return the names of a version, or where each version has a row no more than those."""
    key = version.header.key
    if every or key is None:
        return ", ".join(version.pins)
    named = [item for item in catalog.lineages[key].versions if item.pins]
    return ", ".join(f"{name} v{item.number}" for item in named for name in item.pins)


def _updated(version: Version) -> datetime:
    return version.header.updated or version.header.created


def _nothing(catalog: Catalog, store: Store, every: bool) -> str:
    if not any(catalog.all_lineages()):
        return f"No artifacts in {words.clean(str(store.root))} yet."
    if not every and not catalog.lineages:
        return "No artifact has a key; 'artifolio ls --all' lists those without."
    return "No artifact is like that; 'artifolio ls' lists them all."
