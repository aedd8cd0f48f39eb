"""Thousands of records that come within seconds, and a watcher that follows."""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.bodies import Markdown
from artifolio.store import Store
from artifolio.website.refresh import Refresher
from artifolio.website.watcher import Watcher, folders_below
from samples import make_record, put_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from artifolio.store import Scan

KEYS = 20
PATIENCE_SECONDS = 900.0


@dataclass(frozen=True)
class Burst:
    """What came of a burst."""

    written: frozenset[str]
    """Paths of the records."""
    shown: frozenset[str]
    """Paths of those that were shown in the end."""
    writing_seconds: float
    showing_seconds: float
    """From the first record's writing until all were shown, or patience ended."""
    batches: int
    """How often the watcher reported something."""


class Scans:
    """Shows what is in the folders that changed, as a refresh does, without making pages."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scans: dict[str, Scan] = {}

    def show(self, folders: Iterable[str]) -> frozenset[str]:
        self._scans |= {folder: self._store.scan(folder) for folder in folders}
        return frozenset(entry.path for scan in self._scans.values() for entry in scan.entries)


class Pages:
    """Shows what changed on pages."""

    def __init__(self, store: Store, docs_dir: Path) -> None:
        self._pages = docs_dir / "artifacts"
        self._refresher = Refresher(store, docs_dir)
        self._refresher.refresh()

    def show(self, folders: Iterable[str]) -> frozenset[str]:
        self._refresher.refresh(folders)
        # Of older versions there is no page, but the data file.
        files = (path.relative_to(self._pages) for path in self._pages.rglob("*.json"))
        return frozenset(path.with_suffix(".yaml").as_posix() for path in files)


def burst(store: Store, versions: int, show: Callable[[frozenset[str]], frozenset[str]]) -> Burst:
    """Let another program write records, and show what the watcher reports.

    It is as fast as ``git pull``: more happens at once than the system's queue of events holds.

    Args:
        store: What is in it already is of no matter, but it is there.
        versions: How many records, spread over a few keys.
        show: Gets the folders that changed, and returns the paths of all records it shows then.
    """
    records = [
        make_record(Markdown(f"It fell to {number}.\n"), f"key-{number % KEYS}", number)
        for number in range(versions)
    ]
    written = frozenset(record.header.path for record in records)
    elsewhere = Store(store.root.with_name("elsewhere"))
    for record in records:
        put_record(elsewhere, record)
    shown: frozenset[str] = frozenset()
    batches = 0
    has_ended = threading.Event()

    def follow() -> None:
        nonlocal shown, batches
        try:
            while not shown >= written and (changed := watcher.wait()) is not None:
                shown = show(folders_below(store.root, changed))
                batches += 1
        finally:
            has_ended.set()

    with Watcher([store.root]) as watcher:
        follower = threading.Thread(target=follow)
        follower.start()
        start = time.monotonic()
        subprocess.run(["cp", "-R", f"{elsewhere.root}/.", store.root], check=True)
        writing_seconds = time.monotonic() - start
        has_ended.wait(PATIENCE_SECONDS)
        showing_seconds = time.monotonic() - start
        watcher.stop()
        follower.join()
    return Burst(written, shown, writing_seconds, showing_seconds, batches)
