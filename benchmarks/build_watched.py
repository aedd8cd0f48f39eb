"""A project's site being watched while versions arrive; run by ``bench_build.py``.

Takes the project's ``mkdocs.yml`` and, on standard input, the arrivals as JSON; prints seconds as
JSON. A process of its own, so that its memory is that of watching and of nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from pathlib import Path

from artifolio.website.engine.build import report_to
from artifolio.website.engine.rebuild import Rebuilder, keep_building
from build_arrivals import Arrival

TIMEOUT_SECONDS = 120


def main() -> None:
    """Let half of the versions arrive with their path told, and half to be noticed."""
    rebuilder = Rebuilder(Path(sys.argv[1]))
    report_to(lambda line: print(line, file=sys.stderr))
    rebuilder.build()
    arrivals = [Arrival(**fields) for fields in json.load(sys.stdin)]
    half = len(arrivals) // 2
    told = [_tell(rebuilder, arrival) for arrival in arrivals[:half]]
    noticed = _notice(rebuilder, arrivals[half:])
    # What is done once only, by the first of them, is no part of a publish.
    print(json.dumps({"told": told[1:], "noticed": noticed[1:]}))


def _tell(rebuilder: Rebuilder, arrival: Arrival) -> list[float]:
    arrival.appear()
    start = _clocks()
    rebuilder.build([arrival.target])
    taken = _since(start)
    _check(arrival)
    return taken


def _notice(rebuilder: Rebuilder, arrivals: list[Arrival]) -> list[list[float]]:
    """Return what each takes, from the record's appearance to when its site is ready."""
    built = threading.Event()

    def rebuild(changed: frozenset[str]) -> None:
        rebuilder.build(changed)
        built.set()

    taken = []
    with rebuilder.watcher() as watcher:
        loop = threading.Thread(
            target=keep_building, args=(watcher, rebuild, lambda line: print(line, file=sys.stderr))
        )
        loop.start()
        for arrival in arrivals:
            built.clear()
            start = _clocks()
            arrival.appear()
            done = built.wait(TIMEOUT_SECONDS)
            taken.append(_since(start))
            if not done:
                break
            _check(arrival)
        watcher.stop()
        loop.join()
    if not done:
        raise AssertionError(f"no site of {arrivals[len(taken) - 1].target}")
    return taken


def _clocks() -> list[float]:
    """Return the CPU that this process has used, that of the system in it, and the time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return [used.ru_utime + used.ru_stime, used.ru_stime, time.perf_counter()]


def _since(start: list[float]) -> list[float]:
    return [now - then for now, then in zip(_clocks(), start, strict=True)]


def _check(arrival: Arrival) -> None:
    if not Path(arrival.page).is_file():
        raise AssertionError(f"no page {arrival.page}")


if __name__ == "__main__":
    main()
