"""Reads files as they were committed, any number in one process."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from artifolio.publishing.git import GitError
from artifolio.records import LFS_POINTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from artifolio.publishing.git import Git

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, "The Pointer".
_POINTER_BYTES = 1024
_POINTER = re.compile(rb"\noid sha256:([0-9a-f]{64})\n")
_CHUNK_BYTES = 1 << 20


class Content:
    """What a file held, to be read once, and before the next one.

    Args:
        stream: Stands at its start.
        size_bytes: Of the file.
    """

    def __init__(self, stream: IO[bytes], size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._stream = stream
        self._left = size_bytes

    def chunks(self) -> Iterator[bytes]:
        """Give what was not read yet, in parts.

        Raises:
            GitError: If git stops before its end.
        """
        while self._left:
            yield self._next(self._left)

    def read(self, most_bytes: int) -> bytes:
        """Return the next bytes of it.

        Raises:
            GitError: If git stops before its end.
        """
        parts = []
        while self._left and most_bytes:
            parts.append(self._next(most_bytes))
            most_bytes -= len(parts[-1])
        return b"".join(parts)

    def _next(self, most_bytes: int) -> bytes:
        part = self._stream.read(min(self._left, most_bytes, _CHUNK_BYTES))
        if not part:
            raise GitError("cat-file", "it stopped before the end of a file")
        self._left -= len(part)
        return part


def read_contents(git: Git, ids: Iterable[str]) -> Iterator[Content | None]:
    """Give files by their hashes, in the order in which they are asked for.

    Args:
        git: That of the repository.
        ids: Full hashes.

    Returns:
        None for what is not there. What is not read of a file is skipped.

    Raises:
        GitError: If git fails.
    """
    wanted = list(ids)
    given = "".join(f"{name}\n" for name in wanted).encode("ascii")
    if not wanted:
        return
    with git.reading("cat-file", "--batch", "--buffer", given=given) as stream:
        for name in wanted:
            told = stream.readline().split()
            if told[:1] != [name.encode()] or len(told) != 3:
                yield None
                continue
            content = Content(stream, int(told[2]))
            yield content
            for _ in content.chunks():
                pass
            stream.read(1)  # the line end that git adds


class LargeFiles:
    """Finds what git-lfs keeps on this machine.

    Args:
        git: That of the repository.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._folder: Path | None = None

    def find(self, start: bytes) -> Path | None:
        """Return the file that a pointer stands for.

        Args:
            start: The whole of a short file, or the start of another.

        Returns:
            None if it is no pointer, or the file was not fetched.
        """
        oid = pointed_at(start)
        if oid is None:
            return None
        if self._folder is None:
            common = self._git.run("rev-parse", "--git-common-dir").decode("utf-8", "replace")
            self._folder = self._git.folder / common.removesuffix("\n") / "lfs" / "objects"
        file = self._folder / oid[:2] / oid[2:4] / oid
        return file if file.is_file() else None


def pointed_at(start: bytes) -> str | None:
    """Return the SHA-256 of what git-lfs keeps elsewhere; None if this is no pointer."""
    if len(start) > _POINTER_BYTES or not start.startswith(LFS_POINTER.encode()):
        return None
    found = _POINTER.search(start)
    return found[1].decode() if found else None
