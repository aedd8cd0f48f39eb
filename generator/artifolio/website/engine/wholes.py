"""The files of a site that tell of all its pages: the search index and the sitemap."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from mkdocs.utils import get_build_date, get_build_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SEARCH_INDEX = "search/search_index.json"
SEARCH_SCRIPT = "search/search_index.js"
SITEMAP = "sitemap.xml"
COMPRESSED = f"{SITEMAP}.gz"
ERROR_PAGE = "404.html"
INDEXES = {SEARCH_INDEX: b"", SEARCH_SCRIPT: b"var __index = "}
"""The search index, and what stands before it: files that are opened as such load only scripts."""
WHOLES = (*INDEXES, SITEMAP, COMPRESSED, ERROR_PAGE)
"""Places of what is made from no source of its own."""

_MARK = "zqxj"
# Such an address is put at the end of one that ends in a slash, and nothing in it is escaped.
_PLAIN_URL = re.compile(r"[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*/?")
_QUERY = re.compile(r"[?#;]")


def join_index(empty: str, entries: Iterable[str]) -> bytes:
    """Return a search index.

    Args:
        empty: The one of a site without pages, which ends in ``[]}``.
        entries: As JSON, in order.
    """
    return f"{empty[:-2]}{','.join(entries)}]}}".encode()


class _Mapped:
    """As much of a page as the sitemap looks at."""

    is_link = False

    def __init__(self, canonical_url: str | None, update_date: str) -> None:
        self.canonical_url = canonical_url
        self.abs_url = canonical_url
        self.update_date = update_date
        self.page = self


def cut_sitemap(render: Callable[[list[object]], str]) -> str | None:
    """Find out what a sitemap is made of.

    Args:
        render: Renders the template for some pages.

    Returns:
        What `join_sitemap` takes; None if the template does more than list addresses and dates.
    """
    empty = render([])
    first, second = f"{_MARK}1", f"{_MARK}2"
    date = f"{_MARK}3"
    one = render([_Mapped(first, date)])
    head, entry, rest = one.partition(first)
    # The empty one tells where the entry begins and where it ends.
    same = (a == b for a, b in zip(empty, one, strict=False))
    start = next((number for number, is_same in enumerate(same) if not is_same), len(empty))
    tail = empty[start:]
    before, between, after = head[start:], "", rest.removesuffix(tail)
    if date in after:
        between, _, after = after.partition(date)
    parts = [empty[:start], before, between, after, tail]
    sitemap = json.dumps(parts)
    two = render([_Mapped(first, date), _Mapped(second, date)])
    none = render([_Mapped(None, date)])
    if not entry or _join(parts, [first, second], date) != two or none != render([]):
        return None
    return sitemap


def join_sitemap(sitemap: str, site_url: str | None, urls: Iterable[str]) -> bytes:
    """Return a sitemap.

    Args:
        sitemap: From `cut_sitemap`.
        site_url: Where the site will be; without it, nothing has a whole address.
        urls: Addresses of all pages in the site, in order.
    """
    base = site_url or ""
    if base and not base.endswith("/"):
        base += "/"
    found = _join_urls(base, urls) if base else ()
    return _join(json.loads(sitemap), found, get_build_date()).encode()


def _join_urls(base: str, urls: Iterable[str]) -> Iterable[str]:
    """Give addresses as they stand in a sitemap; joining ten thousand takes longer than a page."""
    start = urljoin(base, "x")[:-1]
    is_plain_base = start == base and not _QUERY.search(base)
    escaped = _escape(base)
    for url in urls:
        if is_plain_base and _PLAIN_URL.fullmatch(url):
            yield escaped + url
        else:
            yield _escape(urljoin(base, url))


def compress(sitemap: bytes) -> bytes:
    """Return a sitemap as MkDocs compresses it."""
    page = _Mapped(None, get_build_date())
    timestamp = get_build_timestamp(pages=[page])  # type: ignore[list-item]
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, filename=COMPRESSED, mode="wb", mtime=timestamp) as file:
        file.write(sitemap)
    return buffer.getvalue()


def _escape(url: str) -> str:
    # As templates do, which write quotes as numbers.
    return html.escape(url).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


def _join(parts: list[str], urls: Iterable[str], date: str) -> str:
    head, before, between, after, tail = parts
    dated = f"{between}{date}{after}" if between else after
    return head + "".join(f"{before}{url}{dated}" for url in urls) + tail
