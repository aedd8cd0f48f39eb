"""Brings a branch's commits to its remote, however many others push at the same time."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.errors import PublishError, printable
from artifolio.publishing.git import GitError
from artifolio.publishing.merging import merge_trees
from artifolio.publishing.refusals import Refusal, way_out, why_refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from artifolio.publishing.committing import Committer
    from artifolio.publishing.place import Place, Target

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_RACE_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 15.0
# A shallow clone gets so many commits more, where it cannot tell how two lines hang together.
_DEEPER = (100, 1_000)
_NO_SUCH_BRANCH = "find remote ref"


@dataclass(frozen=True)
class Landed:
    """A push that the remote took."""

    tip: str
    """The commit that the remote's branch is at; holds the one that was to be brought there."""
    attempts: int
    """How many pushes it took; 0 where the remote had it already."""


class Landing:
    """Pushes one branch.

    Args:
        place: The repository.
        target: The branch and its remote.
        committer: Makes the commits of merges.
        seconds: How long to try.
        pause: Waits that many seconds.
    """

    def __init__(
        self,
        place: Place,
        target: Target,
        committer: Committer,
        seconds: float,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._place = place
        self._git = place.git
        self._target = target
        self._committer = committer
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._pause = pause

    @property
    def seconds_left(self) -> float:
        """How long there is still to try; at least a second."""
        return max(1.0, self._until - time.monotonic())

    def known_tip(self) -> str | None:
        """Return where the remote's branch was when it was last asked."""
        ref = f"{self._target.tracking_ref}^{{commit}}"
        return self._git.ask("rev-parse", "--verify", "--quiet", ref)

    def fetch(self, *options: str) -> str | None:
        """Ask the remote where its branch is, and get what it has.

        Returns:
            Its last commit; None where it has no such branch.

        Raises:
            GitError: If it cannot be asked.
        """
        refspec = f"+{self._target.ref}:{self._target.tracking_ref}"
        try:
            self._git.run(
                *("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *options),
                *("--", str(self._target.remote), refspec),
                seconds=self.seconds_left,
            )
        except GitError as error:
            if _NO_SUCH_BRANCH in error.said:
                return None
            raise
        return self.known_tip()

    def land(self, tip: str) -> Landed:
        """Push a commit, merged with what others have pushed since, until the remote has it.

        Nothing is forced, and no commit is made anew on top of another.

        Raises:
            PublishError: If it will not be taken, or not in time.
        """
        # To commit may have taken long, by hooks or by somebody who types the password of a key.
        self._until = time.monotonic() + self._seconds
        theirs = self.known_tip()
        tries, pushes = 0, 0
        while True:
            try:
                if tries:
                    theirs = self.fetch()
                merged = self._join(tip, theirs)
                if merged == theirs:
                    return Landed(merged, pushes)
                pushes += 1
                self._push(merged)
            except GitError as error:
                self._wait_or_give_up(tip, error, tries)
                tries += 1
            else:
                return Landed(merged, pushes)

    def _push(self, commit: str) -> None:
        options = ["--quiet", "--no-follow-tags"]
        if not self._committer.runs_hooks:
            options.append("--no-verify")
        refspec = f"{commit}:{self._target.ref}"
        remote = str(self._target.remote)
        self._git.run("push", *options, "--", remote, refspec, seconds=self.seconds_left)

    def _join(self, ours: str, theirs: str | None) -> str:
        """Return a commit that holds both; one of the two, where it holds the other."""
        if theirs is None:
            return ours
        base = self._merge_base(ours, theirs)
        if base in (ours, theirs):
            return theirs if base == ours else ours
        if base is None and self._target.is_here:
            raise GitError(
                "merge",
                f"{printable(self._target.branch)} has nothing in common with that of the remote; "
                "see 'git remote -v'",
                1,
            )
        tree = merge_trees(self._git, ours, theirs, base)
        # As `git merge` words it, without the address.
        message = f"Merge branch '{printable(self._target.branch)}' of {self._target.remote}\n"
        return self._committer.commit(tree, (ours, theirs), message, source="merge")

    def _merge_base(self, ours: str, theirs: str) -> str | None:
        base = self._git.ask("merge-base", ours, theirs)
        if base is None and self._git.ask("rev-parse", "--is-shallow-repository") == "true":
            for deeper in (*(f"--deepen={count}" for count in _DEEPER), "--unshallow"):
                self.fetch(deeper)
                base = self._git.ask("merge-base", ours, theirs)
                if base is not None:
                    break
        return base

    def _wait_or_give_up(self, tip: str, error: GitError, tries: int) -> None:
        reason = str(error).partition(": ")[2]
        refusal = why_refused(error.said)
        if error.command not in ("push", "fetch") or refusal is Refusal.FINAL:
            remedy = "" if error.command == "merge" else f"; {way_out(error.said)}"
            raise PublishError(tip, self._target.branch, f"{reason}{remedy}") from error
        longest = _LONGEST_RACE_SECONDS if refusal is Refusal.RACE else _LONGEST_PAUSE_SECONDS
        # Any time up to that, so that those who met once do not meet again.
        limit = min(longest, _FIRST_PAUSE_SECONDS * 2**tries)
        seconds = random.uniform(limit / 10, limit)  # noqa: S311 - keeps no secret
        if time.monotonic() + seconds > self._until:
            raise PublishError(
                tip,
                self._target.branch,
                f"no success within {self._seconds:g} seconds: {reason}; "
                "run 'artifolio publish' again",
            ) from error
        self._pause(seconds)
