from __future__ import annotations

import pytest

from artifolio.gitstate import is_full, state_of
from repositories import Repository


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "a repository, ünlike [others]")


def test_the_state_is_another_one_once_commits_were_fetched(repository, tmp_path):
    chain = repository.chain(3)
    copy = repository.clone(tmp_path / "copy", "--depth=1")
    before = state_of(copy.folder)
    assert state_of(copy.folder / ".git") == before != ""
    copy.git("fetch", "-q", "--unshallow")
    after = state_of(copy.folder)
    repository.commit(chain[-1])
    copy.git("fetch", "-q")
    assert len({before, after, state_of(copy.folder)}) == 3


def test_the_state_is_the_same_after_a_commit_of_ones_own(repository):
    repository.git("commit", "-q", "--allow-empty", "-m", "First")
    before = state_of(repository.folder)
    repository.git("commit", "-q", "--allow-empty", "-m", "Second")
    assert state_of(repository.folder) == before


def test_a_worktree_has_the_state_of_its_repository(repository, tmp_path):
    repository.commit()
    repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    before = state_of(tmp_path / "tree")
    (repository.folder / ".git" / "shallow").write_text("")
    assert "" != before != state_of(tmp_path / "tree")


def test_outside_of_a_repository_there_is_no_state(tmp_path):
    assert state_of(tmp_path) == ""
    assert state_of(tmp_path / "nowhere") == ""


@pytest.mark.parametrize("name", ["a" * 40, "0123456789abcdef" * 4])
def test_a_full_id_is_one_of_40_or_64_digits(name):
    assert is_full(name)


@pytest.mark.parametrize(
    "name", [None, "", "a" * 39, "a" * 41, "A" * 40, "g" * 40, "a" * 40 + "\n"]
)
def test_anything_else_is_no_full_id(name):
    assert not is_full(name)
