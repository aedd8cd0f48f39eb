from __future__ import annotations

import pytest
from hypothesis import given

from artifolio.origins import Code
from artifolio.website.hosts import commit_url, record_url
from artifolio.website.markup import host_of
from payloads import payloads
from strategies import texts

COMMIT = "9fceb02d0ae598e95dc970b74767f19372d61af8"


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://github.com/o/r.git", f"https://github.com/o/r/commit/{COMMIT}"),
        ("https://github.com/o/r", f"https://github.com/o/r/commit/{COMMIT}"),
        ("https://github.com/o/r/", f"https://github.com/o/r/commit/{COMMIT}"),
        ("http://GitHub.com/o/r", f"https://GitHub.com/o/r/commit/{COMMIT}"),
        ("git@github.com:o/r.git", f"https://github.com/o/r/commit/{COMMIT}"),
        ("ssh://git@github.com/o/r.git", f"https://github.com/o/r/commit/{COMMIT}"),
        ("ssh://git@github.com:22/o/r.git", f"https://github.com/o/r/commit/{COMMIT}"),
        ("https://gitlab.com/a/b/c.git", f"https://gitlab.com/a/b/c/-/commit/{COMMIT}"),
        ("https://codeberg.org/o/r.git", f"https://codeberg.org/o/r/commit/{COMMIT}"),
        ("git@bitbucket.org:o/r.git", f"https://bitbucket.org/o/r/commits/{COMMIT}"),
    ],
)
def test_commits_are_linked_on_the_usual_hosts(remote, expected):
    assert commit_url(Code(commit=COMMIT, remote=remote)) == expected


@pytest.mark.parametrize(
    "remote",
    [
        *(None, "", "/srv/git/r.git", "../r", "https://git.example.org/o/r", "javascript:x"),
        *("https://github.com.evil.example/o/r", "https://evil.example/github.com/o/r"),
        *("https://github.com@evil.example/o/r", "git@evil.example:github.com/o/r"),
        *("https://github.com/o/r x", "https://github.com/o\\r", "https://github.com/o\n/r"),
        *("file:///github.com/o/r", "https://github.com/", "https://github.com"),
    ],
)
def test_other_remotes_are_not_linked(remote):
    assert commit_url(Code(commit=COMMIT, remote=remote)) is None


@pytest.mark.parametrize(
    "commit", [None, "", "9fceb0", "9FCEB02D", "../../x", "9fceb02d/..", "HEAD"]
)
def test_what_is_no_commit_is_not_linked(commit):
    assert commit_url(Code(commit=commit, remote="https://github.com/o/r")) is None


PATH = "loss/20260801T120100123Z-000000000001.yaml"


@pytest.mark.parametrize(
    ("remote", "on_main", "on_none"),
    [
        (
            "git@github.com:o/r.git",
            f"https://github.com/o/r/blob/main/artifacts/{PATH}",
            f"https://github.com/o/r/blob/HEAD/artifacts/{PATH}",
        ),
        (
            "https://gitlab.com/a/b/c",
            f"https://gitlab.com/a/b/c/-/blob/main/artifacts/{PATH}",
            f"https://gitlab.com/a/b/c/-/blob/HEAD/artifacts/{PATH}",
        ),
        (
            "https://bitbucket.org/o/r",
            f"https://bitbucket.org/o/r/src/main/artifacts/{PATH}",
            f"https://bitbucket.org/o/r/src/HEAD/artifacts/{PATH}",
        ),
        (
            "https://codeberg.org/o/r",
            f"https://codeberg.org/o/r/src/branch/main/artifacts/{PATH}",
            None,
        ),
        ("https://git.example.org/o/r", None, None),
        (None, None, None),
    ],
)
def test_records_are_linked_in_their_branch_or_the_default_one(remote, on_main, on_none):
    assert record_url(Code(COMMIT, "main", False, remote), PATH) == on_main
    assert record_url(Code(COMMIT, None, False, remote), PATH) == on_none


def test_odd_names_of_branches_and_records_are_quoted():
    code = Code(branch="feature/ä#1?", remote="https://github.com/o/r")
    assert record_url(code, "loss/a b#.yaml") == (
        "https://github.com/o/r/blob/feature/%C3%A4%231%3F/artifacts/loss/a%20b%23.yaml"
    )


@pytest.mark.parametrize("branch", ["", "a b", "a\\b", "a\nb", "b" * 61])
def test_what_is_no_branch_is_taken_for_the_default_one(branch):
    code = Code(branch=branch, remote="https://github.com/o/r")
    assert record_url(code, PATH) == f"https://github.com/o/r/blob/HEAD/artifacts/{PATH}"


@given(texts, texts, texts)
def test_no_record_leads_to_another_host(remote, branch, path):
    url = record_url(Code(branch=branch, remote=f"https://github.com/{remote}"), path)
    assert url is None or host_of(url) == "github.com"


@given(texts)
def test_no_remote_leads_to_another_host(remote):
    url = commit_url(Code(commit=COMMIT, remote=f"https://github.com/{remote}"))
    assert url is None or host_of(url) == "github.com"


@pytest.mark.parametrize("payload", payloads("git", field="publish_remote_or_branch"), ids=str)
def test_hostile_remotes_are_not_linked(payload):
    assert commit_url(Code(commit=COMMIT, remote=str(payload.content))) is None
