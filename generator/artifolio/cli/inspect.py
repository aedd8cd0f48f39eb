"""The command that shows versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from artifolio.cli import output
from artifolio.cli.lookup import (
    complete_key,
    find,
    load_catalog_naming,
    open_store,
    unread_told,
    version_named,
)
from artifolio.cli.versions import write_versions
from artifolio.errors import Problem, RecordError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from artifolio.catalog import Lineage, Version
    from artifolio.records import Record
    from artifolio.store import Store


@click.command()
@click.argument("name", metavar="KEY|ID", shell_complete=complete_key)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Show the newest N.")
@click.option(
    "--version",
    "number",
    metavar="VERSION",
    help="Show one only: its number (-1 is the latest), the name that it is pinned as, or its id.",
)
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    show_default=True,
    help="What to write; yaml is the records as they are stored.",
)
@click.pass_context
def inspect(
    context: click.Context, name: str, limit: int | None, number: str | None, form: str
) -> None:
    """Show an artifact's versions with their content, newest first.

    With a KEY, all its versions; with an ID, or the start of one, that version.

    \b
    Example:
      artifolio inspect daily-report --version -1
      artifolio inspect daily-report -o json
    """
    store = open_store()
    catalog = load_catalog_naming(store, name)
    with unread_told(context, catalog, name) as unread:
        lineage, version = find(catalog, name)
        chosen = [version] if version else _choose(lineage, limit, number)
        if version and number is not None:
            raise click.UsageError("--version goes with a KEY; an ID is one version already")
        records = _read(store, chosen, unread)
        _write(store, records, len(lineage), form)


def _choose(lineage: Lineage, limit: int | None, number: str | None) -> list[Version]:
    if number is not None:
        return [version_named(lineage, number)]
    return list(lineage.versions[::-1][:limit])


def _read(
    store: Store, versions: Iterable[Version], unread: list[Problem]
) -> Iterator[tuple[Version, Record]]:
    """Read one record after the other; those that cannot be read are added to the unread."""
    for version in versions:
        try:
            yield version, store.read(version.entry.path)
        except RecordError as error:
            unread.append(Problem(error.path, error.reason))


def _write(
    store: Store, records: Iterable[tuple[Version, Record]], versions: int, form: str
) -> None:
    if form == "json":
        output.write_json(
            output.json_fields(version, versions, record) for version, record in records
        )
    elif form == "yaml":
        for version, _ in records:
            output.write_text((store.root / version.entry.path).read_bytes().decode())
    else:
        write_versions(records, versions, store.root)
