"""The long way to do what the tests here do in seconds: ``python -m concurrency.stress``.

Prints figures, and exits with 1 where a law was broken.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artifolio.store import Store
from concurrency import burst as bursts
from concurrency.burst import Pages
from concurrency.crowd import move_and_kill, publish_and_kill
from concurrency.remote import publish_at_once
from concurrency.repository import BRANCHES, Merged, Repository
from concurrency.service import serve_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VERSIONS = 20_000
CLONES, TIMES = 8, 20
CLIENTS = 50
# Before that it still grows to what it needs.
STEADY_SECONDS, MB_A_MINUTE = 60.0, 10.0


def main() -> int:
    """Run every law for a while.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long writers publish")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="who is killed when")
    parser.add_argument("--only", choices=LAWS, help="leave out the others")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    broken = []
    for name in [options.only] if options.only else LAWS:
        with tempfile.TemporaryDirectory() as folder:
            broken += LAWS[name](Path(folder), options.seconds, options.seed)
    for line in broken:
        print(f"BROKEN: {line}")
    return 1 if broken else 0


def publishing(folder: Path, seconds: float, seed: int) -> Iterator[str]:
    """Give the laws of publishing that did not hold."""
    after = publish_and_kill(folder, seconds, seed)
    print(
        f"publishing: {len(after.acknowledged)} acknowledged, {len(after.ids)} there, "
        f"{after.kills} kills, {after.seen} read meanwhile; gc: {after.cleaned}"
    )
    lost = set(after.acknowledged) - set(after.ids)
    yield from (f"acknowledged, not there: {number}" for number in sorted(lost))
    if len(set(after.ids)) < len(after.ids):
        yield "an id stands twice"
    yield from (*after.failures, *after.met, *after.problems, *map(str, after.left_over))


def progress(folder: Path, seconds: float, seed: int) -> Iterator[str]:
    """Give the laws of moving progress that did not hold."""
    movement = move_and_kill(folder, seconds / 4, seed)
    print(f"progress: {movement.states} states seen")
    yield from (*movement.failures, *movement.torn, *movement.problems)


def serving(folder: Path, seconds: float, seed: int) -> Iterator[str]:
    """Give what clients of a server met that they must not, and what it did not keep."""
    service = serve_many(folder, CLIENTS, seconds, seed)
    memory = service.memory
    print(
        f"serving: {CLIENTS} clients did {service.requests} things in {seconds:.0f} s, "
        f"{service.counts}; memory {min(memory):.0f} to {max(memory):.0f} MB, "
        f"{service.growth():+.1f} MB a minute in the second half"
    )
    yield from (*service.failures, *service.different, *service.problems)
    yield from (f"acknowledged, not there: {name}" for name in service.lost)
    yield from (f"deleted, and there: {name}" for name in service.returned)
    yield from (f"there, and nobody was told: {name}" for name in service.strange)
    if seconds >= STEADY_SECONDS and service.growth() > MB_A_MINUTE:
        yield f"memory grows by {service.growth():.1f} MB a minute"


def merging(folder: Path, seconds: float, seed: int) -> Iterator[str]:
    """Give the orders of merging that did not come to the same."""
    repository = Repository(folder)
    expected = Merged((), repository.expected())
    forward = list(range(BRANCHES))
    chance = random.Random(seed)
    orders = [forward, forward[::-1], *(chance.sample(forward, BRANCHES) for _ in range(10))]
    ways: list[tuple[str, Callable[[], Merged]]] = [
        *((f"merged {order}", lambda order=order: repository.merge(order)) for order in orders),
        *(
            (f"rebased {order}", lambda order=order: repository.rebase(order))
            for order in orders[:3]
        ),
        ("merged in pairs", repository.merge_in_pairs),
    ]
    yield from (way for way, run in ways if run() != expected)
    print(f"merging: {len(ways)} orders, {len(expected.files)} files")


def watching(folder: Path, seconds: float, seed: int) -> Iterator[str]:
    """Give what a watcher did not show after a burst."""
    store = Store(folder / "artifacts")
    store.root.mkdir()
    came = bursts.burst(store, VERSIONS, Pages(store, folder / "site_src").show)
    print(
        f"watching: {VERSIONS} written in {came.writing_seconds:.1f} s, all pages made "
        f"after {came.showing_seconds:.1f} s, in {came.batches} batches"
    )
    yield from (f"not shown: {path}" for path in sorted(came.written - came.shown))


def landing(folder: Path, seconds: float, seed: int) -> Iterator[str]:
    """Give the publishes of many clones at once that did not land, or not as they should."""
    ways: dict[str, dict[str, Any]] = {
        "checked out": {},
        "data branch": {"branch": "artifacts-data"},
        "unsure server": {"is_unsure": True},
    }
    for name, options in ways.items():
        (folder / name).mkdir()
        after = publish_at_once(folder / name, CLONES, TIMES, **options)
        print(
            f"landing, {name}: {len(after.commits)} of {CLONES * TIMES} landed in "
            f"{after.seconds:.0f} s, {after.attempts} pushes, {after.records} records"
        )
        if not len(after.commits) == after.records == CLONES * TIMES:
            yield f"{name}: not all are there"
        yield from (f"{name}: {line}" for line in after.failures)
        yield from (f"{name}: lost {commit}" for commit in after.lost)
        yield from (f"{name}: forced {move}" for move in after.forced)
        yield from (f"{name}: unclean {status}" for status in after.unclean if status)


LAWS: dict[str, Callable[[Path, float, int], Iterator[str]]] = {
    law.__name__: law for law in (publishing, progress, serving, merging, landing, watching)
}

if __name__ == "__main__":
    sys.exit(main())
