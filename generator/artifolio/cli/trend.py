"""The command that shows how numbers went from version to version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.cli.lookup import (
    complete_key,
    find_lineage,
    load_catalog_naming,
    open_store,
    unread_told,
)
from artifolio.cli.trendlines import lines_of
from artifolio.errors import Problem, RecordError
from artifolio.formulas import harmless
from artifolio.keys import format_time
from artifolio.trends import as_json, figures_of, series_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from artifolio.catalog import Version
    from artifolio.deltas import Number
    from artifolio.store import Store
    from artifolio.trends import Series
    from artifolio.values import Value


@click.command()
@click.argument("key", shell_complete=complete_key)
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="What to write; csv has one row for each version.",
)
@click.pass_context
def trend(context: click.Context, key: str, form: str) -> None:
    """Show how the numbers of a KEY went from version to version.

    Those of tables are what the publisher named, or else sums, means and the count of rows; others
    are the percent of progress, the size of files, and the numbers in the metadata. A step is a
    change far greater than those before it.

    \b
    Example:
      artifolio trend daily-report
      artifolio trend daily-report -o csv
    """
    store = open_store()
    catalog = load_catalog_naming(store, key)
    with unread_told(context, catalog, key) as unread:
        lineage = find_lineage(catalog, key)
        found = list(_read(store, lineage.versions, unread))
        series = series_of(
            [(version.number, version.header.created, figures) for version, figures in found]
        )
        _write(series, [version for version, _ in found], form)
        if found and not series:
            output.note(f"The latest version of {words.clean(key)} has no numbers to follow.")


def _read(
    store: Store, versions: Iterable[Version], unread: list[Problem]
) -> Iterator[tuple[Version, dict[str, Number]]]:
    """Read one record after the other; those that cannot be read are added to the unread."""
    for version in versions:
        try:
            record = store.read(version.entry.path)
        except RecordError as error:
            unread.append(Problem(error.path, error.reason))
        else:
            yield version, figures_of(record.header, record.body)


def _write(series: Sequence[Series], versions: Sequence[Version], form: str) -> None:
    if form == "json":
        ids = {version.number: version.entry.id for version in versions}
        output.write_json(as_json(one, ids) for one in series)
    elif form == "csv":
        headings = ["version", "id", "created", *(harmless(one.name) for one in series)]
        output.write_csv(headings, _csv_rows(series, versions))
    else:
        output.write_lines(lines_of(series))


def _csv_rows(series: Iterable[Series], versions: Iterable[Version]) -> Iterator[list[Value]]:
    columns = [{point.number: point.value for point in one.points} for one in series]
    for version in versions:
        place: list[Value] = [version.number, version.entry.id, format_time(version.header.created)]
        yield [*place, *(column.get(version.number) for column in columns)]
