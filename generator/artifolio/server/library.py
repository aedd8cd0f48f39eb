"""The records, held ready for requests: what there is now, and each version as it is sent."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artifolio.catalog import Catalog, Version, build_catalog
from artifolio.errors import NotFoundError, RecordError
from artifolio.index import SETTLED_NANOSECONDS, Index
from artifolio.server.facts import Facts, facts_of
from artifolio.server.filters import ordered
from artifolio.server.forms import collection_id, to_collection, to_prefect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from artifolio.bodies import Attachment
    from artifolio.catalog import Lineage
    from artifolio.entries import Entry, Scan
    from artifolio.headers import Header
    from artifolio.records import Record
    from artifolio.server.filters import Query
    from artifolio.store import Store

LOOK_SECONDS = 0.05
"""What others have published is seen after this long."""
SENT_BYTES = 64 * 1024 * 1024
"""Of versions as they are sent, kept for the next request."""


@dataclass(frozen=True)
class _Holding:
    """All that there is, at one moment."""

    catalog: Catalog
    versions: dict[UUID, Facts]
    keys: dict[str, Facts]


class Library:
    """Answers what there is, from the records as they are on disk.

    Any number of threads may ask.

    Args:
        store: The records.
        cache: The user's cache folder; None remembers nothing between processes.
        address: Gives the address of an attachment.
    """

    def __init__(
        self, store: Store, cache: Path | None, address: Callable[[Header, Attachment], str]
    ) -> None:
        self.store = store
        self._index = Index(store, cache)
        self._address = address
        self._lock = threading.Lock()
        self._scans: dict[str, Scan] = {}
        self._times: dict[str, int] = {}
        """When each folder changed, as far as it cannot have changed again since."""
        self._looked = float("-inf")
        self._holding: _Holding | None = None
        self._sorted: dict[tuple[bool, str], list[Facts]] = {}
        self._sent = _Sent(SENT_BYTES)

    def catalog(self) -> Catalog:
        """Return all lineages."""
        return self._now().catalog

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
                texts.append(self.send_one(facts.version, latest=latest))
            except RecordError:  # altered or gone just now; the page of problems tells of it
                continue
        return b"[" + b",".join(texts) + b"]"

    def send_one(self, version: Version, *, latest: bool = False) -> bytes:
        """Return a version, or the key that it is the latest of, as Prefect's JSON.

        Raises:
            RecordError: If the record cannot be read.
        """
        entry = version.entry
        first = self._first(version) if latest else None
        # A version that moved, or was edited, has another header.
        place = (entry.path, entry.text, first.order if first else "")
        known = self._sent.get(place)
        if known is None:
            fields = to_prefect(self.store.read(entry.path), self._address)
            if first is not None:
                fields = to_collection(fields, first.header)
            known = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
            self._sent.put(place, known)
        return known

    def read(self, version: Version) -> Record:
        """Read a whole record.

        Raises:
            RecordError: If it cannot be read.
        """
        return self.store.read(version.entry.path)

    def note(self, folder: str) -> None:
        """Look at a folder again before the next answer, for something was written there."""
        with self._lock:
            self._times.pop(folder, None)
            self._looked = float("-inf")

    def _first(self, version: Version) -> Entry:
        lineage: Lineage = self._now().catalog.lineages[str(version.header.key)]
        return lineage.entries[0]

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

    def _now(self) -> _Holding:
        """Return what there is, after a look at what may have changed."""
        with self._lock:
            moment = time.monotonic()
            holding = self._holding
            if holding is None or moment - self._looked >= LOOK_SECONDS:
                holding = self._look(holding)
                self._looked = moment
            return holding

    def _look(self, holding: _Holding | None) -> _Holding:
        times, settled = self._folder_times()
        changed = [name for name, when in times.items() if self._times.get(name) != when]
        gone = self._scans.keys() - times.keys()
        if changed or gone or holding is None:
            fresh = self._index.scans(changed) if changed else {}
            scans = {**self._scans, **fresh}
            scans = {name: scans[name] for name in sorted(times) if name in scans}
            if scans != self._scans or holding is None:
                self._scans = scans
                self._holding = holding = _hold(build_catalog(scans.values()))
                self._sorted = {}
        # A folder may change once more while the clock of its file system stands still.
        self._times = {name: when for name, when in times.items() if when < settled}
        return holding

    def _folder_times(self) -> tuple[dict[str, int], int]:
        settled = time.time_ns() - SETTLED_NANOSECONDS
        times: dict[str, int] = {}
        for name in self.store.folders():
            try:
                times[name] = os.stat(f"{self.store.root}/{name}").st_mtime_ns  # noqa: PTH116 - faster
            except OSError:
                continue
        return times, settled


class _Sent:
    """What was sent, the latest used last, up to a number of bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._known: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, place: tuple[Any, ...]) -> bytes | None:
        with self._lock:
            found = self._known.get(place)
            if found is not None:
                self._known.move_to_end(place)
            return found

    def put(self, place: tuple[Any, ...], text: bytes) -> None:
        if len(text) > self._size // 8:
            return
        with self._lock:
            self._used += len(text) - len(self._known.get(place, b""))
            self._known[place] = text
            while self._used > self._size:
                _, gone = self._known.popitem(last=False)
                self._used -= len(gone)


def _hold(catalog: Catalog) -> _Holding:
    versions: dict[UUID, Facts] = {}
    for version in catalog.versions():
        header = version.header
        versions[header.id] = facts_of(version, header.created, header.id)
    keys = {
        key: facts_of(lineage.latest, lineage.entries[0].header.created, collection_id(key))
        for key, lineage in catalog.lineages.items()
    }
    return _Holding(catalog, versions, keys)
