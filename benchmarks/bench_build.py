"""What building a site takes: all of it, one version more, and nothing new; against plain MkDocs.

Run as ``python benchmarks/bench_build.py``. Prints one table; exits 1 if a target is missed or a
site is not what plain MkDocs makes. CPU is that of a process and all that it starts. Plain MkDocs
makes all pages whatever has changed, so that its full build stands beside every kind of work.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio import create_table_artifact
from artifolio.location import locate_artifacts
from build_costs import ONE, PLAIN, TWO, Bench, Costs
from build_projects import REPOSITORY, make_project
from comparisons import Comparison, Target, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).parent / "results"
KEY = "build-speed"
SIZES = (1_000, 4_000, 10_000, 20_000)
PACKAGES = ("artifolio", "mkdocs", "mkdocs-material", "Markdown", "Jinja2")
DESCRIPTION = """\
What it takes to build a site of so many generated pages, by plain `mkdocs build` and by
`artifolio build`, measured on one machine in one run: each figure is the median of a few rounds.

- *CPU* is that of all processes together, *MB* the peak of the largest one.
- *From records* begins with nothing but `artifacts/`; *of pages* with `site_src/` up to date.
- *Spread* is the least and the most of artifolio's rounds; *unsure* is a verdict that not all of
  them share. The kernel's part of the CPU varies most, with whatever else the disk is doing.
- Plain MkDocs makes all pages whatever has changed. Where it says nothing, it was not measured.
- A site that is not what plain MkDocs makes, byte for byte, is not published here.
"""


def main() -> int:
    """Measure, print and tell whether all is as it should be."""
    options = parse_options()
    options.folder.mkdir(parents=True, exist_ok=True)
    comparisons: list[Comparison] = []
    growth: dict[int, dict[str, float]] = {}
    wrong: list[str] = []
    compared = 0
    for size in sorted(options.pages):
        folder = Path(tempfile.mkdtemp(prefix="bench-build-", dir=options.folder))
        try:
            bench = make_bench(folder, size, options)
            found, grown = measure(bench, size)
        finally:
            if not options.keep:
                shutil.rmtree(folder)
        comparisons += found
        growth[found[0].pages] = grown
        wrong += bench.wrong
        compared += bench.compared
    comparisons += compare_sizes(growth)
    facts = machine_facts()
    print(", ".join(f"{name} {fact}" for name, fact in facts.items()))
    print(as_text(comparisons))
    print(f"{compared - len(wrong)} of {compared} sites are what plain MkDocs makes")
    for line in wrong:
        print(f"  {line}")
    if options.publish:
        publish(comparisons, facts, wrong)
    return int(bool(wrong) or any(comparison.is_met is False for comparison in comparisons))


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, nargs="+", default=SIZES, help="generated, about")
    parser.add_argument("--plain", type=int, default=4_000, help="up to how many pages plain runs")
    parser.add_argument("--rounds", type=int, default=5, help="of what makes a part of a site")
    parser.add_argument("--full-rounds", type=int, default=3, help="up to 4,000 pages; 1 above")
    parser.add_argument("--quick", action="store_true", help="one round of full builds, 3 of parts")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="on the disk to be measured")
    parser.add_argument("--keep", action="store_true", help="leave the projects there")
    parser.add_argument("--publish", action="store_true", help=f"publish the table as {KEY}")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.full_rounds = 3, 1
    return options


def make_bench(folder: Path, size: int, options: argparse.Namespace) -> Bench:
    """Make a project of a size; the smallest one has its sites compared."""
    started = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {size:,} pages  {line}", file=sys.stderr)

    project = make_project(folder / "project", size)
    tell(f"{project.records:,} records written")
    return Bench(
        project,
        folder,
        full_rounds=options.full_rounds if size <= 4_000 else 1,
        rounds=options.rounds,
        has_plain=size <= options.plain,
        checks=size == min(options.pages),
        tell=tell,
    )


def measure(bench: Bench, size: int) -> tuple[list[Comparison], dict[str, float]]:
    """Do all kinds of work with one project.

    Returns:
        What it took, and what is to be compared between sizes.
    """
    records, pages = bench.from_records(), bench.of_pages()
    count = bench.project.pages()
    nothing, new = bench.nothing(), bench.new_version()
    told, watched = bench.watched()
    named, themed = bench.site_name(), bench.theme()
    plain = pages.get(PLAIN)

    def compare(
        work: str, ours: Costs, target: Target | None = None, *, wall: bool = False
    ) -> Comparison:
        if wall:
            taken = plain.wall if plain else None
            return Comparison(work, count, "s wall", taken, ours.wall, target, ours.walls)
        taken = plain.cpu if plain else None
        return Comparison(work, count, "s CPU", taken, ours.cpu, target, ours.cpus)

    def at(place: int, limit: float, *, of_ratio: bool = False) -> Target | None:
        return Target(limit, of_ratio) if size == place else None

    comparisons = [
        *compare_full("full, from records", count, records, size),
        *compare_full("full, of pages", count, pages, size),
        compare("one new version", new, at(10_000, 1.0)),
        compare("one new version", new, wall=True),
        compare("one new version, watched, told", told, at(10_000, 0.2)),
        compare("one new version, watched, noticed", watched),
        compare("one new version, watched, noticed", watched, wall=True),
        Comparison("watching", count, "MB", None, watched.memory, at(20_000, 400)),
        compare("nothing changed", nothing, at(10_000, 0.7)),
        compare("site_name changed", named, at(10_000, 6)),
        compare("theme setting changed", themed),
    ]
    return comparisons, {
        "full, from records": records[ONE].cpu,
        "full, of pages": pages[ONE].cpu,
        "told": told.cpu,
        "noticed": watched.cpu,
    }


def compare_full(work: str, count: int, costs: dict[str, Costs], size: int) -> Iterator[Comparison]:
    """Compare full builds, with one process and with two."""
    plain = costs.get(PLAIN)
    is_issue = work == "full, of pages" and size == 4_000
    cpu = plain.cpu if plain else None
    wall = plain.wall if plain else None
    memory = plain.memory if plain else None
    less = Target(6, of_ratio=True) if is_issue else None
    faster = Target(10, of_ratio=True) if is_issue else None
    most = Target(400) if size == 20_000 else None
    one, two = costs[ONE], costs[TWO]
    each = 1000 / count
    yield Comparison(f"{work}, 1 job", count, "s CPU", cpu, one.cpu, less, one.cpus)
    kernel = plain.kernel if plain else None
    yield Comparison(f"{work}, 1 job", count, "s of it kernel", kernel, one.kernel)
    plain_each = None if cpu is None else cpu * each
    yield Comparison(f"{work}, 1 job", count, "ms CPU a page", plain_each, one.cpu * each)
    yield Comparison(f"{work}, 1 job", count, "s wall", wall, one.wall, None, one.walls)
    yield Comparison(f"{work}, 1 job", count, "MB", memory, one.memory, most)
    yield Comparison(f"{work}, 2 jobs", count, "s CPU", cpu, two.cpu, None, two.cpus)
    yield Comparison(f"{work}, 2 jobs", count, "s wall", wall, two.wall, faster, two.walls)
    yield Comparison(f"{work}, 2 jobs", count, "MB", memory, two.memory, most)


def compare_sizes(growth: dict[int, dict[str, float]]) -> Iterator[Comparison]:
    """Compare the largest project with the smallest."""
    few, many = min(growth), max(growth)
    if few == many:
        return
    small, large = growth[few], growth[many]
    # Between sizes that are nearly the same it would be noise that is judged.
    is_far = many >= 5 * few
    for work in ("full, from records", "full, of pages"):
        times = (large[work] / many) / (small[work] / few)
        name = f"{work}, CPU a page over that at {few:,}"
        yield Comparison(name, many, "times", None, times, Target(1.2) if is_far else None)
    for work in ("told", "noticed"):
        each = (large[work] - small[work]) / (many - few) * 1e6
        name = f"one new version, watched, {work}, over {few:,}"
        yield Comparison(name, many, "us CPU a page", None, each, Target(10) if is_far else None)


def machine_facts() -> dict[str, str | int]:
    """Return what the figures depend on besides the code."""
    return {
        "CPUs": os.cpu_count() or 1,
        "machine": platform.machine(),
        "system": platform.system(),
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def publish(comparisons: list[Comparison], facts: dict[str, str | int], wrong: list[str]) -> None:
    """Publish the table with artifolio itself, among the records of the repository."""
    if wrong:
        print(f"{KEY} is not published: figures of a wrong site tell nothing")
        return
    tried = [comparison for comparison in comparisons if comparison.is_met is not None]
    met = sum(1 for comparison in tried if comparison.is_met)
    create_table_artifact(
        [comparison.row() for comparison in comparisons],
        key=KEY,
        row_key=("work", "pages", "unit"),
        description=DESCRIPTION,
        tags=("benchmark",),
        metadata={**facts, "targets": len(tried), "targets_met": met},
        store=locate_artifacts(REPOSITORY, os.environ),
    )
    print(f"published as {KEY}")


if __name__ == "__main__":
    raise SystemExit(main())
