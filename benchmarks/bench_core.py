"""How long importing, publishing and reading back take, against what the system itself needs.

Run as ``python benchmarks/bench_core.py``. Prints one line a figure with its target; exits 1 if one
is missed. CPU times count this process (or the interpreters it starts) only, so that a busy disk
does not blur them; the ratio of a publish is of wall-clock times, taken in turns with the bare
system calls on the same disk, for there the disk is the matter.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, cpu_of, cpu_of_program, in_turns

if TYPE_CHECKING:
    from types import ModuleType

RESULTS = Path(__file__).parent / "results"
MARKDOWN = "# Daily report\n\n" + "Sales in the **north** rose by 4 %, as foreseen.\n" * 20
ROWS, COLUMNS = 10_000, 5


def main() -> int:
    """Measure, print and tell whether every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=RESULTS, help="on the disk to be measured")
    parser.add_argument("--rounds", type=int, default=200, help="publishes, and bare writes")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-core-", dir=options.folder))
    try:
        figures = [
            measure_import(),
            *measure_publish(folder, options.rounds),
            *measure_table(folder),
        ]
    finally:
        shutil.rmtree(folder)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, records on {options.folder}")
    for figure in figures:
        print(figure.line())
    return int(any(not figure.is_met for figure in figures))


def measure_import() -> Figure:
    """Take the CPU time of ``import artifolio`` over that of a bare interpreter."""
    bare, full = in_turns(
        40, lambda: cpu_of_program("pass"), lambda: cpu_of_program("import artifolio")
    )
    cost = statistics.median(full) - statistics.median(bare)
    note = f"bare Python {statistics.median(bare):.1f} ms"
    return Figure("import artifolio, CPU over bare Python", cost, "ms", 60, note)


def measure_publish(folder: Path, rounds: int) -> list[Figure]:
    """Take the time of a publish of 1 kB of Markdown and of the bare writes of the same bytes."""
    import artifolio

    store = artifolio.Store(folder / "artifacts")

    def publish() -> float:
        start = time.perf_counter()
        artifolio.create_markdown_artifact(MARKDOWN, key="daily-report", store=store)
        return (time.perf_counter() - start) * 1000

    publish()
    record = next((store.root / "daily-report").glob("*.yaml")).read_bytes()
    (folder / "bare").mkdir()
    numbers = iter(range(10**9))

    def write() -> float:
        temporary, target = (folder / "bare" / f"{next(numbers)}{end}" for end in (".tmp", ".yaml"))
        start = time.perf_counter()
        write_bare(temporary, target, record)
        return (time.perf_counter() - start) * 1000

    write()
    published, bare = in_turns(rounds, publish, write)
    start = time.process_time()
    for _ in range(50):
        publish()
    cpu = (time.process_time() - start) * 1000 / 50
    ours, theirs = statistics.median(published), statistics.median(bare)
    note = f"publish {ours:.2f} ms, bare write+fsync+link+fsync {theirs:.2f} ms, CPU {cpu:.2f} ms"
    return [
        Figure(f"publish {len(record):,} bytes over bare writes", ours / theirs, "times", 3, note)
    ]


def measure_table(folder: Path) -> list[Figure]:
    """Take the CPU time of publishing and reading back a table of 10,000 x 5."""
    import artifolio

    rows = table()
    published, read = [], []
    for number in range(9):
        store = artifolio.Store(folder / f"tables-{number}")
        published.append(
            cpu_of(lambda s=store: artifolio.create_table_artifact(rows, key="customers", store=s))
        )
        read.append(cpu_of(lambda s=store: read_whole(artifolio, s)))
    return [
        Figure(
            f"publish a table of {ROWS:,} x {COLUMNS}, CPU", statistics.median(published), "ms", 120
        ),
        Figure(f"read a table of {ROWS:,} x {COLUMNS}, CPU", statistics.median(read), "ms", 80),
    ]


def read_whole(artifolio: ModuleType, store: object) -> None:
    """Read the table as users do, digest and all, and see that it is there."""
    found = artifolio.Artifact.get("customers", store=store)
    if len(found.data) != ROWS:
        raise AssertionError("the table is not whole")


def table() -> list[dict[str, object]]:
    """Return rows as they come: text of all kinds, numbers, gaps."""
    chance = random.Random(1)
    return [
        {
            "customer": f"C-{number:06}",
            "name": chance.choice(["Ada Miller", "Bo Jönsson", "Chi “Kit” Wu", 'O"Hara']),
            "orders": chance.randrange(1000),
            "churn": chance.random() if chance.random() > 0.1 else None,
            "active": chance.random() > 0.5,
        }
        for number in range(ROWS)
    ]


def write_bare(temporary: Path, target: Path, content: bytes) -> None:
    """Do the least that makes a file durable and never overwrites: write, fsync, link, fsync."""
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    os.write(descriptor, content)
    os.fsync(descriptor)
    os.close(descriptor)
    os.link(temporary, target)
    folder = os.open(target.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


if __name__ == "__main__":
    raise SystemExit(main())
