"""Deploying to the branch of a host: a bare repository beside."""

from __future__ import annotations

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from artifolio.errors import ProjectError
from artifolio.publishing import deploy as deploying
from artifolio.publishing.deploy import Deployment, Target, deploy, find_target
from artifolio.publishing.git import Git, GitError
from artifolio.publishing.sitebranch import DeployError
from hosted import Hosted, make_hosted, write_site
from payloads import payloads

HOSTILE = [
    payload.text for payload in payloads("git") if payload.field != "commit_message_from_record"
]


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    return make_hosted(tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site", a__b="Page")


def to(hosted: Hosted, prefix: str = "", branch: str = "gh-pages") -> Target:
    return find_target(hosted.git, branch, None, prefix)


def print_of(folder: Path) -> str:
    """Return a digest of all files below a folder, but for the objects in a store."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "objects" not in path.parts:
            digest.update(os.fsencode(path) + b"\0" + path.read_bytes())
    return digest.hexdigest()


def hook(hosted: Hosted, name: str, script: str) -> None:
    path = hosted.host.folder / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_new_branch_holds_the_site_and_switches_jekyll_off(hosted: Hosted, site: Path) -> None:
    done = deploy(to(hosted), site)
    assert hosted.files() == {".nojekyll": "", "index.html": "Home", "a/b.html": "Page"}
    assert (done.commit, done.replaced) == (hosted.tip(), None)
    assert (done.files, done.size_bytes) == (2, 8)
    assert (done.added, done.changed, done.removed) == (4, 0, 0)
    assert not done.lacks_no_jekyll


def test_each_deployment_is_one_commit_without_a_parent(hosted: Hosted, site: Path) -> None:
    first = deploy(to(hosted), site)
    write_site(site, a__c="New")
    second = deploy(to(hosted), site)
    assert second.replaced == first.commit
    assert hosted.host.git("rev-list", "--parents", "gh-pages") == second.commit


def test_pages_that_are_gone_go(hosted: Hosted, site: Path) -> None:
    deploy(to(hosted), site)
    (site / "a" / "b.html").unlink()
    done = deploy(to(hosted), site)
    assert hosted.files() == {".nojekyll": "", "index.html": "Home"}
    assert done.removed == 1


def test_what_others_have_on_the_branch_stays(hosted: Hosted, site: Path) -> None:
    mine = {"CNAME": "example.org", "v1/index.html": "Old", "reports/x.html": "Mine"}
    hosted.put({**mine, "v2/stale.html": "Stale"})
    done = deploy(to(hosted, "v2"), site)
    assert hosted.files() == {**mine, "v2/index.html": "Home", "v2/a/b.html": "Page"}
    assert done.lacks_no_jekyll


def test_sites_at_the_top_and_below_leave_each_other_alone(
    hosted: Hosted, site: Path, tmp_path: Path
) -> None:
    below = write_site(tmp_path / "below", page="Below")
    hosted.put({"CNAME": "example.org", ".nojekyll": ""})
    deploy(to(hosted, "pr/7"), below)
    deploy(to(hosted), site)
    (site / "a" / "b.html").unlink()
    deploy(to(hosted), site)
    assert hosted.files() == {
        "CNAME": "example.org",
        ".nojekyll": "",
        "index.html": "Home",
        "pr/7/index.html": "Home",
        "pr/7/page.html": "Below",
    }


def test_an_unchanged_site_pushes_nothing(hosted: Hosted, site: Path) -> None:
    first = deploy(to(hosted), site)
    again = deploy(to(hosted), site)
    assert not again.is_change
    assert again.commit is None
    assert hosted.tip() == first.commit


def test_a_dry_run_tells_and_leaves_everything(hosted: Hosted, site: Path) -> None:
    deploy(to(hosted), site)
    write_site(site, a__b="Changed", c="New")
    before = hosted.tip(), hosted.work.git("count-objects", "-v")
    done = deploy(to(hosted), site, dry_run=True)
    assert (done.added, done.changed, done.removed, done.commit) == (1, 2, 0, None)
    assert (hosted.tip(), hosted.work.git("count-objects", "-v")) == before


def test_work_tree_index_and_branches_stay_as_they_are(hosted: Hosted, site: Path) -> None:
    work = hosted.work
    (work.folder / "staged.txt").write_text("staged")
    work.git("add", "staged.txt")
    (work.folder / "staged.txt").write_text("and edited")
    (work.folder / "new.txt").write_text("new")
    work.git("branch", "gh-pages")
    before = work.git("status", "--porcelain"), work.git("branch", "--verbose")
    index = (work.folder / ".git" / "index").read_bytes()
    deploy(to(hosted), site)
    assert (work.git("status", "--porcelain"), work.git("branch", "--verbose")) == before
    assert (work.folder / ".git" / "index").read_bytes() == index
    assert not (work.folder / ".git" / "FETCH_HEAD").exists()


def test_files_are_stored_as_they_are_whatever_git_is_told_of_them(
    hosted: Hosted, site: Path
) -> None:
    (hosted.work.folder / ".gitattributes").write_text("* text eol=lf filter=shout\n")
    hosted.work.git("config", "filter.shout.clean", "tr a-z A-Z")
    hosted.work.git("config", "core.autocrlf", "true")
    (hosted.work.folder / ".gitignore").write_text("*\n")
    (site / "index.html").write_bytes(b"home\r\n")
    deploy(to(hosted), site)
    blob = hosted.git.run("cat-file", "blob", f"{hosted.tip()}:index.html")
    assert blob == b"home\r\n"


def test_names_that_are_not_utf8_are_carried_along(hosted: Hosted, site: Path) -> None:
    (site / os.fsdecode(b"\xff\xfe ' \"x.html")).write_text("odd")
    deploy(to(hosted), site)
    deploy(to(hosted, "v2"), site)
    listed = hosted.git.run("ls-tree", "-r", "-z", "--name-only", hosted.tip()).split(b"\0")
    assert {b"\xff\xfe ' \"x.html", b"v2/\xff\xfe ' \"x.html"} <= set(listed)


def test_a_folder_of_the_repository_deploys_to_the_same_places(hosted: Hosted, site: Path) -> None:
    folder = hosted.work.folder / "project"
    folder.mkdir()
    shutil.copytree(site, folder / "site")
    target = find_target(Git(folder, os.environ), "gh-pages", None, "v1")
    deploy(target, folder / "site")
    deploy(find_target(Git(folder, os.environ), "gh-pages"), folder / "site")
    assert set(hosted.files()) == {
        *(".nojekyll", "index.html", "a/b.html", "v1/index.html", "v1/a/b.html")
    }


def test_a_shallow_clone_and_a_work_tree_without_a_branch_deploy_as_well(
    hosted: Hosted, site: Path, tmp_path: Path
) -> None:
    hosted.host.chain(3, "main")
    shallow = Hosted(hosted.host.clone(tmp_path / "shallow", "--depth=1"), hosted.host)
    shallow.work.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    deploy(to(hosted, "v1"), site)
    deploy(find_target(Git(tmp_path / "tree", os.environ), "gh-pages", None, "v2"), site)
    assert {"v1/index.html", "v2/index.html"} <= set(hosted.files())


def test_a_branch_with_a_history_does_not_make_the_clone_shallow(
    hosted: Hosted, site: Path, tmp_path: Path
) -> None:
    hosted.host.chain(3, branch="gh-pages")
    deploy(to(hosted), site)
    assert hosted.work.git("rev-parse", "--is-shallow-repository") == "false"
    assert hosted.host.git("rev-list", "--count", "gh-pages") == "1"


class Raced(Git):
    """Lets somebody else do something right before each of the first pushes."""

    def __init__(self, git: Git, *acts: Any) -> None:
        super().__init__(git.folder, os.environ)
        self.acts = list(acts)

    def run(self, *arguments: str, **options: Any) -> bytes:
        if arguments[0] == "push" and self.acts:
            self.acts.pop(0)()
        return super().run(*arguments, **options)


def raced(hosted: Hosted, prefix: str, *acts: Any) -> Target:
    target = to(hosted, prefix)
    return Target(Raced(target.git, *acts), target.remote, target.branch, target.prefix)


def test_a_deployment_to_another_prefix_in_the_same_moment_is_kept(
    hosted: Hosted, site: Path, tmp_path: Path
) -> None:
    other = hosted.another(tmp_path / "other")
    waits: list[int] = []
    target = raced(hosted, "v1", lambda: deploy(to(other, "v2"), site))
    done = deploy(target, site, wait=waits.append)
    assert {"v1/index.html", "v2/index.html"} <= set(hosted.files())
    assert (waits, done.commit) == ([1], hosted.tip())


def test_a_branch_that_somebody_deletes_meanwhile_is_made_anew(hosted: Hosted, site: Path) -> None:
    deploy(to(hosted, "v1"), site)
    target = raced(hosted, "v2", lambda: hosted.host.git("branch", "-D", "gh-pages"))
    deploy(target, site, wait=lambda attempt: None)
    assert set(hosted.files()) == {".nojekyll", "v2/index.html", "v2/a/b.html"}


def test_who_is_always_slower_is_told_in_the_end(hosted: Hosted, site: Path) -> None:
    numbers = iter(range(100))
    act = lambda: hosted.put({"x": str(next(numbers))})  # noqa: E731 - a name for one act
    target = raced(hosted, "v1", *[act] * 3)
    with pytest.raises(DeployError, match="others keep deploying to origin/gh-pages under v1/"):
        deploy(target, site, limit_seconds=-1, wait=lambda attempt: None)
    assert hosted.files() == {"x": "0"}


def test_many_deploy_at_once_and_all_land(hosted: Hosted, tmp_path: Path) -> None:
    def once(number: int) -> Deployment:
        own = hosted.another(tmp_path / f"clone-{number}")
        site = write_site(tmp_path / f"site-{number}", page=str(number))
        deploy(to(own, f"pr/{number}"), site)
        return deploy(to(own, f"pr/{number}"), write_site(site, page=f"{number} again"))

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(once, range(6)))
    files = hosted.files()
    assert [files[f"pr/{n}/page.html"] for n in range(6)] == [f"{n} again" for n in range(6)]
    assert hosted.tip() in {deployment.commit for deployment in done}


def test_a_connection_that_breaks_after_the_push_is_no_failure(hosted: Hosted, site: Path) -> None:
    class Broken(Git):
        def run(self, *arguments: str, **options: Any) -> bytes:
            made = super().run(*arguments, **options)
            if arguments[0] == "push":
                raise GitError("push", "fatal: the remote end hung up unexpectedly")
            return made

    target = to(hosted)
    broken = Broken(hosted.work.folder, os.environ)
    done = deploy(Target(broken, target.remote, target.branch, ""), site)
    assert done.commit == hosted.tip()


def test_a_protected_branch_says_why_and_is_asked_once(hosted: Hosted, site: Path) -> None:
    hook(hosted, "pre-receive", 'echo x >> asked; echo "error: gh-pages is protected" >&2; exit 1')
    with pytest.raises(GitError, match="gh-pages is protected"):
        deploy(to(hosted), site)
    assert (hosted.host.folder / "asked").read_text() == "x\n"
    assert hosted.tip() == ""


def test_a_host_that_takes_no_other_history_says_so(hosted: Hosted, site: Path) -> None:
    hosted.put({"x": "x"})
    hosted.host.git("config", "receive.denyNonFastForwards", "true")
    with pytest.raises(GitError, match="non-fast-forward"):
        deploy(to(hosted), site)
    assert hosted.files() == {"x": "x"}


def test_a_branch_whose_name_is_a_folder_of_branches_fails_after_some_tries(
    hosted: Hosted, site: Path
) -> None:
    hosted.put({"x": "x"}, "gh-pages/old")
    waits: list[int] = []
    with pytest.raises(GitError, match="gh-pages"):
        deploy(to(hosted), site, wait=waits.append)
    assert len(waits) <= 5


def test_too_large_a_file_is_refused_before_anything_is_stored(hosted: Hosted, site: Path) -> None:
    os.truncate(site / "a" / "b.html", 100_000_001)
    before = print_of(hosted.work.folder), hosted.work.git("count-objects", "-v")
    with pytest.raises(DeployError, match=r"'a/b\.html'"):
        deploy(to(hosted), site)
    assert (print_of(hosted.work.folder), hosted.work.git("count-objects", "-v")) == before
    assert hosted.tip() == ""


def test_the_limit_of_a_site_counts_what_others_have_on_the_branch(
    hosted: Hosted, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosted.put({"v1/data.bin": "x" * 1000})
    before = hosted.tip()
    monkeypatch.setattr("artifolio.publishing.sitebranch.MAX_SITE_BYTES", 1000)
    with pytest.raises(DeployError, match=r"the branch would hold .*'v1/data\.bin'"):
        deploy(to(hosted, "v2"), site)
    assert hosted.tip() == before


def test_the_branch_that_the_work_is_on_is_no_target(hosted: Hosted) -> None:
    hosted.work.git("switch", "-q", "-c", "gh-pages")
    with pytest.raises(DeployError, match="gh-pages is the branch that you work on"):
        to(hosted)


def test_the_default_branch_of_the_remote_is_no_target(hosted: Hosted) -> None:
    hosted.work.git("switch", "-q", "-c", "work")
    with pytest.raises(DeployError, match="main is the default branch of origin"):
        to(hosted, branch="main")


def test_without_a_repository_or_a_remote_the_way_out_is_told(hosted: Hosted, tmp_path: Path):
    with pytest.raises(DeployError, match="git init"):
        find_target(Git(tmp_path, os.environ), "gh-pages")
    hosted.work.git("remote", "remove", "origin")
    with pytest.raises(DeployError, match="git remote add"):
        to(hosted)
    with pytest.raises(ProjectError, match="no such remote: 'upstream'; there are: none"):
        find_target(hosted.git, "gh-pages", "upstream")


def test_the_remote_is_the_one_of_the_branch_or_the_named_one(
    hosted: Hosted, site: Path, tmp_path: Path
) -> None:
    fork = make_hosted(tmp_path / "fork")
    hosted.work.git("remote", "add", "fork", str(fork.host.folder))
    assert to(hosted).remote == "origin"
    deploy(find_target(hosted.git, "gh-pages", "fork"), site)
    assert (hosted.tip(), bool(fork.tip())) == ("", True)
    hosted.work.git("config", "branch.main.remote", "fork")
    assert to(hosted).remote == "fork"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_refused_before_git_is_asked(
    hosted: Hosted, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = hosted.git
    monkeypatch.setattr(Git, "_call", None)
    with pytest.raises(GitError, match="no name for a branch"):
        find_target(git, text)
    with pytest.raises(GitError, match="no name of a remote"):
        find_target(git, "gh-pages", text)
    with pytest.raises(DeployError, match="no path on a branch"):
        find_target(git, "gh-pages", None, text)


def test_a_remote_whose_address_is_a_command_is_not_run(hosted: Hosted, tmp_path: Path) -> None:
    hosted.work.git("remote", "set-url", "origin", f"ext::sh -c touch% {tmp_path}/PWNED")
    with pytest.raises(GitError, match="ext"):
        to(hosted)
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize("name", [".git", "a/.git", ".GIT", "a/.g\u200cit"])
def test_git_never_gets_a_folder_of_its_own_from_a_site(
    hosted: Hosted, site: Path, name: str
) -> None:
    (site / name).mkdir(parents=True)
    (site / name / "config").write_text("[core]\n\tfsmonitor = touch PWNED\n")
    hosted.work.git("config", "core.protectHFS", "true")
    outcome = _outcome(to(hosted), site)
    assert "git/config" not in outcome.casefold()


def _outcome(target: Target, site: Path) -> str:
    """Return the names on the branch, or nothing if git refuses them."""
    try:
        deploy(target, site)
    except GitError:
        return ""
    return target.git.run("ls-tree", "-r", "--name-only", "origin/gh-pages").decode()


def test_the_message_is_of_what_was_deployed_or_as_given(hosted: Hosted, site: Path) -> None:
    head = hosted.work.git("rev-parse", "--short", "HEAD")
    deploy(to(hosted, "v1"), site)
    assert hosted.host.git("log", "--format=%B", "gh-pages") == f"Deploy the site of {head} to v1/"
    deploy(to(hosted, "v2"), site, "--amend $(touch PWNED)\n\nBody")
    said = hosted.host.git("log", "--format=%B", "gh-pages")
    assert said == "--amend $(touch PWNED)\n\nBody"


def test_the_committer_is_the_user_or_artifolio_where_git_knows_none(
    hosted: Hosted, site: Path
) -> None:
    hosted.work.git("config", "user.useConfigOnly", "true")
    deploy(to(hosted, "v1"), site)
    assert hosted.host.git("log", "--format=%an %cn", "gh-pages") == "artifolio artifolio"
    hosted.work.git("config", "user.name", "Ada")
    hosted.work.git("config", "user.email", "ada@example.org")
    deploy(to(hosted, "v2"), site)
    assert hosted.host.git("log", "--format=%an %ce", "gh-pages") == "Ada ada@example.org"


def test_who_signs_commits_signs_deployments(hosted: Hosted, site: Path, tmp_path: Path) -> None:
    program = tmp_path / "sign"
    program.write_text(
        '#!/bin/sh\ncat > /dev/null\necho "[GNUPG:] SIG_CREATED x" >&2\n'
        'echo "-----BEGIN PGP SIGNATURE-----"\necho "-----END PGP SIGNATURE-----"\n'
    )
    program.chmod(0o755)
    hosted.work.git("config", "gpg.program", str(program))
    hosted.work.git("config", "commit.gpgSign", "true")
    deploy(to(hosted), site)
    assert "gpgsig -----BEGIN PGP SIGNATURE-----" in hosted.host.git("cat-file", "-p", "gh-pages")


def test_only_the_branch_is_pushed(hosted: Hosted, site: Path) -> None:
    hosted.work.git("config", "push.followTags", "true")
    hosted.work.git("tag", "-a", "-m", "x", "v1")
    hosted.work.git("branch", "private")
    deploy(to(hosted), site)
    refs = hosted.host.git("for-each-ref", "--format=%(refname)").splitlines()
    assert refs == ["refs/heads/gh-pages", "refs/heads/main"]


def test_waits_are_spread_and_grow_to_no_more_than_five_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(deploying.time, "sleep", waits.append)
    deploying._wait(1)
    deploying._wait(30)
    assert 0 <= waits[0] <= 0.2
    assert 0 <= waits[1] <= 5
