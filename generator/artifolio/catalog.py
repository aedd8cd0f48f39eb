"""All lineages in memory: which versions there are, in which order, of which run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from artifolio.errors import NotFoundError, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from artifolio.entries import Entry, Scan
    from artifolio.headers import Header
    from artifolio.pins import Pin


@dataclass(frozen=True, slots=True)
class Version:
    """One version and its place in its lineage."""

    entry: Entry
    number: int
    """Counted from 1, the oldest. Derived, never stored: a late merge may shift it."""
    pins: tuple[str, ...] = ()
    """The names that people gave it."""

    @property
    def header(self) -> Header:
        """The record's header."""
        return self.entry.header


@dataclass(frozen=True)
class Lineage:
    """The versions of one key, at least one."""

    key: str | None
    """None for a keyless version, which is alone in its lineage."""
    entries: tuple[Entry, ...]
    """Oldest first."""
    pins: tuple[Pin, ...] = ()
    """The names of versions, each of one that is here; sorted."""

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """All versions, oldest first."""
        return tuple(
            Version(entry, number, self.names.get(entry.id, ()))
            for number, entry in enumerate(self.entries, 1)
        )

    @cached_property
    def latest(self) -> Version:
        """The last version by (``created``, ``id``)."""
        return Version(self.entries[-1], len(self), self.names.get(self.entries[-1].id, ()))

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The names of versions by the ids of these."""
        return names_by_id(self.pins)

    def pinned(self, name: str) -> Version | None:
        """Return the version that has a name, if one has."""
        return next((version for version in self.versions if name in version.pins), None)

    def numbered(self, number: int) -> Version:
        """Return a version by its number; negative numbers count from the latest.

        Raises:
            NotFoundError: If there is none.
        """
        index = number - 1 if number > 0 else number
        if number == 0 or not -len(self) <= index < len(self):
            raise NotFoundError(f"version {number} of {self.key}", f"there are 1 to {len(self)}")
        return self.versions[index]


@dataclass(frozen=True)
class Catalog:
    """All that is known of a store without reading bodies."""

    lineages: Mapping[str, Lineage] = field(default_factory=dict)
    """By key, newest latest version first."""
    keyless: tuple[Lineage, ...] = ()
    """One for each version without a key, newest first."""
    problems: tuple[Problem, ...] = ()
    """Sorted by path."""

    def lineage(self, key: str) -> Lineage:
        """Return the lineage of a key.

        Raises:
            NotFoundError: If nothing was published under it.
        """
        try:
            return self.lineages[key]
        except KeyError:
            raise NotFoundError(f"artifact {shown(key)}", "see 'artifolio ls'") from None

    def all_lineages(self) -> Iterator[Lineage]:
        """Give every lineage, those of keys first."""
        yield from self.lineages.values()
        yield from self.keyless

    def versions(self) -> Iterator[Version]:
        """Give every version, lineage by lineage."""
        for lineage in self.all_lineages():
            yield from lineage.versions

    @cached_property
    def runs(self) -> Mapping[str, tuple[Version, ...]]:
        """What each flow run published, oldest first, by the run's id."""
        runs: dict[str, list[Version]] = defaultdict(list)
        for version in sorted(self.versions(), key=lambda version: version.entry.order):
            flow_run = version.header.run.flow_run
            if flow_run:
                runs[flow_run].append(version)
        return {run: tuple(versions) for run, versions in runs.items()}


def build_catalog(scans: Iterable[Scan]) -> Catalog:
    """Order the records of a store's folders into lineages.

    The key inside a record counts, not its folder. Of records with one id, the one in its
    place counts; the others are problems.
    """
    scans = tuple(scans)
    problems: list[Problem] = []
    by_id: dict[str, Entry] = {}
    for scan in scans:
        problems.extend(scan.problems)
        for entry in scan.entries:
            known = by_id.setdefault(entry.id, entry)
            if known is not entry:
                kept, spare = sorted((known, entry), key=_is_misplaced)
                by_id[entry.id] = kept
                problems.append(Problem(spare.path, f"has the id of {kept.path}; delete one"))
    by_key: dict[str | None, list[Entry]] = defaultdict(list)
    for entry in sorted(by_id.values(), key=_order):
        by_key[entry.key].append(entry)
    keyless = [Lineage(None, (entry,)) for entry in reversed(by_key.pop(None, []))]
    pins = _sound_pins(scans, by_key, problems)
    lineages = [
        Lineage(key, tuple(entries), tuple(pins.get(key, ()))) for key, entries in by_key.items()
    ]
    lineages.sort(key=lambda lineage: lineage.entries[-1].order, reverse=True)
    return Catalog(
        lineages={str(lineage.key): lineage for lineage in lineages},
        keyless=tuple(keyless),
        problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.reason))),
    )


def names_by_id(pins: Iterable[Pin]) -> dict[str, tuple[str, ...]]:
    """Return the names of versions by the ids of these."""
    names: dict[str, tuple[str, ...]] = {}
    for pin in pins:
        names[pin.version] = (*names.get(pin.version, ()), pin.name)
    return names


def _sound_pins(
    scans: Iterable[Scan], by_key: Mapping[str | None, list[Entry]], problems: list[Problem]
) -> dict[str | None, list[Pin]]:
    """Return the pins by their keys; those of versions that are not there become problems."""
    pins: dict[str | None, list[Pin]] = defaultdict(list)
    for scan in scans:
        for pin in scan.pins:
            if any(entry.id == pin.version for entry in by_key.get(pin.key, ())):
                pins[pin.key].append(pin)
            else:
                reason = f"pins version {pin.version}, which is not there"
                way_out = f"run 'artifolio unpin {pin.key} {pin.name}'"
                problems.append(Problem(pin.path, f"{reason}; {way_out}"))
    return pins


def _is_misplaced(entry: Entry) -> tuple[bool, str]:
    return entry.path != entry.header.path, entry.path


def _order(entry: Entry) -> str:
    return entry.order
