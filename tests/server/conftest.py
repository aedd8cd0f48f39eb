"""A server in this process, and what talks to it."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest
import uvicorn

from artifolio.server.app import address_in, make_app
from artifolio.server.guard import Rules
from artifolio.server.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

    from artifolio.store import Store

BASE = "http://127.0.0.1:8000"
TOKEN = "the-token"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder of a small site, with what it must not give away beside it."""
    folder = tmp_path / "site"
    (folder / "artifacts" / "loss").mkdir(parents=True)
    (folder / "index.html").write_text("<html><body>home</body></html>")
    (folder / "404.html").write_text("<html><body>lost</body></html>")
    (folder / "artifacts" / "loss" / "index.html").write_text("<html><body>loss</body></html>")
    (folder / "artifacts" / "x.js").write_text("1")
    (tmp_path / "secret.txt").write_text("root:x:0:0:secret")
    return folder


@pytest.fixture
def library(store: Store) -> Library:
    """The records of an empty store."""
    store.root.mkdir()
    return Library(store, address_in(f"{BASE}/"))


class Asker:
    """Sends requests to the application and gives what it answers."""

    def __init__(self, app, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    def __call__(self, method: str, path: str, **options) -> httpx.Response:
        headers = {**self._headers, **options.pop("headers", {})}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, headers=headers, **options)

        return anyio.run(ask)

    def post(self, path: str, body: object) -> httpx.Response:
        """Send JSON."""
        return self("POST", path, json=body)


class Wire:
    """Sends requests letter by letter to a real server, and gives what it answers."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, str]:
        """Return the status, 0 where there is no answer, and all of the answer."""
        told = {"Host": f"127.0.0.1:{self.port}", "Connection": "close", **(headers or {})}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {it}" for name, it in told.items())]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            with contextlib.suppress(OSError):  # refused before all was sent
                connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            answer = b""
            with contextlib.suppress(OSError):
                while part := connection.recv(65_536):
                    answer += part
        status = answer[9:12].decode("latin-1") if answer.startswith(b"HTTP/1.") else ""
        return int(status) if status.isdigit() else 0, answer.decode("latin-1")


@contextlib.contextmanager
def running(app: ASGIApp, **options) -> Iterator[int]:
    """Run a real server in a thread, and give its port; options are those of uvicorn."""
    # A client that waits for its turn on a busy machine finds its connection as it left it.
    config = uvicorn.Config(
        app, log_level="error", server_header=False, timeout_keep_alive=60, **options
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # asyncio does so only where a socket says that it is of TCP; without it, answers in two
        # parts wait 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def wire(library: Library, site: Path) -> Iterator[Wire]:
    """A real server of the same records and site."""
    with running(make_app(library, lambda: site, Rules(token=TOKEN))) as port:
        yield Wire(port)


@pytest.fixture
def make_asker(library: Library, site: Path) -> Callable[..., Asker]:
    """Makes what asks an application with rules of one's own."""

    def make(rules: Rules | None = None, token: str | None = TOKEN) -> Asker:
        app = make_app(library, lambda: site, rules or Rules(token=TOKEN))
        return Asker(app, {"Authorization": f"Bearer {token}"} if token else {})

    return make


@pytest.fixture
def ask(make_asker: Callable[..., Asker]) -> Asker:
    """Asks as somebody who may write."""
    return make_asker()
