"""Brings two lines of commits together, without a work tree."""

from __future__ import annotations

import tempfile
from pathlib import Path

from artifolio.errors import shown
from artifolio.publishing.git import Git, GitError
from artifolio.publishing.indexes import Index

_SHOWN_CONFLICTS = 5
_CONFLICT = 1


def merge_trees(git: Git, ours: str, theirs: str, base: str | None) -> str:
    """Merge what two commits hold, records file by file.

    Args:
        git: Runs in the folder of records.
        ours: A commit.
        theirs: Another one.
        base: The last commit that both have; None where they have none.

    Returns:
        The id of the tree that comes of it.

    Raises:
        GitError: If both have changed the same record, or the same lines of another file.
    """
    with tempfile.TemporaryDirectory(prefix="artifolio-") as folder:
        index = Index(git, Path(folder) / "index")
        start = base or git.run("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()
        index.run("read-tree", "-i", "-m", "--aggressive", start, ours, theirs)
        conflicts = _unmerged(index, git.ask("rev-parse", "--show-cdup") or ".")
        if not conflicts:
            return index.write()
        if _unmerged(index, "."):
            raise _conflict(conflicts)
    return _merge_lines(git, ours, theirs, conflicts)


def _merge_lines(git: Git, ours: str, theirs: str, conflicts: list[str]) -> str:
    # It takes one file for another, renamed, where they are alike, and before git 2.50 it cannot
    # be told not to. So it comes second: by then no record was changed on both sides.
    try:
        told = git.run(
            *("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z"),
            *(ours, theirs),
        )
    except GitError as error:
        if error.status == _CONFLICT:
            raise _conflict(error.said.split("\0")[1:]) from None
        # Git before 2.38 has a command of that name that can do none of it.
        raise _conflict(conflicts) from None
    return told.split(b"\0")[0].decode().strip()


def _unmerged(index: Index, folder: str) -> list[str]:
    """Return the paths in a folder that both sides have changed otherwise."""
    told = index.run("ls-files", "-z", "--unmerged", "--full-name", "--", folder)
    lines = told.decode("utf-8", "replace").split("\0")
    return list(dict.fromkeys(line.partition("\t")[2] for line in lines if line))


def _conflict(names: list[str]) -> GitError:
    # Some are named from the folder that git runs in, which is one below that of the repository.
    names = [name.removeprefix("../") for name in names if name]
    listed = ", ".join(map(shown, names[:_SHOWN_CONFLICTS]))
    more = f" and {len(names) - _SHOWN_CONFLICTS} more" if len(names) > _SHOWN_CONFLICTS else ""
    return GitError(
        "merge",
        f"here and on the remote other changes were made to {listed}{more}; "
        "run 'git pull', mend them, and publish again",
        _CONFLICT,
    )
