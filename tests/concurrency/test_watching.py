"""A burst of new records, over which the system loses count, ends up shown in full."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from concurrency import burst as bursts
from concurrency.burst import KEYS, Pages, Scans, burst
from samples import make_record, put_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from artifolio.store import Store


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bursts, "PATIENCE_SECONDS", 120.0)


@pytest.fixture
def store(store: Store) -> Iterator[Store]:
    """A store that holds something of every key.

    Nothing of it stays: to remove so many files later takes minutes.
    """
    for number in range(KEYS):
        put_record(store, make_record(key=f"key-{number}", number=1_000_000 + number))
    yield store
    shutil.rmtree(store.root.parent, ignore_errors=True)


def test_whatever_comes_in_a_burst_is_in_what_the_watcher_hands_on(store: Store) -> None:
    came = burst(store, 20_000, Scans(store).show)
    assert came.written - came.shown == set()
    assert came.batches < 60


def test_whatever_comes_in_a_burst_gets_its_page(store: Store, tmp_path: Path) -> None:
    came = burst(store, 1_000, Pages(store, tmp_path / "site_src").show)
    assert came.written - came.shown == set()
