from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.bodies import Markdown
from samples import PNG, make_record, one_of_each_type, put
from website.projects import write_settings

if TYPE_CHECKING:
    from artifolio.store import Store

ID = "019ab0d6-6f3b-7c1e-9d7a-00000000000"


@pytest.fixture
def site(project: Store, tmp_path: Path) -> Store:
    """A project with two versions of loss and all that MkDocs needs."""
    for number in (1, 2):
        project.add(make_record(Markdown(f"# Number {number}\n"), number=number))
    write_settings(tmp_path)
    (tmp_path / "site_src").mkdir()
    (tmp_path / "site_src/index.md").write_text("# Home\n")
    return project


@pytest.fixture
def loss(project: Store) -> Store:
    """Two versions of loss, and one without a key."""
    for number in (1, 2):
        project.add(make_record(Markdown(f"# Number {number}\n"), number=number))
    project.add(make_record(Markdown("# Alone\n"), None, number=3))
    return project


def test_the_site_is_packed_under_its_own_name(run: Any, site: Store) -> None:
    result = run("export", "--zip")
    assert (result.exit_code, result.stdout) == (0, "Demo-2026-08-01.zip\n")
    assert "Built 1 artifact, 2 versions" in result.stderr
    assert "Packed " in result.stderr
    names = zipfile.ZipFile("Demo-2026-08-01.zip").namelist()
    assert "Demo-2026-08-01/index.html" in names
    assert "Demo-2026-08-01/artifacts/loss/index.html" in names
    assert not Path("site").exists()
    assert not Path("site_src/artifacts").exists()


@pytest.mark.parametrize(
    "arguments", [["--zip", "x.zip"], ["--zip", "-o", "x.zip"], ["-o", "x.zip", "--zip"]]
)
def test_the_file_may_be_named(run: Any, site: Store, arguments: list[str]) -> None:
    assert run("export", *arguments).stdout == "x.zip\n"
    assert zipfile.is_zipfile("x.zip")


def test_two_exports_are_the_same_bytes_wherever_they_go(run: Any, site: Store) -> None:
    run("export", "--zip", "one.zip")
    run("export", "--zip", "other.zip", "-j", "1")
    piped = run("export", "--zip", "-")
    assert Path("one.zip").read_bytes() == Path("other.zip").read_bytes() == piped.stdout_bytes
    assert zipfile.ZipFile(io.BytesIO(piped.stdout_bytes)).testzip() is None


@pytest.mark.parametrize("arguments", [["--zip", "x"], ["loss", "--html", "-o", "x"]])
def test_a_file_that_is_there_stays_unless_forced(
    run: Any, site: Store, arguments: list[str]
) -> None:
    Path("x").write_bytes(b"old")
    result = run("export", *arguments)
    assert result.exit_code == 1
    assert result.stderr == ("Error: x already exists; name another file with -o, or --force it\n")
    assert Path("x").read_bytes() == b"old"
    assert run("export", *arguments, "--force").exit_code == 0
    assert Path("x").read_bytes() != b"old"


def test_a_default_name_that_is_taken_is_refused_as_well(run: Any, site: Store) -> None:
    Path("Demo-2026-08-01.zip").write_bytes(b"old")
    assert run("export", "--zip").exit_code == 1
    assert Path("Demo-2026-08-01.zip").read_bytes() == b"old"


def test_without_a_project_there_is_nothing_to_pack(run: Any, tmp_path: Path) -> None:
    result = run("export", "--zip")
    assert result.exit_code == 1
    assert "mkdocs.yml" in result.stderr


def test_the_latest_version_becomes_a_page_named_after_it(run: Any, loss: Store) -> None:
    result = run("export", "loss", "--html")
    assert (result.exit_code, result.stdout) == (0, "loss-v2.html\n")
    page = Path("loss-v2.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert ">Number 2</h1>" in page


@pytest.mark.parametrize("name", ["1", "-2", f"{ID}1"])
def test_any_version_may_be_named(run: Any, loss: Store, name: str) -> None:
    assert run("export", "loss", "--version", name, "--html").stdout == "loss-v1.html\n"


def test_an_id_is_a_version_as_well(run: Any, loss: Store) -> None:
    assert run("export", f"{ID}1", "--html").stdout == "loss-v1.html\n"
    assert run("export", f"{ID}3", "--html").stdout == "markdown-000000000003.html\n"


def test_a_page_goes_to_standard_output_for_a_dash(run: Any, loss: Store) -> None:
    result = run("export", "loss", "--html", "-o", "-")
    assert result.stdout.startswith("<!doctype html>\n")
    assert result.stdout.endswith("</html>\n")
    assert not list(Path().glob("*.html"))


@pytest.mark.parametrize("record", one_of_each_type(), ids=lambda record: record.body.type)
def test_every_type_becomes_a_page(run: Any, project: Store, record: Any) -> None:
    project.add(record, PNG)
    assert run("export", record.header.key, "--html").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["loss"],
        ["--html"],
        ["loss", "--html", "--zip", "x"],
        ["loss", "-o", "y", "--zip"],
        ["--version", "1", "--zip"],
        ["--zip", "x", "-o", "y"],
        [f"{ID}1", "--version", "1", "--html"],
    ],
)
def test_what_does_not_go_together_is_refused(run: Any, loss: Store, arguments: list[str]) -> None:
    result = run("export", *arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert not [path for path in Path().iterdir() if path.suffix in (".zip", ".html")]


@pytest.mark.parametrize("arguments", [["nothing", "--html"], ["loss", "--version", "7", "--html"]])
def test_what_is_not_there_is_not_found(run: Any, loss: Store, arguments: list[str]) -> None:
    assert run("export", *arguments).exit_code == 3


def test_records_that_cannot_be_read_are_told_beside_the_page(run: Any, loss: Store) -> None:
    put(loss, "loss/20260801T130000000Z-000000000009.yaml", "x")
    result = run("export", "loss", "--html")
    assert result.exit_code == 1
    assert "loss/20260801T130000000Z-000000000009.yaml" in result.stderr
    assert Path("loss-v2.html").exists()


def test_a_folder_that_is_missing_is_told(run: Any, loss: Store) -> None:
    result = run("export", "loss", "--html", "-o", "missing/x.html")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: missing/x.html: No such file or directory\n",
    )


def test_a_zip_file_is_not_written_to_a_terminal(on_terminal: Any, site: Store) -> None:
    screen = on_terminal("export", "--zip", "-")
    assert screen.code == 2
    assert "redirect it" in screen.text


def test_nothing_of_a_record_steers_a_terminal(on_terminal: Any, project: Store) -> None:
    hostile = "\x1b[31mred\x07\x9b31m"
    project.add(make_record(Markdown(hostile), description=hostile, tags=(hostile,)))
    screen = on_terminal("export", "loss", "--html", "-o", "-")
    assert screen.code == 0
    assert "\x1b" not in screen.text
    assert "\x9b" not in screen.text
