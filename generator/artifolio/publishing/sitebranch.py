"""What a branch that hosts sites holds, and what it holds once another site is put on it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.errors import ArtifolioError, shown
from artifolio.website.engine.folder import folders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MANIFEST = ".deployed-by-artifolio"
"""Beside a site on its branch: the files that it consists of, one a line."""
NO_JEKYLL = ".nojekyll"
"""At the top of a branch; without it GitHub leaves out folders that start with an underscore."""

# What GitHub takes and serves, in the smaller of the units that go by these names.
MAX_FILE_BYTES = 100 * 10**6
MAX_SITE_BYTES = 10**9

_PREFIX_PART = re.compile(r"\w[\w.+=@-]*")
_MAX_PREFIX_BYTES = 200
_LISTED = 5


class DeployError(ArtifolioError):
    """A site cannot be put where it should go."""


@dataclass(frozen=True)
class Entry:
    """One file of a branch."""

    mode: str
    """As git writes it: ``100644`` for a file."""
    object_id: str
    size: int = 0
    """In bytes; 0 of what is no file."""


def checked_prefix(text: str) -> str:
    """Return the folder of a branch that a site goes to: empty, or with a slash at its end.

    Raises:
        DeployError: If it may lead elsewhere, or into what is git's.
    """
    stripped = text.removesuffix("/")
    parts = stripped.split("/") if text else []
    is_fine = len(os.fsencode(text)) <= _MAX_PREFIX_BYTES and all(
        _PREFIX_PART.fullmatch(part) and not part.endswith(".") for part in parts
    )
    if not is_fine:
        raise DeployError(f"{shown(text)} is no path on a branch; try --path reports/daily")
    return f"{stripped}/" if parts else ""


def read_site(folder: Path) -> dict[str, int]:
    """Return the files of a site that was built, and their sizes in bytes.

    Raises:
        DeployError: If it is none, or no host would take it.
    """
    files: dict[str, int] = {}
    try:
        _read_folder(os.fspath(folder), "", files)
    except (FileNotFoundError, NotADirectoryError):
        raise DeployError(f"{folder} is no folder; build the site first") from None
    # So that nobody publishes a home folder by a slip.
    if "index.html" not in files:
        raise DeployError(f"{folder} is no site: there is no index.html in it")
    refuse_large(files)
    return files


def refuse_large(files: Mapping[str, int]) -> None:
    """Raise an error for files that hosts of branches do not take.

    Args:
        files: Sizes in bytes.

    Raises:
        DeployError: If one of them, or all together, are too large.
    """
    total = sum(files.values())
    largest = sorted(files, key=lambda path: (-files[path], path))[:_LISTED]
    large = [path for path in largest if files[path] > MAX_FILE_BYTES]
    if large:
        raise DeployError(
            f"no file may have more than {_megabytes(MAX_FILE_BYTES)}, which is what hosts take: "
            f"{_sizes(large, files)}; publish a link to it instead"
        )
    if total > MAX_SITE_BYTES:
        raise DeployError(
            f"the branch would hold {_megabytes(total)}, and hosts take "
            f"{_megabytes(MAX_SITE_BYTES)}; the largest are {_sizes(largest, files)}"
        )


def combined(
    held: Mapping[str, Entry],
    manifests: Mapping[str, Iterable[str]],
    prefix: str,
    site: Mapping[str, Entry],
) -> dict[str, Entry]:
    """Return what a branch holds once a site is put on it.

    Below a prefix all is the site's, but for other sites further below. At the top of a branch
    its own is only what was deployed to there; all else stays.

    Args:
        held: What the branch holds.
        manifests: What each site on it consists of, by the folder that it was deployed to.
        prefix: Where to, as `checked_prefix` gives it.
        site: The new site, by its paths on the branch.

    Raises:
        DeployError: If the site would take the place of something else.
    """
    inner = tuple(place for place in manifests if place.startswith(prefix) and place != prefix)
    for place, paths in manifests.items():
        if prefix.startswith(place) and prefix != place:
            _refuse_taken(prefix, place, [path for path in paths if path.startswith(prefix)], held)
    listed = set(manifests.get(prefix, ()))
    kept = {
        path: entry
        for path, entry in held.items()
        if (inner and path.startswith(inner))
        or not (path.startswith(prefix) if prefix else path in listed)
    }
    ways = {*(folders_of(site) & kept.keys()), *(folders_of(kept) & site.keys())}
    ways.update(path for path in site if inner and path.startswith(inner))
    if ways:
        raise DeployError(
            f"{shown(min(ways))} is something else on the branch; remove it there, "
            "or deploy to another --path"
        )
    return {**kept, **site}


def manifest_of(paths: Iterable[str]) -> bytes:
    """Return the text that names the files of a site."""
    return os.fsencode("".join(f"{path}\n" for path in sorted(paths)))


def _read_folder(folder: str, before: str, files: dict[str, int]) -> None:
    with os.scandir(folder) as found:
        items = sorted(found, key=lambda item: item.name)
    for item in items:
        path = before + item.name
        if item.name.lower() in (".git", MANIFEST):
            continue  # the folder may be a work tree of the branch itself
        if item.is_dir(follow_symlinks=False):
            _read_folder(item.path, f"{path}/", files)
        elif not item.is_file(follow_symlinks=False):
            # What a link leads to may be nobody else's business.
            raise DeployError(f"{shown(path)} is no regular file; remove it from the site")
        elif "\n" in path or "\r" in path:
            raise DeployError(f"{shown(path)} has a line break in its name; rename it")
        else:
            files[path] = item.stat(follow_symlinks=False).st_size


def _refuse_taken(prefix: str, place: str, paths: list[str], held: Mapping[str, Entry]) -> None:
    taken = next((path for path in paths if path in held), None)
    if taken is not None:
        raise DeployError(
            f"the site that was deployed to {shown(place or '/')} has {shown(taken)}; deploy to "
            f"another --path than {shown(prefix)}"
        )


def _sizes(paths: Iterable[str], files: Mapping[str, int]) -> str:
    return ", ".join(f"{shown(path)} ({_megabytes(files[path])})" for path in paths)


def _megabytes(count: int) -> str:
    return f"{count / 10**6:,.1f} MB"
