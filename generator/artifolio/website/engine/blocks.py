"""Finishes generated pages by the thousand, in this process or in many."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from artifolio.website.engine.folder import write_output
from artifolio.website.engine.memory import UNKNOWN, stamp_file
from artifolio.website.engine.pool import spread
from artifolio.website.engine.shells import Neighbours, Shape, Source, read_source, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from artifolio.website.engine.shells import Shell

# The parser of the plugin would go through all versions of a key to leave them out, in the timeline
# and in each chart. Nobody's text holds this, for what comes from records has no such attributes.
_EXCLUDED = re.compile(
    r'(<section class="af-(?:lineage|trends)" data-search-exclude>).*?(</section>)', re.DOTALL
)

SLICE = 250
"""Pages that one worker makes at a time."""


class Block(NamedTuple):
    """A generated page that is to be made."""

    name: str
    """Of the source, below ``docs_dir``."""
    place: str
    """In the site."""
    url: str
    digest: str = ""
    """Of the source that the page in the site was made from; empty to make it in any case."""


class Finished(NamedTuple):
    """What became of a generated page."""

    name: str
    place: str
    shape: Shape | None
    """None if it is not of the usual form, and no shell may be used."""
    digest: str
    made: bytes
    """The stamp of the page in the site."""
    written: bool
    entries: tuple[str, ...] | None
    """For the search index, as JSON; None if nothing was made, since the source is the same."""
    title: str = ""

    @property
    def is_made(self) -> bool:
        """Whether the page is there; else no shell for it was."""
        return bool(self.made)


@dataclass(frozen=True)
class Order:
    """How pages are to be made, as it is sent to a worker."""

    docs_dir: str
    site_dir: str
    neighbours: Neighbours
    shells: Mapping[Shape, Shell]
    searches: bool


def finish(
    blocks: Sequence[Block], order: Order, executor: Executor | None = None
) -> Iterator[Finished]:
    """Make pages.

    Args:
        blocks: Which.
        order: How.
        executor: Makes slices of them, in processes that see the same files; None makes all here.
    """
    return spread(partial(finish_slice, order), blocks, SLICE, executor)


def finish_slice(order: Order, blocks: Sequence[Block]) -> list[Finished]:
    """Make the pages of a slice."""
    return [_finish(block, order) for block in blocks]


def digest_source(content: bytes) -> str:
    """Return what tells a source from another."""
    return blake2b(content, digest_size=16).hexdigest()


def search_entries(block: Block, source: Source) -> tuple[str, ...]:
    """Return what the search plugin makes of a generated page, entry by entry, as JSON."""
    from material.plugins.search.plugin import SearchIndex  # type: ignore[import-untyped]

    index = SearchIndex()
    title = source.title.decode()
    content = _EXCLUDED.sub(r"\1\2", source.block.decode())
    index.add_entry_from_context(_Indexed(content, {"title": title}, title, block.url))
    return tuple(entry_to_json(entry) for entry in index.entries)


def entry_to_json(entry: Any) -> str:
    """Return an entry of the search index as it stands there."""
    return json.dumps(entry, separators=(",", ":"), default=str)


def _finish(block: Block, order: Order) -> Finished:
    with open(f"{order.docs_dir}/{block.name}", "rb") as file:  # noqa: PTH123 - faster
        content = file.read()
    digest = digest_source(content)
    if digest == block.digest:
        made = stamp_file(f"{order.site_dir}/{block.place}")
        return Finished(block.name, block.place, None, digest, made, False, None)
    source = read_source(content)
    shape = shape_of(block.name, source, order.neighbours) if source else None
    shell = order.shells.get(shape) if shape else None
    if source is None or shell is None:
        return Finished(block.name, block.place, shape, digest, UNKNOWN, False, ())
    made, written = write_output(order.site_dir, block.place, shell.fill(block.name, source))
    entries = search_entries(block, source) if source.searchable and order.searches else ()
    title = source.title.decode()
    return Finished(block.name, block.place, shape, digest, made, written, entries, title)


@dataclass
class _Indexed:
    """As much of a page as the search plugin looks at."""

    content: str
    meta: dict[str, Any]
    title: str
    url: str
    toc: tuple[()] = ()
