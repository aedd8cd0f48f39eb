from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import (
    Body,
    Column,
    Link,
    Markdown,
    Progress,
    Table,
)
from artifolio.cli.trendlines import sparkline
from samples import PNG, bodies_with, make_record, put

if TYPE_CHECKING:
    from artifolio.store import Store

HOSTILE = "\x1b[31mred\u202e\x9b31m\r\x07"
ID = "019ab0d6-6f3b-7c1e-9d7a-00000000000"
BLOCKS = "▁▂▃▄▅▆▇█"
BODIES = bodies_with(PNG)


def publish(store: Store, *percents: float | None) -> None:
    """Publish a version of loss for each; Markdown, which has no number, for None."""
    for number, percent in enumerate(percents, 1):
        body: Body = Markdown("x") if percent is None else Progress(percent)
        store.add(make_record(body, number=number))


def metadata(store: Store, name: str, *values: float) -> None:
    """Publish a version of loss with each value in its metadata."""
    for number, value in enumerate(values, 1):
        store.add(make_record(Markdown("x"), number=number, metadata={name: value}))


def cut_off(store: Store, number: int) -> str:
    """Leave the header of a version as it is and take the end from its body."""
    path = store.scan("loss").entries[number - 1].path
    text = (store.root / path).read_text("utf-8")
    put(store, path, re.sub("\ndata: .*\n", "\ndata: [\n", text))
    return path


def lines_of(result: Any) -> list[str]:
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_each_number_has_its_lines(run: Any, project: Store) -> None:
    columns = (Column("fire", "string"), Column("acres", "integer"))
    for number, acres in enumerate((12_040, 50, 50), 1):
        table = Table(columns, (("Oak", acres), ("Red", 1)))
        project.add(make_record(table, number=number))
    assert lines_of(run("trend", "loss")) == [
        "acres.sum  51 (unchanged)",
        "  least 51 (v3), greatest 12,041 (v1)",
        "  v1 █▁▁ v3",
        "",
        "rows  2 (unchanged)",
        "  least 2 (v3), greatest 2 (v3)",
        "  v1 ▄▄▄ v3",
    ]


def test_steps_are_named(run: Any, project: Store) -> None:
    metadata(project, "acres", *[12_040] * 11, 50, 50)
    assert lines_of(run("trend", "loss"))[-1] == "  step v12 2026-08-01: 12,040 → 50"


def test_the_newest_ten_steps_are_named(run: Any, project: Store) -> None:
    metadata(project, "a", *([0] * 9 + [5]) * 7)
    steps = lines_of(run("trend", "loss"))[3:]
    assert steps[0] == "  … 3 earlier steps"
    assert len(steps) == 11
    assert steps[-1] == "  step v70 2026-08-01: 0 → 5"


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ((1, 3), "metadata.a  3 (+2)"),
        ((1.5, 1.25), "metadata.a  1.25 (-0.25)"),
        ((5, 5), "metadata.a  5 (unchanged)"),
        ((5, 5.0), "metadata.a  5 (unchanged)"),
        ((5,), "metadata.a  5"),
        ((10**30, -5), "metadata.a  -5 (-1e+30)"),
        ((0.5, 10**400), "metadata.a  1e+400 (changed)"),
    ],
)
def test_the_latest_value_stands_beside_its_change(
    run: Any, project: Store, values: tuple[float, ...], heading: str
) -> None:
    metadata(project, "a", *values)
    assert lines_of(run("trend", "loss"))[0] == heading


def test_a_change_since_an_earlier_version_says_so(run: Any, project: Store) -> None:
    publish(project, 10, None, None, 40)
    assert lines_of(run("trend", "loss")) == [
        "percent  40 (+30 since v1)",
        "  least 10 (v1), greatest 40 (v4)",
        "  v1 ▁█ v4",
    ]


def test_a_number_of_one_version_says_so(run: Any, project: Store) -> None:
    publish(project, None, 40)
    assert lines_of(run("trend", "loss")) == ["percent  40", "  in v2 only"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5], "▄"),
        ([5, 5, 5], "▄▄▄"),
        (list(range(8)), BLOCKS),
        ([0, 100], "▁█"),
        ([-1.5, 0, 2], "▁▄█"),
        ([10**400, 0, 0.5], "█▁▁"),
        ([-1.7e308, 0, 1.7e308], "▁▅█"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_sparkline_goes_from_the_least_to_the_greatest(
    values: list[float], expected: str
) -> None:
    assert sparkline(values) == expected


@pytest.mark.parametrize("columns", [8, 40, 60, 120])
def test_the_newest_values_that_fit_are_drawn(
    on_terminal: Any, project: Store, columns: int
) -> None:
    publish(project, *[number / 2 for number in range(150)])
    lines = on_terminal("trend", "loss", NO_COLOR="1", columns=columns).text.splitlines()
    assert max(map(len, lines)) <= columns
    assert any(line.endswith("v150") for line in lines)
    assert any("█" in line for line in lines) or columns == 8


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_blocks_gets_plain_ascii(
    on_terminal: Any, project: Store, encoding: str
) -> None:
    metadata(project, "a", *range(8), 90)
    screen = on_terminal("trend", "loss", NO_COLOR="1", PYTHONIOENCODING=encoding)
    assert screen.text.isascii()
    assert "v1 _______.# v9" in screen.text
    assert "step v9 2026-08-01: 7 -> 90" in screen.text


def test_steps_left_out_are_told_in_plain_ascii_too(on_terminal: Any, project: Store) -> None:
    metadata(project, "a", *([0] * 9 + [5]) * 7)
    screen = on_terminal("trend", "loss", NO_COLOR="1", PYTHONIOENCODING="ascii")
    assert "  ... 3 earlier steps\n" in screen.text
    assert "\\" not in screen.text


def test_a_pipe_gets_no_colours(run: Any, project: Store) -> None:
    publish(project, 10, 40)
    assert "\x1b" not in run("trend", "loss").stdout


def test_json_is_a_list_of_series(run: Any, project: Store) -> None:
    publish(project, 10, None, 40)
    assert json.loads(run("trend", "loss", "-o", "json").stdout) == [
        {
            "name": "percent",
            "points": [
                {
                    "version": number,
                    "id": f"{ID}{number}",
                    "created": f"2026-08-01T12:0{number}:00.123Z",
                    "value": value,
                    "step": False,
                }
                for number, value in [(1, 10.0), (3, 40.0)]
            ],
        }
    ]


def test_json_marks_steps(run: Any, project: Store) -> None:
    metadata(project, "a", 1, 1, 1, 1, 9)
    (series,) = json.loads(run("trend", "loss", "-o", "json").stdout)
    assert [point["step"] for point in series["points"]] == [False, False, False, False, True]


def test_csv_has_a_row_for_each_version(run: Any, project: Store) -> None:
    publish(project, 10, None, 40)
    assert lines_of(run("trend", "loss", "-o", "csv")) == [
        "version,id,created,percent",
        f"1,{ID}1,2026-08-01T12:01:00.123Z,10.0",
        f"2,{ID}2,2026-08-01T12:02:00.123Z,",
        f"3,{ID}3,2026-08-01T12:03:00.123Z,40.0",
    ]


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1"])
def test_csv_has_no_formula_for_a_name(run: Any, project: Store, name: str) -> None:
    project.add(make_record(Table((Column(name, "integer"),), ((-5,),))))
    heading, row = csv.reader(io.StringIO(run("trend", "loss", "-o", "csv").stdout))
    assert heading[3].startswith("'")
    assert row[3] == "-5"


@pytest.mark.parametrize(("form", "written"), [("text", ""), ("json", "[]\n")])
def test_a_key_without_numbers_is_told(run: Any, project: Store, form: str, written: str) -> None:
    publish(project, 10, None)
    result = run("trend", "loss", "-o", form)
    assert (result.exit_code, result.stdout) == (0, written)
    assert result.stderr == "The latest version of loss has no numbers to follow.\n"


def test_csv_of_a_key_without_numbers_has_its_versions(run: Any, project: Store) -> None:
    publish(project, None)
    result = run("trend", "loss", "-o", "csv")
    assert result.stdout.splitlines() == [
        "version,id,created",
        f"1,{ID}1,2026-08-01T12:01:00.123Z",
    ]


def test_a_key_that_is_not_there_is_not_found(run: Any, project: Store) -> None:
    publish(project, 10)
    result = run("trend", "los")
    assert result.exit_code == 3
    assert "did you mean 'loss'?" in result.stderr


def test_an_id_is_no_key(run: Any, project: Store) -> None:
    publish(project, 10)
    assert run("trend", f"{ID}1").exit_code == 3


def test_a_body_that_cannot_be_read_is_left_out_and_told(run: Any, project: Store) -> None:
    publish(project, 10, 20, 30, 40)
    path = cut_off(project, 2)
    result = run("trend", "loss")
    assert result.stdout.splitlines()[0] == "percent  40 (+10)"
    assert "v1 ▁▆█ v4" in result.stdout
    assert f"Error: {path}: " in result.stderr
    assert result.exit_code == 1


def test_a_latest_body_that_cannot_be_read_hides_no_numbers(run: Any, project: Store) -> None:
    publish(project, 10, 20, 30)
    path = cut_off(project, 3)
    result = run("trend", "loss")
    assert result.stdout.splitlines()[0] == "percent  20 (+10)"
    assert path in result.stderr


def test_a_record_that_is_cut_off_is_told(run: Any, project: Store) -> None:
    publish(project, 10, 20)
    path = put(project, "loss/20260801T120300123Z-000000000003.yaml", "format: 1\n").name
    result = run("trend", "loss", "-o", "csv")
    assert result.stdout.count("\n") == 3
    assert f"Error: loss/{path}: " in result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_where_nothing_can_be_read_only_that_is_told(run: Any, project: Store, form: str) -> None:
    put(project, "loss/20260801T120300123Z-000000000003.yaml", "format: 1\n")
    result = run("trend", "loss", "-o", form)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["text", "json", "csv"])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.type)
def test_every_type_is_told(run: Any, project: Store, form: str, body: Body) -> None:
    for number in (1, 2):
        project.add(make_record(body, number=number), PNG)
    assert run("trend", "loss", "-o", form).exit_code == 0


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_nothing_of_a_record_steers_a_terminal(on_terminal: Any, project: Store, form: str) -> None:
    for number in range(1, 7):
        table = Table((Column(HOSTILE, "integer"),), ((number**9,),))
        fields = {"number": number, "metadata": {HOSTILE: 1, f"\n{HOSTILE}": number}}
        project.add(make_record(table, **fields))
    screen = on_terminal("trend", "loss", "-o", form, NO_COLOR="1")
    assert screen.code == 0
    assert screen.text.replace("\n", "").isprintable()


def test_a_name_takes_one_line(run: Any, project: Store) -> None:
    project.add(make_record(Table((Column("a\nb\tc", "integer"),), ((1,),))))
    assert lines_of(run("trend", "loss"))[0] == r"a\nb\tc  1"


def test_an_empty_name_is_told(run: Any, project: Store) -> None:
    project.add(make_record(Table((Column("", "integer"),), ((1,),))))
    assert lines_of(run("trend", "loss"))[0] == "(no name)  1"


def test_versions_of_other_types_are_gaps(run: Any, project: Store) -> None:
    project.add(make_record(Link("https://example.org"), number=1))
    project.add(make_record(Progress(5.0), number=2))
    assert lines_of(run("trend", "loss")) == ["percent  5", "  in v2 only"]


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_trend_into_a_pipe_loads_nothing_heavy(project: Store, form: str) -> None:
    publish(project, 10, 20)
    code = (
        "import sys\nfrom artifolio.cli.main import cli\n"
        f"cli.main(['trend', 'loss', '-o', '{form}'], standalone_mode=False)\n"
        "heavy = {'rich', 'mkdocs', 'jinja2', 'watchdog', 'cmarkgfm', 'nh3', 'asyncio'}\n"
        "print(*heavy & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""
