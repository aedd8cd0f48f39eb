from __future__ import annotations

import shutil
import subprocess

import pytest

from artifolio import create_progress_artifact, update_progress_artifact
from artifolio.errors import InvalidValueError, ProjectError, PublishError
from artifolio.publishing.git import GitError
from artifolio.publishing.publish import publish
from artifolio.sdk import store_of
from artifolio.store import Store
from payloads import payloads
from publishing.clones import Clone, git

HOSTILE = [
    payload.text for payload in payloads("git") if payload.field == "publish_remote_or_branch"
]


def test_records_are_committed_and_pushed(remote, clone):
    path = clone.add()
    done = clone.publish()
    assert remote.files() == {path}
    assert done.commit == done.pushed == remote.tip() == clone.git("rev-parse", "HEAD")
    assert clone.changed() == ["A artifacts/loss/.keep", f"A artifacts/{path}"]
    assert clone.git("status", "--porcelain") == ""
    assert done.attempts == 1


def test_attachments_are_committed_with_their_records_whatever_is_ignored(remote, clone):
    (clone.folder / ".git" / "info" / "exclude").write_text("*.csv\n")
    path = clone.add_file()
    clone.publish()
    attached = path.replace(".yaml", ".csv")
    assert clone.files() == [".keep", "files/.keep", attached, path]


def test_what_else_is_staged_or_changed_stays_as_it_is(remote, clone):
    (clone.folder / "mkdocs.yml").write_text("changed: true\n")
    (clone.folder / "staged.txt").write_text("x")
    clone.git("add", "staged.txt")
    (clone.folder / "other.txt").write_text("x")
    before = clone.git("status", "--porcelain")
    path = clone.add()
    clone.publish()
    assert clone.changed() == ["A artifacts/loss/.keep", f"A artifacts/{path}"]
    assert clone.git("status", "--porcelain") == before
    assert clone.git("diff", "--cached", "--name-only") == "staged.txt"


def test_deleted_records_are_deleted_and_their_folders_kept(remote, clone):
    path = clone.add_file()
    clone.publish()
    clone.store.delete(clone.store.scan("files").entries[0])
    clone.publish()
    attached = path.replace(".yaml", ".csv")
    assert clone.changed() == [f"D artifacts/{attached}", f"D artifacts/{path}"]
    assert clone.git("log", "-1", "--format=%s") == "Delete 1 version of files"
    assert clone.git("status", "--porcelain") == ""


def test_a_deletion_that_is_staged_is_committed(remote, clone):
    path = clone.add()
    clone.publish()
    clone.git("rm", "-q", f"artifacts/{path}")
    clone.publish()
    assert remote.files() == set()


def test_a_folder_that_is_gone_keeps_its_keep(remote, clone):
    clone.add()
    clone.publish()
    shutil.rmtree(clone.store.root / "loss")
    clone.publish()
    assert clone.files() == [".keep", "loss/.keep"]


def test_progress_that_moved_is_committed_again(remote, clone):
    job = create_progress_artifact(10, "job", store=clone.store)
    clone.publish()
    update_progress_artifact(job, 20, store=clone.store)
    store_of(clone.store)
    clone.publish()
    assert clone.changed()[0].startswith("M artifacts/job/")
    assert clone.git("log", "-1", "--format=%s") == "Update 1 version of job"


def test_nothing_new_makes_no_commit_and_asks_no_remote(remote, clone):
    clone.add()
    first = clone.publish()
    shutil.rmtree(remote.folder)
    again = clone.publish()
    assert (again.commit, again.pushed, again.changes) == (None, None, ())
    assert clone.git("rev-parse", "HEAD") == first.commit


def test_a_dry_run_changes_nothing(remote, clone):
    path = clone.add()
    before = clone.git("rev-parse", "HEAD"), clone.git("status", "--porcelain")
    done = clone.publish(dry_run=True)
    assert [change.path for change in done.changes] == ["loss/.keep", path]
    assert (done.commit, done.pushed) == (None, None)
    assert (clone.git("rev-parse", "HEAD"), clone.git("status", "--porcelain")) == before


def test_without_a_push_the_remote_stays(remote, clone):
    clone.add()
    before = remote.tip()
    assert clone.publish(push=False).commit == clone.git("rev-parse", "HEAD")
    assert remote.tip() == before


def test_what_was_not_pushed_is_pushed_by_the_next_one(remote, clone):
    path = clone.add()
    clone.publish(push=False)
    done = clone.publish()
    assert done.commit is None
    assert remote.tip() == done.pushed
    assert remote.files() == {path}


def test_commits_of_the_users_alone_are_not_pushed(remote, clone):
    before = remote.tip()
    clone.git("commit", "-q", "--allow-empty", "-m", "Mine")
    assert clone.publish().pushed is None
    assert remote.tip() == before


def test_a_new_branch_of_the_users_is_not_pushed_without_records(remote, clone):
    clone.add()
    clone.publish()
    clone.git("checkout", "-q", "-b", "feature")
    clone.git("commit", "-q", "--allow-empty", "-m", "Mine")
    assert clone.publish().pushed is None
    assert remote.git("branch", "--list", "feature") == ""


def test_the_first_commit_of_a_repository_has_the_records_alone(tmp_path):
    folder = tmp_path / "new"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    clone = Clone(folder)
    (folder / "staged.txt").write_text("x")
    clone.git("add", "staged.txt")
    path = clone.add()
    done = clone.publish()
    assert clone.git("ls-tree", "-r", "--name-only", "trunk").splitlines() == [
        "artifacts/loss/.keep",
        f"artifacts/{path}",
    ]
    assert (done.target.remote, done.pushed) == (None, None)
    assert clone.git("status", "--porcelain") == "A  staged.txt"


def test_a_message_of_ones_own_is_the_commits(remote, clone):
    clone.add()
    clone.publish(message="Nightly \x1b[31mrun\n\nBody\n")
    assert clone.git("log", "-1", "--format=%B").strip() == "Nightly \\x1b[31mrun\n\nBody"


def test_an_empty_message_is_refused(clone):
    clone.add()
    with pytest.raises(InvalidValueError, match="empty"):
        clone.publish(message=" ")


def test_records_in_no_repository_are_told_of(tmp_path):
    store = Store(tmp_path / "artifacts")
    store.root.mkdir()
    with pytest.raises(ProjectError, match="git init"):
        publish(store)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_branch_or_remote_is_refused_before_anything_happens(clone, text):
    clone.add()
    before = clone.git("show-ref")
    for option in ("branch", "remote"):
        with pytest.raises(GitError, match="no name"):
            clone.publish(**{option: text})
    assert clone.git("show-ref") == before
    assert not list(clone.folder.rglob("PWNED"))


def test_a_remote_that_is_not_there_ends_it_before_a_commit(clone):
    clone.add()
    before = clone.git("rev-parse", "HEAD")
    with pytest.raises(ProjectError, match=r"no such remote: 'upstream'; there are: 'origin'"):
        clone.publish(remote="upstream")
    assert clone.git("rev-parse", "HEAD") == before


def test_a_push_that_fails_loses_nothing(remote, clone):
    path = clone.add()
    moved = remote.folder.rename(remote.folder.with_name("away.git"))
    with pytest.raises(PublishError, match=r"committed as .* on main, but not pushed") as caught:
        clone.publish()
    assert caught.value.commit == clone.git("rev-parse", "main")
    moved.rename(remote.folder)
    clone.publish()
    assert remote.files() == {path}


def test_without_a_name_the_way_out_is_told(remote, clone, monkeypatch):
    clone.git("config", "--unset", "user.name")
    clone.git("config", "--unset", "user.email")
    clone.git("config", "user.useConfigOnly", "true")
    clone.add()
    with pytest.raises(GitError, match=r"set git's user\.name"):
        clone.publish()


def test_a_detached_head_needs_a_branch(clone):
    clone.add()
    clone.git("checkout", "-q", "--detach")
    with pytest.raises(ProjectError, match="--branch"):
        clone.publish()


def test_a_detached_head_publishes_to_the_branch_that_is_named(remote, clone):
    path = clone.add()
    clone.git("checkout", "-q", "--detach")
    clone.git("branch", "-q", "-D", "main")
    before = clone.git("rev-parse", "HEAD")
    clone.publish(branch="main")
    assert remote.files() == {path}
    assert clone.git("rev-parse", "HEAD") == before
    assert remote.git("rev-list", "--count", "main") == "2"


def test_a_shallow_clone_publishes(remote):
    ahead = remote.clone("ahead")
    other = ahead.add("other")
    ahead.publish()
    shallow = remote.clone("shallow", "--depth=1")
    path = shallow.add()
    later = ahead.add("later")
    ahead.publish()
    shallow.publish()
    assert remote.files() == {path, other, later}


def test_a_work_tree_of_its_own_publishes_its_own_branch(remote, clone, tmp_path):
    folder = tmp_path / "worktree"
    clone.git("worktree", "add", "-q", "-b", "second", str(folder))
    second = Clone(folder)
    path = second.add()
    second.publish()
    assert remote.files("second") == {path}
    assert second.git("status", "--porcelain") == clone.git("status", "--porcelain") == ""


def test_a_branch_that_another_work_tree_has_checked_out_is_refused(remote, clone, tmp_path):
    clone.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "worktree"))
    clone.add()
    with pytest.raises(ProjectError, match="is checked out in"):
        clone.publish(branch="second")


def test_a_data_branch_is_made_of_nothing_but_records(remote, clone):
    path = clone.add()
    before = clone.git("rev-parse", "HEAD")
    clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {path}
    assert remote.git("ls-tree", "--name-only", "artifacts-data").splitlines() == [
        ".gitattributes",
        "artifacts",
    ]
    assert remote.git("rev-list", "--count", "artifacts-data") == "1"
    assert clone.git("rev-parse", "HEAD") == before


def test_a_data_branch_takes_records_that_the_others_ignore(remote, clone):
    (clone.folder / ".gitignore").write_text("/artifacts/\n")
    path = clone.add()
    clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {path}


def test_a_data_branch_of_others_is_gone_on_with(remote, clone):
    other = remote.clone("other")
    first = other.add("first")
    other.publish(branch="artifacts-data")
    second = clone.add("second")
    done = clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {first, second}
    assert done.attempts == 1
    assert remote.git("rev-list", "--merges", "artifacts-data") == ""


def test_what_others_have_deleted_from_a_data_branch_does_not_come_back(remote, clone):
    path = clone.add("first")
    clone.publish(branch="artifacts-data")
    other = remote.clone("other", "--branch=artifacts-data")
    (other.store.root / path).unlink()
    other.publish()
    second = clone.add("second")
    clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {second}


def test_what_is_gone_here_stays_in_a_data_branch(remote, clone):
    path = clone.add("first")
    clone.publish(branch="artifacts-data")
    shutil.rmtree(clone.store.root)
    second = clone.add("second")
    clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {path, second}


def test_a_data_branch_forgets_nothing_if_it_is_lost(remote, clone):
    path = clone.add()
    clone.publish(branch="artifacts-data", push=False)
    clone.git("branch", "-q", "-D", "artifacts-data")
    clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {path}


def test_what_was_lost_before_it_was_pushed_is_published_again(remote, clone):
    path = clone.add("first")
    clone.publish(branch="artifacts-data", push=False)
    clone.git("branch", "-q", "-D", "artifacts-data")
    other = remote.clone("other")
    theirs = other.add("theirs")
    other.publish(branch="artifacts-data")
    clone.publish(branch="artifacts-data")
    assert remote.files("artifacts-data") == {path, theirs}


def test_an_old_copy_takes_the_place_of_nothing_in_a_data_branch(remote, clone):
    job = create_progress_artifact(10, "job", store=clone.store)
    clone.publish()
    late = remote.clone("late")
    clone.publish(branch="artifacts-data")
    update_progress_artifact(job, 20, store=clone.store)
    store_of(clone.store)
    clone.publish(branch="artifacts-data")
    path = late.add()
    changes = late.publish(branch="artifacts-data").changes
    assert [change.path for change in changes] == ["loss/.keep", path]


def test_progress_moves_in_a_data_branch(remote, clone):
    job = create_progress_artifact(10, "job", store=clone.store)
    clone.publish(branch="artifacts-data")
    update_progress_artifact(job, 20, store=clone.store)
    store_of(clone.store)
    assert [c.status for c in clone.publish(branch="artifacts-data").changes] == ["M"]


def test_commits_are_signed_where_git_is_set_up_so(remote, clone, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ada@example.org {key.with_suffix('.pub').read_text()}")
    clone.git("config", "gpg.format", "ssh")
    clone.git("config", "user.signingKey", str(key))
    clone.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    clone.git("config", "commit.gpgSign", "true")
    clone.add()
    clone.publish()
    assert clone.git("log", "-1", "--format=%G?") == "G"


def test_hooks_see_the_records_staged_and_the_message(remote, clone):
    clone.hook("pre-commit", "git diff --cached --name-only -- '*.yaml' > .git/seen")
    clone.hook("commit-msg", 'echo "Reviewed-by: a hook" >> "$1"')
    clone.hook("post-commit", "touch .git/after; exit 1")
    (clone.folder / "staged.yaml").write_text("x")
    clone.git("add", "staged.yaml")
    path = clone.add()
    clone.publish()
    assert (clone.folder / ".git" / "seen").read_text() == f"artifacts/{path}\n"
    assert clone.git("log", "-1", "--format=%B").strip().endswith("Reviewed-by: a hook")
    assert (clone.folder / ".git" / "after").exists()


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_a_hook_that_refuses_ends_it_and_changes_nothing(remote, clone, name):
    clone.hook(name, "echo 'no records on Fridays' >&2; exit 1")
    clone.add()
    before = clone.git("status", "--porcelain"), clone.git("rev-parse", "HEAD")
    with pytest.raises(GitError, match=f"{name} refused: no records on Fridays"):
        clone.publish()
    assert (clone.git("status", "--porcelain"), clone.git("rev-parse", "HEAD")) == before


def test_hooks_that_look_at_the_work_tree_do_not_run_for_a_data_branch(remote, clone):
    clone.hook("pre-commit", "exit 1")
    clone.hook("post-commit", "touch .git/after")
    clone.hook("commit-msg", "touch .git/asked")
    clone.add()
    clone.publish(branch="artifacts-data")
    assert not (clone.folder / ".git" / "after").exists()
    assert (clone.folder / ".git" / "asked").exists()


def test_hooks_are_left_out_on_demand(remote, clone):
    clone.hook("pre-commit", "exit 1")
    clone.hook("pre-push", "exit 1")
    path = clone.add()
    clone.publish(verify=False)
    assert remote.files() == {path}


def test_filters_of_large_files_are_applied(remote, clone):
    with (clone.folder / ".gitattributes").open("a") as file:
        file.write("artifacts/**/*.csv filter=shout\n")
    clone.git("config", "filter.shout.clean", "tr a-z A-Z")
    clone.git("config", "filter.shout.smudge", "tr A-Z a-z")
    path = clone.add_file(content="quiet")
    clone.publish()
    attached = path.replace(".yaml", ".csv")
    assert remote.git("show", f"main:artifacts/{attached}") == "QUIET"
    assert clone.git("status", "--porcelain", "artifacts") == ""


def test_a_merge_that_is_under_way_stays_under_way(remote, clone):
    clone.git("checkout", "-q", "-b", "side")
    clone.git("commit", "-q", "--allow-empty", "-m", "Side")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-ff", "--no-commit", "side")
    clone.add()
    clone.publish()
    assert clone.git("rev-list", "--merges", "HEAD") == ""
    assert (clone.folder / ".git" / "MERGE_HEAD").exists()


def test_records_outside_of_a_sparse_checkout_are_not_taken_for_deleted(remote, clone):
    path = clone.add("first")
    clone.publish()
    clone.git("sparse-checkout", "set", "--no-cone", "/*", "!/artifacts/first/")
    second = clone.add("second")
    clone.publish()
    assert not (clone.store.root / path).exists()
    assert remote.files() == {path, second}


def test_a_clone_without_a_checkout_deletes_nothing(remote, clone):
    first = clone.add("first")
    clone.publish()
    bare = remote.clone("bare", "--no-checkout")
    second = bare.add("second")
    bare.publish()
    assert remote.files() == {first, second}


def test_an_index_that_is_locked_is_waited_for(remote, clone, monkeypatch):
    lock = clone.folder / ".git" / "index.lock"
    clone.hook("commit-msg", f"touch '{lock}'; (sleep 0.3; rm '{lock}') >/dev/null 2>&1 &")
    path = clone.add()
    clone.publish()
    assert remote.files() == {path}
    assert clone.git("status", "--porcelain") == ""


def test_a_commit_that_somebody_makes_meanwhile_stays(remote, clone):
    clone.hook(
        "commit-msg",
        "test -e .git/once || { touch .git/once; "
        'new=$(git commit-tree -p HEAD -m Meanwhile "HEAD^{tree}"); '
        'git update-ref refs/heads/main "$new"; }',
    )
    clone.add()
    clone.publish()
    assert clone.git("log", "--format=%s", "-2").splitlines() == [
        "Publish 1 version of loss",
        "Meanwhile",
    ]


def test_records_that_are_ignored_stay_out(remote, clone):
    (clone.folder / ".gitignore").write_text("/artifacts/debug-*/\n")
    clone.add("debug-loss")
    path = clone.add("loss")
    assert clone.publish().selection.ignored == 1
    assert remote.files() == {path}


def test_temporary_files_and_strays_stay_out(remote, clone):
    path = clone.add()
    folder = clone.store.root / "loss"
    (folder / ".artifolio-1.tmp").write_text("half")
    (folder / "notes.txt").write_text("x")
    (folder / "20260101T000000000Z-0123456789ab.yaml").write_text("format: 1\n")
    done = clone.publish()
    assert remote.files() == {path}
    assert [problem.path for problem in done.selection.left_out] == [
        "loss/20260101T000000000Z-0123456789ab.yaml",
        "loss/notes.txt",
    ]


def test_the_environment_of_a_hook_does_not_mislead(remote, clone, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other"))
    path = clone.add()
    clone.publish()
    assert remote.files() == {path}
    assert not (tmp_path / "other").exists()


def test_records_behind_a_link_are_published(remote, clone, tmp_path):
    path = clone.add()
    (tmp_path / "link").symlink_to(clone.store.root, target_is_directory=True)
    publish(Store(tmp_path / "link"))
    assert remote.files() == {path}


def test_a_folder_of_records_may_be_a_repository_of_its_own(tmp_path):
    folder = tmp_path / "records"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    clone = Clone(folder)
    clone.store = Store(folder)
    path = clone.add()
    clone.publish()
    assert clone.git("ls-files").splitlines() == ["loss/.keep", path]
