"""The files for programs that tell of several versions: when each is made, and from what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from artifolio.website.badges import badge
from artifolio.website.charts import SPARK_POINTS
from artifolio.website.data import version_json
from artifolio.website.feeds import ENTRIES, Feeds
from artifolio.website.indexes import Indexes
from artifolio.website.llms import Llms
from artifolio.website.numbering import CARDS, NEWEST, ROWS, older
from artifolio.website.sync import Output
from artifolio.website.urls import (
    LIST_FEED,
    LIST_INDEX,
    LIST_LLMS,
    Urls,
    badge_file,
    latest_file,
    lineage_feed,
    lineage_index,
    lineage_index_part,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from artifolio.website.options import PageOptions
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
        self._home = options.home
        urls = Urls(options.directory_urls, options.home.url)
        self._indexes = Indexes(urls)
        self._feeds = Feeds(urls, options.home.name)
        self._llms = Llms(urls, options.home.name)

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
        batch.page(
            lineage_feed(key),
            (self._home, tokens[-ENTRIES:]),
            partial(self._feeds.key, key, listed[-ENTRIES:]),
        )
        batch.page(
            badge_file(key),
            tokens[-SPARK_POINTS:],
            partial(badge, key, listed[-SPARK_POINTS:]),
        )

    def keyless(self, listed: Sequence[Listed], tokens: Sequence[str], batch: Batch) -> None:
        """Make those of the versions without a key; what is given is as for `key`."""
        self._lineage(None, listed, tokens, CARDS, batch)

    def told(self, latest: Listed) -> tuple[str, str]:
        """Return what the lists of all artifacts tell of a key, given its latest version."""
        return self._indexes.line(latest), self._llms.mention(latest)

    def site(self, shared: Shared, batch: Batch) -> None:
        """Make those of all keys together."""
        batch.page(
            LIST_INDEX,
            (shared.lines, shared.keyless),
            partial(self._indexes.site, shared.lines, shared.keyless),
        )
        feed = self._home, shared.tokens
        batch.page(LIST_FEED, feed, partial(self._feeds.site, shared.newest))
        batch.page(
            LIST_LLMS,
            (self._home, shared.mentions, len(shared.lines)),
            partial(self._llms.site, shared.mentions, len(shared.lines)),
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
            tokens[-NEWEST:],
            partial(self._indexes.lineage, key, listed[-NEWEST:], parts),
        )


def _latest(key: str, sheet: Sheet) -> Output | None:
    """Return the latest version whole; nothing where it cannot be read."""
    if sheet.record is None:
        return None
    return Output(latest_file(key), version_json(sheet.version, sheet.record))
