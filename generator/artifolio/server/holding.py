"""All that there is in the folders of records, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from artifolio.catalog import Catalog, Lineage, Version, build_catalog
from artifolio.entries import Scan
from artifolio.server.shelves import Shelf, keys_of, versions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from artifolio.server.facts import Facts

Name = TypeVar("Name")

_NOTHING = Shelf("", Scan(), {}, {}, Catalog(), (), ())


@dataclass(frozen=True)
class Holding:
    """All that there is, at one moment."""

    shelves: Mapping[str, Shelf] = field(default_factory=dict)
    """By folder."""
    versions: dict[UUID, Facts] = field(default_factory=dict)
    """By id. The next holding has this very one, changed: to copy it would cost the more, the more
    there is."""
    keys: dict[str, Facts] = field(default_factory=dict)
    """By key; likewise."""
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
        # A list first, made at one go: a thread may change what there is.
        versions = [facts.version for facts in list(self.versions.values())]
        return tuple(sorted(versions, key=lambda version: version.entry.order))


def held(shelves: Mapping[str, Shelf], before: Holding, changed: Iterable[str]) -> Holding:
    """Return what there is in all folders together.

    Args:
        shelves: By folder.
        before: What there was.
        changed: The folders that are not as they were.
    """
    if before.is_plain and all(shelves[name].is_plain for name in changed if name in shelves):
        pairs = [
            (before.shelves.get(name, _NOTHING), shelves.get(name, _NOTHING)) for name in changed
        ]
        gone = [facts for old, new in pairs for facts in _without(old.versions, new.versions)]
        come = [facts for old, new in pairs for facts in _without(new.versions, old.versions)]
        # Otherwise two folders have records of one id, and only one of them counts.
        if _are_alone(come, gone, before.versions):
            _exchange(
                before.versions,
                [(facts.id, facts) for facts in come],
                [(facts.id, facts) for facts in gone],
            )
            _exchange(
                before.keys,
                [(str(it.key), it) for _, new in pairs for it in new.keys],
                [(str(it.key), it) for old, _ in pairs for it in old.keys],
            )
            return Holding(shelves, before.versions, before.keys)
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


def _are_alone(come: Sequence[Facts], gone: Iterable[Facts], there: Mapping[UUID, Facts]) -> bool:
    """Tell whether no two versions have one id, once some have come and others gone."""
    leaving = set(map(id, gone))
    known = (there.get(facts.id) for facts in come)
    is_free = all(facts is None or id(facts) in leaving for facts in known)
    return is_free and len({facts.id for facts in come}) == len(come)


def _exchange(
    there: dict[Name, Facts],
    come: Iterable[tuple[Name, Facts]],
    gone: Iterable[tuple[Name, Facts]],
) -> None:
    """Put what has come in, and then take out what is gone: nobody is to miss what only changed."""
    there.update(come)
    for name, facts in gone:
        if there.get(name) is facts:
            del there[name]
