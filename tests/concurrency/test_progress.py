"""Many threads of many processes move the same progress at once, while others read it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from concurrency.crowd import Movement, move_and_kill

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 3.0


@pytest.fixture(scope="module")
def movement(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Movement]:
    project = tmp_path_factory.mktemp("crowd")
    yield move_and_kill(project, SECONDS, seed=2)
    shutil.rmtree(project)


def test_there_was_something_to_tear(movement: Movement) -> None:
    assert movement.states > 10


def test_no_writer_failed(movement: Movement) -> None:
    assert movement.failures == ()


def test_readers_see_the_old_or_the_new_whole(movement: Movement) -> None:
    assert movement.torn == ()


def test_what_is_there_in_the_end_is_whole(movement: Movement) -> None:
    assert movement.problems == ()
