"""Merges updates of a progress that come faster than anybody can look at them."""

from __future__ import annotations

import threading
import time
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from artifolio.errors import ArtifolioError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

BURST = 5
"""How many updates are written at once, one after the other."""
PER_SECOND = 5
"""How many are written after those. With the burst, never more than ten in any second."""


@dataclass(frozen=True, slots=True)
class Update:
    """What a progress moves to."""

    percent: float
    """0 to 100."""
    moment: datetime
    """Aware."""
    description: str | None = None
    """None leaves it as it is."""


class Updates:
    """The updates of one version.

    The first few are written before `add` returns. Of those that come faster, the last is
    written a little later, at the latest when the program ends.

    Args:
        write: Writes one; called by one thread at a time.
        ticks: Gives seconds that only ever grow.
    """

    def __init__(
        self, write: Callable[[Update], object], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write
        self._ticks = ticks
        self._lock = threading.RLock()
        self._allowed = float(BURST)
        self._counted = ticks()
        self._pending: Update | None = None
        self._timer: threading.Timer | None = None

    def add(self, update: Update) -> None:
        """Write an update, now or soon.

        Raises:
            ArtifolioError, OSError: If it was written now, and could not be.
        """
        with self._lock:
            if self._pending is not None and update.description is None:
                update = replace(update, description=self._pending.description)
            self._pending = update
            self._count()
            if self._allowed >= 1:
                self.flush()
            elif self._timer is None:
                self._start_timer((1 - self._allowed) / PER_SECOND)

    def flush(self) -> None:
        """Write what waits, if anything does."""
        with self._lock:
            pending, self._pending = self._pending, None
            if pending is not None:
                self._allowed -= 1
                self._write(pending)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits, and the next update would be written at once."""
        with self._lock:
            self._count()
            return self._pending is None and self._allowed >= BURST

    def _count(self) -> None:
        now = self._ticks()
        self._allowed = min(BURST, self._allowed + (now - self._counted) * PER_SECOND)
        self._counted = now

    def _start_timer(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._flush_late)
        # The interpreter waits for it, and so does a process of multiprocessing.
        self._timer.daemon = False
        try:
            self._timer.start()
        except RuntimeError:  # no thread starts any more while the interpreter ends
            self._timer = None
            self.flush()

    def _flush_late(self) -> None:
        with self._lock:
            self._timer = None
            self._count()
            try:
                self.flush()
            except (ArtifolioError, OSError) as error:
                warnings.warn(f"a progress was not updated: {error}", stacklevel=2)
