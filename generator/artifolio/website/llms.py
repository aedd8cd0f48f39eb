"""A list of the artifacts' plain texts for language models, as llmstxt.org describes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifolio.website.markup import summarise, visible
from artifolio.website.sync import Output
from artifolio.website.urls import (
    LIST_FEED,
    LIST_INDEX,
    LIST_LLMS,
    data_file,
    latest_file,
    lineage_page,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifolio.website.units import Listed
    from artifolio.website.urls import Urls

MENTIONED = 500
"""Keys that the list names at most, the newest ones."""

_TWINS = {"markdown": "txt", "table": "csv"}
# What Markdown takes for a link without being told, and would be none of ours.
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]*:/|www\.)\S+|\b(?:mailto|xmpp):\S+", re.IGNORECASE)
_MAIL = re.compile(r"(?<=\S)@(?=\S)")
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#|~!&])")


class Llms:
    """Makes the list.

    Args:
        urls: For the addresses in it: whole ones where it is known where the site is.
        name: What the site is called.
    """

    def __init__(self, urls: Urls, name: str) -> None:
        self._urls = urls
        self._name = name or "artifolio"

    def mention(self, latest: Listed) -> str:
        """Return the line of a key.

        Args:
            latest: Its latest version.
        """
        header = latest.version.header
        key = str(header.key)
        twin = None if header.retired else _TWINS.get(header.type)
        file = data_file(header, twin) if twin else latest_file(key)
        if f"{header.stem}.json" not in latest.files:
            file = lineage_page(key)  # which says what is wrong with it
        said = one_line(summarise(header.description)) if header.description else ""
        facts = f"{header.type}, v{latest.version.number} of {header.created.date().isoformat()}"
        address = self._urls.whole(LIST_LLMS, file)
        return f"- [{key}]({address}): {facts}" + (f". {said}" if said else "")

    def site(self, mentions: Sequence[str], total: int) -> Output:
        """Return the list.

        Args:
            mentions: What `mention` gave for the newest keys, `MENTIONED` at most.
            total: How many keys there are.
        """
        index, feed = (self._urls.whole(LIST_LLMS, file) for file in (LIST_INDEX, LIST_FEED))
        shown = "all of them" if len(mentions) == total else f"the newest {len(mentions):,}"
        lines = [
            f"# Artifacts of {one_line(self._name)}",
            "",
            "> Results that data workflows published: reports, tables, images, files, links and",
            f"> progress. Keys of artifacts: {total:,}; here are {shown}, newest first.",
            "",
            "Each link leads to the latest version: a report as Markdown, a table as CSV, anything",
            "else as JSON. The words after it are those of whoever published it.",
            "",
            *(["## Artifacts", "", *mentions, ""] if mentions else []),
            "## Optional",
            "",
            f"- [All artifacts as JSON]({index}): every key with its latest version",
            f"- [Atom feed]({feed}): the newest versions",
        ]
        return Output(LIST_LLMS, ("\n".join(lines) + "\n").encode())


def one_line(text: str) -> str:
    """Return text as Markdown that shows it on one line and makes nothing of it, no link either."""
    line = " ".join(visible(text).split())
    plain = _MAIL.sub(" at ", _ADDRESS.sub("(address)", line))
    return _PUNCTUATION.sub(r"\\\1", plain)
