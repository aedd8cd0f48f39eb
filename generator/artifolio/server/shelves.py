"""The records of one folder, read again only as far as files are not as they were."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from artifolio.catalog import Catalog, build_catalog
from artifolio.errors import RecordError
from artifolio.folders import list_files
from artifolio.server.facts import Facts, facts_of

if TYPE_CHECKING:
    from artifolio.entries import Entry, Scan
    from artifolio.folders import Stats
    from artifolio.store import Store


@dataclass(frozen=True)
class Shelf:
    """What lies in one folder of records, as it was at one moment."""

    folder: str
    scan: Scan
    stats: Stats
    """Of the records, before they were read."""
    settled: int
    """What was changed since then may have changed again without a trace; in nanoseconds."""

    def known(self, listing: Stats) -> dict[str, Entry]:
        """Return the sound records, by the names of their files, that need not be read again."""
        by_name = {entry.path.rpartition("/")[2]: entry for entry in self.scan.entries}
        return {
            name: entry
            for name, entry in by_name.items()
            if entry.is_sound
            and listing.get(name) == self.stats.get(name, ())
            and self.stats[name][1] < self.settled
        }

    @cached_property
    def is_plain(self) -> bool:
        """Whether each record lies where it belongs, so that the folder is a lineage of its own."""
        ids = {entry.id for entry in self.scan.entries}
        is_whole = len(ids) == len(self.scan.entries)
        return is_whole and all(entry.header.folder == self.folder for entry in self.scan.entries)

    @cached_property
    def catalog(self) -> Catalog:
        """What there would be if there were no other folder."""
        return build_catalog([self.scan])

    @cached_property
    def versions(self) -> tuple[Facts, ...]:
        """What is known of each version."""
        return versions_of(self.catalog, self.stats)

    @cached_property
    def keys(self) -> tuple[Facts, ...]:
        """What is known of the key; nothing of versions without one."""
        return keys_of(self.catalog, self.stats)


def look_at(store: Store, folder: str, settled: int, before: Shelf | None) -> Shelf:
    """Return what lies in a folder now.

    Args:
        store: The records.
        folder: Its name.
        settled: As `Shelf.settled`.
        before: What lay in it when somebody looked last.
    """
    try:
        stats = list_files(store.root, folder).records
    except RecordError:
        stats = {}  # the scan tells why
    known = before.known(stats) if before else {}
    return Shelf(folder, store.scan(folder, known), stats, settled)


def versions_of(catalog: Catalog, stats: Stats) -> tuple[Facts, ...]:
    """Return what is known of each version of a catalog.

    Args:
        catalog: The versions.
        stats: Of their files, by name.
    """
    return tuple(
        facts_of(version, stats.get(version.entry.path.rpartition("/")[2]))
        for version in catalog.versions()
    )


def keys_of(catalog: Catalog, stats: Stats) -> tuple[Facts, ...]:
    """Return what is known of each key of a catalog.

    Args:
        catalog: The versions.
        stats: Of their files, by name.
    """
    return tuple(
        facts_of(lineage.latest, stats.get(lineage.entries[-1].path.rpartition("/")[2]), lineage)
        for lineage in catalog.lineages.values()
    )
