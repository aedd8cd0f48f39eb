"""Brings requests to a server, and again where it does not answer."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import ssl
import time
import weakref
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from artifolio.errors import ServerError, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from artifolio.addresses import Address

SECONDS = 60.0
"""How long a request is tried before that is an error."""
ANSWER_BYTES = 256 * 1024 * 1024
"""Of an answer at most."""

_CONNECT_SECONDS = 10.0
# For the next bytes, not for all of them: a long file takes its time.
_STEP_SECONDS = 30.0
# Uvicorn, and what else stands in front of it, end a connection that is idle for 5 s.
_IDLE_SECONDS = 3.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 8.0
_BLOCK_BYTES = 64 * 1024
_MOVED = frozenset([301, 302, 303, 307, 308])
_AGAIN = frozenset([429, 502, 503, 504])
# Not the one of the module: children of a fork would all wait equally long.
_dice = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    content: bytes
    wait: float = 0.0
    """How many seconds to wait before the next request, where it says that."""

    def data(self) -> Any:
        """Return the JSON that it is, or None."""
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(self.content)
        return None


@dataclass(frozen=True, slots=True)
class _Idle:
    """A connection that may be used once more."""

    connection: HTTPConnection
    since: float
    process: int


class Messenger:
    """Sends requests that may come twice without harm.

    No proxy and no other host ever gets to see them: what the environment says of proxies is not
    for the token, and a server that has moved is named in an error.

    Args:
        address: The server.
        seconds: How long to try.
        sleep: Waits for so many seconds.
        ticks: Gives seconds that only ever grow.
    """

    def __init__(
        self,
        address: Address,
        seconds: float = SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = str(address)
        self._address = address
        self._seconds = seconds
        self._sleep = sleep
        self._ticks = ticks
        # Without a lock, which a fork could leave locked for ever: what is done to it is atomic.
        self._idle: list[_Idle] = []
        weakref.finalize(self, _close_all, self._idle)

    def send(self, method: str, path: str, content: bytes | None = None) -> Answer:
        """Send a request, and again while there is no answer or the server is busy.

        Args:
            method: ``GET`` or ``PUT``, which may come twice.
            path: Below the address, from a slash on.
            content: JSON.

        Raises:
            ServerError: If there is no answer in time, or none that another try would change.
        """
        until = self._ticks() + self._seconds
        pause = _FIRST_PAUSE
        while True:
            wait = 0.0
            try:
                answer = self._ask(method, path, content)
            except ssl.SSLCertVerificationError as error:
                raise self._error(
                    f"its certificate is not valid: {error.verify_message}",
                    "SSL_CERT_FILE names the file of an authority of your own",
                ) from None
            except (OSError, HTTPException) as error:
                reason = _reason(error)
            else:
                if answer.status not in _AGAIN:
                    return answer
                reason, wait = f"it answers {answer.status}", answer.wait
            left = until - self._ticks()
            wait = max(min(wait, left), pause * _dice.uniform(0.5, 1))
            if wait > left:
                raise self._error(
                    f"tried for {self._seconds:g} s, {reason}",
                    "see whether it runs and ARTIFOLIO_API_URL is right",
                )
            self._sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _ask(self, method: str, path: str, content: bytes | None) -> Answer:
        idle = self._take()
        if idle is not None:
            # The server may have ended it in this moment, which is no failure.
            with contextlib.suppress(OSError, HTTPException):
                return self._exchange(idle, method, path, content)
        return self._exchange(self._connect(), method, path, content)

    def _connect(self) -> HTTPConnection:
        options: dict[str, Any] = {"timeout": _CONNECT_SECONDS, "blocksize": _BLOCK_BYTES}
        host, port = self._address.host, self._address.port
        if self._address.scheme == "http":
            connection = HTTPConnection(host, port, **options)
        else:
            connection = HTTPSConnection(host, port, context=self._trust, **options)
        connection.connect()
        connection.sock.settimeout(_STEP_SECONDS)
        return connection

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _exchange(
        self, connection: HTTPConnection, method: str, path: str, content: bytes | None
    ) -> Answer:
        headers = {"Accept": "application/json", "User-Agent": "artifolio"}
        if self._address.token is not None:
            headers["Authorization"] = f"Bearer {self._address.token}"
        if content is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        try:
            # In blocks, each with its own time, not as one that all must be sent in.
            body = None if content is None else io.BytesIO(content)
            # Where it is refused before all was sent, the answer tells why.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, self._address.path + path, body, headers)
            response = connection.getresponse()
            answer = self._read(response)
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._keep(connection)
        return answer

    def _read(self, response: HTTPResponse) -> Answer:
        if response.status in _MOVED:
            where = _plain(response.headers.get("Location", ""))
            raise self._error(f"it is elsewhere now, {where}", "set ARTIFOLIO_API_URL to that")
        length = response.length
        # Without a number it tells of an end that came too early.
        content = response.read() if _is_short(length) else response.read(ANSWER_BYTES + 1)
        if len(content) > ANSWER_BYTES:
            raise self._error(f"it answers more than {ANSWER_BYTES:,} bytes")
        told = response.headers.get("Retry-After", "")
        # Nobody waits longer than that, so that a date is not worth reading.
        wait = float(told) if told.isdecimal() and len(told) < 6 else 0.0
        return Answer(response.status, content, wait)

    def _take(self) -> HTTPConnection | None:
        """Return a connection that is probably still open."""
        try:
            idle = self._idle.pop()
        except IndexError:
            return None
        if idle.process == os.getpid() and self._ticks() - idle.since < _IDLE_SECONDS:
            return idle.connection
        idle.connection.close()
        return None

    def _keep(self, connection: HTTPConnection) -> None:
        self._idle.append(_Idle(connection, self._ticks(), os.getpid()))

    def _error(self, reason: str, way_out: str = "") -> ServerError:
        return ServerError(self.url, reason, way_out)


def _close_all(idle: list[_Idle]) -> None:
    while idle:
        idle.pop().connection.close()


def _is_short(length: int | None) -> bool:
    return length is not None and length <= ANSWER_BYTES


def _reason(error: OSError | HTTPException) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError) and error.strerror:
        return printable(error.strerror)
    return printable(str(error)) or type(error).__name__


def _plain(address: str) -> str:
    """Return an address without anything in it that might be secret."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "nobody knows where"
    host = parts.netloc.rpartition("@")[2]
    return printable(f"{parts.scheme}://{host}{parts.path}" if host else parts.path)[:200]
