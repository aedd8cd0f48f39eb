"""Records that appear when a benchmark wants them to."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Arrival:
    """A record that is written already and has yet to appear."""

    source: str
    """Where it waits, as a path."""
    target: str
    """Where it will be seen."""
    page: str
    """The page of the version, in the site."""

    def appear(self) -> None:
        """Put the record where it is seen, as a publish does at its very end."""
        os.utime(self.source)
        os.replace(self.source, self.target)  # noqa: PTH105  # as fast as can be
