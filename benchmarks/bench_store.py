"""How long listing, finding, reading and publishing take in a store of many records.

Run as ``python benchmarks/bench_store.py``. Prints one line a figure with its target; exits 1 if
one is missed. Times are of CPU, of this process or of the commands it starts, medians of several
rounds; what is compared is measured in turns.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from artifolio import create_markdown_artifact
from artifolio.bodies import Markdown
from artifolio.folders import record_names
from artifolio.keys import IdMaker
from artifolio.origins import Code, Run
from artifolio.records import Record, dump_record, new_header
from artifolio.store import Store
from figures import Figure, cpu_of, cpu_of_program, in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).parent / "results"
LS = "import sys; sys.argv = ['artifolio', 'ls']; from artifolio.cli.main import main; main()"
INSPECT = LS.replace("'ls'", "'inspect', '{}'")


def main() -> int:
    """Measure, print and tell whether every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=RESULTS, help="on the disk to be measured")
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=100, help="of each key")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-store-", dir=options.folder))
    try:
        store = Store(folder / "artifacts")
        (folder / "mkdocs.yml").touch()
        size = fill(store, options.keys, options.versions)
        os.chdir(folder)
        os.environ["ARTIFOLIO_CACHE"] = str(folder / "cache")
        figures = [*measure_commands(store), *measure_reading(store), measure_publish(store)]
    finally:
        os.chdir(options.folder)
        shutil.rmtree(folder)
    count = options.keys * options.versions
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, {count:,} records of {size} bytes"
        f" in {options.keys:,} keys on {options.folder}"
    )
    for figure in figures:
        print(figure.line())
    return int(any(not figure.is_met for figure in figures))


def fill(store: Store, keys: int, versions: int) -> int:
    """Write that many records, as fast as can be, and return the size of the last in bytes."""
    make_id = IdMaker()
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    size = 0
    for key in range(keys):
        name = f"metric-{key:05}"
        (store.root / name).mkdir(parents=True)
        (store.root / name / ".keep").touch()
        for version in range(versions):
            number = version * keys + key
            body = Markdown(f"Run {number} read {number * 7 % 1000} rows and refused none.")
            header = new_header(
                body,
                id=make_id(),
                key=name,
                created=start + timedelta(seconds=number),
                description="What the nightly run read",
                tags=("nightly",),
                run=Run("import", f"run-{number}", "brave-otter"),
                code=Code("9fceb02d" * 5, "main", False),
            )
            text = dump_record(Record(header, body))
            (store.root / header.path).write_text(text, encoding="utf-8")
            size = len(text)
    # So long ago that a cache may trust the times of the files.
    time.sleep(2.1)
    return size


def measure_commands(store: Store) -> Iterator[Figure]:
    """Take the CPU time of commands, each in a process of its own."""
    folder = store.folders()[500 % len(store.folders())]
    names = record_names(store.root, folder)
    version = store.read_header(f"{folder}/{names[len(names) // 2]}").id
    yield Figure("ls, the first ever", cpu_of_program(LS) / 1000, "s", 20)
    listed, found = in_turns(
        7, lambda: cpu_of_program(LS), lambda: cpu_of_program(INSPECT.format(version))
    )
    yield Figure("ls, with what was remembered", statistics.median(listed) / 1000, "s", 1.0)
    yield Figure("inspect one id", statistics.median(found) / 1000, "s", 0.3)


def measure_reading(store: Store) -> Iterator[Figure]:
    """Compare reading records, files included, with PyYAML's fastest loader."""
    folders = store.folders()[:20]
    paths = [f"{folder}/{name}" for folder in folders for name in record_names(store.root, folder)][
        :2000
    ]

    def read() -> None:
        for path in paths:
            store.read(path)

    def load() -> None:
        for path in paths:
            with open(f"{store.root}/{path}", "rb") as file:  # noqa: PTH123  # as fast as can be
                yaml.load(file.read(), Loader=yaml.CSafeLoader)

    ours, theirs = in_turns(9, lambda: cpu_of(read), lambda: cpu_of(load))
    each = 1000 / len(paths)
    note = (
        f"{statistics.median(ours) * each:.0f} us a record, CSafeLoader "
        f"{statistics.median(theirs) * each:.0f} us"
    )
    rate = statistics.median(theirs) / statistics.median(ours)
    yield Figure("rate of reading over CSafeLoader's", rate, "times", 1.5, note, at_least=True)


def measure_publish(store: Store) -> Figure:
    """Compare publishing into the many records with publishing into ten."""
    few = Store(store.root.parent / "few")
    for _ in range(10):
        create_markdown_artifact("x", key="metric-00000", store=few)

    def publish(target: Store) -> float:
        start = time.perf_counter()
        create_markdown_artifact("It went well.", key="metric-00000", store=target)
        return (time.perf_counter() - start) * 1000

    publish(store)
    many, ten = in_turns(200, lambda: publish(store), lambda: publish(few))
    note = f"{statistics.median(many):.2f} ms, with ten records {statistics.median(ten):.2f} ms"
    ratio = statistics.median(many) / statistics.median(ten)
    return Figure("publish into all over publish into ten", ratio, "times", 1.3, note)


if __name__ == "__main__":
    raise SystemExit(main())
