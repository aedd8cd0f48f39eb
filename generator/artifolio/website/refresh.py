"""Brings ``site_src/`` up to date with the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.catalog import Catalog, build_catalog
from artifolio.keys import KEYLESS_FOLDER
from artifolio.website.pages import PageOptions, Pages, asset_outputs
from artifolio.website.sync import Output, Synced, sync_outputs
from artifolio.website.urls import ARTIFACTS, OWNED_FOLDERS, RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from artifolio.errors import Problem
    from artifolio.store import Scan, Store


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
    """

    def __init__(self, store: Store, docs_dir: Path, options: PageOptions | None = None) -> None:
        self._store = store
        self._docs_dir = docs_dir
        self._options = options or PageOptions()
        self._scans: dict[str, Scan] = {}
        self._body_problems: dict[str, list[Problem]] = {}
        """By the folder that pages lie in."""

    def refresh(self, changed: Iterable[str] | None = None) -> Refreshed:
        """Make the pages of the records that are there now.

        Args:
            changed: Names of the folders in which records changed; None, or the first call,
                makes all pages.
        """
        folders = self._store.folders()
        if changed is None or not self._scans:
            stale = set(folders)
            everything = True
        else:
            stale = set(changed)
            everything = False
        before = self._folders_of(stale)
        self._scans = {
            folder: self._store.scan(folder)
            if folder in stale or folder not in self._scans
            else self._scans[folder]
            for folder in folders
        }
        catalog = build_catalog(self._scans.values())
        pages = Pages(self._store, catalog, self._options)
        if everything:
            self._body_problems = {}
            owned: Iterable[str] = OWNED_FOLDERS
            wanted = None
        else:
            wanted = before | self._folders_of(stale) | stale
            for folder in wanted:
                self._body_problems.pop(folder, None)
            owned = [*(f"{ARTIFACTS}/{folder}" for folder in sorted(wanted)), RUNS]
        problems: list[Problem] = []
        synced = sync_outputs(
            self._docs_dir, owned, self._outputs(pages, catalog, wanted, problems)
        )
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
        if catalog.keyless and (wanted is None or KEYLESS_FOLDER in wanted):
            yield pages.keyless()
        for flow_run in catalog.runs:
            yield pages.run(flow_run)
        problems.extend(catalog.problems)
        for found in self._body_problems.values():
            problems.extend(found)
        problems.sort(key=lambda problem: (problem.path, problem.reason))
        yield pages.all_artifacts(problems)

    def _folders_of(self, folders: Iterable[str]) -> set[str]:
        """Return where the pages lie of what was last seen in some folders of records."""
        scans = [self._scans[folder] for folder in folders if folder in self._scans]
        return {entry.header.folder for scan in scans for entry in scan.entries}
