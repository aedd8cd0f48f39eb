from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
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
from artifolio.cli.words import later
from samples import (
    NOON,
    PNG,
    bodies_with,
    make_illustrated,
    make_record,
    put,
)

if TYPE_CHECKING:
    from artifolio.store import Store

HOSTILE = "\x1b[31mred\u202e\x9b31m\r\x07"
BODIES = bodies_with(PNG)
COLUMNS = (Column("fire", "string"), Column("acres", "integer"), Column("note", "string"))


@pytest.fixture
def three(project: Store) -> Store:
    """Three versions of loss."""
    for number in (1, 2, 3):
        project.add(make_record(Markdown(f"# Loss\n\nIt is {number}.\n"), number=number))
    return project


@pytest.fixture
def fires(project: Store) -> Store:
    """Two versions of a table."""
    old = (("Oak", 50, None), ("Mill", 10, "x"), ("Red", 7, None))
    new = (("Oak", 12_090, "1"), ("Mill", 10, "x"), ("Yeti", 3, None))
    project.add(make_record(Table(COLUMNS, old), key="fires", number=1))
    project.add(make_record(Table(COLUMNS, new), key="fires", number=121))
    return project


def compared(result: Any) -> tuple[int, int]:
    found = json.loads(result.stdout)
    return found["old"]["version"], found["new"]["version"]


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        ([], (2, 3)),
        (["1"], (1, 3)),
        (["1", "2"], (1, 2)),
        (["2", "1"], (2, 1)),
        (["-3", "-2"], (1, 2)),
        (["-3"], (1, 3)),
        (["--", "-3", "-1"], (1, 3)),
        (["019ab0d6-6f3b-7c1e-9d7a-000000000001"], (1, 3)),
        (["019AB0D66F3B7C1E9D7A000000000002", "1"], (2, 1)),
    ],
)
def test_versions_are_named_by_number_or_id(
    run: Any, three: Store, names: list[str], numbers: tuple[int, int]
) -> None:
    assert compared(run("diff", "loss", "-o", "json", *names)) == numbers


def test_options_may_follow_negative_numbers(run: Any, three: Store) -> None:
    assert compared(run("diff", "loss", "-3", "-1", "-o", "json")) == (1, 3)


def test_unique_start_of_an_id_is_enough(run: Any, project: Store) -> None:
    project.add(make_record(number=1))
    project.add(make_record(key="other", number=2))
    project.add(make_record(number=1 << 44, created=NOON + timedelta(days=1)))
    assert compared(run("diff", "loss", "019ab0d6-6f3b-7c1e-9d7a-0", "2", "-o", "json")) == (1, 2)


@pytest.mark.parametrize("name", ["4", "-4", "0", "999999999"])
def test_number_that_is_not_there_is_not_found(run: Any, three: Store, name: str) -> None:
    result = run("diff", "loss", name)
    assert result.exit_code == 3
    assert "there are 1 to 3" in result.stderr


@pytest.mark.parametrize("name", ["ff", "", "9" * 5000, "loss"])
def test_id_that_is_not_there_is_not_found(run: Any, three: Store, name: str) -> None:
    result = run("diff", "loss", name)
    assert result.exit_code == 3
    assert "of loss not found; see 'artifolio ls --all loss'" in result.stderr


def test_id_of_another_key_is_not_found(run: Any, three: Store) -> None:
    three.add(make_record(key="sales", number=4))
    assert run("diff", "loss", "019ab0d6-6f3b-7c1e-9d7a-000000000004").exit_code == 3


def test_ambiguous_id_lists_its_candidates(run: Any, three: Store) -> None:
    result = run("diff", "loss", "019ab")
    assert result.exit_code == 1
    assert "000000000002  2026-08-01T12:02:00.123Z  loss v2" in result.stderr


def test_key_that_is_not_there_is_not_found(run: Any, three: Store) -> None:
    result = run("diff", "los")
    assert result.exit_code == 3
    assert "did you mean 'loss'?" in result.stderr


def test_only_version_has_nothing_to_be_compared_with(run: Any, project: Store) -> None:
    project.add(make_record())
    result = run("diff", "loss")
    assert result.exit_code == 3
    assert "so there is nothing to compare it with" in result.stderr


@pytest.mark.parametrize("option", ["--exitcode", "-x", "-1x", "--2"])
def test_unknown_option_is_wrong_usage(run: Any, three: Store, option: str) -> None:
    result = run("diff", "loss", option)
    assert result.exit_code == 2
    assert option in result.stderr


def test_record_that_is_cut_off_is_told(run: Any, three: Store) -> None:
    path = next(iter(three.scan("loss").entries)).path
    put(three, path, (three.root / path).read_bytes()[:-60])
    result = run("diff", "loss", "-o", "json")
    assert compared(result) == (1, 2)
    assert f"Error: {path}: " in result.stderr
    assert result.exit_code == 1


def test_record_that_is_cut_off_may_be_why_there_is_one_only(run: Any, project: Store) -> None:
    project.add(make_record(number=1))
    put(project, "loss/20260801T120200123Z-000000000002.yaml", "format: 1\n")
    result = run("diff", "loss")
    assert result.exit_code == 1
    assert "000000000002.yaml: " in result.stderr
    assert "nothing to compare" not in result.stderr


def test_body_that_cannot_be_read_is_an_error(run: Any, three: Store) -> None:
    path = three.scan("loss").entries[-1].path
    text = (three.root / path).read_text("utf-8")
    put(three, path, re.sub("\ndata: .*\n", "\ndata: [\n", text))
    result = run("diff", "loss")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"Error: {path}: " in result.stderr


@pytest.mark.parametrize(
    ("names", "options", "code"),
    [
        ([], ["--exit-code"], 1),
        (["3"], ["--exit-code"], 0),
        ([], [], 0),
    ],
)
def test_exit_code_tells_whether_they_differ(
    run: Any, three: Store, names: list[str], options: list[str], code: int
) -> None:
    assert run("diff", "loss", *names, *options).exit_code == code


def test_text_is_listed_with_signs(run: Any, three: Store) -> None:
    assert run("diff", "loss").stdout.splitlines() == [
        "loss v2 → v3, 1 minute later"
        "  (019ab0d6-6f3b-7c1e-9d7a-000000000002 → 019ab0d6-6f3b-7c1e-9d7a-000000000003)",
        "1 line added, 1 removed",
        "",
        "  # Loss",
        "",
        "- It is 2.",
        "+ It is 3.",
    ]


def test_equal_lines_are_folded(run: Any, project: Store) -> None:
    lines = [f"line {number}" for number in range(20)]
    project.add(make_record(Markdown("\n".join(lines)), number=1))
    project.add(make_record(Markdown("\n".join([*lines, "end"])), number=2))
    assert run("diff", "loss").stdout.splitlines()[3:] == [
        "… 17 equal lines",
        "  line 17",
        "  line 18",
        "  line 19",
        "+ end",
    ]


def test_rows_are_listed_with_their_cells(run: Any, fires: Store) -> None:
    head, *lines = run("diff", "fires").stdout.splitlines()
    assert head.startswith("fires v1 → v2, 2 hours later")
    assert lines == [
        "1 row changed, 1 added, 1 removed; acres +12,036",
        "",
        "~ Oak",
        "    acres  50 → 12090 (+12,040)",
        "    note   (empty) → 1",
        "+ Yeti  added",
        "    acres  3",
        "- Red  removed",
        "    acres  7",
        "",
        "sum of acres  67 → 12103 (+12,036)",
        "1 row unchanged; rows are matched by fire",
    ]


def test_columns_are_listed_with_their_types(run: Any, project: Store) -> None:
    new = (Column("fire", "string"), Column("acres", "number"), Column("when", "date"))
    project.add(make_record(Table(COLUMNS, (("Oak", 1, "x"),)), number=1))
    project.add(make_record(Table(new, (("Oak", 1.0, "2026-08-01"),)), number=2))
    lines = run("diff", "loss").stdout.splitlines()
    assert lines[3:6] == [
        "~ column acres  integer → number",
        "+ column when  date",
        "- column note  string",
    ]


def test_values_that_look_the_same_are_told_apart(run: Any, project: Store) -> None:
    columns = (Column("a", "mixed"), Column("b", "mixed"))
    project.add(make_record(Table(columns, (("1", None),)), number=1))
    project.add(make_record(Table(columns, ((1, ""),)), number=2))
    lines = run("diff", "loss").stdout.splitlines()
    assert '    a  "1" → 1' in lines
    assert '    b  null → ""' in lines


def test_long_cells_are_compared_word_by_word(run: Any, project: Store) -> None:
    for number in (1, 2):
        table = Table((Column("n", "string"),), ((f"{'word ' * 20}{number}",),))
        project.add(make_record(table, number=number))
    lines = run("diff", "loss").stdout.splitlines()
    assert lines[4:7] == ["    n", f"      - {'word ' * 20}1", f"      + {'word ' * 20}2"]


def test_fields_are_listed(run: Any, project: Store) -> None:
    project.add(make_record(Progress(40.0), number=1))
    project.add(make_record(Progress(62.5), number=2))
    assert run("diff", "loss").stdout.splitlines()[1:] == [
        "+22.5 points",
        "",
        "percent  40.0 → 62.5 (+22.5)",
    ]


def test_another_type_is_told(run: Any, three: Store) -> None:
    three.add(make_record(Link("https://example.org"), number=4))
    assert run("diff", "loss").stdout.splitlines()[1:] == [
        "markdown became link",
        "",
        "type  markdown → link",
    ]


def test_json_is_one_object(run: Any, fires: Store) -> None:
    found = json.loads(run("diff", "fires", "-o", "json").stdout)
    assert {name: found[name] for name in ("key", "type", "old", "same", "sentence")} == {
        "key": "fires",
        "type": "table",
        "old": {
            "version": 1,
            "id": "019ab0d6-6f3b-7c1e-9d7a-000000000001",
            "created": "2026-08-01T12:01:00.123Z",
        },
        "same": False,
        "sentence": "1 row changed, 1 added, 1 removed; acres +12,036",
    }
    assert [row["kind"] for row in found["rows"]] == ["changed", "added", "removed"]


def test_json_of_the_same_is_the_same(run: Any, fires: Store) -> None:
    found = json.loads(run("diff", "fires", "1", "1", "-o", "json").stdout)
    assert (found["same"], found["sentence"], found["rows"]) == (True, "unchanged", [])


def test_markdown_has_a_heading(run: Any, fires: Store) -> None:
    lines = run("diff", "fires", "-o", "md").stdout.splitlines()
    assert lines[0] == "### fires v1 → v2, 2 hours later"
    assert "| Oak | acres | 50 | 12090 | +12,040 |" in lines


def test_html_is_a_page_that_needs_no_other_file(run: Any, project: Store) -> None:
    project.add(make_record(Markdown("</style><script>alert(1)</script>"), number=1))
    project.add(make_record(Markdown("<img src=x onerror=alert(1)>"), number=2))
    page = run("diff", "loss", "-o", "html").stdout
    assert page.startswith("<!doctype html>\n")
    assert "<title>loss v1 → v2, 1 minute later</title>" in page
    assert page.count("<style>") == page.count("</style>") == 1
    assert "--af-good" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "<link" not in page


@pytest.mark.parametrize("form", ["text", "md", "json"])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.type)
def test_every_type_is_told(run: Any, project: Store, form: str, body: Body) -> None:
    project.add(make_record(Markdown("before"), number=20))
    project.add(make_record(body, number=21), PNG)
    project.add(make_record(body, number=22), PNG)
    assert run("diff", "loss", "1", "2", "-o", form).exit_code == 0
    assert "unchanged" in run("diff", "loss", "2", "3", "-o", form).stdout


@pytest.mark.parametrize("form", ["text", "md", "json", "html"])
def test_nothing_of_a_record_steers_a_terminal(on_terminal: Any, project: Store, form: str) -> None:
    columns = (Column(f"a{HOSTILE}", "string"), Column(f"b{HOSTILE}", "string"))
    for number in (1, 2, 3):
        rows = (("k" + HOSTILE, f"{HOSTILE}{number}"), (f"{number}" + HOSTILE, "x"))
        project.add(make_record(Table(columns, rows), key="table", number=number))
        project.add(make_record(Markdown(f"{HOSTILE}\n{number}{HOSTILE}"), number=number + 3))
        project.add(make_record(Link(f"{HOSTILE}{number}"), key="link", number=number + 6))
    for key in ("table", "loss", "link"):
        screen = on_terminal("diff", key, "-o", form, NO_COLOR="1")
        assert screen.code == 0
        assert screen.text.replace("\n", "").isprintable()


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_lines_are_folded_below_their_start(on_terminal: Any, project: Store, columns: int) -> None:
    for number in (1, 2):
        text = "\n".join([f"- {'wörd ' * 40}{number}", "x" * 300, "\ttab 名前" * 30])
        project.add(make_record(Markdown(text), number=number))
    lines = on_terminal("diff", "loss", NO_COLOR="1", columns=columns).text.splitlines()
    assert max(map(len, lines)) <= columns
    start = lines.index(next(line for line in lines if line.startswith("- - wörd")))
    assert lines[start + 1].startswith("  wörd")


def test_changed_words_are_marked_on_a_terminal(on_terminal: Any, three: Store) -> None:
    text = on_terminal("diff", "loss").text
    assert "\x1b[7;31m2\x1b[0m" in text
    assert "\x1b[7;32m3\x1b[0m" in text


def test_pipe_gets_no_colours(run: Any, fires: Store) -> None:
    assert "\x1b" not in run("diff", "fires").stdout


@pytest.mark.parametrize("form", ["text", "json", "md"])
def test_diff_into_a_pipe_loads_nothing_heavy(three: Store, form: str) -> None:
    code = (
        "import sys\nfrom artifolio.cli.main import cli\n"
        f"cli.main(['diff', 'loss', '-o', '{form}'], standalone_mode=False)\n"
        "heavy = {'rich', 'mkdocs', 'jinja2', 'watchdog', 'cmarkgfm', 'nh3', 'asyncio'}\n"
        "print(*heavy & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (7300, "2 hours later"),
        (-86_400, "1 day earlier"),
        (5, "moments later"),
        (-5, "moments earlier"),
        (0, "at the same moment"),
    ],
)
def test_time_between_is_told(seconds: int, words: str) -> None:
    assert later(NOON, NOON + timedelta(seconds=seconds)) == words


@pytest.fixture
def replotted(project: Store) -> Store:
    """Two versions of loss with one text and another plot."""
    for number, content in enumerate((b"a", b"b"), 1):
        project.add(make_record(make_illustrated(loss=content), number=number), content)
    return project


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("text", "\n~ image plots/loss.png  changed\n"),
        ("json", '"kind": "changed",'),
        ("md", "\n**Images**\n\n- changed: plots/loss.png\n"),
        ("html", "<b>plots/loss.png</b> <i>image changed</i>"),
    ],
)
def test_an_image_that_changed_alone_is_told(
    run: Any, replotted: Store, form: str, told: str
) -> None:
    result = run("diff", "loss", "-o", form, "--exit-code")
    assert result.exit_code == 1
    assert "1 image changed: plots/loss.png" in result.stdout
    assert told in result.stdout
    assert "equal line" not in result.stdout
