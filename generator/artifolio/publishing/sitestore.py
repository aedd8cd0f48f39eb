"""Reads and writes the files of sites in a repository's store, past its work tree and index."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.publishing.sitebranch import MANIFEST, DeployError, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.publishing.git import Git

_FILE = "100644"
_NOBODY = {
    f"GIT_{role}_{field}": text
    for role in ("AUTHOR", "COMMITTER")
    for field, text in (("NAME", "artifolio"), ("EMAIL", "artifolio@localhost"))
}


def store_files(git: Git, folder: Path, sizes: Mapping[str, int], *, write: bool) -> list[Entry]:
    """Give git files as they are, whatever attributes and filters the work tree has.

    Args:
        git: Of the repository.
        folder: Where they are.
        sizes: Their paths below it, and their sizes in bytes.
        write: Whether to store them; their ids are found out at least.

    Returns:
        An entry for each, in order.

    Raises:
        GitError: If one cannot be read.
    """
    # Absolute, for git goes to the top of the work tree first.
    root = os.fsencode(folder.resolve())
    names = b"".join(root + b"/" + os.fsencode(path) + b"\n" for path in sizes)
    options = ("--no-filters", *(["-w"] if write else []), "--stdin-paths")
    ids = git.run("hash-object", *options, given=names).decode().split()
    if len(ids) != len(sizes):
        raise DeployError(f"{folder} changed meanwhile; try again")
    return [
        Entry(_FILE, object_id, size) for object_id, size in zip(ids, sizes.values(), strict=True)
    ]


def store_text(git: Git, content: bytes, *, write: bool) -> Entry:
    """Give git a file that is nowhere."""
    options = ("-w",) if write else ()
    object_id = git.run("hash-object", *options, "--stdin", given=content).decode().strip()
    return Entry(_FILE, object_id, len(content))


def fetch_commit(git: Git, remote: str, ref: str, commit: str) -> bool:
    """Make sure that a commit of a remote branch is here; False if the branch has moved on."""
    if git.ask("cat-file", "-e", f"{commit}^{{tree}}") is not None:
        return True
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
    git.run("fetch", *options, "--end-of-options", remote, ref)
    return git.ask("cat-file", "-e", f"{commit}^{{tree}}") is not None


def read_entries(git: Git, commit: str) -> dict[str, Entry]:
    """Return the files of a commit by their paths."""
    held: dict[str, Entry] = {}
    listed = git.run("ls-tree", "-r", "-l", "-z", "--full-tree", "--end-of-options", commit)
    for line in listed.split(b"\0")[:-1]:
        facts, _, path = line.partition(b"\t")
        mode, _, object_id, size = facts.decode().split()
        held[os.fsdecode(path)] = Entry(mode, object_id, int(size) if size.isdigit() else 0)
    return held


def read_manifests(git: Git, held: Mapping[str, Entry]) -> dict[str, list[str]]:
    """Return the files of each site on a branch, by the folder that it was deployed to."""
    manifests = {}
    for path, entry in held.items():
        place, _, name = path.rpartition("/")
        if name == MANIFEST:
            text = git.run("cat-file", "blob", entry.object_id)
            manifests[f"{place}/" if place else ""] = os.fsdecode(text).split("\n")[:-1]
    return manifests


def store_commit(git: Git, entries: Mapping[str, Entry], message: str) -> str:
    """Make a commit without parents that holds these files, and return its id."""
    lines = b"".join(
        f"{entry.mode} {entry.object_id}\t".encode() + os.fsencode(path) + b"\0"
        for path, entry in entries.items()
    )
    with tempfile.TemporaryDirectory(prefix="artifolio-") as folder:
        environ = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        git.run("update-index", "-z", "--index-info", given=lines, environ=environ)
        tree = git.run("write-tree", environ=environ).decode().strip()
    roles = ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")
    is_known = all(git.ask("var", role) is not None for role in roles)
    signs = git.ask("config", "--type=bool", "--get", "commit.gpgSign") == "true"
    made = git.run(
        *("commit-tree", *(["-S"] if signs else []), tree),
        given=(message.rstrip("\n") + "\n").encode("utf-8", "replace"),
        environ={} if is_known else _NOBODY,
    )
    return made.decode().strip()
