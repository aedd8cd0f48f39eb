"""Examples made from one draw of bytes, each byte being a choice.

That is over ten times faster than a draw for each choice, and what hypothesis makes of the bytes
of a failure, fewer and smaller ones, still makes a smaller example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import SearchStrategy

_T = TypeVar("_T")


class Choices:
    """Takes choices from bytes; where they end, it is always the first choice."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    def below(self, limit: int) -> int:
        """Choose a number below a limit of at most 256."""
        start = self._position
        self._position = start + 1
        return self._content[start] % limit if start < len(self._content) else 0

    def one_of(self, options: Sequence[_T]) -> _T:
        """Choose one of at most 256 things."""
        return options[self.below(len(options))]

    def number(self, size: int, *, signed: bool = False) -> int:
        """Choose a number of so many bytes."""
        return int.from_bytes(self.take(size), "big", signed=signed)

    def take(self, size: int) -> bytes:
        """Take so many bytes away, or those that are left."""
        start = self._position
        self._position = start + size
        return self._content[start : start + size]

    def optional(self, make: Callable[[Choices], _T]) -> _T | None:
        """Make a thing in two of five cases."""
        return make(self) if self.below(5) > 2 else None


def drawn(make: Callable[[Choices], _T], size: int) -> SearchStrategy[_T]:
    """Give what a function makes of so many bytes of choices."""
    return st.binary(min_size=size, max_size=size).map(lambda content: make(Choices(content)))
