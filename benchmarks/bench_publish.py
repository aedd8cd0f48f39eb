"""How much it takes to publish from a repository of many records.

Run as ``python benchmarks/bench_publish.py``. Prints one line a figure with its target; exits 1 if
one is missed. Times are of CPU, of the command and of all that it starts, git on both sides of the
push included; medians of several rounds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio import create_markdown_artifact
from artifolio.publishing.scaffold import lay_down
from artifolio.store import Store
from bench_store import RESULTS, fill
from figures import Cost, Figure, cost_of_command

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLISH = [sys.executable, "-m", "artifolio", "publish"]
MANY = 1_000
MANY_SECONDS = 10.0
ONE_SECONDS = 1.5
ROUNDS = 5


def main() -> int:
    """Measure, print and tell whether every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=RESULTS, help="on the disk to be measured")
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=100, help="of each key")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-publish-", dir=options.folder))
    try:
        bench = Bench(folder, options.keys, options.versions)
        figures = list(bench.measure())
    finally:
        shutil.rmtree(folder)
    count = options.keys * options.versions
    version = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    print(
        f"Python {sys.version.split()[0]}, {version.strip()}, {os.cpu_count()} CPUs, "
        f"{count:,} records in {options.keys:,} keys on {options.folder}"
    )
    for figure in figures:
        print(figure.line())
    return int(any(not figure.is_met for figure in figures))


class Bench:
    """A repository of many records, its remote, and a second clone that publishes as well."""

    def __init__(self, folder: Path, keys: int, versions: int) -> None:
        self._keys = keys
        self._number = 0
        self._environ = {
            **{name: text for name, text in os.environ.items() if not name.startswith("GIT_")},
            "ARTIFOLIO_CACHE": str(folder / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_NAME": "A" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "a@example.org" for who in ("AUTHOR", "COMMITTER")},
        }
        self.here = folder / "here"
        self.other = folder / "other"
        lay_down(self.here)
        fill(Store(self.here / "artifacts"), keys, versions)
        remote = str(folder / "remote.git")
        self._git(folder, "init", "-q", "--bare", "-b", "main", remote)
        self._git(self.here, "init", "-q", "-b", "main")
        # It would go on in the background while something else is measured.
        self._git(self.here, "config", "gc.auto", "0")
        self._git(self.here, "remote", "add", "origin", remote)
        self._git(self.here, "add", "-A")
        self._git(self.here, "commit", "-q", "-m", "Start")
        self._git(self.here, "push", "-q", "origin", "main")
        self._git(self.here, "repack", "-q", "-a", "-d")
        self._git(folder, "clone", "-q", remote, str(self.other))

    def measure(self) -> Iterator[Figure]:
        """Give the figures."""
        yield self._figure("1 new record", [self._publish(1) for _ in range(ROUNDS)], ONE_SECONDS)
        many = [self._publish(MANY)]
        yield self._figure(f"{MANY:,} new records, all in all", many, MANY_SECONDS)
        nothing = [self._publish(0) for _ in range(ROUNDS)]
        yield self._figure("nothing new", nothing, ONE_SECONDS)
        self._publish(1, at=self.other)
        raced = []
        for _ in range(ROUNDS):
            raced.append(self._publish(1))
            self._publish(1, at=self.other)
        # Both sides have something new each time, so that each publish merges.
        yield self._figure("1 new record, after somebody else", raced, 2 * ONE_SECONDS)
        branch = ("--branch", "artifacts-data")
        first = [self._publish(1, *branch)]
        yield self._figure("all records to a new branch", first, 60.0)
        again = [self._publish(1, *branch) for _ in range(ROUNDS)]
        yield self._figure("1 new record to that branch", again, ONE_SECONDS)

    def _publish(self, count: int, *arguments: str, at: Path | None = None) -> Cost:
        """Publish new versions, each of another key."""
        folder = at or self.here
        for _ in range(count):
            self._number += 1
            key = f"metric-{self._number % self._keys:05}"
            create_markdown_artifact(
                f"Number {self._number}.", key, store=Store(folder / "artifacts")
            )
        return cost_of_command([*PUBLISH, *arguments], folder, self._environ)

    def _figure(self, name: str, costs: list[Cost], target: float) -> Figure:
        wall = statistics.median(cost.wall for cost in costs)
        cpu = statistics.median(cost.cpu for cost in costs)
        return Figure(f"publish: {name}", cpu, "s", target, f"{wall:.2f} s by the clock")

    def _git(self, folder: Path, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=folder, env=self._environ, check=True)


if __name__ == "__main__":
    sys.exit(main())
