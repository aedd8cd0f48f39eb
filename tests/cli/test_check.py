from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from samples import make_record, put

if TYPE_CHECKING:
    from artifolio.store import Store


def test_good_records_are_counted(run: Any, project: Store) -> None:
    project.add(make_record(number=1))
    project.add(make_record(number=2))
    result = run("check")
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        "checked 2 records: no problems\n",
        "",
    )


def test_problem_is_a_line_with_its_path(run: Any, project: Store) -> None:
    project.add(make_record())
    put(project, "loss/notes.yaml", "just text")
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("loss/notes.yaml: ")
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == "checked 2 records: 1 problem\n"


def test_json_lists_path_and_reason(run: Any, project: Store) -> None:
    put(project, "stray.yaml", "x: 1\n")
    result = run("check", "-o", "json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)
    assert problem["path"] == "stray.yaml"
    assert problem["reason"].startswith("not read")


def test_json_without_problems_is_an_empty_list(run: Any, project: Store) -> None:
    result = run("check", "-o", "json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")


def test_name_of_a_file_cannot_steer_a_terminal(run: Any, project: Store) -> None:
    put(project, "loss/\x1b[31m.yaml", "x")
    assert run("check").stdout.startswith(r"loss/\x1b[31m.yaml: ")
