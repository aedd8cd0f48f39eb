"""Which elements of two sequences belong together, so that what is left over is what changed."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Pair: TypeAlias = tuple[int, int]
"""The index of an element in the old sequence, and of an equal one in the new."""

MOST_EDITS = 300
"""What `align` takes for ``most_edits``."""
DEEPEST = 12
"""How often landmarks are looked for between landmarks."""


def align(
    old: Sequence[Hashable], new: Sequence[Hashable], most_edits: int = MOST_EDITS
) -> list[Pair]:
    """Pair equal elements, in order: both indices grow from pair to pair.

    Elements that occur once on either side are landmarks (the longest chain of them that is in
    order counts); between them, the fewest edits are looked for. So a moved function or a repeated
    blank line does not tear a diff apart, and the time stays bounded whatever is compared.

    Args:
        old: What was there before.
        new: What is there now.
        most_edits: Elements that may differ in a stretch without a landmark, before all of it
            counts as replaced; the time for an element grows with it.
    """
    pairs: list[Pair] = []
    ranges = [(0, len(old), 0, len(new), DEEPEST)]
    while ranges:
        start, end, new_start, new_end, depth = ranges.pop()
        while start < end and new_start < new_end and old[start] == new[new_start]:
            pairs.append((start, new_start))
            start, new_start = start + 1, new_start + 1
        while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
            end, new_end = end - 1, new_end - 1
            pairs.append((end, new_end))
        if start == end or new_start == new_end:
            continue
        landmarks = _landmarks(old, new, start, end, new_start, new_end) if depth else []
        if not landmarks:
            found = _fewest_edits(old[start:end], new[new_start:new_end], most_edits)
            pairs += [(start + i, new_start + j) for i, j in found]
            continue
        pairs += landmarks
        for i, j in [*landmarks, (end, new_end)]:
            ranges.append((start, i, new_start, j, depth - 1))
            start, new_start = i + 1, j + 1
    return sorted(pairs)


def _landmarks(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    start: int,
    end: int,
    new_start: int,
    new_end: int,
) -> list[Pair]:
    """Return the longest chain of elements that each side has once."""
    counts, new_counts = Counter(old[start:end]), Counter(new[new_start:new_end])
    places = {new[j]: j for j in range(new_start, new_end) if new_counts[new[j]] == 1}
    common = [
        (i, places[old[i]]) for i in range(start, end) if counts[old[i]] == 1 and old[i] in places
    ]
    # Of each length, the chain that ends earliest; each element knows the one before it.
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(common):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [number]
    chain: list[Pair] = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(common[number])
        number = before[number]
    return chain[::-1]


def _fewest_edits(old: Sequence[Hashable], new: Sequence[Hashable], most_edits: int) -> list[Pair]:
    """Return the pairs of a shortest edit script; none if it has more than ``most_edits``.

    The greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.
    """
    # By diagonal, which is old index minus new index: how far into the old one can come.
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(len(old) + len(new), most_edits) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            i = furthest[_previous(furthest, diagonal, edits)]
            i += not _is_insertion(furthest, diagonal, edits)
            while i < len(old) and i - diagonal < len(new) and old[i] == new[i - diagonal]:
                i += 1
            furthest[diagonal] = i
            if i >= len(old) and i - diagonal >= len(new):
                return _walk_back(trace, diagonal, i)
    return []


def _is_insertion(furthest: dict[int, int], diagonal: int, edits: int) -> bool:
    """Tell whether a diagonal is best reached by an element of the new; else by one of the old."""
    return diagonal == -edits or (
        diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
    )


def _previous(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    return diagonal + 1 if _is_insertion(furthest, diagonal, edits) else diagonal - 1


def _walk_back(trace: list[dict[int, int]], diagonal: int, i: int) -> list[Pair]:
    pairs: list[Pair] = []
    for edits in range(len(trace) - 1, -1, -1):
        furthest = trace[edits]
        previous = _previous(furthest, diagonal, edits)
        start = furthest[previous]
        first = start + (not _is_insertion(furthest, diagonal, edits))
        pairs += [(k, k - diagonal) for k in range(i - 1, first - 1, -1)]
        diagonal, i = previous, start
    return pairs[::-1]
