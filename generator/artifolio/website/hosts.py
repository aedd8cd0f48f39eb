"""Addresses of commits and records on the usual git hosts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from artifolio.location import FOLDER
from artifolio.website.markup import is_safe_link

if TYPE_CHECKING:
    from artifolio.origins import Code


@dataclass(frozen=True)
class _Host:
    """How a host names the pages of a repository."""

    commit: str
    file: str
    """Of a file of a branch."""
    default: str | None = "HEAD"
    """What the default branch goes by, whatever its name."""


_HOSTS = {
    "github.com": _Host("/commit/", "/blob/"),
    "gitlab.com": _Host("/-/commit/", "/-/blob/"),
    "codeberg.org": _Host("/commit/", "/src/branch/", None),
    "bitbucket.org": _Host("/commits/", "/src/"),
}
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
# The lengths bound what a page spends on an address.
_BRANCH = re.compile(r"[^\x00-\x20\x7f\\]{1,60}")
_REMOTE = re.compile(
    r"(?:https?://|ssh://git@|git@)([^/:@]+)(?::\d+)?[/:]([A-Za-z0-9._~+/-]{1,120}?)(?:\.git)?/?"
)


def commit_url(code: Code) -> str | None:
    """Return the page of a commit, or None where the host is not known."""
    if not _COMMIT.fullmatch(code.commit or ""):
        return None
    found = _host_of(code)
    return found and _safe(f"{found[1]}{found[0].commit}{code.commit}")


def record_url(code: Code, path: str) -> str | None:
    """Return the page of a record, or None where the host is not known.

    The commit that a version names was there before its record was. So the record is looked for
    in the branch, and without one in the default branch.

    Args:
        code: The version's.
        path: The record's, below ``artifacts/``.
    """
    found = _host_of(code)
    if found is None:
        return None
    host, repository = found
    branch = code.branch if _BRANCH.fullmatch(code.branch or "") else host.default
    if branch is None:
        return None
    return _safe(f"{repository}{host.file}{quote(branch)}/{FOLDER}/{quote(path)}")


def _host_of(code: Code) -> tuple[_Host, str] | None:
    """Return a repository's host and its address there."""
    match = _REMOTE.fullmatch(code.remote or "")
    host = _HOSTS.get(match[1].lower()) if match else None
    return (host, f"https://{match[1]}/{match[2]}") if match and host else None


def _safe(url: str) -> str | None:
    return url if is_safe_link(url) else None
