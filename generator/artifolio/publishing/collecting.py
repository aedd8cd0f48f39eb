"""Collects what a branch does to the artifacts: from git's objects, whatever lies in the folder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from artifolio.diffs import diff_bodies, sentence
from artifolio.errors import RecordError
from artifolio.folders import is_record_name
from artifolio.headers import SUFFIX
from artifolio.keys import KEYLESS_FOLDER, is_key
from artifolio.pins import is_pin_file
from artifolio.publishing.kinds import kind_of_change
from artifolio.publishing.pinchanges import read_pin_change
from artifolio.publishing.review import (
    ArtifactChange,
    BaseVersion,
    Comparison,
    FileChange,
    Review,
    VersionChange,
)
from artifolio.publishing.trees import REGULAR, diff_trees, tree_of
from artifolio.recordfiles import MAX_RECORD_BYTES, check_size, decoded
from artifolio.records import CHANGED, parse_record
from artifolio.store import KEEP
from artifolio.trends import figure_named, figures_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from artifolio.deltas import Number
    from artifolio.publishing.git import Git
    from artifolio.publishing.objects import Objects
    from artifolio.publishing.review import PinChange
    from artifolio.publishing.span import Span
    from artifolio.publishing.trees import FileDiff
    from artifolio.publishing.worktree import Snapshot
    from artifolio.records import Record

COMPARED = 20
"""Of the versions of one key that were added, the newest so many are compared."""
KEPT_BYTES = 32 << 20
"""Of records whose difference is kept in full; beyond that a sentence tells it."""

_STAMP = len("20260801T120000123Z")
_KINDS = {"A": "added", "D": "deleted"}


def collect_review(
    git: Git,
    objects: Objects,
    span: Span,
    path: str,
    *,
    names: Collection[str] = (),
    snapshot: Snapshot | None = None,
) -> Review:
    """Compare the artifacts of two commits.

    Args:
        git: Of the repository.
        objects: Of the same.
        span: The commits.
        path: Of the folder of records, from the top of the repository.
        names: Of figures that are wanted besides those worth following.
        snapshot: Stands for the span's head.
    """
    start = tree_of(objects, span.start_id, path)
    base = tree_of(objects, span.base_id, path)
    head = tree_of(objects, snapshot.tree if snapshot else span.head_id, path)
    found = diff_trees(git, start, head, snapshot.environ if snapshot else None)
    return _Collector(objects, span, base, head, names).review(found)


@dataclass(frozen=True, slots=True)
class _Read:
    """A record, and how long its text is."""

    record: Record
    size_bytes: int


class _Collector:
    def __init__(
        self, objects: Objects, span: Span, base: str, head: str, names: Collection[str]
    ) -> None:
        self._objects, self._span = objects, span
        # Of a few folders, for all that is asked of one is asked in a row.
        self._files = lru_cache(maxsize=4)(objects.files)
        self._base, self._head = base, head
        self._names = names
        self._left_bytes = KEPT_BYTES
        self._moved: set[str] = set()
        """Ids of the records that lie elsewhere now."""

    def review(self, raws: Iterable[FileDiff]) -> Review:
        records: dict[str, list[FileDiff]] = defaultdict(list)
        pins: list[FileDiff] = []
        others: list[FileDiff] = []
        for raw in raws:
            if raw.is_record:
                records[raw.folder].append(raw)
            elif is_pin_file(raw.folder, raw.name):
                pins.append(raw)
            elif raw.name != KEEP:
                others.append(raw)
        every = [raw for folder in records.values() for raw in folder]
        gone = {raw.old for raw in every if raw.status == "D"}
        self._moved = gone & {raw.new for raw in every if raw.status == "A"}
        folders = sorted(records, key=lambda folder: (not is_key(folder), folder))
        artifacts = [self._artifact(folder, records[folder]) for folder in folders]
        named = {raw: self._pin(raw, records.get(raw.folder, ())) for raw in pins}
        others += [raw for raw in pins if named[raw] is None]
        return Review(
            self._span,
            tuple(artifact for artifact in artifacts if artifact.versions),
            tuple(filter(None, named.values())),
            tuple(_strays(others, every, artifacts)),
        )

    def _artifact(self, folder: str, raws: Sequence[FileDiff]) -> ArtifactChange:
        if not is_key(folder):
            reason = "" if folder == KEYLESS_FOLDER else "the name of its folder is no key"
            found = [self._change(raw, reason=reason) for raw in raws]
            return ArtifactChange(None, tuple(filter(None, found)))
        before = self._places(folder)
        base, latest = self._latest(folder, before)
        numbers = _numbers(before, raws)
        added = [raw.name for raw in raws if raw.status == "A"]
        versions = [
            self._change(
                raw,
                numbers.get(raw.name),
                latest if raw.name in added[-COMPARED:] else None,
                is_shown=raw.name in added[-1:],
            )
            for raw in raws
        ]
        return ArtifactChange(folder, tuple(filter(None, versions)), base)

    def _pin(self, raw: FileDiff, records: Sequence[FileDiff]) -> PinChange | None:
        before = self._places(raw.folder)
        return read_pin_change(self._objects, raw, before, _numbers(before, records))

    def _places(self, folder: str) -> dict[str, int]:
        """Return the places of a key's versions without the branch, by their files."""
        there = filter(is_record_name, self._files(f"{self._base}:{folder}"))
        return {name: number for number, name in enumerate(sorted(there), 1)}

    def _latest(
        self, folder: str, there: Mapping[str, int]
    ) -> tuple[BaseVersion | None, _Read | None]:
        """Return the last version by time and id that can be read."""
        best: tuple[str, _Read] | None = None
        for name in sorted(there, reverse=True):
            # Within a millisecond, names do not tell which is the later one.
            if best is not None and name[:_STAMP] != best[0][:_STAMP]:
                break
            try:
                found = self._read(f"{self._base}:{folder}/{name}", f"{folder}/{name}")
            except RecordError:
                continue
            header = found.record.header
            if header.key == folder and (
                best is None or header.order > best[1].record.header.order
            ):
                best = (name, found)
        if best is None:
            return None, None
        record = best[1].record
        figures = figures_of(record.header, record.body)
        number = there[best[0]]
        return BaseVersion(number, record.header, figures, self._named(record)), best[1]

    def _change(
        self,
        raw: FileDiff,
        number: int | None = None,
        latest: _Read | None = None,
        *,
        is_shown: bool = False,
        reason: str = "",
    ) -> VersionChange | None:
        """Read a version; None for the old place of one that moved."""
        if raw.status == "D":
            is_moved = raw.old in self._moved
            return None if is_moved else self._deleted(raw, number)
        try:
            if reason:
                raise RecordError(raw.path, reason)
            found = self._read(raw.new, raw.path, raw.mode)
            if found.record.header.folder != raw.folder:
                # A version of another key, which it cannot be compared with here.
                raise RecordError(raw.path, f"misplaced; move it to {found.record.header.path}")
        except RecordError as error:
            return VersionChange("broken", raw.path, number, problems=(error.reason,))
        record = found.record
        problems = list(self._problems(raw, record))
        kind, before = "added", latest
        if raw.status != "A":
            before = self._try(raw.old, raw.path)
            kind = kind_of_change(before.record, record) if before else "changed"
            is_shown = True
            if kind == "changed":
                problems = ["altered after it was published", *problems]
            elif kind == "retired":
                before = None
        elif raw.new in self._moved:
            kind, before = "moved", None
        told, comparison = "", None
        if before is not None:
            bodies = before.record.body, record.body
            diff = diff_bodies(*bodies)
            told = sentence(diff)
            length = before.size_bytes + found.size_bytes
            if is_shown and length <= self._left_bytes:
                self._left_bytes -= length
                comparison = Comparison(*bodies, diff)
        return VersionChange(
            kind,
            raw.path,
            number,
            record.header,
            figures_of(record.header, record.body),
            self._named(record),
            sum(attachment.size for attachment in record.attachments),
            told,
            comparison,
            tuple(problems),
        )

    def _deleted(self, raw: FileDiff, number: int | None) -> VersionChange:
        found = self._try(raw.old, raw.path)
        return VersionChange("deleted", raw.path, number, found.record.header if found else None)

    def _problems(self, raw: FileDiff, record: Record) -> Iterator[str]:
        if not record.intact:
            yield CHANGED
        if record.header.path != raw.path:
            yield f"misplaced; move it to {record.header.path}"
        if record.attachments:
            there = self._files(f"{self._head}:{raw.folder}")
            for attachment in record.attachments:
                if attachment.name not in there:
                    yield f"attachment {attachment.name} is missing"

    def _named(self, record: Record) -> dict[str, Number]:
        found = {name: figure_named(record.header, record.body, name) for name in self._names}
        return {name: number for name, number in found.items() if number is not None}

    def _try(self, name: str, path: str) -> _Read | None:
        try:
            return self._read(name, path)
        except RecordError:
            return None

    def _read(self, name: str, path: str, mode: str = REGULAR) -> _Read:
        if not mode.startswith(REGULAR):
            raise RecordError(path, "not a regular file")
        found = self._objects.read(name, MAX_RECORD_BYTES)
        if found is None or found.type != "blob":
            raise RecordError(path, "not in this clone")
        check_size(path, found.size)
        return _Read(parse_record(decoded(path, found.content), path), found.size)


def _numbers(before: Mapping[str, int], raws: Iterable[FileDiff]) -> dict[str, int]:
    """Return the places of versions, by their files, once the branch is merged."""
    gone = {raw.name for raw in raws if raw.status == "D"}
    come = {raw.name for raw in raws if raw.status == "A"}
    names = sorted((before.keys() - gone) | come)
    # Those that are deleted keep the place that they had.
    return dict(before) | {name: number for number, name in enumerate(names, 1)}


def _strays(
    others: Iterable[FileDiff], records: Iterable[FileDiff], artifacts: Iterable[ArtifactChange]
) -> Iterator[FileChange]:
    """Give the files that did not come or go with a record, or go with its body."""
    together = {(raw.path.removesuffix(SUFFIX), raw.status) for raw in records}
    retired = (version for artifact in artifacts for version in artifact.of("retired"))
    together.update((version.path.removesuffix(SUFFIX), "D") for version in retired)
    for raw in others:
        stem = f"{raw.folder}/{raw.name.partition('.')[0]}"
        if (stem, raw.status) not in together:
            yield FileChange(_KINDS.get(raw.status, "changed"), raw.path)
