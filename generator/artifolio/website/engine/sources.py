"""What a site is made of: the files of ``docs_dir``, and where each goes."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

from mkdocs.structure.files import File, set_exclusions
from mkdocs.utils import is_markdown_file

from artifolio.website.urls import LIST, OWNED_FOLDERS, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.sync import Identity

SortKey: TypeAlias = tuple[str, bool, str]

_INDEXES = ("index", "README")
_OWNED = tuple(f"{folder}/" for folder in OWNED_FOLDERS)


class OddSourcesError(Exception):
    """The sources are such that only MkDocs itself knows what to make of them."""


class Places:
    """Knows where the file of a path goes, for one configuration.

    Args:
        config: Fresh or used.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        self._config = config
        self._known: dict[str, str] = {}
        self._pages: dict[str, tuple[SortKey, str] | None] = {}
        self._has_patterns = bool(config.exclude_docs or config.draft_docs)
        self.excluded: dict[str, str] = {}
        """Where those would go that go nowhere, of those that were asked for."""
        self.named = frozenset(_paths_in(config.nav))
        """What the navigation names, whatever it is."""
        self.pinned = frozenset(path for path in self.named if path.startswith(_OWNED)) | (
            {LIST} if config.nav is None else frozenset()
        )
        """The generated pages that are in the navigation."""

    def of(self, name: str) -> str:
        """Return where a source goes, below ``site_dir``; empty if nowhere.

        Args:
            name: The source's path below ``docs_dir``.
        """
        place = self._known.get(name)
        if place is None:
            place = self._known[name] = self._find(name)
        return place

    def _find(self, name: str) -> str:
        if name.startswith(_OWNED) and not self._has_patterns:
            # What the generator makes has no odd names: what follows would find the same.
            if not name.endswith(".md"):
                return name
            stem = name[:-3]
            if stem.endswith("/index") or not self._config.use_directory_urls:
                return f"{stem}.html"
            return f"{stem}/index.html"
        file = File(name, None, "", self._config.use_directory_urls)
        set_exclusions([file], self._config)
        if file.inclusion.is_included():  # type: ignore[no-untyped-call]
            return file.dest_uri
        self.excluded[name] = file.dest_uri
        return ""

    def of_all(self, names: Iterable[str]) -> dict[str, str]:
        """Return where sources go, by name, without those that go nowhere."""
        known = self._known
        return {name: place for name in names if (place := known.get(name) or self.of(name))}

    def urls(self, names: Collection[str]) -> list[str]:
        """Return the addresses of the pages among some sources, in MkDocs' order."""
        pages = self._pages
        for name in names:
            if name not in pages:
                is_shown = is_page(name) and self.of(name)
                pages[name] = (sort_key(name), self.url_of(self.of(name))) if is_shown else None
        return [url for _, url in sorted(filter(None, map(pages.__getitem__, names)))]

    def url_of(self, place: str) -> str:
        """Return the address of a page in the site, as MkDocs writes it."""
        folder, _, name = place.rpartition("/")
        if self._config.use_directory_urls and name == "index.html":
            place = f"{folder}/" if folder else ""
        return quoted(place)


def is_page(name: str) -> bool:
    """Tell whether MkDocs makes a page of a file."""
    return is_markdown_file(name)


def is_owned(name: str) -> bool:
    """Tell whether a path below ``docs_dir`` is that of a generated file."""
    return name.startswith(_OWNED)


def scan_documents(docs_dir: str) -> dict[str, Identity]:
    """Return the identities of all files that are not generated, by path below ``docs_dir``.

    Raises:
        OddSourcesError: If there is a link to nowhere, or a name that is not text.
    """
    found: dict[str, Identity] = {}
    for folder, folders, names in os.walk(docs_dir, followlinks=True):
        if folder == docs_dir:
            folders[:] = [name for name in folders if name not in OWNED_FOLDERS]
        base = PurePath(folder).relative_to(docs_dir).as_posix()
        for name in names:
            path = name if base == "." else f"{base}/{name}"
            try:
                status = os.stat(f"{folder}/{name}")  # noqa: PTH116 - faster
                path.encode()
            except (OSError, UnicodeEncodeError):
                raise OddSourcesError(f"the file {path!a}") from None
            found[path] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return found


def sort_key(name: str) -> SortKey:
    """Return what puts paths into the order in which MkDocs takes them, folder by folder."""
    folder, _, file = name.rpartition("/")
    may_be_index = file.startswith(_INDEXES)
    is_index = may_be_index and os.path.splitext(file)[0] in _INDEXES  # noqa: PTH122 - as MkDocs
    # No name holds NUL, which comes before all others, as the end of a name does.
    return folder.replace("/", "\0"), not is_index, file


def _paths_in(nav: Any) -> Iterator[str]:
    """Give the paths in a navigation, as the configuration has it."""
    if isinstance(nav, str):
        # With a slash where `validation` lets absolute links be seen from `docs_dir`.
        yield PurePath(nav.lstrip("/")).as_posix()
    elif isinstance(nav, dict):
        for value in nav.values():
            yield from _paths_in(value)
    elif isinstance(nav, list):
        for value in nav:
            yield from _paths_in(value)
