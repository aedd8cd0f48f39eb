from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from artifolio import context
from artifolio.context import GitContext, outer_run, read_code, without_credentials
from artifolio.origins import Code, Run

REMOTE = "https://example.org/team/project.git"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit on the branch main, its name odd enough to need quoting."""
    folder = tmp_path / "a repository, ünlike [others]"
    (folder / "artifacts").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "code.py").write_text("1")
    (folder / "artifacts" / "x.yaml").write_text("1")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "First")
    return folder


def code_of(
    folder: Path, environ: dict[str, str] | None = None, artifacts: Path | None = None
) -> Code:
    return read_code(folder, artifacts or folder / "artifacts", environ or {})


def test_the_commit_and_branch_are_those_that_are_checked_out(repository):
    commit = git(repository, "rev-parse", "HEAD")
    assert code_of(repository) == Code(commit, "main", dirty=False)


def test_the_repository_is_found_from_a_folder_inside_it(repository):
    deep = repository / "a" / "b"
    deep.mkdir(parents=True)
    assert code_of(deep, artifacts=repository / "artifacts") == code_of(repository)


def test_another_branch_is_told(repository):
    git(repository, "checkout", "-q", "-b", "feature/ünlike")
    assert code_of(repository).branch == "feature/ünlike"


def test_a_changed_file_makes_it_dirty(repository):
    (repository / "code.py").write_text("2")
    assert code_of(repository).dirty is True


def test_a_staged_a_renamed_and_a_deleted_file_make_it_dirty(repository):
    (repository / "code.py").write_text("2")
    git(repository, "add", ".")
    staged = code_of(repository).dirty
    git(repository, "mv", "code.py", "# code.py")
    renamed = code_of(repository).dirty
    git(repository, "rm", "-q", "-f", "# code.py")
    assert (staged, renamed, code_of(repository).dirty) == (True, True, True)


def test_a_file_that_git_does_not_know_leaves_it_clean(repository):
    (repository / "new.py").write_text("1")
    assert code_of(repository).dirty is False


def test_changes_of_the_records_leave_it_clean(repository):
    (repository / "artifacts" / "x.yaml").write_text("2")
    (repository / "artifacts" / "y.yaml").write_text("2")
    git(repository, "add", ".")
    assert code_of(repository).dirty is False


def test_changes_of_the_records_do_not_hide_those_of_the_code(repository):
    (repository / "artifacts" / "x.yaml").write_text("2")
    (repository / "code.py").write_text("2")
    assert code_of(repository).dirty is True


def test_a_change_above_the_working_directory_makes_it_dirty(repository):
    (repository / "deep").mkdir()
    (repository / "code.py").write_text("2")
    assert code_of(repository / "deep", artifacts=repository / "artifacts").dirty is True


@pytest.mark.parametrize("name", ["*", "a*b", "[x]", ":(top)x", "ä b"])
def test_records_in_a_folder_of_any_name_are_left_out_and_nothing_else(repository, name):
    (repository / name).mkdir()
    (repository / name / "x.yaml").write_text("1")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Second")
    (repository / name / "x.yaml").write_text("2")
    clean = code_of(repository, artifacts=repository / name).dirty
    (repository / "code.py").write_text("2")
    assert (clean, code_of(repository, artifacts=repository / name).dirty) == (False, True)


def test_records_outside_of_the_repository_make_no_difference(repository, tmp_path):
    assert code_of(repository, artifacts=tmp_path / "elsewhere").dirty is False


def test_a_detached_head_has_no_branch(repository):
    git(repository, "checkout", "-q", "--detach")
    assert code_of(repository) == Code(git(repository, "rev-parse", "HEAD"), None, dirty=False)


@pytest.mark.parametrize(
    ("environ", "branch"),
    [
        ({"GITHUB_HEAD_REF": "feature", "GITHUB_REF_NAME": "7/merge"}, "feature"),
        ({"GITHUB_HEAD_REF": "", "GITHUB_REF_NAME": "main"}, "main"),
        ({"CI_COMMIT_REF_NAME": "main"}, "main"),
    ],
)
def test_ci_tells_the_branch_of_a_detached_head(repository, environ, branch):
    git(repository, "checkout", "-q", "--detach")
    assert code_of(repository, environ).branch == branch


def test_a_branch_that_is_checked_out_counts_more_than_ci(repository):
    assert code_of(repository, {"GITHUB_REF_NAME": "other"}).branch == "main"


def test_a_repository_without_a_commit_has_no_code(tmp_path):
    git(tmp_path, "init", "-q")
    assert code_of(tmp_path) == Code()


def test_outside_of_a_repository_there_is_no_code(tmp_path):
    assert code_of(tmp_path) == Code()


@pytest.mark.parametrize("name", ["GITHUB_SHA", "CI_COMMIT_SHA"])
def test_outside_of_a_repository_ci_tells_the_commit(tmp_path, name):
    assert code_of(tmp_path, {name: "9fceb02d"}) == Code(commit="9fceb02d")


def test_without_git_there_is_no_code(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert code_of(repository) == Code()


def test_a_folder_that_is_gone_has_no_code(tmp_path):
    assert code_of(tmp_path / "gone") == Code()


def test_a_git_that_hangs_is_given_up(repository, tmp_path, monkeypatch):
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(context, "_GIT_SECONDS", 0.1)
    assert code_of(repository) == Code()


def test_a_worktree_has_its_own_branch_and_records(repository, tmp_path):
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "artifacts" / "x.yaml").write_text("2")
    (repository / "code.py").write_text("2")
    assert code_of(tmp_path / "side") == Code(
        git(repository, "rev-parse", "HEAD"), "side", dirty=False
    )


def test_reading_the_commit_writes_nothing(repository):
    (repository / "code.py").touch()
    before = {path: path.stat().st_mtime_ns for path in sorted(repository.rglob("*"))}
    code_of(repository)
    assert {path: path.stat().st_mtime_ns for path in sorted(repository.rglob("*"))} == before


def test_the_remote_is_told_without_its_password(repository):
    git(repository, "remote", "add", "origin", "https://ada:s3cret@example.org/team/project.git")
    assert code_of(repository).remote == REMOTE


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (REMOTE, REMOTE),
        ("https://token@example.org/team/project.git", REMOTE),
        ("https://ada:s3cret@example.org/team/project.git", REMOTE),
        ("https://ada:p@ss@example.org/team/project.git", REMOTE),
        ("https://ada:@example.org/team/project.git", REMOTE),
        ("HTTPS://token@example.org/x", "HTTPS://example.org/x"),
        ("https://example.org:8443/a@b", "https://example.org:8443/a@b"),
        ("ssh://git@example.org/x", "ssh://git@example.org/x"),
        ("ssh://git:s3cret@example.org/x", "ssh://example.org/x"),
        ("git@example.org:team/project.git", "git@example.org:team/project.git"),
        ("/srv/git/a@b.git", "/srv/git/a@b.git"),
        ("../project", "../project"),
    ],
)
def test_an_address_loses_its_credentials_and_nothing_else(address, shown):
    assert without_credentials(address) == shown


@pytest.fixture
def asked(monkeypatch):
    """What git was asked about, in order."""
    folders: list[Path] = []

    def read(folder: Path, artifacts: Path, environ: object) -> Code:
        folders.append(folder)
        return Code(commit=str(len(folders)))

    monkeypatch.setattr(context, "read_code", read)
    return folders


def test_git_is_not_asked_again_at_once(asked, tmp_path):
    git_context = GitContext({})
    answers = {git_context.code(tmp_path, tmp_path / "artifacts") for _ in range(100)}
    assert (answers, len(asked)) == ({Code("1")}, 1)


def test_git_is_asked_again_after_a_while(asked, tmp_path, monkeypatch):
    git_context = GitContext({})
    git_context.code(tmp_path, tmp_path / "artifacts")
    monkeypatch.setattr(context, "_FRESH_SECONDS", -1.0)
    assert git_context.code(tmp_path, tmp_path / "artifacts") == Code("2")


def test_git_is_asked_for_every_folder_and_store(asked, tmp_path):
    git_context = GitContext({})
    git_context.code(tmp_path, tmp_path / "artifacts")
    git_context.code(tmp_path, tmp_path / "others")
    git_context.code(tmp_path / "home", tmp_path / "artifacts")
    assert len(asked) == 3


def prefect(flow: object = None, task: object = None) -> dict[str, object]:
    """Return modules as they are while Prefect runs a function."""
    return {
        "prefect.context": SimpleNamespace(
            FlowRunContext=SimpleNamespace(get=lambda: flow),
            TaskRunContext=SimpleNamespace(get=lambda: task),
        )
    }


FLOW = SimpleNamespace(
    flow=SimpleNamespace(name="churn"), flow_run=SimpleNamespace(id="f-1", name="brave-otter")
)
TASK = SimpleNamespace(
    task=SimpleNamespace(name="score"), task_run=SimpleNamespace(id="t-1", flow_run_id="f-1")
)


@pytest.mark.parametrize(
    ("modules", "run"),
    [
        ({}, Run()),
        (prefect(), Run()),
        (prefect(FLOW), Run("churn", "f-1", "brave-otter")),
        (prefect(FLOW, TASK), Run("churn", "f-1", "brave-otter", "score", "t-1")),
        (prefect(None, TASK), Run(None, "f-1", None, "score", "t-1")),
    ],
)
def test_a_run_of_prefect_is_told(modules, run):
    assert outer_run({}, modules) == run


@pytest.mark.parametrize(
    ("environ", "run"),
    [
        ({}, Run()),
        (
            {
                "AIRFLOW_CTX_DAG_ID": "churn",
                "AIRFLOW_CTX_DAG_RUN_ID": "manual__1",
                "AIRFLOW_CTX_TASK_ID": "score",
            },
            Run("churn", "churn.manual__1", "manual__1", "score"),
        ),
        ({"AIRFLOW_CTX_DAG_RUN_ID": "manual__1"}, Run(None, "manual__1", "manual__1")),
        (
            {
                "GITHUB_RUN_ID": "77",
                "GITHUB_RUN_NUMBER": "5",
                "GITHUB_WORKFLOW": "Nightly",
                "GITHUB_JOB": "publish",
            },
            Run("Nightly", "77", "#5", "publish"),
        ),
        ({"GITHUB_RUN_ID": "77"}, Run(None, "77")),
        (
            {
                "CI_PIPELINE_ID": "88",
                "CI_PIPELINE_IID": "6",
                "CI_PIPELINE_NAME": "Nightly",
                "CI_PROJECT_PATH": "team/project",
                "CI_JOB_NAME": "publish",
                "CI_JOB_ID": "99",
            },
            Run("Nightly", "88", "#6", "publish", "99"),
        ),
        ({"CI_PIPELINE_ID": "88", "CI_PROJECT_PATH": "team/project"}, Run("team/project", "88")),
    ],
)
def test_a_run_of_airflow_or_ci_is_told(environ, run):
    assert outer_run(environ, {}) == run


def test_the_run_that_is_nearest_to_the_code_counts():
    environ = {"GITHUB_RUN_ID": "77", "AIRFLOW_CTX_DAG_RUN_ID": "manual__1"}
    assert outer_run(environ, prefect(FLOW)).flow == "churn"
    assert outer_run(environ, {}).flow_run == "manual__1"
