from __future__ import annotations

import os

import pytest

from artifolio.publishing.git import Git, GitError
from artifolio.publishing.merging import merge_trees

# As nightly reports are: git takes one for the other, renamed.
REPORT = "".join(f"- Shop {number} sold nothing.\n" for number in range(50))
LINES = [f"# {number}" for number in range(9)]


@pytest.fixture
def sides(clone, monkeypatch):
    """Two commits that both have changed something since a third."""
    clone.add("old", REPORT)
    clone.publish(push=False)
    base = clone.git("rev-parse", "HEAD")
    paths = [path for path in clone.files() if path.endswith(".yaml")]
    (clone.store.root / paths[0]).unlink()
    clone.add("new", REPORT)
    clone.publish(push=False)
    ours = clone.git("rev-parse", "HEAD")
    clone.git("reset", "-q", "--hard", base)
    clone.add("old", "# Older")
    clone.publish(push=False)
    theirs = clone.git("rev-parse", "HEAD")
    return Git(clone.store.root, os.environ), ours, theirs, base


def test_what_each_side_adds_is_there_and_what_one_deletes_is_not(clone, sides):
    git, ours, theirs, base = sides
    tree = merge_trees(git, ours, theirs, base)
    files = {path.partition("/")[0] for path in clone.files(tree) if path.endswith(".yaml")}
    assert files == {"new", "old"}
    assert sum(path.endswith(".yaml") for path in clone.files(tree)) == 2


def test_lines_of_commits_without_a_common_start_are_laid_together(clone, sides):
    git, ours, _, _ = sides
    empty = clone.git("hash-object", "-t", "tree", "-w", "/dev/null")
    alone = clone.git("commit-tree", "-m", "Alone", empty)
    assert merge_trees(git, ours, alone, None) == clone.git("rev-parse", f"{ours}^{{tree}}")


def change_both(clone, base: str, ours: list[str], theirs: list[str]) -> tuple[str, str]:
    """Commit two states of one file, each on top of the base."""
    commits = []
    for lines in (ours, theirs):
        clone.git("reset", "-q", "--hard", base)
        (clone.folder / "notes.md").write_text("\n".join(lines))
        clone.git("add", "notes.md")
        clone.git("commit", "-q", "-m", "Notes")
        commits.append(clone.git("rev-parse", "HEAD"))
    return commits[0], commits[1]


def test_other_lines_of_a_file_that_is_no_record_are_merged(clone, sides):
    git, _, _, base = sides
    first, _ = change_both(clone, base, LINES, [])
    ours, theirs = change_both(clone, first, ["ours", *LINES[1:]], [*LINES[:-1], "theirs"])
    tree = merge_trees(git, ours, theirs, first)
    merged = clone.git("show", f"{tree}:notes.md").splitlines()
    assert merged == ["ours", *LINES[1:-1], "theirs"]


def test_a_file_that_both_have_changed_is_named(clone, sides):
    git, _, _, base = sides
    ours, theirs = change_both(clone, base, ["ours"], ["theirs"])
    with pytest.raises(GitError, match=r"'notes\.md'; run 'git pull'"):
        merge_trees(git, ours, theirs, base)


def test_git_that_cannot_merge_lines_names_the_file(clone, sides, monkeypatch):
    git, _, _, base = sides
    ours, theirs = change_both(clone, base, ["ours"], ["theirs"])
    run = Git.run

    def old(self: Git, *arguments: str, **options) -> bytes:
        if arguments[0] == "merge-tree":
            raise GitError("merge-tree", "usage: git merge-tree <base-tree> <b1> <b2>", 129)
        return run(self, *arguments, **options)

    monkeypatch.setattr(Git, "run", old)
    with pytest.raises(GitError, match=r"'notes\.md'"):
        merge_trees(git, ours, theirs, base)


def test_what_moves_on_one_side_is_not_laid_into_another_record(clone, sides):
    git, ours, _, base = sides
    clone.git("reset", "-q", "--hard", base)
    (path,) = (path for path in clone.files() if path.endswith(".yaml"))
    with (clone.store.root / path).open("a") as record:
        record.write("# A line more\n")
    clone.git("commit", "-q", "-a", "-m", "Theirs")
    with pytest.raises(GitError, match=path):
        merge_trees(git, ours, clone.git("rev-parse", "HEAD"), base)
