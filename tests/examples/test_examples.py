"""The example programs, run as a reader of the documentation would run them."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from artifolio import Artifact, Store

if TYPE_CHECKING:
    from types import ModuleType

EXAMPLES = Path(__file__).parents[2] / "examples"
FIRST_STEPS = sorted((EXAMPLES / "first_steps").glob("*.py"), key=lambda path: path.name)
FIRST_SNAPSHOT = datetime(2020, 10, 8, 17, 43, 41, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def ca_fires() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        import ca_fires

        yield ca_fires


@pytest.fixture(scope="module")
def fires(ca_fires: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the first three snapshots."""
    store: Path = tmp_path_factory.mktemp("fires") / "artifacts"
    assert ca_fires.main(limit=3, store=store) == 3
    return store


@pytest.mark.parametrize(
    ("key", "versions"),
    [("ca-fires", 3), ("ca-fires-summary", 3), ("ca-fires-source", 3), ("ca-fires-chart", 1)],
)
def test_fires_publish_each_snapshot_at_its_own_time(fires: Path, key: str, versions: int) -> None:
    published = Artifact.versions(key, store=fires)
    assert len(published) == versions
    assert published[-1].created == FIRST_SNAPSHOT


def test_fires_leave_what_is_published_alone(ca_fires: ModuleType, fires: Path) -> None:
    before = sorted(fires.rglob("*"))
    assert ca_fires.main(limit=3, store=fires) == 0
    assert sorted(fires.rglob("*")) == before


def test_fires_publish_only_what_a_cut_off_run_left_out(
    ca_fires: ModuleType, tmp_path: Path
) -> None:
    ca_fires.main(limit=1, store=tmp_path)
    store = Store(tmp_path)
    store.delete(store.scan("ca-fires-source").entries[0])
    assert ca_fires.main(limit=1, store=tmp_path) == 1
    assert len(Artifact.versions("ca-fires-source", store=tmp_path)) == 1
    assert len(Artifact.versions("ca-fires", store=tmp_path)) == 1


def test_fires_tidy_the_table(fires: Path) -> None:
    latest = Artifact.versions("ca-fires", store=fires)[-1]
    assert isinstance(latest.data, list)
    assert latest.data[0] == {
        "Name": "August Complex (includes Doe Fire)",
        "Counties": "Mendocino, Humboldt, Trinity, Tehama, Glenn, Lake, Colusa",
        "AcresBurned": 1017546,
        "PercentContained": 62,
        "Started": "2020-08-16T20:37:26",
        "Updated": "2020-10-08T07:55:15",
        "MajorIncident": True,
        "StructuresDestroyed": 52,
        "PersonnelInvolved": 2540,
        "Latitude": 39.776,
        "Longitude": -122.673,
        "CanonicalUrl": (
            "https://www.fire.ca.gov/incidents/2020/8/16/august-complex-includes-doe-fire/"
        ),
    }


def test_fires_report_is_aligned_and_tells_what_grew(fires: Path) -> None:
    second = Artifact.versions("ca-fires-summary", store=fires)[1]
    assert isinstance(second.data, str)
    lines = second.data.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) > 3
    assert len({len(line) for line in table}) == 1
    assert [line for line in lines if "grew by" in line]


def test_fires_give_each_snapshot_a_run_of_its_own(fires: Path) -> None:
    store = Store(fires)
    first, second, third = (entry.header.run for entry in store.scan("ca-fires").entries)
    assert first.flow_run_name == "snapshot 2020-10-08"
    assert first.task == "publish-table"
    assert len({first.flow_run, second.flow_run, third.flow_run}) == 3


def test_fires_chart_is_small_and_told_in_words(fires: Path) -> None:
    entry = Store(fires).scan("ca-fires-chart").entries[0]
    chart = Artifact.get("ca-fires-chart", store=fires)
    assert chart is not None
    assert isinstance(chart.data, dict)
    assert chart.data["media_type"] == "image/png"
    assert int(str(chart.data["size"])) < 40_000
    assert "1,017,546 acres, 62% contained" in str(chart.data["alt"])
    assert (fires / entry.path).with_suffix(".png").is_file()


def test_every_snapshot_can_be_reported(ca_fires: ModuleType) -> None:
    from ca_fires_report import write_report

    snapshots = ca_fires.read_snapshots()
    assert len(snapshots) == 122
    reports = [write_report(one, last) for last, one in itertools.pairwise(snapshots)]
    assert all(report.startswith("# California's wildfires on ") for report in reports)
    assert not [report for report in reports if "None" in report]


@pytest.mark.parametrize("program", FIRST_STEPS, ids=lambda path: path.stem)
def test_first_step_runs_and_publishes(program: Path, tmp_path: Path) -> None:
    _run(program, tmp_path)
    store = Store(tmp_path / "artifacts")
    (folder,) = store.folders()
    scan = store.scan(folder)
    assert scan.entries
    assert not scan.problems


def test_two_tasks_of_one_flow_make_two_versions_of_one_run(tmp_path: Path) -> None:
    _run(EXAMPLES / "first_steps" / "irregular_data.py", tmp_path)
    second, first = Artifact.versions("irregular-data", store=tmp_path / "artifacts")
    assert first.flow_run_id == second.flow_run_id
    assert first.task_run_id != second.task_run_id
    assert (first.version, second.version) == (1, 2)


def test_plain_function_publishes_outside_any_run(tmp_path: Path) -> None:
    _run(EXAMPLES / "first_steps" / "customers_table.py", tmp_path)
    table = Artifact.get("customers-to-contact", store=tmp_path / "artifacts")
    assert table is not None
    assert table.flow_run_id is None
    assert table.type == "table"


def test_progress_moves_in_place(tmp_path: Path) -> None:
    _run(EXAMPLES / "first_steps" / "import_progress.py", tmp_path)
    (progress,) = Artifact.versions("nightly-import", store=tmp_path / "artifacts")
    assert progress.data == {"percent": 100.0}
    assert progress.description == "Batch 8 of 8 is in."


def test_publish_all_knows_every_first_step() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        import publish_all
    assert set(publish_all.FIRST_STEPS.values()) == {path.name for path in FIRST_STEPS}


def _run(program: Path, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program)],
        cwd=folder,
        env=os.environ | {"ARTIFOLIO_DIR": str(folder / "artifacts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
