"""The system refuses each of the calls that publishing makes, once or from then on."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from faults.calls import Call
from faults.program import PUBLICATIONS, Failure, Program, Publication, Run
from faults.readers import Sight, look

ERRORS = "EIO ENOSPC EDQUOT EINTR EMFILE EACCES EROFS".split()
# It cannot fail.
NEVER = {"getpid"}


@dataclass(frozen=True)
class Fault:
    """One call that was refused, and what came of it."""

    call: Call
    error: str
    run: Run
    before: Sight
    after: Sight
    descriptors: int
    """How many were open at once at most where no call was refused."""

    def __str__(self) -> str:
        texts = [f"{failure.error}: {failure.text}" for failure in self.run.failures]
        what = f"{self.error} of {self.call.name} number {self.call.nth} on {self.call.about}"
        return f"{what}: {texts} {self.after.problems} {self.after.leftovers}"

    @property
    def new(self) -> int:
        """How many versions there are more than before."""
        return len(self.after.whole.keys() - self.before.whole.keys())


def fail_everywhere(
    program: Program, publication: Publication, error: str, how_long: str, attempts: int
) -> Iterator[Fault]:
    program.prepare(publication)
    before = look(program.root)
    calls = program.watch(publication.kind).publishing
    for call in calls:
        if call.name not in NEVER:
            program.restore()
            fault = f"{call.name}:error={error}:when={call.nth}{how_long}"
            run = program.watch(publication.kind, [fault], attempts)
            yield Fault(call, error, run, before, look(program.root), highest_descriptor(calls))


def highest_descriptor(calls: tuple[Call, ...]) -> int:
    return max(call.result or 0 for call in calls if call.name == "openat")


@pytest.fixture(
    scope="module",
    params=itertools.product(PUBLICATIONS, ERRORS),
    ids=lambda param: f"{param[1]}-{param[0]}",
)
def passing(request, program):
    """Faults that are gone when it is tried once more."""
    return list(fail_everywhere(program, *request.param, how_long="", attempts=2))


@pytest.fixture(scope="module", params=PUBLICATIONS, ids=str)
def lasting(request, program):
    """Faults that stay: all further calls of that name fail as well."""
    return list(fail_everywhere(program, request.param, "EIO", how_long="+", attempts=1))


def is_told(failure: Failure, error: str) -> bool:
    """Tell whether the error that the caller sees is the system's, or names it."""
    number = getattr(errno, error)
    return failure.is_expected and (
        failure.errno == number or os.strerror(number).lower() in failure.text.lower()
    )


def test_every_call_is_refused_once(passing):
    assert {"openat", "write", "fsync"} <= {fault.call.name for fault in passing}
    refusals = [sum(call.is_injected for call in fault.run.calls) for fault in passing]
    assert refusals == [1] * len(passing)


def test_what_is_acknowledged_is_whole(passing):
    acknowledged = [fault for fault in passing if fault.run.done]
    lost = [f for f in acknowledged if not f.after.has_gained(f.run.done, f.before)]
    assert [str(fault) for fault in lost] == []


def test_the_caller_learns_what_the_system_said(passing):
    untold = [
        fault
        for fault in passing
        if not all(is_told(failure, fault.error) for failure in fault.run.failures)
    ]
    assert [str(fault) for fault in untold] == []


def test_a_second_try_succeeds(passing):
    assert [str(fault) for fault in passing if fault.run.done is None] == []


def test_a_try_leaves_one_version_at_most(passing):
    many = [fault for fault in passing if fault.new > 1 + len(fault.run.failures)]
    assert [str(fault) for fault in many] == []


def test_readers_see_what_is_whole_and_nothing_else(passing):
    torn = [
        fault
        for fault in passing
        if fault.after.listed != fault.after.whole.keys()
        or not fault.before.whole.keys() <= fault.after.whole.keys()
        or fault.after.problems
    ]
    assert [str(fault) for fault in torn] == []


def test_no_temporary_file_is_left_unless_it_cannot_be_removed(passing):
    left = [
        fault
        for fault in passing
        if fault.after.leftovers and not fault.call.name.startswith("unlink")
    ]
    assert [str(fault) for fault in left] == []


def test_no_descriptor_stays_open_unless_it_cannot_be_closed(passing):
    open_still = [
        fault
        for fault in passing
        if highest_descriptor(fault.run.calls) > fault.descriptors and fault.call.name != "close"
    ]
    assert [str(fault) for fault in open_still] == []


def test_a_fault_that_stays_is_told(lasting):
    untold = [
        fault
        for fault in lasting
        if not all(is_told(failure, fault.error) for failure in fault.run.failures)
    ]
    assert [str(fault) for fault in untold] == []
    assert any(fault.run.failures for fault in lasting)


def test_what_is_acknowledged_beside_a_fault_that_stays_is_whole(lasting):
    acknowledged = [fault for fault in lasting if fault.run.done]
    lost = [f for f in acknowledged if not f.after.has_gained(f.run.done, f.before)]
    assert [str(fault) for fault in lost] == []
    assert acknowledged


def test_what_a_fault_that_stays_prevents_is_whole_or_absent(lasting):
    torn = [
        fault
        for fault in lasting
        if fault.after.listed != fault.after.whole.keys()
        or not fault.before.whole.keys() <= fault.after.whole.keys()
        or fault.after.problems
        or fault.new > 1
    ]
    assert [str(fault) for fault in torn] == []
