"""What is compared with what: a branch and the commit at which it left another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.errors import NotFoundError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from artifolio.publishing.git import Git
    from artifolio.publishing.objects import Objects

# Branches of pull and merge requests that CI names: GitHub Actions, GitLab CI.
_TARGETS = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
_DEFAULTS = ("main", "master")
_FETCH = (
    "this clone has not all of the history; run 'git fetch --unshallow', "
    "or give actions/checkout 'fetch-depth: 0' (GitLab CI: 'GIT_DEPTH: 0')"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Two commits, and the one at which their ways parted."""

    base: str
    """As it was named."""
    head: str
    """The same."""
    base_id: str
    head_id: str
    fork_id: str | None
    """The last commit that both have; None if they have none in common."""
    has_uncommitted: bool = False
    """Whether what is not committed yet counts to the head."""

    @property
    def start_id(self) -> str:
        """The commit from which on changes are the branch's own."""
        return self.fork_id or self.base_id

    def __str__(self) -> str:
        """Name both, as git does."""
        return f"{self.base}..{self.head}"


def split_span(text: str | None) -> tuple[str | None, str]:
    """Return the names of base and head in ``BASE``, ``BASE..HEAD`` or ``BASE...HEAD``.

    Returns:
        None for the base where none is named.
    """
    if not text:
        return None, "HEAD"
    base, *head = re.split(r"\.\.\.?", text, maxsplit=1)
    return base or "HEAD", (head[0] if head else "") or "HEAD"


def find_span(
    git: Git, objects: Objects, text: str | None, environ: Mapping[str, str], *, uncommitted: bool
) -> Span:
    """Find the commits that are meant.

    Args:
        git: Of the repository.
        objects: Of the same.
        text: As `split_span` takes it. Without a base it is the branch that the request in CI is
            for, or else the default branch of the remote.
        environ: The process's environment.
        uncommitted: Whether what is not committed yet counts.

    Raises:
        NotFoundError: If one of them is not there, or not where they parted in a shallow clone.
    """
    named, head = split_span(text)
    head_id = _commit(git, objects, head)
    base = named if named is not None else _default_base(git, objects, environ)
    base_id = _commit(git, objects, base)
    fork_id = git.ask("merge-base", base_id, head_id)
    if fork_id is None and _is_shallow(git):
        raise NotFoundError(f"where {shown(head)} left {shown(base)}", _FETCH)
    return Span(base, head, base_id, head_id, fork_id, uncommitted)


def _commit(git: Git, objects: Objects, name: str) -> str:
    found = None if name.startswith("-") else objects.read(f"{name}^{{commit}}")
    if found is None:
        way_out = _FETCH if _is_shallow(git) else "see 'git branch --all', or run 'git fetch'"
        raise NotFoundError(f"commit {shown(name)}", way_out)
    return found.id


def _default_base(git: Git, objects: Objects, environ: Mapping[str, str]) -> str:
    remotes = (git.ask("remote") or "").split()
    remote = "origin" if "origin" in remotes or not remotes else remotes[0]
    for variable in _TARGETS:
        if environ.get(variable):
            return f"{remote}/{environ[variable]}"
    default = git.ask("symbolic-ref", "--quiet", f"refs/remotes/{remote}/HEAD")
    for ref in _candidates(remote, default):
        if objects.read(f"{ref}^{{commit}}") is not None:
            return ref.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    raise NotFoundError("a branch to compare with", "name one, as in 'artifolio report main'")


def _candidates(remote: str, default: str | None) -> Iterator[str]:
    if default:
        yield default
    yield from (f"refs/remotes/{remote}/{name}" for name in _DEFAULTS)
    yield from (f"refs/heads/{name}" for name in _DEFAULTS)


def _is_shallow(git: Git) -> bool:
    return git.ask("rev-parse", "--is-shallow-repository") == "true"
