"""Many writers at once, some of which are killed, and readers who look on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.checking import check_store
from artifolio.cleaning import find_leftovers, remove_leftover
from artifolio.entries import Entry
from artifolio.errors import RecordError
from artifolio.store import Store
from artifolio.temporaries import TEMPORARY_PREFIX
from concurrency.writer import start_progress, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES = 8
LEAST_KILLS = 10
LEAST_ACKNOWLEDGED = 500
# For machines that are busy with something else.
PATIENCE_SECONDS = 60.0


@dataclass
class Ledger:
    """What writers said before they were killed."""

    acknowledged: list[str] = field(default_factory=list)
    """Ids, one for each time that a writer said that it is done."""
    failures: list[str] = field(default_factory=list)


class Crowd:
    """Writers at work while the context is open; those that are killed are replaced.

    Args:
        mode: What they do, with what follows; see `concurrency.writer`.
        seed: For the choice of who is killed.
    """

    def __init__(self, *mode: str, seed: int = 0) -> None:
        self.ledger = Ledger()
        self.kills = 0
        self._mode = mode
        self._chance = random.Random(seed)
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Crowd:
        self._reading, self._writing = os.pipe()
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()
        for _ in range(PROCESSES):
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        os.close(self._writing)
        self._reader.join()
        os.close(self._reading)

    def kill_now_and_then(self, seconds: float) -> None:
        """Kill one writer after the other for that long, and until much has happened."""
        start = time.monotonic()
        while (
            time.monotonic() < start + seconds
            or self.kills < LEAST_KILLS
            or len(self.ledger.acknowledged) < LEAST_ACKNOWLEDGED
        ) and time.monotonic() < start + seconds + PATIENCE_SECONDS:
            time.sleep(self._chance.uniform(0.05, 0.3))
            process = self._processes.pop(self._chance.randrange(PROCESSES))
            process.kill()
            process.wait()
            self.kills += 1
            self._start()

    def _start(self) -> None:
        command = [sys.executable, Path(__file__).with_name("writer.py"), *self._mode]
        self._processes.append(subprocess.Popen(command, stdout=self._writing))

    def _listen(self) -> None:
        rest = b""
        while part := os.read(self._reading, 1 << 16):
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                said = line.decode()
                kind = self.ledger.acknowledged if said[0] == "+" else self.ledger.failures
                kind.append(said[1:])


class Onlooker:
    """Does something again and again in a thread while the context is open, once at least."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.problems: list[str] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Onlooker:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def look(self) -> Iterator[str]:
        """Give the problems of one round."""
        raise NotImplementedError

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._ended.is_set()
            try:
                self.problems += self.look()
            except Exception as error:  # noqa: BLE001 - the test says that none is expected
                self.problems.append(repr(error))


class Reader(Onlooker):
    """Scans all the time, and reads what is new, whole."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.seen: set[str] = set()

    def look(self) -> Iterator[str]:
        for folder in self.store.folders():
            scan = self.store.scan(folder)
            yield from map(str, scan.problems)
            for entry in scan.entries:
                if entry.path not in self.seen:
                    self.seen.add(entry.path)
                    yield from read_whole(self.store, entry)


class Cleaner(Onlooker):
    """Removes what writers left behind, as ``artifolio gc`` does, over and over."""

    def look(self) -> Iterator[str]:
        for leftover in find_leftovers(self.store):
            if not self._ended.is_set():
                remove_leftover(self.store, leftover)
        yield from ()


class Looker(Onlooker):
    """Reads progress all the time, and finds out whether it is of one piece."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.states: set[tuple[str, float]] = set()

    def look(self) -> Iterator[str]:
        for folder in self.store.folders():
            scan = self.store.scan(folder)
            yield from map(str, scan.problems)
            for entry in scan.entries:
                record = self.store.read(entry.path)
                percent = getattr(record.body, "percent", -1.0)
                self.states.add((entry.path, percent))
                if not record.intact or record.header.description != tell(int(percent)):
                    yield f"{entry.path}: torn at {percent}"


def read_whole(store: Store, entry: Entry) -> Iterator[str]:
    """Give what is wrong with a record that is there, and with what it has attached."""
    try:
        record = store.read(entry.path)
        if not record.intact:
            yield f"{entry.path}: not intact"
        attachment = getattr(record.body, "attachment", None)
        if attachment is not None:
            content = store.read_attachment(entry, attachment.name)
            if len(content) != attachment.size:
                yield f"{entry.path}: {attachment.name} is torn"
    except RecordError as error:
        yield str(error)


@dataclass(frozen=True)
class Aftermath:
    """What became of records, seen by those who were not among the writers."""

    acknowledged: tuple[str, ...]
    failures: tuple[str, ...]
    kills: int
    seen: int
    """How many records the reader read meanwhile."""
    met: tuple[str, ...]
    """Problems that the reader met."""
    cleaned: str
    """What ``artifolio gc`` said after all were dead."""
    left_over: tuple[Path, ...]
    """Temporary files that were there even then."""
    ids: tuple[str, ...]
    """Of all records that are there, one for each file."""
    problems: tuple[str, ...]
    """Whatever a check finds, but for attachments whose writer was killed before the record."""


def publish_and_kill(project: Path, seconds: float, seed: int) -> Aftermath:
    """Let many publish, kill some of them now and then, and all of them at last.

    All the while one reads, and another removes what the dead leave behind.
    """
    store = Store(project / "artifacts")
    store.root.mkdir()
    crowd = Crowd("publish", str(store.root), seed=seed)
    # The writers end before the reader: on a busy machine they are faster, and it would read on
    # and on. What the last of them leave behind is for the command.
    with Reader(store) as reader, crowd, Cleaner(store) as cleaner:
        crowd.kill_now_and_then(seconds)
    cleaned = clean_with_command(store)
    entries = [entry for folder in store.folders() for entry in store.scan(folder).entries]
    return Aftermath(
        tuple(crowd.ledger.acknowledged),
        tuple(crowd.ledger.failures),
        crowd.kills,
        len(reader.seen),
        (*reader.problems, *cleaner.problems),
        cleaned,
        tuple(store.root.rglob(f"{TEMPORARY_PREFIX}*")),
        tuple(str(entry.header.id) for entry in entries),
        tuple(
            str(problem)
            for problem in check_store(store).problems
            if not problem.reason.startswith("attached to")
        ),
    )


@dataclass(frozen=True)
class Movement:
    """What became of progress that many moved at once."""

    failures: tuple[str, ...]
    states: int
    """How many different ones the reader saw."""
    torn: tuple[str, ...]
    """What the reader saw that nobody wrote."""
    problems: tuple[str, ...]
    """Whatever a check finds after all."""


def move_and_kill(project: Path, seconds: float, seed: int) -> Movement:
    """Let many move the same progress, and kill some of them now and then.

    All the while one reads, and another removes what the dead leave behind.
    """
    store = Store(project / "artifacts")
    ids = [str(start_progress(str(store.root))) for _ in range(2)]
    crowd = Crowd("move", str(store.root), *ids, seed=seed)
    with Looker(store) as looker, Cleaner(store) as cleaner, crowd:
        crowd.kill_now_and_then(seconds)
    clean_with_command(store)
    return Movement(
        tuple(crowd.ledger.failures),
        len(looker.states),
        (*looker.problems, *cleaner.problems),
        tuple(map(str, check_store(store).problems)),
    )


def clean_with_command(store: Store) -> str:
    """Run ``artifolio gc`` and return what it said last."""
    done = subprocess.run(
        [sys.executable, "-m", "artifolio", "gc"],
        env=os.environ | {"ARTIFOLIO_DIR": str(store.root)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()[-1]
