"""System calls, as strace writes them down."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# They come and go with the allocator, and leave nothing on a disk.
MEMORY = "brk mmap munmap mremap mprotect madvise".split()

_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+|\?)(.*)", re.DOTALL)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')
_BYTE = re.compile(r"\\x([0-9a-f]{2})")
_PATH = re.compile(r'[<"](/[^<>"]*)[>"]')
_NUMBER = re.compile(r"\s*(-?\d+)")
_END = re.compile(r"[-+]{3} (?:exited|killed|stopped|SIG)")


@dataclass(frozen=True)
class Call:
    """One system call, with what it was given and what came of it."""

    name: str
    nth: int
    """How many calls of that name there were since the tracing began, this one included."""
    arguments: str
    """As strace shows them: bytes in hexadecimal, descriptors with their paths."""
    result: int | None
    """Negative where it failed; None where the process did not live to see it."""
    is_injected: bool

    def __str__(self) -> str:
        return f"{self.name}({_readable(self.arguments)}) = {self.result}"

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The strings among the arguments: paths and contents."""
        found = list(_TEXT.finditer(self.arguments))
        assert not any(match[2] for match in found), f"strace cut off: {self}"
        return tuple(bytes(int(byte, 16) for byte in _BYTE.findall(m[1])) for m in found)

    @property
    def descriptor(self) -> int:
        """The first argument, where that is a descriptor."""
        match = _NUMBER.match(self.arguments)
        assert match is not None, self
        return int(match[1])

    @property
    def about(self) -> str:
        """The last part of the path that it is about; empty where there is none."""
        paths = _PATH.findall(_readable(self.arguments))
        return "".join(paths[-1:]).rpartition("/")[2]

    @property
    def is_said(self) -> bool:
        """Whether it tells the tests how it went."""
        return self.name == "write" and self.descriptor == 1


def parse_calls(trace: str) -> Iterator[Call]:
    """Read what ``strace -y -xx`` wrote, from the process's first mark on.

    Raises:
        ValueError: If a line is none that one thread's calls may look like.
    """
    seen: Counter[str] = Counter()
    has_started = False
    for line in trace.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            if has_started and not _END.match(line):
                raise ValueError(line)
            continue
        name, arguments, result, rest = match.groups()
        seen[name] += 1
        call = Call(
            name,
            seen[name],
            arguments,
            None if result == "?" else int(result),
            "(INJECTED)" in rest,
        )
        if has_started:
            yield call
        elif name == "read" and call.descriptor == 0:
            has_started = True


def _readable(arguments: str) -> str:
    return _BYTE.sub(lambda match: chr(int(match[1], 16)), arguments)
