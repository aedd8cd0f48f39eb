"""The Content-Security-Policy of pages: the second wall behind the sanitiser."""

from __future__ import annotations

import base64
import hashlib
import html
import re

_INLINE_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_SOURCE_OR_DATA = re.compile(r"\bsrc\s*=|\btype\s*=\s*[\"']?application/json", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>(?:\s*<meta\s+charset=[^>]*>)?", re.IGNORECASE)


def add_policy(page: str, content: str, image_hosts: frozenset[str]) -> str:
    """Return a page with a policy that allows the theme's scripts and nothing a record brings.

    Args:
        page: The whole page, as the theme made it.
        content: What of it came from records. Inline scripts in there are not allowed, whatever
            they are.
        image_hosts: Hosts besides the site's own that images may be loaded from.
    """
    frame = page.replace(content, "", 1) if content else page
    # Should another plugin have changed the content on its way into the page, it is still known.
    foreign = {match[2] for match in _INLINE_SCRIPT.finditer(content)}
    hashes = {
        _hash(match[2])
        for match in _INLINE_SCRIPT.finditer(frame)
        if not _SOURCE_OR_DATA.search(match[1]) and match[2].strip() and match[2] not in foreign
    }
    # Without a scheme: that of the page, or a safer one.
    hosts = sorted(image_hosts)
    policy = "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src", "'self'", *sorted(hashes)]),
            # Themes style elements inline; a style can load nothing that is not allowed here.
            "style-src 'self' 'unsafe-inline'",
            " ".join(["img-src", "'self'", "data:", *hosts]),
            "object-src 'none'",
            "frame-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    tag = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">'
    # As early as can be: the policy does not hold for what stands before it.
    return _HEAD.sub(lambda match: match[0] + tag, page, count=1)


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
