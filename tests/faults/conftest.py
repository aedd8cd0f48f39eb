from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faults.memory import folder_in_memory
from faults.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def program() -> Iterator[Program]:
    """A program that publishes, thousands of times: on a disk that need not turn."""
    if shutil.which("strace") is None:
        pytest.fail("strace is not there; install it with 'python tools/strace.py'")
    with folder_in_memory() as folder:
        program = Program(Path(folder))
        try:
            yield program
        finally:
            program.close()
