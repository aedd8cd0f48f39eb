from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifolio import ranges
from artifolio.commits import Commit, Commits
from artifolio.ranges import SHOWN, Between, Lacking, find_between
from repositories import Repository

NOWHERE = "0123456789" * 4


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "repository")


def look(repository, *pairs):
    with Commits(repository.folder, os.environ) as commits:
        return list(find_between(commits, pairs).values())


def test_commits_one_after_another_lie_between(repository):
    chain = repository.chain(6)
    (found,) = look(repository, (chain[1], chain[4]))
    assert (found.here, found.there) == (3, 0)
    assert [commit.id for commit in found.newest] == [chain[4], chain[3], chain[2]]


def test_the_way_back_is_told_as_such(repository):
    chain = repository.chain(4)
    assert look(repository, (chain[3], chain[1])) == [Between(0, 2)]


def test_a_history_that_diverged_has_two_sides(repository):
    (base,) = repository.chain(1)
    old = repository.chain(2, base, branch="old")
    new = repository.chain(3, base, branch="new")
    (found,) = look(repository, (old[-1], new[-1]))
    assert (found.here, found.there) == repository.counts(old[-1], new[-1]) == (3, 2)
    assert [commit.id for commit in found.newest] == new[::-1]


def test_only_the_newest_are_named(repository):
    chain = repository.chain(SHOWN + 5)
    (found,) = look(repository, (chain[0], chain[-1]))
    assert (found.here, len(found.newest)) == (SHOWN + 4, SHOWN)
    assert found.newest[0].id == chain[-1]


def test_what_was_merged_counts(repository):
    first, second = repository.chain(2)
    side = repository.chain(3, first, branch="side")
    octopus = repository.commit(second, side[-1], repository.commit(first, branch="third"))
    (found,) = look(repository, (second, octopus))
    assert (found.here, found.there) == repository.counts(second, octopus) == (5, 0)


def test_histories_without_a_common_commit_are_apart(repository):
    one, other = repository.chain(2), repository.chain(3)
    (found,) = look(repository, (one[-1], other[-1]))
    assert (found.here, found.there) == (3, 2)


def test_a_commit_is_no_way_from_itself(repository):
    (commit,) = repository.chain(1)
    assert look(repository, (commit, commit)) == [Between(0, 0)]


def test_a_commit_that_is_not_there_is_lacking(repository):
    (commit,) = repository.chain(1)
    assert look(repository, (NOWHERE, commit), (commit, NOWHERE)) == [Lacking((NOWHERE,))] * 2


def test_a_shallow_clone_tells_what_it_has(repository, tmp_path):
    chain = repository.chain(6)
    shallow = repository.clone(tmp_path / "shallow", "--depth=3")
    pairs = (chain[3], chain[5]), (chain[2], chain[5])
    found = look(shallow, *pairs)
    assert (found[0].here, found[0].there) == (2, 0)
    assert found[1] == Lacking((chain[2],))


def test_a_side_that_ends_where_the_clone_does_is_not_counted(repository, tmp_path):
    base = repository.chain(2)
    main = repository.chain(2, base[-1])
    side = repository.chain(4, base[0], branch="side")
    shallow = repository.clone(tmp_path / "shallow", "--depth=2", "--no-single-branch")
    (found,) = look(shallow, (main[-1], side[-1]))
    assert isinstance(found, Lacking)
    assert set(found.ids) <= {base[1], side[1]}


def test_clocks_that_were_wrong_change_nothing(repository):
    (base,) = repository.chain(1)
    late = repository.commit(base, moment=2_000_000_000)
    early = repository.commit(late, moment=1_000_000_000)
    side = repository.commit(late, branch="side")
    later = repository.commit(early)
    merged = repository.commit(later, side)
    for pair in [(early, merged), (late, merged), (side, later), (base, merged), (merged, base)]:
        (found,) = look(repository, pair)
        assert (found.here, found.there) == repository.counts(*pair)


def test_far_apart_is_not_counted(repository, monkeypatch):
    monkeypatch.setattr(ranges, "FARTHEST", 10)
    chain = repository.chain(30)
    found = look(repository, (chain[5], chain[15]), (chain[5], chain[16]), (chain[0], chain[29]))
    assert [far.is_far for far in found] == [False, True, True]
    assert [far.here for far in found] == [10, 0, 0]


class Made:
    """Commits of which only the graph matters."""

    def __init__(self, parents: dict[str, tuple[str, ...]], times: list[int]) -> None:
        self._commits = {
            name: Commit(name, "", 0, "", above, time)
            for (name, above), time in zip(parents.items(), times, strict=True)
        }

    def read(self, ids):
        return {name: self._commits.get(name) for name in ids}


def above(parents: dict[str, tuple[str, ...]], name: str) -> set[str]:
    found, left = set(), [name]
    while left:
        found.add(name := left.pop())
        left += [parent for parent in parents[name] if parent not in found]
    return found


@settings(max_examples=300)
@given(st.integers(2, 40), st.integers(0, 10_000), st.sampled_from([0, 5, 1_000]))
def test_any_graph_is_counted_as_by_looking_at_all_of_it(count, seed, skew):
    dice = random.Random(seed)
    parents = {
        str(number): tuple(
            str(dice.randrange(number))
            for _ in range(min(number, dice.choice([0, 1, 1, 1, 1, 2, 2, 3])))
        )
        for number in range(count)
    }
    times = [10 * number + dice.randint(-skew, skew) for number in range(count)]
    pairs = [(dice.choice([*parents]), dice.choice([*parents])) for _ in range(10)]
    for (old, new), found in find_between(Made(parents, times), pairs).items():
        have = above(parents, new), above(parents, old)
        assert (found.here, found.there) == (len(have[0] - have[1]), len(have[1] - have[0]))


@pytest.mark.parametrize(
    ("between", "words"),
    [
        (Between(3, 0), "3 commits between"),
        (Between(1, 0), "1 commit between"),
        (Between(1_000, 0), "1,000 commits between"),
        (Between(0, 2), "2 commits back"),
        (Between(3, 2), "history diverged: 3 commits here, 2 there"),
        (Between(0, 0), "no commits between"),
        (Between(0, 0, is_far=True), "too many commits between to count them"),
    ],
)
def test_it_is_told_in_a_few_words(between, words):
    assert between.words == words
