"""Decides which versions keep their bodies, and makes what stays of the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from artifolio.bodies import Progress
from artifolio.catalog import Lineage, Version
from artifolio.errors import InvalidValueError, RecordError, shown
from artifolio.keys import KEYLESS_FOLDER, parse_time
from artifolio.pins import PIN_SUFFIX
from artifolio.records import CHANGED, retire
from artifolio.retirement import Retired
from artifolio.trends import figures_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from artifolio.catalog import Catalog
    from artifolio.entries import Entry
    from artifolio.errors import Problem
    from artifolio.records import Record
    from artifolio.store import Store

_AGE = re.compile(r"([1-9][0-9]{0,5})([hdwy])", re.ASCII)
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
# A progress that moved so lately may move again.
_RUNNING = timedelta(days=1)
_TIME_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """Which versions of a key lose their bodies: those that both conditions let go."""

    keep: int | None = None
    """How many of the newest versions stay whole, 1 or more; None lets the others decide."""
    older_than: timedelta | None = None
    """How old a version has to be; None lets go of any age."""

    @property
    def is_empty(self) -> bool:
        """Whether all bodies stay."""
        return self.keep is None and self.older_than is None


@dataclass(frozen=True)
class Policy:
    """The rules of a project."""

    rule: Rule = field(default_factory=Rule)
    """For keys that have none of their own."""
    keys: Mapping[str, Rule] = field(default_factory=dict)
    """By pattern, as in ``nightly-*``; the first that fits a key counts, and no other rule."""

    @property
    def is_empty(self) -> bool:
        """Whether all bodies stay."""
        return self.rule.is_empty and all(rule.is_empty for rule in self.keys.values())

    def rule_for(self, key: str | None) -> Rule:
        """Return the rule of a key; of the versions without one, only what names them all."""
        if key is None:
            return self.keys.get(KEYLESS_FOLDER, Rule())
        return next((r for p, r in self.keys.items() if fnmatchcase(key, p)), self.rule)


def parse_age(text: str) -> timedelta:
    """Read an age: hours, days, weeks or years, as ``90d``.

    Raises:
        InvalidValueError: If it is anything else.
    """
    found = _AGE.fullmatch(text)
    if found is None:
        raise InvalidValueError("age", f"{shown(text)} is not like 12h, 90d, 8w or 2y")
    return int(found[1]) * _UNITS[found[2]]


def find_due(
    catalog: Catalog, policy: Policy, moment: datetime, pattern: str | None = None
) -> Iterator[Version]:
    """Give the versions whose bodies are to go, lineage by lineage, oldest first.

    The latest version of a key is never one of them, nor one that has a name, nor what is not in
    order. Where a name cannot be read, nobody knows what it protects, so that all of the key stays.

    Args:
        catalog: All versions.
        policy: What decides.
        moment: The present one, aware.
        pattern: Only keys that fit it; ``_keyless`` is the versions without one.
    """
    keyless = Lineage(None, tuple(item.entries[0] for item in reversed(catalog.keyless)))
    doubtful = {problem.path.partition("/")[0] for problem in broken_pins(catalog)}
    for lineage in (*catalog.lineages.values(), keyless):
        rule = policy.rule_for(lineage.key)
        if rule.is_empty or lineage.key in doubtful or not _fits(lineage.key, pattern):
            continue
        for number, entry in enumerate(lineage.entries[: -(rule.keep or 1)], 1):
            if entry.id not in lineage.names and _may_go(entry, rule, moment):
                yield Version(entry, number if lineage.key else 1)


def broken_pins(catalog: Catalog) -> Iterator[Problem]:
    """Give the problems of names that cannot be read, or are of versions that are not there."""
    return (problem for problem in catalog.problems if problem.path.endswith(PIN_SUFFIX))


def remains_of(store: Store, entry: Entry, moment: datetime) -> Record:
    """Return what stays of a version without its body.

    Args:
        store: Where it lies.
        entry: The version.
        moment: The present one, aware, in UTC and milliseconds.

    Raises:
        RecordError: If it cannot be read, or its body must stay; says why.
    """
    record = store.read(entry.path)
    if not record.intact:
        raise RecordError(entry.path, CHANGED)
    if isinstance(record.body, Retired):
        raise RecordError(entry.path, "its body is gone already")
    if isinstance(record.body, Progress) and record.body.percent < 100:
        moved = record.header.updated or record.header.created
        if moment - moved < _RUNNING:
            raise RecordError(entry.path, "a progress that moved within a day, and may go on")
    return retire(record, moment, figures_of(record.header, record.body))


def _fits(key: str | None, pattern: str | None) -> bool:
    if pattern is None:
        return True
    return pattern == KEYLESS_FOLDER if key is None else fnmatchcase(key, pattern)


def _may_go(entry: Entry, rule: Rule, moment: datetime) -> bool:
    if entry.is_retired or not entry.is_sound:
        return False
    if rule.older_than is None:
        return True
    # Of most, the header need not be read.
    if moment - parse_time(entry.order[:_TIME_CHARACTERS]) < rule.older_than:
        return False
    return moment - (entry.header.updated or entry.header.created) >= rule.older_than
