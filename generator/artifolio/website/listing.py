"""What is known of each key on the list of all artifacts, for its card and for the browser."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from artifolio.keys import format_time
from artifolio.website.markup import beyond_summary, summarise, visible
from artifolio.website.sync import Output
from artifolio.website.urls import LIST_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from artifolio.website.units import Listed

_NAME_CHARACTERS = 200
_TAGS_CHARACTERS = 1_000
_CHANGE_CHARACTERS = 160
_MORE_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """A key as the list shows it. The order of the fields is known to ``list.js``."""

    key: str
    type: str
    tags: tuple[str, ...]
    """All but those that would make the list of a thousand keys unwieldy."""
    flow: str
    branch: str
    """The one that was checked out when the latest version was published."""
    created: str
    """Of the latest version."""
    versions: int
    summary: str
    """The first words of the description."""
    change: str
    sparkline: str
    is_troubled: bool
    pins: tuple[str, ...] = ()
    """The names of versions, each with the number of the version."""
    more: str = ""
    """What the summary leaves out of the description: not shown, but found."""

    @classmethod
    def of(cls, latest: Listed, sparkline: str, pinned: Sequence[Listed] = ()) -> Row:
        """Return a key.

        Args:
            latest: Its latest version.
            sparkline: How a number of it went lately, as the path of an SVG.
            pinned: Its versions that have names, oldest first.
        """
        header = latest.version.header
        description = header.description or ""
        summary = summarise(description) if description else ""
        return cls(
            str(header.key),
            header.type,
            tuple(_whole(header.tags)),
            _brief(header.run.flow, _NAME_CHARACTERS),
            _brief(header.code.branch, _NAME_CHARACTERS),
            format_time(header.created),
            latest.version.number,
            visible(summary),
            _brief(latest.change, _CHANGE_CHARACTERS),
            sparkline,
            latest.is_troubled,
            tuple(
                f"{name} v{item.version.number}" for item in pinned for name in item.version.pins
            ),
            visible(beyond_summary(description, summary, _MORE_CHARACTERS)),
        )

    def to_json(self) -> str:
        """Return it as a JSON array on one line."""
        return json.dumps(astuple(self), ensure_ascii=False, separators=(",", ":"))


def rows_file(rows: Sequence[str]) -> Output:
    """Return the file in which the browser finds keys that other pages of the list show.

    Args:
        rows: What `Row.to_json` gave for each key, in the order of the list.
    """
    return Output(LIST_ROWS, ("[\n" + ",\n".join(rows) + "\n]\n").encode())


def _brief(text: str | None, length: int) -> str:
    text = visible(text or "")
    return text if len(text) <= length else text[: length - 1] + "…"


def _whole(tags: Iterable[str]) -> Iterable[str]:
    """Give the tags that there is room for; one that is cut would be none that anything has."""
    room = _TAGS_CHARACTERS
    for tag in dict.fromkeys(map(visible, tags)):
        size = len(tag) + 8
        if tag and size <= room:
            room -= size
            yield tag
