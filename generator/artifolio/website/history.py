"""What is known of the commits that versions name, and of those between them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

from artifolio.gitstate import is_full, state_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from artifolio.commits import Commit, Commits
    from artifolio.entries import Entry
    from artifolio.ranges import Between, Pair
    from artifolio.website.chronicle import Chronicle

_ANYTHING = "*"
_SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Told:
    """What the history tells of the code of a version."""

    commit: Commit | None
    """The commit that was checked out, where it is at hand."""
    between: Between | None
    """What lies between it and the commit of the version before, where that is another one and
    all of it is at hand."""
    token: str
    """Fingerprint of the two; empty for nothing."""


NOT_TOLD = Told(None, None, "")

Named: TypeAlias = "tuple[str | None, str | None]"
"""The commit of a version and that of the version before it."""


def commits_of(
    entries: Sequence[Entry], key: str | None, versions_as_pages: int
) -> list[Named | None]:
    """Return which commits the pages of versions tell of; None for those without a page.

    Args:
        entries: All versions of a key, oldest first, or all without one.
        key: The key; without one each stands alone.
        versions_as_pages: As `traces` takes it.
    """
    if key is None:
        return [(entry.commit, None) for entry in entries]
    first = max(0, len(entries) - versions_as_pages)
    commits = [entry.commit for entry in entries[first:]]
    before = [entries[first - 1].commit if first else None, *commits]
    return [*[None] * first, *zip(commits, before, strict=False)]


class History:
    """Tells of commits, and keeps what it knows of them in a file in the user's cache folder.

    A commit never changes. So what is known once is not asked for again, and what is not there is
    asked for again once the repository has got other commits.

    Args:
        folder: Any folder of the repository.
        cache: The cache folder; None remembers nothing.
        environ: The process's environment.
    """

    def __init__(self, folder: Path, cache: Path | None, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self._cache = cache
        self._chronicle: Chronicle | None = None
        self._state: str | None = None
        self._git: Commits | None = None
        """Once git was asked in this refresh."""
        self._is_silent = False
        self._lacking: dict[str | Pair, tuple[str, ...]] = {}
        """What is not there in this state, and what would have to be."""
        self._come: set[str] = set()
        """What was not there when pages were made, and is there now."""

    def look(self) -> bool:
        """Tell whether the repository has got other commits since the last look."""
        state = state_of(self._folder)
        has_moved = state != self._state
        if has_moved:
            self._state, self._lacking, self._is_silent = state, {}, False
        self._come = set()
        return has_moved

    @property
    def stamp(self) -> str:
        """What tells whether there may be more to tell than now."""
        return _SILENT if self._is_silent else self._state or ""

    def ask(self, stamp: str, lacks: Iterable[str]) -> None:
        """Look what is there now of all that was not there when pages were made.

        Args:
            stamp: What `stamp` was then.
            lacks: What `tell` gave then.
        """
        if not self._state or self.stamp == stamp or self._is_silent:
            return
        names = {name for text in lacks for name in text.split()}
        if names:
            # That of nothing shows whether git answers at all.
            found = self._commits.read(names - {_ANYTHING} or ["0" * 40])
            self._note_silence()
            self._come = {name for name, commit in found.items() if commit}
            if not self._is_silent:
                self._come.add(_ANYTHING)

    def has_more(self, lacks: str) -> bool:
        """Tell whether something is there now that was not there when pages were made.

        Args:
            lacks: What `tell` gave then.
        """
        return bool(self._come) and not self._come.isdisjoint(lacks.split())

    def tell(
        self, shelves: Sequence[Sequence[Named | None]], lacks: Iterable[str] = ()
    ) -> Iterator[tuple[list[Told], str]]:
        """Tell of many versions at once.

        Args:
            shelves: What `commits_of` gave, for each folder of pages.
            lacks: What this gave for them before.

        Returns:
            For each folder what is told of each version, and what is lacking to tell all of it.
        """
        if not self._state:
            for shelf in shelves:
                is_any = any(is_full(pair[0]) for pair in shelf if pair)
                yield [NOT_TOLD] * len(shelf), _ANYTHING if is_any else ""
            return
        named = {pair for shelf in shelves for pair in shelf if pair}
        commits = {name for pair in named for name in pair if name and is_full(name)}
        pairs: set[Pair] = {
            (old, new) for new, old in named if old and new and old != new and {old, new} <= commits
        }
        if not self._is_silent:
            # `ask` has looked for these.
            gone = {name for text in lacks for name in text.split()} - self._come
            self._lacking.update({name: (name,) for name in gone if name not in self._lacking})
        self._learn(commits, pairs)
        known: dict[Named, Told] = {pair: self._told(pair) for pair in named}
        lacking = {pair: self._lacks(pair) for pair in named}
        self._facts.trim()
        for shelf in shelves:
            names = dict.fromkeys(name for pair in shelf if pair for name in lacking[pair])
            yield [known[pair] if pair else NOT_TOLD for pair in shelf], " ".join(names)

    def _learn(self, commits: Collection[str], pairs: Collection[Pair]) -> None:
        """Look up what is not known yet, first in the file and then in the repository."""
        for pair in pairs:
            if any(name in self._lacking for name in pair):
                self._lacking[pair] = tuple(name for name in pair if name in self._lacking)
        named: list[str | Pair] = [*commits, *pairs]
        wanted = [name for name in named if name not in self._lacking]
        self._facts.load(wanted)
        unknown = [name for name in wanted if name not in self._facts]
        if unknown and not self._is_silent:
            self._find(unknown)
            self._note_silence()
        if self._git is not None:
            self._git.close()
            self._git = None

    def _find(self, unknown: Iterable[str | Pair]) -> None:
        """Ask git for commits, and for what lies between them."""
        from artifolio.ranges import Between, Lacking, find_between

        names = [name for name in unknown if isinstance(name, str)]
        pairs = [pair for pair in unknown if not isinstance(pair, str)]
        found = self._commits.read(names)
        between = find_between(self._commits, pairs)
        if self._commits.is_silent:
            return
        self._facts.add(
            [commit for commit in found.values() if commit],
            {pair: far for pair, far in between.items() if isinstance(far, Between)},
        )
        self._lacking.update({name: (name,) for name, commit in found.items() if commit is None})
        for pair, lacking in between.items():
            if isinstance(lacking, Lacking):
                self._lacking[pair] = lacking.ids

    @property
    def _facts(self) -> Chronicle:
        if self._chronicle is None:
            # Here and below: most refreshes do without, and to load these takes 6 ms.
            from artifolio.website.chronicle import Chronicle

            self._chronicle = Chronicle(self._folder, self._cache)
        return self._chronicle

    @property
    def _commits(self) -> Commits:
        if self._git is None:
            from artifolio.commits import Commits

            self._git = Commits(self._folder, self._environ)
        return self._git

    def _note_silence(self) -> None:
        self._is_silent = self._commits.is_silent

    def _told(self, named: Named) -> Told:
        new, old = named
        commit = self._facts.commit(new) if new else None
        between = self._facts.between((old, new)) if old and new else None
        if commit is None and between is None:
            return NOT_TOLD
        parts = (commit, between)
        return Told(commit, between, blake2b(repr(parts).encode(), digest_size=12).hexdigest())

    def _lacks(self, named: Named) -> tuple[str, ...]:
        new, old = named
        if not new or not is_full(new):
            return ()
        if self._is_silent:
            is_known = new in self._facts and (not old or old == new or (old, new) in self._facts)
            return () if is_known else (_ANYTHING,)
        return (*self._lacking.get(new, ()), *self._lacking.get((old or "", new), ()))
