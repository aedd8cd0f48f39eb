"""What all pages depend on besides records: the options, and the program that makes them."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artifolio.website.options import PageOptions

# Other versions may write the same page in other bytes.
_DISTRIBUTIONS = ("artifolio", "cmarkgfm", "itables", "jinja2", "markupsafe", "nh3", "pygments")
_HERE = Path(__file__).parent
_FOLDERS = (_HERE.parent, _HERE, _HERE / "templates", _HERE / "assets", _HERE / "schemas")


def foundation(options: PageOptions) -> bytes:
    """Return what is the same as long as the same records make the same pages.

    Where the site is, and what it is called, does not count: a few files tell it, and those know.
    """
    chosen = (
        *(sorted(options.image_hosts), sorted(options.git_hosts.items())),
        *(options.directory_urls, options.versions_as_pages, options.search_bodies),
        options.libraries,
    )
    return blake2b(repr((chosen, _program())).encode(), digest_size=16).digest()


@cache
def _program() -> tuple[object, ...]:
    """Return versions, and what tells whether a file of the package was edited."""
    files = [
        (path.name, status.st_size, status.st_mtime_ns)
        for folder in _FOLDERS
        if folder.is_dir()  # not where the package is run from an archive
        for path in sorted(folder.iterdir())
        if path.is_file()
        for status in [path.stat()]
    ]
    return (*files, *((name, _version_of(name)) for name in _DISTRIBUTIONS))


def _version_of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
