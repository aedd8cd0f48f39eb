"""Notices that files changed, and says which."""

from __future__ import annotations

import errno
import os
import stat
import threading
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import watchdog.events
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from artifolio.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import ObservedWatch

QUIET_SECONDS = 0.1
"""A burst is over once nothing has happened for this long."""
LONGEST_SECONDS = 2.0
"""Changes that never cease are taken up at least this often."""
POLL_SECONDS = 1.0

# Linux would also report a *read*, as opened and closed. Rebuilding on those would loop, and to
# look at many thousand files once would fill the queue of events, which is made to be looked at
# them again.
_CHANGES = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    # Of a new time alone, for which older releases of watchdog have no name of its own.
    getattr(watchdog.events, "FileAttribEvent", FileModifiedEvent),
]
# What Linux answers where its limits on watches or on instances are reached.
_NO_MORE = {errno.ENOSPC, errno.EMFILE}

Snapshot = dict[str, tuple[int, int, int]]
"""For each file: size in bytes, time of change in ns, inode."""


class Watcher:
    """Watches files and folders.

    Events are only hints: in a burst most of them are lost. What changed is found by comparing
    what is there with what was there.

    Args:
        roots: Files and folders; they may be missing, but not the folder above.
        ignored: Folders below the roots that do not matter.
        poll: Look every second instead of asking the system, for network and container mounts.
    """

    def __init__(
        self, roots: Iterable[Path], ignored: Iterable[Path] = (), *, poll: bool = False
    ) -> None:
        self._roots = tuple(root.absolute() for root in roots)
        self._ignored = frozenset(str(folder.absolute()) for folder in ignored)
        self._hint = threading.Event()
        self._stopped = False
        self._observer = PollingObserver(timeout=POLL_SECONDS) if poll else Observer()
        self._known: Snapshot = {}
        self._watched: dict[tuple[Path, bool], tuple[ObservedWatch, int | None]] = {}
        """By folder, and whether what is below it matters as well: its watch and its inode."""

    def __enter__(self) -> Watcher:
        # Watchdog 7.1 warns of a new folder that it happens to find twice, and goes on.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")
        try:
            self._watch_roots()
            self._observer.start()
        except OSError as error:
            if error.errno not in _NO_MORE:
                raise
            raise ProjectError(
                f"the system watches no more files for you ({error.strerror}); raise its limits, "
                "on Linux fs.inotify.max_user_watches and max_user_instances, or use --poll"
            ) from None
        self._known = take_snapshot(self._roots, self._ignored)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._observer.stop()
        self._observer.join()

    def stop(self) -> None:
        """Make `wait` return, also in another thread."""
        self._stopped = True
        self._hint.set()

    def wait(self) -> frozenset[str] | None:
        """Wait until something changed and it is quiet again.

        Returns:
            The files that are new, gone or different, or None once stopped.
        """
        while True:
            # With a timeout, since on Windows ^C does not interrupt a wait without one.
            while not self._hint.wait(timeout=3600 if os.name != "nt" else 1):
                pass
            self._wait_for_quiet()
            if self._stopped:
                return None
            self._watch_roots()
            found = take_snapshot(self._roots, self._ignored)
            changed = compare(self._known, found)
            self._known = found
            if changed:
                return changed

    def _wait_for_quiet(self) -> None:
        pause = threading.Event()
        waited = 0.0
        while self._hint.is_set() and not self._stopped and waited < LONGEST_SECONDS:
            self._hint.clear()
            pause.wait(QUIET_SECONDS)
            waited += QUIET_SECONDS
        self._hint.clear()

    def _watch_roots(self) -> None:
        """Watch the roots that are there, and the folder above each: a root may come and go."""
        handler = _Handler(self._hint, self._ignored)
        running = {item.watch for item in self._observer.emitters if item.should_keep_running()}
        for place, (watch, folder_id) in list(self._watched.items()):
            if watch not in running or _folder_id(place[0]) != folder_id:
                # It ended with its folder; another one in its place needs a watch of its own.
                del self._watched[place]
                with suppress(KeyError):
                    self._observer.unschedule(watch)
        # Again and again, for a root may come or go while the folder above is being watched.
        while missing := self._places() - self._watched.keys():
            for folder, recursive in missing:
                # Observers do not follow a link that they are given.
                path = str(folder.resolve() if folder.is_symlink() else folder)
                folder_id = _folder_id(folder)
                with suppress(FileNotFoundError, NotADirectoryError):
                    watch = self._observer.schedule(
                        handler, path, recursive=recursive, event_filter=_CHANGES
                    )
                    self._watched[folder, recursive] = (watch, folder_id)

    def _places(self) -> set[tuple[Path, bool]]:
        places = {(root, True) for root in self._roots} | {(r.parent, False) for r in self._roots}
        return {(folder, recursive) for folder, recursive in places if folder.is_dir()}


def take_snapshot(roots: Iterable[Path], ignored: frozenset[str] = frozenset()) -> Snapshot:
    """Return the state of every file among and below the roots; links are not followed."""
    snapshot: Snapshot = {}
    folders = []
    for root in roots:
        if root.is_dir():
            folders.append(str(root))
        else:
            _add(snapshot, str(root), root)
    while folders:
        folder = folders.pop()
        try:
            found = os.scandir(folder)
        except OSError:
            continue
        with found:
            for item in found:
                if item.is_dir(follow_symlinks=False):
                    if item.path not in ignored:
                        folders.append(item.path)
                else:
                    _add(snapshot, item.path, item)
    return snapshot


def compare(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """Return the files that differ between two snapshots."""
    return frozenset(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )


def folders_below(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Return the first folder below a root that each path lies in; others are left out."""
    depth = len(root.absolute().parts)
    inside = (
        Path(path).parts[depth:] for path in paths if Path(path).is_relative_to(root.absolute())
    )
    return frozenset(parts[0] for parts in inside if len(parts) > 1)


class _Handler(FileSystemEventHandler):
    def __init__(self, hint: threading.Event, ignored: frozenset[str]) -> None:
        self._hint = hint
        self._ignored = tuple(f"{folder}{os.sep}" for folder in ignored)

    def on_any_event(self, event: FileSystemEvent) -> None:
        places = (os.fsdecode(event.src_path), os.fsdecode(event.dest_path))
        if all(not place or place.startswith(self._ignored) for place in places):
            return
        self._hint.set()


def _folder_id(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino
    except OSError:
        return None


def _add(snapshot: Snapshot, path: str, file: Path | os.DirEntry[str]) -> None:
    try:
        status = file.stat(follow_symlinks=False)
    except OSError:
        return
    if not stat.S_ISDIR(status.st_mode):
        snapshot[path] = (status.st_size, status.st_mtime_ns, status.st_ino)
