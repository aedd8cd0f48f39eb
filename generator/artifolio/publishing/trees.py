"""Which files differ between two folders of records, as git has them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.folders import is_record_name
from artifolio.publishing.objects import EMPTY_TREES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from artifolio.publishing.git import Git
    from artifolio.publishing.objects import Objects

REGULAR = "100"
"""How the modes of files start; those of links and folders do not."""


@dataclass(frozen=True, slots=True)
class FileDiff:
    """A file that is not the same."""

    mode: str
    """Now."""
    old: str
    """Id of the content before."""
    new: str
    """The same now."""
    status: str
    """``A``, ``D``, ``M``, or ``T`` for a file that became another thing."""
    folder: str
    name: str

    @property
    def path(self) -> str:
        """Where it lies below the folder of records; untrusted."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def is_record(self) -> bool:
        """Whether it lies where records do, and is named as one."""
        return is_record_name(self.name) and "/" not in self.folder and bool(self.folder)


def tree_of(objects: Objects, commit: str, path: str) -> str:
    """Return the id of a folder, or of one that holds nothing where it is not there.

    Args:
        objects: Of the repository.
        commit: Id of the commit or tree that it is in.
        path: Of the folder, from the top of the repository.
    """
    # Asked for by what stands before the colon, so that no name in the path means anything.
    found = objects.read(f"{commit}:{path}", most=0)
    is_folder = found is not None and found.type == "tree"
    return found.id if found is not None and is_folder else EMPTY_TREES[len(commit)]


def diff_trees(
    git: Git, old: str, new: str, environ: Mapping[str, str] | None = None
) -> Iterator[FileDiff]:
    """Give the files that differ, in the order of their paths.

    Args:
        git: Of the repository.
        old: Id of a tree.
        new: The same.
        environ: More of the environment, where they lie elsewhere.
    """
    # Plumbing, which no configuration changes.
    options = "-r -z --raw --no-renames --no-abbrev".split()
    found = git.run("diff-tree", *options, old, new, environ=environ)
    parts = found.split(b"\0")
    for told, path in zip(parts[0::2], parts[1::2], strict=False):
        _, mode, old, new, status = told.decode().removeprefix(":").split(" ")
        folder, _, name = os.fsdecode(path).rpartition("/")
        yield FileDiff(mode, old, new, status[:1], folder, name)
