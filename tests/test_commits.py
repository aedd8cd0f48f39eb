from __future__ import annotations

import os
import subprocess
import threading

import pytest

from artifolio import commits as module
from artifolio.commits import AUTHOR_CHARACTERS, SUBJECT_CHARACTERS, Commit, Commits
from payloads import payloads
from repositories import START, Repository

NOWHERE = "0123456789" * 4


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "a repository, ünlike [others]")


def read(repository, *ids, environ=os.environ):
    with Commits(repository.folder, environ) as commits:
        return list(commits.read(ids).values())


def test_a_commit_is_told_with_author_time_subject_and_parents(repository):
    first = repository.commit(subject="First")
    second = repository.commit(first, subject="Do the thing\n\nBecause it was not done.\n")
    assert read(repository, first, second) == [
        Commit(first, "Ada Lovelace", START + 3600, "First", (), START + 3600),
        Commit(second, "Ada Lovelace", START + 7200, "Do the thing", (first,), START + 7200),
    ]


def test_it_is_read_from_a_folder_inside_the_repository(repository):
    commit = repository.commit()
    folder = repository.folder / "artifacts"
    folder.mkdir()
    with Commits(folder, os.environ) as commits:
        assert commits.read([commit])[commit]


def test_what_is_no_full_id_of_a_commit_is_not_found(repository):
    commit = repository.commit(subject="x")
    blob = repository.git("hash-object", "-w", "--stdin", content=b"x" * 100_000)
    repository.git("tag", "-a", "v1", "-m", "One", commit)
    tag = repository.git("rev-parse", "v1")
    repository.git("branch", NOWHERE[:12], commit)
    odd = [NOWHERE, blob, repository.tree, tag, commit[:12], commit.upper(), NOWHERE[:12]]
    odd += ["HEAD", "main", "", "--all", f"{commit}^{{tree}}", commit + "\n", "a" * 64]
    found = read(repository, *odd, commit)
    assert found[:-1] == [None] * len(odd)
    assert found[-1].id == commit


def test_many_are_read_in_one_process(repository, monkeypatch):
    started = []
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(a) or start(*a, **k))
    chain = repository.chain(3)
    monkeypatch.setattr(module, "_ASKED", 2)
    before = len(started)
    with Commits(repository.folder, os.environ) as commits:
        assert all(commits.read([*chain, NOWHERE]).values()) is False
        assert all(commits.read(reversed(chain)).values())
    assert len(started) - before == 1


def test_no_process_and_no_thread_stay_behind(repository):
    commit = repository.commit()
    threads = threading.active_count()
    with Commits(repository.folder, os.environ) as commits:
        commits.read([commit])
        process = commits._git
    assert process.poll() is not None
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("One line\nand another\n\nThe rest", "One line and another"),
        ("\n\n  \n  After blank lines  \n", "After blank lines"),
        ("", ""),
        ("x" * 100_000, "x" * (SUBJECT_CHARACTERS - 1) + "…"),
        ("tab\tand\u2028line", "tab and line"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_the_subject_is_the_first_paragraph_in_one_line(repository, subject, shown):
    assert read(repository, repository.commit(subject=subject))[0].subject == shown


def test_a_message_that_is_not_utf_8_is_read_as_far_as_it_goes(repository):
    head = f"tree {repository.tree}\nauthor A <a> 5 +0000\ncommitter A <a> 5 +0000\n\n"
    commit = repository.raw(head.encode() + b"\xff\xfe not UTF-8")
    assert read(repository, commit)[0].subject == "\ufffd\ufffd not UTF-8"


def test_a_message_in_another_encoding_is_read_in_it(repository):
    head = f"tree {repository.tree}\nauthor J\xf6rg <j@x> 5 +0000\ncommitter J <j@x> 5 +0000\n"
    content = f"{head}encoding ISO-8859-1\n\nGr\xfc\xdfe\n".encode("latin-1")
    found = read(repository, repository.raw(content))[0]
    assert (found.author, found.subject) == ("Jörg", "Grüße")


@pytest.mark.parametrize("encoding", ["zlib", "unicode_escape", "idna", "no-such", "utf-7", ""])
def test_an_encoding_that_is_none_of_text_is_taken_for_utf_8(repository, encoding):
    head = f"tree {repository.tree}\nauthor A <a@x> 5 +0000\ncommitter A <a@x> 5 +0000\n"
    content = f"{head}encoding {encoding}\n\n\\x41+AGE-ü".encode()
    assert read(repository, repository.raw(content))[0].subject == "\\x41+AGE-ü"


@pytest.mark.parametrize(
    ("line", "author", "authored"),
    [
        (b"author Ada <ada@example.org> 5 +0000", "Ada", 5),
        (b"author ada@example.org <ada@example.org> 5 +0000", "ada", 5),
        (b"author <ada@example.org> 5 +0000", "", 5),
        (b"author Ada <ada@example.org>", "Ada", None),
        (b"author Ada <ada@example.org> -5 +0000", "Ada", -5),
        (b"author Ada <a> 99999999999999999999999 +0000", "Ada", None),
        (b"author " + b"A" * 9_000 + b" <a> 5 +0000", "A" * (AUTHOR_CHARACTERS - 1) + "…", 5),
        (b"author", "", None),
        (b"nobody", "", None),
    ],
)
def test_whatever_a_commit_says_of_its_author_there_is_no_address(
    repository, line, author, authored
):
    tree = f"tree {repository.tree}\n".encode()
    commit = repository.raw(tree + line + b"\ncommitter A <a@x> 5 +0000\n\nSubject\n")
    found = read(repository, commit)[0]
    assert (found.author, found.authored, found.subject) == (author, authored, "Subject")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"tree\n", b"parent \xff\n\nx", b"\0"])
def test_a_commit_that_is_none_inside_is_read_all_the_same(repository, content):
    assert isinstance(read(repository, repository.raw(content))[0], Commit)


@pytest.mark.parametrize("payload", payloads("git"), ids=str)
def test_hostile_texts_are_texts(repository, payload, tmp_path):
    commit = repository.commit(subject=payload.text, author=payload.text)
    found = read(repository, commit, payload.text, f"{payload.text}\n{commit}")
    assert found[0].id == commit
    assert found[1:] == [None, None]
    assert not list(tmp_path.rglob("PWNED"))


def test_replacements_and_grafts_do_not_count(repository):
    first = repository.commit(subject="First")
    second = repository.commit(first, subject="Second")
    other = repository.commit(subject="Other")
    repository.git("replace", second, other)
    (repository.folder / ".git/info").mkdir(exist_ok=True)
    (repository.folder / ".git/info/grafts").write_text(f"{second} {other}\n")
    found = read(repository, second)[0]
    assert (found.subject, found.parents) == ("Second", (first,))


def test_a_shallow_clone_tells_the_true_parents(repository, tmp_path):
    chain = repository.chain(3)
    found = read(repository.clone(tmp_path / "shallow", "--depth=1"), *reversed(chain))
    assert found[0].parents == (chain[1],)
    assert found[1:] == [None, None]


def test_repositories_of_longer_hashes_are_read(tmp_path):
    repository = Repository(tmp_path / "long", "--object-format=sha256")
    commit = repository.commit(subject="First")
    assert len(commit) == 64
    found = read(repository, commit, commit[:40])
    assert (found[0].subject, found[1]) == ("First", None)


def test_a_partial_clone_is_not_filled_by_asking(repository, tmp_path):
    repository.chain(2)
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = repository.clone(tmp_path / "partial", "--filter=blob:none")
    later = repository.commit("main")
    assert read(partial, later) == [None]


def test_what_hooks_set_does_not_mislead(repository, tmp_path):
    commit = repository.commit()
    other = Repository(tmp_path / "other")
    environ = {**os.environ, "GIT_DIR": str(other.folder / ".git"), "GIT_INDEX_FILE": "/nowhere"}
    assert read(repository, commit, environ=environ)[0].id == commit


def break_objects(repository):
    for path in repository.folder.glob(".git/objects/??/*"):
        path.chmod(0o600)
        path.write_bytes(b"broken")


@pytest.mark.parametrize(
    "damage",
    [
        lambda repository: (repository.folder / ".git/HEAD").unlink(),
        lambda repository: (repository.folder / ".git/config").write_text("[broken"),
        break_objects,
    ],
)
def test_a_broken_repository_tells_nothing(repository, damage):
    commit = repository.commit()
    damage(repository)
    assert read(repository, commit) == [None]


def test_without_a_repository_nothing_is_told(tmp_path):
    with Commits(tmp_path, {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}) as git:
        assert git.read([NOWHERE]) == {NOWHERE: None}
        assert git.is_silent


def test_without_the_program_nothing_is_told(repository, tmp_path, monkeypatch):
    commit = repository.commit()
    monkeypatch.setenv("PATH", str(tmp_path))
    with Commits(repository.folder, {"PATH": str(tmp_path)}) as git:
        assert git.read([commit]) == {commit: None}
        assert git.is_silent


@pytest.mark.parametrize("script", ["exec sleep 60", "read x; echo $x commit many", "exit 1"])
def test_a_program_that_does_not_answer_is_given_up(repository, tmp_path, monkeypatch, script):
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.2)
    with Commits(repository.folder, os.environ) as git:
        assert git.read([NOWHERE]) == {NOWHERE: None}
        assert git.is_silent
