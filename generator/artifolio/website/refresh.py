"""Brings ``site_src/`` up to date with the records."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from artifolio.catalog import Catalog, build_catalog
from artifolio.index import Index
from artifolio.keys import KEYLESS_FOLDER
from artifolio.website.pages import PageOptions, Pages, asset_outputs, paths_of
from artifolio.website.rendering import Renderer
from artifolio.website.sync import Output, Synced, sync_outputs
from artifolio.website.urls import ARTIFACTS, OWNED_FOLDERS, RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from artifolio.entries import Entry, Scan
    from artifolio.errors import Problem
    from artifolio.store import Store


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found and did."""

    catalog: Catalog
    problems: tuple[Problem, ...]
    """Those of the catalog and those found in bodies, sorted by path."""
    synced: Synced


class Refresher:
    """Keeps the generated pages of one site up to date.

    Args:
        store: The records.
        docs_dir: MkDocs' ``docs_dir``, usually ``site_src``.
        options: What pages depend on besides records.
        cache: The folder for what is remembered between processes; None remembers nothing.
    """

    def __init__(
        self,
        store: Store,
        docs_dir: Path,
        options: PageOptions | None = None,
        cache: Path | None = None,
    ) -> None:
        self._store = store
        self._index = Index(store, cache)
        self._docs_dir = docs_dir
        self._options = options or PageOptions()
        # Kept, for to compile the templates takes longer than to make a page of each.
        self._renderer = Renderer(self._options.image_hosts)
        self._scans: dict[str, Scan] = {}
        self._catalog: Catalog | None = None
        """The one that all pages were last made from."""
        self._body_problems: dict[str, list[Problem]] = {}
        """By the folder that pages lie in."""

    def refresh(self, changed: Iterable[str] | None = None) -> Refreshed:
        """Make the pages of the records that are there now.

        Args:
            changed: Names of the folders in which records changed; None, or the first call,
                makes all pages.
        """
        stale = set(changed or ())
        before = None if changed is None else self._catalog
        folders = self._store.folders()
        if before is None:
            self._scans = self._index.scans()
        else:
            fresh = self._index.scans(
                folder for folder in folders if folder in stale or folder not in self._scans
            )
            scans = self._scans | fresh
            self._scans = {folder: scans[folder] for folder in folders}
        catalog = build_catalog(self._scans.values())
        pages = Pages(self._store, catalog, self._options, self._renderer)
        wanted: set[str] | None = None
        owned: Iterable[str] = OWNED_FOLDERS
        if before is None:
            self._body_problems = {}
        else:
            # A record may lie in another folder than its pages do, and hide one of the same id.
            wanted = self._folders_of(stale) | _differing(before, catalog)
            for folder in wanted:
                self._body_problems.pop(folder, None)
            owned = [*(f"{ARTIFACTS}/{folder}" for folder in sorted(wanted)), RUNS]
        problems: list[Problem] = []
        synced = sync_outputs(
            self._docs_dir, owned, self._outputs(pages, catalog, wanted, problems)
        )
        # Only now: what failed half-way is made again by the next refresh.
        self._catalog = catalog
        return Refreshed(catalog, tuple(problems), synced)

    def _outputs(
        self, pages: Pages, catalog: Catalog, wanted: set[str] | None, problems: list[Problem]
    ) -> Iterator[Output]:
        """Give the files of the wanted folders, and those that all records share."""
        if wanted is None:
            yield from asset_outputs()
        for lineage in catalog.all_lineages():
            folder = lineage.latest.header.folder
            if wanted is None or folder in wanted:
                found = self._body_problems.setdefault(folder, [])
                yield from pages.lineage(lineage, found)
        bodies = chain.from_iterable(self._body_problems.values())
        problems += sorted(
            # An altered header shows itself in both.
            {*catalog.problems, *bodies},
            key=lambda problem: (problem.path, problem.reason),
        )
        troubled = paths_of(problems)
        if catalog.keyless and (wanted is None or KEYLESS_FOLDER in wanted):
            yield pages.keyless(troubled)
        for flow_run in catalog.runs:
            yield pages.run(flow_run, troubled)
        yield pages.all_artifacts(problems)

    def _folders_of(self, folders: Iterable[str]) -> set[str]:
        """Return where the pages lie of what is in some folders of records."""
        scans = [self._scans[folder] for folder in folders if folder in self._scans]
        return {entry.header.folder for scan in scans for entry in scan.entries}


def _differing(before: Catalog, after: Catalog) -> set[str]:
    """Return the folders of pages that have other versions in one catalog than in the other."""
    old, new = _by_folder(before), _by_folder(after)
    return {folder for folder in old.keys() | new.keys() if old.get(folder) != new.get(folder)}


def _by_folder(catalog: Catalog) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for version in catalog.versions():
        found.setdefault(version.header.folder, []).append(version.entry)
    return found
