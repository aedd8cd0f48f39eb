"""What a site is made of now, compared with what it was made of last."""

from __future__ import annotations

import json
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.website.engine.blocks import Block, digest_source
from artifolio.website.engine.fingerprint import digest_of
from artifolio.website.engine.folder import Copy, folders_of
from artifolio.website.engine.memory import UNKNOWN, Memory, Output, stamp_file, stamp_of
from artifolio.website.engine.shells import read_source
from artifolio.website.engine.sources import (
    OddSourcesError,
    Places,
    is_owned,
    is_page,
    scan_documents,
    sort_key,
)
from artifolio.website.engine.wholes import WHOLES
from artifolio.website.urls import OWNED_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.sync import Identity

OF_THEME = "theme"
"""The digest of a file of the theme, which another of the same path may stand for."""
# A file may change once more without a trace while the clock of its file system stands still.
_SETTLED_NANOSECONDS = 2_000_000_000


class Survey:
    """One look at the sources and at what is in the site.

    Args:
        config: The configuration.
        memory: What is remembered.
        places: For that configuration.
        generated: All files of the owned folders, as a refresh left them.
        theme: The files that come from the theme: folders by path below them.

    Raises:
        OddSourcesError: If only MkDocs itself can build this.
    """

    def __init__(
        self,
        config: MkDocsConfig,
        memory: Memory,
        places: Places,
        generated: Mapping[str, Identity],
        theme: Mapping[str, str],
    ) -> None:
        self.docs_dir, self.site_dir = Path(config.docs_dir), Path(config.site_dir)
        self._root = str(self.site_dir)
        self._memory, self._places = memory, places
        self._settled = time.time_ns() - _SETTLED_NANOSECONDS
        documents = scan_documents(config.docs_dir)
        self._sources = {**documents, **generated}
        self._digests: dict[str, str] = {}
        self._theme = {name: place for name, place in theme.items() if name not in self._sources}
        self.places = places.of_all(self._sources)
        """Where each source goes; sources that go nowhere are left out."""
        self.excluded = [name for name in self._sources if name not in self.places]
        """Sources that go nowhere, but that links may lead to."""
        self.places.update((name, name) for name in self._theme)
        self._check_places(documents)
        by_hand = filter(self._is_by_hand, (*documents, *places.pinned))
        self.hands = sorted(by_hand, key=sort_key)
        """Hand-written pages, and the generated ones of the navigation, in MkDocs' order."""
        named = sorted(name for name in places.named if self.folder_of(name))
        self.names = digest_of(*self.hands, "", *named)
        """Differs where there are others."""
        self.trusts_site = memory.root == stamp_file(str(self.site_dir)) != UNKNOWN
        seen = memory.seen if self.trusts_site else {}
        self._doubtful = [name for name, got in self._sources.items() if seen.get(name) != got]
        """Sources of which it is not known that the site holds what it should."""
        doubtful = chain(filter(self.places.__contains__, self._doubtful), self._theme)
        self.stale = set(filter(self._is_stale, doubtful))
        """Those of which it does not, or may not."""
        before = {output.source for output in memory.outputs.values() if output.source}
        before.update(json.loads(memory.facts.get("excluded", "[]")))
        self._came_or_went = before ^ (self.places.keys() | set(self.excluded))

    def folder_of(self, name: str) -> str | None:
        """Return the folder that a file lies in; None if there is none of that path."""
        return str(self.docs_dir) if name in self._sources else self._theme.get(name)

    def stamp(self, name: str) -> bytes:
        """Return what to remember of a source; nothing if it may change without a trace."""
        identity = self._sources.get(name)
        return stamp_of(identity) if identity and self._is_settled(identity) else UNKNOWN

    def seen(self) -> dict[str, Identity]:
        """Return the sources that cannot change without a trace, as they are."""
        seen = dict(self._sources)
        for name in self._doubtful:  # the others were settled when they were seen
            if not self._is_settled(seen[name]):
                del seen[name]
        return seen

    def _is_settled(self, identity: Identity) -> bool:
        return identity[1] < self._settled and identity[2] < self._settled

    def digest(self, name: str) -> str:
        """Return the digest of a source, which is only read if it may have changed."""
        digest = self._digests.get(name)
        if digest is None:
            output = self._memory.outputs.get(self.places[name])
            is_same = output is not None and output.source == name
            if output and is_same and output.stamp == stamp_of(self._sources[name]):
                digest = output.digest
            else:
                digest = digest_source((self.docs_dir / name).read_bytes())
            self._digests[name] = digest
        return digest

    def is_of_theme(self, name: str) -> bool:
        """Tell whether a file comes from the theme."""
        return name in self._theme

    def changed_by_hand(self) -> tuple[set[str], set[str]]:
        """Return the hand-written pages to convert again, and those to render only."""
        convert, render = set(), set()
        for name in self.written_by_hand():
            output = self._memory.outputs.get(self.places[name])
            # Before the page is converted: what changes later is not taken for what was.
            digest = self.digest(name)
            if (
                output is None
                or output.source != name
                or digest != output.digest
                or not self._came_or_went.isdisjoint(output.more["asked"])
            ):
                convert.add(name)
            elif not self.is_made(output):
                render.add(name)
        return convert, render

    def written_by_hand(self) -> list[str]:
        """Return the hand-written pages, in MkDocs' order."""
        return [name for name in self.hands if not is_owned(name)]

    def is_pinned(self, name: str) -> bool:
        """Tell whether a generated page is in the navigation."""
        return name in self._places.pinned

    def is_retitled(self) -> bool:
        """Tell whether a generated page of the navigation has another title than before."""
        for name in filter(is_owned, self.hands):
            if name in self.stale:
                output = self._memory.outputs.get(self.places[name])
                source = read_source((self.docs_dir / name).read_bytes())
                if output is None or source is None:
                    return True
                if output.more.get("title") != source.title.decode():
                    return True
        return False

    def copies(self) -> list[Copy]:
        """Return the files to be copied again."""
        return [
            Copy(name, self.places[name], f"{self.folder_of(name)}/{name}")
            for name in self.stale
            if not is_page(name) or name in self._theme
        ]

    def blocks(self, *, all_of_them: bool) -> list[Block]:
        """Return the generated pages to be made again, those that others lead to first.

        Args:
            all_of_them: Whether what is around them has changed.
        """
        found = []
        for name in self.places if all_of_them else self.stale:
            if is_owned(name) and is_page(name):
                place = self.places[name]
                output = self._memory.outputs.get(place)
                is_same = output is not None and self.is_made(output) and not all_of_them
                same = output.digest if output and is_same else ""
                found.append(Block(name, place, self._places.url_of(place), same))
        return sorted(found, key=_last_to_first)

    def has_other_pages(self) -> bool:
        """Tell whether a page came or went."""
        return any(map(is_page, self._came_or_went))

    def urls(self) -> list[str]:
        """Return the addresses of all pages, in MkDocs' order."""
        return self._places.urls(self._sources)

    def _check_places(self, documents: Iterable[str]) -> None:
        excluded = [self._places.excluded[name] for name in self.excluded]
        found = {*self.places.values(), *excluded, *WHOLES}
        if len(found) < len(self.places) + len(excluded) + len(WHOLES):
            raise OddSourcesError("two files that go to the same place")
        # What is generated stands in nobody's way but in its own two folders.
        others = {self.places[name] for name in (*documents, *self._theme) if name in self.places}
        others.update(WHOLES, (f"{folder}/index.html" for folder in OWNED_FOLDERS))
        if not folders_of(others).isdisjoint(others):
            raise OddSourcesError("a file that goes to the place of a folder")

    def _is_by_hand(self, name: str) -> bool:
        return name in self.places and is_page(name) and name not in self._theme

    def _is_stale(self, name: str) -> bool:
        output = self._memory.outputs.get(self.places[name])
        return (
            output is None
            or output.source != name
            or (name in self._sources and output.stamp != stamp_of(self._sources[name]))
            or (name in self._theme and output.digest != OF_THEME)
            or not self.is_made(output)
        )

    def is_made(self, output: Output) -> bool:
        """Tell whether a file of the site is as it was left."""
        return self.trusts_site or output.made == stamp_file(f"{self._root}/{output.path}")


def _last_to_first(block: Block) -> tuple[object, ...]:
    """Versions, then the pages of keys, then the lists of those: no link leads to nowhere."""
    return block.name.endswith("/index.md"), -block.name.count("/"), block.name
