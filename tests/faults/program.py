"""Runs publications in processes of their own, under strace where that is asked for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import artifolio
from faults.calls import MEMORY, Call, parse_calls
from samples import PNG

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROGRAM = Path(__file__).with_name("publish.py")
# So that one that ends before its time shows itself wherever it is cut: no byte is zero.
CONTENT = bytes(1 + number % 255 for number in range(3000))
# As on file systems without hard links, and on those that cannot rename without clobbering.
NO_LINKS = ("?link,?linkat:error=EPERM",)
NO_RENAMES = (*NO_LINKS, "renameat2:error=EINVAL")


@dataclass(frozen=True)
class Failure:
    """What a function of the SDK raised."""

    error: str
    errno: int | None
    text: str
    is_expected: bool
    """Whether it is an OSError or an ArtifolioError."""


@dataclass(frozen=True)
class Run:
    """What one process did and said."""

    done: UUID | None
    """The version that was acknowledged; None where none was."""
    failures: tuple[Failure, ...]
    was_killed: bool
    calls: tuple[Call, ...] = ()
    """From the first of the publication to the end; none where nobody watched."""

    @property
    def publishing(self) -> tuple[Call, ...]:
        """The calls before it said how it went, the last time where it tried again."""
        return self.calls[: max(n for n, call in enumerate(self.calls) if call.is_said)]


@dataclass(frozen=True)
class Publication:
    """What is published, into what, and what the file system can do."""

    kind: str
    """``markdown report file progress update``"""
    is_first: bool = False
    """Whether there is no folder yet, neither the key's nor ``artifacts/`` nor that above."""
    lacks: tuple[str, ...] = ()
    """What strace is to refuse throughout."""

    def __str__(self) -> str:
        place = "into nothing" if self.is_first else "beside another"
        ways = {(): "", NO_LINKS: " without links", NO_RENAMES: " without links and renames"}
        return f"{self.kind} {place}{ways[self.lacks]}"


PUBLICATIONS = (
    Publication("markdown", is_first=True),
    Publication("file", is_first=True),
    Publication("report", is_first=True),
    Publication("markdown"),
    Publication("file"),
    Publication("update"),
)
"""One of each way to publish."""
WITHOUT_LINKS = (Publication("markdown", True, NO_LINKS), Publication("file", False, NO_LINKS))
WITHOUT_RENAMES = (
    Publication("markdown", True, NO_RENAMES),
    Publication("file", False, NO_RENAMES),
)


class Program:
    """A Python that has artifolio loaded, and publishes in forks of itself.

    Args:
        folder: An empty folder for it to work in.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        """What is on the disk that the tests are about."""
        self.root = self.folder / "new" / "artifacts"
        self._trace = folder / "trace"
        self._start = folder / "start"
        self._job: UUID | None = None
        self.folder.mkdir()
        source = folder / "model.bin"
        source.write_bytes(CONTENT)
        for number in (1, 2):
            (folder / f"{number}.png").write_bytes(PNG + bytes([number]))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", str(_PROGRAM), str(source), str(self.root)],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "PYTHONPATH": str(Path(artifolio.__file__).parents[1]),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._hear() == {"ready": True}

    def close(self) -> None:
        """End the program."""
        self._process.communicate()

    def prepare(self, publication: Publication) -> None:
        """Bring about what is there before the publication."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        if not publication.is_first:
            self._job = self.publish("progress").done
            assert self._job is not None
        shutil.rmtree(self._start, ignore_errors=True)
        shutil.copytree(self.folder, self._start)

    def restore(self) -> None:
        """Bring back what `prepare` brought about."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._start, self.folder)

    def publish(self, kind: str) -> Run:
        """Publish while nobody watches."""
        self._order(kind, attempts=1, is_traced=False)
        return self._listen()

    def watch(self, kind: str, faults: Sequence[str] = (), attempts: int = 1) -> Run:
        """Publish under strace.

        Args:
            kind: What to publish.
            faults: What goes wrong, in the words of strace's ``--inject``.
            attempts: How often to try, where it fails.
        """
        child = self._order(kind, attempts, is_traced=True)
        options = [f"--inject={fault}" for fault in faults]
        with subprocess.Popen(
            [
                *("strace", "-y", "-xx", "-a1", "-s1000000", "-o", str(self._trace)),
                *("-e", f"trace=!{','.join(MEMORY)}", *options, "-p", str(child)),
            ],
            stderr=subprocess.PIPE,
            text=True,
        ) as strace:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            assert "attached" in said, f"{said.strip()}; 'python tools/strace.py' tells why"
            self._tell(b".")
            run = self._listen()
            strace.stderr.read()
        return Run(
            run.done,
            run.failures,
            run.was_killed,
            tuple(parse_calls(self._trace.read_text())),
        )

    def _order(self, kind: str, attempts: int, is_traced: bool) -> int:
        order = {
            "kind": kind,
            "job": str(self._job) if self._job else None,
            "attempts": attempts,
            "is_traced": is_traced,
        }
        self._tell(f"{json.dumps(order)}\n".encode())
        child: int = self._hear()["child"]
        return child

    def _listen(self) -> Run:
        done: UUID | None = None
        failures = []
        while "status" not in (said := self._hear()):
            if "done" in said:
                done = UUID(said["done"])
            else:
                failures.append(Failure(**said))
        return Run(done, tuple(failures), os.WIFSIGNALED(said["status"]))

    def _tell(self, words: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words)
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said
