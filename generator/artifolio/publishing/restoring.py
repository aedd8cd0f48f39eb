"""Brings deleted versions back from history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from artifolio.errors import (
    AmbiguousIdError,
    NotFoundError,
    RecordError,
    RecordExistsError,
    shown,
)
from artifolio.files import create_file, open_regular, read_at_most
from artifolio.keys import KEYLESS_FOLDER, STEM, is_key
from artifolio.publishing.contents import LargeFiles, pointed_at, read_contents
from artifolio.recordfiles import MAX_RECORD_BYTES
from artifolio.records import CHANGED, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from artifolio.publishing.deeds import Fate
    from artifolio.publishing.git import Git
    from artifolio.records import Record
    from artifolio.store import Store

_STEM = re.compile(STEM)
_ID = re.compile(rb"^id: \"?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\"?\s*$", re.MULTILINE)
_HEADER_BYTES = 16 * 1024
_TAIL = 12
_WHOLE = 32


@dataclass(frozen=True)
class Deleted:
    """A version as it was when it was deleted."""

    path: str
    """Where its record was, below ``artifacts/``."""
    text: bytes
    """All of the record's file."""
    record: Record
    attached: Mapping[str, bytes]
    """The files beside it, by name."""
    problems: tuple[str, ...]
    """What is not as it was published."""


def find_deleted(git: Git, fates: Iterable[Fate], name: str) -> Fate:
    """Return the version that somebody means.

    Args:
        git: That of the repository.
        fates: Those of the versions that are not there any more.
        name: An id or the start of one, or its last twelve digits, which are in the names of the
            version's files; case and dashes do not matter.

    Raises:
        NotFoundError: If there is none.
        AmbiguousIdError: If there are several.
        GitError: If git fails.
    """
    found = matching(git, fates, name)
    if not found:
        raise NotFoundError(f"version {shown(name)}")
    if len(set(found.values())) > 1:
        raise AmbiguousIdError(name, sorted(set(found.values())))
    # Of a version that was moved from key to key, where it was last.
    return min(found, key=lambda fate: fate.deeds[-1].place)


def matching(git: Git, fates: Iterable[Fate], name: str) -> dict[Fate, str]:
    """Return all versions that a name may mean, with their ids.

    Args:
        git: As `find_deleted` takes it, and so all that follow.
        fates: As above.
        name: As above.

    Raises:
        GitError: If git fails.
    """
    digits = name.lower().replace("-", "")
    if not re.fullmatch(rf"[0-9a-f]{{1,{_WHOLE}}}", digits):
        return {}
    tails = {fate: fate.stem[-_TAIL:] for fate in fates if _STEM.fullmatch(fate.stem)}
    if len(digits) == _WHOLE:
        tails = {fate: tail for fate, tail in tails.items() if tail == digits[-_TAIL:]}
    ids = _ids(git, tails)
    return {
        fate: ids[fate]
        for fate, tail in tails.items()
        if fate in ids and (tail == digits or ids[fate].replace("-", "").startswith(digits))
    }


def read_deleted(git: Git, fate: Fate) -> Deleted:
    """Read a version as it was last, and compare it with its digests.

    Raises:
        RecordError: If it was no record that could be read.
        GitError: If git fails.
    """
    (content,) = _read(git, [fate.contents[fate.record]], MAX_RECORD_BYTES + 1)
    if not (is_key(fate.folder) or fate.folder == KEYLESS_FOLDER):
        raise RecordError(fate.path, "not in a key's folder")
    if content is None:
        raise RecordError(fate.path, _NOT_AT_HAND)
    if len(content) > MAX_RECORD_BYTES:
        raise RecordError(fate.path, f"over {MAX_RECORD_BYTES} bytes, which are the limit")
    try:
        record = parse_record(content.decode(), fate.path)
    except UnicodeDecodeError as error:
        raise RecordError(fate.path, f"not UTF-8 text: {error}") from None
    problems = [] if record.intact else [CHANGED]
    named = {item.name: item for item in record.attachments}
    ids = {name: fate.contents[name] for name in named if name in fate.contents}
    contents = dict(zip(ids, _read(git, ids.values(), None), strict=True))
    attached: dict[str, bytes] = {}
    for name, item in named.items():
        found = contents.get(name)
        if found is None:
            problems.append(f"attachment {name} {_NOT_AT_HAND}")
            continue
        attached[name] = found
        if sha256(found).hexdigest() != item.sha256:
            problems.append(f"attachment {name} was {CHANGED}")
    return Deleted(fate.path, content, record, attached, tuple(problems))


def restore(store: Store, deleted: Deleted) -> None:
    """Write a version back to where it was.

    Raises:
        RecordExistsError: If the record is there already, or another file in the place of one of
            its attachments.
        RecordError: If the key's folder is a symbolic link.
    """
    folder = store.make_folder(deleted.path.partition("/")[0])
    # First, so that no record ever names a file that is not there yet.
    for name, content in deleted.attached.items():
        try:
            create_file(folder / name, content)
        except RecordExistsError:
            # What deleted the record may have been stopped before its attachments were gone.
            if not _holds(folder / name, content):
                raise
    create_file(store.root / deleted.path, deleted.text)


_NOT_AT_HAND = "is not in this clone; 'git fetch' or 'git lfs fetch --all' may bring it"


def _holds(path: Path, content: bytes) -> bool:
    try:
        with open_regular(path) as (descriptor, _):
            return read_at_most(descriptor, len(content) + 1) == content
    except OSError:
        return False


def _ids(git: Git, fates: Iterable[Fate]) -> dict[Fate, str]:
    """Read the ids of versions; what is no record has none."""
    wanted = list(fates)
    starts = _read(git, [fate.contents[fate.record] for fate in wanted], _HEADER_BYTES)
    found = {}
    for fate, start in zip(wanted, starts, strict=True):
        match = _ID.search(start or b"")
        if match:
            found[fate] = match[1].decode()
    return found


def _read(git: Git, ids: Iterable[str], most_bytes: int | None) -> list[bytes | None]:
    large = LargeFiles(git)
    found: list[bytes | None] = []
    for content in read_contents(git, ids):
        if content is None:
            found.append(None)
            continue
        start = content.read(content.size_bytes if most_bytes is None else most_bytes)
        if pointed_at(start) is None:
            found.append(start)
            continue
        file = large.find(start)
        found.append(file.read_bytes()[:most_bytes] if file else None)
    return found
