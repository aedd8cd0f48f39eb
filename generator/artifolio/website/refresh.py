"""Brings ``site_src/`` up to date with the records."""

from __future__ import annotations

import os
import time
from concurrent.futures import wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.catalog import Catalog, build_catalog
from artifolio.index import SETTLED_NANOSECONDS, Index
from artifolio.keys import folder_for
from artifolio.website.foundation import foundation
from artifolio.website.gathering import Runs, Shelf, all_problems, key_works, shared_by, shelves_of
from artifolio.website.history import History
from artifolio.website.holdings import Holdings
from artifolio.website.making import Maker, Site, make_all
from artifolio.website.memory import Memory
from artifolio.website.numbering import LIST_BYTES, fill
from artifolio.website.options import PageOptions
from artifolio.website.urls import ARTIFACTS, ASSETS, LIST_PARTS, SCHEMAS
from artifolio.website.works import AssetsWork, ListWork

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from artifolio.entries import Scan
    from artifolio.errors import Problem
    from artifolio.store import Store
    from artifolio.website.sync import Identity, Synced
    from artifolio.website.works import Work

SHARED_UNITS = 200
"""From so many versions on it is worth while to let an executor make the pages."""
_SLICE_UNITS = 100


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found and did."""

    catalog: Catalog
    problems: tuple[Problem, ...]
    """Those of the catalog and those found in bodies, sorted by path."""
    synced: Synced
    """What changed on disk since the refresh before; of the first one, what it changed."""
    outputs: Mapping[str, Identity]
    """Every generated file by its path below ``docs_dir``. The next refresh changes this."""


class Refresher:
    """Keeps the generated pages of one site up to date.

    Args:
        store: The records.
        docs_dir: MkDocs' ``docs_dir``, usually ``site_src``.
        options: What pages depend on besides records.
        cache: The folder for what is remembered between processes; None remembers nothing.
        executor: Makes the pages where there are many; None makes them here.
    """

    def __init__(
        self,
        store: Store,
        docs_dir: Path,
        options: PageOptions | None = None,
        cache: Path | None = None,
        executor: Executor | None = None,
    ) -> None:
        options = options or PageOptions()
        self._store = store
        self._index = Index(store, cache)
        self._options = options
        self._executor = executor
        self._site = Site(store, docs_dir, options)
        memory = Memory(cache, docs_dir, store.root, foundation(options))
        self._holdings = Holdings(docs_dir, memory)
        self._history = History(store.root, cache, os.environ)
        self._runs = Runs()
        self._scans: dict[str, Scan] = {}
        self._shelves: dict[str, Shelf] | None = None
        """What the last refresh that succeeded made pages of."""
        self._stale: set[str] = set()
        """Folders in which records changed since then."""

    def refresh(self, changed: Iterable[str] | None = None) -> Refreshed:
        """Make the pages of the records that are there now.

        Args:
            changed: Names of the folders in which records changed; None, or the first call,
                looks at all of them, and at all pages.
        """
        settled = time.time_ns() - SETTLED_NANOSECONDS
        self._stale.update(changed or ())
        if self._history.look():
            self._shelves = None
        before = None if changed is None or not self._holdings.is_mine() else self._shelves
        self._scan(None if before is None else self._stale)
        catalog = build_catalog(self._scans.values())
        shelves = shelves_of(catalog)
        if before is None:
            self._holdings.look()
            self._history.ask(self._holdings.stamp, self._holdings.lacks())
            looked = shelves
        else:
            names = self._touched(before, shelves)
            self._holdings.look(sorted(names))
            looked = {folder: shelves[folder] for folder in names if folder in shelves}
        maker = Maker(self._site)
        options, history = self._options, self._history
        self._make(maker, key_works(looked, self._scans, self._holdings, settled, options, history))
        wanted = set(shelves)
        self._make(maker, self._runs.works(shelves, self._holdings, wanted))
        problems = all_problems(catalog, shelves, self._holdings)
        self._share(maker, catalog, problems, wanted)
        self._holdings.clear(wanted)
        self._holdings.save(self._history.stamp)
        # Only now: what failed half-way is made again by the next refresh.
        self._shelves = shelves
        self._stale = set()
        ledger = self._holdings.ledger
        return Refreshed(catalog, problems, ledger.take(), ledger.files)

    def _scan(self, stale: set[str] | None) -> None:
        folders = self._store.folders()
        if stale is None:
            self._scans = self._index.scans()
            return
        fresh = self._index.scans(
            folder for folder in folders if folder in stale or folder not in self._scans
        )
        scans = self._scans | fresh
        self._scans = {folder: scans[folder] for folder in folders}

    def _touched(self, before: Mapping[str, Shelf], after: Mapping[str, Shelf]) -> set[str]:
        """Return the folders of pages whose records may have changed, or lie elsewhere now."""
        # A record may lie in another folder than its pages do, and hide one of the same id.
        scans = [self._scans[folder] for folder in self._stale if folder in self._scans]
        keys = {entry.key for scan in scans for entry in scan.entries}
        return {f"{ARTIFACTS}/{folder_for(key)}" for key in keys} | {
            folder
            for folder in before.keys() | after.keys()
            if before.get(folder) != after.get(folder)
        }

    def _make(self, maker: Maker, works: Iterable[Work]) -> None:
        works = list(works)
        if self._executor is None or sum(work.units for work in works) < SHARED_UNITS:
            for work in works:
                self._holdings.put(work.folder, maker.make(work))
            return
        slices = list(_slices(works))
        futures = [self._executor.submit(make_all, self._site, part) for part in slices]
        try:
            for part, future in zip(slices, futures, strict=True):
                for work, made in zip(part, future.result(), strict=True):
                    self._holdings.put(work.folder, made)
        finally:
            # After a failure, none may still write while the next refresh does.
            for future in futures:
                future.cancel()
            wait(futures)

    def _share(
        self, maker: Maker, catalog: Catalog, problems: tuple[Problem, ...], wanted: set[str]
    ) -> None:
        """Make the files that all keys share."""
        folders = [self._holdings[f"{ARTIFACTS}/{key}"] for key in catalog.lineages]
        first, *others = fill((folder.card for folder in folders), LIST_BYTES)
        counts = (len(catalog.lineages), len(catalog.keyless))
        total = 1 + len(others)
        works: list[Work] = [
            AssetsWork(ASSETS, self._holdings[ASSETS]),
            AssetsWork(SCHEMAS, self._holdings[SCHEMAS]),
            ListWork(
                *(ARTIFACTS, 1, (first,), total, counts, problems, self._holdings[ARTIFACTS]),
                shared_by(catalog, folders, self._options.versions_as_pages),
            ),
        ]
        if others:
            parts = (LIST_PARTS, 2, others, total, counts, (), self._holdings[LIST_PARTS])
            works.append(ListWork(*parts, rows=[folder.row for folder in folders]))
        wanted.update(work.folder for work in works)
        self._make(maker, works)


def _slices(works: Iterable[Work]) -> Iterator[list[Work]]:
    """Divide work so that all who share it are busy until the end."""
    part: list[Work] = []
    units = 0
    for work in works:
        part.append(work)
        units += work.units
        if units >= _SLICE_UNITS:
            yield part
            part, units = [], 0
    if part:
        yield part
