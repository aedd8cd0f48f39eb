"""Records without their bodies: what is known of a version from its header alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifolio.errors import AmbiguousIdError, NotFoundError, Problem, shown
from artifolio.folders import Listing
from artifolio.headers import Header, dump_header, parse_header, parse_odd_header

if TYPE_CHECKING:
    from collections.abc import Iterable

    from artifolio.pins import Pin

_DIGEST = re.compile(rb'\ndigest: "(sha256:[0-9a-f]{64})"\n')
_COMMIT = re.compile(rb'\ncode: \{"commit": "([0-9a-f]{7,64})"')
# What a time has as records write it, and not in the name of a file.
_NO_STAMP = str.maketrans("", "", "-:.")


class Entry:
    """A record in the folder, without its body."""

    __slots__ = ("_header", "_text", "key", "order", "path")

    def __init__(self, header: Header, path: str) -> None:
        self.path = path
        """Where it lies below ``artifacts/``, with forward slashes."""
        self.key = header.key
        self.order = header.order
        """What lineages are sorted by: ``created`` and the id."""
        self._header: Header | None = header
        self._text = b""

    @classmethod
    def remembered(cls, path: str, key: str | None, order: str, text: bytes) -> Entry:
        """Return a record of which this much was known before; it is read when it is asked for.

        Args:
            path: Where it lies below ``artifacts/``.
            key: Its key.
            order: As `Entry.order`.
            text: As `text` gave it.
        """
        entry = cls.__new__(cls)
        entry.path, entry.key, entry.order = path, key, order
        entry._header, entry._text = None, text  # its own
        return entry

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        same_text = self._text and self._text == other._text
        return self.path == other.path and bool(same_text or self.header == other.header)

    __hash__ = None  # type: ignore[assignment]  # headers hold mappings

    def __repr__(self) -> str:
        return f"Entry({self.header!r}, {self.path!r})"

    @property
    def header(self) -> Header:
        """All that the record tells but its body."""
        if self._header is None:
            text = self._text.decode()
            self._header = parse_header(text, self.path) or parse_odd_header(text, self.path)
        return self._header

    @property
    def text(self) -> bytes:
        """The header as `remembered` takes it."""
        return self._text or dump_header(self.header).encode()

    @property
    def digest(self) -> str | None:
        """The hash of the body, as the record tells it."""
        found = _DIGEST.search(self._text)
        return found[1].decode() if found else self.header.digest

    @property
    def commit(self) -> str | None:
        """The commit that was checked out, as the record tells it."""
        found = _COMMIT.search(self._text)
        if found or (self._text and b"\ncode: " not in self._text):
            return found[1].decode() if found else None
        return self.header.code.commit

    @property
    def is_retired(self) -> bool:
        """Whether retention removed the body."""
        if self._text:
            return b"\nretired: " in self._text
        return self.header.retired is not None

    @property
    def id(self) -> str:
        """The version's id, as text."""
        return self.order[-36:]

    @property
    def stem(self) -> str:
        """`Header.stem`, without reading the header."""
        return f"{self.order[:24].translate(_NO_STAMP)}-{self.order[-12:]}"

    @property
    def folder(self) -> str:
        """The folder below ``artifacts/`` that it lies in, whatever key it names."""
        return self.path.rpartition("/")[0]

    @property
    def is_sound(self) -> bool:
        """Whether it lies where it belongs and its header is what was published."""
        return self._header is None or (self._header.intact and self._header.path == self.path)


@dataclass(frozen=True)
class Scan:
    """What lies in one key's folder."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    pins: tuple[Pin, ...] = ()
    """The names that versions have, sorted."""
    listing: Listing = field(default_factory=Listing, compare=False)
    """The files as they were before they were read, where somebody has looked."""


def match_id(prefix: str, entries: Iterable[Entry]) -> Entry:
    """Return the version whose id starts so.

    Args:
        prefix: The start of an id, or all of it; case and dashes do not matter.
        entries: Where to look.

    Raises:
        NotFoundError: If there is none.
        AmbiguousIdError: If there are several.
    """
    digits = prefix.lower().replace("-", "")
    found = [entry for entry in entries if digits and entry.id.replace("-", "").startswith(digits)]
    if not found:
        raise NotFoundError(f"version {shown(prefix)}")
    if len(found) > 1:
        raise AmbiguousIdError(prefix, (entry.id for entry in found))
    return found[0]
