"""The command that removes what nobody needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from artifolio.cleaning import (
    Leftover,
    find_leftovers,
    find_spent,
    remove_leftover,
    remove_spent,
)
from artifolio.cli import output, words
from artifolio.cli.asking import KEPT, ask
from artifolio.cli.lookup import load_catalog, open_store
from artifolio.cli.retiring import (
    list_due,
    remove_bodies,
    summary,
    write_due,
)
from artifolio.cli.settings import policy_of_project
from artifolio.errors import InvalidValueError
from artifolio.keys import KEYLESS_FOLDER, format_time, now
from artifolio.retention import Policy, Rule, parse_age

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta

    from artifolio.store import Store

_COLUMNS = [
    words.Column("BYTES", right=True),
    words.Column("WRITTEN", drop=1),
    words.Column("PATH", "dim", least=24, fold=True),
]


def _age(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> timedelta | None:
    try:
        return None if value is None else parse_age(value)
    except InvalidValueError as error:
        raise click.BadParameter(error.reason) from None


@click.command()
@click.option(
    "--keep", metavar="N", type=click.IntRange(min=1), help="Keep the newest N versions of a key."
)
@click.option(
    "--older-than", metavar="AGE", callback=_age, help="Keep what is younger, as 12h, 90d, 8w, 2y."
)
@click.option(
    "--key", "pattern", metavar="PATTERN", help="Only the bodies of these keys, as 'nightly-*'."
)
@click.option("--dry-run", is_flag=True, help="List what would be removed, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def gc(
    context: click.Context,
    keep: int | None,
    older_than: timedelta | None,
    pattern: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Remove the bodies of old versions, and what killed writers left behind.

    A version without its body stays in the lineage, with its number, digest and figures. Which
    bodies go is said by --keep and --older-than: what both let go, and never the latest version of
    a key. Without either, the retention of mkdocs.yml decides; without that, all stay. Lists them
    and asks first. No other command removes a body.

    \b
    Example:
      artifolio gc --dry-run
      artifolio gc --keep 50 --older-than 90d --key 'nightly-*'
    """
    store = open_store()
    if keep is None and older_than is None:
        policy = policy_of_project(store)
    else:
        rule = Rule(keep, older_than)
        policy = Policy(rule, {KEYLESS_FOLDER: rule} if pattern == KEYLESS_FOLDER else {})
    is_swept = _sweep("temporary file", find_leftovers(store), store, remove_leftover, dry_run)
    catalog = load_catalog(store)
    spent = find_spent(store, catalog)
    is_swept |= _sweep("attachment without its body", spent, store, remove_spent, dry_run)
    if policy.is_empty:
        if not is_swept:
            _say("0 temporary files, 0 bytes", dry_run)
        return
    moment = now()
    due = list_due(store, catalog, policy, moment, pattern)
    if due:
        write_due(due)
    if dry_run:
        _say(summary(due), dry_run)
        output.note(KEPT)
        return
    if due and not yes:
        ask(context, f"Remove {summary(due)}?", "no body was removed")
    _say(summary(remove_bodies(store, due, moment)), dry_run)


def _sweep(
    noun: str,
    found: Iterable[Leftover],
    store: Store,
    remove: Callable[[Store, Leftover], bool],
    dry_run: bool,
) -> bool:
    """Remove what was left behind, and say what it was.

    Returns:
        Whether there was anything.
    """
    leftovers = []
    for leftover in found:
        # At once: the longer ago it was looked at, the less is certain.
        if dry_run or remove(store, leftover):
            leftovers.append(leftover)
    if leftovers:
        _list(leftovers)
        size_bytes = sum(leftover.size_bytes for leftover in leftovers)
        what = f"{words.counted(len(leftovers), noun)}, {words.counted(size_bytes, 'byte')}"
        _say(what, dry_run)
    return bool(leftovers)


def _say(what: str, dry_run: bool) -> None:
    if dry_run:
        output.note(f"Would remove {what}")
    else:
        click.echo(f"Removed {what}")


def _list(leftovers: list[Leftover]) -> None:
    when = words.make_ago(now()) if output.is_terminal() else format_time
    rows = [[str(item.size_bytes), when(item.written), item.path] for item in leftovers]
    output.write_list(_COLUMNS, rows)
