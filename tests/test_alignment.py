from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.alignment import DEEPEST, align

SEQUENCES = st.lists(st.sampled_from("abcdef"), max_size=30)
LENGTH = 3_000
FEW = 20


class Counted:
    """An element that counts how often it is compared."""

    comparisons = 0

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


def longest_common(old: list, new: list) -> int:
    """Return the length of a longest common subsequence, by the table that textbooks have."""
    above = [0] * (len(new) + 1)
    for element in old:
        row = [0]
        for j, other in enumerate(new):
            row.append(above[j] + 1 if element == other else max(above[j + 1], row[j]))
        above = row
    return above[-1]


def ruler(depth: int) -> list[int]:
    """Return 0 1 0 2 0 1 0 3 …: the one in the middle occurs once, and so in either half."""
    marks = [0]
    for level in range(1, depth):
        marks = [*marks, level, *marks]
    return marks


def between(elements: list, filler: object) -> list:
    """Return elements with a filler after each."""
    return [part for element in elements for part in (element, filler)]


def shuffled(options: object, seed: int) -> list:
    """Return many elements of few kinds in an order of no meaning."""
    chance = random.Random(seed)
    return [chance.choice(options) for _ in range(LENGTH)]


NASTY = {
    "equal": ([0] * LENGTH, [0] * LENGTH),
    "equal but for the ends": (["x", *[0] * LENGTH, "y"], ["z", *[0] * LENGTH, "w"]),
    "one kind, other lengths": (["x", *[0] * LENGTH, "x"], ["y", *[0] * (LENGTH // 2), "y"]),
    "two kinds": (shuffled("ab", 1), shuffled("ab", 2)),
    "turned": (["x", *"ab" * (LENGTH // 2)], ["y", *"ba" * (LENGTH // 2), "y"]),
    "reversed": (list(range(LENGTH)), list(range(LENGTH))[::-1]),
    "rotated": (list(range(LENGTH)), [*range(9, LENGTH), *range(9)]),
    "nothing in common": (list(range(LENGTH)), list(range(LENGTH, 2 * LENGTH))),
    "long runs, then much that differs": (
        ["x", *[0] * LENGTH, *["y"] * 99],
        ["z", *[0] * LENGTH, *["w"] * 99],
    ),
    "landmarks within landmarks": (between(ruler(11), "x"), between(ruler(11), "y")),
    "landmarks without end": (
        [*between(shuffled("ab", 1), 0), *range(1, LENGTH)],
        [*between(shuffled("ab", 2), 0), *range(1, LENGTH)],
    ),
}


@given(SEQUENCES, SEQUENCES, st.integers(0, 20))
def test_pairs_are_of_equal_elements(old, new, most_edits):
    pairs = align(old, new, most_edits)
    assert [old[i] for i, _ in pairs] == [new[j] for _, j in pairs]


@given(SEQUENCES, SEQUENCES, st.integers(0, 20))
def test_both_indices_grow_from_pair_to_pair(old, new, most_edits):
    pairs = align(old, new, most_edits)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))


@given(SEQUENCES)
def test_every_element_of_equal_sequences_is_paired(elements):
    assert align(elements, list(elements)) == [(i, i) for i in range(len(elements))]


@given(SEQUENCES, SEQUENCES)
def test_without_landmarks_as_much_as_can_be_is_paired(old, new):
    old = ["<", *"aabbccddeeff", *old, ">"]
    new = ["(", *new, ")"]
    assert len(align(old, new)) == longest_common(old, new)
    assert len(align(new, old)) == longest_common(old, new)


@given(st.permutations(range(12)), st.permutations(range(4, 16)))
def test_of_elements_that_occur_once_as_much_as_can_be_is_paired(old, new):
    assert len(align(old, new)) == longest_common(old, new)


@given(SEQUENCES, SEQUENCES)
def test_what_both_begin_and_end_with_is_paired(old, new):
    start, end = ["x", "y", "x"], ["y", "x", "x"]
    pairs = align(start + old + end, start + new + end, 0)
    assert pairs[:3] == [(0, 0), (1, 1), (2, 2)]
    assert pairs[-3:] == [(len(old) + i, len(new) + i) for i in (3, 4, 5)]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("", "", []),
        ("", "abc", []),
        ("abc", "", []),
        ("abc", "xyz", []),
        ("abc", "ac", [(0, 0), (2, 1)]),
        ("ac", "abc", [(0, 0), (1, 2)]),
        ("xayay", "zawaw", [(1, 1), (3, 3)]),
    ],
)
def test_what_is_left_over_is_what_changed(old, new, pairs):
    assert align(old, new) == pairs


def test_a_repeated_element_does_not_tear_apart_what_occurs_once():
    old = ["def f", "{", "x", "}", "def g", "{", "y", "}"]
    new = ["def h", "{", "z", "}", *old]
    assert align(old, new) == [(i, i + 4) for i in range(8)]


def test_of_two_blocks_that_change_places_the_longer_one_stays():
    assert align("12abcdef", "abcdef12") == [(i, i - 2) for i in range(2, 8)]


@pytest.mark.parametrize(("most_edits", "count"), [(0, 0), (1, 0), (2, 5), (3, 5)])
def test_a_stretch_with_too_many_edits_counts_as_replaced(most_edits, count):
    assert len(align("ababab", "bababa", most_edits)) == count


def test_landmarks_within_landmarks_are_found_deeper_than_they_are_looked_for():
    marks = ruler(DEEPEST + 3)
    pairs = align(between(marks, "x"), between(marks, "y"))
    assert pairs == [(i, i) for i in range(0, 2 * len(marks), 2)]


@pytest.mark.parametrize("name", NASTY)
def test_comparisons_grow_with_the_length_and_not_with_its_square(name):
    old, new = ([Counted(element) for element in side] for side in NASTY[name])
    Counted.comparisons = 0
    align(old, new, FEW)
    assert Counted.comparisons < 2 * (FEW + DEEPEST) * (len(old) + len(new))


@pytest.mark.parametrize("name", NASTY)
def test_nasty_sequences_are_aligned_in_order(name):
    old, new = NASTY[name]
    pairs = align(old, new)
    assert [old[i] for i, _ in pairs] == [new[j] for _, j in pairs]
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
