"""What pages depend on besides records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifolio.website.urls import Home

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class PageOptions:
    """What pages depend on besides records."""

    directory_urls: bool = True
    """MkDocs' ``use_directory_urls``."""
    image_hosts: frozenset[str] = frozenset()
    """Hosts that images may be loaded from."""
    versions_as_pages: int = 50
    """How many of a key's newest versions have a page of their own, 1 or more; of older ones
    there are the data files, and a row in the lineage."""
    home: Home = field(default_factory=Home)
    """Where the site is, and what it is called."""
    git_hosts: Mapping[str, str] = field(default_factory=dict)
    """What git hosts of one's own are, by name."""
    search_bodies: bool = True
    """Whether the site's search looks into the newest bodies."""
    libraries: tuple[tuple[str, str], ...] = ()
    """What draws in Markdown, `MERMAID` or `MATH`, each with its script below ``docs_dir``."""
