"""What listing costs, and how much memory the making of pages takes.

Run as ``python benchmarks/bench_site.py``. Nothing here asserts: machines differ and are noisy.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from artifolio import Store, create_markdown_artifact

REPOSITORY = Path(__file__).parents[1]
ROUNDS = 9
BODY = "A line of some length, of which a report has many.\n" * 400

REFRESH = """
import resource, sys
from pathlib import Path
from artifolio import Store
from artifolio.website.refresh import Refresher
Refresher(Store(sys.argv[1]), Path(sys.argv[2])).refresh()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def time_list() -> float:
    """Return the median seconds that ``artifolio ls`` takes on the demo, from start to end."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        command = [sys.executable, "-m", "artifolio", "-C", REPOSITORY, "ls"]
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def measure_memory(versions: int) -> float:
    """Return the peak memory, in MB, of making all pages of a key with that many versions."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder, "artifacts"))
        for _ in range(versions):
            create_markdown_artifact(BODY, key="report", store=store)
        command = [sys.executable, "-c", REFRESH, store.root, Path(folder, "site_src")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1000


def main() -> None:
    """Print the figures."""
    print(f"artifolio ls on the demo, wall        {time_list() * 1000:6.0f} ms   <= 300 ms")
    few, many = measure_memory(50), measure_memory(1000)
    print(f"peak memory, pages of   50 versions   {few:6.1f} MB")
    print(f"peak memory, pages of 1000 versions   {many:6.1f} MB   {many / few:.2f} times")


if __name__ == "__main__":
    main()
