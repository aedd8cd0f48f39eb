from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Column, Link, Markdown, Progress, Table
from artifolio.records import dump_record, parse_record
from samples import PNG, make_illustrated, make_record, one_of_each_type, put, put_record

if TYPE_CHECKING:
    from artifolio.store import Store


@pytest.fixture
def three(project: Store) -> Store:
    """Three versions of loss."""
    for number in (1, 2, 3):
        project.add(make_record(Markdown(f"Loss {number}.\n"), number=number))
    return project


def numbers(output: str) -> list[int]:
    return [item["version"] for item in json.loads(output)]


def test_key_shows_its_lineage_newest_first(run: Any, three: Store) -> None:
    found = json.loads(run("inspect", "loss", "-o", "json").stdout)
    assert [(item["version"], item["versions"], item["data"]) for item in found] == [
        (3, 3, "Loss 3.\n"),
        (2, 3, "Loss 2.\n"),
        (1, 3, "Loss 1.\n"),
    ]


def test_limit_keeps_the_newest(run: Any, three: Store) -> None:
    assert numbers(run("inspect", "loss", "--limit", "2", "-o", "json").stdout) == [3, 2]


def test_version_picks_one_by_its_number(run: Any, three: Store) -> None:
    assert numbers(run("inspect", "loss", "--version", "2", "-o", "json").stdout) == [2]


def test_negative_version_counts_from_the_latest(run: Any, three: Store) -> None:
    assert numbers(run("inspect", "loss", "--version", "-1", "-o", "json").stdout) == [3]


def test_version_that_is_not_there_is_not_found(run: Any, three: Store) -> None:
    result = run("inspect", "loss", "--version", "4")
    assert result.exit_code == 3
    assert "there are 1 to 3" in result.stderr


@pytest.mark.parametrize(
    "prefix",
    [
        "019ab0d6-6f3b-7c1e-9d7a-000000000002",
        "019AB0D66F3B7C1E9D7A000000000002",
    ],
)
def test_id_shows_that_version(run: Any, three: Store, prefix: str) -> None:
    assert numbers(run("inspect", prefix, "-o", "json").stdout) == [2]


def test_unique_start_of_an_id_is_enough(run: Any, project: Store) -> None:
    project.add(make_record())
    assert numbers(run("inspect", "019ab", "-o", "json").stdout) == [1]


def test_key_wins_over_an_id_that_starts_so(run: Any, project: Store) -> None:
    project.add(make_record(number=1))
    project.add(make_record(key="019a", number=2))
    assert json.loads(run("inspect", "019a", "-o", "json").stdout)[0]["key"] == "019a"


def test_ambiguous_id_lists_its_candidates(run: Any, three: Store) -> None:
    result = run("inspect", "019a")
    assert result.exit_code == 1
    assert "shared by several versions" in result.stderr
    assert "019ab0d6-6f3b-7c1e-9d7a-000000000002  2026-08-01T12:02:00.123Z  loss v2" in (
        result.stderr
    )


def test_many_candidates_are_not_all_listed(run: Any, project: Store) -> None:
    for number in range(1, 31):
        project.add(make_record(number=number))
    lines = run("inspect", "019a").stderr.splitlines()
    assert len(lines) == 22
    assert lines[-1] == "  … 10 more"


def test_number_with_an_id_is_wrong_usage(run: Any, project: Store) -> None:
    project.add(make_record())
    assert run("inspect", "019a", "--version", "1").exit_code == 2


def test_misspelt_key_is_answered_with_the_right_one(run: Any, three: Store) -> None:
    result = run("inspect", "los")
    assert result.exit_code == 3
    assert "did you mean 'loss'?" in result.stderr


def test_keyless_version_is_found_by_its_id(run: Any, project: Store) -> None:
    project.add(make_record(key=None))
    (found,) = json.loads(run("inspect", "019a", "-o", "json").stdout)
    assert (found["key"], found["version"], found["versions"]) == (None, 1, 1)


def test_yaml_is_the_records_as_stored(run: Any, three: Store) -> None:
    stored = [path.read_text() for path in sorted(three.root.glob("loss/*.yaml"))]
    assert run("inspect", "loss", "-o", "yaml").stdout == "".join(reversed(stored))


def test_yaml_of_a_record_of_another_hand_is_not_rewritten(run: Any, project: Store) -> None:
    text = dump_record(make_record()).replace('type: "markdown"', "type:    markdown # by hand")
    put(project, make_record().header.path, text)
    assert run("inspect", "loss", "-o", "yaml").stdout == text


def test_yaml_documents_can_be_read_back(run: Any, three: Store) -> None:
    texts = run("inspect", "loss", "-o", "yaml").stdout.split("\n...\n")[:-1]
    assert [parse_record(f"{text}\n...\n").body for text in texts] == [
        Markdown("Loss 3.\n"),
        Markdown("Loss 2.\n"),
        Markdown("Loss 1.\n"),
    ]


def test_record_that_cannot_be_read_does_not_hide_the_others(run: Any, three: Store) -> None:
    path = "loss/20260801T120200123Z-000000000002.yaml"
    text = (three.root / path).read_text()
    put(three, path, text.replace("data: ", "data: !!python/name:os.system "))
    result = run("inspect", "loss", "-o", "json")
    assert result.exit_code == 1
    assert [item["data"] for item in json.loads(result.stdout)] == ["Loss 3.\n", "Loss 1.\n"]
    assert result.stderr.startswith(f"Error: {path}: ")


def test_key_of_which_nothing_can_be_read_says_why(run: Any, project: Store) -> None:
    put(project, "loss/20260801T120200123Z-000000000002.yaml", "format: 1\n")
    result = run("inspect", "loss", "-o", "json")
    assert result.exit_code == 1
    assert "loss/20260801T120200123Z-000000000002.yaml: " in result.stderr


def test_misplaced_record_is_shown_without_complaint(run: Any, project: Store) -> None:
    put_record(project, make_record(), "loss/moved.yaml")
    result = run("inspect", "loss", "-o", "json")
    assert (result.exit_code, result.stderr) == (0, "")


def test_text_tells_all_facts(run: Any, project: Store) -> None:
    project.add(one_of_each_type()[1])
    assert run("inspect", "sample-markdown").stdout == (
        "sample-markdown · v1 of 1 · latest · markdown\n"
        "created: 2026-08-01T12:02:00.123Z\n"
        "id: 019ab0d6-6f3b-7c1e-9d7a-000000000002\n"
        "run: churn / brave-otter\n"
        "flow run: f-1\n"
        "task: score\n"
        "task run: t-1\n"
        "commit: 9fceb02d on main\n"
        "tags: churn, two words\n"
        'metadata: {"model": "v3", "depth": {"a": [1, null]}}\n'
        "path: artifacts/sample-markdown/20260801T120200123Z-000000000002.yaml\n"
        "\n"
        "One line\nand another\n"
        "\n"
        "# Sales\n\nUp by *4 %*.\n\n- north: 3\n...\n---\n"
    )


def test_changed_body_is_said(run: Any, three: Store) -> None:
    path = "loss/20260801T120300123Z-000000000003.yaml"
    put(three, path, (three.root / path).read_text().replace("Loss 3.", "Loss 4."))
    result = run("inspect", "loss", "--limit", "1")
    assert result.exit_code == 0
    assert "digest: changed after it was published\n" in result.stdout


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (Link("https://example.org"), "https://example.org\n"),
        (Link("https://example.org", "here"), "here\nhttps://example.org\n"),
        (Progress(40.0), "40%\n"),
        (Progress(12.5), "12.5%\n"),
        (
            Table((Column("a", "integer"), Column("b", "list")), ((1, [2, None]), (None, "x\ty"))),
            "a\tb\n1\t[2, null]\n\tx\\ty\n",
        ),
        (Markdown("\x1b]0;owned\x07 x\n"), "\\x1b]0;owned\\x07 x\n"),
    ],
)
def test_text_of_a_body(run: Any, project: Store, body: Any, shown: str) -> None:
    project.add(make_record(body))
    assert run("inspect", "loss").stdout.endswith(f".yaml\n\n{shown}")


def test_text_of_a_file_names_the_attachment(run: Any, project: Store) -> None:
    project.add(one_of_each_type()[5], b"PK")
    output = run("inspect", "sample-file").stdout
    assert "file: artifacts/sample-file/20260801T120600123Z-000000000006.zip\n" in output
    assert output.endswith("\nmodel.zip\nimage/png, 2 bytes\n")


def test_pipe_gets_every_row(run: Any, project: Store) -> None:
    table = Table((Column("n", "integer"),), tuple((number,) for number in range(200)))
    project.add(make_record(table))
    assert run("inspect", "loss").stdout.endswith("\n198\n199\n")


def test_terminal_gets_fifty_rows(on_terminal: Any, project: Store) -> None:
    table = Table((Column("n", "integer"),), tuple((number,) for number in range(200)))
    project.add(make_record(table))
    screen = on_terminal("inspect", "loss", NO_COLOR="1")
    assert "… 150 more rows" in screen.text
    assert "49" in screen.text.split()
    assert "50" not in screen.text.split()


def test_columns_that_do_not_fit_are_named(on_terminal: Any, project: Store) -> None:
    columns = tuple(Column(f"column-{number}", "string") for number in range(20))
    project.add(make_record(Table(columns, (("value",) * 20,))))
    text = on_terminal("inspect", "loss", NO_COLOR="1", columns=60).text
    assert "more columns: " in text
    assert "column-19" in text
    assert max(map(len, text.splitlines())) <= 60


@pytest.mark.parametrize("columns", [40, 60, 120])
@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.body.type)
def test_every_type_is_shown_on_a_terminal(
    on_terminal: Any, project: Store, record: Any, columns: int
) -> None:
    project.add(record, PNG)
    screen = on_terminal("inspect", str(record.header.key), NO_COLOR="1", columns=columns)
    assert screen.code == 0
    assert str(record.header.key) in screen.text
    assert max(map(len, screen.text.splitlines())) <= columns
    assert "\x1b" not in screen.text


def test_markdown_is_laid_out_on_a_terminal(on_terminal: Any, project: Store) -> None:
    project.add(make_record(Markdown("# Sales\n\n- **north**: 3\n")))
    text = on_terminal("inspect", "loss", NO_COLOR="1").text
    assert "• north: 3" in text
    assert "**" not in text


@pytest.mark.parametrize(
    "text",
    ["\x1b[31mred", "&#27;[31m &#x9b;31m &#x202e;", "[x](<https://e.org/\x1b]8;;evil>)", "\x9b31m"],
)
def test_no_control_character_of_markdown_reaches_a_terminal(
    on_terminal: Any, project: Store, text: str
) -> None:
    project.add(make_record(Markdown(text), description=text, metadata={"x": text}))
    screen = on_terminal("inspect", "loss", NO_COLOR="1")
    assert screen.code == 0
    assert screen.text.replace("\n", "").isprintable()


def test_yaml_on_a_terminal_is_escaped(on_terminal: Any, project: Store) -> None:
    project.add(make_record(Markdown("a\u202eb\n\nc\n")))
    assert r"a\u202eb" in on_terminal("inspect", "loss", "-o", "yaml").text


def test_text_names_the_images_of_a_body(run: Any, project: Store) -> None:
    record = make_record(make_illustrated(loss=b"a", gain=b"b"))
    project.add(record, b"a", b"b")
    lines = run("inspect", "loss").stdout.splitlines()
    assert [line.partition(": ")[2] for line in lines if line.startswith("image: ")] == [
        f"plots/{name}.png, 1 byte, artifacts/loss/{record.header.stem}.{number}.png"
        for number, name in ((1, "loss"), (2, "gain"))
    ]


def test_json_has_the_images_of_a_body(run: Any, project: Store) -> None:
    record = make_record(make_illustrated())
    project.add(record, PNG)
    (image,) = json.loads(run("inspect", "loss", "-o", "json").stdout)[0]["images"]
    assert (image["path"], image["attachment"]) == (
        "plots/loss.png",
        f"{record.header.stem}.1.png",
    )


def test_json_of_other_bodies_has_no_images(run: Any, three: Store) -> None:
    assert "images" not in run("inspect", "loss", "-o", "json").stdout
