"""A whole site in one zip file, to be opened without a server."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from artifolio.website.engine.aside import borrow_docs, forget_all
from artifolio.website.engine.build import Builder
from artifolio.website.engine.offline import switch_on
from artifolio.website.engine.packing import pack
from artifolio.website.engine.wholes import COMPRESSED, SITEMAP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from datetime import datetime

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.engine.build import Built

# For search engines, and of another day's bytes every day.
_LEFT_OUT = frozenset([SITEMAP, COMPRESSED])
_ODD = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Site:
    """A site that was built to be opened as files."""

    folder: Path
    name: str
    """What the zip file and the folder in it are called, without an ending."""
    moment: datetime | None
    """When the newest of its versions was published; None if there is none."""
    built: Built

    def pack(self, target: BinaryIO) -> int:
        """Pack it, and return how many files it has."""
        return pack(self.folder, target, self.name, self.moment, _LEFT_OUT)


@contextmanager
def exported(config: MkDocsConfig, executor: Executor | None = None) -> Iterator[Site]:
    """Build a site to be opened as files, in a folder that is gone afterwards.

    Neither ``docs_dir`` nor ``site_dir`` of the project is touched: pages whose addresses are
    those of files are other pages.

    Args:
        config: Fresh. It is changed, and of no other use after that.
        executor: Makes pages side by side, in processes that see the same files.

    Raises:
        BuildError: If MkDocs could not build it.
    """
    switch_on(config)
    forget_all(config)
    with tempfile.TemporaryDirectory(prefix="artifolio-", ignore_cleanup_errors=True) as beside:
        site_dir = Path(beside, "site")
        borrow_docs(config, Path(beside, "docs"))
        config.site_dir = str(site_dir)
        built = Builder(None, executor).build(config)
        moment = _newest(built)
        yield Site(site_dir, _name_of(config, moment), moment, built)


def _newest(built: Built) -> datetime | None:
    headers = (version.header for version in built.refreshed.catalog.versions())
    return max((header.updated or header.created for header in headers), default=None)


def _name_of(config: MkDocsConfig, moment: datetime | None) -> str:
    name = _ODD.sub("-", config.site_name).strip("-.")
    name = name or _ODD.sub("-", Path(config.config_file_path).parent.name).strip("-.") or "site"
    return f"{name[:80]}-{moment.date()}" if moment else name[:80]
