from __future__ import annotations

import pytest

from artifolio.publishing.git import Git, GitError
from artifolio.publishing.merging import merge_plainly, merge_trees

# As nightly reports are: git takes one for the other, renamed.
REPORT = "".join(f"- Shop {number} sold nothing.\n" for number in range(50))
WAYS = [merge_trees, merge_plainly]


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
    return Git(clone.folder, {"PATH": "/usr/bin:/bin"}), ours, theirs, base


@pytest.mark.parametrize("merge", WAYS)
def test_what_each_side_adds_is_there_and_what_one_deletes_is_not(clone, sides, merge):
    git, ours, theirs, base = sides
    tree = merge(git, ours, theirs, base)
    files = {path.partition("/")[0] for path in clone.files(tree) if path.endswith(".yaml")}
    assert files == {"new", "old"}
    assert sum(path.endswith(".yaml") for path in clone.files(tree)) == 2


@pytest.mark.parametrize("merge", WAYS)
def test_both_ways_of_merging_make_the_same(sides, merge):
    assert merge(*sides) == merge_trees(*sides)


@pytest.mark.parametrize("merge", WAYS)
def test_lines_of_commits_without_a_common_start_are_laid_together(clone, sides, merge):
    git, ours, _, _ = sides
    empty = clone.git("hash-object", "-t", "tree", "-w", "/dev/null")
    alone = clone.git("commit-tree", "-m", "Alone", empty)
    assert merge(git, ours, alone, None) == clone.git("rev-parse", f"{ours}^{{tree}}")


@pytest.mark.parametrize("merge", WAYS)
def test_a_file_that_both_have_changed_is_named(clone, sides, merge):
    git, _, _, base = sides
    (clone.folder / "mkdocs.yml").write_text("ours: 1\n")
    clone.git("commit", "-q", "-a", "-m", "Ours")
    ours = clone.git("rev-parse", "HEAD")
    clone.git("reset", "-q", "--hard", base)
    (clone.folder / "mkdocs.yml").write_text("theirs: 1\n")
    clone.git("commit", "-q", "-a", "-m", "Theirs")
    with pytest.raises(GitError, match=r"'mkdocs\.yml'"):
        merge(git, ours, clone.git("rev-parse", "HEAD"), base)


def test_what_moves_on_one_side_is_not_laid_into_another_record(clone, sides):
    git, ours, _, base = sides
    clone.git("reset", "-q", "--hard", base)
    (path,) = (path for path in clone.files() if path.endswith(".yaml"))
    with (clone.store.root / path).open("a") as record:
        record.write("# A line more\n")
    clone.git("commit", "-q", "-a", "-m", "Theirs")
    with pytest.raises(GitError, match=path):
        merge_trees(git, ours, clone.git("rev-parse", "HEAD"), base)
