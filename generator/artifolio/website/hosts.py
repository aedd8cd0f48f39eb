"""Addresses of commits on the usual git hosts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifolio.website.markup import is_safe_link

if TYPE_CHECKING:
    from artifolio.origins import Code

# How each host names a commit's page.
_COMMIT_PATHS = {
    "github.com": "/commit/",
    "gitlab.com": "/-/commit/",
    "codeberg.org": "/commit/",
    "bitbucket.org": "/commits/",
}
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_REMOTE = re.compile(r"(?:https?://|ssh://git@|git@)([^/:@]+)(?::\d+)?[/:](.+?)(?:\.git)?/?")


def commit_url(code: Code) -> str | None:
    """Return the page of a commit, or None where the host is not known."""
    match = _REMOTE.fullmatch(code.remote or "")
    if match is None or not _COMMIT.fullmatch(code.commit or ""):
        return None
    path = _COMMIT_PATHS.get(match[1].lower())
    if path is None:
        return None
    url = f"https://{match[1]}/{match[2]}{path}{code.commit}"
    return url if is_safe_link(url) else None
