"""Which files below ``artifacts/`` are to be committed: those of records, and no others."""

from __future__ import annotations

import os
import re
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifolio.errors import Problem, RecordError
from artifolio.folders import is_record_name
from artifolio.headers import SUFFIX
from artifolio.keys import KEYLESS_FOLDER, STEM, is_key
from artifolio.pins import is_pin_file, read_pins
from artifolio.publishing.git import GitError
from artifolio.store import KEEP
from artifolio.temporaries import TEMPORARY_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from artifolio.publishing.git import Git
    from artifolio.publishing.indexes import Index
    from artifolio.store import Store

# Who publishes writes an attachment first: the record of one as young as this may follow.
_YOUNG_SECONDS = 10.0
_WITH_FILES = frozenset(["image", "file"])
_ATTACHMENT = re.compile(rf"{STEM}\.[a-z0-9.]{{1,24}}")


@dataclass(frozen=True)
class Listed:
    """What is not as an index has it, by paths below ``artifacts/``."""

    new: frozenset[str]
    """Files that it does not hold."""
    changed: frozenset[str]
    """Files that it holds otherwise, or that are gone."""


@dataclass(frozen=True)
class Selection:
    """What is to be committed, and what is not."""

    new: tuple[str, ...]
    """Files that were not there before. Sorted, as are the others."""
    changed: tuple[str, ...]
    """Files that are other ones now, or are gone."""
    left_out: tuple[Problem, ...]
    """Files that look as if they belonged to records, and why they stay out."""
    ignored: int
    """How many records ``.gitignore`` keeps out."""


def list_files(index: Index) -> Listed:
    """Compare the files below ``artifacts/`` with an index; git reads only what may differ."""
    # Not `git status`, which looks at all files of the repository. It alone knows of git's cache of
    # untracked files, which would save 7 ms of listing 600 folders.
    told = index.run("ls-files", "-z", "-t", "--others", "--modified", "--deleted", "--", ".")
    items = [item for item in told.split(b"\0") if item]
    new = {os.fsdecode(item[2:]) for item in items if item.startswith(b"?")}
    changed = {os.fsdecode(item[2:]) for item in items if not item.startswith(b"?")}
    return Listed(frozenset(new), frozenset(changed))


def ignored_files(git: Git, paths: Iterable[str]) -> frozenset[str]:
    """Return those that ``.gitignore`` names and no commit holds."""
    given = b"".join(os.fsencode(path) + b"\0" for path in paths)
    try:
        told = git.run("check-ignore", "-z", "--stdin", given=given) if given else b""
    except GitError as error:
        if error.status != 1:  # which says that there are none
            raise
        return frozenset()
    return frozenset(os.fsdecode(path) for path in told.split(b"\0") if path)


def select_files(
    store: Store, listed: Listed, ignored: frozenset[str], *, with_deleted: bool
) -> Selection:
    """Choose what belongs to records that can be read; costs what differs, not what is there.

    Args:
        store: The records.
        listed: What may be committed.
        ignored: Files among the new ones that are not wanted.
        with_deleted: Whether what is gone is to go from the branch as well.
    """
    choice = _Choice(store)
    kept_out = {path for path in ignored if _is_record(path)}
    for path in sorted((listed.new | listed.changed) - ignored):
        if _is_of_no_key(path):
            choice.look_at_other(path)
        elif os.path.lexists(store.root / path):
            choice.look_at(path)
        elif with_deleted and path in listed.changed:
            choice.look_at_deleted(path)
    # What is attached follows the record, whatever `*.png` in .gitignore says of all images.
    for path in sorted(choice.attached | set(filter(_is_attached, ignored))):
        if _record_of(path) not in kept_out:
            choice.look_at_attached(path)
    chosen = choice.chosen
    return Selection(
        new=tuple(sorted(chosen - listed.changed)),
        changed=tuple(sorted(chosen & listed.changed)),
        left_out=tuple(sorted(choice.problems, key=lambda problem: problem.path)),
        ignored=len(kept_out),
    )


@dataclass
class _Choice:
    """Looks at one path after the other."""

    store: Store
    chosen: set[str] = field(default_factory=set)
    attached: set[str] = field(default_factory=set)
    """What may belong to a record, once all records have been looked at."""
    problems: list[Problem] = field(default_factory=list)
    _names: dict[str, frozenset[str] | None] = field(default_factory=dict)
    """What each record names; None where it cannot be read."""

    def look_at_other(self, path: str) -> None:
        if path == KEEP and self._is_regular(path):
            self.chosen.add(path)
        elif "/" in path and _is_record(path) and os.path.lexists(self.store.root / path):
            self.problems.append(Problem(path, "not in a key's folder"))

    def look_at(self, path: str) -> None:
        name = path.partition("/")[2]
        if name == KEEP:
            self.chosen.update([path] if self._is_regular(path) else [])
        elif _is_record(path):
            self._look_at_record(path)
        elif is_pin(path):
            self._look_at_pin(path)
        elif not name.startswith(TEMPORARY_PREFIX):
            self.attached.add(path)

    def look_at_deleted(self, path: str) -> None:
        # The `.keep` of a folder stays for ever, see `artifolio.store.KEEP`.
        if _is_record(path) or is_pin(path):
            self.chosen.add(path)
        elif _is_attached(path):
            record = _record_of(path)
            is_there = os.path.lexists(self.store.root / record)
            names = self._names_in(record) if is_there else frozenset()
            # Without its body a record names no file.
            if names is None or path.partition("/")[2] in names:
                reason = f"gone, but not its record; run 'git checkout -- {path}'"
                self.problems.append(Problem(path, reason))
            else:
                self.chosen.add(path)

    def look_at_attached(self, path: str) -> None:
        record = _record_of(path)
        name = path.partition("/")[2]
        if not _is_attached(path):
            self.problems.append(Problem(path, "neither a record nor attached to one"))
            return
        if not os.path.lexists(self.store.root / record):
            if not self._is_young(path):
                self.problems.append(Problem(path, "attached to no record"))
            return
        names = self._names_in(record)
        if names is None:  # of which is told already
            return
        if name not in names or not self._is_regular(path):
            self.problems.append(Problem(path, f"not what {record} has attached"))
        else:
            # The record may have come after the files were listed.
            self.chosen.update((path, record))

    def _look_at_record(self, path: str) -> None:
        names = self._names_in(path)
        if names is None:
            return
        folder = path.partition("/")[0]
        missing = [n for n in names if not os.path.lexists(self.store.root / folder / n)]
        if missing:
            self.problems.append(Problem(path, f"what it has attached is missing: {missing[0]}"))
            self._names[path] = None
        else:
            self.chosen.add(path)

    def _look_at_pin(self, path: str) -> None:
        folder, _, name = path.partition("/")
        found = read_pins(self.store.root, folder, [name])
        self.problems.extend(found.problems)
        self.chosen.update(pin.path for pin in found.pins)

    def _names_in(self, path: str) -> frozenset[str] | None:
        """Return the names of the files that a record has attached."""
        if path not in self._names:
            try:
                self._names[path] = self._read(path)
            except RecordError as error:
                self._names[path] = None
                self.problems.append(Problem(path, error.reason))
        return self._names[path]

    def _read(self, path: str) -> frozenset[str]:
        header = self.store.read_header(path)
        if header.path != path:
            raise RecordError(path, f"misplaced; move it to {header.path}")
        if header.type not in _WITH_FILES and not header.images:
            return frozenset()
        return frozenset(file.name for file in self.store.read(path).attachments)

    def _is_regular(self, path: str) -> bool:
        try:
            return stat.S_ISREG((self.store.root / path).lstat().st_mode)
        except OSError:
            return False

    def _is_young(self, path: str) -> bool:
        try:
            return time.time() - (self.store.root / path).lstat().st_mtime < _YOUNG_SECONDS
        except OSError:
            return True


def is_record(path: str) -> bool:
    """Tell whether a path below ``artifacts/`` is that of a record."""
    return _is_record(path) and not _is_of_no_key(path)


def is_pin(path: str) -> bool:
    """Tell whether a path below ``artifacts/`` is that of a pin."""
    folder, _, name = path.partition("/")
    return not _is_of_no_key(path) and is_pin_file(folder, name)


def _is_record(path: str) -> bool:
    return is_record_name(path.rpartition("/")[2])


def _is_of_no_key(path: str) -> bool:
    folder, _, name = path.partition("/")
    return not name or "/" in name or not (is_key(folder) or folder == KEYLESS_FOLDER)


def _is_attached(path: str) -> bool:
    return not _is_of_no_key(path) and bool(_ATTACHMENT.fullmatch(path.partition("/")[2]))


def _record_of(path: str) -> str:
    folder, _, name = path.partition("/")
    return f"{folder}/{name.partition('.')[0]}{SUFFIX}"
