from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifolio.bodies import Markdown
from artifolio.commits import Commits
from artifolio.origins import Code
from artifolio.store import Store
from artifolio.website.history import NOT_TOLD, History, commits_of
from artifolio.website.options import PageOptions
from artifolio.website.refresh import Refresher
from artifolio.website.sync import Synced
from payloads import payloads
from repositories import Repository
from samples import make_record, put_record
from website.projects import folders, tree
from website.reading import page_dangers, words

LONG_AGO = 1_600_000_000
NOWHERE = "0123456789" * 4
GITHUB = "https://github.com/o/r"


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "repository")


@pytest.fixture
def asked(monkeypatch):
    """What git was asked for, one list a process."""
    processes: list[list[str]] = []
    start, ask = Commits._start, Commits._ask

    def note_start(commits):
        processes.append([])
        start(commits)

    def note_question(commits, ids):
        answers = ask(commits, ids)
        processes[-1].extend(ids)
        return answers

    monkeypatch.setattr(Commits, "_start", note_start)
    monkeypatch.setattr(Commits, "_ask", note_question)
    return processes


def history_of(folder: Path, cache: Path | None = None) -> History:
    history = History(folder, cache, os.environ)
    history.look()
    return history


def tell(history: History, *named):
    ((told, lacks),) = history.tell([named])
    return told, lacks


class Project:
    """A repository with records that name its commits, and their pages."""

    def __init__(self, repository: Repository, cache: Path | None = None) -> None:
        self.repository = repository
        self.store = Store(repository.folder / "artifacts")
        self.store.root.mkdir()
        self.docs = repository.folder / "site_src"
        self.cache = cache
        self.options = PageOptions(versions_as_pages=3)
        self._number = 0
        self.start_anew()

    def start_anew(self):
        self.refresher = Refresher(self.store, self.docs, self.options, self.cache)

    def publish(self, commit: str | None, key: str | None = "loss", **code):
        self._number += 1
        record = make_record(
            Markdown(f"Text {self._number}"), key, self._number, code=Code(commit, "main", **code)
        )
        put_record(self.store, record)
        path = self.store.root / record.header.path
        os.utime(path, (LONG_AGO + self._number,) * 2)
        return record.header

    def page(self, header) -> str:
        return (self.docs / "artifacts" / header.path.replace(".yaml", ".md")).read_text()

    def anew(self):
        """Return what another process makes of the records, which knows nothing."""
        with tempfile.TemporaryDirectory() as folder:
            Refresher(self.store, Path(folder), self.options).refresh()
            return tree(Path(folder)), folders(Path(folder))

    def made(self):
        return tree(self.docs), folders(self.docs)


def test_a_version_is_told_of_with_what_lies_before_it(repository):
    chain = repository.chain(4)
    (told,), lacks = tell(history_of(repository.folder), (chain[3], chain[0]))
    assert (told.commit.subject, told.between.here, lacks) == ("Commit 4", 3, "")


def test_of_one_commit_twice_nothing_lies_between(repository):
    (commit,) = repository.chain(1)
    (told,), lacks = tell(history_of(repository.folder), (commit, commit))
    assert (told.commit.id, told.between, lacks) == (commit, None, "")


@pytest.mark.parametrize("name", [None, "", "abc1234", "HEAD", "--all", "\n", "A" * 40])
def test_of_what_is_no_full_id_nothing_is_told_or_asked(repository, asked, name):
    (commit,) = repository.chain(1)
    history = history_of(repository.folder)
    assert tell(history, (name, commit)) == ([NOT_TOLD], "")
    assert [tell(history, (commit, name))[0][0].between, asked] == [None, [[commit]]]


def test_all_is_asked_in_one_process(repository, asked):
    chain = repository.chain(6)
    history = history_of(repository.folder)
    shelves = [[(chain[5], chain[4])], [(chain[4], chain[1]), (NOWHERE, None)]]
    told = list(history.tell(shelves))
    assert [lacks for _, lacks in told] == ["", NOWHERE]
    assert len(asked) == 1
    assert len(asked[0]) == len(set(asked[0])) <= 7


@pytest.mark.parametrize("same_process", [True, False])
def test_what_is_known_is_not_asked_again(repository, tmp_path, asked, same_process):
    chain = repository.chain(30)
    history = history_of(repository.folder, tmp_path / "cache")
    named = (chain[29], chain[0]), (chain[0], None)
    first = tell(history, *named)
    history = history if same_process else history_of(repository.folder, tmp_path / "cache")
    history.look()
    assert tell(history, *named) == first
    assert len(asked) == 1


def test_of_a_new_version_only_what_is_new_is_asked(repository, tmp_path, asked):
    chain = repository.chain(100)
    tell(history_of(repository.folder, tmp_path / "cache"), (chain[50], chain[10]))
    new = repository.commit(chain[50])
    (told,), _ = tell(history_of(repository.folder, tmp_path / "cache"), (new, chain[50]))
    assert told.between.here == 1
    assert len(asked) == 2
    assert len(asked[1]) < 60


@pytest.mark.parametrize("content", [b"", b"broken", b"SQLite format 3\0 and so on"])
def test_a_broken_file_of_facts_is_made_anew(repository, tmp_path, content):
    chain = repository.chain(3)
    cache = tmp_path / "cache"
    first = tell(history_of(repository.folder, cache), (chain[2], chain[0]))
    (file,) = cache.glob("history-*.sqlite")
    file.write_bytes(content)
    assert tell(history_of(repository.folder, cache), (chain[2], chain[0])) == first
    assert tell(history_of(repository.folder, cache), (chain[2], chain[0])) == first


def test_a_row_that_somebody_changed_does_not_count(repository, tmp_path):
    import sqlite3

    (commit,) = repository.chain(1)
    cache = tmp_path / "cache"
    first = tell(history_of(repository.folder, cache), (commit, None))
    (file,) = cache.glob("history-*.sqlite")
    with sqlite3.connect(file) as database:
        changed = database.execute("UPDATE facts SET value = replace(value, 'Ada', 'Eve')")
        assert changed.rowcount == 1
    database.close()
    assert tell(history_of(repository.folder, cache), (commit, None)) == first


def test_what_is_not_there_is_not_asked_for_again_until_the_repository_moves(
    repository, tmp_path, asked
):
    chain = repository.chain(3)
    copy = repository.clone(tmp_path / "copy", "--depth=1")
    history = history_of(copy.folder)
    tell(history, (chain[2], chain[1]))
    assert not history.look()
    tell(history, (chain[2], chain[1]), (chain[1], None))
    assert len(asked) == 1
    copy.git("fetch", "-q", "--unshallow")
    assert history.look()
    assert tell(history, (chain[2], chain[1]))[0][0].between.here == 1


def test_commits_are_those_of_versions_with_a_page_and_of_the_ones_before():
    records = [make_record(number=n, code=Code(f"{n:040x}")) for n in range(1, 5)]
    entries = [type("Entry", (), {"commit": r.header.code.commit}) for r in records]
    names = [entry.commit for entry in entries]
    assert commits_of(entries, "loss", 2) == [
        *(None, None, (names[2], names[1]), (names[3], names[2]))
    ]
    assert commits_of(entries, "loss", 50)[0] == (names[0], None)
    assert commits_of(entries, None, 1) == [(name, None) for name in names]
    assert commits_of([], "loss", 2) == []


def test_the_page_tells_of_the_commit_and_of_those_since_the_version_before(repository):
    chain = repository.chain(4)
    project = Project(repository)
    project.publish(chain[0], remote=GITHUB)
    header = project.publish(chain[3], remote=GITHUB)
    project.refresher.refresh()
    page = project.page(header)
    assert "Commit 4 by Ada Lovelace, 2023-11-15 02:13 UTC" in words(page)
    assert f"3 commits between, {chain[0][:7]} → {chain[3][:7]} compare" in words(page)
    assert f'href="{GITHUB}/compare/{chain[0]}...{chain[3]}"' in page
    assert f'href="{GITHUB}/commit/{chain[2]}"' in page
    assert "ada@example.org" not in page
    key = (project.docs / "artifacts/loss/index.md").read_text()
    assert "since v1, 3 commits between" in words(key)


def test_the_page_says_that_two_versions_are_of_one_commit(repository):
    (commit,) = repository.chain(1)
    project = Project(repository)
    project.publish(commit)
    header = project.publish(commit, dirty=True)
    project.refresher.refresh()
    told = f"the same commit as v1, {commit[:7]} ; this one had uncommitted changes"
    assert told in words(project.page(header))


def test_more_commits_than_are_shown_are_counted(repository):
    chain = repository.chain(24)
    project = Project(repository)
    project.publish(chain[0])
    header = project.publish(chain[-1])
    project.refresher.refresh()
    page = words(project.page(header))
    assert "23 commits between" in page
    assert "Show the last 20 commits" in page
    assert "and 3 more" in page


def test_a_full_list_of_long_subjects_is_no_heavy_page(repository):
    (first,) = repository.chain(1)
    last = first
    for _ in range(24):
        last = repository.commit(last, subject="<&'\"" * 100, author="&" * 100)
    project = Project(repository)
    project.publish(first, remote=f"https://github.com/o/{'r' * 110}")
    header = project.publish(last, remote=f"https://github.com/o/{'r' * 110}")
    project.refresher.refresh()
    assert len(project.page(header)) < 45_000


@pytest.mark.parametrize("payload", payloads("git", "html", "md"), ids=str)
def test_hostile_commits_branches_and_remotes_are_text(repository, payload):
    text = str(payload.content).replace("\0", "")
    (first,) = repository.chain(1)
    second = repository.commit(first, subject=text, author=f"A{text[:500]}")
    project = Project(repository)
    project.publish(first, remote=text)
    header = project.publish(second, remote=text)
    project.publish(text, remote=GITHUB)
    project.refresher.refresh()
    block = project.page(header).split("---\n", 2)[2]
    assert page_dangers(block) == []
    assert "\n\n" not in block.strip("\n")
    assert not list(repository.folder.rglob("PWNED"))


def test_commits_of_elsewhere_are_compared_by_a_link_alone(repository):
    project = Project(repository)
    project.publish(NOWHERE, remote=GITHUB)
    header = project.publish(NOWHERE[::-1], remote=GITHUB)
    project.refresher.refresh()
    page = project.page(header)
    assert f'href="{GITHUB}/compare/{NOWHERE}...{NOWHERE[::-1]}"' in page
    assert "not in the clone that this page was made from" in words(page)


@pytest.mark.parametrize("cached", [True, False])
def test_pages_tell_more_once_more_was_fetched(repository, tmp_path, cached):
    chain = repository.chain(4)
    copy = repository.clone(tmp_path / "copy", "--depth=2")
    project = Project(copy, tmp_path / "cache" if cached else None)
    project.publish(chain[1])
    header = project.publish(chain[3])
    other = project.publish(chain[3], "acc")
    project.refresher.refresh()
    assert "not in the clone" in words(project.page(header))
    before = project.page(other)
    copy.git("fetch", "-q", "--unshallow")
    project.start_anew() if cached else None
    written = project.refresher.refresh([]).synced.written
    assert "2 commits between" in words(project.page(header))
    assert project.page(other) == before
    assert not any("/acc/" in path for path in written)
    assert project.made() == project.anew()


def test_where_nothing_changed_git_is_not_asked(repository, tmp_path, asked):
    chain = repository.chain(3)
    project = Project(repository, tmp_path / "cache")
    project.publish(chain[0])
    project.publish(NOWHERE)
    project.publish(chain[2])
    project.refresher.refresh()
    assert project.refresher.refresh().synced == Synced()
    assert project.refresher.refresh(["loss"]).synced == Synced()
    project.start_anew()
    assert project.refresher.refresh().synced == Synced()
    project.publish(chain[2])
    project.refresher.refresh(["loss"])
    project.publish(NOWHERE)
    project.start_anew()
    project.refresher.refresh()
    assert len(asked) == 1


@pytest.mark.parametrize("damage", ["objects", "HEAD"])
def test_a_broken_repository_fails_no_page(repository, tmp_path, damage):
    chain = repository.chain(2)
    project = Project(repository, tmp_path / "cache")
    project.publish(chain[0])
    header = project.publish(chain[1])
    place = repository.folder / ".git" / damage
    place.rename(tmp_path / damage)
    project.refresher.refresh()
    assert "not in the clone" in words(project.page(header))
    (tmp_path / damage).rename(place)
    project.start_anew()
    project.refresher.refresh()
    assert "1 commit between" in words(project.page(header))


def test_a_repository_that_came_later_is_asked(tmp_path):
    origin = Repository(tmp_path / "origin")
    chain = origin.chain(2)
    place = tmp_path / "place"
    place.mkdir()
    origin.folder, kept = place, origin.folder
    project = Project(origin, tmp_path / "cache")
    project.publish(chain[0])
    header = project.publish(chain[1])
    project.refresher.refresh()
    assert "not in the clone" in words(project.page(header))
    shutil.copytree(kept / ".git", place / ".git")
    project.refresher.refresh([])
    assert "1 commit between" in words(project.page(header))
    assert project.made() == project.anew()


steps = st.lists(
    st.tuples(
        st.sampled_from("publish publish publish commit deepen fetch anew forget delete".split()),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=12,
)


def apply(project: Project, origin: Repository, chain: list[str], step: str, number: int) -> None:
    copy = project.repository
    if step == "publish":
        names = [*chain, NOWHERE, None]
        project.publish(names[-number - 1], ["loss", "acc", None][number % 3])
    elif step == "commit":
        chain.append(origin.commit(chain[-1], chain[number % len(chain)]))
    elif step == "deepen":
        copy.git("fetch", "-q", f"--depth={number + 1}")
    elif step == "fetch":
        copy.git("fetch", "-q")
    elif step == "anew":
        project.start_anew()
    elif step == "forget":
        for file in project.cache.glob("history-*" if number % 2 else "pages-*"):
            file.unlink()
        project.start_anew()
    else:
        for path in sorted(project.store.root.rglob("*.yaml"))[number : number + 1]:
            path.unlink()


@settings(max_examples=max(5, settings.default.max_examples // 8), deadline=None)
@given(steps)
def test_whatever_is_published_and_fetched_pages_are_as_made_anew(changes):
    with tempfile.TemporaryDirectory() as folder:
        origin = Repository(Path(folder) / "origin")
        chain = origin.chain(10)
        copy = origin.clone(Path(folder) / "copy", "--depth=3")
        project = Project(copy, Path(folder) / "cache")
        for step, number in changes:
            apply(project, origin, chain, step, number)
            changed = [path.name for path in project.store.root.iterdir()]
            project.refresher.refresh(changed)
        # What a clone forgets when it is made shallower, pages may still tell.
        copy.git("fetch", "-q", "--unshallow") if (copy.folder / ".git/shallow").exists() else None
        project.refresher.refresh([])
        assert project.made() == project.anew()


def test_no_program_is_started_outside_of_a_repository(tmp_path, store, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    put_record(store, make_record(code=Code(NOWHERE)))
    Refresher(store, tmp_path / "site_src", cache=tmp_path / "cache").refresh()
    assert not list((tmp_path / "cache").glob("history-*"))
