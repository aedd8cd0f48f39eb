"""Where a program runs: its commit, and its run in an orchestrator or a CI job."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Any

from artifolio.origins import Code, Run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A commit is read again after this long: a notebook lives for days, a loop publishes thousands.
_FRESH_SECONDS = 5.0
_GIT_SECONDS = 10.0


class GitContext:
    """Reads the commit that a folder has checked out, at most every five seconds.

    Args:
        environ: The process's environment; CI variables tell the branch of a detached head.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known: dict[tuple[Path, Path | None], tuple[float, Code]] = {}

    def code(self, folder: Path, artifacts: Path | None) -> Code:
        """Return the commit of a folder's repository; empty outside of one.

        Args:
            folder: Any folder of the repository.
            artifacts: The records, where they are on this machine; changes there do not make the
                code dirty.
        """
        moment = time.monotonic()
        known = self._known.get((folder, artifacts))
        if known is not None and moment - known[0] <= _FRESH_SECONDS:
            return known[1]
        code = read_code(folder, artifacts, self._environ)
        self._known[folder, artifacts] = (time.monotonic(), code)
        return code


def read_code(folder: Path, artifacts: Path | None, environ: Mapping[str, str]) -> Code:
    """Ask git for the commit, branch, dirtiness and remote of a folder's repository."""
    pathspec = ["--", ":/"]
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        return Code(commit=environ.get("GITHUB_SHA") or environ.get("CI_COMMIT_SHA"))
    if artifacts is not None and artifacts.resolve().is_relative_to(top.strip()):
        inside = artifacts.resolve().relative_to(top.strip()).as_posix()
        pathspec.append(f":(top,exclude,literal){inside}")
    status = _git(
        folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no", "-z", *pathspec
    )
    lines = (status or "").split("\0")
    told = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# branch."))
    commit = told.get("branch.oid")
    if commit is None or commit.startswith("("):
        return Code()
    branch = told.get("branch.head")
    if branch == "(detached)":
        branch = _branch_in_ci(environ)
    remote = _git(folder, "config", "--get", "remote.origin.url")
    return Code(
        commit=commit,
        branch=branch,
        dirty=any(line and not line.startswith("#") for line in lines),
        remote=without_credentials(remote.strip()) if remote else None,
    )


def without_credentials(remote: str) -> str:
    """Return a repository's address without a password, or a token in its place.

    The user of an SSH address stays: it says nothing, and the address needs it.
    """
    return re.sub(r"^([a-z][a-z0-9+.-]*://)[^/]*@", _drop_user, remote, flags=re.IGNORECASE)


def outer_run(environ: Mapping[str, str], modules: Mapping[str, Any] = sys.modules) -> Run:
    """Return the run of Prefect, Airflow, GitHub Actions or GitLab CI that this program is in.

    Nothing is imported for it: Prefect is asked only where the program has imported it.
    """
    return (
        _prefect_run(modules)
        or _airflow_run(environ)
        or _github_run(environ)
        or _gitlab_run(environ)
        or Run()
    )


def _git(folder: Path, *arguments: str) -> str | None:
    import subprocess  # only here: 3 ms that reading records can do without

    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, no shell, arguments of our own
            ["git", "--no-optional-locks", *arguments],  # noqa: S607 - the user's own git
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _drop_user(match: re.Match[str]) -> str:
    scheme = match[1]
    user = match[0][len(scheme) : -1]
    if scheme.lower() in ("ssh://", "git+ssh://") and ":" not in user:
        return match[0]
    return scheme


def _branch_in_ci(environ: Mapping[str, str]) -> str | None:
    for name in ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"):
        if environ.get(name):
            return environ[name]
    return None


def _prefect_run(modules: Mapping[str, Any]) -> Run | None:
    # Prefect 3, prefect/context.py: a run's context is there while its function runs.
    context = modules.get("prefect.context")
    if context is None:
        return None
    flow = context.FlowRunContext.get()
    task = context.TaskRunContext.get()
    if flow is None and task is None:
        return None
    flow_run = getattr(flow, "flow_run", None)
    task_run = getattr(task, "task_run", None)
    flow_run_id = getattr(task_run, "flow_run_id", None) or getattr(flow_run, "id", None)
    return Run(
        flow=_text(getattr(getattr(flow, "flow", None), "name", None)),
        flow_run=_text(flow_run_id),
        flow_run_name=_text(getattr(flow_run, "name", None)),
        task=_text(getattr(getattr(task, "task", None), "name", None)),
        task_run=_text(getattr(task_run, "id", None)),
    )


def _airflow_run(environ: Mapping[str, str]) -> Run | None:
    # Airflow 2 and 3 export these to every operator (airflow/utils/operator_helpers.py).
    if not environ.get("AIRFLOW_CTX_DAG_RUN_ID"):
        return None
    flow, run = environ.get("AIRFLOW_CTX_DAG_ID"), environ["AIRFLOW_CTX_DAG_RUN_ID"]
    return Run(
        flow=flow,
        flow_run=f"{flow}.{run}" if flow else run,
        flow_run_name=run,
        task=environ.get("AIRFLOW_CTX_TASK_ID"),
    )


def _github_run(environ: Mapping[str, str]) -> Run | None:
    if not environ.get("GITHUB_RUN_ID"):
        return None
    number = environ.get("GITHUB_RUN_NUMBER")
    return Run(
        flow=environ.get("GITHUB_WORKFLOW"),
        flow_run=environ["GITHUB_RUN_ID"],
        flow_run_name=f"#{number}" if number else None,
        task=environ.get("GITHUB_JOB"),
    )


def _gitlab_run(environ: Mapping[str, str]) -> Run | None:
    if not environ.get("CI_PIPELINE_ID"):
        return None
    return Run(
        flow=environ.get("CI_PIPELINE_NAME") or environ.get("CI_PROJECT_PATH"),
        flow_run=environ["CI_PIPELINE_ID"],
        flow_run_name=f"#{environ['CI_PIPELINE_IID']}" if environ.get("CI_PIPELINE_IID") else None,
        task=environ.get("CI_JOB_NAME"),
        task_run=environ.get("CI_JOB_ID"),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
