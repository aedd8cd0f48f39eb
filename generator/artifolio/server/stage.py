"""What of the site is shown at the moment, and who waits for it to change."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_FILES = 200
"""Of more that changed at once, browsers are told that it may be any."""
_KEPT = 100


@dataclass(frozen=True)
class News:
    """What changed in the site since somebody looked."""

    state: str
    """Names the state of the site as it is now."""
    files: tuple[str, ...] | None
    """Those that are not as they were; None if it may be any."""
    failure: str
    """What keeps the site from being built anew."""


class Stage:
    """Knows which state of the site is shown, and lets others wait for the next.

    Any thread may show; who waits does so in any event loop.
    """

    def __init__(self) -> None:
        # Another process counts its states anew.
        self._run = secrets.token_hex(4)
        self._number = 0
        self._failure = ""
        self._changes: deque[frozenset[str] | None] = deque(maxlen=_KEPT)
        """What changed with each of the last states."""
        self._lock = threading.Lock()
        self._waiting: set[_Waiting] = set()
        self.is_closed = False

    def show(self, failure: str = "", changed: Collection[str] | None = None) -> None:
        """Note that another state is shown.

        Args:
            failure: What keeps the site from being built anew.
            changed: The files that are not as they were; None if that is not known.
        """
        files = None if changed is None or len(changed) > MOST_FILES else frozenset(changed)
        with self._lock:
            # Nobody need look at what is as it was; the first state is one in any case.
            if files == frozenset() and failure == self._failure and self._number:
                return
            self._number += 1
            self._failure = failure
            self._changes.append(files)
        self._wake()

    def close(self) -> None:
        """Let nobody wait any more."""
        self.is_closed = True
        self._wake()

    def now(self, known: str = "") -> News:
        """Return what is shown.

        Args:
            known: The state that somebody knows.
        """
        with self._lock:
            return News(f"{self._run}-{self._number}", self._since(known), self._failure)

    async def opened(self) -> None:
        """Wait until something is shown."""
        await self._wait(0, None)

    async def changed(self, known: str, seconds: float) -> bool:
        """Wait until another state is shown than the one that is known.

        Returns:
            Whether there is one; there may be none after so many seconds, or ever.
        """
        number = self._number_of(known)
        return number is None or await self._wait(number, seconds)

    async def _wait(self, number: int, seconds: float | None) -> bool:
        waiting = _Waiting(asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if self._number > number or self.is_closed:
                return self._number > number
            self._waiting.add(waiting)
        try:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(waiting.event.wait(), seconds)
        finally:
            with self._lock:
                self._waiting.discard(waiting)
        return self._number > number

    def _wake(self) -> None:
        with self._lock:
            waiting = list(self._waiting)
        for one in waiting:
            with contextlib.suppress(RuntimeError):  # its loop has ended meanwhile
                one.loop.call_soon_threadsafe(one.event.set)

    def _since(self, known: str) -> tuple[str, ...] | None:
        number = self._number_of(known)
        if number is None or self._number - number > len(self._changes):
            return None
        files: set[str] = set()
        for change in list(self._changes)[len(self._changes) - (self._number - number) :]:
            if change is None:
                return None
            files |= change
        return tuple(sorted(files)) if len(files) <= MOST_FILES else None

    def _number_of(self, known: str) -> int | None:
        """Return the number of a state, unless it is none of this process."""
        run, _, number = known.partition("-")
        if run != self._run or not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        return int(number) if int(number) <= self._number else None


@dataclass(frozen=True, eq=False)
class _Waiting:
    loop: asyncio.AbstractEventLoop
    event: asyncio.Event
