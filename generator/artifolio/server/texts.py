"""What there is to search in a version."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from artifolio.bodies import File, Image, Link, Markdown, Table, attachment_of
from artifolio.server.keeping import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from artifolio.bodies import Body
    from artifolio.catalog import Version
    from artifolio.headers import Header
    from artifolio.records import Record

KEPT_BYTES = 64 * 1024 * 1024
"""Of texts of bodies, kept for the next search."""
BODY_CHARACTERS = 1_000_000
"""Of a body that are searched, from its start."""

WORDS_CHARACTERS = 1_000
"""Of the words that are searched for at once."""

_AROUND = 60


class Bodies:
    """The texts of bodies.

    Args:
        read: Reads a record.
    """

    def __init__(self, read: Callable[[Version], Record]) -> None:
        self._read = read
        self._kept: Kept[str] = Kept(KEPT_BYTES, len)

    def __call__(self, version: Version) -> str:
        """Return the text of a version's body.

        Raises:
            RecordError: If the record cannot be read.
        """
        place = _place(version)
        found = self._kept.get(place)
        if found is None:
            found = body_text(self._read(version).body)
            self._kept.put(place, found)
        return found

    def knows(self, version: Version) -> bool:
        """Tell whether the record need not be read for it."""
        return self._kept.get(_place(version)) is not None


def body_text(body: Body) -> str:
    """Return what a body shows, as text; empty for what has none."""
    if isinstance(body, Markdown):
        return body.text[:BODY_CHARACTERS]
    if isinstance(body, Table):
        return _table_text(body)
    if isinstance(body, Link):
        return "\n".join(filter(None, (body.text, body.url)))
    if isinstance(body, (Image, File)):
        attachment = attachment_of(body)
        shown = (body.alt, body.url) if isinstance(body, Image) else (body.name,)
        return "\n".join(filter(None, (*shown, attachment.media_type if attachment else None)))
    return ""


def head_texts(header: Header) -> Mapping[str, str]:
    """Return the texts of a version that need no look at its body, by what they are."""
    return {
        "key": header.key or "",
        "description": header.description or "",
        "tags": "\n".join(header.tags),
    }


def words_of(text: str) -> tuple[str, ...]:
    """Return the words that somebody searches for."""
    return tuple(dict.fromkeys(text.casefold().split()))


def read_words(text: str) -> str:
    """Return what somebody searches for; raises ValueError if that is more than words."""
    if len(text) > WORDS_CHARACTERS:
        raise ValueError(f"has {len(text):,} characters; {WORDS_CHARACTERS:,} are allowed")
    return text


def have_all(texts: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether each word is in one of the texts, be it as part of a longer one."""
    folded = [text.casefold() for text in texts]
    return all(any(word in text for text in folded) for word in words)


def excerpt(text: str, words: Sequence[str]) -> str | None:
    """Return the place of a text where the first of the words is that is in it."""
    folded = text.casefold()
    word = next((word for word in words if word in folded), None)
    if word is None:
        return None
    place = folded.index(word)
    start, end = (_unfolded(text, folded, it) for it in (place, place + len(word)))
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    cut = " ".join(text[first:last].split())
    return f"{'…' if first else ''}{cut}{'…' if last < len(text) else ''}"


def _unfolded(text: str, folded: str, place: int) -> int:
    """Return where in a text is what stands at a place of it when folded."""
    if len(text) == len(folded):
        return place
    # A letter that folds into two shifts all that follows it. No regular expression finds the word
    # instead: one that ignores case takes a minute for a long word in a text of one letter.
    return bisect_left(range(len(text)), place, key=lambda it: len(text[:it].casefold()))


def _place(version: Version) -> tuple[object, ...]:
    header = version.header
    return version.entry.path, header.digest, header.updated


def _table_text(table: Table) -> str:
    parts: list[str] = []
    length = 0
    for cell in _cells(table):
        parts.append(cell)
        length += len(cell) + 1
        if length > BODY_CHARACTERS:
            break
    return "\n".join(parts)[:BODY_CHARACTERS]


def _cells(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield column.name
    for row in table.rows:
        for value in row:
            if value is not None:
                yield value if isinstance(value, str) else str(value)
