"""Pages that follow the site while they are open: what they are told, and what is added to them."""

from __future__ import annotations

import html
import json
from importlib.resources import files as package_files
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from artifolio.server.files import media_type, page_tag
from artifolio.server.problems import problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from artifolio.server.connections import Room
    from artifolio.server.stage import News, Stage

EVENTS = "/v1/events"
"""Below ``/api``."""
ASSETS = "/v1/assets"
STILL_SECONDS = 15.0
"""A sign of life is sent after so long: pages take silence for a connection that was lost."""
_RETRY_MILLISECONDS = 1000
_STREAM = "text/event-stream"


def live_routes(stage: Stage, room: Room) -> list[Route]:
    """Return the routes, below ``/api``.

    Args:
        stage: What is shown.
        room: For streams.
    """
    return [
        Route(EVENTS, _events_of(stage, room), methods=["GET"]),
        Route(f"{ASSETS}/{{name}}", _asset, methods=["GET"]),
    ]


def addition(stage: Stage, base: str, *, writes: bool) -> bytes:
    """Return what is added to each page.

    Args:
        stage: What is shown, as it is before the page is read.
        base: The path that the site is below.
        writes: Whether pages offer to delete and to edit.
    """
    news = stage.now()
    address = f"/api{ASSETS}"
    own = "data-artifolio-served"
    added = (
        f'<link rel="stylesheet" href="{address}/served.css" {own}>'
        f'<script src="{address}/patching.js" {own}></script>'
        f'<script src="{address}/live.js" {own} data-state="{news.state}" '
        f'data-base="{html.escape(base)}"></script>'
    )
    if writes:
        added += "".join(
            f'<script src="{address}/{name}" {own} data-base="{html.escape(base)}" defer></script>'
            for name in ("dialogs.js", "editing.js")
        )
    if news.failure:
        added += f'<p class="afs-failure" role="alert" {own}>{html.escape(news.failure)}</p>'
    return added.encode()


class _Events(StreamingResponse):
    """A stream that leaves its room when it ends, however that comes about."""

    def __init__(self, events: AsyncIterator[bytes], headers: dict[str, str], room: Room) -> None:
        super().__init__(events, headers=headers, media_type=_STREAM)
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._room.leave()


def _events_of(stage: Stage, room: Room) -> Callable[[Request], Awaitable[Response]]:
    async def events(request: Request) -> Response:
        known = request.headers.get("last-event-id") or request.query_params.get("since", "")
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        if request.method == "HEAD":
            return Response(headers=headers, media_type=_STREAM)
        if not room.enter():
            return problem(503, "as many streams as may be are open; come back later")
        return _Events(_stream(stage, known), headers, room)

    return events


async def _stream(stage: Stage, known: str) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % _RETRY_MILLISECONDS
    await stage.opened()
    # At once: what changed while somebody was away, if it did.
    news = stage.now(known)
    yield _event("site", news)
    while not stage.is_closed:
        if await stage.changed(news.state, STILL_SECONDS):
            news = stage.now(news.state)
            yield _event("site", news)
        elif not stage.is_closed:
            yield _event("still", news)


def _event(name: str, news: News) -> bytes:
    told: dict[str, object] = {"state": news.state}
    if name == "site":
        told |= {"files": news.files, "failure": news.failure}
    return f"id: {news.state}\nevent: {name}\ndata: {json.dumps(told)}\n\n".encode()


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    file = package_files("artifolio.server") / "assets" / name
    known = {"live.js", "patching.js", "news.js", "dialogs.js", "editing.js", "served.css"}
    if name not in known:
        return Response("not found", 404, media_type="text/plain")
    content = await run_in_threadpool(file.read_bytes)
    headers = {"etag": page_tag(content), "cache-control": "no-cache"}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type(name))
