"""What the working tree holds, as if it had been committed, without touching the repository."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from artifolio.publishing.git import Git


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A tree of the working tree's files."""

    tree: str
    """Its id."""
    environ: Mapping[str, str]
    """What git needs to read it."""


@contextmanager
def snapshot(git: Git, path: str) -> Iterator[Snapshot]:
    """Give the tree that a commit of all that lies below a path would have.

    The index and the objects are copies that are gone afterwards.

    Args:
        git: At the top of the working tree.
        path: Of a folder, from there; empty for the top itself.

    Raises:
        GitError: If the index has conflicts.
    """
    with tempfile.TemporaryDirectory(prefix="artifolio-") as folder:
        index, objects = Path(folder, "index"), Path(folder, "objects")
        objects.mkdir()
        # With the times of the files in it, so that those that did not change are not read.
        own = git.folder / (git.ask("rev-parse", "--git-path", "index") or "")
        if own.is_file():
            shutil.copy2(own, index)
        shared = git.folder / (git.ask("rev-parse", "--git-path", "objects") or "")
        environ = {
            "GIT_INDEX_FILE": os.fspath(index),
            "GIT_OBJECT_DIRECTORY": os.fspath(objects),
            # Quoted, for a colon would end it.
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(os.path.abspath(shared)),  # noqa: PTH100
        }
        path = path or "."
        if (git.folder / path).is_dir() or git.ask("ls-files", "--", path):
            git.run("add", "--all", "--", path, environ=environ)
        tree = git.run("write-tree", environ=environ).decode().strip()
        yield Snapshot(tree, environ)


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
