"""The files for programs that tell of several versions: when each is made, and from what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from artifolio.website.data import version_json
from artifolio.website.indexes import Indexes
from artifolio.website.numbering import CARDS, NEWEST, ROWS, older
from artifolio.website.sync import Output
from artifolio.website.urls import (
    LIST_INDEX,
    Urls,
    latest_file,
    lineage_index,
    lineage_index_part,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from artifolio.website.pages import PageOptions
    from artifolio.website.sheets import Sheet
    from artifolio.website.units import Listed
    from artifolio.website.works import Shared

    class Batch(Protocol):
        """What the files of one folder are put into."""

        def page(self, path: str, inputs: object, make: Callable[[], Output | None]) -> bool:
            """Make a file unless there is one of the same inputs; tell whether it was made."""


class Programs:
    """Makes the files for programs.

    Args:
        options: What pages depend on besides records.
    """

    def __init__(self, options: PageOptions) -> None:
        urls = Urls(options.directory_urls, options.site_url)
        self._indexes = Indexes(urls)

    def key(
        self,
        listed: Sequence[Listed],
        tokens: Sequence[str],
        read: Callable[[], Sheet],
        batch: Batch,
    ) -> None:
        """Make those of a key.

        Args:
            listed: All its versions, oldest first.
            tokens: Fingerprints of what is shown of them.
            read: Reads the latest version.
            batch: What they are put into.
        """
        key = str(listed[-1].version.header.key)
        self._lineage(key, listed, tokens, ROWS, batch)
        batch.page(latest_file(key), tokens[-1], lambda: _latest(key, read()))

    def keyless(self, listed: Sequence[Listed], tokens: Sequence[str], batch: Batch) -> None:
        """Make those of the versions without a key; what is given is as for `key`."""
        self._lineage(None, listed, tokens, CARDS, batch)

    def line(self, latest: Listed) -> str:
        """Return what the list of all artifacts tells of a key, given its latest version."""
        return self._indexes.line(latest)

    def site(self, shared: Shared, batch: Batch) -> None:
        """Make those of all keys together."""
        batch.page(
            LIST_INDEX,
            (shared.lines, shared.keyless),
            partial(self._indexes.site, shared.lines, shared.keyless),
        )

    def _lineage(
        self,
        key: str | None,
        listed: Sequence[Listed],
        tokens: Sequence[str],
        size: int,
        batch: Batch,
    ) -> None:
        parts = older(len(listed), size)
        for part in parts:
            batch.page(
                lineage_index_part(key, part.number),
                part.of(tokens),
                partial(self._indexes.part, key, part, part.of(listed)),
            )
        batch.page(
            lineage_index(key),
            (tokens[-NEWEST:], len(listed)),
            partial(self._indexes.lineage, key, listed[-NEWEST:], parts),
        )


def _latest(key: str, sheet: Sheet) -> Output | None:
    """Return the latest version whole; nothing where it cannot be read."""
    if sheet.record is None:
        return None
    return Output(latest_file(key), version_json(sheet.version, sheet.record))
