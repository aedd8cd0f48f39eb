"""Commits what was published, and brings it to the remote."""

from __future__ import annotations

import contextlib
import os
import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from artifolio.errors import InvalidValueError
from artifolio.publishing.baselines import commit_at, empty_tree, find_baseline
from artifolio.publishing.committing import Committer, own_index
from artifolio.publishing.git import GitError
from artifolio.publishing.landing import Landing
from artifolio.publishing.messages import checked_message, default_message
from artifolio.publishing.place import find_place, find_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.publishing.baselines import Baseline
    from artifolio.publishing.indexes import Change
    from artifolio.publishing.place import Place, Target
    from artifolio.publishing.selection import Selection
    from artifolio.store import Store

SECONDS = 120.0
"""How long a push is tried, where nobody says otherwise."""
_MOVED = ("but expected", "already exists", "unable to resolve reference", ".lock")
_ATTEMPTS = 50


@dataclass(frozen=True)
class Options:
    """How to publish."""

    message: str | None = None
    """Of the commit; made from keys and counts where it is None."""
    branch: str | None = None
    """The branch that is checked out, where it is None."""
    remote: str | None = None
    """The one that git pushes the branch to, where it is None."""
    push: bool = True
    dry_run: bool = False
    """Whether only to tell what would be committed."""
    verify: bool = True
    """Whether the user's hooks are asked."""
    seconds: float = SECONDS
    """How long to try to push."""


@dataclass(frozen=True)
class Published:
    """What came of publishing."""

    target: Target
    selection: Selection
    changes: tuple[Change, ...]
    """What the commit adds, changes and removes; sorted by path."""
    commit: str | None = None
    """Full id; None where there was nothing to commit."""
    pushed: str | None = None
    """The commit that the remote's branch came to; None where nothing was pushed."""
    attempts: int = 0
    """How many pushes it took."""
    is_behind: bool = False
    """Whether the branch that is checked out lacks what others have pushed, for files of theirs
    would overwrite some here."""


def publish(
    store: Store, options: Options | None = None, environ: Mapping[str, str] = os.environ
) -> Published:
    """Commit the records of a store and push them.

    Nothing else is committed, whatever is staged, and nothing is ever forced or rebased.

    Args:
        store: The records.
        options: How to go about it.
        environ: The process's environment.

    Raises:
        ProjectError: If the records lie in no repository.
        GitError: If they cannot be committed.
        PublishError: If they were committed, but cannot be pushed.
    """
    options = options or Options()
    if options.message is not None and not options.message.strip():
        raise InvalidValueError("message", "it is empty; leave it out to have one made")
    place = find_place(store, environ)
    target = find_target(place.git, options.branch, options.remote, push=options.push)
    committer = Committer(place.git, options.verify)
    landing = Landing(place, target, committer, options.seconds)
    if not target.is_here and target.remote is not None:
        _try_to_fetch(place, target, landing)
    done = _commit(place, target, committer, options)
    tip = commit_at(place, target.ref)
    if options.dry_run or target.remote is None or tip is None:
        return done
    if done.commit is None and not _is_unpushed(place, target, landing, tip):
        return done
    landed = landing.land(tip)
    is_behind = landed.tip != tip and not _advance(place, target, tip, landed.tip)
    return replace(done, pushed=landed.tip, attempts=landed.attempts, is_behind=is_behind)


def check(store: Store, options: Options, environ: Mapping[str, str] = os.environ) -> None:
    """Make sure that there is a branch and a remote to publish to, as far as that shows by now.

    Raises:
        ArtifolioError: If there is none.
    """
    if store.root.is_dir():
        place = find_place(store, environ)
        find_target(place.git, options.branch, options.remote, push=options.push)


def _try_to_fetch(place: Place, target: Target, landing: Landing) -> None:
    """Learn of what others have in a branch, so that the commit stands on it."""
    options = []
    is_new = landing.known_tip() is None and commit_at(place, target.ref) is None
    if is_new and place.git.ask("rev-parse", "--is-shallow-repository") == "true":
        # Who has cloned little does not want all of the branch either.
        options.append("--depth=1")
    with contextlib.suppress(GitError):  # whoever pushes will hear of it again
        landing.fetch(*options)


def _commit(place: Place, target: Target, committer: Committer, options: Options) -> Published:
    """Commit what is new, again where somebody else moves the branch meanwhile."""
    for left in reversed(range(_ATTEMPTS)):
        try:
            with find_baseline(place, target) as baseline:
                return _commit_on(baseline, place, target, committer, options)
        except GitError as error:
            is_race = error.command == "update-ref" and any(word in error.said for word in _MOVED)
            if not is_race or not left:
                raise
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - keeps no secret
    raise AssertionError("unreachable")


def _commit_on(
    baseline: Baseline, place: Place, target: Target, committer: Committer, options: Options
) -> Published:
    base = baseline.base
    selection = baseline.select()
    wanted = baseline.wanted(selection)
    if not wanted:
        if not options.dry_run:
            baseline.keep(selection, base)
        return Published(target, selection, ())
    with own_index(place, base, like_users=target.is_here) as index:
        index.take_up(wanted)
        changes = index.changes(base or empty_tree(place))
        if not changes or options.dry_run:
            return Published(target, selection, changes)
        if target.is_here:
            # Elsewhere all files of the work tree would seem to differ from the index.
            committer.hook("pre-commit", environ=index.environ)
        message = options.message
        text = default_message(changes) if message is None else checked_message(message)
        parents = [base] if base else []
        commit = committer.commit(index.write(), parents, text, index=index)
        # First, for what is staged and not committed does no harm. The other way round the user's
        # next commit would take the records out again.
        baseline.stage(selection)
        told = f"publish: {text.splitlines()[0]}"
        place.git.run("update-ref", "-m", told, target.ref, commit, baseline.old or "")
        baseline.keep(selection, commit)
    if target.is_here:
        with contextlib.suppress(GitError):  # too late to refuse anything, as under `git commit`
            committer.hook("post-commit")
    return Published(target, selection, changes, commit)


def _is_unpushed(place: Place, target: Target, landing: Landing, tip: str) -> bool:
    """Tell whether records of an earlier time have not reached the remote."""
    if landing.known_tip() is not None and not _has_records(place, tip, target):
        return False
    with contextlib.suppress(GitError):  # whoever pushes will hear of it again, and try again
        landing.fetch()
    return _has_records(place, tip, target)


def _has_records(place: Place, tip: str, target: Target) -> bool:
    """Tell whether commits that no branch of the remote is known to hold have records."""
    options = ("--max-count=1", tip, "--not", f"--remotes={target.remote}", "--", ".")
    return bool(place.git.run("rev-list", *options).strip())


def _advance(place: Place, target: Target, old: str, new: str) -> bool:
    """Bring the local branch to where the remote is, unless that touches what the user has changed.

    Returns:
        Whether it is there; if not, it still holds all that was published from here.
    """
    try:
        if target.is_here:
            # Only files that others have changed, and only where nobody has here.
            options = ("--quiet", "--no-stat", "--no-autostash", "--no-overwrite-ignore")
            place.git.run("merge", "--ff-only", *options, new)
        else:
            place.git.run("update-ref", "-m", "publish: Fast-forward", target.ref, new, old)
    except GitError:
        return False
    return True
