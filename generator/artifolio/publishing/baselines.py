"""What the next commit stands on, and what tells which files are not in it yet."""

from __future__ import annotations

import contextlib
import os
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from artifolio.publishing.indexes import Index, copy_index
from artifolio.publishing.selection import Listed, ignored_files, list_files, select_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifolio.publishing.place import Place, Target
    from artifolio.publishing.selection import Selection

_FOLDER = "artifolio"
_ATTRIBUTES = ".gitattributes"
_MISSING = b"missing"


class Baseline(Protocol):
    """What a commit stands on."""

    old: str | None
    """Where the branch is; None where there is none yet."""
    base: str | None
    """The commit to stand on; None where there is none to be found."""

    def select(self) -> Selection:
        """Choose what to commit."""

    def wanted(self, selection: Selection) -> list[str]:
        """Return the paths of what is chosen and may differ from the base."""

    def stage(self, selection: Selection) -> None:
        """Do what is to be done before the branch moves."""

    def keep(self, selection: Selection, commit: str | None) -> None:
        """Remember what is in the branch now."""


class CheckedOut:
    """A branch that is checked out where the records lie: the user's own index tells."""

    def __init__(self, place: Place, target: Target) -> None:
        self._place = place
        self.old = self.base = commit_at(place, target.ref)
        self._index = Index(place.git)

    def select(self) -> Selection:
        """Choose what differs from the branch, deletions included."""
        listed = list_files(self._index)
        tree = self.base or empty_tree(self._place)
        staged = self._index.changes(tree)
        added = frozenset(change.path for change in staged if change.status == "A")
        # Without an index all seems to be gone: it was cloned with --no-checkout.
        has_index = self._place.index.exists()
        changed = listed.changed.union(change.path for change in staged) - added
        listed = Listed(listed.new | added, changed if has_index else frozenset())
        ignored = ignored_files(self._place.git, listed.new)
        return select_files(self._place.store, listed, ignored, with_deleted=True)

    def wanted(self, selection: Selection) -> list[str]:
        """Return all that is chosen."""
        return [*selection.new, *selection.changed]

    def stage(self, selection: Selection) -> None:
        """Bring the user's own index in line, for these paths alone."""
        self._index.take_up(self.wanted(selection))

    def keep(self, selection: Selection, commit: str | None) -> None:
        """Leave it to the user's own index."""


class Elsewhere:
    """A branch that is not checked out: an index of our own, beside the user's, tells.

    It holds what was published from this work tree. So nothing is published twice that others
    have deleted since, and nothing is taken for deleted that was never here.

    Args:
        place: The repository.
        target: The branch.
        index: A copy of what was kept, which may be changed.
    """

    def __init__(self, place: Place, target: Target, index: Index) -> None:
        self._place = place
        self._index = index
        self.old = commit_at(place, target.ref)
        self.base = _later(place, self.old, commit_at(place, target.tracking_ref))
        name = blake2b(target.ref.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
        self._kept = place.git_folder / _FOLDER
        self._name = f"published-{name}-"
        self._load()

    def select(self) -> Selection:
        """Choose what is new or changed here; what is gone stays in the branch.

        ``.gitignore`` is not asked: whoever publishes to a branch of its own has the records
        ignored on all others.
        """
        listed = list_files(self._index)
        return select_files(self._place.store, listed, frozenset(), with_deleted=False)

    def wanted(self, selection: Selection) -> list[str]:
        """Return what is chosen, but for new files that the branch has already."""
        new = selection.new
        if self.base is not None and new:
            given = "".join(f"{self.base}:./{path}\n" for path in new).encode()
            told = self._place.git.run("cat-file", "--batch-check", given=given).splitlines()
            new = tuple(p for p, line in zip(new, told, strict=True) if line.endswith(_MISSING))
        if self.base is None and new and (self._place.top / _ATTRIBUTES).is_file():
            # Without it, git would change line ends, or show what a filter has made of a file.
            new = (*new, os.path.relpath(self._place.top / _ATTRIBUTES, self._place.store.root))
        return [*new, *selection.changed]

    def stage(self, selection: Selection) -> None:
        """Leave the user's own index as it is."""

    def keep(self, selection: Selection, commit: str | None) -> None:
        """Remember that all that was chosen is in the branch."""
        source = self._index.path
        if commit is None or source is None:
            return
        self._index.take_up([*selection.new, *selection.changed])
        if not source.exists():
            return
        self._kept.mkdir(exist_ok=True)
        stale = [path for path in self._all_kept() if not path.name.endswith(f"{commit}.index")]
        with tempfile.NamedTemporaryFile(dir=self._kept, delete=False) as temporary:
            copy = Path(temporary.name)
        copy_index(source, copy)
        copy.replace(self._kept / f"{self._name}{commit}.index")
        for path in stale:
            path.unlink(missing_ok=True)

    def _load(self) -> None:
        """Take up what was kept, if the branch still holds the commit that it was kept at."""
        for path in self._all_kept():
            commit = path.stem.rpartition("-")[2]
            if self.base and self._index.path and _is_within(self._place, commit, self.base):
                copy_index(path, self._index.path)
                return

    def _all_kept(self) -> list[Path]:
        return sorted(self._kept.glob(f"{self._name}*.index"))


@contextlib.contextmanager
def find_baseline(place: Place, target: Target) -> Iterator[Baseline]:
    """Give what the next commit of a branch stands on."""
    if target.is_here:
        yield CheckedOut(place, target)
        return
    with tempfile.TemporaryDirectory(prefix="artifolio-") as folder:
        yield Elsewhere(place, target, Index(place.git, Path(folder) / "index"))


def commit_at(place: Place, ref: str) -> str | None:
    """Return the commit that a ref names, if there is one."""
    return place.git.ask("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")


def empty_tree(place: Place) -> str:
    """Return the id of the tree that holds nothing."""
    return place.git.run("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()


def _later(place: Place, ours: str | None, theirs: str | None) -> str | None:
    """Return the remote's commit where it holds ours, and else ours."""
    if ours is None or theirs is None:
        return ours or theirs
    return theirs if _is_within(place, ours, theirs) else ours


def _is_within(place: Place, old: str, new: str) -> bool:
    return place.git.ask("merge-base", "--is-ancestor", old, new) is not None
