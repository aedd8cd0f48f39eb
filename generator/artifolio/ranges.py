"""Which commits lie between two commits, as ``git log A..B`` and ``B..A`` tell it."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from artifolio.commits import Commit, Commits

SHOWN = 20
"""How many of the commits between are named."""
FARTHEST = 1_000
"""Commits that are more than so many apart are not counted."""

# Commits that both have are looked at so far back, for clocks may be wrong: a commit may bear an
# earlier time than the one that it was made from.
_SKEWED_SECONDS = 86_400
_SKEWED_COMMITS = 50
_VISITED = 20 * FARTHEST
# Walks that are under way at once; each holds what it has visited.
_SLICE = 200
_OLD, _NEW, _BOTH = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two commits."""

    here: int
    """How many commits the new one has and the old one has not."""
    there: int
    """How many the old one has and the new one has not."""
    newest: tuple[Commit, ...] = ()
    """The last `SHOWN` of those that the new one has."""
    is_far: bool = False
    """Whether it is too far to be counted; there are no numbers then."""

    @property
    def words(self) -> str:
        """All of it in a few words."""
        if self.is_far:
            return "too many commits between to count them"
        if self.here and self.there:
            return f"history diverged: {_counted(self.here)} here, {self.there:,} there"
        if self.there:
            return f"{_counted(self.there)} back"
        return f"{_counted(self.here)} between" if self.here else "no commits between"


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why it is not known what lies between two commits."""

    ids: tuple[str, ...]
    """Commits of which one would have to be there."""


Pair: TypeAlias = "tuple[str, str]"
"""Full ids, the older first."""
_Walk: TypeAlias = "Generator[str, Commit | None, Between | Lacking]"


def find_between(commits: Commits, pairs: Iterable[Pair]) -> dict[Pair, Between | Lacking]:
    """Look at the commits between others.

    Args:
        commits: Where they are read from.
        pairs: Any number of pairs.
    """
    wanted = list(dict.fromkeys(pairs))
    found: dict[Pair, Between | Lacking] = {}
    for start in range(0, len(wanted), _SLICE):
        found.update(_find(commits, wanted[start : start + _SLICE]))
    return {pair: found[pair] for pair in wanted}


def _counted(count: int) -> str:
    return f"{count:,} commit" + ("" if count == 1 else "s")


def _find(commits: Commits, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Between | Lacking]]:
    """Walk side by side, so that many commits are asked for at once."""
    walks = [(pair, _walk(*pair)) for pair in pairs]
    steps: list[tuple[Pair, _Walk, str]] = [(pair, walk, next(walk)) for pair, walk in walks]
    while steps:
        read = commits.read(name for _, _, name in steps)
        going: list[tuple[Pair, _Walk, str]] = []
        for pair, walk, name in steps:
            try:
                going.append((pair, walk, walk.send(read[name])))
            except StopIteration as stopped:
                yield pair, stopped.value
        steps = going


def _walk(old: str, new: str) -> _Walk:
    """Mark commits by which of the two has them, latest first; asks for one after another."""
    sides = {old: _OLD}
    sides[new] = sides.get(new, 0) | _NEW
    missing: set[str] = set()
    # Those whose parents are still to be marked.
    queued: dict[str, Commit] = {}
    for name in (old, new):
        commit = yield name
        if commit is None:
            missing.add(name)
        else:
            queued[name] = commit
    if missing:
        return Lacking(tuple(sorted(missing)))
    known = dict(queued)
    order = [(-commit.committed, name) for name, commit in queued.items()]
    heapify(order)
    single = sum(sides[name] != _BOTH for name in queued)
    oldest = min(commit.committed for commit in queued.values())
    seen = 0
    limit = FARTHEST
    while order:
        if not single:
            seen += 1
            if seen > _SKEWED_COMMITS or -order[0][0] < oldest - _SKEWED_SECONDS:
                break
        _, name = heappop(order)
        commit, side = queued.pop(name), sides[name]
        if side != _BOTH:
            single -= 1
            oldest = min(oldest, commit.committed)
        for parent in commit.parents:
            before = sides.get(parent, 0)
            if before | side == before:
                continue
            sides[parent] = before | side
            if parent in queued:
                single -= 1
                continue
            if parent in missing:
                continue
            if parent not in known:
                asked = yield parent
                if asked is None:
                    missing.add(parent)
                    continue
                known[parent] = asked
            queued[parent] = known[parent]
            heappush(order, (-known[parent].committed, parent))
            single += sides[parent] != _BOTH
        if len(sides) > limit:
            # To count them takes as long as to walk over some, so it is done now and then.
            limit += FARTHEST // 4
            # What one side has as far as is known now, the other may have as well.
            if len(sides) > _VISITED or _apart(sides) > FARTHEST + FARTHEST // 4:
                return Between(0, 0, is_far=True)
    return _told(sides, known, missing)


def _apart(sides: dict[str, int]) -> int:
    return sum(side != _BOTH for side in sides.values())


def _told(sides: dict[str, int], known: dict[str, Commit], missing: set[str]) -> Between | Lacking:
    lacking = sorted(name for name in missing if sides[name] != _BOTH)
    if lacking:
        return Lacking(tuple(lacking))
    if _apart(sides) > FARTHEST:
        return Between(0, 0, is_far=True)
    here = [known[name] for name, side in sides.items() if side == _NEW]
    there = _apart(sides) - len(here)
    here.sort(key=lambda commit: (-commit.committed, commit.id))
    return Between(len(here), there, tuple(here[:SHOWN]))
