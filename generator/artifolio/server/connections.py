"""Bounds what connections may take: how many there are, and how long a client may make no headway.

Uvicorn waits for ever for the rest of a request. Connections that somebody holds open take all the
files that a process may open, and then no record can be read any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

PATIENCE_SECONDS = 30.0
"""Who makes no headway from one look to the next is left alone; there is one after so long."""
SLOWEST_BYTES = 16 * 1024
"""What has to come of a body in that time."""

_MOST = 1_000
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"content-length: 0\r\nretry-after: 5\r\nconnection: close\r\n\r\n"
)


def most_connections() -> int:
    """Return how many there may be at once: half of the files that this process may open."""
    try:
        import resource
    except ImportError:  # on Windows, sockets are none of them
        return _MOST
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else max(1, min(_MOST, soft // 2))


class Room:
    """A number of places, in one event loop.

    Args:
        most: How many there are.
    """

    def __init__(self, most: int) -> None:
        self._left = most

    def enter(self) -> bool:
        """Take a place, if there is one."""
        if self._left == 0:
            return False
        self._left -= 1
        return True

    def leave(self) -> None:
        """Give it back."""
        self._left += 1


class Connection(H11Protocol):
    """A connection of a client."""

    most = most_connections()
    patience = PATIENCE_SECONDS

    _received = 0
    _before: tuple[Any, ...] = ()
    """How far the client was at the last look."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to listen, if there is room."""
        is_full = len(self.connections) >= self.most
        super().connection_made(transport)
        if is_full:
            transport.write(_BUSY)
            transport.close()
        else:
            self.loop.call_later(self.patience, self._look)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends."""
        self._received += len(data)
        super().data_received(data)

    def _look(self) -> None:
        """End the connection of a client that makes no headway."""
        transport = self.transport
        # A WebSocket has another protocol by now, which asks for signs of life itself.
        if transport.is_closing() or transport.get_protocol() is not self:
            return
        if self._is_stuck():
            transport.abort()
        else:
            self.loop.call_later(self.patience, self._look)

    def _is_stuck(self) -> bool:
        """Tell whether it is as it was at the last look, and it is the client's turn."""
        unread = self.transport.get_write_buffer_size()
        state = self.conn.their_state
        now = (self.cycle, state, unread)
        before, self._before = self._before, now
        received, self._received = self._received, 0
        if now != before:
            return False
        is_slow = state is h11.SEND_BODY and received < SLOWEST_BYTES
        return unread > 0 or state is h11.IDLE or is_slow
