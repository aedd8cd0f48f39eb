"""A server in a process of its own, and many clients that read, publish, change and delete at once.

``python service.py FOLDER PORT`` runs the server.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from artifolio.bodies import File
from artifolio.checking import check_store
from artifolio.keys import IdMaker, format_time, now, stem_for
from artifolio.publisher import describe
from artifolio.records import Record, dump_record, new_header
from artifolio.server.app import address_in, make_app
from artifolio.server.forms import to_prefect
from artifolio.server.guard import Rules
from artifolio.server.library import Library
from artifolio.store import Store
from artifolio.temporaries import TEMPORARY_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "the-token"
KEYS = 50
SENT_BYTES = 1024 * 1024
"""What the server keeps for the next request: little, so that its memory is soon as it stays."""
OWNED = 12
"""Versions that a client has at most; then it deletes, so that there are no more and no more."""


def main(folder: str, port: str) -> None:
    """Run a server of the records in a folder."""
    root = Path(folder)
    library = Library(Store(root / "artifacts"), address_in("http://x/"), SENT_BYTES)
    app = make_app(library, lambda: root / "site", Rules(token=TOKEN))
    uvicorn.run(app, port=int(port), log_level="error", server_header=False)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a server, and wait until it answers."""
    process = subprocess.Popen([sys.executable, __file__, folder, str(port)])
    for _ in range(600):
        with contextlib.suppress(OSError, http.client.HTTPException):
            Connection(port).ask("GET", "/api/health")
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the server does not start")


class Connection:
    """One connection, kept."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request; return the status and the JSON, or None where it is none."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        told = answer.read()
        is_json = "json" in (answer.headers.get("Content-Type") or "")
        return answer.status, json.loads(told) if is_json else None


@dataclass
class Ledger:
    """What clients were told."""

    there: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each version is like that was published and not deleted, by its id."""
    gone: set[str] = field(default_factory=set)
    """The ids of those that were deleted."""
    failures: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """How often each thing was done."""


class Client:
    """Does one thing after the other, and looks whether the answers are right.

    Args:
        port: Of the server.
        seed: For what it does when.
    """

    def __init__(self, port: int, seed: int) -> None:
        self.ledger = Ledger()
        self._port = port
        self._dice = random.Random(seed)
        self._make_id = IdMaker()
        self._connection = Connection(port)
        self._deeds: list[tuple[int, Callable[[], None]]] = [
            (12, self.create),
            (6, self.publish),
            (10, self.change),
            (8, self.move),
            (8, self.delete),
            (20, self.read_own),
            (12, self.filter),
            (8, self.filter_latest),
            (8, self.latest),
            (4, self.count),
            (4, self.page),
        ]

    def run(self, until: float) -> None:
        """Do everything once, and go on until then."""
        weights = [weight for weight, _ in self._deeds]
        deeds = [deed for _, deed in self._deeds]
        for deed in deeds:
            self._do(deed)
        while time.monotonic() < until:
            self._do(self._dice.choices(deeds, weights)[0])

    def create(self) -> None:
        """Publish as Prefect's clients do."""
        self._make_room()
        kind, data = self._dice.choice(
            [
                ("markdown", "It *fell*.\n" * self._dice.randrange(1, 50)),
                ("table", json.dumps([{"city": "Köln", "loss": self._dice.random()}])),
                ("progress", self._dice.randrange(101)),
            ]
        )
        body = {"key": self._key(), "type": kind, "data": data, "description": "Of a job"}
        told = self._asked(201, "POST", "/api/artifacts/", body)
        self.ledger.there[told["id"]] = _facts(told)

    def publish(self) -> None:
        """Publish a file as the SDK does, and once more as if the answer had been lost."""
        self._make_room()
        content = self._dice.randbytes(self._dice.randrange(20_000))
        version_id, moment = self._make_id(), now()
        attached = describe(content, "application/octet-stream", "bin")
        stem = stem_for(moment, version_id)
        body = File(replace(attached, name=f"{stem}.bin"), "model.bin")
        header = new_header(body, id=version_id, key=self._key(), created=moment)
        sent = {
            "record": dump_record(Record(header, body)),
            "attachments": [{"name": f"{stem}.bin", "content": b64encode(content).decode()}],
        }
        path = f"/api/v1/versions/{version_id}"
        self._asked(201, "PUT", path, sent)
        self._asked(200, "PUT", path, sent)
        told = self._asked(200, "GET", f"/api/artifacts/{version_id}")
        self.ledger.there[told["id"]] = _facts(told)

    def change(self) -> None:
        """Give a version another description, and a text other words."""
        version_id = self._own()
        changes: dict[str, Any] = {"description": f"Now {self._dice.random()}"}
        if self.ledger.there[version_id]["type"] == "markdown":
            changes["data"] = f"It rose by {self._dice.random()}."
        self._asked(204, "PATCH", f"/api/artifacts/{version_id}", changes)
        self.ledger.there[version_id] |= changes

    def move(self) -> None:
        """Move a progress."""
        known = self.ledger.there.items()
        jobs = [version_id for version_id, facts in known if facts["type"] == "progress"]
        if jobs:
            version_id, percent = self._dice.choice(jobs), float(self._dice.randrange(101))
            fields = {"percent": percent, "updated": format_time(now())}
            self._asked(200, "PUT", f"/api/v1/versions/{version_id}/progress", fields)
            self.ledger.there[version_id]["data"] = percent

    def delete(self) -> None:
        """Delete a version, and make sure that it is gone."""
        version_id = self._own()
        self._asked(204, "DELETE", f"/api/artifacts/{version_id}")
        del self.ledger.there[version_id]
        self.ledger.gone.add(version_id)
        self._asked(404, "GET", f"/api/artifacts/{version_id}")

    def read_own(self) -> None:
        """Read a version of one's own, which nobody else changes."""
        version_id = self._own()
        told = _facts(self._asked(200, "GET", f"/api/artifacts/{version_id}"))
        if told != self.ledger.there[version_id]:
            raise AssertionError(f"{told} instead of {self.ledger.there[version_id]}")

    def filter(self) -> None:
        """List versions."""
        self._asked(200, "POST", "/api/artifacts/filter", {"limit": 50, "sort": "CREATED_DESC"})

    def filter_latest(self) -> None:
        """List keys."""
        self._asked(200, "POST", "/api/artifacts/latest/filter", {"limit": 50})

    def latest(self) -> None:
        """Read the latest version of a key that always has one."""
        self._asked(200, "GET", "/api/artifacts/always/latest")

    def count(self) -> None:
        """Count versions."""
        self._asked(200, "POST", "/api/artifacts/count", {})

    def page(self) -> None:
        """Read a page of the site."""
        self._asked(200, "GET", "/")

    def _do(self, deed: Callable[[], None]) -> None:
        name = deed.__name__
        try:
            deed()
        except Exception as error:  # noqa: BLE001 - counted
            self.ledger.failures.append(f"{name}: {error!r}")
            self._connection = Connection(self._port)
        self.ledger.counts[name] = self.ledger.counts.get(name, 0) + 1

    def _asked(self, wanted: int, method: str, path: str, body: Any = None) -> Any:
        status, told = self._connection.ask(method, path, body)
        if status != wanted:
            raise AssertionError(f"{method} {path} answers {status}: {told!r:.200}")
        return told

    def _own(self) -> str:
        if not self.ledger.there:
            self.create()
        return self._dice.choice(list(self.ledger.there))

    def _make_room(self) -> None:
        while len(self.ledger.there) >= OWNED:
            self.delete()

    def _key(self) -> str:
        return f"key-{self._dice.randrange(KEYS):02d}"


@dataclass(frozen=True)
class Service:
    """What became of a server and its records."""

    counts: dict[str, int]
    failures: tuple[str, ...]
    lost: tuple[str, ...]
    """Ids of versions that clients were told are there."""
    returned: tuple[str, ...]
    """Ids of those that they were told are deleted, and that are there."""
    strange: tuple[str, ...]
    """Ids of those that nobody was told of."""
    different: tuple[str, ...]
    """What is different on disk from what a client was told."""
    problems: tuple[str, ...]
    """Whatever a check finds."""
    memory: tuple[float, ...]
    """MB that the server held, each second or so."""

    @property
    def requests(self) -> int:
        """How many things were done."""
        return sum(self.counts.values())

    def growth(self) -> float:
        """Return by how many MB a minute memory grew in the second half, as a line through it."""
        half = self.memory[len(self.memory) // 2 :]
        middle = (len(half) - 1) / 2
        mean = sum(half) / len(half)
        above = sum((number - middle) * (mb - mean) for number, mb in enumerate(half))
        below = sum((number - middle) ** 2 for number in range(len(half)))
        return above / below * 60 if below else 0.0


def serve_many(folder: Path, clients: int, seconds: float, seed: int = 0) -> Service:
    """Let many clients use one server for a while, and compare what is there with what they know.

    Each does everything once, whatever the time.
    """
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("<html><body>home</body></html>")
    store = Store(folder / "artifacts")
    store.root.mkdir()
    port = free_port()
    server = start(folder, port)
    try:
        first = {"key": "always", "type": "markdown", "data": "there"}
        _, told = Connection(port).ask("POST", "/api/artifacts/", first)
        until = time.monotonic() + seconds
        crowd = [Client(port, seed + number) for number in range(clients)]
        threads = [threading.Thread(target=client.run, args=(until,)) for client in crowd]
        for thread in threads:
            thread.start()
        memory = list(_memory(server.pid, until))
        for thread in threads:
            thread.join()
    finally:
        server.kill()
        server.wait()
    ledgers = [client.ledger for client in crowd]
    known = {told["id"]: _facts(told)}
    for ledger in ledgers:
        known |= ledger.there
    return _compared(store, known, ledgers, tuple(memory))


def _compared(
    store: Store, known: dict[str, dict[str, Any]], ledgers: list[Ledger], memory: tuple[float, ...]
) -> Service:
    entries = [entry for folder in store.folders() for entry in store.scan(folder).entries]
    there = {
        entry.id: _facts(to_prefect(store.read(entry.path), address_in("http://x/")))
        for entry in entries
    }
    deleted = set[str]().union(*(ledger.gone for ledger in ledgers))
    names = {name for ledger in ledgers for name in ledger.counts}
    return Service(
        {name: sum(ledger.counts.get(name, 0) for ledger in ledgers) for name in sorted(names)},
        tuple(failure for ledger in ledgers for failure in ledger.failures),
        tuple(known.keys() - there.keys()),
        tuple(there.keys() & deleted),
        tuple(there.keys() - known.keys() - deleted),
        tuple(
            f"{name}: {there[name]} instead of {known[name]}"
            for name in known.keys() & there.keys()
            if there[name] != known[name]
        ),
        tuple(
            str(problem)
            for problem in check_store(store).problems
            # Of requests that were being answered when the server was ended.
            if TEMPORARY_PREFIX not in problem.path
        ),
        memory,
    )


def _memory(process: int, until: float) -> Iterator[float]:
    while time.monotonic() < until:
        time.sleep(min(1.0, max(0.0, until - time.monotonic())))
        text = Path(f"/proc/{process}/status").read_text()
        yield int(text.partition("VmRSS:")[2].split()[0]) / 1000


def _facts(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("key", "type", "description", "data")}


if __name__ == "__main__":
    main(*sys.argv[1:])
