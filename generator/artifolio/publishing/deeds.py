"""Who published, changed, deleted and restored which version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from artifolio.errors import RecordError
from artifolio.folders import folder_names, record_names
from artifolio.headers import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from artifolio.commits import Commit
    from artifolio.publishing.changelog import CommitChanges, FileChange

PUBLISHED = "published"
CHANGED = "changed"
DELETED = "deleted"
RESTORED = "restored"
EARLIER = "earlier"
"""Published, and perhaps changed, before the history of a shallow clone begins."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to one version at once."""

    what: str
    """One of the names above."""
    folder: str
    """The name of the version's folder below ``artifacts/``."""
    stem: str
    """The name of the record's file without its ending."""
    files: tuple[str, ...]
    """The names of the files to which it was done, the record's or those beside it."""
    commit: Commit | None
    """None for what is not committed yet."""
    place: int = 0
    """Of the commit, counted from the newest."""

    @property
    def path(self) -> str:
        """Where the record lies, or lay, below ``artifacts/``."""
        return f"{self.folder}/{self.stem}{SUFFIX}"


@dataclass(slots=True, eq=False)
class Fate:
    """What became of one version."""

    folder: str
    stem: str
    deeds: list[Deed] = field(default_factory=list)
    """Oldest first."""
    is_there: bool = False
    """Whether the newest commit has the record."""
    contents: dict[str, str] = field(default_factory=dict)
    """The hash of each file as it was last, by name."""
    _held: dict[str, str] = field(default_factory=dict)
    """The files that are there, after the deeds that are known."""
    _last: tuple[int, Commit, bool] | None = None
    """The newest commit that tells of the record, and whether it has it."""

    @property
    def record(self) -> str:
        """The name of the record's file."""
        return f"{self.stem}{SUFFIX}"

    @property
    def path(self) -> str:
        """Where the record lies, or lay, below ``artifacts/``."""
        return f"{self.folder}/{self.record}"

    def see(self, found: CommitChanges, changes: Sequence[FileChange], place: int) -> None:
        """Take in what a commit did to the version's files; older commits come first."""
        was_there = self.record in self._held
        done = {change.name: what for change in changes if (what := self._effect(change))}
        for change in changes:
            if change.name == self.record:
                self._last = (place, found.commit, change.new is not None)
        is_there = self.record in self._held
        what = done.get(self.record) or (CHANGED if done and was_there and is_there else None)
        if what == PUBLISHED and found.is_border:
            what = EARLIER
        elif what == PUBLISHED and any(deed.what == DELETED for deed in self.deeds):
            what = RESTORED
        elif what == CHANGED and found.is_border:
            return  # two branches end here, and which of them did it lies beyond
        if what is not None:
            self._add(what, tuple(sorted(done)), found.commit, place)

    def close(self) -> None:
        """Say so where a merge took the version away, or kept it, that no other commit did."""
        self.is_there = self.record in self._held
        if self._last is None or self._last[2] == self.is_there:
            return
        place, commit, self.is_there = self._last
        self._add(RESTORED if self.is_there else DELETED, (self.record,), commit, place)

    def _add(self, what: str, files: tuple[str, ...], commit: Commit | None, place: int) -> None:
        self.deeds.append(Deed(what, self.folder, self.stem, files, commit, place))

    def _effect(self, change: FileChange) -> str | None:
        """Return what was done to a file; nothing where another branch has done the same."""
        if not change.is_own:
            return None
        before = self._held.get(change.name)
        if change.new is None:
            if change.old is not None:
                self.contents[change.name] = change.old
            self._held.pop(change.name, None)
            return None if before is None else DELETED
        self.contents[change.name] = change.new
        if before == change.new:
            return None
        self._held[change.name] = change.new
        return PUBLISHED if before is None and change.old is None else CHANGED


def read_fates(log: Iterable[CommitChanges]) -> dict[str, Fate]:
    """Return what became of all versions, by the paths of their records.

    Args:
        log: As `Changelog.read` gives it.
    """
    fates: dict[tuple[str, str], Fate] = {}
    # The oldest comes last, and only from it on can be told who was the first.
    for place, found, kept in reversed(list(_needed(log))):
        by_version: dict[tuple[str, str], list[FileChange]] = defaultdict(list)
        for change in kept:
            by_version[change.folder, _stem(change.name)].append(change)
        for version, changes in by_version.items():
            fates.setdefault(version, Fate(*version)).see(found, changes, place)
    for fate in fates.values():
        fate.close()
    # What lies beside no record is no version.
    return {fate.path: fate for fate in fates.values() if fate.deeds}


def present_paths(root: Path, folder: str | None = None) -> set[str]:
    """Return where records lie in the work tree, by the names of the files alone.

    Args:
        root: The folder of records.
        folder: Only in the folder of that name.
    """
    folders = folder_names(root) if folder is None else [folder]
    return {path for name in folders for path in _paths(root, name)}


def uncommitted(fates: dict[str, Fate], present: set[str]) -> list[Deed]:
    """Return what the work tree has done that no commit tells of yet, latest versions first.

    Args:
        fates: Those of the versions of the same folders.
        present: As `present_paths` gave it.
    """
    committed = {path for path, fate in fates.items() if fate.is_there}
    paths = committed ^ present
    return _latest_first(_pending(path, path in present, path in fates) for path in paths)


def in_order(fates: Iterable[Fate]) -> list[Deed]:
    """Return the deeds of all versions, newest first; those of one commit by version."""
    deeds = (deed for fate in fates for deed in fate.deeds)
    return sorted(_latest_first(deeds), key=lambda deed: deed.place)


def _latest_first(deeds: Iterable[Deed]) -> list[Deed]:
    # Stems begin with the time at which the version was published.
    by_folder = sorted(deeds, key=lambda deed: deed.folder)
    return sorted(by_folder, key=lambda deed: deed.stem, reverse=True)


def _needed(
    log: Iterable[CommitChanges],
) -> Iterator[tuple[int, CommitChanges, list[FileChange]]]:
    """Number the commits, and leave out what older merges only took from one side.

    Between branches that live long, each merge tells of all files that are not in both.
    """
    seen: set[tuple[str, str]] = set()
    for place, found in enumerate(log):
        names = [(change.folder, change.name) for change in found.changes]
        kept = [
            change
            for change, name in zip(found.changes, names, strict=True)
            if change.is_own or name not in seen
        ]
        seen.update(names)
        if kept:
            yield place, replace(found, changes=()), kept


def _pending(path: str, is_there: bool, is_known: bool) -> Deed:
    folder, _, name = path.partition("/")
    what = DELETED if not is_there else RESTORED if is_known else PUBLISHED
    return Deed(what, folder, name.removesuffix(SUFFIX), (name,), None)


def _stem(name: str) -> str:
    """Return which version a file is one of; a record of another hand may have any name."""
    return name.removesuffix(SUFFIX) if name.endswith(SUFFIX) else name.partition(".")[0]


def _paths(root: Path, folder: str) -> Iterator[str]:
    try:
        names = record_names(root, folder)
    except RecordError:
        return  # the commands that read records tell of it
    yield from (f"{folder}/{name}" for name in names)
