"""A server in this process, and what talks to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from artifolio.server.app import address_in, make_app
from artifolio.server.guard import Rules
from artifolio.server.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    return Library(store, None, address_in(f"{BASE}/"))


class Asker:
    """Sends requests to the application and gives what it answers."""

    def __init__(self, app, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    def __call__(self, method: str, path: str, **options) -> httpx.Response:
        import anyio

        headers = {**self._headers, **options.pop("headers", {})}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, headers=headers, **options)

        return anyio.run(ask)

    def post(self, path: str, body: object) -> httpx.Response:
        """Send JSON."""
        return self("POST", path, json=body)


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
