"""The finished page around a generated block: rendered once for each shape, then filled in.

All pages of one shape differ in a few places only: the block, the title, and the parts of their
own address. So one page of made-up parts is rendered by the theme and split where those stand.
Whoever uses a shell compares it with the ordinary way on some real pages first.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# What our own generator writes, and nothing else. Titles and addresses hold only what no theme
# escapes.
_SOURCE = re.compile(
    rb'---\ntitle: "([A-Za-z0-9._ -]+)"\nhide: \[navigation, toc\]\n'
    rb"(search: \{exclude: true\}\n)?---\n\n"
)
_NAMED = re.compile(r"\b((?:artifacts|runs)/[A-Za-z0-9._-]+)")
_PART = re.compile(r"[A-Za-z0-9._-]+")
_OUR_SCRIPT = re.compile(rb'<script src="[^"<>]*" defer></script>')
# The search plugin takes these away.
_SEARCH_MARK = re.compile(rb'data-search-\w+="')

_MARK = "zqxj"
_TITLE = f"{_MARK}t 1{_MARK}"
_BLOCK = f'<div class="af"><h1>{_MARK}c{_MARK}</h1></div>'
_ANY_MARK = re.compile(f"({_MARK}(?:[0-9]+|t 1|c){_MARK})", re.IGNORECASE)


class Shape(NamedTuple):
    """What two pages must have in common to be filled into one shell."""

    folder: str
    """The owned folder."""
    depth: int
    """How many folders are below it."""
    is_index: bool
    searchable: bool
    page: str = ""
    """The path of a page of the navigation, which has a shell of its own."""
    title: str = ""
    """The title of such a page, which other pages show."""

    @property
    def sample(self) -> str:
        """The path of a made-up page of this shape."""
        parts = [f"{_MARK}{number}{_MARK}" for number in range(self.depth + 1)]
        name = "index" if self.is_index else parts.pop()
        return posixpath.join(self.folder, *parts[: self.depth], f"{name}.md")

    @property
    def matter(self) -> Mapping[str, object]:
        """The front matter of such a page."""
        matter: dict[str, object] = {"title": _TITLE, "hide": ["navigation", "toc"]}
        return matter if self.searchable else {**matter, "search": {"exclude": True}}


SAMPLE_BLOCK = _BLOCK
"""The content of a made-up page."""


@dataclass(frozen=True)
class Source:
    """A generated page, taken apart."""

    title: bytes
    block: bytes
    searchable: bool


def read_source(source: bytes) -> Source | None:
    """Take a generated page apart; None if it is not just what the generator writes."""
    match = _SOURCE.match(source)
    if match is None:
        return None
    block = source[match.end() :].rstrip(b"\n")
    scripts = block.lower().count(b"<script")
    is_plain = (
        block.startswith(b'<div class="af">')
        and b"<h1" in block
        and b"\r" not in block
        and scripts == 1
        and _OUR_SCRIPT.search(block) is not None
        and not (b"data-search-" in block and _SEARCH_MARK.search(block))
    )
    return Source(match[1], block, match[2] is None) if is_plain else None


@dataclass(frozen=True)
class Neighbours:
    """What makes some generated pages unlike others of their kind."""

    pinned: frozenset[str]
    """Those in the navigation, by path below ``docs_dir``."""
    named: frozenset[str]
    """Folders that the configuration names: links from a page in one to there are shorter."""

    @classmethod
    def of(cls, pinned: frozenset[str], fingerprint: str) -> Neighbours:
        """Return those of a site.

        Args:
            pinned: The generated pages in the navigation.
            fingerprint: What tells all of the configuration.
        """
        return cls(pinned, frozenset(_NAMED.findall(fingerprint)))


def shape_of(path: str, source: Source, neighbours: Neighbours) -> Shape | None:
    """Return the shape of a generated page; None if it may be unlike all others.

    Args:
        path: Below ``docs_dir``.
        source: What is in it.
        neighbours: Of the whole site.
    """
    folder, *parts = path.removesuffix(".md").split("/")
    if not all(map(_PART.fullmatch, parts)) or f"{folder}/{parts[0]}" in neighbours.named:
        return None
    shape = Shape(folder, len(parts) - 1, parts[-1] == "index", source.searchable)
    return (
        shape._replace(page=path, title=source.title.decode())
        if path in neighbours.pinned
        else shape
    )


@dataclass(frozen=True)
class Shell:
    """A page with holes."""

    texts: tuple[bytes, ...]
    """What stands around the holes; one more than there are holes."""
    holes: tuple[int, ...]
    """What goes into each: a part of the address by its number, or `_TITLE_HOLE`, `_BLOCK_HOLE`."""

    @classmethod
    def cut(cls, page: str) -> Shell | None:
        """Cut a finished page of made-up parts; None if a part is there in another form."""
        texts, holes = [], []
        rest = page
        # The block first, for it holds a mark itself.
        before, block, after = rest.partition(_BLOCK)
        if not block or _BLOCK in after:
            return None
        for number, half in enumerate((before, after)):
            pieces = _ANY_MARK.split(half)
            texts += pieces[::2]
            holes += [_hole(mark) for mark in pieces[1::2]]
            if number == 0:
                holes.append(_BLOCK_HOLE)
        if any(_MARK in text.lower() for text in texts) or None in holes:
            return None
        encoded = tuple(text.encode("utf-8", "xmlcharrefreplace") for text in texts)
        return cls(encoded, tuple(hole for hole in holes if hole is not None))

    def fill(self, path: str, source: Source) -> bytes:
        """Return the finished page.

        Args:
            path: Of the source, below ``docs_dir``.
            source: What is in it.
        """
        parts = path.removesuffix(".md").encode().split(b"/")[1:]
        pieces = [self.texts[0]]
        for hole, text in zip(self.holes, self.texts[1:], strict=True):
            if hole == _BLOCK_HOLE:
                pieces.append(source.block)
            elif hole == _TITLE_HOLE:
                pieces.append(source.title)
            else:
                pieces.append(parts[hole])
            pieces.append(text)
        return b"".join(pieces)

    def to_json(self) -> str:
        """Return what `from_json` takes."""
        return json.dumps([[text.decode() for text in self.texts], self.holes])

    @classmethod
    def from_json(cls, text: str) -> Shell:
        """Return what `to_json` was called on."""
        texts, holes = json.loads(text)
        return cls(tuple(text.encode() for text in texts), tuple(holes))


_TITLE_HOLE = -1
_BLOCK_HOLE = -2


def _hole(mark: str) -> int | None:
    inner = mark[len(_MARK) : -len(_MARK)]
    if mark != mark.lower():
        return None
    return _TITLE_HOLE if inner == "t 1" else int(inner) if inner.isdigit() else None
