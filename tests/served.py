"""A project that a process of its own serves."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifolio.store import Store

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
site_name: Live
docs_dir: site_src
theme: {name: material, font: false, palette: {scheme: default}}
plugins: [search, artifolio]
nav: [index.md, artifacts/index.md]
"""


@dataclass
class Served:
    """A project, and the process that serves it once it was started."""

    project: Path
    port: int = 0
    address: str = ""
    said: list[str] = field(default_factory=list)
    """The lines that it said so far."""

    def __post_init__(self) -> None:
        (self.project / "mkdocs.yml").write_text(CONFIGURATION)
        (self.project / "site_src").mkdir()
        (self.project / "site_src" / "index.md").write_text("# Home\n")
        self.store = Store(self.project / "artifacts")
        self.process: subprocess.Popen[str] | None = None

    def launch(
        self, *options: str, program: tuple[str, ...] = ("-m", "artifolio"), **environ: str
    ) -> None:
        """Start the process."""
        port = ("--port", str(self.port))
        self.process = subprocess.Popen(
            [sys.executable, *program, "serve", *port, *options],
            cwd=self.project,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environ,
            # Shells start background jobs with SIGINT ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def start(self, *options: str, **more: object) -> None:
        """Start the process and wait until it serves."""
        self.launch(*options, **more)  # type: ignore[arg-type]  # they go through
        line = self.until("Serving on")
        found = re.search(r"Serving on (http://\S+?:(\d+)/\S*),", line)
        assert found is not None
        self.address, self.port = found[1], int(found[2])

    def until(self, start: str) -> str:
        """Wait for a line that starts so."""
        assert self.process is not None
        assert self.process.stderr is not None
        while True:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said.append(line.rstrip("\n"))
            if line.startswith(start):
                return line.rstrip("\n")

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Stop the process; give its exit code and what it said last."""
        assert self.process is not None
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=30)
        assert "Traceback" not in rest, rest
        return self.process.returncode, rest

    def ask(self, path: str, host: str = "127.0.0.1") -> http.client.HTTPResponse:
        """Send a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse()
