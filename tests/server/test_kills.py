"""A server that is killed again and again while many publish to it."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from artifolio.bodies import File
from artifolio.checking import check_store
from artifolio.publisher import Publisher, describe
from artifolio.store import Store
from artifolio.temporaries import TEMPORARY_PREFIX
from concurrency.service import TOKEN, free_port, start

if TYPE_CHECKING:
    pass

THREADS, TIMES, KILLS = 4, 15, 4


@dataclass
class Aftermath:
    """What became of it."""

    acknowledged: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    store: Store | None = None


def publish(port: int, after: Aftermath) -> None:
    """Publish one file after the other."""
    environ = {"ARTIFOLIO_API_URL": f"http://127.0.0.1:{port}/api", "ARTIFOLIO_TOKEN": TOKEN}
    publisher = Publisher(environ=environ)
    for _ in range(TIMES):
        content = random.randbytes(100_000)
        body = File(describe(content, "application/octet-stream", "bin"))
        options = ("model", None, (), None, None, None)
        try:
            record = publisher.publish(body, *options, contents=[content])
        except Exception as error:  # noqa: BLE001 - the test says that none is expected
            after.failures.append(repr(error))
        else:
            after.acknowledged.append(str(record.header.id))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    folder = tmp_path_factory.mktemp("killed")
    (folder / "artifacts").mkdir()
    port = free_port()
    after = Aftermath(store=Store(folder / "artifacts"))
    server = start(folder, port)
    threads = [threading.Thread(target=publish, args=(port, after)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        before = len(after.acknowledged)
        while len(after.acknowledged) < before + 5 and any(map(threading.Thread.is_alive, threads)):
            time.sleep(0.001)
        server.kill()
        server.wait()
        server = start(folder, port)
    for thread in threads:
        thread.join()
    server.kill()
    server.wait()
    return after


def test_publishers_wait_until_it_is_there_again(after):
    assert after.failures == []
    assert len(after.acknowledged) == THREADS * TIMES


def test_all_that_was_acknowledged_is_there_once_and_nothing_else(after):
    there = [str(entry.header.id) for entry in after.store.scan("model").entries]
    assert sorted(there) == sorted(after.acknowledged)


def test_all_of_it_is_whole(after):
    problems = check_store(after.store).problems
    # What a writer that was killed was about to write is no problem of what is there.
    assert [it for it in problems if TEMPORARY_PREFIX not in it.path] == []
