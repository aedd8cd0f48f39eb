from __future__ import annotations

import pytest
from hypothesis import given

from artifolio.origins import Code
from artifolio.website.hosts import KINDS, Hosts
from artifolio.website.markup import host_of
from payloads import payloads
from strategies import texts

COMMIT = "9fceb02d0ae598e95dc970b74767f19372d61af8"
OLDER = "0123456789" * 4
HOSTS = Hosts({"git.example.org": "gitlab", "code.example.org": "bitbucket-server"})
PAGES = {
    "git@github.com:o/r.git": "https://github.com/o/r",
    "https://gitlab.com/a/b/c.git": "https://gitlab.com/a/b/c",
    "ssh://git@altssh.gitlab.com:443/a/b.git": "https://gitlab.com/a/b",
    "ssh://git@ssh.github.com:443/o/r.git": "https://github.com/o/r",
    "https://codeberg.org/o/r": "https://codeberg.org/o/r",
    "git@bitbucket.org:o/r.git": "https://bitbucket.org/o/r",
    "https://dev.azure.com/org/My%20Project/_git/r": (
        "https://dev.azure.com/org/My%20Project/_git/r"
    ),
    "git@ssh.dev.azure.com:v3/org/project/r": "https://dev.azure.com/org/project/_git/r",
    "org@vs-ssh.visualstudio.com:v3/org/project/r": "https://dev.azure.com/org/project/_git/r",
    "https://org.visualstudio.com/project/_git/r": "https://org.visualstudio.com/project/_git/r",
    "https://org.visualstudio.com/DefaultCollection/project/_git/r": (
        "https://org.visualstudio.com/DefaultCollection/project/_git/r"
    ),
    "https://org.visualstudio.com/_git/r": "https://org.visualstudio.com/_git/r",
    "https://gitlab.example.org:8443/a/b": "https://gitlab.example.org:8443/a/b",
    "http://gitlab.example.org/a/b": "http://gitlab.example.org/a/b",
    "ssh://git@gitlab.example.org:2222/a/b.git": "https://gitlab.example.org/a/b",
    "git@GitHub.example.org:o/r": "https://GitHub.example.org/o/r",
    "gitea@gitea.example.org:o/r.git": "https://gitea.example.org/o/r",
    "https://forgejo.example.org/o/r.git": "https://forgejo.example.org/o/r",
    "ssh://git@bitbucket.example.org:7999/key/r.git": (
        "https://bitbucket.example.org/projects/key/repos/r"
    ),
    "https://bitbucket.example.org/scm/~ada/r.git": (
        "https://bitbucket.example.org/users/ada/repos/r"
    ),
    "https://git.example.org/a/b.git": "https://git.example.org/a/b",
    "https://code.example.org/scm/key/r.git": "https://code.example.org/projects/key/repos/r",
}
COMPARED = [
    ("https://github.com/o/r", f"/compare/{OLDER}...{COMMIT}"),
    ("https://gitlab.com/o/r", f"/-/compare/{OLDER}...{COMMIT}"),
    ("https://codeberg.org/o/r", f"/compare/{OLDER}...{COMMIT}"),
    ("https://bitbucket.org/o/r", f"/branches/compare/{COMMIT}%0D{OLDER}"),
    (
        "https://dev.azure.com/o/p/_git/r",
        f"/branchCompare?baseVersion=GC{OLDER}&targetVersion=GC{COMMIT}",
    ),
]


def commit_url(code: Code) -> str | None:
    return Hosts({}).commit_url(code)


def record_url(code: Code, path: str) -> str | None:
    return Hosts({}).record_url(code, path)


@pytest.mark.parametrize("remote", PAGES)
def test_a_repository_is_linked_by_its_remote(remote):
    assert HOSTS.repository_url(Code(remote=remote)) == PAGES[remote]


@pytest.mark.parametrize(("remote", "path"), COMPARED)
def test_two_commits_are_compared_on_their_host(remote, path):
    old, new = Code(OLDER, remote=remote), Code(COMMIT, remote=f"{remote}.git")
    assert HOSTS.compare_url(old, new) == remote + path


def test_two_commits_are_compared_on_a_bitbucket_of_ones_own():
    remote = "https://bitbucket.example.org/scm/key/r.git"
    assert HOSTS.compare_url(Code(OLDER, remote=remote), Code(COMMIT, remote=remote)) == (
        "https://bitbucket.example.org/projects/key/repos/r"
        f"/compare/commits?sourceBranch={COMMIT}&targetBranch={OLDER}"
    )


@pytest.mark.parametrize(
    ("commit", "remote"),
    [
        (OLDER, "https://github.com/o/another"),
        (OLDER, "https://gitlab.com/o/r"),
        (OLDER, None),
        (None, "https://github.com/o/r"),
        ("main", "https://github.com/o/r"),
        ("HEAD...evil", "https://github.com/o/r"),
    ],
)
def test_what_cannot_be_compared_is_not(commit, remote):
    new = Code(COMMIT, remote="https://github.com/o/r")
    assert HOSTS.compare_url(Code(commit, remote=remote), new) is None


@pytest.mark.parametrize(
    "remote",
    [
        *("https://git.elsewhere.org/o/r", "https://gitlab/o/r", "https://example.org/gitlab/r"),
        *("https://mygitlab.example.org/o/r", "https://gitlab.com/r", "https://github.com/o/.."),
        *("https://dev.azure.com/org/project", "https://dev.azure.com/a/b/c/d/e/_git/r"),
        *("https://dev.azure.com/org/p%2F..%2F/_git/r", "https://x.visualstudio.com.evil/_git/r"),
        *("git@ssh.dev.azure.com:v4/org/project/r", "git@ssh.dev.azure.com:v3/org/project/r?x"),
        *(
            "https://user:secret@github.com/o/r",
            "https://github.com/o/%00",
            "https://github.com:x/o/r",
        ),
    ],
)
def test_what_is_not_certain_is_not_linked(remote):
    code = Code(COMMIT, "main", remote=remote)
    found = [HOSTS.repository_url(code), HOSTS.commit_url(code), HOSTS.record_url(code, "x")]
    assert found == [None] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_is_what_it_is_said_to_be(kind):
    hosts = Hosts({"git.example.org": kind})
    path = "o/p/_git/r" if kind == "azure" else "o/r"
    code = Code(COMMIT, "main", remote=f"https://git.example.org/{path}")
    found = [hosts.commit_url(code), hosts.compare_url(code, code), hosts.record_url(code, "x")]
    assert [host_of(url or "") for url in found] == ["git.example.org"] * 3


def test_another_commit_of_the_same_repository_is_linked():
    code = Code(COMMIT, remote="https://github.com/o/r")
    assert HOSTS.commit_url(code, OLDER) == f"https://github.com/o/r/commit/{OLDER}"


def test_a_record_is_linked_on_azure_in_its_branch():
    code = Code(branch="feature/a&b", remote="https://dev.azure.com/o/p/_git/r")
    assert HOSTS.record_url(code, "loss/x.yaml") == (
        "https://dev.azure.com/o/p/_git/r?path=/artifacts/loss/x.yaml&version=GBfeature/a%26b"
    )


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
