"""Goes through versions page by page: which ones, in which order, from where on."""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.catalog import Version
from artifolio.errors import RecordError
from artifolio.server.cursors import Cursor, fingerprint, parse_cursor
from artifolio.server.selection import filter_of
from artifolio.server.texts import excerpt, have_all, head_texts, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from artifolio.catalog import Lineage
    from artifolio.server.texts import Bodies

READS = 2_000
"""Of records for one page, where bodies are searched; more are left to the next one."""
READING_SECONDS = 5.0
"""After so long, the rest is left to the next page as well: records may be long."""

HEAD, BODY, ALL = "head", "body", "all"
NEWEST, OLDEST, KEY = "newest", "oldest", "key"


@dataclass(frozen=True)
class Page:
    """A part of a list."""

    versions: tuple[Version, ...]
    next: str | None
    """Cursor of the page after this one; None where this is the last."""


class Search:
    """Tells which versions somebody asks for, by all that can be asked.

    Args:
        query: What was asked.
        scope: Where its words are searched: `HEAD`, `BODY` or `ALL`.
        bodies: Gives the texts of bodies.
        ticks: Gives seconds that only ever grow.
    """

    def __init__(
        self,
        query: Mapping[str, Any],
        scope: str,
        bodies: Bodies,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ticks = ticks
        self._until = ticks() + READING_SECONDS
        self._reads = 0
        self._words = words_of(query.get("q") or "")
        self._scope = scope
        self._filter = filter_of(query)
        self._bodies = bodies

    def matches(self, version: Version) -> bool:
        """Tell whether a version is asked for. One that cannot be read has no body."""
        if not self._filter(version.header):
            return False
        return not self._words or have_all(list(self._texts(version).values()), self._words)

    def is_quick(self, version: Version) -> bool:
        """Tell whether that can be told without reading the record."""
        if not self._words or self._scope == HEAD or self._bodies.knows(version):
            return True
        return not self._filter(version.header)

    def may_read(self) -> bool:
        """Tell whether one more record may be read for this page, and count it."""
        # The first in any case: the next page would not come further.
        if self._reads and (self._reads >= READS or self._ticks() > self._until):
            return False
        self._reads += 1
        return True

    def excerpts(self, version: Version) -> dict[str, str]:
        """Return where the words are, by the field."""
        found = ((name, excerpt(text, self._words)) for name, text in self._texts(version).items())
        return {name: text for name, text in found if text is not None}

    def _texts(self, version: Version) -> dict[str, str]:
        texts = {} if self._scope == BODY else dict(head_texts(version.header))
        if self._scope != HEAD:
            try:
                texts["body"] = self._bodies(version)
            except RecordError:  # the page of problems tells of it
                texts["body"] = ""
        return texts


def page_of_keys(
    lineages: Mapping[str, Lineage],
    newest: str,
    query: Mapping[str, Any],
    search: Search,
) -> Page:
    """Return a page of the latest versions of keys.

    Args:
        lineages: Of all keys.
        newest: What the newest version of all is sorted by.
        query: What was asked: ``sort``, ``limit``, ``cursor`` and filters.
        search: Tells which ones.
    """
    asked = _asked("artifacts", query)
    start = parse_cursor(query["cursor"], asked) if query["cursor"] is not None else None
    until = start.until if start else newest
    place = _place_by(query["sort"])
    found = sorted(_latest(lineages.values(), until), key=place, reverse=query["sort"] == NEWEST)
    return _page(found, place, query, search, start, Cursor(asked, "", until))


def page_of_versions(
    versions: Sequence[Version], name: str, query: Mapping[str, Any], search: Search
) -> Page:
    """Return a page of versions. They never move, so that no moment need be kept.

    Args:
        versions: Oldest first.
        name: Of the list.
        query: What was asked: ``sort``, ``limit``, ``cursor`` and filters.
        search: Tells which ones.
    """
    asked = _asked(name, query)
    start = parse_cursor(query["cursor"], asked) if query["cursor"] is not None else None
    found = versions[::-1] if query["sort"] == NEWEST else versions
    return _page(found, _place_by(query["sort"]), query, search, start, Cursor(asked, ""))


def _page(
    found: Sequence[Version],
    place: Callable[[Version], str],
    query: Mapping[str, Any],
    search: Search,
    start: Cursor | None,
    end: Cursor,
) -> Page:
    """Return a page of versions that are in order.

    Args:
        found: All of them.
        place: What they are sorted by.
        query: For ``sort`` and ``limit``.
        search: Tells which ones are asked for.
        start: Where the page starts.
        end: The cursor of the next one, but for its place.
    """
    items: list[Version] = []
    last = start.after if start else ""
    for version in _after(found, place, last, is_falling=query["sort"] == NEWEST):
        if not search.is_quick(version) and not search.may_read():
            return Page(tuple(items), str(Cursor(end.asked, last, end.until)))
        if search.matches(version):
            if len(items) == query["limit"]:
                cursor = Cursor(end.asked, place(items[-1]), end.until)
                return Page(tuple(items), str(cursor))
            items.append(version)
        last = place(version)
    return Page(tuple(items), None)


def _after(
    found: Sequence[Version], place: Callable[[Version], str], last: str, *, is_falling: bool
) -> Iterator[Version]:
    if not last:
        return iter(found)
    if is_falling:
        return (version for version in found if place(version) < last)
    return (version for version in found if place(version) > last)


def _latest(lineages: Iterable[Lineage], until: str) -> Iterator[Version]:
    """Give the latest version that each key had at a moment."""
    for lineage in lineages:
        if lineage.entries[-1].order <= until:
            yield lineage.latest
            continue
        number = bisect_right(lineage.entries, until, key=lambda entry: entry.order)
        if number:
            entry = lineage.entries[number - 1]
            yield Version(entry, number, lineage.names.get(entry.id, ()))


def _place_by(sort: str) -> Callable[[Version], str]:
    if sort == KEY:
        return lambda version: str(version.header.key)
    return lambda version: version.entry.order


def _asked(place: str, query: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in query.items() if name not in ("cursor", "limit")}
    return fingerprint(place, kept)
