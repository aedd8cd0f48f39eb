"""The command that deletes versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.cli.asking import KEPT, ask
from artifolio.cli.lookup import (
    complete_key,
    find_lineage,
    find_version,
    load_catalog,
    load_catalog_naming,
    open_store,
)
from artifolio.keys import format_time
from artifolio.pins import remove_pin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifolio.catalog import Version


@click.command()
@click.argument("key", required=False, shell_complete=complete_key)
@click.option(
    "--id", "prefix", metavar="ID", help="Delete one version: its id, or the start of it."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="List what would be deleted, and stop.")
@click.pass_context
def delete(
    context: click.Context, key: str | None, prefix: str | None, yes: bool, dry_run: bool
) -> None:
    """Delete all versions of a KEY, or one version.

    Lists them and asks first. What was committed stays in the history of git.

    \b
    Example:
      artifolio delete daily-report --dry-run
      artifolio delete --id 01a2082a-0173 --yes
    """
    if (key is None) == (prefix is None):
        raise click.UsageError("name a KEY, or one version with --id ID")
    store = open_store()
    if prefix is not None:
        # Its start tells it from all others, so more of it does too.
        id_length = max(words.SHORT_ID, len(prefix))
        lineage, version = find_version(load_catalog_naming(store, prefix), prefix)
        versions = [version]
    else:
        catalog = load_catalog(store)
        id_length = words.short_id_length(catalog)
        lineage = find_lineage(catalog, str(key))
        versions = list(reversed(lineage.versions))
    what = f"{words.counted(len(versions), 'version')} {_of(lineage.key)}"
    if len(versions) == 1:
        what += f" ({str(versions[0].header.id)[:id_length]})"
    _list(versions, id_length)
    for version in versions:
        for name in version.pins:
            output.note(f"v{version.number} is pinned as {name}.")
    if dry_run:
        output.note(f"Would delete {what}")
        output.note(KEPT)
        return
    if not yes:
        ask(context, f"Delete {what}?", "nothing was deleted")
    for version in versions:
        store.delete(version.entry)
        for name in version.pins:
            remove_pin(store.root, str(lineage.key), name)
    click.echo(f"Deleted {what}")


def _of(key: str | None) -> str:
    return "without a key" if key is None else f"of {key}"


def _list(versions: Sequence[Version], id_length: int) -> None:
    columns = [
        words.Column("VERSION", right=True),
        words.Column("ID", "bold"),
        words.Column("CREATED", drop=1),
        words.Column("PATH", "dim", least=24, fold=True),
    ]
    short = output.is_terminal()
    rows = [
        [
            str(version.number),
            str(version.header.id)[: id_length if short else None],
            f"{created:%Y-%m-%d %H:%M:%S}" if short else format_time(created),
            version.entry.path,
        ]
        for version in versions
        for created in [version.header.created]
    ]
    output.write_list(columns, rows)
