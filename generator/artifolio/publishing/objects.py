"""Reads what a repository holds, as it was committed: one process for any number of objects."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from artifolio.publishing.git import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from artifolio.publishing.git import Git

EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""Ids of the folder that holds nothing, by their length: git knows them in every repository."""

_FOUND = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) ([0-9]{1,18})")
_CHUNK_BYTES = 1 << 20
_REGULAR = "100"


@dataclass(frozen=True, slots=True)
class Object:
    """A commit, a folder or a file."""

    id: str
    type: str
    """``commit``, ``tree``, ``blob`` or ``tag``."""
    size: int
    """In bytes."""
    content: bytes
    """Cut where it is longer than was wanted."""


class Objects:
    """Reads objects by their names.

    Args:
        stdin: Of ``git cat-file --batch``.
        stdout: Of the same.
    """

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def read(self, name: str, most: int = _CHUNK_BYTES) -> Object | None:
        """Return an object.

        Args:
            name: As git takes it: ``origin/main^{commit}``, an id, ``<id>:<path>``. Never a pattern
                or an option.
            most: So many bytes of it are wanted.

        Returns:
            None where there is none of that name.

        Raises:
            GitError: If git stops.
        """
        if not name or "\n" in name or "\0" in name:
            return None
        try:
            self._stdin.write(os.fsencode(name) + b"\n")
            self._stdin.flush()
        except UnicodeEncodeError:
            return None
        except OSError as error:
            raise GitError("cat-file", str(error)) from None
        line = self._stdout.readline()
        if not line.endswith(b"\n"):
            raise GitError("cat-file", "git stopped; is there a repository?")
        found = _FOUND.fullmatch(line[:-1])
        if found is None:
            return None  # missing, or the start of several
        size = int(found[3])
        content = self._take(min(size, most))
        left = size - len(content)
        while left:
            left -= len(self._take(min(left, _CHUNK_BYTES)))
        self._take(1)
        return Object(found[1].decode(), found[2].decode(), size, content)

    def files(self, name: str) -> dict[str, str]:
        """Return the names of the regular files of a folder, and their ids.

        Links and other folders are none of them. A folder that is not there holds nothing.
        """
        tree = self.read(name, most=1 << 30)
        found: dict[str, str] = {}
        if tree is None or tree.type != "tree":
            return found
        width = len(tree.id) // 2
        place = 0
        while place < len(tree.content):
            space = tree.content.index(b" ", place)
            end = tree.content.index(b"\0", space)
            if tree.content[place:space].decode().startswith(_REGULAR):
                file = tree.content[space + 1 : end]
                found[os.fsdecode(file)] = tree.content[end + 1 : end + 1 + width].hex()
            place = end + 1 + width
        return found

    def _take(self, count: int) -> bytes:
        content = self._stdout.read(count)
        if len(content) < count:
            raise GitError("cat-file", "git stopped in the middle of an object")
        return content


@contextmanager
def reading_objects(git: Git, environ: Mapping[str, str] | None = None) -> Iterator[Objects]:
    """Give the objects of a repository.

    Args:
        git: Of the repository.
        environ: More of the environment, where some lie elsewhere.
    """
    with git.talking("cat-file", "--batch", environ=environ) as (stdin, stdout):
        yield Objects(stdin, stdout)
