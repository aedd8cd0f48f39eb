"""Projects of any size to build: the fires of California, published by many stations."""

from __future__ import annotations

import re
import shutil
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from artifolio.bodies import Link, Markdown, Progress
from artifolio.origins import Code, Run
from artifolio.publishing.scaffold import lay_down
from artifolio.records import Record, dump_record, new_header
from artifolio.tables import to_table
from build_arrivals import Arrival

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "examples"))

from ca_fires import COMMIT_URL, read_snapshots  # noqa: E402  # the examples are no package
from ca_fires_report import write_report  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.bodies import Body

VERSIONS = 20
"""Of each key; all of them have a page of their own."""
TYPES = ("table", "report", "source", "progress")
"""What a station publishes in each of its runs, one key for each."""
PAGES = VERSIONS * len(TYPES) + len(TYPES) + VERSIONS
"""Of a station: one a version, one a key and one a run."""

_START = datetime(2024, 1, 1, tzinfo=timezone.utc)
_THEME = re.compile(r"(?m)^theme:\n(?: .*\n)+")
_GENERATED = ("site_src/artifacts", "site_src/runs")


@dataclass
class Project:
    """A folder with records and ``mkdocs.yml``."""

    folder: Path
    stations: int
    arrived: int = 0

    @property
    def config_file(self) -> Path:
        """The configuration of MkDocs."""
        return self.folder / "mkdocs.yml"

    @property
    def site(self) -> Path:
        """Where the configuration says that the site is built."""
        return self.folder / "site"

    @property
    def records(self) -> int:
        """How many versions there are."""
        return self.stations * len(TYPES) * VERSIONS + self.arrived

    def clear(self) -> None:
        """Remove all that is made from records."""
        for name in (*_GENERATED, "site"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def pages(self) -> int:
        """Count the generated pages."""
        return sum(1 for name in _GENERATED for _ in (self.folder / name).rglob("*.md"))

    def arrivals(self, count: int) -> list[Arrival]:
        """Write new versions, of all types by turns, without letting them be seen yet."""
        folder = self.folder / "coming"
        folder.mkdir(exist_ok=True)
        found = []
        for number in range(self.arrived, self.arrived + count):
            station = number * 7 % self.stations
            record = _record(station, number % len(TYPES), VERSIONS + number)
            source = folder / f"{number}.yaml"
            source.write_text(dump_record(record), encoding="utf-8")
            target = self.folder / "artifacts" / record.header.path
            page = self.site / "artifacts" / Path(record.header.path).with_suffix("") / "index.html"
            found.append(Arrival(str(source), str(target), str(page)))
        self.arrived += count
        return found

    def rename(self, name: str) -> None:
        """Change ``site_name``."""
        self._replace(r"(?m)^site_name: .*$", f"site_name: {name}")

    def paint(self, colour: str) -> None:
        """Change the theme's first colour."""
        self._replace(r"(?m)^( +)primary: .*$", rf"\1primary: {colour}")

    def _replace(self, pattern: str, text: str) -> None:
        before = self.config_file.read_text(encoding="utf-8")
        after = re.sub(pattern, text, before)
        if after == before:
            raise AssertionError(f"{pattern} changed nothing in {self.config_file}")
        self.config_file.write_text(after, encoding="utf-8")


def make_project(folder: Path, pages: int) -> Project:
    """Make a project that has about so many generated pages, and at least one station's."""
    lay_down(folder)
    project = Project(folder, max(1, round(pages / PAGES)))
    theme = _THEME.search((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))
    if theme is None:
        raise AssertionError("no theme in the repository's mkdocs.yml")
    project._replace(r"(?m)^# (site_url:)", r"\1")
    project._replace(_THEME.pattern, theme[0].replace("\\", r"\\"))
    for station in range(project.stations):
        for kind in range(len(TYPES)):
            home = folder / "artifacts" / _key(station, kind)
            home.mkdir()
            (home / ".keep").touch()
            for version in range(VERSIONS):
                record = _record(station, kind, version)
                path = folder / "artifacts" / record.header.path
                path.write_text(dump_record(record), encoding="utf-8")
    # So long ago that a cache may trust the times of the files.
    time.sleep(2.1)
    return project


def _key(station: int, kind: int) -> str:
    return f"fires-{station:04}-{TYPES[kind]}"


def _record(station: int, kind: int, version: int) -> Record:
    # Each station begins elsewhere in the data, and goes on from snapshot to snapshot.
    body, figures = _content((station * 7 + version) % len(_snapshots()), kind)
    created = _START + timedelta(hours=6 * version, seconds=station, milliseconds=kind)
    number = (version * 10_000 + station) * len(TYPES) + kind
    run = Run(
        "ca-fires",
        str(_id(1 << 40 | version * 10_000 + station)),
        f"station {station}, run {version}",
        f"publish_{TYPES[kind]}",
        str(_id(2 << 40 | number)),
    )
    header = new_header(
        body,
        id=_id(number),
        key=_key(station, kind),
        created=created,
        description=f"The {TYPES[kind]} of what *station {station}* sees of California's fires.",
        tags=("wildfire", f"district-{station % 12}"),
        metadata=figures,
        run=run,
        code=Code(f"{version + 1:040x}", "main", False, "https://github.com/example/fires"),
    )
    return Record(header, body)


def _id(number: int) -> UUID:
    return UUID(int=(0x018CC251_F400_7C1E_9D7A << 48) + number)


@lru_cache
def _snapshots() -> tuple[object, ...]:
    return tuple(read_snapshots())


@lru_cache(1000)
def _content(index: int, kind: int) -> tuple[Body, Mapping[str, int]]:
    snapshot, previous = _snapshots()[index], _snapshots()[index - 1]
    rows = list(snapshot.incidents)
    known = [row["PercentContained"] for row in rows if row["PercentContained"] is not None]
    bodies = {
        "table": lambda: to_table(rows),
        "report": lambda: Markdown(write_report(snapshot, previous)),
        "source": lambda: Link(COMMIT_URL + snapshot.commit, f"fires at {snapshot.commit[:7]}"),
        "progress": lambda: Progress(round(sum(known) / max(1, len(known)), 1)),
    }
    return bodies[TYPES[kind]](), snapshot.figures
