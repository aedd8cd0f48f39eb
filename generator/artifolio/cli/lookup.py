"""Which records, which artifact and which version a command means."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artifolio.catalog import Catalog, Lineage, Version, build_catalog
from artifolio.cli import output
from artifolio.entries import match_id
from artifolio.errors import AmbiguousIdError, NotFoundError, shown
from artifolio.headers import SUFFIX
from artifolio.index import Index
from artifolio.keys import format_time, is_key
from artifolio.location import cache_folder, locate_artifacts
from artifolio.pins import is_pin_file
from artifolio.store import Store
from artifolio.versionnames import version_named as find_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from artifolio.errors import Problem

_CANDIDATES = 20


def open_store() -> Store:
    """Return the store of the working directory."""
    return Store(locate_artifacts(Path.cwd(), os.environ))


def load_catalog(store: Store) -> Catalog:
    """Read the headers of all records."""
    return build_catalog(_index(store).scans().values())


def load_catalog_naming(store: Store, name: str) -> Catalog:
    """Read as few headers as tell what a key or the start of an id stands for.

    The catalog holds what goes by that name, whole, and not all of the rest.
    """
    catalog = build_catalog(_index(store).scans_naming(name).values())
    try:
        find(catalog, name)
    except (NotFoundError, click.ClickException):
        # Before it is said that nothing is there, every file is looked at.
        return load_catalog(store)
    return catalog


def find_lineage(catalog: Catalog, key: str) -> Lineage:
    """Return the lineage of a key.

    Raises:
        NotFoundError: If there is none; names the keys that come near.
    """
    if key not in catalog.lineages:
        raise NotFoundError(f"artifact {shown(key)}", _way_out(catalog, key))
    return catalog.lineages[key]


def find_version(catalog: Catalog, prefix: str) -> tuple[Lineage, Version]:
    """Return the version whose id starts so, and its lineage.

    Raises:
        NotFoundError: If there is none.
        click.ClickException: If there are several; lists them.
    """
    places = {
        version.entry.id: (lineage, version)
        for lineage in catalog.all_lineages()
        for version in lineage.versions
    }
    try:
        entry = match_id(prefix, (version.entry for _, version in places.values()))
    except AmbiguousIdError as error:
        found = [places[candidate] for candidate in error.candidates]
        raise click.ClickException(_ambiguous(prefix, found)) from error
    return places[entry.id]


def find(catalog: Catalog, name: str) -> tuple[Lineage, Version | None]:
    """Return what a key or an id stands for; a key wins.

    Returns:
        The lineage, and the version where it was an id.

    Raises:
        NotFoundError: If nothing goes by that name.
    """
    if name in catalog.lineages:
        return catalog.lineages[name], None
    try:
        return find_version(catalog, name)
    except NotFoundError:
        raise NotFoundError(f"artifact or version {shown(name)}", _way_out(catalog, name)) from None


def version_named(lineage: Lineage, name: str) -> Version:
    """Return the version of a lineage that a number, a name or the start of an id stands for.

    Raises:
        NotFoundError: If nothing goes by that name.
        click.ClickException: If several versions do; lists them.
    """
    try:
        return find_named(lineage, name)
    except AmbiguousIdError as error:
        found = [
            (lineage, version)
            for version in lineage.versions
            if version.entry.id in error.candidates
        ]
        raise click.ClickException(_ambiguous(name, found)) from error


@contextlib.contextmanager
def unread_told(context: click.Context, catalog: Catalog, key: str) -> Iterator[list[Problem]]:
    """Tell in the end of the records that hide versions of a key, and let the command fail then.

    What is not found meanwhile may be in one of them, so that nothing else is said of it.

    Returns:
        The records in the key's folder that cannot be read; more may be added.
    """
    known = {version.entry.path for version in catalog.versions()}
    unread = [
        problem
        for problem in catalog.problems
        if problem.path.startswith(f"{key}/")
        and problem.path not in known
        # A name that is broken hides no version.
        and not is_pin_file(key, problem.path.rpartition("/")[2])
    ]
    try:
        yield unread
    except NotFoundError:
        if not unread:
            raise
    for problem in unread:
        output.note(f"Error: {problem}")
    if unread:
        context.exit(1)


def complete_key(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the keys that start so, for the shell; by the names of folders alone."""
    # Here -C has been read, but not followed.
    directory = context.find_root().params.get("directory")
    start = Path.cwd() / Path(directory).expanduser() if directory else Path.cwd()
    store = Store(locate_artifacts(start, os.environ))
    with contextlib.suppress(OSError):
        return [
            folder
            for folder in store.folders()
            if folder.startswith(incomplete) and is_key(folder) and _has_records(store, folder)
        ]
    return []


def _index(store: Store) -> Index:
    return Index(store, cache_folder(os.environ))


def _has_records(store: Store, folder: str) -> bool:
    return any(name.endswith(SUFFIX) for name in os.listdir(store.root / folder))


def _way_out(catalog: Catalog, name: str) -> str:
    import difflib  # only here: it costs 5 ms

    near = difflib.get_close_matches(name, catalog.lineages, 1)
    return f"did you mean '{near[0]}'?" if near else "see 'artifolio ls --all'"


def _ambiguous(prefix: str, found: Iterable[tuple[Lineage, Version]]) -> str:
    lines = [
        f"  {version.header.id}  {format_time(version.header.created)}  "
        + (f"{lineage.key} v{version.number}" if lineage.key else "(no key)")
        for lineage, version in found
    ]
    if len(lines) > _CANDIDATES:
        lines[_CANDIDATES:] = [f"  … {len(lines) - _CANDIDATES} more"]
    return f"id {shown(prefix)} is shared by several versions; give more of it:\n" + "\n".join(
        lines
    )
