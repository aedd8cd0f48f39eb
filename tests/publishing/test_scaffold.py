from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config

from artifolio.errors import ProjectError
from artifolio.location import locate_artifacts
from artifolio.publishing.scaffold import Outcome, Scaffold, lay_down

if TYPE_CHECKING:
    from pathlib import Path


def outcomes(scaffold: Scaffold) -> dict[str, Outcome]:
    return {step.path: step.outcome for step in scaffold.steps}


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_empty_folder_gets_everything(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    assert outcomes(lay_down(folder)) == dict.fromkeys(
        [
            "artifacts/.keep",
            "site_src/index.md",
            "mkdocs.yml",
            ".gitattributes",
            ".gitignore",
            ".github/workflows/site.yml",
        ],
        Outcome.CREATED,
    )
    assert set(snapshot(folder)) == set(outcomes(lay_down(folder))) - {"artifacts"} | {
        "artifacts/.keep"
    }


def test_second_time_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    lay_down(folder)
    before = snapshot(folder)
    again = lay_down(folder)
    assert set(outcomes(again).values()) == {Outcome.KEPT}
    assert again.missing == ""
    assert snapshot(folder) == before


def test_records_of_the_folder_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    lay_down(folder)
    assert locate_artifacts(folder / "site_src", {}) == folder / "artifacts"


@pytest.mark.parametrize("name", ["shop", 'my "shop": a#b', "läden 😀", "{docs_dir}", "it's"])
def test_site_is_named_after_the_folder(tmp_path: Path, name: str) -> None:
    lay_down(tmp_path / name)
    config = yaml.safe_load((tmp_path / name / "mkdocs.yml").read_text(encoding="utf-8"))
    assert config["site_name"] == name


def test_configuration_asks_no_other_host_and_lists_no_version(tmp_path: Path) -> None:
    lay_down(tmp_path)
    config = yaml.safe_load((tmp_path / "mkdocs.yml").read_text())
    assert config["theme"]["font"] is False
    assert config["docs_dir"] == "site_src"
    assert config["plugins"] == ["search", {"artifolio": {"policy": "all"}}]
    assert config["nav"] == [{"Home": "index.md"}, {"Artifacts": "artifacts/index.md"}]
    assert config["not_in_nav"] == "/artifacts/**\n/runs/**\n"
    assert "navigation.instant" not in config["theme"]["features"]
    assert [palette.get("scheme") for palette in config["theme"]["palette"]] == [
        None,
        "default",
        "slate",
    ]


def test_mkdocs_accepts_the_configuration_without_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lay_down(tmp_path / "shop")
    load_config(str(tmp_path / "shop" / "mkdocs.yml"))
    assert caplog.messages == []


def test_empty_project_builds_strictly_at_once(tmp_path: Path) -> None:
    lay_down(tmp_path / "shop")
    config = load_config(str(tmp_path / "shop" / "mkdocs.yml"), strict=True)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    assert (tmp_path / "shop" / "site" / "artifacts" / "index.html").exists()


def test_git_keeps_the_empty_folder_and_ignores_what_is_built(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    lay_down(folder)
    for built in ("site", "site_src/artifacts", "site_src/runs"):
        (folder / built).mkdir()
        (folder / built / "a.html").touch()

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q")
    git("add", ".")
    assert git("ls-files").splitlines() == [
        ".gitattributes",
        ".github/workflows/site.yml",
        ".gitignore",
        "artifacts/.keep",
        "mkdocs.yml",
        "site_src/index.md",
    ]
    assert "text: unset" in git("check-attr", "text", "artifacts/loss/a.yaml")


def test_workflow_deploys_with_least_permissions(tmp_path: Path) -> None:
    lay_down(tmp_path)
    workflow = yaml.safe_load((tmp_path / ".github" / "workflows" / "site.yml").read_text())
    # YAML 1.1 takes the name "on" for true.
    assert set(workflow[True]) == {"push", "pull_request", "workflow_dispatch"}
    build_job, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert build_job["permissions"] == {"contents": "read"}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["run"] for step in build_job["steps"] if "run" in step] == [
        "pip install artifolio",
        "artifolio build",
    ]
    assert build_job["steps"][-1]["with"] == {"path": "site"}
    assert deploy["environment"]["url"] == "${{ steps.deployment.outputs.page_url }}"


def test_files_that_are_there_stay_as_they_are(tmp_path: Path) -> None:
    mine = {
        "site_src/index.md": "Mine.\n",
        "mkdocs.yml": "site_name: Mine\ndocs_dir: site_src\n",
        ".github/workflows/site.yml": "name: Mine\n",
        "artifacts/loss/.keep": "",
    }
    for path, text in mine.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    scaffold = lay_down(tmp_path)
    assert {path: (tmp_path / path).read_text() for path in mine} == mine
    assert outcomes(scaffold) == {
        "artifacts": Outcome.KEPT,
        "site_src/index.md": Outcome.KEPT,
        "mkdocs.yml": Outcome.KEPT,
        ".gitattributes": Outcome.CREATED,
        ".gitignore": Outcome.CREATED,
        ".github/workflows/site.yml": Outcome.KEPT,
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"*.pyc\n", b"*.pyc\n/site/\n/site_src/artifacts/\n/site_src/runs/\n"),
        (b"*.pyc", b"*.pyc\n/site/\n/site_src/artifacts/\n/site_src/runs/\n"),
        (b"/site/\r\nx\r\n", b"/site/\r\nx\r\n/site_src/artifacts/\r\n/site_src/runs/\r\n"),
    ],
)
def test_missing_lines_are_added_at_the_end(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / ".gitignore").write_bytes(before)
    assert outcomes(lay_down(tmp_path))[".gitignore"] is Outcome.EXTENDED
    assert (tmp_path / ".gitignore").read_bytes() == after


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        (
            "site_name: x\n",
            "plugins:\n  - search\n  - artifolio\n\n"
            "not_in_nav: |\n  /artifacts/**\n  !/artifacts/index.md\n  /runs/**\n",
        ),
        (
            "nav:\n  - index.md\nplugins:\n  - search\nnot_in_nav: |\n  /drafts/\n",
            "plugins:  # is there; add below it\n  - artifolio\n\n"
            "nav:  # is there; add below it\n  - Artifacts: artifacts/index.md\n\n"
            "not_in_nav:  # is there; add below it\n  /artifacts/**\n  /runs/**\n",
        ),
        (
            "plugins: [search, artifolio]\nnot_in_nav: |\n  /artifacts/**\n  /runs/**\n",
            "",
        ),
        (
            "plugins:\n- artifolio:\n    artifacts_dir: a\n"
            "not_in_nav: |\n  /artifacts/**\n  /runs/**\n",
            "",
        ),
    ],
)
def test_lines_that_a_configuration_lacks(tmp_path: Path, config: str, missing: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(config)
    assert lay_down(tmp_path).missing == missing


def test_configuration_with_the_lines_added_builds(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "mkdocs.yml").write_text("site_name: x\ntheme: material\n")
    scaffold = lay_down(folder)
    with (folder / "mkdocs.yml").open("a") as file:
        file.write(scaffold.missing)
    assert lay_down(folder).missing == ""
    config = load_config(str(folder / "mkdocs.yml"), strict=True)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    page = (folder / "site" / "index.html").read_text()
    assert 'href="artifacts/"' in page


@pytest.mark.parametrize(
    ("config", "docs_dir"),
    [
        ("site_name: x\n", "docs"),
        ("docs_dir: pages\n", "pages"),
        ("docs_dir: './my pages/'  # here\n", "my pages"),
        ("docs_dir: !ENV [DOCS, x]\n", "docs"),
        ("docs_dir: ../elsewhere\n", "docs"),
        ("docs_dir: /tmp\n", "docs"),
    ],
)
def test_pages_go_where_the_configuration_has_them(
    tmp_path: Path, config: str, docs_dir: str
) -> None:
    (tmp_path / "mkdocs.yml").write_text(config)
    scaffold = lay_down(tmp_path)
    assert f"{docs_dir}/index.md" in outcomes(scaffold)
    assert f"/{docs_dir}/artifacts/" in (tmp_path / ".gitignore").read_text().splitlines()


def test_readme_is_an_index_already(tmp_path: Path) -> None:
    (tmp_path / "site_src").mkdir()
    (tmp_path / "site_src" / "README.md").write_text("# Mine\n")
    lay_down(tmp_path)
    assert not (tmp_path / "site_src" / "index.md").exists()


def test_other_name_of_the_configuration_is_not_shadowed(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yaml").write_text("site_name: x\n")
    assert lay_down(tmp_path).config == "mkdocs.yaml"
    assert not (tmp_path / "mkdocs.yml").exists()


@pytest.mark.parametrize("path", ["artifacts", ".github", "site_src"])
def test_file_in_the_place_of_a_folder_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / path).write_text("a file")
    with pytest.raises(ProjectError, match="a folder is needed there"):
        lay_down(tmp_path)


def test_repository_around_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert lay_down(tmp_path / "shop").repository == tmp_path
    assert lay_down(tmp_path).repository is None
