from __future__ import annotations

import multiprocessing
import os
import threading

import pytest

from artifolio.website.engine import pool
from artifolio.website.engine.pool import Pool, available_cpus, pool_of, spread


@pytest.fixture
def two():
    workers = Pool(2)
    yield workers
    workers.shutdown()


def whose(_: object) -> list[int]:
    return [os.getpid()]


def test_one_job_is_no_pool():
    assert pool_of(1) is None
    assert isinstance(pool_of(2), Pool)


def test_no_process_is_started_before_there_is_work(two):
    before = multiprocessing.active_children()
    assert list(two.map(str, [])) == []
    assert multiprocessing.active_children() == before


def test_work_is_done_in_other_processes_and_in_order(two):
    assert list(two.map(str, range(20))) == list(map(str, range(20)))
    assert two.submit(os.getpid).result() != os.getpid()


def test_a_failure_comes_back(two):
    with pytest.raises(ValueError, match="invalid literal"):
        two.submit(int, "x").result()


def test_after_the_end_it_begins_anew(two):
    first = two.submit(os.getpid).result()
    two.shutdown()
    assert two.submit(os.getpid).result() != first


def test_work_is_spread_in_slices_and_comes_back_in_order(two):
    assert list(spread(list, "abcdefg", 3, two)) == list("abcdefg")
    assert set(spread(whose, range(4), 2, two)).isdisjoint({os.getpid()})


def test_one_slice_and_no_work_are_not_spread(two):
    assert list(spread(whose, [1, 2], 2, two)) == [os.getpid()]
    assert list(spread(whose, [1, 2], 1, None)) == [os.getpid()] * 2
    assert list(spread(whose, [], 2, two)) == []


@pytest.mark.parametrize(("threads", "method"), [(1, "fork"), (2, "spawn")])
def test_a_process_is_copied_only_while_it_has_one_thread(monkeypatch, threads, method):
    methods = []
    get_context = multiprocessing.get_context
    monkeypatch.setattr(pool.sys, "platform", "linux")
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    monkeypatch.setattr(
        multiprocessing,
        "get_context",
        lambda name: methods.append(name) or get_context("fork"),
    )
    workers = Pool(2)
    workers.submit(int).result()
    workers.shutdown()
    assert methods == [method]


def test_there_is_a_cpu():
    assert 1 <= available_cpus() <= os.cpu_count()
