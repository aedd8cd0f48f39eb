from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Link, Progress
from artifolio.origins import Code, Run
from samples import NOON, PNG, make_record, one_of_each_type, put

if TYPE_CHECKING:
    from artifolio.store import Store

COMMIT = "9fceb02d0ae598e95dc970b74767f19372d61af8"


@pytest.fixture
def filled(project: Store) -> Store:
    """Two versions of loss, one of sales, and one without a key, in this order of time."""
    project.add(make_record(number=1))
    project.add(make_record(key="sales", number=2, tags=("weekly",), description="## All **sold**"))
    project.add(make_record(key=None, number=3))
    project.add(make_record(Link("https://example.org"), number=4, code=Code(commit=COMMIT)))
    return project


def rows(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.splitlines()]


def keys(output: str) -> list[str]:
    return [row[0] for row in rows(output)[1:]]


def test_pipe_gets_every_column_of_the_latest_version_of_each_key(run: Any, filled: Store) -> None:
    assert rows(run("ls").stdout) == [
        ["KEY", "TYPE", "VERSIONS", "UPDATED", "COMMIT", "DESCRIPTION"],
        ["loss", "link", "2", "2026-08-01T12:04:00.123Z", COMMIT, ""],
        ["sales", "markdown", "1", "2026-08-01T12:02:00.123Z", "", "All sold"],
    ]


def test_all_lists_every_version_with_number_and_id(run: Any, filled: Store) -> None:
    listed = rows(run("ls", "--all").stdout)
    assert listed[0] == "KEY TYPE VERSION VERSIONS UPDATED COMMIT ID DESCRIPTION".split()
    assert [(row[0], row[2], row[3]) for row in listed[1:]] == [
        ("loss", "2", "2"),
        ("", "1", "1"),
        ("sales", "1", "1"),
        ("loss", "1", "2"),
    ]
    assert listed[1][6] == "019ab0d6-6f3b-7c1e-9d7a-000000000004"


def test_nothing_is_cut_off_at_200(run: Any, project: Store) -> None:
    for number in range(1, 232):
        project.add(make_record(key=f"key-{number}", number=number))
    assert len(keys(run("ls").stdout)) == 231


def test_pattern_selects_keys(run: Any, filled: Store) -> None:
    assert keys(run("ls", "s*").stdout) == ["sales"]


def test_pattern_selects_no_version_without_a_key(run: Any, filled: Store) -> None:
    assert keys(run("ls", "--all", "*").stdout) == ["loss", "sales", "loss"]


def test_type_selects_by_the_latest_version(run: Any, filled: Store) -> None:
    assert keys(run("ls", "--type", "markdown").stdout) == ["sales"]


def test_tag_selects_what_has_it(run: Any, filled: Store) -> None:
    assert keys(run("ls", "--tag", "weekly").stdout) == ["sales"]


def test_tags_must_all_be_there(run: Any, filled: Store) -> None:
    assert keys(run("ls", "--tag", "weekly", "--tag", "daily").stdout) == []


def test_limit_keeps_the_newest(run: Any, filled: Store) -> None:
    assert keys(run("ls", "--limit", "1").stdout) == ["loss"]


def test_progress_is_listed_by_when_it_last_moved(run: Any, filled: Store) -> None:
    moved = NOON + timedelta(hours=1)
    filled.add(make_record(Progress(4.0), "job", 0, updated=moved))
    assert rows(run("ls").stdout)[1][:4] == ["job", "progress", "1", "2026-08-01T13:00:00.123Z"]


def test_json_is_a_list_with_all_fields(run: Any, project: Store) -> None:
    project.add(make_record(number=1))
    project.add(
        make_record(
            Link("https://example.org", "here"),
            number=2,
            description="Two\nlines",
            tags=("a",),
            metadata={"model": "v3"},
            run=Run("churn", "f-1", "brave-otter", "score", "t-1"),
        )
    )
    assert json.loads(run("ls", "-o", "json").stdout) == [
        {
            "id": "019ab0d6-6f3b-7c1e-9d7a-000000000002",
            "key": "loss",
            "type": "link",
            "created": "2026-08-01T12:02:00.123Z",
            "updated": "2026-08-01T12:02:00.123Z",
            "description": "Two\nlines",
            "data": {"url": "https://example.org", "text": "here"},
            "metadata": {"model": "v3"},
            "tags": ["a"],
            "flow_run_id": "f-1",
            "task_run_id": "t-1",
            "version": 2,
            "versions": 2,
            "path": "loss/20260801T120200123Z-000000000002.yaml",
        }
    ]


def test_json_gives_a_table_as_a_list_of_objects(run: Any, project: Store) -> None:
    project.add(next(item for item in one_of_each_type() if item.header.type == "table"))
    (found,) = json.loads(run("ls", "-o", "json").stdout)
    assert found["data"][0] == {"city": "Bonn", "loss": 0.5, "ok": True}


def test_jsonl_is_one_object_a_line(run: Any, filled: Store) -> None:
    lines = run("ls", "--all", "-o", "jsonl").stdout.splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["loss", None, "sales", "loss"]


def test_csv_keeps_the_whole_description(run: Any, project: Store) -> None:
    project.add(make_record(description='Two, "quoted"\nlines', tags=("a", "b")))
    (row,) = csv.DictReader(io.StringIO(run("ls", "-o", "csv").stdout))
    assert row["description"] == 'Two, "quoted"\nlines'
    assert json.loads(row["tags"]) == ["a", "b"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_holds_no_formula(run: Any, project: Store, start: str) -> None:
    project.add(make_record(description=f"{start}HYPERLINK(1)"))
    (row,) = csv.DictReader(io.StringIO(run("ls", "-o", "csv").stdout))
    assert row["description"].startswith("'")
    assert row["description"].endswith("HYPERLINK(1)")
    assert row["versions"] == "1"


def test_empty_store_says_so_on_standard_error(run: Any, project: Store) -> None:
    result = run("ls")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"No artifacts in {project.root} yet.\n"


def test_empty_store_is_an_empty_list_in_json(run: Any, project: Store) -> None:
    assert run("ls", "-o", "json").stdout == "[]\n"


def test_only_keyless_versions_point_to_all(run: Any, project: Store) -> None:
    project.add(make_record(key=None))
    assert "ls --all" in run("ls").stderr


def test_problems_are_one_line_on_standard_error(run: Any, filled: Store) -> None:
    put(filled, "loss/broken.yaml", "no record")
    put(filled, "sales/20260801T120000123Z-000000000009.yaml", "format: 9\n...\n")
    result = run("ls")
    assert result.exit_code == 0
    assert keys(result.stdout) == ["loss", "sales"]
    assert result.stderr == "2 records have problems; run 'artifolio check'\n"


def test_record_whose_body_is_broken_is_left_out_of_json(run: Any, filled: Store) -> None:
    path = filled.root / "sales/20260801T120200123Z-000000000002.yaml"
    text = path.read_text()
    path.write_text(text[: text.index("data:")] + "data: 5\n...\n")
    result = run("ls", "-o", "json")
    assert [item["key"] for item in json.loads(result.stdout)] == ["loss"]
    assert result.stderr == "1 record has problems; run 'artifolio check'\n"


def test_no_control_character_reaches_a_terminal(on_terminal: Any, project: Store) -> None:
    project.add(make_record(description="\x1b[31mred \x9b31m \u202e", tags=("\x1b]0;x\x07",)))
    screen = on_terminal("ls", NO_COLOR="1")
    assert r"\x1b[31mred \x9b31m \u202e" in screen.text
    assert screen.text.replace("\n", "").isprintable()


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_no_control_character_reaches_a_pipe(run: Any, project: Store, form: str) -> None:
    project.add(make_record(key=None, description="\x1b[31m\x9b \u202e\x7f", metadata={"\x85": 1}))
    output = run("ls", "--all", "-o", form).stdout
    assert output.replace("\n", "").replace("\t", "").isprintable()


def test_escaped_json_is_still_the_same_value(run: Any, project: Store) -> None:
    text = "\x1b[31m\x9b \u202e\x7f\ue000\U000e0001 😀 ü"
    project.add(make_record(description=text))
    assert json.loads(run("ls", "-o", "json").stdout)[0]["description"] == text


def test_terminal_gets_a_table_with_relative_times(on_terminal: Any, filled: Store) -> None:
    screen = on_terminal("ls", NO_COLOR="1")
    assert screen.text.splitlines()[0].split() == (
        "KEY TYPE VERSIONS UPDATED COMMIT DESCRIPTION".split()
    )
    assert "ago" in screen.text
    assert "9fceb02 " in screen.text
    assert COMMIT not in screen.text
    assert "\t" not in screen.text


def test_terminal_gets_colours(on_terminal: Any, filled: Store) -> None:
    assert "\x1b[" in on_terminal("ls").text


def test_no_color_leaves_no_escape_sequence(on_terminal: Any, filled: Store) -> None:
    assert "\x1b" not in on_terminal("ls", NO_COLOR="1").text


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_table_fits_the_terminal(on_terminal: Any, project: Store, columns: int) -> None:
    project.add(make_record(key="personalized-reachout-of-the-week", description="x " * 200))
    screen = on_terminal("ls", NO_COLOR="1", columns=columns)
    assert max(map(len, screen.text.splitlines())) <= columns
    assert "KEY" in screen.text


def test_json_on_a_terminal_is_json(on_terminal: Any, filled: Store) -> None:
    assert len(json.loads(on_terminal("ls", "-o", "json").text)) == 2


def test_attachments_do_not_matter(run: Any, project: Store) -> None:
    for record in one_of_each_type():
        project.add(record, PNG)
    assert len(keys(run("ls").stdout)) == 6
