from __future__ import annotations

import os
from pathlib import Path

import pytest

from artifolio.publishing.git import (
    Git,
    GitError,
    checked_branch,
    checked_remote,
    without_passwords,
)
from payloads import payloads

HOSTILE = [
    payload.text for payload in payloads("git") if payload.field != "commit_message_from_record"
]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """The git of an empty repository."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git = Git(folder, os.environ)
    git.run("init", "--quiet", "--initial-branch=main")
    return git


def test_what_git_writes_is_given_back(git):
    assert git.run("hash-object", "--stdin", given=b"x\n").strip().isalnum()
    assert git.ask("symbolic-ref", "HEAD") == "refs/heads/main"


def test_a_question_that_git_does_not_answer_is_none(git):
    assert git.ask("rev-parse", "--verify", "--quiet", "HEAD") is None


def test_a_failure_says_why_in_one_line(git):
    with pytest.raises(GitError, match=r"^git cat-file: fatal: .*nowhere.*$") as caught:
        git.run("cat-file", "-p", "nowhere")
    assert caught.value.status == 128


def test_no_password_is_told(git):
    with pytest.raises(GitError) as caught:
        git.run("fetch", "https://someone:secret@localhost:1/x.git")
    assert "secret" not in str(caught.value)
    assert "secret" not in caught.value.said


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://someone:secret@host/x.git", "https://host/x.git"),
        ("https://secret:@host/x.git", "https://host/x.git"),
        ("https://some@one:secret@host/x.git", "https://host/x.git"),
        ("https://someone:sec/secret@host/x.git", "https://host/x.git"),
        ("'https://someone:it's\"secret@host/x.git'", "'https://host/x.git'"),
        ("'https://host/x.git?private_token=secret'", "'https://host/x.git'"),
        ("ssh://someone:secret@host:22/x.git", "ssh://host:22/x.git"),
    ],
)
def test_an_address_is_told_without_what_opens_it(address, shown):
    text = f"fatal: {address} not found"
    assert without_passwords(text) == f"fatal: {shown} not found"


def test_what_a_program_of_the_users_says_is_told_beside_what_git_makes_of_it():
    said = "tests fail\nTo /tmp/remote.git\nhint: see below\nerror: failed to push some refs"
    assert str(GitError("push", said)) == "git push: tests fail; error: failed to push some refs"


def test_of_much_that_is_said_what_is_grave_is_told():
    said = "\n".join(["error: first", *(f"line {number}" for number in range(20))])
    told = str(GitError("push", said))
    assert told == "git push: error: first; line 15; line 16; line 17; line 18; line 19"


def test_ssh_asks_nobody_where_the_user_has_not_set_it_up(git):
    assert "BatchMode" in _ssh_of(git)
    git.run("config", "core.sshCommand", "ssh -4")
    assert _ssh_of(Git(git.folder, os.environ)) == "unset"
    own = Git(git.folder, {**os.environ, "GIT_SSH_COMMAND": "ssh -6"})
    assert _ssh_of(own) == "ssh -6"


def _ssh_of(git: Git) -> str:
    """Return the command for ssh that git hands on to what it runs for a remote."""
    program = 'echo "${GIT_SSH_COMMAND-unset}" >&2; false'
    with pytest.raises(GitError) as caught:
        git.run("ls-remote", f"--upload-pack={program}", str(git.folder))
    return caught.value.said.splitlines()[0]


def test_an_address_that_is_a_command_is_none(git):
    with pytest.raises(GitError, match="ext"):
        git.run("fetch", "ext::touch PWNED")
    assert not (git.folder / "PWNED").exists()


def test_the_repository_is_that_of_the_folder_whatever_a_hook_has_set(git, tmp_path):
    misled = Git(git.folder, {**os.environ, "GIT_DIR": str(tmp_path), "GIT_INDEX_FILE": "x"})
    assert Path(misled.ask("rev-parse", "--show-toplevel")) == git.folder.resolve()


def test_a_path_is_no_pattern(git):
    (git.folder / "*").write_text("x")
    (git.folder / "other").write_text("x")
    git.run("add", "--", "*")
    assert git.run("ls-files", "-z") == b"*\0"


def test_what_takes_too_long_is_stopped(git):
    slow = Git(git.folder, os.environ, seconds=0.2)
    with pytest.raises(GitError, match=r"no end after 0\.2 seconds"):
        slow.run("-c", "alias.wait=!sleep 20", "wait")


def test_without_git_the_way_out_is_told(git):
    with pytest.raises(GitError, match="install git"):
        Git(git.folder, {"PATH": ""}).run("status")


def test_output_is_read_while_git_runs_and_may_be_left(git):
    git.run("-c", "user.name=a", "-c", "user.email=b", "commit", "--allow-empty", "-m", "x")
    with git.reading("log", "--format=%s") as lines:
        assert lines.readline() == b"x\n"
    with git.reading("log", "--format=%H%n%s") as lines:
        lines.read(1)


def test_a_failure_while_output_is_read_is_told(git):
    with pytest.raises(GitError, match="fatal"), git.reading("log", "nowhere", "--") as lines:
        assert lines.read() == b""


@pytest.mark.parametrize("name", ["main", "artifacts-data", "feature/x_1", "v1.2", "Ünicode"])
def test_names_of_branches_are_taken(name):
    assert checked_branch(name) == name


@pytest.mark.parametrize("name", ["origin", "my-fork", "team/remote"])
def test_names_of_remotes_are_taken(name):
    assert checked_remote(name) == name


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_be_a_command_or_another_ref_is_no_branch_and_no_remote(text):
    with pytest.raises(GitError, match="no name"):
        checked_branch(text)
    with pytest.raises(GitError, match="no name"):
        checked_remote(text)


@pytest.mark.parametrize(
    "name", ["", "-x", "a..b", "a b", "a.lock", "refs/heads/x", "HEAD", "a~1", "@"]
)
def test_what_git_takes_for_something_else_is_no_branch(name):
    with pytest.raises(GitError, match="no name"):
        checked_branch(name)


@pytest.mark.parametrize(
    "name", ["main", "feature/x", "a.lock", "a..b", "-a", ".a", "a/", "a//b", "@", "x@{1}"]
)
def test_git_itself_agrees_on_branches(git, name):
    try:
        ours = checked_branch(name) == name
    except GitError:
        ours = False
    assert not ours or git.ask("check-ref-format", "--branch", name) == name
