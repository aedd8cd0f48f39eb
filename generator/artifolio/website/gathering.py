"""What belongs on which page: versions by the folder of their pages, and by flow run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.catalog import Version
from artifolio.errors import Problem
from artifolio.keys import KEYLESS_FOLDER
from artifolio.website.units import NOTHING, Listed, digest, sources, traces
from artifolio.website.urls import ARTIFACTS, run_folder
from artifolio.website.works import KeyWork, RunWork

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from artifolio.catalog import Catalog
    from artifolio.entries import Entry, Scan
    from artifolio.website.holdings import Holdings
    from artifolio.website.units import Made


@dataclass(frozen=True, slots=True)
class Shelf:
    """The versions whose pages lie in one folder."""

    key: str | None
    entries: tuple[Entry, ...]
    """Oldest first."""


def shelves_of(catalog: Catalog) -> dict[str, Shelf]:
    """Return all versions by the folder of ``site_src/`` that their pages lie in."""
    found = {
        f"{ARTIFACTS}/{key}": Shelf(key, lineage.entries)
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
    versions_as_pages: int,
) -> Iterator[KeyWork]:
    """Give what is to be done for the folders whose records are not those they were made from.

    Args:
        shelves: The folders to look at.
        scans: By the folder of records.
        holdings: What is made.
        settled: As `sources` takes it.
        versions_as_pages: As `traces` takes it.
    """
    for folder, shelf in shelves.items():
        files = sources(shelf.entries, scans, settled)
        inputs = NOTHING if None in files else digest(files)
        before = holdings[folder]
        if inputs == NOTHING or inputs != before.inputs:
            found = traces(shelf.key, shelf.entries, files, versions_as_pages)
            yield KeyWork(folder, shelf.key, shelf.entries, found, inputs, before)


def run_works(
    shelves: Mapping[str, Shelf], holdings: Holdings, wanted: set[str]
) -> Iterator[RunWork]:
    """Give what is to be done for the flow runs of which other versions are to be shown.

    Args:
        shelves: All versions.
        holdings: All of them made.
        wanted: The folders of all runs are added to it.
    """
    runs: dict[str, list[tuple[str, int, Entry, Made]]] = defaultdict(list)
    for folder, shelf in shelves.items():
        for index, made in enumerate(holdings[folder].versions):
            if made.run:
                entry = shelf.entries[index]
                number = index + 1 if shelf.key else 1
                runs[made.run].append((entry.order, number, entry, made))
    for flow_run, members in runs.items():
        # By the order alone, which no two versions share.
        members.sort(key=lambda member: member[0])
        tokens = tuple(made.token for *_, made in members)
        folder = run_folder(flow_run)
        wanted.add(folder)
        inputs = digest(tokens)
        before = holdings[folder]
        if inputs != before.inputs:
            versions = tuple(
                Listed.of(Version(entry, number), made) for _, number, entry, made in members
            )
            yield RunWork(folder, flow_run, versions, tokens, inputs, before)


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
