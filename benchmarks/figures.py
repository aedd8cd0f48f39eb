"""Measured numbers, what they may be at most or at least, and how CPU time is taken."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured number and its target."""

    name: str
    value: float
    unit: str
    target: float
    note: str = ""
    at_least: bool = False
    """Whether the target is the least it may be, not the most."""

    @property
    def is_met(self) -> bool:
        """Whether the number keeps to the target."""
        return self.value >= self.target if self.at_least else self.value <= self.target

    def line(self) -> str:
        """Return the figure as a row of the printed table."""
        value, target = f"{self.value:.2f} {self.unit}", f"{self.target:g} {self.unit}"
        sign = ">=" if self.at_least else "<="
        verdict = "ok" if self.is_met else "MISSED"
        return f"{self.name:<44} {value:>10}  {sign} {target:<8} {verdict:<7} {self.note}".rstrip()


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    cpu: float
    """In seconds, of its process and all that it started and waited for."""
    kernel: float
    """The part of it that the system took, for files above all; what others do blurs it."""
    wall: float
    """In seconds."""
    memory: float
    """The peak of the largest process, in MB."""
    output: str


def in_turns(
    rounds: int, one: Callable[[], float], other: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Call both by turns, so that whatever else the machine does hits both alike."""
    pairs = [(one(), other()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def cpu_of(function: Callable[[], object]) -> float:
    """Return the milliseconds of CPU that a call takes."""
    start = time.process_time()
    function()
    return (time.process_time() - start) * 1000


def cpu_of_program(program: str) -> float:
    """Return the milliseconds of CPU that a program takes in an interpreter of its own."""
    # With compiled bytecode, as every installed package has it.
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", program]
    subprocess.run(command, check=True, env=kept, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def cost_of_command(
    command: Sequence[str | Path],
    folder: Path,
    environ: Mapping[str, str],
    given: str = "",
) -> Cost:
    """Run a command in a folder, and return what it took.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environ: Its whole environment.
        given: What it reads from its standard input.

    Raises:
        RuntimeError: If it fails; with what it said.
    """
    with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as said:
        with tempfile.TemporaryFile("w+") as asked:
            asked.write(given)
            asked.seek(0)
            start = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=folder, env=environ, stdin=asked, stdout=told, stderr=said
            )
            # Of this child alone; its peak begins at ours, so that we had better stay small.
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        said.seek(0)
        if process.returncode:
            words = " ".join(map(str, command))
            raise RuntimeError(f"{words} ended with {process.returncode}: {said.read()[-2000:]}")
        cpu = used.ru_utime + used.ru_stime
        return Cost(cpu, used.ru_stime, wall, used.ru_maxrss / 1000, told.read())
