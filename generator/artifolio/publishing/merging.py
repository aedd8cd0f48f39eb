"""Brings two lines of commits together, without a work tree."""

from __future__ import annotations

import tempfile
from pathlib import Path

from artifolio.errors import shown
from artifolio.publishing.git import Git, GitError
from artifolio.publishing.indexes import Index

_SHOWN_CONFLICTS = 5
_USAGE = 129


def merge_trees(git: Git, ours: str, theirs: str, base: str | None) -> str:
    """Merge what two commits hold.

    Args:
        git: Of the repository.
        ours: A commit.
        theirs: Another one.
        base: The last commit that both have; None where they have none.

    Returns:
        The id of the tree that comes of it.

    Raises:
        GitError: If both have changed the same file otherwise.
    """
    allowed = ["--allow-unrelated-histories"] if base is None else []
    try:
        told = git.run(
            *("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z"),
            *(*allowed, ours, theirs),
        )
    except GitError as error:
        if error.status == 1:
            raise _conflict(error.said.split("\0")[1:]) from None
        if error.status != _USAGE:
            raise
        # Git before 2.38 has a command of that name that knows none of it.
        return merge_plainly(git, ours, theirs, base)
    return told.split(b"\0")[0].decode().strip()


def merge_plainly(git: Git, ours: str, theirs: str, base: str | None) -> str:
    """Merge file by file: one that both have changed otherwise is a conflict.

    Raises:
        GitError: If there is one.
    """
    with tempfile.TemporaryDirectory(prefix="artifolio-") as folder:
        index = Index(git, Path(folder) / "index")
        start = base or git.run("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()
        index.run("read-tree", "-i", "-m", "--aggressive", start, ours, theirs)
        told = index.run("diff-index", "--cached", "--diff-filter=U", "--name-only", "-z", ours)
        if told:
            raise _conflict(told.decode("utf-8", "replace").split("\0"))
        return index.write()


def _conflict(names: list[str]) -> GitError:
    # Named from the folder that git runs in, which is one below that of the repository.
    names = [name.removeprefix("../") for name in names if name]
    listed = ", ".join(map(shown, names[:_SHOWN_CONFLICTS]))
    more = f" and {len(names) - _SHOWN_CONFLICTS} more" if len(names) > _SHOWN_CONFLICTS else ""
    return GitError(
        "merge",
        f"here and on the remote other changes were made to {listed}{more}; "
        "run 'git pull', mend them, and publish again",
        1,
    )
