"""All that there is in the folders of records, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from artifolio.catalog import Catalog, Lineage, Version, build_catalog
from artifolio.entries import Scan
from artifolio.server.shelves import Shelf, keys_of, versions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from artifolio.server.facts import Facts

_NOTHING = Shelf("", Scan(), {}, {}, Catalog(), (), ())


@dataclass(frozen=True)
class Holding:
    """All that there is, at one moment."""

    shelves: Mapping[str, Shelf] = field(default_factory=dict)
    """By folder."""
    versions: Mapping[UUID, Facts] = field(default_factory=dict)
    keys: Mapping[str, Facts] = field(default_factory=dict)
    is_plain: bool = True
    """Whether each folder is a lineage of its own, and shares no version with another."""

    @cached_property
    def catalog(self) -> Catalog:
        """All lineages, and all problems."""
        return build_catalog(shelf.scan for _, shelf in sorted(self.shelves.items()))

    @cached_property
    def lineages(self) -> Mapping[str, Lineage]:
        """The lineages of all keys."""
        if not self.is_plain:
            return self.catalog.lineages
        # Those of folders that did not change are known already.
        shelves = self.shelves.values()
        return {key: it for shelf in shelves for key, it in shelf.catalog.lineages.items()}

    @cached_property
    def in_order(self) -> tuple[Version, ...]:
        """All versions, oldest first."""
        versions = (facts.version for facts in self.versions.values())
        return tuple(sorted(versions, key=lambda version: version.entry.order))


def held(shelves: Mapping[str, Shelf], before: Holding, changed: Iterable[str]) -> Holding:
    """Return what there is in all folders together.

    Args:
        shelves: By folder.
        before: What there was.
        changed: The folders that are not as they were.
    """
    if before.is_plain and all(shelves[name].is_plain for name in changed if name in shelves):
        versions, keys = dict(before.versions), dict(before.keys)
        total = len(versions)
        changes = [(before.shelves.get(name, _NOTHING), shelves.get(name)) for name in changed]
        for old, new in changes:
            gone = _without(old.versions, new.versions if new else ())
            total -= len(gone)
            for facts in gone:
                versions.pop(facts.id, None)
            keys.pop(old.folder, None)
        for old, new in changes:
            if new is not None:
                come = _without(new.versions, old.versions)
                total += len(come)
                versions.update((facts.id, facts) for facts in come)
                keys.update((str(facts.key), facts) for facts in new.keys)
        # Otherwise two folders have records of one id, and only one of them counts.
        if len(versions) == total:
            return Holding(shelves, versions, keys)
    catalog = build_catalog(shelf.scan for _, shelf in sorted(shelves.items()))
    stats = {name: stat for shelf in shelves.values() for name, stat in shelf.stats.items()}
    return Holding(
        shelves,
        {facts.id: facts for facts in versions_of(catalog, stats)},
        {str(facts.key): facts for facts in keys_of(catalog, stats)},
        is_plain=False,
    )


def _without(facts: Iterable[Facts], others: Iterable[Facts]) -> list[Facts]:
    """Return what is not among the others, as the very same."""
    known = set(map(id, others))
    return [one for one in facts if id(one) not in known]
