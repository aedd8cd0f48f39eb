"""Whether a repository may have got other commits, told without asking git."""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Where it shows that a repository has got commits which it did not have, but for its own new ones.
_SIGNS = (
    "HEAD FETCH_HEAD packed-refs shallow objects/pack objects/info/alternates info/grafts".split()
)


def state_of(folder: Path) -> str:
    """Return a text that is another one when the repository of a folder has got other commits.

    Those that are made in it do not count, and no program is asked.

    Returns:
        Nothing outside of a repository.
    """
    place = folder.resolve()
    for above in (place, *place.parents):
        git = above / ".git"
        if git.exists():
            own = _linked(git, "gitdir: ") or git
            places = dict.fromkeys([own, _linked(own / "commondir", "") or own])
            signs = [_status(place / name) for place in places for name in _SIGNS]
            told = repr((os.fspath(own), signs)).encode("utf-8", "surrogateescape")
            return blake2b(told, digest_size=12).hexdigest()
    return ""


def _linked(file: Path, before: str) -> Path | None:
    """Return the folder that a file names."""
    try:
        with file.open(encoding="utf-8", errors="surrogateescape") as text:
            return file.parent / text.readline(4_000).removeprefix(before).rstrip("\n")
    except OSError:
        return None  # a folder, mostly, or not there


def _status(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return ()
    return (status.st_size, status.st_mtime_ns, status.st_ino)


def is_full(name: str | None) -> bool:
    """Tell whether this is how a commit is named in full."""
    return bool(_FULL_ID.fullmatch(name or ""))
