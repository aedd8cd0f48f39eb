"""Many threads of many processes publish at once, and are killed in the midst of it."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from concurrency.crowd import LEAST_ACKNOWLEDGED, LEAST_KILLS, Aftermath, publish_and_kill

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 2.5


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    project = tmp_path_factory.mktemp("crowd")
    yield publish_and_kill(project, SECONDS, seed=1)
    shutil.rmtree(project)


def test_there_was_something_to_survive(aftermath: Aftermath) -> None:
    assert aftermath.kills >= LEAST_KILLS
    assert len(aftermath.acknowledged) >= LEAST_ACKNOWLEDGED
    assert aftermath.cleaned != "Removed 0 temporary files, 0 bytes"


def test_no_writer_failed(aftermath: Aftermath) -> None:
    assert aftermath.failures == ()


def test_reader_met_no_problem_at_any_time(aftermath: Aftermath) -> None:
    assert aftermath.seen > 0
    assert aftermath.met == ()


def test_whatever_was_acknowledged_is_there(aftermath: Aftermath) -> None:
    assert set(aftermath.acknowledged) - set(aftermath.ids) == set()


def test_whatever_is_there_is_whole_and_in_its_place(aftermath: Aftermath) -> None:
    assert aftermath.problems == ()


def test_no_id_stands_twice(aftermath: Aftermath) -> None:
    for ids in (aftermath.acknowledged, aftermath.ids):
        assert [number for number, count in Counter(ids).items() if count > 1] == []


def test_nothing_is_left_over_after_cleaning(aftermath: Aftermath) -> None:
    assert aftermath.left_over == ()
