"""Branches that publish are merged in any order, without a conflict and to the same records."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from artifolio.checking import check_store
from artifolio.store import Store
from concurrency.repository import BRANCHES, Merged, Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORWARD = list(range(BRANCHES))
ORDERS = {
    "forward": FORWARD,
    "backward": FORWARD[::-1],
    **{f"random {seed}": random.Random(seed).sample(FORWARD, BRANCHES) for seed in (1, 2)},
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    project = tmp_path_factory.mktemp("merging")
    yield Repository(project)
    shutil.rmtree(project)


@pytest.fixture(scope="module")
def expected(repository: Repository) -> frozenset[str]:
    return repository.expected()


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_order_of_merging_makes_no_difference(
    repository: Repository, expected: frozenset[str], order: list[int]
) -> None:
    assert repository.merge(order) == Merged((), expected)


def test_merging_in_pairs_makes_no_difference(
    repository: Repository, expected: frozenset[str]
) -> None:
    assert repository.merge_in_pairs() == Merged((), expected)


def test_rebasing_makes_no_difference(repository: Repository) -> None:
    few = [2, 0, 1]
    assert repository.rebase(few) == repository.merge(few)


def test_merged_records_have_no_problem(repository: Repository) -> None:
    assert repository.merge([1, 0, 2]).conflicts == ()
    report = check_store(Store(repository.folder / "artifacts"))
    assert report.records > 600
    assert report.problems == ()


@pytest.mark.parametrize("order", [FORWARD, FORWARD[::-1]], ids=["forward", "backward"])
def test_without_keep_git_takes_a_new_key_for_the_old_one_renamed(
    tmp_path: Path, order: list[int]
) -> None:
    conflicts = Repository(tmp_path / "project", keep=False).merge(order).conflicts
    assert conflicts
    assert all("a directory that was renamed" in conflict for conflict in conflicts)
