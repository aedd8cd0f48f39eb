"""The power goes out after each of the system calls of a publication."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from artifolio.checking import check_store
from artifolio.store import Store
from faults.calls import Call
from faults.disk import Disk, lay_out
from faults.fates import Fate, fates
from faults.program import PUBLICATIONS, WITHOUT_LINKS, WITHOUT_RENAMES, Program, Publication
from faults.readers import look
from faults.recordings import Recording, is_sync_of_content, record, take_down

FIRST_MARKDOWN, FIRST_FILE, *_, UPDATE = PUBLICATIONS


@dataclass(frozen=True)
class Succession:
    """A process that something befell at one of its calls, and what was published in the end."""

    call: Call
    recording: Recording

    def __str__(self) -> str:
        return f"{self.call.name} number {self.call.nth} on {self.call.about}"


def succeed_the_killed(program: Program, kind: str) -> Iterator[Succession]:
    program.prepare(FIRST_MARKDOWN)
    for call in program.watch("markdown").calls:
        program.restore()
        disk = Disk(program.folder)
        kill = f"{call.name}:signal=SIGKILL:when={call.nth}"
        disk.replay(program.watch("markdown", [kill]).calls)
        yield Succession(call, take_down(program, disk, program.watch(kind)))


def succeed_at_the_second_try(program: Program, publication: Publication) -> Iterator[Succession]:
    program.prepare(publication)
    for call in program.watch(publication.kind).publishing:
        program.restore()
        disk = Disk(program.folder)
        fault = f"{call.name}:error=EIO:when={call.nth}"
        run = program.watch(publication.kind, [fault], attempts=2)
        yield Succession(call, take_down(program, disk, run))


@pytest.fixture(scope="module", params=[*PUBLICATIONS, *WITHOUT_LINKS], ids=str)
def recording(request, program):
    return record(program, request.param)


@pytest.fixture(scope="module", params=WITHOUT_RENAMES, ids=str)
def recording_without_renames(request, program):
    return record(program, request.param)


@pytest.fixture(scope="module", params=[FIRST_MARKDOWN, FIRST_FILE], ids=str)
def first_recording(request, program):
    return record(program, request.param)


@pytest.fixture(scope="module", params=["markdown", "file"])
def after_the_killed(request, program):
    return list(succeed_the_killed(program, request.param))


@pytest.fixture(scope="module", params=[FIRST_MARKDOWN, FIRST_FILE, UPDATE], ids=str)
def after_a_failure(request, program):
    return list(succeed_at_the_second_try(program, request.param))


def test_what_was_acknowledged_outlives_a_power_cut(recording):
    assert recording.fates_at_last() == {recording.body}


def test_what_was_not_acknowledged_is_whole_or_absent_after_a_power_cut(recording):
    earlier = fates(recording.disk(), recording.path)
    assert recording.fates_on_the_way() == earlier | {recording.body}


def test_without_links_and_renames_what_was_acknowledged_outlives_a_power_cut(
    recording_without_renames,
):
    assert recording_without_renames.fates_at_last() == {recording_without_renames.body}


def test_without_links_and_renames_a_power_cut_may_leave_a_record_that_is_refused(
    recording_without_renames,
):
    found = recording_without_renames.fates_on_the_way()
    assert found == {Fate.ABSENT, Fate.REFUSED, recording_without_renames.body}


def test_readers_see_what_is_whole_and_nothing_else_after_a_power_cut(recording, tmp_path):
    chance = random.Random(1)
    disk = recording.disk()
    sights = []
    for number, _ in enumerate(disk.follow(recording.calls)):
        lay_out(disk.cut(chance), tmp_path / str(number))
        sights.append(look(tmp_path / str(number) / "new" / "artifacts"))
    assert [sight for sight in sights if sight.problems] == []
    assert [sight for sight in sights if sight.listed != sight.whole.keys()] == []


def test_a_check_finds_nothing_amiss_when_the_power_is_back(recording, tmp_path):
    disk = recording.disk()
    disk.replay(recording.calls)
    lay_out(disk.cut(random.Random(1)), tmp_path)
    assert check_store(Store(tmp_path / "new" / "artifacts")).problems == ()


def test_no_sync_of_a_first_publication_can_be_left_out(first_recording):
    syncs = first_recording.syncs()
    assert {"content 1", "disk 1", "new 1", "artifacts 1", "report 1"} <= syncs.keys()
    assert [name for name, calls in syncs.items() if first_recording.keeps_its_promise(calls)] == []


def test_a_record_that_was_never_synced_is_refused_unless_it_is_whole(first_recording):
    contents = [call for call in first_recording.calls if is_sync_of_content(call)]
    found = first_recording.fates_at_last(contents)
    assert Fate.REFUSED in found
    assert found <= {*Fate, first_recording.body}


def test_what_a_successor_of_a_killed_process_acknowledged_outlives_a_power_cut(after_the_killed):
    lost = [after for after in after_the_killed if not after.recording.keeps_its_promise()]
    assert [str(after) for after in lost] == []


def test_no_sync_of_a_successor_can_be_left_out_after_every_crash(after_the_killed):
    syncs = [(after.recording, after.recording.syncs()) for after in after_the_killed]
    made = {name for _, named in syncs for name in named}
    needed = {
        name
        for recording, named in syncs
        for name, calls in named.items()
        if not recording.keeps_its_promise(calls)
    }
    assert made == needed


def test_what_was_acknowledged_after_a_failure_outlives_a_power_cut(after_a_failure):
    lost = [
        after
        for after in after_a_failure
        if after.recording.fates_at_last() != {after.recording.body}
    ]
    assert [str(after) for after in lost] == []


def test_what_is_published_into_a_folder_that_was_made_anew_outlives_a_power_cut(program):
    program.prepare(FIRST_MARKDOWN)
    disk = Disk(program.folder)
    recording = take_down(program, disk, program.watch("again"))
    assert recording.fates_at_last() == {recording.body}
