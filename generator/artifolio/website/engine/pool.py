"""Workers that are started only once there is work for them."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_T = TypeVar("_T")
_R = TypeVar("_R")


class Pool(Executor):
    """Processes of this machine.

    Args:
        jobs: How many; 1 does everything in this process, without any.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._workers: ProcessPoolExecutor | None = None

    def submit(self, fn: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Future[_T]:
        """Have a function called in another process."""
        if self._workers is None:
            # A copy of this process is there at once, but of a thread that holds a lock it would
            # copy the lock alone.
            can_fork = sys.platform == "linux" and threading.active_count() == 1
            context = multiprocessing.get_context("fork" if can_fork else "spawn")
            self._workers = ProcessPoolExecutor(self._jobs, context)
        return self._workers.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; the next work starts others."""
        workers, self._workers = self._workers, None
        if workers is not None:
            workers.shutdown(wait, cancel_futures=cancel_futures)


def spread(
    work: Callable[[Sequence[_T]], Iterable[_R]],
    items: Sequence[_T],
    size: int,
    executor: Executor | None,
) -> Iterator[_R]:
    """Do work on many items, slice by slice, and give what comes of it in their order.

    Args:
        work: Done on each slice; it must go through pickle.
        items: All of them.
        size: How many of them are a slice.
        executor: Takes the slices, where there are at least two; None does them here.
    """
    slices = [items[start : start + size] for start in range(0, len(items), size)]
    is_shared = executor is not None and len(slices) > 1
    return chain.from_iterable((executor.map if executor and is_shared else map)(work, slices))


def pool_of(jobs: int) -> Pool | None:
    """Return a pool, or None where one job is all there is."""
    return Pool(jobs) if jobs > 1 else None


def available_cpus() -> int:
    """Return on how many CPUs this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
