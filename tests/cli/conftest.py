"""How the command line is run in tests: in this process, or on a terminal of its own."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from artifolio.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from artifolio.store import Store

_SECONDS = 60


@dataclass(frozen=True)
class Screen:
    """What a program left on a terminal."""

    code: int
    text: str


@pytest.fixture
def project(store: Store, tmp_path: Path) -> Store:
    """The empty store of a project in the working directory."""
    (tmp_path / "mkdocs.yml").touch()
    store.root.mkdir()
    return store


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a command line in this process, with pipes all around."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, prog_name="artifolio")

    return invoke


@pytest.fixture
def on_terminal(tmp_path: Path) -> Callable[..., Screen]:
    """Run ``python -m artifolio`` on a pseudo-terminal and give what stands on it."""
    pytest.importorskip("termios")

    def invoke(
        *arguments: str, keys: str = "", columns: int = 120, interrupt: bool = False, **env: str
    ) -> Screen:
        import fcntl
        import pty
        import struct
        import termios

        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        ignored = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
        inherited = {name: text for name, text in os.environ.items() if name not in ignored}
        process = subprocess.Popen(
            [sys.executable, "-m", "artifolio", *arguments],
            cwd=tmp_path,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=inherited | {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"} | env,
            # Shells start background jobs with SIGINT ignored, and children inherit that.
            preexec_fn=_heed_interrupts,
        )
        os.close(theirs)
        os.write(ours, keys.encode())
        output = b""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 2)[0]:
                if interrupt and b"[y/N]" in output:
                    # By now the question waits for its answer.
                    process.send_signal(signal.SIGINT)
                continue
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not part:
                break
            output += part
        else:
            process.kill()
        os.close(ours)
        return Screen(process.wait(10), output.decode().replace("\r\n", "\n"))

    return invoke


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
