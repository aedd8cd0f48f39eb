from __future__ import annotations

import pytest

from artifolio.errors import ProjectError, PublishError


def test_what_others_have_pushed_is_merged(remote, clone):
    other = remote.clone("other")
    theirs = other.add("theirs")
    pushed = other.publish().pushed
    ours = clone.add("ours")
    done = clone.publish()
    assert remote.files() == {ours, theirs}
    assert remote.git("rev-list", "--parents", "-1", "main").split()[1:] == [done.commit, pushed]
    assert remote.git("log", "-1", "--format=%s", "main") == "Merge branch 'main' of origin"


def test_after_a_merge_the_clone_has_what_others_have_pushed(remote, clone):
    other = remote.clone("other")
    theirs = other.add("theirs")
    other.publish()
    clone.add("ours")
    done = clone.publish()
    assert not done.is_behind
    assert clone.git("rev-parse", "HEAD") == remote.tip()
    assert (clone.store.root / theirs).exists()
    assert clone.git("status", "--porcelain") == ""


def test_a_file_that_the_user_is_changing_is_never_touched(remote, clone):
    remote.let_others_push("site_name: theirs\n")
    (clone.folder / "mkdocs.yml").write_text("site_name: ours\n")
    path = clone.add()
    done = clone.publish()
    assert done.is_behind
    assert clone.git("rev-parse", "HEAD") == done.commit
    assert (clone.folder / "mkdocs.yml").read_text() == "site_name: ours\n"
    assert remote.files() == {path}
    assert remote.git("show", "main:mkdocs.yml") == "site_name: theirs"


def test_a_clone_that_is_behind_goes_on_publishing(remote, clone):
    test_a_file_that_the_user_is_changing_is_never_touched(remote, clone)
    path = clone.add("second")
    clone.publish()
    assert path in remote.files()
    assert remote.git("show", "main:mkdocs.yml") == "site_name: theirs"


def test_other_changes_of_the_user_stay_where_files_come_in(remote, clone):
    other = remote.clone("other")
    other.add("theirs")
    other.publish()
    (clone.folder / "mkdocs.yml").write_text("site_name: ours\n")
    (clone.folder / "staged.txt").write_text("x")
    clone.git("add", "staged.txt")
    clone.add("ours")
    assert not clone.publish().is_behind
    assert clone.git("status", "--porcelain").splitlines() == [" M mkdocs.yml", "A  staged.txt"]


def test_what_both_have_changed_is_told_and_nothing_is_pushed(remote, clone):
    remote.let_others_push("site_name: theirs\n")
    (clone.folder / "mkdocs.yml").write_text("site_name: ours\n")
    clone.git("commit", "-q", "-a", "-m", "Ours")
    clone.add()
    before = remote.tip()
    with pytest.raises(PublishError, match=r"'mkdocs\.yml'; run 'git pull'"):
        clone.publish()
    assert remote.tip() == before


def test_a_history_of_something_else_is_not_merged(remote, clone):
    clone.git("checkout", "-q", "--orphan", "fresh")
    clone.git("commit", "-q", "-m", "Fresh")
    clone.git("branch", "-q", "-f", "main", "fresh")
    clone.git("checkout", "-q", "main")
    clone.add()
    before = remote.tip()
    with pytest.raises(PublishError, match="nothing in common"):
        clone.publish()
    assert remote.tip() == before


def test_two_that_make_the_data_branch_at_once_come_together(remote, clone):
    other = remote.clone("other")
    theirs = other.add("theirs")
    ours = clone.add("ours")
    clone.publish(branch="artifacts-data", push=False)
    other.publish(branch="artifacts-data")
    clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {ours, theirs}


def test_a_shallow_clone_learns_how_its_history_hangs_together(remote):
    writer = remote.clone("writer")
    start = writer.git("rev-parse", "HEAD")
    early = writer.add("early")
    writer.publish()
    shallow = remote.clone("shallow", "--depth=1")
    # What the remote's branch has now stands on a commit that the shallow clone lacks.
    remote.git("update-ref", "refs/heads/main", start)
    late = remote.clone("late")
    theirs = late.add("theirs")
    late.publish()
    ours = shallow.add("ours")
    shallow.publish()
    assert remote.files() == {early, ours, theirs}


def test_a_server_that_thinks_better_of_it_is_asked_again(remote, clone):
    remote.hook(
        "pre-receive", "test -e twice && exit 0; test -e once && touch twice; touch once; exit 1"
    )
    clone.add()
    assert clone.publish().attempts == 3


def test_what_was_not_pushed_lands_though_the_remote_is_not_there_at_first(remote, clone):
    path = clone.add()
    clone.publish(push=False)
    # Asked for what it has, it fails once.
    (clone.folder / "upload").write_text(
        '#!/bin/sh\ntest -e ../asked || { touch ../asked; exit 1; }\nexec git-upload-pack "$@"\n'
    )
    (clone.folder / "upload").chmod(0o755)
    clone.git("config", "remote.origin.uploadpack", str(clone.folder / "upload"))
    assert clone.publish().pushed == remote.tip()
    assert remote.files() == {path}


def test_a_server_that_never_does_ends_it_in_time(remote, clone):
    remote.hook("pre-receive", "echo 'not today'; exit 1")
    clone.add()
    with pytest.raises(PublishError, match=r"no success within 1 seconds: .*not today"):
        clone.publish(seconds=1.0)


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ("GH006: Protected branch update failed for refs/heads/main.", "--branch artifacts-data"),
        ("GitLab: You are not allowed to push code to protected branches", "--branch artifacts-"),
        ("Permission to x/y.git denied to z.", "credential helper"),
    ],
)
def test_a_refusal_that_stays_one_ends_it_at_once(remote, clone, said, way):
    remote.hook("pre-receive", f"echo . >> asked; echo '{said}'; exit 1")
    clone.add()
    with pytest.raises(PublishError, match=way):
        clone.publish()
    assert (remote.folder / "asked").read_text() == ".\n"


def test_the_users_own_hook_ends_it_at_once(remote, clone):
    clone.hook("pre-push", "echo . >> .git/asked; echo 'tests fail' >&2; exit 1")
    clone.add()
    with pytest.raises(PublishError, match=r"tests fail; .*pre-push"):
        clone.publish()
    assert (clone.folder / ".git" / "asked").read_text() == ".\n"


def test_a_remote_that_is_not_there_ends_it_at_once(remote, clone):
    remote.folder.rename(remote.folder.with_name("away"))
    clone.add()
    with pytest.raises(PublishError, match="does not appear to be a git repository"):
        clone.publish(seconds=100.0)


def test_no_password_of_a_remote_is_told(remote, clone):
    clone.git("remote", "set-url", "origin", "https://someone:secret@localhost:1/x.git")
    clone.add()
    with pytest.raises(PublishError) as caught:
        clone.publish(seconds=0.5)
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.__cause__)


def test_a_remote_whose_address_is_a_command_is_refused(remote, clone):
    clone.git("remote", "set-url", "origin", "ext::sh -c touch% PWNED")
    clone.add()
    with pytest.raises(PublishError, match="ext"):
        clone.publish()
    assert not list(clone.folder.rglob("PWNED"))


def test_tags_are_not_pushed(remote, clone):
    clone.git("config", "push.followTags", "true")
    clone.git("tag", "-a", "-m", "x", "v1")
    clone.add()
    clone.publish()
    assert remote.git("tag") == ""


def test_merges_are_made_by_the_users_name_and_hooks(remote, clone):
    other = remote.clone("other")
    other.add("theirs")
    other.publish()
    clone.hook("commit-msg", 'echo "Reviewed-by: a hook" >> "$1"')
    clone.add("ours")
    clone.publish()
    assert "Reviewed-by" in remote.git("log", "-1", "--format=%B", "main")


def test_where_git_chooses_the_remote_so_do_we(remote, clone):
    clone.git("remote", "rename", "origin", "upstream")
    clone.git("remote", "add", "mine", "nowhere")
    clone.git("config", "remote.pushDefault", "upstream")
    path = clone.add()
    assert clone.publish().target.remote == "upstream"
    assert remote.files() == {path}


def test_of_several_remotes_none_is_guessed(remote, clone):
    clone.git("remote", "rename", "origin", "one")
    clone.git("remote", "add", "two", "nowhere")
    clone.git("branch", "--unset-upstream")
    clone.add()
    with pytest.raises(ProjectError, match="--remote"):
        clone.publish()
