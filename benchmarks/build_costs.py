"""What the builds of one project take, each kind of work measured as its users start it."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.website.engine.verify import compare_sites, verify
from figures import Cost, cost_of_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from build_projects import Project

PLAIN, ONE, TWO = "plain", "--jobs=1", "--jobs=2"
WATCHED = Path(__file__).with_name("build_watched.py")
_FOREIGN = ("ARTIFOLIO_", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Costs:
    """Medians of one kind of work."""

    cpu: float
    kernel: float
    """The part of the CPU that the system took."""
    wall: float
    memory: float
    """Of all rounds the most."""
    cpus: tuple[float, float] | None
    """The least and the most CPU of a round; None where there was only one."""
    walls: tuple[float, float] | None


@dataclass
class Bench:
    """Measures one project.

    Args:
        project: What is built. It is changed by what is measured.
        scratch: An empty folder beside it.
        full_rounds: How often all is built.
        rounds: How often a part is.
        has_plain: Whether plain MkDocs is measured, which may take minutes.
        checks: Whether each site is compared with that of plain MkDocs.
        tell: Called with a line about what goes on.
    """

    project: Project
    scratch: Path
    full_rounds: int
    rounds: int
    has_plain: bool
    checks: bool
    tell: Callable[[str], None]
    compared: int = 0
    wrong: list[str] = field(default_factory=list)
    """Where a site was not as plain MkDocs makes it."""
    _cache: Path = field(init=False)

    def from_records(self) -> dict[str, Costs]:
        """Build with nothing made and nothing remembered; what is left is the site of the last."""
        kinds = self._kinds()
        costs: dict[str, list[Cost]] = {kind: [] for kind in kinds}
        for _ in range(self.full_rounds):
            for kind in kinds:
                self.project.clear()
                self._cache = Path(tempfile.mkdtemp(prefix="cache-", dir=self.scratch))
                costs[kind].append(self._build(kind))
                if kind != PLAIN:
                    self._check(f"full build from records, {kind}")
        return {kind: _medians(found) for kind, found in costs.items()}

    def of_pages(self) -> dict[str, Costs]:
        """Build where `from_records` has left all pages, into folders that nobody remembers."""
        kinds = self._kinds()
        costs: dict[str, list[Cost]] = {kind: [] for kind in kinds}
        for _ in range(self.full_rounds):
            with tempfile.TemporaryDirectory(prefix="sites-", dir=self.scratch) as folder:
                for kind in kinds:
                    costs[kind].append(self._build(kind, "--site-dir", f"{folder}/{kind}"))
                if self.checks:
                    for kind in (ONE, TWO):
                        differences = compare_sites(Path(folder, kind), Path(folder, PLAIN))
                        self._note(f"full build of pages, {kind}", differences)
        return {kind: _medians(found) for kind, found in costs.items()}

    def nothing(self) -> Costs:
        """Build again."""
        return self._again("nothing changed", [lambda: None] * self.rounds)

    def new_version(self) -> Costs:
        """Build after each of some versions."""
        arrivals = self.project.arrivals(self.rounds)
        costs = self._again("one new version", [arrival.appear for arrival in arrivals])
        missing = [arrival.page for arrival in arrivals if not Path(arrival.page).is_file()]
        self._note("pages of new versions", [f"no {page}" for page in missing])
        return costs

    def site_name(self) -> Costs:
        """Build after each change of the site's name."""
        names = [f"Fires, edition {number}" for number in range(self.rounds)]
        return self._again(
            "site_name changed", [lambda name=name: self.project.rename(name) for name in names]
        )

    def theme(self) -> Costs:
        """Build after each change of a theme's setting."""
        colours = list(islice(cycle(("teal", "brown")), self.rounds))
        return self._again(
            "theme changed", [lambda name=name: self.project.paint(name) for name in colours]
        )

    def watched(self) -> tuple[Costs, Costs]:
        """Watch while versions arrive.

        Returns:
            What it takes where the path is told, and where it has to be noticed. The memory is
            that of the whole process, which found the site as the last build had left it.
        """
        arrivals = self.project.arrivals(2 * (self.rounds + 1))
        given = json.dumps([asdict(arrival) for arrival in arrivals])
        command = [sys.executable, WATCHED, self.project.config_file]
        self.tell("watched")
        cost = cost_of_command(command, self.project.folder, self._environ(), given)
        self._check("watched")
        found = json.loads(cost.output)
        return _of_rounds(cost, found["told"]), _of_rounds(cost, found["noticed"])

    def _kinds(self) -> list[str]:
        return [PLAIN, ONE, TWO] if self.has_plain or self.checks else [ONE, TWO]

    def _again(self, work: str, changes: Sequence[Callable[[], object]]) -> Costs:
        costs = []
        for change in changes:
            change()
            costs.append(self._build())
        self.tell(work)
        self._check(work)
        return _medians(costs)

    def _build(self, kind: str = "", *more: str) -> Cost:
        """Build once; with neither kind nor more, by the command that users type."""
        if kind == PLAIN:
            command = [sys.executable, "-m", "mkdocs", "build", "--quiet", *more]
        else:
            command = [sys.executable, "-m", "artifolio", "build", *filter(None, [kind]), *more]
        cost = cost_of_command(command, self.project.folder, self._environ())
        if kind:
            self.tell(f"{'pages' if more else 'records'}, {kind}: {cost.cpu:.1f} s CPU")
        return cost

    def _environ(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith(_FOREIGN)}
        return {**kept, "ARTIFOLIO_CACHE": str(self._cache), "NO_MKDOCS_2_WARNING": "1"}

    def _check(self, work: str) -> None:
        if self.checks:
            self._note(work, verify(self.project.config_file, self.project.site))

    def _note(self, work: str, differences: Sequence[object]) -> None:
        self.compared += 1
        if differences:
            more = f" and {len(differences) - 1} more" if differences[1:] else ""
            self.wrong.append(f"{work}: {differences[0]}{more}")
            self.tell(f"WRONG: {self.wrong[-1]}")


def _medians(costs: Sequence[Cost]) -> Costs:
    return Costs(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.kernel for cost in costs),
        statistics.median(cost.wall for cost in costs),
        max(cost.memory for cost in costs),
        _ends(cost.cpu for cost in costs),
        _ends(cost.wall for cost in costs),
    )


def _of_rounds(whole: Cost, rounds: Sequence[Sequence[float]]) -> Costs:
    """Take the medians of rounds in one process: CPU, the kernel's part of it, and wall."""
    return _medians([Cost(*taken, whole.memory, "") for taken in rounds])


def _ends(values: Iterable[float]) -> tuple[float, float] | None:
    found = sorted(values)
    return (found[0], found[-1]) if found[1:] else None
