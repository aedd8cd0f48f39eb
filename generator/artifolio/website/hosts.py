"""Addresses of commits, comparisons and records on the usual git hosts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from artifolio.location import FOLDER
from artifolio.website.markup import is_safe_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.origins import Code


@dataclass(frozen=True)
class _Kind:
    """How a host names the pages of a repository."""

    commit: str
    compare: str
    """Of what a newer commit has and an older one has not."""
    file: str
    """Of a file of a branch."""
    default: str | None = "HEAD"
    """What the default branch goes by, whatever its name."""
    path: str = r"{name}(?:/{name})+"
    """What the path of a repository looks like."""
    pages: str = "{path}"
    """Where the repository's pages are."""


_KINDS = {
    # docs.github.com: "Comparing commits"; three dots, as everywhere here where there is a choice,
    # leave out what only the older commit has.
    "github": _Kind("/commit/{commit}", "/compare/{old}...{new}", "/blob/{branch}/{path}"),
    "gitlab": _Kind("/-/commit/{commit}", "/-/compare/{old}...{new}", "/-/blob/{branch}/{path}"),
    # The branch of Gitea and Forgejo has to be named.
    "gitea": _Kind(
        "/commit/{commit}", "/compare/{old}...{new}", "/src/branch/{branch}/{path}", None
    ),
    # Bitbucket Cloud takes the newer one first, with a line end between them.
    "bitbucket": _Kind(
        "/commits/{commit}", "/branches/compare/{new}%0D{old}", "/src/{branch}/{path}"
    ),
    # Bitbucket Data Center, whose remotes are https://host/scm/KEY/name and ssh://git@host/KEY/name.
    "bitbucket-server": _Kind(
        "/commits/{commit}",
        "/compare/commits?sourceBranch={new}&targetBranch={old}",
        "/browse/{path}?at={branch}",
        path=r"(?:scm/)?(?P<project>~?{name})/(?P<repository>{name})",
        pages="{owner}/repos/{repository}",
    ),
    "azure": _Kind(
        "/commit/{commit}",
        "/branchCompare?baseVersion=GC{old}&targetVersion=GC{new}",
        "?path=/{path}&version=GB{branch}",
        None,
        path=r"(?:(?P<project>{name}(?:/{name}){{0,2}})/)?_git/(?P<repository>{name})",
        pages="{project}_git/{repository}",
    ),
}
_KINDS["forgejo"] = _KINDS["gitea"]
KINDS = tuple(sorted(_KINDS))
"""What a host may be."""

_KNOWN = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "codeberg.org": "gitea",
    "gitea.com": "gitea",
    "bitbucket.org": "bitbucket",
    "dev.azure.com": "azure",
}
# What a host of one's own is called when its name says what it is.
_TELLING = {
    "github": "github",
    "gitlab": "gitlab",
    "gitea": "gitea",
    "forgejo": "gitea",
    "bitbucket": "bitbucket-server",
}
# Hosts that answer to SSH where a firewall stands in the way.
_ALIASES = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
# The lengths bound what a page spends on an address.
_BRANCH = re.compile(r"[^\x00-\x20\x7f\\]{1,60}")
_NAME = r"(?!\.\.?(?:/|$))(?:[A-Za-z0-9._~+-]|%20)+"
_REMOTE = (
    r"(?:(?P<web>https?)://|(?P<ssh>ssh)://(?:[\w.-]+@)?|[\w.-]+@)"
    r"(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?::(?P<port>[0-9]{1,5})(?=/))?"
    r"(?(web)/|(?(ssh)/|:/?))(?P<path>[A-Za-z0-9._~+/%-]{1,120}?)(?:\.git)?/?"
)
_SSH_OF_AZURE = (
    rf"(?:ssh://)?(?P<user>[\w-]+)@(?:ssh\.dev\.azure\.com|vs-ssh\.visualstudio\.com)(?::22)?[:/]"
    rf"v3/(?P<owner>[A-Za-z0-9-]{{1,60}})/(?P<project>{_NAME})/(?P<repository>{_NAME})/?"
)
_STUDIO = re.compile(r"[a-z0-9-]+\.visualstudio\.com")


class Hosts:
    """Knows the addresses of pages on git hosts. What a record says of its code is not trusted.

    Args:
        named: Kinds of further hosts, by their name in lower case.
    """

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = dict(named)

    def repository_url(self, code: Code) -> str | None:
        """Return the page of a repository, or None where the host is not known."""
        found = self._find(code)
        return found and _safe(found[1])

    def commit_url(self, code: Code, commit: str | None = None) -> str | None:
        """Return the page of a commit, or None where the host is not known.

        Args:
            code: A version's.
            commit: Another one of the same repository.
        """
        commit = commit or code.commit
        found = self._find(code)
        if found is None or not _COMMIT.fullmatch(commit or ""):
            return None
        return _safe(found[1] + found[0].commit.format(commit=commit))

    def compare_url(self, old: Code, new: Code) -> str | None:
        """Return the page that shows what one commit has and an older one has not.

        Returns:
            None where the host is not known, or the two are not of one repository there.
        """
        before, found = self._find(old), self._find(new)
        commits = (old.commit or "", new.commit or "")
        if found is None or found != before or not all(map(_COMMIT.fullmatch, commits)):
            return None
        return _safe(found[1] + found[0].compare.format(old=commits[0], new=commits[1]))

    def record_url(self, code: Code, path: str) -> str | None:
        """Return the page of a record, or None where the host is not known.

        The commit that a version names was there before its record was. So the record is looked
        for in the branch, and without one in the default branch.

        Args:
            code: The version's.
            path: The record's, below ``artifacts/``.
        """
        found = self._find(code)
        if found is None:
            return None
        kind, repository = found
        branch = code.branch if _BRANCH.fullmatch(code.branch or "") else kind.default
        if branch is None:
            return None
        return _safe(
            repository + kind.file.format(branch=quote(branch), path=f"{FOLDER}/{quote(path)}")
        )

    def _find(self, code: Code) -> tuple[_Kind, str] | None:
        """Return the kind of a repository's host and its address there."""
        remote = code.remote or ""
        azure = _compiled(_SSH_OF_AZURE).fullmatch(remote)
        if azure:
            return _KINDS[
                "azure"
            ], "https://dev.azure.com/{owner}/{project}/_git/{repository}".format(
                **azure.groupdict()
            )
        match = _compiled(_REMOTE).fullmatch(remote)
        if match is None:
            return None
        host = _ALIASES.get(match["host"].lower(), match["host"])
        name = self._kind_of(host.lower())
        path = name and _compiled(_KINDS[name].path.format(name=_NAME)).fullmatch(match["path"])
        if not name or not path:
            return None
        kind = _KINDS[name]
        address = kind.pages.format(path=match["path"], **_places(path.groupdict()))
        if match["web"] and host.lower() not in _KNOWN:
            port = f":{match['port']}" if match["port"] else ""
            return kind, f"{match['web']}://{host}{port}/{address}"
        # The port of SSH is not that of the pages.
        return kind, f"https://{host}/{address}"

    def _kind_of(self, host: str) -> str | None:
        named = self._named.get(host) or _KNOWN.get(host)
        if named is None and _STUDIO.fullmatch(host):
            return "azure"
        if any(host.startswith(f"{known}.") for known in _KNOWN):
            return named  # one that would like to be taken for another
        return named or _TELLING.get(host.partition(".")[0])


@lru_cache(maxsize=16)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Only once a page is made: to compile these takes longer than to make one.
    return re.compile(pattern, re.ASCII)


def _places(groups: dict[str, str | None]) -> dict[str, str]:
    """Return what stands in the address of a repository's pages."""
    project = groups.get("project") or ""
    owner = f"users/{project[1:]}" if project.startswith("~") else f"projects/{project}"
    return {
        "owner": owner,
        "project": f"{project}/" if project else "",
        "repository": groups.get("repository") or "",
    }


def _safe(url: str) -> str | None:
    return url if is_safe_link(url) else None
