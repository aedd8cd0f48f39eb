"""The command that removes what nobody needs any more."""

from __future__ import annotations

import click

from artifolio.cleaning import Leftover, find_leftovers, remove_leftover
from artifolio.cli import output, words
from artifolio.cli.lookup import open_store
from artifolio.keys import format_time, now

_COLUMNS = [
    words.Column("BYTES", right=True),
    words.Column("WRITTEN", drop=1),
    words.Column("PATH", "dim", least=24, fold=True),
]


@click.command()
@click.option("--dry-run", is_flag=True, help="List what would be removed, and stop.")
def gc(dry_run: bool) -> None:
    """Remove temporary files that writers left behind when they were killed.

    What is being written just now stays.

    \b
    Example:
      artifolio gc --dry-run
    """
    store = open_store()
    leftovers = []
    for leftover in find_leftovers(store):
        # At once: the longer ago it was looked at, the less is certain.
        if dry_run or remove_leftover(store, leftover):
            leftovers.append(leftover)
    if leftovers:
        _list(leftovers)
    size_bytes = sum(leftover.size_bytes for leftover in leftovers)
    what = f"{words.counted(len(leftovers), 'temporary file')}, {words.counted(size_bytes, 'byte')}"
    if dry_run:
        output.note(f"Would remove {what}")
    else:
        click.echo(f"Removed {what}")


def _list(leftovers: list[Leftover]) -> None:
    when = words.make_ago(now()) if output.is_terminal() else format_time
    rows = [[str(item.size_bytes), when(item.written), item.path] for item in leftovers]
    output.write_list(_COLUMNS, rows)
