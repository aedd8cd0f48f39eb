from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Column, File, Markdown, Progress, Table
from artifolio.pins import Pin, remove_pin, write_pin
from artifolio.publishing.report import make_report
from artifolio.publishing.reviewtext import COMMENT_BYTES, MARKER
from artifolio.store import Store
from artifolio.website.commonmark import to_html
from payloads import payloads
from samples import PNG, make_attachment, make_record, one_of_each_type, put, put_retired, retire_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from artifolio.bodies import Body

HARMLESS = set(
    "h2 h3 h4 p strong em code pre table thead tbody tr th td ul li details summary hr br".split()
)
HOSTILE = "\x1b[31mred\u202e\x9b31m\r\x07"


def table(*numbers: int) -> Table:
    columns = (Column("city", "string"), Column("n", "integer"))
    rows = tuple((f"city {place}", number) for place, number in enumerate(numbers))
    return Table(columns, rows, ("city",), ("n.sum",))


class Branch:
    """A repository with the branch main, and another one that is checked out."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = store.root.parent
        self._number = 0
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=True)
        return done.stdout.decode()

    def publish(self, body: Body, key: str, *contents: bytes, **fields: Any) -> str:
        self._number += 1
        record = make_record(body, key, self._number, **fields)
        self.store.add(record, *contents)
        return record.header.path

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")

    def leave(self) -> None:
        """Commit, and go on on a branch of its own."""
        self.commit()
        self.git("checkout", "-q", "-b", "feature")


@pytest.fixture
def branch(project: Store) -> Branch:
    """Two keys on main."""
    made = Branch(project)
    made.publish(table(1, 2), "sales")
    made.publish(Markdown("# Old\n"), "text")
    made.leave()
    return made


@pytest.fixture
def told(run: Any) -> Callable[..., Any]:
    """What the command tells as JSON."""
    return lambda *arguments: json.loads(run("report", *arguments, "-o", "json").stdout)


def counts(fields: Any) -> dict[str, int]:
    return {name: count for name, count in fields["counts"].items() if count}


def test_what_a_branch_adds_is_compared_with_the_latest_on_the_base(branch, run):
    branch.publish(table(1, 20), "sales")
    branch.publish(Markdown("new"), "more")
    branch.commit()
    result = run("report", "main")
    assert result.exit_code == 0
    assert "2 artifacts: 2 versions added; 1 new artifact" in result.stdout
    assert "sales v1 → v2: 1 row changed" in result.stdout
    assert "n.sum  3 → 21 (+18)" in result.stdout


def test_a_branch_that_changes_nothing_says_so(branch, run):
    assert "No artifacts change." in run("report", "main").stdout
    assert "No artifacts change." in run("report", "main", "-o", "md").stdout


def test_what_main_got_meanwhile_is_not_the_branchs(branch, told):
    branch.publish(Markdown("mine"), "mine")
    branch.commit()
    branch.git("checkout", "-q", "main")
    branch.publish(Markdown("theirs"), "theirs")
    branch.commit()
    branch.git("checkout", "-q", "feature")
    for span in ("main", "main..feature", "main...feature"):
        assert counts(told(span)) == {"added": 1}


def test_deleted_and_altered_versions_are_told_of_first(branch, run, told):
    (branch.store.root / branch.store.scan("text").entries[0].path).unlink()
    path = branch.store.root / branch.store.scan("sales").entries[0].path
    path.write_text(path.read_text().replace('["city 0", 1]', '["city 0", 9]'))
    branch.commit()
    assert counts(told("main")) == {"changed": 1, "deleted": 1}
    lines = run("report", "main").stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("! ")] == ["sales", "text"]
    assert run("report", "main", "--strict").exit_code == 1


def test_of_what_is_to_be_looked_at_first_only_the_path_is_code(branch, run):
    entry = branch.store.scan("sales").entries[0]
    branch.store.delete(entry)
    branch.commit()
    assert f"- sales v1 (`{entry.path}`): deleted\n" in run("report", "main", "-o", "md").stdout


def test_gates_are_told_once_on_a_terminal(branch, on_terminal, run):
    branch.publish(table(5), "sales")
    branch.commit()
    screen = on_terminal("report", "main", "--fail-on", "rows > 0", NO_COLOR="1")
    assert screen.text.count("failed: rows > 0") == 1
    assert "failed: rows > 0" in run("report", "main", "--fail-on", "rows > 0").stderr


def test_a_progress_that_moved_is_no_alarm(project, run, told):
    made = Branch(project)
    path = made.publish(Progress(10), "job")
    made.leave()
    record = project.read(path)
    project.replace(path, make_record(Progress(50), "job", 1, updated=record.header.created))
    made.commit()
    assert counts(told("main")) == {"updated": 1}
    assert run("report", "main", "--strict").exit_code == 0


def test_a_record_that_cannot_be_read_hides_no_other(branch, run, told):
    put(branch.store, "sales/20260801T120300123Z-000000000003.yaml", "format: 1\n")
    branch.publish(Markdown("fine"), "text")
    branch.commit()
    assert counts(told("main")) == {"added": 1, "broken": 1}
    assert "sales/20260801T120300123Z-000000000003.yaml" in run("report", "main").stdout


def test_a_body_that_retention_removed_is_told_and_compared_with(branch, run):
    put_retired(branch.store, make_record(Markdown("x"), "gone", 50))
    branch.publish(Markdown("y"), "gone")
    retire_in(branch.store, branch.store.scan("sales").entries[0].path)
    branch.publish(table(5), "sales")
    branch.commit()
    for form in ("text", "md", "html", "json"):
        assert run("report", "main", "-o", form).exit_code == 0


def test_what_retention_did_is_no_alarm_and_no_matter_of_gates(branch, run, told):
    path = branch.publish(File(make_attachment()), "files", PNG)
    branch.commit()
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "feature")
    branch.git("checkout", "-q", "feature")
    for place in (path, branch.store.scan("sales").entries[0].path):
        retire_in(branch.store, place)
    branch.commit()
    assert counts(told("main")) == {"retired": 2}
    result = run("report", "main", "--strict", "--fail-on", "n.sum > 0")
    assert "!" not in result.stdout
    assert (result.exit_code, result.stderr.count("failed")) == (0, 0)
    assert "2 artifacts: 2 versions retired" in result.stdout


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_names_that_a_branch_gives_moves_and_takes_away_are_told(branch, run, told, form):
    first = branch.store.scan("sales").entries[0].id
    write_pin(branch.store.root, Pin("sales", "old", first))
    write_pin(branch.store.root, Pin("sales", "production", first))
    branch.commit()
    branch.git("branch", "-f", "main")
    branch.publish(table(5), "sales")
    write_pin(
        branch.store.root, Pin("sales", "production", branch.store.scan("sales").entries[1].id)
    )
    write_pin(branch.store.root, Pin("text", "new", branch.store.scan("text").entries[0].id))
    remove_pin(branch.store.root, "sales", "old")
    put(branch.store, "text/broken.pin", "nothing")
    branch.commit()
    text = run("report", "main", "-o", form).stdout
    assert "new of text: v1 (new)" in text
    assert "old of sales: removed from v1" in text
    assert "production of sales: v1 → v2" in text
    assert "3 pins changed" in text
    assert [file["path"] for file in told("main")["files"]] == ["text/broken.pin"]
    assert told("main")["pins"][0]["now"] is None


def test_a_body_that_went_with_another_change_is_an_alarm(branch, told):
    path = branch.store.scan("sales").entries[0].path
    text = retire_in(branch.store, path).read_text()
    put(branch.store, path, text.replace('"n.sum": 3', '"n.sum": 4'))
    branch.commit()
    assert counts(told("main")) == {"changed": 1}


def test_what_is_not_committed_counts_on_demand(branch, told):
    branch.publish(Markdown("later"), "text")
    assert counts(told("main")) == {}
    assert counts(told("main", "--uncommitted")) == {"added": 1}
    assert branch.git("status", "--porcelain").strip().startswith("??")


@pytest.mark.parametrize(
    ("gate", "status"),
    [
        ("sales: n.sum > 1.2 * previous", 1),
        ("sales: n.sum > 10 * previous", 0),
        ("n.sum > 20", 1),
        ("s*: rows != previous", 0),
        ("other: rows > 0", 0),
        ("sales: nothing > 1", 0),
    ],
)
def test_a_gate_fails_the_command_where_it_is_met(branch, run, gate, status):
    branch.publish(table(1, 20), "sales")
    branch.commit()
    result = run("report", "main", "--fail-on", gate)
    assert result.exit_code == status, result.stdout + result.stderr


def test_what_a_gate_could_not_check_is_said(branch, run):
    branch.publish(table(1, 20), "sales")
    branch.commit()
    result = run("report", "main", "--fail-on", "sales: nothing > 1", "--strict")
    assert result.exit_code == 1
    assert "nothing" in result.stderr


def test_a_gate_that_is_none_is_wrong_usage_with_the_place(branch, run):
    result = run("report", "main", "--fail-on", "rows >")
    assert result.exit_code == 2
    assert "character 7" in result.stderr


@pytest.mark.parametrize(
    "name", ["nowhere", "--upload-pack=x", "main\n", "a b", "$(touch PWNED)", ":/", "main^{tree}"]
)
def test_a_commit_that_is_not_there_is_not_found(branch, run, name):
    result = run("report", "--", name)
    assert result.exit_code in (2, 3)
    assert not (branch.folder / "PWNED").exists()


def test_a_shallow_clone_says_how_to_get_the_rest(branch, tmp_path):
    branch.publish(Markdown("mine"), "mine")
    branch.commit()
    folder = tmp_path / "shallow"
    branch.git(
        "clone", "-q", "--depth=1", "--no-single-branch", f"file://{branch.folder}", str(folder)
    )
    with pytest.raises(LookupError, match="fetch-depth: 0"):
        make_report(folder / "artifacts", "origin/main", os.environ)


def test_markdown_begins_with_what_a_comment_is_known_by(branch, run):
    branch.publish(table(1, 20), "sales")
    branch.commit()
    assert run("report", "main", "-o", "md").stdout.startswith(f"{MARKER}\n")


def test_a_comment_is_never_too_long_and_says_where_all_of_it_is(branch, run):
    for number in range(150):
        branch.publish(Markdown(f"{number} " * 2_000), f"key-{number}")
        branch.publish(Markdown("\n".join(f"{number} {line}" for line in range(200))), "text")
    branch.commit()
    link = "https://example.org/run/1"
    assert len(run("report", "main", "-o", "md").stdout.encode()) < COMMENT_BYTES < 65_536
    text = run("report", "main", "-o", "md", "--link", link, "--limit", "6kB").stdout
    assert len(text.encode()) < 6_000
    assert link in text
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("payload", payloads("md", "html", "text"), ids=str)
def test_nothing_of_a_record_is_live_in_a_report(project, run, payload):
    made = Branch(project)
    made.publish(Markdown("x"), "text")
    made.leave()
    made.publish(Markdown(payload.text), "text", description=payload.text[:500], tags=("x",))
    made.commit()
    page = run("report", "main", "-o", "html").stdout
    assert "<script" not in page.lower()
    assert "default-src 'none'" in page
    text = run("report", "main", "-o", "md").stdout
    # Raw HTML is left as it is: what stands there as a tag is one.
    assert set(re.findall(r"<([a-z0-9]+)", to_html(text))) <= HARMLESS


@pytest.mark.parametrize("form", ["text", "md"])
def test_nothing_of_a_record_steers_a_terminal(project, on_terminal, form):
    made = Branch(project)
    made.publish(Markdown("x"), "text")
    made.leave()
    made.publish(Markdown(f"{HOSTILE}\n{HOSTILE}"), "text", description=HOSTILE)
    made.publish(Table((Column(HOSTILE, "integer"),), ((1,),)), "table", metadata={HOSTILE: 1})
    made.commit()
    screen = on_terminal("report", "main", "-o", form, NO_COLOR="1")
    assert screen.code == 0
    assert screen.text.replace("\n", "").isprintable()


@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
def test_every_type_is_told(project, run, form):
    made = Branch(project)
    put(project, "README.md", "x")
    made.leave()
    for record in one_of_each_type():
        project.add(record, PNG)
    made.commit()
    assert run("report", "main", "-o", form).exit_code == 0


def test_the_number_of_processes_is_the_same_whatever_is_added(branch, monkeypatch):
    started: list[str] = []
    popen = subprocess.Popen

    def counted(command: Any, *arguments: Any, **options: Any) -> Any:
        started.append(command)
        return popen(command, *arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", counted)
    branch.publish(table(1, 20), "sales")
    branch.commit()
    started.clear()
    make_report(branch.store.root, "main", os.environ)
    few = len(started)
    for number in range(60):
        branch.publish(table(number, 20), f"key-{number}")
    branch.commit()
    started.clear()
    make_report(branch.store.root, "main", os.environ)
    assert len(started) == few


def test_outside_of_a_repository_it_is_said(run, tmp_path: Path):
    result = run("report", "main")
    assert result.exit_code == 3
    assert "git" in result.stderr
