"""Clones publish to one remote at the same time, and every commit lands."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from concurrency.remote import Afterwards, publish_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

CLONES, TIMES = 4, 4
WAYS = {
    "a branch that is checked out": {},
    "a data branch": {"branch": "artifacts-data"},
    "a server that refuses at random": {"is_unsure": True},
}


@pytest.fixture(scope="module", params=WAYS.values(), ids=WAYS)
def afterwards(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Afterwards]:
    folder = tmp_path_factory.mktemp("landing")
    yield publish_at_once(folder, CLONES, TIMES, **request.param)
    shutil.rmtree(folder)


def test_every_publish_lands(afterwards: Afterwards) -> None:
    assert afterwards.failures == ()
    assert len(afterwards.commits) == CLONES * TIMES
    assert afterwards.lost == ()


def test_there_was_somebody_who_was_faster(afterwards: Afterwards) -> None:
    assert afterwards.attempts > CLONES * TIMES


def test_every_record_is_there(afterwards: Afterwards) -> None:
    assert afterwards.records == CLONES * TIMES


def test_nothing_was_forced(afterwards: Afterwards) -> None:
    assert afterwards.forced == ()


def test_clones_are_clean_in_the_end(afterwards: Afterwards) -> None:
    assert set(afterwards.unclean) == {""}
