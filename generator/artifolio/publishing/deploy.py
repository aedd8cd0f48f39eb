"""Puts a site on a branch that a host serves, as one commit without a history."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from artifolio.publishing.git import GitError, checked_branch, checked_remote
from artifolio.publishing.place import find_remote
from artifolio.publishing.sitebranch import (
    MANIFEST,
    NO_JEKYLL,
    DeployError,
    checked_prefix,
    combined,
    manifest_of,
    read_site,
    refuse_large,
)
from artifolio.publishing.sitestore import (
    fetch_commit,
    read_entries,
    read_manifests,
    store_commit,
    store_files,
    store_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from artifolio.publishing.git import Git
    from artifolio.publishing.sitebranch import Entry

LIMIT_SECONDS = 300.0
"""After so long, deployments of others are no longer waited for."""

# How often in a row a push may fail as if in a race while the branch stays where it is.
_PATIENCE = 5
# What a push says where somebody else's was at the same branch in the same moment.
_RACE = re.compile(
    r"stale info|cannot lock ref|failed to update ref|reference already exists|unable to create .*"
    r"\.lock|incorrect old value"
)


@dataclass(frozen=True)
class Target:
    """Where a site goes."""

    git: Git
    remote: str
    branch: str
    prefix: str
    """A folder of the branch with a slash at its end, or nothing."""

    @property
    def ref(self) -> str:
        """The full name of the branch."""
        return f"refs/heads/{self.branch}"

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.remote}/{self.branch}" + (f" under {self.prefix}" if self.prefix else "")


@dataclass(frozen=True)
class Deployment:
    """What a deployment did, or would do."""

    commit: str | None
    """The commit that was pushed; None where nothing was."""
    replaced: str | None
    """The commit that the branch was at before, if there was the branch."""
    files: int
    """How many files the site has."""
    size_bytes: int
    added: int
    changed: int
    removed: int
    """Files on the branch, as compared with what was there."""
    lacks_no_jekyll: bool
    """Whether GitHub would leave out folders that start with an underscore."""

    @property
    def is_change(self) -> bool:
        """Whether the branch held anything else."""
        return self.replaced is None or bool(self.added or self.changed or self.removed)


def find_target(git: Git, branch: str, remote: str | None = None, prefix: str = "") -> Target:
    """Return where a site goes, if it may go there.

    Args:
        git: Of the repository that the remote is set up in.
        branch: The branch that the host serves.
        remote: Its name; the one that git pushes the current branch to, if not given.
        prefix: The folder of the branch.

    Raises:
        DeployError: If work is on the branch, or it is the remote's default branch.
        ProjectError: If there is no such remote, or it is not clear which one is meant.
        GitError: If a name is none, or the remote does not answer.
    """
    place = checked_prefix(prefix)
    checked_branch(branch)
    if remote is not None:
        checked_remote(remote)
    if git.ask("rev-parse", "--git-dir") is None:
        raise DeployError(f"{git.folder} is in no git repository; run 'git init' first")
    current = git.ask("symbolic-ref", "--quiet", "HEAD") or ""
    found = find_remote(git, current.removeprefix("refs/heads/"), remote)
    if found is None:
        raise DeployError("there is no remote to deploy to; add one with 'git remote add'")
    target = Target(git, found, branch, place)
    if current == target.ref:
        raise DeployError(f"{branch} is the branch that you work on; deploy to another one")
    if _advertised(target)[0] == target.ref:
        raise DeployError(
            f"{branch} is the default branch of {target.remote}, whose history would be gone; "
            "deploy to another one, or make another the default at the host"
        )
    return target


def deploy(
    target: Target,
    site: Path,
    message: str | None = None,
    *,
    dry_run: bool = False,
    limit_seconds: float = LIMIT_SECONDS,
    wait: Callable[[int], None] | None = None,
) -> Deployment:
    """Put a site on a branch: one commit without parents, and nothing pushed if nothing changed.

    Neither the work tree nor the index nor any branch of this repository is touched.

    Args:
        target: Where to.
        site: The folder that was built.
        message: Of the commit; what was deployed, if not given.
        dry_run: Only find out what would change.
        limit_seconds: How long to try again where others deploy at the same time.
        wait: Waits before a try, which is given by its number; at random, if not given.

    Raises:
        DeployError: If the site cannot go there.
        GitError: If the remote refuses it.
    """
    sizes = read_site(site)
    entries = store_files(target.git, site, sizes, write=not dry_run)
    files = dict(zip((target.prefix + path for path in sizes), entries, strict=True))
    deadline = time.monotonic() + limit_seconds
    attempt, before, stuck = 0, None, 0
    while True:
        tip = _advertised(target)[1]
        stuck = stuck + 1 if tip == before else 0
        if tip is None or fetch_commit(target.git, target.remote, target.ref, tip):
            whole, done = _planned(target, tip, files, write=not dry_run)
            if dry_run or not done.is_change:
                return done
            commit = store_commit(target.git, whole, message or _message(target))
            if _push(target, commit, tip, is_patient=stuck < _PATIENCE):
                return replace(done, commit=commit)
        attempt, before = attempt + 1, tip
        if time.monotonic() > deadline:
            raise DeployError(f"others keep deploying to {target}; try again later")
        (wait or _wait)(attempt)


def _planned(
    target: Target, tip: str | None, site: Mapping[str, Entry], *, write: bool
) -> tuple[dict[str, Entry], Deployment]:
    """Return what the branch is to hold, and how that differs from what it does."""
    git = target.git
    held = read_entries(git, tip) if tip else {}
    made = {target.prefix + MANIFEST: manifest_of(site)}
    # Beside sites of others it is for them to say whether Jekyll makes theirs.
    if NO_JEKYLL not in site and (not target.prefix or not held):
        made[NO_JEKYLL] = b""
    stored = {path: store_text(git, text, write=write) for path, text in made.items()}
    whole = combined(held, read_manifests(git, held), target.prefix, {**site, **stored})
    refuse_large({path: entry.size for path, entry in whole.items()})
    common = whole.keys() & held.keys()
    return whole, Deployment(
        commit=None,
        replaced=tip,
        files=len(site),
        size_bytes=sum(entry.size for entry in site.values()),
        added=len(whole) - len(common),
        changed=sum(_differ(whole[path], held[path]) for path in common),
        removed=len(held) - len(common),
        lacks_no_jekyll=NO_JEKYLL not in whole,
    )


def _push(target: Target, commit: str, expected: str | None, *, is_patient: bool) -> bool:
    """Put the branch at a commit if it is where it is thought to be; False to try again."""
    try:
        target.git.run(
            *("push", "--quiet", "--no-follow-tags", "--recurse-submodules=no"),
            f"--force-with-lease={target.ref}:{expected or ''}",
            *("--end-of-options", target.remote, f"{commit}:{target.ref}"),
        )
    except GitError as error:
        tip = _advertised(target)[1]
        if tip == commit:
            return True  # it landed, and the connection broke
        if tip != expected or (is_patient and _RACE.search(error.said)):
            return False
        raise
    return True


def _message(target: Target) -> str:
    commit = target.git.ask("rev-parse", "--verify", "--quiet", "--short", "HEAD")
    return (
        "Deploy the site"
        + (f" of {commit}" if commit else "")
        + (f" to {target.prefix}" if target.prefix else "")
    )


def _advertised(target: Target) -> tuple[str | None, str | None]:
    """Return the remote's default branch, and the commit that the target's branch is at."""
    said = target.git.run(
        "ls-remote", "--symref", "--end-of-options", target.remote, "HEAD", target.ref
    ).decode("utf-8", "surrogateescape")
    default = re.search(r"^ref: (\S+)\tHEAD$", said, re.MULTILINE)
    # More may be said: of "x/refs/heads/gh-pages" as well.
    tip = re.search(rf"^([0-9a-f]+)\t{re.escape(target.ref)}$", said, re.MULTILINE)
    return default and default[1], tip and tip[1]


def _differ(one: Entry, other: Entry) -> bool:
    return (one.mode, one.object_id) != (other.mode, other.object_id)


def _wait(attempt: int) -> None:
    time.sleep(random.uniform(0, min(5.0, 0.1 * 2**attempt)))  # noqa: S311 - only to spread
