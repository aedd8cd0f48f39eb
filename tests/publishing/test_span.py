from __future__ import annotations

import os
from contextlib import contextmanager

import pytest

from artifolio.errors import NotFoundError
from artifolio.publishing.git import Git
from artifolio.publishing.objects import reading_objects
from artifolio.publishing.span import find_span, split_span
from repositories import Repository


@contextmanager
def asking(repository, environ=None):
    git = Git(repository.folder, os.environ)
    with reading_objects(git) as objects:
        yield lambda text: find_span(git, objects, text, environ or {}, uncommitted=False)


@pytest.fixture
def repository(tmp_path):
    """Three commits: one that both branches have, and one of each."""
    made = Repository(tmp_path / "repository")
    made.first = made.commit()
    made.ours = made.commit(made.first, branch="feature")
    made.theirs = made.commit(made.first)
    made.git("symbolic-ref", "HEAD", "refs/heads/feature")
    return made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, (None, "HEAD")),
        ("main", ("main", "HEAD")),
        ("main..feature", ("main", "feature")),
        ("main...feature", ("main", "feature")),
        ("main..", ("main", "HEAD")),
        ("..feature", ("HEAD", "feature")),
        ("v1.2..v1.3", ("v1.2", "v1.3")),
    ],
)
def test_base_and_head_are_named_as_for_git(text, names):
    assert split_span(text) == names


def test_a_branch_is_its_own_since_it_left_the_other(repository):
    with asking(repository) as find:
        span = find("main..feature")
    assert (span.base_id, span.head_id, span.start_id) == (
        repository.theirs,
        repository.ours,
        repository.first,
    )


def test_branches_that_have_nothing_in_common_are_compared_as_they_are(repository):
    alone = repository.commit(branch="alone")
    with asking(repository) as find:
        span = find("alone..feature")
    assert (span.fork_id, span.start_id) == (None, alone)


@pytest.mark.parametrize(
    ("refs", "environ", "base"),
    [
        (["origin/HEAD", "origin/main"], {}, "origin/trunk"),
        (["origin/main"], {}, "origin/main"),
        (["origin/master"], {}, "origin/master"),
        ([], {}, "main"),
        (["origin/main", "origin/next"], {"GITHUB_BASE_REF": "next"}, "origin/next"),
        (
            ["origin/main", "origin/next"],
            {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "next"},
            "origin/next",
        ),
    ],
)
def test_without_a_base_it_is_the_one_that_is_asked_for_or_the_default(
    repository, refs, environ, base
):
    repository.git("remote", "add", "origin", "nowhere")
    for ref in refs:
        repository.git("update-ref", f"refs/remotes/{ref}", repository.theirs)
    if "origin/HEAD" in refs:
        repository.git("update-ref", "refs/remotes/origin/trunk", repository.theirs)
        repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    with asking(repository, environ) as find:
        assert find(None).base == base


def test_without_anything_to_compare_with_it_is_said(repository):
    repository.git("branch", "-m", "main", "trunk")
    with asking(repository) as find, pytest.raises(NotFoundError, match="report main"):
        find(None)


@pytest.mark.parametrize(
    "text", ["nowhere", "main..nowhere", "-x", "main..--all", "a\nb", "main:x"]
)
def test_a_commit_that_is_none_is_told(repository, text):
    with asking(repository) as find, pytest.raises(NotFoundError, match="git branch --all"):
        find(text)
