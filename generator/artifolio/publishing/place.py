"""Where in a repository the records lie, and which branch and remote they go to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.errors import NotFoundError, ProjectError, printable, shown
from artifolio.publishing.git import Git, checked_branch, checked_remote
from artifolio.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Place:
    """A folder of records in the work tree of a repository."""

    store: Store
    """Its root is free of links."""
    git: Git
    """Runs in the folder of records: paths that it takes and gives are those below it."""
    top: Path
    """The work tree."""
    git_folder: Path
    """What belongs to this work tree alone lies here."""
    index: Path
    """The user's own index; there is none before the first ``git add``."""


@dataclass(frozen=True)
class Target:
    """Where records are published to."""

    branch: str
    """Its short name."""
    remote: str | None
    """None where nothing is pushed."""
    is_here: bool
    """Whether the branch is checked out in the work tree that the records lie in."""

    @property
    def ref(self) -> str:
        """The branch's full name, here and on the remote."""
        return f"refs/heads/{self.branch}"

    @property
    def tracking_ref(self) -> str:
        """Where the last known state of the remote's branch is kept."""
        return f"refs/remotes/{self.remote}/{self.branch}"


def find_place(store: Store, environ: Mapping[str, str]) -> Place:
    """Find the repository of a folder of records.

    Raises:
        ProjectError: If there is no such folder, or no repository with a work tree around it.
    """
    root = store.root.resolve()
    if not root.is_dir():
        raise ProjectError(f"{store.root} is not there; publish something, or see -C")
    git = Git(root, environ)
    git_folder = git.ask("rev-parse", "--absolute-git-dir")
    top = git.ask("rev-parse", "--show-toplevel")
    if not git_folder or not top:
        raise ProjectError(f"{store.root} lies in no git repository; run 'git init' first")
    index = git.run("rev-parse", "--git-path", "index").decode("utf-8", "surrogateescape")
    return Place(Store(root), git, root / top, root / git_folder, root / index.removesuffix("\n"))


def find_repository(root: Path, environ: Mapping[str, str]) -> tuple[Git, str]:
    """Find the repository of a folder of records, which need not be there any more.

    Returns:
        The git of the repository, at its top, and the path of the folder from there.

    Raises:
        NotFoundError: If there is none.
    """
    root = root.resolve()
    folder = next(place for place in (root, *root.parents) if place.is_dir())
    git = Git(folder, environ)
    top = git.ask("rev-parse", "--show-toplevel")
    if top is None:
        if git.ask("rev-parse", "--is-bare-repository") == "true":
            return git, root.name
        raise NotFoundError(f"a git repository around {shown(str(root))}", "see 'git status'")
    path = root.relative_to(Path(top).resolve()).as_posix()
    return Git(Path(top).resolve(), environ), "" if path == "." else path


def find_target(git: Git, branch: str | None, remote: str | None, *, push: bool) -> Target:
    """Find out where records go to; nothing is changed and no remote is asked.

    Args:
        git: Of the repository.
        branch: Where somebody named one; else it is the one that is checked out.
        remote: Where somebody named one; else it is the one that git pushes the branch to.
        push: Whether anything is to be pushed.

    Raises:
        GitError: If a name is none.
        ProjectError: If nothing goes by it, or it is not clear which one is meant.
    """
    if branch is not None:
        checked_branch(branch)
    if remote is not None:
        checked_remote(remote)
    head = git.ask("symbolic-ref", "--quiet", "HEAD") or ""
    here = head.removeprefix("refs/heads/")
    if branch is None and not here:
        raise ProjectError("no branch is checked out (HEAD is detached); name one with --branch")
    name = branch or here
    if name != here:
        _check_checked_out(git, name)
    return Target(name, find_remote(git, name, remote) if push else None, name == here)


def find_remote(git: Git, branch: str, named: str | None) -> str | None:
    """Find the remote to push to.

    Args:
        git: Of the repository.
        branch: The branch that git would be asked to push.
        named: Where somebody named one; else it is the one that git pushes the branch to.

    Returns:
        None where there is no remote, and none was named.

    Raises:
        ProjectError: If there is none of that name, or it is not clear which one is meant.
    """
    known = git.run("remote").decode("utf-8", "surrogateescape").splitlines()
    if named is not None:
        if named not in known:
            there_are = ", ".join(map(shown, known)) or "none"
            raise ProjectError(
                f"no such remote: {shown(named)}; there are: {there_are} (git remote)"
            )
        return named
    settings = (f"branch.{branch}.pushRemote", "remote.pushDefault", f"branch.{branch}.remote")
    for setting in settings:
        found = git.ask("config", "--get", setting)
        if found in known:
            return found
    if "origin" in known or not known:
        return "origin" if known else None
    if len(known) > 1:
        raise ProjectError(
            "there are several remotes, and none is 'origin'; name one with --remote"
        )
    return known[0]


def _check_checked_out(git: Git, branch: str) -> None:
    """Refuse a branch of another work tree, whose files would fall behind it unnoticed."""
    worktree = ""
    for line in (git.ask("worktree", "list", "--porcelain") or "").splitlines():
        if line.startswith("worktree "):
            worktree = line.removeprefix("worktree ")
        elif line == f"branch refs/heads/{branch}":
            raise ProjectError(
                f"{printable(branch)} is checked out in {printable(worktree)}; publish there, "
                "or to another branch"
            )
