"""How long it takes to tell what was done, to restore and to export in a long history.

Run as ``python benchmarks/bench_history.py``. Prints one line a figure with its target; exits 1 if
one is missed. Times are of CPU, of the commands and the git that they start, medians of several
rounds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.bodies import Markdown
from artifolio.keys import IdMaker
from artifolio.publishing.git import Git
from artifolio.publishing.past import extract
from artifolio.records import Record, dump_record, new_header
from figures import Figure, cpu_of, cpu_of_program

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).parent / "results"
RUN = "import sys; sys.argv = ['artifolio', {}]; from artifolio.cli.main import main; main()"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
KEYS = 200
_BRANCH_EVERY = 20
_ROUNDS = 3


def main() -> int:
    """Measure, print and tell whether every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=RESULTS, help="on the disk to be measured")
    parser.add_argument("--commits", type=int, default=2000)
    parser.add_argument("--records", type=int, default=10, help="in each commit")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-history-", dir=options.folder))
    try:
        deleted = fill(folder, options.commits, options.records)
        os.chdir(folder)
        os.environ["ARTIFOLIO_CACHE"] = str(folder / "cache")
        figures = measure(folder, deleted)
    finally:
        os.chdir(options.folder)
        shutil.rmtree(folder)
    count = options.commits * options.records
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, {count:,} records in"
        f" {options.commits:,} commits on {options.folder}"
    )
    for figure in figures:
        print(figure.line())
    return int(any(not figure.is_met for figure in figures))


def fill(folder: Path, commits: int, records: int) -> str:
    """Make a repository with merges and a deletion, and return the id that was deleted."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    (folder / "mkdocs.yml").touch()
    made = iter(_records())
    stream: list[bytes] = []
    first = next(made)
    for number in range(1, commits + 1):
        is_aside = number % _BRANCH_EVERY == 0 and number > 1
        branch = "refs/heads/side" if is_aside else "refs/heads/main"
        stream.append(_commit(branch, number, f"Publish {number}"))
        if is_aside:
            stream.append(b"from refs/heads/main\n")
        if number == 1:
            stream.append(_file(first))
        stream += [_file(next(made)) for _ in range(records)]
        if is_aside:
            # Merged at once, as a publish does that came second.
            stream.append(_commit("refs/heads/main", number, "Merge"))
            stream.append(b"merge refs/heads/side\n")
            stream += [b"M 100644 inline notes\n" + _data(str(number).encode())]
    stream.append(_commit("refs/heads/main", commits + 1, "Delete"))
    stream.append(f"D artifacts/{first.header.path}\n".encode())
    given = b"".join(stream)
    subprocess.run(["git", "fast-import", "--quiet"], input=given, cwd=folder, check=True)
    subprocess.run(["git", "reset", "-q", "--hard", "main"], cwd=folder, check=True)
    return str(first.header.id)


def measure(folder: Path, deleted: str) -> list[Figure]:
    """Measure the commands."""
    cpu_of_program(RUN.format("'ls'"))  # so that the headers are known
    commands = {
        "log of all": ("'log', '-o', 'json'", 4000),
        "log of one key": ("'log', 'metric-00007'", 1500),
        "restore --dry-run": (f"'restore', '{deleted}', '--dry-run'", 4000),
    }
    figures = [
        Figure(name, statistics.median(_rounds(arguments)), "ms", target)
        for name, (arguments, target) in commands.items()
    ]
    git = Git(folder, os.environ)
    head = git.run("rev-parse", "HEAD").decode().strip()
    target = folder / "out"
    cost = cpu_of(lambda: extract(git, head, "artifacts", target, 2))
    return [*figures, Figure("write the records of a commit", cost, "ms", 6000)]


def _rounds(arguments: str) -> Iterator[float]:
    for _ in range(_ROUNDS):
        yield cpu_of_program(RUN.format(arguments))


def _records() -> Iterator[Record]:
    make_id = IdMaker()
    number = 0
    while True:
        body = Markdown(f"Run {number} read {number * 7 % 1000} rows and refused none.")
        created = START + timedelta(minutes=number)
        key = f"metric-{number % KEYS:05}"
        yield Record(new_header(body, id=make_id(), key=key, created=created), body)
        number += 1


def _commit(branch: str, number: int, subject: str) -> bytes:
    moment = int(START.timestamp()) + 60 * number
    person = f"committer Ada <ada@example.org> {moment} +0000\n"
    return f"commit {branch}\n{person}".encode() + _data(subject.encode())


def _file(record: Record) -> bytes:
    text = dump_record(record).encode()
    return f"M 100644 inline artifacts/{record.header.path}\n".encode() + _data(text)


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"


if __name__ == "__main__":
    sys.exit(main())
