"""A server that answers as it was told to, request by request, or not at all."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int = 200
    content: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Got:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes


Fate: TypeAlias = "Told | str"
"""What becomes of a request: an answer, or ``close`` (no answer), ``half`` (half of one), ``lose``
(passed on, its answer is not), ``cut`` (half of it is passed on), ``pass``."""


class Scripted:
    """Answers requests; those that come when the script is over are passed on, or get ``{}``.

    Args:
        fates: The script.
        port: Of the server that is behind this one.
    """

    def __init__(self, *fates: Fate, port: int | None = None) -> None:
        self.fates = list(fates)
        self.got: list[Got] = []
        self.connections = 0
        self._port = port
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        """Run it, and give its port."""
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                script.connections += 1
                super().setup()

            def do_GET(self) -> None:
                script.handle(self)

            do_PUT = do_GET  # noqa: N815 - as http.server has it

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, address: object) -> None:
                """Say nothing: clients go as they please."""

        with Server(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield server.server_port
            finally:
                server.shutdown()
                thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Let a request meet its fate."""
        content = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        request = Got(handler.command, handler.path, dict(handler.headers), content)
        with self._lock:
            self.got.append(request)
            over: Fate = Told() if self._port is None else "pass"
            fate = self.fates.pop(0) if self.fates else over
        if isinstance(fate, Told):
            _answer(handler, fate)
        elif fate == "half":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            handler.close_connection = True
        elif fate == "close":
            handler.close_connection = True
        elif fate == "cut":
            self._pass_half(request)
            handler.close_connection = True
        else:
            told = self._pass_on(request)
            if fate == "lose":
                handler.close_connection = True
            else:
                _answer(handler, told)

    def _pass_on(self, request: Got) -> Told:
        assert self._port is not None
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {**request.headers, "Host": f"127.0.0.1:{self._port}"}
        with contextlib.closing(connection):
            connection.request(request.method, request.path, request.content, headers)
            answer = connection.getresponse()
            return Told(answer.status, answer.read(), {"Content-Type": "application/json"})

    def _pass_half(self, request: Got) -> None:
        assert self._port is not None
        headers = {**request.headers, "Host": f"127.0.0.1:{self._port}"}
        lines = [f"{request.method} {request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode()
        with socket.create_connection(("127.0.0.1", self._port)) as connection:
            connection.sendall(head + request.content[: len(request.content) // 2])


def _answer(handler: BaseHTTPRequestHandler, told: Told) -> None:
    handler.send_response(told.status)
    for name, value in told.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(told.content)))
    handler.end_headers()
    handler.wfile.write(told.content)
