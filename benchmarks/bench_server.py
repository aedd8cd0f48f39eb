"""What answers cost our server, and what they cost Prefect's own, with the same records.

Run as ``python benchmarks/bench_server.py``. Each server is a process of its own; its CPU time is
read before and after so many requests, so that what else runs on the machine does not count.
Prefect's is left out where ``make prefect`` has not been run. Nothing here asserts. What many
clients at once do to our server is for ``make stress``.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[1]
TOKEN = "benchmark"
TICKS = os.sysconf("SC_CLK_TCK")
WANTED = {"filter, limit 200": 5, "latest/filter, limit 200": 5, "create": 3}
"""How many times as much of its CPU Prefect's server is to take for each."""

OURS = """
import sys
from pathlib import Path
import uvicorn
from artifolio.server.app import address_in, make_app
from artifolio.server.guard import Rules
from artifolio.server.library import Library
from artifolio.store import Store
folder, port = Path(sys.argv[1]), int(sys.argv[2])
library = Library(Store(folder / "artifacts"), address_in("http://x/"))
app = make_app(library, lambda: folder, Rules(token=sys.argv[3]))
uvicorn.run(app, port=port, log_level="error", server_header=False)
"""


@dataclass
class Server:
    """A server that runs, and how to ask it."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return the CPU time of the server and what it has started."""
        parents: dict[int, int] = {}
        ticks: dict[int, int] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError, ValueError):
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                    parents[int(folder.name)] = int(fields[1])
                    ticks[int(folder.name)] = int(fields[11]) + int(fields[12])
        family = {self.process.pid}
        while more := {child for child, parent in parents.items() if parent in family} - family:
            family |= more
        return sum(ticks.get(member, 0) for member in family) / TICKS


class Client:
    """One connection, kept."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Send a request; return the status and the content."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, f"/api{path}", content, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def running(name: str, command: list[str], environ: dict[str, str], port: int) -> Iterator[Server]:
    """Start a server, wait until it answers, and end it afterwards."""
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                if Client(port)("GET", "/health")[0] == 200:
                    break
            time.sleep(0.1)
        else:
            sys.exit(f"{name} does not answer")
        yield Server(name, port, process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        process.wait(30)


def posted(number: int, keys: int) -> dict[str, Any]:
    """Return an artifact as Prefect's client posts it."""
    rows = [{"city": f"city {row}", "loss": row / 7, "count": row * number} for row in range(10)]
    kinds: list[tuple[str, Any]] = [
        ("markdown", f"# Report {number}\n\n" + "All is *well*, as ever. " * 20),
        ("table", json.dumps(rows)),
        ("progress", float(number % 100)),
    ]
    kind, data = kinds[number % 3]
    return {
        "key": f"key-{number % keys:03d}",
        "type": kind,
        "data": data,
        "description": "Of a job",
    }


def measure(server: Server, count: int, method: str, path: str, bodies: list[Any]) -> float:
    """Return the server's CPU time for a request, in milliseconds; the median of five rounds."""
    ask = Client(server.port)
    found = []
    for _ in range(5):
        before = server.cpu_seconds()
        for number in range(count):
            status, answer = ask(method, path, bodies[number % len(bodies)])
            if status not in (200, 201):
                sys.exit(f"{server.name}: {status} {answer[:300]!r}")
        found.append((server.cpu_seconds() - before) / count * 1000)
    return statistics.median(found)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--keys", type=int, default=250)
    chosen = parser.parse_args()
    sys.path.insert(0, str(REPOSITORY / "tools"))
    from prefect import find_prefect

    with tempfile.TemporaryDirectory() as made:
        figures = {"artifolio": _ours(Path(made), chosen)}
        python = find_prefect()
        if python is not None:
            figures["prefect"] = _prefects(Path(made), chosen, python)
    _print(figures)


def _ours(folder: Path, chosen: argparse.Namespace) -> dict[str, float]:
    port = free_port()
    command = [sys.executable, "-c", OURS, str(folder), str(port), TOKEN]
    with running("artifolio", command, {}, port) as server:
        return _figures(server, chosen)


def _prefects(folder: Path, chosen: argparse.Namespace, python: Path) -> dict[str, float]:
    port = free_port()
    environ = {
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    command = [str(python), "-m", "prefect", "server", "start", "--port", str(port), "--no-ui"]
    with running("prefect", command, environ, port) as server:
        return _figures(server, chosen)


def _figures(server: Server, chosen: argparse.Namespace) -> dict[str, float]:
    ask = Client(server.port)
    for number in range(chosen.records):
        status, answer = ask("POST", "/artifacts/", posted(number, chosen.keys))
        if status not in (200, 201):
            sys.exit(f"{server.name}: {status} {answer[:300]!r}")
    # What a server does by itself, and what it does only once.
    time.sleep(3)
    for path in ("/artifacts/filter", "/artifacts/latest/filter"):
        ask("POST", path, {"limit": 200})
    fresh = [posted(number, chosen.keys) for number in range(10**6, 10**6 + 200)]
    return {
        "filter, limit 200": measure(server, 40, "POST", "/artifacts/filter", [{"limit": 200}]),
        "latest/filter, limit 200": measure(
            server, 40, "POST", "/artifacts/latest/filter", [{"limit": 200}]
        ),
        "create": measure(server, 200, "POST", "/artifacts/", fresh),
    }


def _print(figures: dict[str, dict[str, float]]) -> None:
    for name, least in WANTED.items():
        ours, theirs = figures["artifolio"][name], figures.get("prefect", {}).get(name)
        if theirs is None:
            print(f"{name:<44} {ours:>7.2f} ms")
            continue
        note = f"{ours:.2f} ms of server CPU a request, Prefect's takes {theirs:.2f} ms"
        print(Figure(name, theirs / ours, "times", least, note, at_least=True).line())


if __name__ == "__main__":
    main()
