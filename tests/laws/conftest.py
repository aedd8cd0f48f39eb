"""A thread and a store that serve a whole module: one for each example would take too long."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from artifolio.store import Store


@pytest.fixture(scope="module")
def small_stack() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Run functions in a thread with a stack of 512 kB."""
    with ThreadPoolExecutor(1) as executor:
        before = threading.stack_size(512 * 1024)
        try:
            executor.submit(int).result()
        finally:
            threading.stack_size(before)
        yield lambda function: executor.submit(function).result()


@pytest.fixture(scope="module")
def shared_store() -> Iterator[Store]:
    """A store for one record after the other, in memory where there is a folder that is."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Store(Path(folder) / "artifacts")
