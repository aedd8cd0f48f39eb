"""The records, held ready for requests: what there is now, and each version as it is sent."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from artifolio.errors import NotFoundError, RecordError
from artifolio.index import SETTLED_NANOSECONDS
from artifolio.server.filters import ordered
from artifolio.server.forms import to_collection, to_prefect
from artifolio.server.holding import Holding, held
from artifolio.server.keeping import Kept
from artifolio.server.shelves import look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from uuid import UUID

    from artifolio.bodies import Attachment
    from artifolio.catalog import Catalog, Lineage, Version
    from artifolio.headers import Header
    from artifolio.records import Record
    from artifolio.server.facts import Facts
    from artifolio.server.filters import Query
    from artifolio.store import Store

LOOK_SECONDS = 0.1
"""What others have published is seen after this long."""
_LOOK_TAKES_SECONDS = LOOK_SECONDS / 10
SENT_BYTES = 64 * 1024 * 1024


class Library:
    """Answers what there is, from the records as they are on disk.

    Any number of threads may ask.

    Args:
        store: The records.
        address: Gives the address of an attachment.
        sent_bytes: Of versions as they are sent, how much is kept for the next request.
    """

    def __init__(
        self,
        store: Store,
        address: Callable[[Header, Attachment], str],
        sent_bytes: int = SENT_BYTES,
    ) -> None:
        self.store = store
        self._address = address
        self._lock = threading.Lock()
        self._times: dict[str, int] = {}
        """When each folder changed."""
        self._again: dict[str, float] = {}
        """When to look at a folder again, whether it seems to have changed or not."""
        self._settled: dict[str, int] = {}
        """Of each folder, what `look_at` wants to know at the next look."""
        self._next_look = float("-inf")
        self._holding = Holding()
        self._sorted: dict[tuple[bool, str], list[Facts]] = {}
        self._sent: Kept[bytes] = Kept(sent_bytes, len)

    def catalog(self) -> Catalog:
        """Return all lineages."""
        return self._now().catalog

    def lineages(self) -> Mapping[str, Lineage]:
        """Return the lineages of all keys."""
        return self._now().lineages

    def versions(self) -> tuple[Version, ...]:
        """Return all versions, oldest first, those without a key included."""
        return self._now().in_order

    def find(self, version_id: UUID) -> Version:
        """Return a version.

        Raises:
            NotFoundError: If there is none of that id.
        """
        facts = self._now().versions.get(version_id)
        if facts is None:
            raise NotFoundError(f"version {version_id}")
        return facts.version

    def latest(self, key: str) -> Version | None:
        """Return the latest version of a key."""
        facts = self._now().keys.get(key)
        return facts.version if facts else None

    def select(self, query: Query, *, latest: bool) -> list[Facts]:
        """Return the versions, or keys, that are asked for, in order."""
        found = self._matching(query, latest=latest)
        return found[query.offset : query.offset + query.limit]

    def count(self, query: Query, *, latest: bool) -> int:
        """Return how many versions, or keys, match."""
        return len(self._matching(query, latest=latest))

    def send(self, found: Sequence[Facts], *, latest: bool) -> bytes:
        """Return versions, or keys, as Prefect's JSON. Those that cannot be read are left out."""
        texts = []
        for facts in found:
            try:
                texts.append(self._text(facts, is_key=latest))
            except RecordError:  # altered or gone just now; the page of problems tells of it
                continue
        return b"[" + b",".join(texts) + b"]"

    def send_one(self, version: Version) -> bytes:
        """Return a version as Prefect's JSON.

        Raises:
            NotFoundError: If it is not there any more.
            RecordError: If the record cannot be read.
        """
        facts = self._now().versions.get(version.header.id)
        if facts is None:
            raise NotFoundError(f"version {version.header.id}")
        return self._text(facts, is_key=False)

    def read(self, version: Version) -> Record:
        """Read a whole record.

        Raises:
            RecordError: If it cannot be read.
        """
        return self.store.read(version.entry.path)

    def note(self, folder: str, record: Record | None = None) -> None:
        """Look at a folder before the next answer, for something was written there.

        Args:
            folder: Its name.
            record: The version that was written, where it is at hand.
        """
        with self._lock:
            # Before it is listed: what comes after that has a later time.
            with contextlib.suppress(OSError):
                self._times[folder] = self._changed(folder)
            self._holding = self._looked_at(self._holding, [folder], time.monotonic())
            facts = self._holding.versions.get(record.header.id) if record else None
        if record is not None and facts is not None and _is_of(facts, record):
            self._send(facts, record, is_key=False)

    def _text(self, facts: Facts, *, is_key: bool) -> bytes:
        known = self._sent.get(_place(facts, is_key=is_key))
        if known is not None:
            return known
        return self._send(facts, self.store.read(facts.version.entry.path), is_key=is_key)

    def _send(self, facts: Facts, record: Record, *, is_key: bool) -> bytes:
        fields = to_prefect(record, self._address)
        if is_key:
            fields = to_collection(fields, facts.first)
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        self._sent.put(_place(facts, is_key=is_key), text)
        return text

    def _matching(self, query: Query, *, latest: bool) -> list[Facts]:
        everything = self._in_order(query.sort, latest=latest)
        if query.is_all:
            return everything
        return [facts for facts in everything if query.matches(facts)]

    def _in_order(self, sort: str, *, latest: bool) -> list[Facts]:
        holding = self._now()
        with self._lock:
            if self._holding is holding and (latest, sort) in self._sorted:
                return self._sorted[latest, sort]
        facts = ordered(list((holding.keys if latest else holding.versions).values()), sort)
        with self._lock:
            if self._holding is holding:
                self._sorted[latest, sort] = facts
        return facts

    def _now(self) -> Holding:
        """Return what there is, after a look at what may have changed."""
        with self._lock:
            moment = time.monotonic()
            if moment >= self._next_look:
                self._holding = self._look(self._holding, moment)
                # Of very many folders, a look must not take all the time there is.
                share = (time.monotonic() - moment) / _LOOK_TAKES_SECONDS
                self._next_look = moment + LOOK_SECONDS * max(1.0, share)
            return self._holding

    def _look(self, holding: Holding, moment: float) -> Holding:
        times = self._folder_times()
        changed = [
            name
            for name, when in times.items()
            if self._times.get(name) != when or self._again.get(name, moment) < moment
        ]
        gone = holding.shelves.keys() - times.keys()
        self._times = times
        return self._looked_at(holding, changed, moment, gone) if changed or gone else holding

    def _looked_at(
        self,
        holding: Holding,
        changed: Collection[str],
        moment: float,
        gone: Collection[str] = (),
    ) -> Holding:
        settled = time.time_ns() - SETTLED_NANOSECONDS
        shelves = {name: shelf for name, shelf in holding.shelves.items() if name not in gone}
        others = list(gone)
        for name in gone:
            self._settled.pop(name, None)
            self._again.pop(name, None)
        for name in changed:
            before = shelves.get(name)
            shelves[name] = look_at(self.store, name, self._settled.get(name, settled), before)
            self._settled[name] = settled
            if shelves[name] is not before:
                others.append(name)
            # It may change once more while the clock of its file system stands still: one more
            # look when that is over.
            if self._times.get(name, settled) >= settled:
                self._again[name] = moment + SETTLED_NANOSECONDS / 1e9
            else:
                self._again.pop(name, None)
        if not others:
            return holding
        # What two folders share is found out by looking at all of them.
        whole = others if holding.is_plain else list(shelves)
        start = holding if holding.is_plain else Holding()
        self._holding = held(shelves, start, whole)
        self._sorted = {}
        return self._holding

    def _folder_times(self) -> dict[str, int]:
        times: dict[str, int] = {}
        for name in self.store.folders():
            with contextlib.suppress(OSError):
                times[name] = self._changed(name)
        return times

    def _changed(self, folder: str) -> int:
        return os.stat(f"{self.store.root}/{folder}").st_mtime_ns  # noqa: PTH116 - faster


def _place(facts: Facts, *, is_key: bool) -> tuple[object, ...]:
    return (is_key, facts.stamp, facts.first.id)


def _is_of(facts: Facts, record: Record) -> bool:
    """Tell whether a record is the one that was found, which has its hashes besides."""
    found = facts.version.header
    return replace(found, digest=None, header_sha256=None) == record.header
