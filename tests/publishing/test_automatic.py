from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import warnings

import pytest

import artifolio
from artifolio import create_markdown_artifact, create_progress_artifact, flow, publishing
from artifolio.errors import InvalidValueError, ProjectError, PublishError
from artifolio.runs import current_run


@pytest.fixture(autouse=True)
def _there(clone, monkeypatch):
    monkeypatch.chdir(clone.folder)


@pytest.fixture
def by_variable(monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_AUTO_COMMIT", "run")


def subjects(remote, branch="main") -> list[str]:
    """Return the subjects of a branch's commits, latest first, without the first of all."""
    return remote.git("log", "--format=%s", branch).splitlines()[:-1]


def add() -> None:
    create_markdown_artifact("# Loss", "loss")


@flow
def inner() -> None:
    add()


@flow
def outer() -> str:
    inner()
    add()
    return "done"


@flow
def failing() -> None:
    add()
    raise KeyError("of the run itself")


def test_all_is_published_once_when_the_block_ends(remote):
    with artifolio.publishing("Nightly"):
        add()
        assert subjects(remote) == []
        add()
    assert subjects(remote) == ["Nightly"]
    assert len(remote.files()) == 2


def test_blocks_and_flows_within_do_not_publish(remote, by_variable):
    with publishing():
        outer()
        with publishing("inner"):
            add()
        assert subjects(remote) == []
    assert subjects(remote) == ["Publish 3 versions of loss"]


def test_the_outermost_flow_publishes_where_the_variable_says_so(remote, by_variable):
    assert outer() == "done"
    assert subjects(remote) == ["Publish 2 versions of loss"]
    assert current_run() is None


def test_a_block_within_a_flow_leaves_it_to_the_flow(remote, by_variable):
    @flow
    def work() -> None:
        with publishing("inner"):
            add()
        assert subjects(remote) == []

    work()
    assert subjects(remote) == ["Publish 1 version of loss"]


def test_flows_publish_nothing_without_the_variable(remote):
    outer()
    assert subjects(remote) == []


def test_coroutines_are_flows_as_well(remote, by_variable):
    @flow
    async def work() -> None:
        await asyncio.sleep(0)
        add()

    asyncio.run(work())
    assert subjects(remote) == ["Publish 1 version of loss"]


def test_a_run_that_fails_is_published_and_its_error_goes_on(remote, by_variable):
    with pytest.raises(KeyError, match="of the run itself"):
        failing()
    assert subjects(remote) == ["Publish 1 version of loss"]


def test_a_failure_to_push_does_not_hide_the_error_of_the_run(remote, by_variable):
    remote.hook("pre-receive", "echo 'protected branch'; exit 1")
    with (
        pytest.warns(RuntimeWarning, match="after KeyError, artifacts were not published: commit"),
        pytest.raises(KeyError, match="of the run itself"),
    ):
        failing()


def test_not_even_if_warnings_are_errors(remote, by_variable):
    remote.hook("pre-receive", "echo 'protected branch'; exit 1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(KeyError, match="of the run itself"):
            failing()


def test_a_failure_to_push_is_the_error_of_a_run_that_has_none(remote, clone, by_variable):
    remote.hook("pre-receive", "echo 'protected branch'; exit 1")
    with pytest.raises(PublishError, match="committed as"):
        outer()
    assert clone.git("log", "-1", "--format=%s") == "Publish 2 versions of loss"


def test_an_interrupt_commits_and_does_not_wait_for_a_push(remote, clone):
    def work() -> None:
        with publishing():
            add()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert clone.git("log", "-1", "--format=%s") == "Publish 1 version of loss"
    assert subjects(remote) == []


def test_a_block_that_publishes_nothing_makes_no_commit(remote, by_variable):
    with publishing():
        pass
    assert subjects(remote) == []


def test_progress_that_is_still_to_be_written_is_committed(remote, clone):
    with publishing():
        job = create_progress_artifact(0, "job")
        artifolio.update_progress_artifact(job, 50)
        artifolio.update_progress_artifact(job, 100)
    (path,) = remote.files()
    assert "100.0" in remote.git("show", f"main:artifacts/{path}")


def test_branch_and_remote_may_stand_in_the_environment(remote, by_variable, monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_BRANCH", "artifacts-data")
    monkeypatch.setenv("ARTIFOLIO_REMOTE", "origin")
    outer()
    assert remote.git("log", "--format=%s", "artifacts-data") == "Publish 2 versions of loss"
    assert subjects(remote) == []


def test_what_cannot_work_is_told_before_the_work_is_done(clone):
    with pytest.raises(ProjectError, match="no such remote"), publishing(remote="nowhere"):
        raise AssertionError("it began")


def test_an_unknown_value_of_the_variable_is_told_before_the_work_is_done(monkeypatch):
    monkeypatch.setenv("ARTIFOLIO_AUTO_COMMIT", "always")
    with pytest.raises(InvalidValueError, match="'always' is not known; set it to 'run'"):
        failing()


def test_a_record_that_was_left_out_is_warned_of(remote, clone):
    def work() -> None:
        with publishing():
            add()
            (clone.store.root / "loss" / "a.yaml").write_text("x")

    with pytest.warns(RuntimeWarning, match=r"not committed: loss/a\.yaml"):
        work()
    assert subjects(remote) == ["Publish 1 version of loss"]


def test_the_package_looks_like_the_function_that_it_stands_for():
    assert list(inspect.signature(artifolio.publishing).parameters) == [
        *("message", "branch", "remote", "push", "timeout", "store")
    ]
    assert artifolio.publishing.__name__ == "artifolio.publishing"


def test_a_name_that_is_none_is_none():
    with pytest.raises(AttributeError, match="module 'artifolio' has no attribute 'nothing'"):
        _ = artifolio.nothing


def test_users_may_check_their_types(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import artifolio\n"
        "with artifolio.publishing('x', branch='data'):\n"
        "    pass\n"
        "artifolio.publishing(3)\n"
        "artifolio.nothing\n"
    )
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line.split(": ")[0].rpartition(":")[2] for line in told.stdout.splitlines()[:-1]] == [
        "4",
        "5",
    ]
