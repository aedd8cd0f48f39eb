from __future__ import annotations

import os
import subprocess

import pytest

from artifolio.bodies import Image
from artifolio.publishing.changelog import Changelog
from artifolio.publishing.deeds import in_order, present_paths, read_fates, uncommitted
from histories import Published
from payloads import payloads
from repositories import START
from samples import PNG, make_attachment, make_illustrated, make_record, put


@pytest.fixture
def repository(tmp_path):
    return Published(tmp_path / "a repository, ünlike [others]")


def told(repository, folder=None):
    """Return what was done, newest first: what, number of the version, author, commit."""
    changelog = Changelog(repository.store.root, os.environ)
    fates = read_fates(changelog.read(changelog.head(), folder))
    return [
        (deed.what, int(deed.stem[-12:], 16), deed.commit.author, deed.commit.id)
        for deed in in_order(fates.values())
    ]


def fate_of(repository, record):
    changelog = Changelog(repository.store.root, os.environ)
    return read_fates(changelog.read(changelog.head()))[record.header.path]


def test_who_published_changed_deleted_and_restored_a_version_is_told(repository):
    record = repository.add(1)
    first = repository.save("Publish", "Ada")
    text = repository.file(record).read_bytes()
    repository.file(record).write_bytes(text + b"# by hand\n")
    second = repository.save("Change", "Grace")
    repository.file(record).unlink()
    third = repository.save("Delete", "Alan")
    repository.file(record).write_bytes(text)
    fourth = repository.save("Restore", "Edsger")
    assert told(repository) == [
        ("restored", 1, "Edsger", fourth),
        ("deleted", 1, "Alan", third),
        ("changed", 1, "Grace", second),
        ("published", 1, "Ada", first),
    ]
    assert fate_of(repository, record).is_there


def test_a_commit_is_told_with_time_and_subject(repository):
    repository.add(1)
    repository.save("Publish\nin two lines\n\nand more")
    changelog = Changelog(repository.store.root, os.environ)
    (found,) = changelog.read(changelog.head())
    assert found.commit.subject == "Publish in two lines"
    assert found.commit.authored == START + 3600


def test_of_one_commit_the_latest_version_is_told_first(repository):
    for number in (2, 3, 1):
        repository.add(number)
    repository.save("Publish")
    assert [number for _, number, *_ in told(repository)] == [3, 2, 1]


def test_only_the_folder_that_is_asked_for_is_told(repository):
    repository.add(1)
    repository.add(2, "gain")
    commit = repository.save("Both")
    assert told(repository, "gain") == [("published", 2, "Ada Lovelace", commit)]


def test_other_files_are_nothing(repository):
    put(repository.store, "README.md", "x")
    put(repository.store, "loss/.keep", "")
    put(repository.store, "loss/notes.txt", "x")
    put(repository.store, "loss/deeper/20260801T120100123Z-000000000001.yaml", "x")
    (repository.folder / "code.yaml").write_text("x")
    repository.save("Others")
    assert told(repository) == []


def test_a_version_that_came_in_through_a_merge_is_told_once_with_its_author(repository):
    repository.add(1)
    first = repository.save("First")
    repository.git("checkout", "-q", "-b", "side")
    repository.add(2)
    second = repository.save("Side", "Grace")
    repository.git("checkout", "-q", "main")
    repository.add(3)
    third = repository.save("Main", "Alan")
    repository.merge("side")
    assert told(repository) == [
        ("published", 3, "Alan", third),
        ("published", 2, "Grace", second),
        ("published", 1, "Ada Lovelace", first),
    ]


def test_an_octopus_tells_each_version_once(repository):
    repository.save("Start")
    for number in (1, 2, 3):
        repository.git("checkout", "-q", "-b", f"side{number}", "main")
        repository.add(number, f"key-{number}")
        repository.save(f"Side {number}", f"Author {number}")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-edit", "side1", "side2", "side3")
    assert sorted(author for what, _, author, _ in told(repository) if what == "published") == [
        "Author 1",
        "Author 2",
        "Author 3",
    ]
    assert len(told(repository)) == 3


def test_what_was_picked_to_another_branch_is_told_once(repository):
    repository.save("Start")
    repository.git("checkout", "-q", "-b", "side")
    record = repository.add(1)
    picked = repository.save("Publish", "Grace")
    repository.git("checkout", "-q", "main")
    repository.git("cherry-pick", picked)
    repository.git("commit", "-q", "--amend", "-m", "Picked", "--date=2030-01-01T00:00:00Z")
    repository.merge("side")
    assert [(what, author) for what, _, author, _ in told(repository)] == [("published", "Grace")]
    assert fate_of(repository, record).is_there


def test_deleting_on_both_sides_of_a_merge_is_told_once(repository):
    record = repository.add(1)
    repository.save("Publish")
    for branch in ("one", "other"):
        repository.git("checkout", "-q", "-b", branch, "main")
        repository.file(record).unlink()
        repository.save(f"Delete on {branch}")
    repository.merge("one")
    assert [what for what, *_ in told(repository)] == ["deleted", "published"]


def test_a_version_that_only_a_merge_dropped_was_deleted_by_it(repository):
    repository.save("Start")
    repository.git("checkout", "-q", "-b", "side")
    record = repository.add(1)
    repository.save("Side", "Grace")
    repository.git("checkout", "-q", "main")
    repository.save("Main")
    merge = repository.merge("side", "-s", "ours")
    assert [(what, author) for what, _, author, _ in told(repository)] == [
        ("deleted", "Merger"),
        ("published", "Grace"),
    ]
    assert told(repository)[0][3] == merge
    assert not fate_of(repository, record).is_there


def test_a_version_that_a_merge_kept_though_one_side_deleted_it_is_there(repository):
    record = repository.add(1)
    repository.save("Publish")
    repository.git("checkout", "-q", "-b", "side")
    repository.file(record).unlink()
    repository.save("Delete", "Grace")
    repository.git("checkout", "-q", "main")
    repository.save("Main")
    repository.merge("side", "-s", "ours")
    assert fate_of(repository, record).is_there
    assert [what for what, *_ in told(repository)] == ["restored", "deleted", "published"]


def test_a_version_that_came_and_went_on_a_side_branch_is_told(repository):
    repository.save("Start")
    repository.git("checkout", "-q", "-b", "side")
    record = repository.add(1)
    repository.save("Publish aside", "Grace")
    repository.file(record).unlink()
    (repository.store.root / "loss/.keep").unlink()
    repository.save("Delete aside", "Grace")
    repository.git("checkout", "-q", "main")
    repository.merge("side")
    assert [(what, author) for what, _, author, _ in told(repository)] == [
        ("deleted", "Grace"),
        ("published", "Grace"),
    ]


def test_older_merges_of_branches_that_live_long_do_not_count(repository):
    repository.save("Start")
    repository.git("branch", "side")
    for number in (1, 2, 3):
        repository.git("checkout", "-q", "main")
        repository.add(number)
        repository.save(f"Main {number}", "Ada")
        repository.git("checkout", "-q", "side")
        repository.add(10 + number, "gain")
        repository.save(f"Side {number}", "Grace")
        repository.git("checkout", "-q", "main")
        repository.merge("side")
    assert [(what, number, author) for what, number, author, _ in told(repository)] == [
        ("published", 13, "Grace"),
        ("published", 3, "Ada"),
        ("published", 12, "Grace"),
        ("published", 2, "Ada"),
        ("published", 11, "Grace"),
        ("published", 1, "Ada"),
    ]


def test_what_the_merge_itself_did_is_told_of_it(repository):
    record = repository.add(1)
    repository.save("Publish")
    repository.git("checkout", "-q", "-b", "side")
    repository.save("Side")
    repository.git("checkout", "-q", "main")
    repository.save("Main")
    repository.merge("side", "--no-commit")
    repository.file(record).write_text("by the merge")
    merge = repository.save("Merge", "Merger")
    assert told(repository)[0] == ("changed", 1, "Merger", merge)


def test_a_record_that_moved_is_deleted_here_and_published_there(repository):
    record = repository.add(1)
    repository.save("Publish")
    (repository.store.root / "gain").mkdir()
    repository.file(record).rename(repository.store.root / "gain" / repository.file(record).name)
    commit = repository.save("Move")
    repository.git("config", "diff.renames", "copies")
    repository.git("config", "log.follow", "true")
    assert told(repository)[:2] == [
        ("published", 1, "Ada Lovelace", commit),
        ("deleted", 1, "Ada Lovelace", commit),
    ]
    assert [what for what, *_ in told(repository, "gain")] == ["published"]


def test_nobodys_settings_change_what_is_told(repository, tmp_path):
    repository.add(1)
    first = repository.save("First", "Ada")
    (repository.folder / ".mailmap").write_text("Mallory <ada@example.org>\n")
    for name, value in [
        ("log.showSignature", "true"),
        ("log.showRoot", "false"),
        ("log.mailmap", "true"),
        ("log.diffMerges", "off"),
        ("diff.relative", "true"),
        ("diff.noprefix", "true"),
        ("color.ui", "always"),
        ("format.pretty", "oneline"),
        ("log.decorate", "full"),
        ("log.date", "relative"),
        ("core.abbrev", "5"),
        ("diff.external", "touch PWNED"),
    ]:
        repository.git("config", name, value)
    assert told(repository) == [("published", 1, "Ada", first)]
    assert not list(tmp_path.rglob("PWNED"))


def test_an_attachment_belongs_to_its_version(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    repository.store.add(record, PNG)
    first = repository.save("Publish")
    (name,) = (attachment.name for attachment in record.attachments)
    put(repository.store, f"plot/{name}", b"other")
    second = repository.save("Change")
    for path in (repository.file(record), repository.store.root / "plot" / name):
        path.unlink()
    third = repository.save("Delete")
    assert [(what, commit) for what, _, _, commit in told(repository)] == [
        ("deleted", third),
        ("changed", second),
        ("published", first),
    ]
    fate = fate_of(repository, record)
    assert [deed.files for deed in fate.deeds] == [
        (name, record_name(record)),
        (name,),
        (name, record_name(record)),
    ]


def record_name(record):
    return f"{record.header.stem}.yaml"


def test_images_of_a_text_belong_to_it_too(repository):
    record = make_record(make_illustrated(loss=PNG, gain=PNG + b"2"), "report", 1)
    repository.store.add(record, PNG, PNG + b"2")
    repository.save("Publish")
    ((what, *_),) = told(repository)
    assert what == "published"
    assert len(fate_of(repository, record).deeds[0].files) == 3


def test_attachments_that_come_before_or_go_after_their_record_are_no_deeds(repository):
    record = make_record(Image(attachment=make_attachment()), "plot", 1)
    (name,) = (attachment.name for attachment in record.attachments)
    put(repository.store, f"plot/{name}", PNG)
    repository.save("Attachment first")
    (repository.store.root / "plot" / name).unlink()
    repository.store.add(record, PNG)
    repository.save("Then the record")
    repository.file(record).unlink()
    repository.save("Record first")
    (repository.store.root / "plot" / name).unlink()
    repository.save("Then the attachment")
    assert [what for what, *_ in told(repository)] == ["deleted", "published"]


def test_what_replaced_a_record_by_a_link_deleted_it(repository):
    record = repository.add(1)
    repository.save("Publish")
    repository.file(record).unlink()
    repository.file(record).symlink_to("/etc/passwd")
    repository.save("Link")
    assert [what for what, *_ in told(repository)] == ["deleted", "published"]


def test_what_is_not_committed_is_known(repository):
    gone, back, new = (repository.add(number) for number in (1, 2, 3))
    repository.file(new).unlink()
    repository.save("Publish")
    repository.file(gone).unlink()
    text = repository.file(back).read_bytes()
    repository.file(back).unlink()
    repository.save("Delete")
    repository.file(gone).write_bytes(text)
    repository.file(back).write_bytes(text)
    repository.save("Both are back")
    repository.file(gone).unlink()
    repository.add(3)
    changelog = Changelog(repository.store.root, os.environ)
    fates = read_fates(changelog.read(changelog.head()))
    deeds = uncommitted(fates, present_paths(repository.store.root))
    assert [(deed.what, deed.path, deed.commit) for deed in deeds] == [
        ("published", new.header.path, None),
        ("deleted", gone.header.path, None),
    ]


def test_rebased_history_is_told_as_it_is_now(repository):
    repository.save("Start")
    repository.git("checkout", "-q", "-b", "side")
    repository.add(1)
    before = repository.save("Publish", "Grace")
    repository.git("checkout", "-q", "main")
    repository.save("Main")
    repository.git("checkout", "-q", "side")
    repository.git("rebase", "-q", "main")
    ((what, _, author, commit),) = told(repository)
    assert (what, author) == ("published", "Grace")
    assert commit != before


def test_a_shallow_clone_does_not_tell_who_did_what_lies_beyond(repository, tmp_path):
    repository.add(1)
    repository.save("First", "Ada")
    repository.add(2)
    repository.save("Second", "Grace")
    repository.add(3)
    repository.save("Third", "Alan")
    clone = repository.copy(tmp_path / "shallow", "--depth=2")
    clone.git("branch", "grafted")
    assert [(what, number) for what, number, *_ in told(clone)] == [
        ("published", 3),
        ("earlier", 2),
        ("earlier", 1),
    ]
    assert Changelog(clone.store.root, os.environ).is_shallow()
    assert not Changelog(repository.store.root, os.environ).is_shallow()


def test_a_worktree_with_a_detached_head_tells_its_own_history(repository, tmp_path):
    repository.add(1)
    first = repository.save("First")
    repository.add(2)
    repository.save("Second")
    repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"), first)
    changelog = Changelog(tmp_path / "tree" / "artifacts", os.environ)
    assert changelog.head() == first
    assert len(list(changelog.read(first))) == 1


def test_repositories_of_longer_hashes_are_read(tmp_path):
    repository = Published(tmp_path / "long", "--object-format=sha256")
    repository.add(1)
    commit = repository.save("Publish")
    assert len(commit) == 64
    assert told(repository) == [("published", 1, "Ada Lovelace", commit)]


def test_a_store_that_is_gone_still_has_its_history(repository):
    record = repository.add(1)
    repository.save("Publish")
    repository.git("rm", "-q", "-r", "artifacts")
    repository.save("Delete all")
    assert not repository.store.root.exists()
    assert [what for what, *_ in told(repository)] == ["deleted", "published"]
    assert [what for what, *_ in told(repository, record.header.key)] == ["deleted", "published"]


def test_without_a_commit_there_is_no_head(repository):
    repository.add(1)
    assert Changelog(repository.store.root, os.environ).head() is None


@pytest.mark.parametrize("payload", payloads("git"), ids=str)
def test_hostile_authors_and_subjects_are_texts(repository, payload, tmp_path):
    repository.add(1)
    author = payload.text.strip("\n<> ") or "x"
    commit = repository.save(payload.text.strip() or "x", author.replace("\n", " "))
    ((_, number, _, found),) = told(repository)
    assert (number, found) == (1, commit)
    assert not list(tmp_path.rglob("PWNED"))


@pytest.mark.parametrize("date", ["@1 +0000", "@4102444800 -1200"])
def test_a_commit_of_any_time_is_told(repository, date):
    repository.add(1)
    repository.save("Publish")
    repository.git("commit", "-q", "--amend", "-C", "HEAD", f"--date={date}", "--reset-author")
    assert len(told(repository)) == 1


def test_a_commit_that_claims_a_time_of_no_calendar_has_none(repository):
    repository.add(1)
    repository.save("Publish")
    text = repository.git("cat-file", "commit", "HEAD").replace(
        f"> {START + 3600} ", "> 99999999999999999 ", 1
    )
    commit = repository.raw(f"{text}\n".encode())
    changelog = Changelog(repository.store.root, os.environ)
    (found,) = changelog.read(commit)
    assert found.commit.authored in (None, 0)


@pytest.mark.parametrize("count", [1, 40])
def test_the_history_is_read_by_one_process_whatever_the_number_of_records(
    repository, monkeypatch, count
):
    for number in range(1, count + 1):
        repository.add(number, f"key-{number % 7}")
        repository.save(f"Publish {number}")
    started = []
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(a) or start(*a, **k))
    changelog = Changelog(repository.store.root, os.environ)
    commit = changelog.head()
    before = len(started)
    assert len(read_fates(changelog.read(commit))) == count
    assert len(started) - before == 1
