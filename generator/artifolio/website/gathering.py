"""What belongs on which page: versions by the folder of their pages, and by flow run."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from artifolio.catalog import Version, names_by_id
from artifolio.errors import Problem
from artifolio.keys import KEYLESS_FOLDER
from artifolio.website.feeds import ENTRIES
from artifolio.website.history import commits_of
from artifolio.website.llms import MENTIONED
from artifolio.website.units import NOTHING, Listed, digest, sources, traces
from artifolio.website.urls import ARTIFACTS, run_folder
from artifolio.website.works import KeyWork, RunWork, Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from artifolio.catalog import Catalog, Lineage
    from artifolio.entries import Entry, Scan
    from artifolio.pins import Pin
    from artifolio.website.history import History
    from artifolio.website.holdings import Holdings
    from artifolio.website.options import PageOptions
    from artifolio.website.units import Folder, Made

    # A tuple, for there are as many as versions, and they are gathered anew by each process.
    _Member = tuple[str, int, Entry, Made]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The versions whose pages lie in one folder."""

    key: str | None
    entries: tuple[Entry, ...]
    """Oldest first."""
    pins: tuple[Pin, ...] = ()
    """The names of versions, sorted."""


def shelves_of(catalog: Catalog) -> dict[str, Shelf]:
    """Return all versions by the folder of ``site_src/`` that their pages lie in."""
    found = {
        f"{ARTIFACTS}/{key}": Shelf(key, lineage.entries, lineage.pins)
        for key, lineage in catalog.lineages.items()
    }
    if catalog.keyless:
        entries = tuple(lineage.entries[0] for lineage in reversed(catalog.keyless))
        found[f"{ARTIFACTS}/{KEYLESS_FOLDER}"] = Shelf(None, entries)
    return found


def key_works(
    shelves: Mapping[str, Shelf],
    scans: Mapping[str, Scan],
    holdings: Holdings,
    settled: int,
    options: PageOptions,
    history: History,
) -> Iterator[KeyWork]:
    """Give what is to be done for the folders whose records are not those they were made from.

    Args:
        shelves: The folders to look at.
        scans: By the folder of records.
        holdings: What is made.
        settled: As `sources` takes it.
        options: What pages depend on besides records.
        history: What is known of the commits that versions name.
    """
    versions_as_pages = options.versions_as_pages
    due: list[tuple[str, Shelf, list[tuple[object, ...] | None], str]] = []
    for folder, shelf in shelves.items():
        files = sources(shelf.entries, scans, settled)
        inputs = NOTHING if None in files else digest((options.home, files, shelf.pins))
        before = holdings[folder]
        has_more = bool(before.lacks) and history.has_more(before.lacks)
        if inputs == NOTHING or inputs != before.inputs or has_more:
            due.append((folder, shelf, files, inputs))
    asked = [commits_of(shelf.entries, shelf.key, versions_as_pages) for _, shelf, *_ in due]
    known = history.tell(asked, (holdings[folder].lacks for folder, *_ in due))
    for (folder, shelf, files, inputs), (told, lacks) in zip(due, known, strict=True):
        names = names_by_id(shelf.pins)
        found = traces(shelf.key, shelf.entries, files, versions_as_pages, told, names)
        before = holdings[folder]
        yield KeyWork(folder, shelf.key, shelf.entries, found, inputs, before, lacks, names)


class Runs:
    """What each flow run published. Looks again only at the folders that are not as they were."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Shelf, Folder]] = {}
        """What of each folder is in the runs."""
        self._runs: dict[str, _Run] = {}
        """By id."""

    def works(
        self, shelves: Mapping[str, Shelf], holdings: Holdings, wanted: set[str]
    ) -> Iterator[RunWork]:
        """Give what is to be done for the flow runs of which other versions are to be shown.

        Args:
            shelves: All versions.
            holdings: All of them made.
            wanted: The folders of all runs are added to it.
        """
        self._update(shelves, holdings)
        for flow_run, run in self._runs.items():
            wanted.add(run.folder)
            before = holdings[run.folder]
            if run.inputs != before.inputs:
                members = run.ordered()
                versions = tuple(
                    Listed.of(Version(entry, number), made) for _, number, entry, made in members
                )
                tokens = tuple(made.token for *_, made in members)
                yield RunWork(run.folder, flow_run, versions, tokens, run.inputs, before)

    def _update(self, shelves: Mapping[str, Shelf], holdings: Holdings) -> None:
        touched: set[str] = set()
        for folder, (shelf, made) in list(self._known.items()):
            if shelves.get(folder) != shelf or holdings[folder] is not made:
                del self._known[folder]
                for flow_run in {version.run for version in made.versions if version.run}:
                    del self._runs[flow_run].members[folder]
                    touched.add(flow_run)
        for folder in shelves.keys() - self._known.keys():
            self._known[folder] = shelves[folder], holdings[folder]
            touched.update(self._add(folder, *self._known[folder]))
        for flow_run in touched:
            run = self._runs[flow_run]
            if run.members:
                run.inputs = digest(tuple(made.token for *_, made in run.ordered()))
            else:
                del self._runs[flow_run]

    def _add(self, folder: str, shelf: Shelf, made: Folder) -> Iterator[str]:
        for index, (entry, version) in enumerate(zip(shelf.entries, made.versions, strict=True)):
            if version.run:
                run = self._runs.get(version.run)
                if run is None:
                    run = self._runs[version.run] = _Run(run_folder(version.run))
                number = index + 1 if shelf.key else 1
                member = entry.order, number, entry, version
                run.members.setdefault(folder, []).append(member)
                yield version.run


@dataclass(slots=True)
class _Run:
    folder: str
    """Of its page."""
    members: dict[str, list[_Member]] = field(default_factory=dict)
    """By the folder of their pages: order, number, record and what was made of each."""
    inputs: str = NOTHING

    def ordered(self) -> list[_Member]:
        # By the order alone, which no two versions share.
        return sorted(chain(*self.members.values()), key=itemgetter(0))


def shared_by(catalog: Catalog, folders: Sequence[Folder], versions_as_pages: int) -> Shared:
    """Return what the files for programs tell of all keys together.

    Args:
        catalog: All versions.
        folders: What was made of each key, in the catalog's order.
        versions_as_pages: As `traces` takes it.
    """
    # A key's latest version is newer than all of the keys after it, so that the newest versions
    # are all of the first keys.
    lineages = islice(catalog.lineages.values(), ENTRIES)
    candidates = [
        (entry.order, Version(entry, number), made)
        for lineage, folder in zip(lineages, folders[:ENTRIES], strict=True)
        for entry, number, made in _newest(lineage, folder, min(ENTRIES, versions_as_pages))
    ]
    newest = nlargest(ENTRIES, candidates, key=itemgetter(0))[::-1]
    return Shared(
        tuple(folder.line for folder in folders),
        len(catalog.keyless),
        tuple(folder.mention for folder in folders[:MENTIONED]),
        tuple(Listed.of(version, made) for _, version, made in newest),
        tuple(made.token for *_, made in newest),
    )


def _newest(lineage: Lineage, folder: Folder, count: int) -> Iterator[tuple[Entry, int, Made]]:
    numbers = range(max(1, len(lineage) - count + 1), len(lineage) + 1)
    return zip(lineage.entries[-count:], numbers, folder.versions[-count:], strict=True)


def all_problems(
    catalog: Catalog, shelves: Mapping[str, Shelf], holdings: Holdings
) -> tuple[Problem, ...]:
    """Return what is wrong with records, and what was found in their bodies, sorted by path."""
    bodies = _body_problems(shelves, holdings)
    return tuple(
        # An altered header shows itself in both.
        sorted({*catalog.problems, *bodies}, key=lambda problem: (problem.path, problem.reason))
    )


def _body_problems(shelves: Mapping[str, Shelf], holdings: Holdings) -> Iterable[Problem]:
    for folder, shelf in shelves.items():
        for entry, made in zip(shelf.entries, holdings[folder].versions, strict=True):
            for reason in made.problems:
                yield Problem(entry.path, reason)
