"""The errors that callers of artifolio may expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class ArtifolioError(Exception):
    """An expected failure; its text says what, where and the way out in one line."""


class InvalidKeyError(ArtifolioError, ValueError):
    """A key that breaks the naming rules."""

    def __init__(self, key: object, reason: str) -> None:
        super().__init__(f"invalid key {shown(key)}: {reason}")
        self.key = key
        self.reason = reason


class InvalidValueError(ArtifolioError, ValueError):
    """A value that a record cannot hold: a bad link, table cell, metadata entry …"""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class RecordError(ArtifolioError):
    """A record that cannot be read."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


class RecordExistsError(ArtifolioError):
    """A record is never overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} already exists and is never overwritten; publish a new version")
        self.path = path


class NotFoundError(ArtifolioError, LookupError):
    """No artifact or version goes by that name."""

    def __init__(self, what: str, way_out: str = "see 'artifolio ls --all'") -> None:
        super().__init__(f"{what} not found; {way_out}")
        self.what = what


class AmbiguousIdError(ArtifolioError, LookupError):
    """A shortened id that several versions share."""

    def __init__(self, prefix: str, candidates: Iterable[str]) -> None:
        self.prefix = prefix
        self.candidates = tuple(candidates)
        listed = ", ".join(self.candidates)
        super().__init__(f"id {shown(prefix)} is shared by several versions: {listed}")


class ProjectError(ArtifolioError):
    """The project around the records is not as a command needs it."""


class BuildError(ArtifolioError):
    """MkDocs could not build the site."""


class PublishError(ArtifolioError):
    """Records were committed, but did not reach the remote."""

    def __init__(self, commit: str, branch: str, reason: str) -> None:
        super().__init__(
            f"committed as {commit[:12]} on {printable(branch)}, but not pushed: {reason}"
        )
        self.commit = commit
        """Full id; the branch holds it."""
        self.branch = branch
        self.reason = reason


class ServerError(ArtifolioError):
    """A server that keeps records did not take a version, or did not give one."""

    def __init__(self, url: str, reason: str, way_out: str = "") -> None:
        super().__init__(f"{url}: {reason}" + (f"; {way_out}" if way_out else ""))
        self.url = url
        """As ``ARTIFOLIO_API_URL`` names it."""
        self.reason = reason


class OutputExistsError(ArtifolioError):
    """What a command was to write is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} already exists; name another file with -o, or --force it")
        self.path = path


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one file of ``artifacts/``; never stops the others."""

    path: str
    """Path below ``artifacts/``, with forward slashes."""
    reason: str
    """What is wrong and, where there is one, the way out."""

    def __str__(self) -> str:
        """Say where first, as compilers do."""
        return f"{printable(self.path)}: {self.reason}"


def shown(value: object, limit: int = 80) -> str:
    """Return a value as an error message shows it: on one line, printable, not too long."""
    if isinstance(value, str):
        text = repr(printable(value[:limit]))
    else:
        try:
            text = ascii(value)
        except ValueError:  # an integer of more digits than Python writes
            text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def printable(text: str) -> str:
    r"""Return the text with what could steer a terminal escaped, as ``\x1b``.

    Everything that `str.isprintable` calls unprintable is escaped, line breaks included.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
