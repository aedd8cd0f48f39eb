"""What an update of a site did."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Updated:
    """What an update did."""

    converted: list[str] = field(default_factory=list)
    """Hand-written pages that were converted from Markdown."""
    rendered: list[str] = field(default_factory=list)
    """Pages that were put into the theme's frame, by the path of their source."""
    written: list[str] = field(default_factory=list)
    """Files of the site that are new or other than before."""
    removed: list[str] = field(default_factory=list)
