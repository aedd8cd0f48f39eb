"""Programs in the style of Prefect's documentation, run as their authors would run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from artifolio import Artifact

PROGRAMS = Path(__file__).parent / "programs"


def run(name: str) -> None:
    """Run a program in the working directory; it must say nothing and warn of nothing."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROGRAMS / name)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_two_tasks_of_one_flow_publish_links():
    run("irregular_data.py")
    second, first = Artifact.versions("irregular-data")
    assert first.data == {"url": "https://example.org/kept-aside/2026-08-01/first.csv"}
    assert second.data == {"url": "https://example.org/kept-aside/2026-08-01/second.csv"}
    assert first.description == "## Kept aside\n\nRows of the first batch without a postal code"
    assert first.flow_run_id == second.flow_run_id
    assert first.flow_run_id is not None
    assert first.task_run_id != second.task_run_id


def test_the_tasks_and_the_flow_have_names(store):
    run("irregular_data.py")
    first, second = (entry.header.run for entry in store.scan("irregular-data").entries)
    assert (first.flow, first.task) == ("nightly-check", "check-first-batch")
    assert (second.flow, second.task) == ("nightly-check", "check-second-batch")


def test_a_link_has_a_text():
    run("link_with_text.py")
    found = Artifact.get("my-important-link")
    assert found.data == {"url": "https://example.org/dashboards/churn", "text": "Churn, by month"}
    assert found.task_run_id is None


def test_a_task_publishes_a_report():
    run("markdown_report.py")
    found = Artifact.get("revenue-report")
    assert "| North         |  30,864.20 € |\n" in found.data
    assert found.data.startswith("# Revenue of July\n\n## Summary\n")
    assert found.description == "Revenue per region"


def test_a_report_stands_in_its_record_line_by_line(store):
    run("markdown_report.py")
    (entry,) = store.scan("revenue-report").entries
    text = (store.root / entry.path).read_text(encoding="utf-8")
    assert "\ndata: |2\n  # Revenue of July\n\n  ## Summary\n" in text
    assert entry.header.run.task == "Write the report"


def test_a_plain_function_publishes_a_table(store):
    run("table_outside_a_run.py")
    found = Artifact.get("personalized-reachout")
    assert found.data == [
        {"customer_id": "12345", "name": "Ada Miller", "churn_probability": 0.85},
        {"customer_id": "56789", "name": "Bo Jönsson", "churn_probability": 0.65},
    ]
    assert (found.flow_run_id, found.task_run_id) == (None, None)
    (entry,) = store.scan("personalized-reachout").entries
    assert [column.type for column in entry.header.columns] == ["string", "string", "number"]


def test_publishing_twice_makes_a_second_version():
    run("link_with_text.py")
    run("link_with_text.py")
    assert [found.version for found in Artifact.versions("my-important-link")] == [2, 1]


@pytest.mark.parametrize("program", sorted(PROGRAMS.glob("*.py")), ids=lambda path: path.stem)
def test_every_program_is_prefects_but_for_the_import(program):
    imports = [
        line for line in program.read_text().splitlines() if line.startswith(("from", "import"))
    ]
    assert len(imports) == 1
    assert imports[0].startswith("from artifolio import ")
    assert program.name in Path(__file__).read_text()
