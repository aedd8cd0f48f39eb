from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from artifolio.temporaries import TEMPORARY_PREFIX
from samples import make_record, put, put_record

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
    put(project, "loss/.keep", "")
    put(project, "loss/\x1b[31m.yaml", "x")
    assert run("check").stdout.startswith(r"loss/\x1b[31m.yaml: ")


def test_fix_says_what_it_did(run: Any, project: Store) -> None:
    put_record(project, make_record())
    os.utime(put(project, f"loss/{TEMPORARY_PREFIX}1-2.tmp", ""), (1, 1))
    result = run("check", "--fix")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "fixed loss/.keep: made, for it was missing",
        f"fixed loss/{TEMPORARY_PREFIX}1-2.tmp: removed, for its writer is gone",
        "checked 1 record: no problems left",
    ]


def test_without_fix_nothing_is_done(run: Any, project: Store) -> None:
    put_record(project, make_record())
    assert run("check").exit_code == 1
    assert not (project.root / "loss/.keep").exists()


def test_fix_fails_where_problems_are_left(run: Any, project: Store) -> None:
    put_record(project, make_record())
    put(project, "notes.txt", "")
    result = run("check", "--fix")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        "fixed loss/.keep",
        "notes.txt",
    ]
    assert result.stderr == "checked 1 record: 1 problem left\n"


def test_fix_with_nothing_to_do_says_what_check_does(run: Any, project: Store) -> None:
    project.add(make_record())
    assert run("check", "--fix").stdout == "checked 1 record: no problems\n"


def test_json_lists_what_was_fixed_too(run: Any, project: Store) -> None:
    put_record(project, make_record())
    put(project, "notes.txt", "")
    fixed, problem = json.loads(run("check", "--fix", "-o", "json").stdout)
    assert fixed == {"path": "loss/.keep", "reason": "made, for it was missing", "fixed": True}
    assert problem["path"] == "notes.txt"
    assert "fixed" not in problem


def test_terminal_breaks_lines_between_words(on_terminal: Any, project: Store) -> None:
    put(project, "notes.txt", "")
    assert on_terminal("check", columns=30).text.splitlines() == [
        "notes.txt: in no key's folder;",
        "  delete it or move it out",
        "checked 0 records: 1 problem",
    ]
