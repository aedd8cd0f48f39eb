from __future__ import annotations

import errno
import subprocess
import sys
import threading
import time

import pytest

from artifolio.records import parse_record
from artifolio.updates import BURST, PER_SECOND, Update, Updates
from samples import NOON


class Clock:
    """Seconds that pass only when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Recorder:
    """Keeps what was written, and when."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.written: list[tuple[float, float]] = []
        self.descriptions: list[str | None] = []

    def __call__(self, update: Update) -> None:
        self.written.append((self.clock(), update.percent))
        self.descriptions.append(update.description)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def recorder(clock):
    return Recorder(clock)


@pytest.fixture
def timers(monkeypatch):
    """Hold timers back; gives them as they were made."""
    made: list[HeldTimer] = []

    class HeldTimer:
        def __init__(self, seconds, function):
            self.seconds, self.fire = seconds, function
            made.append(self)

        def start(self):
            pass

    monkeypatch.setattr(threading, "Timer", HeldTimer)
    return made


def moved(percent: float, description: str | None = None) -> Update:
    return Update(float(percent), NOON, description)


def test_a_few_quick_updates_are_written_at_once(clock, recorder, timers):
    updates = Updates(recorder, clock)
    for percent in range(BURST):
        updates.add(moved(percent))
    assert [percent for _, percent in recorder.written] == list(range(BURST))
    assert timers == []


def test_what_comes_faster_is_merged_and_the_last_one_lands(clock, recorder, timers):
    updates = Updates(recorder, clock)
    for percent in range(100):
        updates.add(moved(percent))
    assert len(recorder.written) == BURST
    (timer,) = timers
    clock.seconds += timer.seconds
    timer.fire()
    assert recorder.written[-1] == (timer.seconds, 99.0)
    assert len(recorder.written) == BURST + 1


def test_what_waits_lands_within_a_fifth_of_a_second(clock, recorder, timers):
    updates = Updates(recorder, clock)
    for percent in range(BURST + 1):
        updates.add(moved(percent))
    assert timers[0].seconds <= 0.2


def test_no_second_sees_more_than_ten(clock, recorder, timers):
    updates = Updates(recorder, clock)
    fired = 0
    due: list[tuple[float, object]] = []
    for step in range(3000):
        clock.seconds = step / 1000
        for timer in timers[fired:]:
            due.append((clock.seconds + timer.seconds, timer))
        fired = len(timers)
        while due and due[0][0] <= clock.seconds:
            due.pop(0)[1].fire()
        updates.add(moved(step / 30))
    moments = [moment for moment, _ in recorder.written]
    assert max(sum(start <= moment < start + 1 for moment in moments) for start in moments) <= 10
    assert len(moments) >= BURST + 2 * PER_SECOND


def test_slow_updates_are_all_written(clock, recorder, timers):
    updates = Updates(recorder, clock)
    for percent in range(50):
        clock.seconds += 1 / PER_SECOND + 0.001
        updates.add(moved(percent))
    assert len(recorder.written) == 50
    assert timers == []


def test_a_description_is_not_lost_in_a_merge(clock, recorder, timers):
    updates = Updates(recorder, clock)
    for percent in range(BURST):
        updates.add(moved(percent))
    updates.add(moved(10, "half way"))
    updates.add(moved(11))
    updates.flush()
    assert recorder.written[-1][1] == 11.0
    assert recorder.descriptions[-1] == "half way"


def test_nothing_is_written_twice(clock, recorder, timers):
    updates = Updates(recorder, clock)
    for percent in range(BURST + 2):
        updates.add(moved(percent))
    updates.flush()
    timers[0].fire()
    updates.flush()
    assert len(recorder.written) == BURST + 1


def test_idle_is_what_may_burst_again(clock, recorder, timers):
    updates = Updates(recorder, clock)
    assert updates.is_idle
    updates.add(moved(1))
    assert not updates.is_idle
    clock.seconds += 1
    assert updates.is_idle


def test_an_update_that_cannot_be_written_is_an_error_of_its_call(clock):
    def refuse(_: Update) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    updates = Updates(refuse, clock)
    with pytest.raises(OSError, match="no space"):
        updates.add(moved(1))


def test_one_that_fails_later_is_a_warning(clock, recorder, timers):
    updates = Updates(recorder, clock)
    for percent in range(BURST + 1):
        updates.add(moved(percent))

    def refuse(_: Update) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    updates._write = refuse
    with pytest.warns(UserWarning, match="not updated: .*no space"):
        timers[0].fire()


def test_where_no_thread_starts_any_more_it_is_written_at_once(clock, recorder, monkeypatch):
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Timer, "start", refuse)
    updates = Updates(recorder, clock)
    for percent in range(BURST + 2):
        updates.add(moved(percent))
    assert recorder.written[-1][1] == BURST + 1


@pytest.mark.parametrize("way", ["ends", "raises", "a process of multiprocessing ends"])
def test_the_last_one_lands_when_the_program_ends(store, way):
    program = f"""
import multiprocessing
from artifolio import create_progress_artifact, update_progress_artifact
def work():
    job = create_progress_artifact(0, key="import", store={str(store.root)!r})
    for percent in range(101):
        update_progress_artifact(job, percent, store={str(store.root)!r})
    if {way!r} == "raises":
        raise SystemExit("stopped")
if {way!r}.startswith("a process"):
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join()
else:
    work()
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    (entry,) = store.scan("import").entries
    assert store.read(entry.path).body.percent == 100.0


def test_a_reader_never_sees_half_a_state(store):
    program = f"""
import threading
from artifolio import create_progress_artifact, update_progress_artifact
job = create_progress_artifact(0, key="import", store={str(store.root)!r})
print("ready", flush=True)
def work(description):
    for percent in range(300):
        update_progress_artifact(job, percent / 3, description * 3000, store={str(store.root)!r})
threads = [threading.Thread(target=work, args=(text,)) for text in "abcd"]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
    writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    writer.stdout.readline()
    (entry,) = store.scan("import").entries
    seen = set()
    while writer.poll() is None:
        record = parse_record((store.root / entry.path).read_text(), entry.path)
        assert record.intact
        seen.add(record.header.description)
        time.sleep(0.001)
    writer.stdout.close()
    assert seen <= {None, *(letter * 3000 for letter in "abcd")}
    assert len(list((store.root / "import").iterdir())) == 2
