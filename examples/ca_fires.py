"""Two years of California's wildfires: a table, a report, a link and some charts per snapshot.

Run it as ``python examples/ca_fires.py``. Snapshots that are published already are skipped, so
that it can run again and again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artifolio import (
    Artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
    flow,
    task,
)
from ca_fires_chart import chart_text, draw_chart
from ca_fires_report import write_report

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).parent / "data" / "ca-fires.jsonl.gz"
COMMIT_URL = "https://github.com/simonw/ca-fires-history/commit/"
INCIDENT_URL = "https://www.fire.ca.gov"
TAGS = ("wildfire", "california")

TABLE, SUMMARY, SOURCE, CHART = "ca-fires", "ca-fires-summary", "ca-fires-source", "ca-fires-chart"

_CHARTED_FIRES = 4
_CHARTED_STEP = 6


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The public list of incidents as it stood at one moment."""

    commit: str
    taken: datetime
    incidents: tuple[dict[str, Any], ...]
    """One row an incident, tidied, in the order of the list."""

    @property
    def sized(self) -> list[dict[str, Any]]:
        """The incidents whose area the list tells, largest first."""
        rows = [row for row in self.incidents if row["AcresBurned"] is not None]
        return sorted(rows, key=lambda row: -row["AcresBurned"])

    @property
    def figures(self) -> dict[str, int]:
        """The numbers that sum the snapshot up."""
        rows = self.incidents
        return {
            "incidents": len(rows),
            "with_area": len(self.sized),
            "acres": sum(row["AcresBurned"] for row in self.sized),
            "structures_destroyed": sum(row["StructuresDestroyed"] or 0 for row in rows),
            "personnel": sum(row["PersonnelInvolved"] or 0 for row in rows),
        }


def read_snapshots(path: Path = DATA) -> list[Snapshot]:
    """Return all snapshots, oldest first."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_to_snapshot(json.loads(line)) for line in lines]


def main(limit: int | None = None, store: Path | str | None = None) -> int:
    """Publish the snapshots that are not published yet.

    Args:
        limit: How many snapshots to look at, counted from the oldest; all where left out.
        store: The folder of records, where it is not that of the working directory.

    Returns:
        How many snapshots had something to publish.
    """
    snapshots = read_snapshots()
    worth_a_chart = [one for one in snapshots if len(one.sized) >= _CHARTED_FIRES]
    charted = {one.commit for one in worth_a_chart[::_CHARTED_STEP]}
    published = {
        (key, version.created)
        for key in (TABLE, SUMMARY, SOURCE, CHART)
        for version in Artifact.versions(key, store=store)
    }
    count = 0
    previous: Snapshot | None = None
    for snapshot in snapshots[:limit]:
        wanted = [TABLE, SUMMARY, SOURCE] + [CHART] * (snapshot.commit in charted)
        missing = [key for key in wanted if (key, snapshot.taken) not in published]
        if missing:
            publish_snapshot(snapshot, previous, missing, store)
            count += 1
        previous = snapshot
    return count


@flow(name="ca-fires", flow_run_name="snapshot {snapshot.taken:%Y-%m-%d}")
def publish_snapshot(
    snapshot: Snapshot,
    previous: Snapshot | None,
    missing: Sequence[str],
    store: Path | str | None,
) -> None:
    """Publish what is missing of a snapshot; each call is one flow run."""
    if TABLE in missing:
        publish_table(snapshot, store)
    if SUMMARY in missing:
        publish_summary(snapshot, previous, store)
    if SOURCE in missing:
        publish_source(snapshot, store)
    if CHART in missing:
        publish_chart(snapshot, store)


@task
def publish_table(snapshot: Snapshot, store: Path | str | None) -> None:
    """Publish the list itself."""
    create_table_artifact(
        list(snapshot.incidents),
        key=TABLE,
        description=(
            "Every incident on Cal Fire's public list when the snapshot was taken, in the list's "
            "own order. An empty cell means that the list did not say: it often leaves out the "
            "area of an incident that is over."
        ),
        tags=TAGS,
        metadata={"source_commit": snapshot.commit},
        created=snapshot.taken,
        store=store,
    )


@task
def publish_summary(
    snapshot: Snapshot, previous: Snapshot | None, store: Path | str | None
) -> None:
    """Publish a report that a reader takes in at a glance."""
    create_markdown_artifact(
        write_report(snapshot, previous),
        key=SUMMARY,
        description=(
            "The largest fires, what is contained, and what changed since the snapshot before. "
            "Made from the table `ca-fires` of the same moment."
        ),
        tags=(*TAGS, "report"),
        metadata=snapshot.figures,
        created=snapshot.taken,
        store=store,
    )


@task
def publish_source(snapshot: Snapshot, store: Path | str | None) -> None:
    """Publish where the snapshot comes from."""
    create_link_artifact(
        COMMIT_URL + snapshot.commit,
        link_text=f"ca-fires-history at {snapshot.commit[:7]}",
        key=SOURCE,
        description="The commit that this snapshot was read from: the list as it was, untouched.",
        tags=(*TAGS, "source"),
        metadata={
            "incidents": snapshot.figures["incidents"],
            "acres": snapshot.figures["acres"],
        },
        created=snapshot.taken,
        store=store,
    )


@task
def publish_chart(snapshot: Snapshot, store: Path | str | None) -> None:
    """Publish a picture of the largest fires."""
    create_image_artifact(
        image=draw_chart(snapshot),
        alt=chart_text(snapshot),
        key=CHART,
        description=(
            "The largest fires whose area the list tells. "
            "Drawn for every sixth snapshot that has at least four of them."
        ),
        tags=(*TAGS, "chart"),
        created=snapshot.taken,
        store=store,
    )


def _to_snapshot(line: dict[str, Any]) -> Snapshot:
    return Snapshot(
        commit=line["commit"],
        taken=datetime.fromisoformat(line["committed"]),
        incidents=tuple(map(_to_row, line["incidents"])),
    )


def _to_row(incident: dict[str, Any]) -> dict[str, Any]:
    row = dict(incident)
    del row["IsActive"]  # null in every snapshot
    return row | {
        "Name": " ".join(row["Name"].split()),
        "Counties": ", ".join(row["Counties"]),
        "AcresBurned": _to_number(row["AcresBurned"]),
        "PercentContained": _to_number(row["PercentContained"]),
        "Started": _to_time(row["Started"]),
        "Updated": _to_time(row["Updated"]),
        "CanonicalUrl": INCIDENT_URL + row["CanonicalUrl"],
    }


def _to_number(value: float | None) -> float | None:
    return int(value) if value is not None and value == int(value) else value


def _to_time(text: str) -> datetime:
    # Most times are marked as UTC but are California's clock, so the zone is left out.
    match = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text)
    if match is None:
        raise ValueError(f"{text!r} is not a time")
    return datetime.fromisoformat(match[0])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="look at this many snapshots only")
    parser.add_argument("--store", help="folder of records; artifacts/ where left out")
    options = parser.parse_args()
    print(f"Published {main(options.limit, options.store)} snapshots")
