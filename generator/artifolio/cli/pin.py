"""The commands that give versions names, and take them away."""

from __future__ import annotations

import click

from artifolio.cli.lookup import (
    complete_key,
    find_lineage,
    load_catalog_naming,
    open_store,
    unread_told,
    version_named,
)
from artifolio.errors import InvalidValueError
from artifolio.keys import check_key
from artifolio.pins import Pin, check_pin_name, remove_pin, write_pin


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return check_pin_name(value)
    except InvalidValueError as error:
        raise click.BadParameter(error.reason) from None


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("key", shell_complete=complete_key)
@click.argument("version")
@click.option(
    "--as",
    "name",
    metavar="NAME",
    required=True,
    callback=_name,
    help="What to call it: lowercase letters, digits and dashes.",
)
@click.pass_context
def pin(context: click.Context, key: str, version: str, name: str) -> None:
    """Give a VERSION of a KEY a name, as production, or move the name to it.

    VERSION is a number (-1 is the latest), another name, or an id or its start. The name can be
    used wherever a version is named, is shown on the site, and keeps the version's body from gc. It
    is a small file beside the records, to be committed with them.

    \b
    Example:
      artifolio pin churn-model -1 --as production
      artifolio diff churn-model production latest
    """
    store = open_store()
    catalog = load_catalog_naming(store, key)
    with unread_told(context, catalog, key):
        lineage = find_lineage(catalog, key)
        chosen = version_named(lineage, version)
        if chosen.header.retired:
            raise click.ClickException(
                f"v{chosen.number} of {key} has no body any more; pin another version"
            )
        before = lineage.pinned(name)
        write_pin(store.root, Pin(key, name, chosen.entry.id))
        was = f" (was v{before.number})" if before and before != chosen else ""
        click.echo(f"Pinned v{chosen.number} of {key} as {name}{was}")


@click.command()
@click.argument("key", shell_complete=complete_key)
@click.argument("name", callback=_name)
def unpin(key: str, name: str) -> None:
    """Take a NAME away from the version of a KEY that has it. The version stays.

    \b
    Example:
      artifolio unpin churn-model production
    """
    remove_pin(open_store().root, check_key(key), name)
    click.echo(f"Unpinned {name} of {key}")
