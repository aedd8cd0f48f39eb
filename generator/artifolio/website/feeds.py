"""Atom feeds (RFC 4287): the newest versions of a key, and of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from artifolio.keys import format_time
from artifolio.website.markup import summarise, visible
from artifolio.website.sync import Output
from artifolio.website.urls import LIST, LIST_FEED, lineage_feed, lineage_page, version_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifolio.website.units import Listed
    from artifolio.website.urls import Urls

ENTRIES = 50
"""Versions in a feed at most. Those without a page are none of them: an entry leads to one, and
never changes."""

_NAMESPACE = "http://www.w3.org/2005/Atom"
_AUTHOR_CHARACTERS = 200
_CHANGE_CHARACTERS = 300
# RFC 4287 wants a time even of a feed in which nothing is.
_NEVER = "1970-01-01T00:00:00.000Z"


class Feeds:
    """Makes feeds.

    Args:
        urls: For the addresses in them: whole ones where it is known where the site is.
        name: What the site is called.
    """

    def __init__(self, urls: Urls, name: str) -> None:
        self._urls = urls
        self._name = name or "artifolio"

    def key(self, key: str, newest: Sequence[Listed]) -> Output:
        """Return the feed of a key.

        Args:
            key: The key.
            newest: Its newest versions, `ENTRIES` at most, oldest first.
        """
        return self._feed(lineage_feed(key), f"{key} · {self._name}", lineage_page(key), newest)

    def site(self, newest: Sequence[Listed]) -> Output:
        """Return the feed of all keys.

        Args:
            newest: The newest versions of all, `ENTRIES` at most, oldest first.
        """
        return self._feed(LIST_FEED, f"Artifacts · {self._name}", LIST, newest)

    def _feed(self, path: str, title: str, page: str, newest: Sequence[Listed]) -> Output:
        shown = [listed for listed in reversed(newest) if listed.page]
        feed = ElementTree.Element("feed", xmlns=_NAMESPACE)
        # Two sites may have the same keys.
        place = (self._urls.site_url or f"{self._name}/") + path
        _add(feed, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, place)}")
        _add(feed, "title", title)
        _add(feed, "updated", max(map(_updated, shown), default=_NEVER))
        _add(_add(feed, "author"), "name", "artifolio")
        _link(feed, "self", "application/atom+xml", self._urls.whole(path, path))
        _link(feed, "alternate", "text/html", self._urls.whole(path, page))
        for listed in shown:
            self._entry(feed, path, listed)
        ElementTree.indent(feed, "")
        text: bytes = ElementTree.tostring(feed, "utf-8", xml_declaration=True)
        return Output(path, text + b"\n")

    def _entry(self, feed: ElementTree.Element, path: str, listed: Listed) -> None:
        header = listed.version.header
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:uuid:{header.id}")
        _add(entry, "title", f"{header.key} v{listed.version.number}")
        _add(entry, "updated", _updated(listed))
        _add(entry, "published", format_time(header.created))
        author = (header.run.flow or "").strip()[:_AUTHOR_CHARACTERS]
        _add(_add(entry, "author"), "name", author or "artifolio")
        _link(entry, "alternate", "text/html", self._urls.whole(path, version_page(header)))
        words = [
            "This version has a problem." if listed.is_troubled else "",
            listed.change[:_CHANGE_CHARACTERS],
            summarise(header.description) if header.description else "",
        ]
        if any(words):
            _add(entry, "summary", " · ".join(filter(None, words)), type="text")


def _updated(listed: Listed) -> str:
    header = listed.version.header
    return format_time(header.updated or header.created)


def _add(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, attributes)
    if text:
        # On one line: what XML makes of line ends is not what was written.
        element.text = " ".join(visible(text).split())
    return element


def _link(parent: ElementTree.Element, rel: str, media_type: str, address: str) -> None:
    _add(parent, "link", rel=rel, type=media_type, href=address)
