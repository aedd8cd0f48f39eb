"""Browsers that have shown the token: each has a cookie that stands for it."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 12 * 60 * 60
"""A browser that asks for nothing is forgotten after so long."""
MOST = 1000
"""Browsers at once; the one that was idle longest is forgotten."""


class Sessions:
    """Knows the browsers that have shown the token.

    Any number of threads may ask. Nothing is kept on disk: another process knows none.

    Args:
        token: What has to be shown; None lets nobody in.
        clock: Gives seconds that never go back.
    """

    def __init__(self, token: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._token = token or ""
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, float] = OrderedDict()
        # Cookies are shared by all servers on a host, whatever their ports.
        self.cookie = f"artifolio-{secrets.token_hex(4)}"

    def is_token(self, shown: str) -> bool:
        """Tell whether this is the token."""
        return bool(self._token) and hmac.compare_digest(
            shown.encode("utf-8", "replace"), self._token.encode()
        )

    def open(self, shown: str) -> str | None:
        """Return what the cookie of a browser holds from now on, if it has shown the token."""
        if not self.is_token(shown):
            return None
        name = secrets.token_urlsafe(32)
        with self._lock:
            self._seen[name] = self._clock()
            while len(self._seen) > MOST:
                self._seen.popitem(last=False)
        return name

    def close(self, name: str) -> None:
        """Forget a browser."""
        with self._lock:
            self._seen.pop(name, None)

    def knows(self, name: str) -> bool:
        """Tell whether a cookie is that of a browser that has shown the token."""
        with self._lock:
            seen = self._seen.get(name)
            if seen is None:
                return False
            if self._clock() - seen > SECONDS:
                del self._seen[name]
                return False
            self._seen[name] = self._clock()
            self._seen.move_to_end(name)
            return True

    def find(self, header: str) -> str:
        """Return what the cookie holds in a ``Cookie`` header; nothing where it is not there."""
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == self.cookie:
                return value
        return ""
