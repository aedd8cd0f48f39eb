from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest

from artifolio.errors import NotFoundError, ProjectError
from artifolio.publishing import past
from artifolio.publishing.git import Git
from artifolio.publishing.past import extract, find_commit, lend_history, parse_moment
from histories import Published
from payloads import payloads
from repositories import START
from website.projects import tree

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"


@pytest.fixture
def repository(tmp_path):
    return Published(tmp_path / "a repository, ünlike [others]")


def git_of(repository):
    return Git(repository.folder, os.environ)


def found(repository, name):
    return find_commit(git_of(repository), name).id


def at(hours, **zone):
    """Return a time some hours after the start, as a text in UTC."""
    return f"{datetime.fromtimestamp(START + 3600 * hours, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def test_a_commit_goes_by_any_name_that_git_knows(repository):
    first, second = repository.save("First"), repository.save("Second")
    repository.git("tag", "-a", "v1", "-m", "One", first)
    repository.git("branch", "feature/x", first)
    names = [first, first[:8], "v1", "feature/x", "HEAD~1", "refs/heads/feature/x", "main^"]
    assert [found(repository, name) for name in names] == [first] * len(names)
    assert found(repository, "HEAD") == second


def test_its_time_is_that_of_the_commit(repository):
    repository.save("First")
    moment = find_commit(git_of(repository), "HEAD").committed
    assert moment == datetime.fromtimestamp(START + 3600, timezone.utc)


def test_a_time_stands_for_the_newest_commit_that_is_not_later(repository):
    commits = [repository.save(f"Commit {number}") for number in range(3)]
    assert found(repository, at(1)) == commits[0]
    assert found(repository, at(1.9)) == commits[0]
    assert found(repository, at(2)) == commits[1]
    assert found(repository, "2999-01-01") == commits[2]


def test_a_date_stands_for_the_end_of_its_day_here(repository, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    past.datetime.now()  # so that the zone is read
    __import__("time").tzset()
    moment = parse_moment("2026-08-01")
    monkeypatch.undo()
    __import__("time").tzset()
    assert moment == datetime(2026, 8, 1, 11, 59, 59, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-08-01T12:00Z", 0),
        ("2026-08-01 12:00:00Z", 0),
        ("2026-08-01T12:00:00.123456789Z", 0),
        ("2026-08-01T14:00+02:00", 0),
        ("2026-08-01T14:00:30+0200", 30),
        ("2026-08-01T06:30-05:30", 0),
    ],
)
def test_times_with_a_zone_are_read(text, offset):
    noon = datetime(2026, 8, 1, 12, tzinfo=timezone.utc)
    assert parse_moment(text) == noon + timedelta(seconds=offset)


@pytest.mark.parametrize("text", ["", "2026", "yesterday", "20260801", "2026-8-1", "1785585600"])
def test_what_is_no_date_is_none(text):
    assert parse_moment(text) is None


@pytest.mark.parametrize("text", ["2026-02-30", "2026-08-01T25:00", "0001-01-01T00:00+14:00"])
def test_a_date_of_no_calendar_is_refused(text):
    with pytest.raises(ProjectError, match="no date"):
        parse_moment(text)


def test_commits_of_side_branches_do_not_count_for_a_date(repository):
    repository.save("Start")
    first = repository.save("Main")
    repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    repository.save("Side")
    repository.git("checkout", "-q", "main")
    repository.merge("side")
    assert found(repository, at(3)) == first


def test_a_name_goes_before_a_date(repository):
    first = repository.save("First")
    repository.save("Second")
    repository.git("tag", "2999-01-01", first)
    assert found(repository, "2999-01-01") == first


def test_nothing_is_as_old_as_that(repository):
    repository.save("First")
    with pytest.raises(NotFoundError, match=r"2001.*the history begins later$"):
        find_commit(git_of(repository), "2001-01-01")


def test_a_shallow_clone_says_that_there_is_more(repository, tmp_path):
    repository.save("First")
    repository.save("Second")
    clone = repository.copy(tmp_path / "shallow", "--depth=1")
    with pytest.raises(NotFoundError, match="git fetch --unshallow"):
        find_commit(git_of(clone), at(1))


def test_without_a_commit_there_is_nothing(repository):
    with pytest.raises(NotFoundError, match="nothing was committed yet"):
        find_commit(git_of(repository), "2999-01-01")


@pytest.mark.parametrize("payload", payloads("git"), ids=str)
def test_hostile_names_are_no_commits(repository, payload, tmp_path):
    repository.save("First")
    with pytest.raises(NotFoundError):
        find_commit(git_of(repository), payload.text)
    assert not list(tmp_path.rglob("PWNED"))


@pytest.mark.parametrize("name", ["main..HEAD", "--all", "-1", "HEAD:artifacts", "HEAD^{tree}", ""])
def test_what_names_no_single_commit_is_none(repository, name):
    repository.add(1)
    repository.save("First")
    repository.save("Second")
    with pytest.raises(NotFoundError):
        find_commit(git_of(repository), name)


def test_the_files_of_a_commit_are_written_as_they_were_committed(repository, tmp_path):
    repository.add(1)
    (repository.folder / ".gitattributes").write_text(
        "*.yaml text eol=crlf export-subst ident\nartifacts/gain export-ignore\n"
    )
    repository.add(2, "gain", text="$Id$ $Format:%H$\n")
    commit = repository.save("Both")
    before = tree(repository.store.root)
    repository.git("rm", "-q", "-r", "artifacts")
    repository.save("None")
    done = extract(git_of(repository), commit, "artifacts", tmp_path / "out")
    assert tree(tmp_path / "out") == before
    assert (done.files, done.left_out) == (len(before), [])


def test_a_folder_that_the_commit_does_not_have_is_empty(repository, tmp_path):
    commit = repository.save("Nothing")
    assert extract(git_of(repository), commit, "artifacts", tmp_path / "out").files == 0
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_was_a_link_is_empty(repository, tmp_path):
    (repository.folder / "artifacts").symlink_to("/etc")
    commit = repository.save("Link")
    assert extract(git_of(repository), commit, "artifacts", tmp_path / "out").files == 0


def hostile_tree(repository, *entries):
    """Write a tree as it stands; return a commit of it."""
    content = b"".join(
        f"{mode} ".encode() + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries
    )
    oid = repository.git(
        *("hash-object", "-t", "tree", "-w", "--literally", "--stdin"), content=content
    )
    return oid, repository.git("commit-tree", oid, "-m", "hostile")


def blob(repository, content=b"PWNED"):
    return repository.git("hash-object", "-w", "--stdin", content=content)


@pytest.mark.parametrize(
    "name",
    [
        b"..",
        b".",
        b".git",
        b".GIT",
        b"git~1",
        b"a\\b",
        b"C:x",
        b"nul\x01",
        b"line\nend",
        b"x" * 300,
    ],
)
def test_a_name_that_means_something_else_is_left_out(repository, tmp_path, name):
    good, bad = blob(repository, b"good"), blob(repository)
    inner, _ = hostile_tree(repository, ("100644", name, bad), ("100644", b"z.yaml", good))
    _, commit = hostile_tree(repository, ("40000", b"loss", inner))
    done = extract(git_of(repository), commit, "", tmp_path / "out" / "in")
    assert tree(tmp_path / "out") == {"in/loss/z.yaml": b"good"}
    assert len(done.left_out) == 1
    assert done.left_out[0].isprintable()


def test_a_folder_whose_name_leads_out_is_left_out(repository, tmp_path):
    inner, _ = hostile_tree(repository, ("100644", b"x.yaml", blob(repository)))
    _, commit = hostile_tree(repository, ("40000", b"..", inner))
    extract(git_of(repository), commit, "", tmp_path / "out" / "in")
    assert tree(tmp_path / "out") == {}


def test_links_and_submodules_are_left_out(repository, tmp_path):
    commit = repository.save("x")
    link = blob(repository, b"/etc/passwd")
    _, commit = hostile_tree(repository, ("120000", b"link", link), ("160000", b"module", commit))
    done = extract(git_of(repository), commit, "", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert done.left_out == ["link: a symbolic link", "module: a submodule"]


def test_a_folder_behind_a_link_of_the_same_name_is_not_written_through_it(repository, tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    link = blob(repository, os.fsencode(target))
    inner, _ = hostile_tree(repository, ("100644", b"x.yaml", blob(repository)))
    _, commit = hostile_tree(repository, ("120000", b"loss", link), ("40000", b"loss", inner))
    extract(git_of(repository), commit, "", tmp_path / "out")
    assert list(target.iterdir()) == []


def test_two_files_of_one_name_are_one(repository, tmp_path):
    one, other = blob(repository, b"one"), blob(repository, b"other")
    _, commit = hostile_tree(repository, ("100644", b"x", one), ("100644", b"x", other))
    done = extract(git_of(repository), commit, "", tmp_path / "out")
    assert tree(tmp_path / "out") == {"x": b"one"}
    assert done.left_out == ["x: File exists"]


def test_what_is_too_large_is_left_out(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(past, "LARGEST_BYTES", 3)
    (repository.folder / "large").write_bytes(b"1234")
    (repository.folder / "small").write_bytes(b"123")
    done = extract(git_of(repository), repository.save("Both"), "", tmp_path / "out")
    assert tree(tmp_path / "out") == {"small": b"123"}
    assert done.left_out == ["large: 4 bytes, 3 are the limit"]


def test_what_git_does_not_have_is_left_out(repository, tmp_path):
    _, commit = hostile_tree(
        repository, ("100644", b"a", "12" * 20), ("100644", b"b", blob(repository, b"b"))
    )
    done = extract(git_of(repository), commit, "", tmp_path / "out")
    assert tree(tmp_path / "out") == {"b": b"b"}
    assert done.left_out == ["a: git does not have it"]


def test_deeper_files_than_are_asked_for_are_not_written(repository, tmp_path):
    for path in ("a", "b/c", "d/e/f"):
        (repository.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (repository.folder / path).write_text("x")
    commit = repository.save("Three")
    assert extract(git_of(repository), commit, "", tmp_path / "out", 2).files == 2
    assert set(tree(tmp_path / "out")) == {"a", "b/c"}


def test_what_git_lfs_keeps_is_written_if_it_is_here(repository, tmp_path):
    content = b"large" * 1000
    oid = sha256(content).hexdigest()
    kept = repository.folder / ".git/lfs/objects" / oid[:2] / oid[2:4] / oid
    kept.parent.mkdir(parents=True)
    kept.write_bytes(content)
    absent = LFS.format("0" * 64, 5)
    (repository.folder / "here").write_text(LFS.format(oid, len(content)))
    (repository.folder / "absent").write_text(absent)
    extract(git_of(repository), repository.save("Pointers"), "", tmp_path / "out")
    assert tree(tmp_path / "out") == {"here": content, "absent": absent.encode()}


@pytest.mark.parametrize("options", [[], ["--object-format=sha256"]])
def test_a_lent_history_is_that_of_the_commit_and_cannot_be_changed(tmp_path, options):
    repository = Published(tmp_path / "own", *options)
    first = repository.save("First")
    repository.save("Second")
    before = tree(repository.folder)
    out = tmp_path / "out"
    out.mkdir()
    lend_history(git_of(repository), first, out)
    lent = Git(out, os.environ)
    assert lent.run("log", "--format=%H").decode().split() == [first]
    lent.run("-c", "user.name=x", "-c", "user.email=x", "commit", "--allow-empty", "-m", "x")
    lent.run("branch", "new")
    assert tree(repository.folder) == before


def test_a_shallow_history_is_lent_as_far_as_it_goes(repository, tmp_path):
    repository.save("First")
    second = repository.save("Second")
    clone = repository.copy(tmp_path / "shallow", "--depth=1")
    out = tmp_path / "out"
    out.mkdir()
    lend_history(git_of(clone), second, out)
    assert Git(out, os.environ).run("log", "--format=%H").decode().split() == [second]


def test_a_worktree_lends_what_its_repository_has(repository, tmp_path):
    first = repository.save("First")
    repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"), first)
    out = tmp_path / "out"
    out.mkdir()
    lend_history(Git(Path(tmp_path / "tree"), os.environ), first, out)
    assert Git(out, os.environ).run("log", "--format=%H").decode().split() == [first]
