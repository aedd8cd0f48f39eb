"""Processes that published, call by call, and whether a power cut takes what they published."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.store import Store
from artifolio.temporaries import TEMPORARY_PREFIX
from faults.disk import Disk
from faults.fates import fates

if TYPE_CHECKING:
    from collections.abc import Collection

    from artifolio.bodies import Body
    from faults.calls import Call
    from faults.fates import Fate
    from faults.program import Program, Publication, Run


@dataclass(frozen=True)
class Recording:
    """What a process did until it acknowledged a version, and where it found its disk."""

    start: Disk
    calls: tuple[Call, ...]
    path: str
    """Where the record is on the disk."""
    body: Body
    """What was published."""

    def disk(self) -> Disk:
        """Return the disk as it was, to try things on."""
        return copy.deepcopy(self.start)

    def fates_at_last(self, missing: Collection[Call] = ()) -> set[Body | Fate]:
        """Give all that a power cut after the acknowledgement may make of the record.

        Args:
            missing: Calls that are left out.
        """
        disk = self.disk()
        disk.replay(call for call in self.calls if call not in missing)
        return fates(disk, self.path)

    def fates_on_the_way(self, missing: Collection[Call] = ()) -> set[Body | Fate]:
        """Give all that power cuts before it may make of the record."""
        disk = self.disk()
        found = fates(disk, self.path)
        for _ in disk.follow(call for call in self.calls if call not in missing):
            found |= fates(disk, self.path)
        return found

    def keeps_its_promise(self, missing: Collection[Call] = ()) -> bool:
        """Tell whether the record is there after the acknowledgement, and whole or not before."""
        allowed = fates(self.start, self.path) | {self.body}
        return self.fates_at_last(missing) == {self.body} and (
            self.fates_on_the_way(missing) <= allowed
        )

    def syncs(self) -> dict[str, list[Call]]:
        """Return the fsyncs by what they save; once more of the same, after a change, apart."""
        disk = self.disk()
        disk.replay(self.calls)
        seen: Counter[str] = Counter()
        named = {}
        for calls in disk.syncs:
            name = "content" if is_sync_of_content(calls[0]) else calls[0].about
            seen[name] += 1
            named[f"{name} {seen[name]}"] = calls
        return named


def record(program: Program, publication: Publication) -> Recording:
    """Publish, and take down what was done for it."""
    program.prepare(publication)
    start = Disk(program.folder)
    return take_down(program, start, program.watch(publication.kind, publication.lacks))


def take_down(program: Program, start: Disk, run: Run) -> Recording:
    """Take down what a process has just done."""
    assert run.done is not None, run.failures
    store = Store(program.root)
    place = store.find(run.done).path
    return Recording(
        start,
        run.publishing,
        f"{program.root.relative_to(program.folder).as_posix()}/{place}",
        store.read(place).body,
    )


def is_sync_of_content(call: Call) -> bool:
    """Tell whether the call saves a file that is being written."""
    return call.name == "fsync" and call.about.startswith(TEMPORARY_PREFIX)
