"""What a request must be like before anything looks at it, and what every answer carries."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect

from artifolio.hostnames import is_address, is_one_of, name_in
from artifolio.server.problems import MEDIA_TYPE, problem_json

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from artifolio.server.sessions import Sessions

ASKING_BYTES = 1024 * 1024
"""Of the body of a request that needs no token at most: JSON takes forty times its size."""
BODY_BYTES = 16 * 1024 * 1024
"""Of any other request's body."""
UPLOAD_BYTES = 200 * 1024 * 1024
"""Of one that brings attachments."""

_SAFE = ("GET", "HEAD", "OPTIONS")
# What Prefect asks by POST, and changes nothing.
_ASKING = re.compile(r"/api/artifacts/(?:latest/)?(?:filter|count)/?")
# Where versions come in with what is attached to them.
_UPLOADS = re.compile(r"/api/v1/versions/[^/]+")
_SIGNING = "/api/v1/session"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# Pages bring one of their own; no page can tell who may frame it.
_POLICY = b"content-security-policy"
_FRAMES = b"frame-ancestors 'self'"
_NOTHING = b"default-src 'none'; frame-ancestors 'none'"
# Browsers run scripts in SVG and other XML, as in pages. They show XML with pictures of their own.
_STILL = (
    b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)


@dataclass(frozen=True)
class Rules:
    """Who may do what.

    Args:
        host: What the server listens on.
        hosts: More names that it is called by.
        token: What has to be shown to write; None lets nobody.
        reads_need_token: Whether it has to be shown to read, too.
    """

    host: str = "127.0.0.1"
    hosts: frozenset[str] = frozenset()
    token: str | None = field(default=None, repr=False)
    reads_need_token: bool = False

    def knows(self, host: str, address: str = "") -> bool:
        """Tell whether a ``Host`` header names this server.

        Any other one is a page of somebody else that has its own name lead here. No name leads to
        a page of the bare address but the address itself.

        Args:
            host: The header.
            address: Where the request arrived.
        """
        name = name_in(host)
        if name is None:
            return False
        return is_one_of(name, {*self.hosts, self.host}) or (is_address(name) and name == address)


class Guard:
    """Lets through what follows the rules, and bounds it.

    Args:
        app: What is guarded.
        rules: The rules.
        sessions: The browsers that have shown the token.
    """

    def __init__(self, app: ASGIApp, rules: Rules, sessions: Sessions) -> None:
        self._app = app
        self._rules = rules
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            if self._refuse_socket(scope) is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return

        has_answered = False

        async def send_guarded(message: Message) -> None:
            nonlocal has_answered
            if message["type"] == "http.response.start":
                has_answered = True
                named = dict(message.get("headers", ()))
                more = [pair for pair in _HEADERS if pair[0] not in named]
                if _POLICY not in named:
                    more.append((_POLICY, _policy_of(named.get(b"content-type", b""))))
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        headers = dict(scope["headers"])
        refused = self._refuse(scope, headers)
        if refused is None:
            limit = _most_bytes(scope)
            if _length(headers) > limit:
                refused = 413, f"the body is longer than {limit:,} bytes"
            else:
                bounded = _Bounded(receive, limit)
                try:
                    await self._app(scope, bounded, send_guarded)
                except ClientDisconnect:  # before all of its body was there
                    pass
                except TooLongError:
                    refused = 413, f"the body is longer than {limit:,} bytes"
        if refused and not has_answered:
            await _answer(send_guarded, *refused)

    def _refuse(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        """Return the status and the reason for a request that is not let through."""
        host = self._known_host(scope)
        if host is None:
            return 421, "this server does not go by that name; see --allow-host"
        if b"transfer-encoding" in headers and b"content-length" in headers:
            # What stands in front of this server may believe the other one.
            return 400, "a body has one length; send Content-Length or Transfer-Encoding"
        method = scope["method"]
        is_api = scope["path"].startswith("/api/") or scope["path"] == "/api"
        if method in _SAFE:
            # It cannot read the answer, but keep us busy, and see how long a search takes.
            is_link = headers.get(b"sec-fetch-mode") == b"navigate"
            if is_api and not is_link and not _is_of_this_site(headers, host):
                return 403, "a page of another site asked this"
            needs_token = self._rules.reads_need_token and is_api
        else:
            if not _is_of_this_site(headers, host):
                return 403, "a page of another site sent this"
            if not is_api:
                return 405, "files are only read"
            kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
            has_body = _length(headers) != 0
            if has_body and kind != b"application/json":
                return 415, "the body has to be application/json"
            asks = _asks(scope)
            if not asks and self._rules.token is None:
                return 403, "this server only shows; start it with --write"
            needs_token = not asks or self._rules.reads_need_token
        if scope["path"] == _SIGNING:
            return None  # where the token is shown
        if needs_token and not self._has_token(headers, method):
            return 401, "the token of this server has to be shown: Authorization: Bearer …"
        return None

    def _refuse_socket(self, scope: Scope) -> tuple[int, str] | None:
        host = self._known_host(scope)
        if host is None:
            return 421, "this server does not go by that name; see --allow-host"
        if not _is_of_this_site(dict(scope["headers"]), host):
            return 403, "a page of another site sent this"
        return None

    def _known_host(self, scope: Scope) -> bytes | None:
        """Return the name that this server was called by, if it is one of its own."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        address = str((scope.get("server") or ("",))[0])
        is_known = len(hosts) == 1 and self._rules.knows(hosts[0].decode("latin-1"), address)
        return hosts[0] if is_known else None

    def _has_token(self, headers: dict[bytes, bytes], method: str) -> bool:
        scheme, _, shown = headers.get(b"authorization", b"").partition(b" ")
        if scheme:
            is_right = self._sessions.is_token(shown.strip().decode("latin-1"))
            return scheme.lower() == b"bearer" and is_right
        # A cookie comes along unasked: a browser has to tell that it was a page of ours that asked.
        is_told = b"origin" in headers or headers.get(b"sec-fetch-site") == b"same-origin"
        name = self._sessions.find(headers.get(b"cookie", b"").decode("latin-1"))
        return (is_told or method in _SAFE) and self._sessions.knows(name)


class TooLongError(BaseException):
    """A body that is longer than it may be. Nothing between here and the guard is to answer it."""


class _Bounded:
    """Reads a body up to a number of bytes."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise TooLongError
        return message


def _length(headers: dict[bytes, bytes]) -> int:
    """Return how long a body is announced to be; -1 where it comes in pieces."""
    if b"transfer-encoding" in headers:
        return -1
    told = headers.get(b"content-length", b"0")
    return int(told) if told.isdigit() and len(told) < 20 else BODY_BYTES * BODY_BYTES


def _is_of_this_site(headers: dict[bytes, bytes], host: bytes) -> bool:
    """Tell whether it may be that no other site's page sent a request, as browsers tell."""
    if headers.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
        return False
    origin = headers.get(b"origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin.decode("latin-1"))
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and parts.netloc.lower() == host.decode("latin-1").lower()
    )


def _asks(scope: Scope) -> bool:
    return scope["method"] == "POST" and _ASKING.fullmatch(scope["path"]) is not None


def _most_bytes(scope: Scope) -> int:
    if _asks(scope) or scope["path"] == _SIGNING:
        return ASKING_BYTES
    is_upload = scope["method"] == "PUT" and _UPLOADS.fullmatch(scope["path"]) is not None
    return UPLOAD_BYTES if is_upload else BODY_BYTES


def _policy_of(kind: bytes) -> bytes:
    if b"json" in kind:
        return _NOTHING
    return _STILL if b"xml" in kind else _FRAMES


async def _answer(send: Send, status: int, reason: str) -> None:
    content = problem_json(status, reason)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(content)).encode()),
        # What was not read of the body would be taken for the next request.
        (b"connection", b"close"),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
