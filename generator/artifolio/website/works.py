"""What is to be done in each folder of ``site_src/``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from artifolio.catalog import Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artifolio.entries import Entry
    from artifolio.errors import Problem
    from artifolio.website.units import Folder, Listed, Trace


@dataclass(frozen=True, slots=True)
class KeyWork:
    """The versions of one key, or all that have none."""

    folder: str
    """In ``site_src/``, where their pages lie."""
    key: str | None
    entries: tuple[Entry, ...]
    """Oldest first."""
    traces: tuple[Trace, ...]
    """What each is made from."""
    inputs: str
    """Fingerprint of all versions together."""
    before: Folder
    """What is made already."""
    lacks: str = ""
    """As `Folder.lacks`."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that versions have, by the ids of these."""

    def version(self, index: int) -> Version:
        """Return a version by its place."""
        entry = self.entries[index]
        return Version(entry, index + 1 if self.key else 1, self.names.get(entry.id, ()))

    @property
    def units(self) -> int:
        """How many versions are to be made."""
        known = {made.inputs for made in self.before.versions}
        return sum(not trace.inputs or trace.inputs not in known for trace in self.traces)


@dataclass(frozen=True, slots=True)
class RunWork:
    """What one flow run published."""

    folder: str
    flow_run: str
    """Its id."""
    versions: tuple[Listed, ...]
    """In the order in which they were published."""
    tokens: tuple[str, ...]
    """Fingerprints of what is shown of them."""
    inputs: str
    """Fingerprint of all versions together."""
    before: Folder

    @property
    def units(self) -> int:
        """How many versions are to be shown."""
        return len(self.versions)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the files for programs tell of all keys together."""

    lines: tuple[str, ...]
    """`Folder.line` of each key, newest first."""
    keyless: int
    """How many versions have no key."""
    mentions: tuple[str, ...]
    """`Folder.mention` of the newest keys."""
    newest: tuple[Listed, ...]
    """The newest versions of all keys, oldest first."""
    tokens: tuple[str, ...]
    """Fingerprints of what is shown of these versions."""


@dataclass(frozen=True, slots=True)
class ListWork:
    """Pages of the list of all artifacts."""

    folder: str
    number: int
    """Of the first of these pages."""
    cards: Sequence[Sequence[str]]
    """Those of each page."""
    total: int
    """How many pages the list has."""
    counts: tuple[int, int]
    """Of keys, and of versions without one."""
    problems: tuple[Problem, ...]
    before: Folder
    shared: Shared | None = None
    """For the files for programs, which lie beside the first page."""
    rows: Sequence[str] = ()
    """Of all keys, for the filter, where there are several pages."""

    units: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class AssetsWork:
    """Files that are the same on all sites: style sheets and scripts, or the schemas."""

    folder: str
    before: Folder

    units: ClassVar[int] = 0


Work: TypeAlias = "KeyWork | RunWork | ListWork | AssetsWork"
