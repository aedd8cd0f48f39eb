"""Keeps what was made of records for the next request, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """Things by what they were made of; those that nobody asks for go first.

    Args:
        size_bytes: Of all of them together.
        measure: Returns the size of one.
    """

    def __init__(self, size_bytes: int, measure: Callable[[Thing], int]) -> None:
        self._size = size_bytes
        self._measure = measure
        self._used = 0
        self._known: OrderedDict[Hashable, Thing] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, place: Hashable) -> Thing | None:
        """Return a thing, if it is there."""
        with self._lock:
            found = self._known.get(place)
            if found is not None:
                self._known.move_to_end(place)
            return found

    def put(self, place: Hashable, thing: Thing) -> None:
        """Keep a thing, unless it alone would drive out most of the others."""
        size = self._measure(thing)
        if size > self._size // 8:
            return
        with self._lock:
            if place in self._known:
                self._used -= self._measure(self._known[place])
            self._used += size
            self._known[place] = thing
            self._known.move_to_end(place)
            while self._used > self._size:
                _, gone = self._known.popitem(last=False)
                self._used -= self._measure(gone)
