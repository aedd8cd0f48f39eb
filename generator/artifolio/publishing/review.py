"""What a branch adds, changes and deletes, and how that differs from what is there without it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifolio.errors import printable
from artifolio.keys import STEM
from artifolio.pins import is_pin_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from artifolio.bodies import Body
    from artifolio.deltas import Number
    from artifolio.diffs import Diff
    from artifolio.headers import Header
    from artifolio.publishing.span import Span

KINDS = ("added", "updated", "changed", "moved", "retired", "deleted", "broken")
"""What may have happened to a version. Allowed are ``updated``, which is progress that went on, and
``retired``: retention removed the body. ``changed`` is anything else that was altered after it was
published."""

_ATTACHMENT = re.compile(rf"{STEM}\..+")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two bodies and their difference."""

    old: Body
    new: Body
    diff: Diff


@dataclass(frozen=True, slots=True)
class BaseVersion:
    """The latest version of a key without the branch."""

    number: int
    header: Header
    figures: Mapping[str, Number]
    """Those worth following."""
    numbers: Mapping[str, Number]
    """Those that were asked for by name."""


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A version that the branch touches."""

    kind: str
    """One of `KINDS`."""
    path: str
    """Below ``artifacts/``; untrusted."""
    number: int | None = None
    """Its place once the branch is merged; of a deleted one, before that."""
    header: Header | None = None
    """None for a broken one."""
    figures: Mapping[str, Number] = field(default_factory=dict)
    """Those worth following."""
    numbers: Mapping[str, Number] = field(default_factory=dict)
    """Those that were asked for by name."""
    size_bytes: int = 0
    """Of its attachments."""
    sentence: str = ""
    """How it differs: an added one from the latest without the branch, others from what they
    were. Empty where it was not compared."""
    comparison: Comparison | None = None
    """The same in full; only where it is to be shown."""
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called beside its key."""
        if self.number is not None:
            return f"v{self.number}"
        return printable(self.path.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class ArtifactChange:
    """What happens to the versions of one key."""

    key: str | None
    """None for all versions without a key, and for folders whose names are no keys."""
    versions: tuple[VersionChange, ...]
    """Oldest first."""
    base: BaseVersion | None = None
    """None for a new key, and without one."""

    @property
    def is_new(self) -> bool:
        """Whether there is no version of the key without the branch."""
        return self.key is not None and self.base is None

    def of(self, *kinds: str) -> tuple[VersionChange, ...]:
        """Return the versions to which this happened."""
        return tuple(version for version in self.versions if version.kind in kinds)

    @property
    def shown(self) -> VersionChange | None:
        """The version that stands for the key: the last that is new or different."""
        found = self.of("added", "updated", "changed")
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class PinnedVersion:
    """A version that has a name."""

    id: str
    number: int | None
    """Its place; None if it is not there."""

    def __str__(self) -> str:
        """Name it for people."""
        return (
            f"v{self.number}" if self.number is not None else f"{self.id[:13]}, which is not there"
        )


@dataclass(frozen=True, slots=True)
class PinChange:
    """What happens to a name of versions."""

    key: str
    name: str
    before: PinnedVersion | None
    """The version that has it without the branch."""
    now: PinnedVersion | None
    """The version that has it once the branch is merged."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is neither a record nor a pin, and did not come or go with a record."""

    kind: str
    """``added``, ``changed`` or ``deleted``."""
    path: str
    """Below ``artifacts/``; untrusted."""

    @property
    def words(self) -> str:
        """What is to be said of it."""
        folder, _, name = self.path.rpartition("/")
        if is_pin_file(folder, name):
            return f"{self.kind}, but it is no pin that can be read"
        if not _ATTACHMENT.fullmatch(name):
            return f"{self.kind}, but no record"
        return f"attachment {self.kind} without its record"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a reviewer has to know first; untrusted text."""

    name: str
    """Key and number of a version; empty where it has none."""
    path: str
    """Below ``artifacts/``."""
    words: str
    """What there is to say of it."""

    def __str__(self) -> str:
        """Put it in one line."""
        path = printable(self.path)
        return f"{self.name} ({path}): {self.words}" if self.name else f"{path}: {self.words}"


@dataclass(frozen=True, slots=True)
class Review:
    """All that a branch does to the artifacts."""

    span: Span
    artifacts: tuple[ArtifactChange, ...] = ()
    """By key; those without a key last."""
    pins: tuple[PinChange, ...] = ()
    """By key and name."""
    files: tuple[FileChange, ...] = ()
    """By path."""

    def pairs(self, *kinds: str) -> Iterator[tuple[ArtifactChange, VersionChange]]:
        """Give the versions to which this happened, each with its artifact."""
        for artifact in self.artifacts:
            for version in artifact.versions:
                if version.kind in kinds:
                    yield artifact, version

    def count(self, kind: str) -> int:
        """Return to how many versions this happened."""
        return sum(1 for _ in self.pairs(kind))

    @property
    def has_problems(self) -> bool:
        """Whether a version is broken, not what was published, or lacks its attachment."""
        return any(version.problems for _, version in self.pairs(*KINDS))

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """All that a reviewer has to know first."""
        told: list[Alarm] = []
        for kind in ("broken", "changed"):
            for artifact, version in self.pairs(kind):
                told.append(_alarm(artifact, version, "; ".join(version.problems)))
        for artifact, version in self.pairs("added", "updated", "moved"):
            told += [_alarm(artifact, version, problem) for problem in version.problems]
        told += [
            _alarm(artifact, version, "deleted") for artifact, version in self.pairs("deleted")
        ]
        told += [Alarm("", file.path, file.words) for file in self.files]
        return tuple(told)


def _alarm(artifact: ArtifactChange, version: VersionChange, words: str) -> Alarm:
    is_numbered = artifact.key is not None and version.number is not None
    return Alarm(f"{artifact.key} {version.name}" if is_numbered else "", version.path, words)
