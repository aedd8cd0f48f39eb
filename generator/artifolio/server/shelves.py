"""The records of one folder, read again only as far as files are not as they were."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from artifolio.catalog import build_catalog
from artifolio.errors import RecordError
from artifolio.folders import list_files
from artifolio.server.facts import Facts, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from artifolio.catalog import Catalog, Version
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
    sound: Mapping[str, Entry]
    """The records that are what was published and where they belong, by the names of their
    files."""
    catalog: Catalog
    """What there would be if there were no other folder."""
    versions: tuple[Facts, ...]
    """What is known of each version."""
    keys: tuple[Facts, ...]
    """What is known of the key; nothing of versions without one."""

    def known(self, listing: Stats, settled: int) -> dict[str, Entry]:
        """Return the records, by the names of their files, that need not be read again.

        Args:
            listing: The files as they are now.
            settled: What was changed since then may have changed again without a trace; in
                nanoseconds.
        """
        return {
            name: entry
            for name, entry in self.sound.items()
            if listing.get(name) == self.stats.get(name, ()) and self.stats[name][1] < settled
        }

    @cached_property
    def is_plain(self) -> bool:
        """Whether each record lies where it belongs, so that the folder is a lineage of its own."""
        ids = {entry.id for entry in self.scan.entries}
        is_whole = len(ids) == len(self.scan.entries)
        return is_whole and all(entry.header.folder == self.folder for entry in self.scan.entries)


def look_at(store: Store, folder: str, settled: int, before: Shelf | None) -> Shelf:
    """Return what lies in a folder now.

    Args:
        store: The records.
        folder: Its name.
        settled: When somebody looked last, less the time that files may change in without a
            trace; in nanoseconds.
        before: What lay in it then; returned where that is so still.
    """
    try:
        listing = list_files(store.root, folder)
    except RecordError:
        listing = None  # the scan tells why
    stats = listing.records if listing else {}
    scan = store.scan(folder, before.known(stats, settled) if before else {}, listing)
    if before is not None:
        # Those that were read again and are the same: what is known of them stays known.
        scan = replace(scan, entries=_same(scan.entries, before.scan.entries))
        if stats == before.stats and scan == before.scan:
            return before
    catalog = build_catalog([scan])
    known = {facts.version.entry.path: facts for facts in before.versions} if before else {}
    return Shelf(
        folder,
        scan,
        stats,
        _sound(scan, before.sound if before else {}),
        catalog,
        versions_of(catalog, stats, known),
        keys_of(catalog, stats),
    )


def versions_of(
    catalog: Catalog, stats: Stats, known: Mapping[str, Facts] | None = None
) -> tuple[Facts, ...]:
    """Return what is known of each version of a catalog.

    Args:
        catalog: The versions.
        stats: Of their files, by name.
        known: What was known before, by the path of the record.
    """
    return tuple(
        _facts_of(version, stats.get(version.entry.path.rpartition("/")[2]), known or {})
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


def _facts_of(version: Version, stat: tuple[int, ...] | None, known: Mapping[str, Facts]) -> Facts:
    before = known.get(version.entry.path)
    if before is not None and before.stat == stat and _is_same(before.version, version):
        return before
    return facts_of(version, stat)


def _is_same(one: Version, other: Version) -> bool:
    is_same = one.entry is other.entry and one.number == other.number
    return is_same and one.pins == other.pins


def _same(entries: Iterable[Entry], before: Iterable[Entry]) -> tuple[Entry, ...]:
    known = {entry.path: entry for entry in before}
    found = ((entry, known.get(entry.path, entry)) for entry in entries)
    return tuple(old if old is entry or old == entry else entry for entry, old in found)


def _sound(scan: Scan, known: Mapping[str, Entry]) -> dict[str, Entry]:
    by_name = {entry.path.rpartition("/")[2]: entry for entry in scan.entries}
    return {
        name: entry for name, entry in by_name.items() if known.get(name) is entry or entry.is_sound
    }
