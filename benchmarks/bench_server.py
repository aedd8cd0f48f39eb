"""What answers cost our server, and what they cost Prefect's own, with the same records.

Run as ``python benchmarks/bench_server.py``. Each server is a process of its own; its CPU time is
read before and after so many requests, so that what else runs on the machine does not count.
Prefect's is left out where ``make prefect`` has not been run. Nothing here asserts.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[1]
TOKEN = "benchmark"
TICKS = os.sysconf("SC_CLK_TCK")

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

    def memory_mb(self) -> float:
        """Return how much memory it holds."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.partition("VmRSS:")[2].split()[0]) / 1000


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


def load(server: Server, clients: int, seconds: float) -> dict[str, Any]:
    """Let many clients read and write at once, and count what went wrong or was lost."""
    until = time.monotonic() + seconds
    wrong: list[str] = []
    created: list[str] = []
    answered = [0] * clients
    lock = threading.Lock()
    memory = [server.memory_mb()]

    def work(name: int) -> None:
        dice, ask = random.Random(name), Client(server.port)
        while time.monotonic() < until:
            try:
                status = _one_request(ask, dice, name, created, lock)
            except Exception as error:  # noqa: BLE001 - counted
                status, ask = repr(error), Client(server.port)
            answered[name] += 1
            if status not in (200, 201, 204):
                wrong.append(str(status))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(clients)]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        time.sleep(min(2.0, seconds / 5))
        memory.append(server.memory_mb())
    for thread in threads:
        thread.join()
    ask = Client(server.port)
    lost = [name for name in created if ask("GET", f"/artifacts/{name}")[0] != 200]
    half = len(memory) // 2
    return {
        "requests": sum(answered),
        "wrong": len(wrong),
        "examples": wrong[:3],
        "created": len(created),
        "lost": len(lost),
        "memory MB": [round(max(memory[:half])), round(max(memory[half:]))],
    }


def _one_request(
    ask: Client, dice: random.Random, name: int, created: list[str], lock: threading.Lock
) -> int:
    choice = dice.random()
    if choice < 0.2:
        status, answer = ask("POST", "/artifacts/", posted(dice.randrange(10**6), 250))
        if status == 201:
            with lock:
                created.append(json.loads(answer)["id"])
        return status
    if choice < 0.3:
        key = f"progress-{name}"
        status, answer = ask("POST", "/artifacts/", {"key": key, "type": "progress", "data": 1})
        return ask("PATCH", f"/artifacts/{json.loads(answer)['id']}", {"data": 50})[0]
    if choice < 0.6:
        return ask("POST", "/artifacts/filter", {"limit": 50, "sort": "CREATED_DESC"})[0]
    if choice < 0.8:
        return ask("POST", "/artifacts/latest/filter", {"limit": 50})[0]
    return ask("GET", f"/artifacts/key-{dice.randrange(250):03d}/latest")[0]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--keys", type=int, default=250)
    parser.add_argument(
        "--load", type=float, default=60.0, help="seconds of mixed load; 0 for none"
    )
    parser.add_argument("--clients", type=int, default=50)
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
        figures = _figures(server, chosen)
        if chosen.load:
            print(
                f"{chosen.clients} clients for {chosen.load:g} s:",
                load(server, chosen.clients, chosen.load),
            )
        return figures


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
    fresh = [posted(number, chosen.keys) for number in range(10**6, 10**6 + 60)]
    return {
        "filter, limit 200": measure(server, 40, "POST", "/artifacts/filter", [{"limit": 200}]),
        "latest/filter, limit 200": measure(
            server, 40, "POST", "/artifacts/latest/filter", [{"limit": 200}]
        ),
        "create": measure(server, 40, "POST", "/artifacts/", fresh),
    }


def _print(figures: dict[str, dict[str, float]]) -> None:
    wanted = {"filter, limit 200": 5, "latest/filter, limit 200": 5, "create": 3}
    print(f"{'server CPU for one request':<30}{'artifolio':>12}{'prefect':>12}{'ratio':>8}  wanted")
    for name, least in wanted.items():
        ours, theirs = figures["artifolio"][name], figures.get("prefect", {}).get(name)
        told = f"{theirs:9.2f} ms{theirs / ours:8.1f}" if theirs else f"{'-':>12}{'-':>8}"
        print(f"{name:<30}{ours:9.2f} ms{told}  >= {least}")


if __name__ == "__main__":
    main()
