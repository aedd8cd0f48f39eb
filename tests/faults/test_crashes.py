"""A process is killed before each of its system calls while it publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from faults.calls import Call
from faults.program import (
    PUBLICATIONS,
    WITHOUT_LINKS,
    WITHOUT_RENAMES,
    Program,
    Publication,
    Run,
)
from faults.readers import Sight, look


@dataclass(frozen=True)
class Crash:
    """One process that was killed, and one that came after it."""

    call: Call
    """What it was about to do."""
    run: Run
    before: Sight
    after: Sight
    next_run: Run
    next_after: Sight

    def __str__(self) -> str:
        return f"killed before {self.call.name} number {self.call.nth}: {self.after.problems}"


def crash_everywhere(program: Program, publication: Publication) -> Iterator[Crash]:
    program.prepare(publication)
    before = look(program.root)
    for call in program.watch(publication.kind, publication.lacks).calls:
        program.restore()
        kill = f"{call.name}:signal=SIGKILL:when={call.nth}"
        run = program.watch(publication.kind, (*publication.lacks, kill))
        after = look(program.root)
        next_run = program.publish(publication.kind)
        yield Crash(call, run, before, after, next_run, look(program.root))


@pytest.fixture(scope="module", params=[*PUBLICATIONS, *WITHOUT_LINKS], ids=str)
def crashes(request, program):
    return list(crash_everywhere(program, request.param))


@pytest.fixture(scope="module", params=WITHOUT_RENAMES, ids=str)
def crashes_without_renames(request, program):
    return list(crash_everywhere(program, request.param))


def test_every_call_is_one_that_the_process_dies_before(crashes):
    assert [str(crash) for crash in crashes if not crash.run.was_killed] == []
    assert {"openat", "write", "fsync", "exit_group"} <= {crash.call.name for crash in crashes}


def test_what_was_acknowledged_outlives_the_process(crashes):
    acknowledged = [crash for crash in crashes if crash.run.done]
    assert [crash.call.name for crash in acknowledged] == ["exit_group"]
    assert all(crash.after.has_gained(crash.run.done, crash.before) for crash in acknowledged)


def test_what_was_not_acknowledged_is_whole_or_absent(crashes):
    torn = [crash for crash in crashes if crash.after.listed != crash.after.whole.keys()]
    assert [str(crash) for crash in torn] == []
    new = [crash.after.whole.keys() - crash.before.whole.keys() for crash in crashes]
    assert max(map(len, new)) <= 1


def test_progress_is_where_it_was_or_where_it_was_moved_to(crashes):
    bodies = {body for crash in crashes for body in crash.after.whole.values()}
    assert {body.percent for body in bodies if body.type == "progress"} <= {10, 55}


def test_what_was_there_before_the_process_died_stays(crashes):
    lost = [crash for crash in crashes if not crash.before.whole.keys() <= crash.after.whole.keys()]
    assert [str(crash) for crash in lost] == []


def test_no_reader_complains_of_what_a_dead_process_left(crashes):
    assert [str(crash) for crash in crashes if crash.after.problems] == []
    assert any(crash.after.leftovers for crash in crashes)


def test_the_next_process_publishes_as_if_nothing_had_happened(crashes):
    failed = [
        crash
        for crash in crashes
        if not crash.next_after.has_gained(crash.next_run.done, crash.before)
    ]
    assert [str(crash) for crash in failed] == []
    lost = [
        crash
        for crash in crashes
        if not crash.after.whole.keys() <= crash.next_after.whole.keys()
        or crash.next_after.listed != crash.next_after.whole.keys()
        or crash.next_after.problems
    ]
    assert [str(crash) for crash in lost] == []


def test_without_links_and_renames_an_empty_record_may_stay_and_is_refused(
    crashes_without_renames,
):
    crashes = crashes_without_renames
    assert any(".yaml: " in problem for crash in crashes for problem in crash.after.problems)
    assert [str(c) for c in crashes if c.after.listed != c.after.whole.keys()] == []
    assert [str(c) for c in crashes if c.run.done and c.after.problems] == []


def test_without_links_and_renames_the_next_process_publishes(crashes_without_renames):
    crashes = crashes_without_renames
    assert [str(c) for c in crashes if c.next_run.done not in c.next_after.whole] == []
