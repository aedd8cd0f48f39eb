"""Where the next page of a list starts, as a text that only this server understands."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from artifolio.server.operations import Wrong, WrongRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_FORMAT = 1
_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list."""

    asked: str
    """Fingerprint of what was asked for: a cursor of one list means nothing in another."""
    after: str
    """What the last one on the page before is sorted by."""
    until: str = ""
    """What the newest version of all was sorted by when the first page was made. Later ones are not
    in the list, so that nothing moves while somebody goes through it."""

    def __str__(self) -> str:
        fields = [_FORMAT, self.asked, self.after, self.until]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def fingerprint(place: str, query: Mapping[str, Any]) -> str:
    """Return what tells one list from another.

    Args:
        place: Of the list.
        query: What was asked for, without cursor and limit.
    """
    told = repr((place, sorted((name, repr(value)) for name, value in query.items())))
    return blake2b(told.encode("utf-8", "replace"), digest_size=9).hexdigest()


def parse_cursor(text: str, asked: str) -> Cursor:
    """Read a cursor.

    Args:
        text: As it was given.
        asked: Fingerprint of what is asked for now.

    Raises:
        WrongRequestError: If it is none, or one of another list.
    """
    found = _parsed(text)
    if found is None:
        raise WrongRequestError(Wrong("query", "cursor", "is none that this server gave"))
    if found.asked != asked:
        reason = "belongs to another list; ask with the same parameters, or without it"
        raise WrongRequestError(Wrong("query", "cursor", reason))
    return found


def _parsed(text: str) -> Cursor | None:
    if len(text) > _CHARACTERS:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        fields = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, list) or len(fields) != 4 or fields[0] != _FORMAT:
        return None
    if not all(isinstance(field, str) for field in fields[1:]):
        return None
    found = Cursor(*fields[1:])
    try:
        str(found)
    except UnicodeEncodeError:  # a lone surrogate, which stands in no cursor of ours
        return None
    return found
