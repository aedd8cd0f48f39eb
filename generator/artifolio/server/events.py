"""Takes the events that Prefect's clients send beside every request, and keeps none of them.

A client that finds nobody to take them logs an error for each artifact. What they tell is in the
records.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

if TYPE_CHECKING:
    from artifolio.server.connections import Room

PATH = "/events/in"
"""Below ``/api``."""
MESSAGE_BYTES = 1024 * 1024
"""Of one message at most; uvicorn ends the connection of a longer one."""

_PROTOCOL = "prefect"


def events_route(room: Room) -> WebSocketRoute:
    """Return the route, below ``/api``.

    Args:
        room: For those who send.
    """

    async def take(socket: WebSocket) -> None:
        if not room.enter():
            await socket.close()
            return
        try:
            await _take(socket)
        finally:
            room.leave()

    return WebSocketRoute(PATH, take)


async def _take(socket: WebSocket) -> None:
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(_PROTOCOL if _PROTOCOL in offered else None)
    try:
        while True:
            message = await socket.receive_text()
            if _is_greeting(message):
                await socket.send_text('{"type": "auth_success"}')
    except (WebSocketDisconnect, KeyError):  # gone, or bytes instead of text
        return


def _is_greeting(message: str) -> bool:
    # Prefect 3.9, events/clients.py: the first message waits for an answer, no other does.
    if len(message) > 10_000:
        return False
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("type") == "auth"
