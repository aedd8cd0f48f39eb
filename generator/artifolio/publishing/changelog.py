"""What the commits did to the files of the records, in one pass over git's log."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from artifolio.commits import Commit, shown_author, shown_subject
from artifolio.publishing.git import Git, GitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FIELDS = ("%H", "%P", "%at", "%ct", "%an", "%D", "%s")
# Each parent of a merge is compared: what a merge dropped is seen in no other way. All options
# that somebody's configuration may have set otherwise are said, and no name is taken from .mailmap.
_OPTIONS = (
    *("--raw", "-z", "--no-abbrev", "--no-renames", "--root", "-m", "--relative"),
    *("--full-history", "--date-order", "--no-color", "--no-notes", "--no-show-signature"),
    *("--no-ext-diff", "--ignore-submodules=all", "--encoding=UTF-8"),
    # Of decorations only the one that tells where a shallow clone ends.
    *("--decorate=full", "--decorate-refs=refs/none/"),
    f"--format={'%x00'.join(_FIELDS)}",
)
_BORDER = "grafted"
_FILE = "100"
"""What the modes of regular files start with; links and submodules are no records."""
_CHUNK_BYTES = 1 << 18
_LAST_SECOND = 253_402_300_799


@dataclass(frozen=True, slots=True)
class FileChange:
    """What one commit did to one file."""

    folder: str
    """The name of the folder below ``artifacts/``."""
    name: str
    old: str | None
    """Hash of the content before; None where there was no file."""
    new: str | None
    """Hash of the content after; None where there is no file any more."""
    is_own: bool
    """Whether the commit itself did it. A merge that took one side's file did not."""


@dataclass(frozen=True, slots=True)
class CommitChanges:
    """What one commit did to all files of the records."""

    commit: Commit
    is_border: bool
    """Whether the clone is shallow and ends here: the commit seems to have made all its files."""
    changes: tuple[FileChange, ...]


class Changelog:
    """Reads what commits did to the files of a store.

    Args:
        root: The folder of records; it need not be there any more.
        environ: The process's environment.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        root = root.resolve()
        folder = next(folder for folder in (root, *root.parents) if folder.is_dir())
        self.git = Git(folder, environ)
        """That of the repository."""
        self._below = root.relative_to(folder).as_posix()

    def is_shallow(self) -> bool:
        """Tell whether there is older history than this clone has.

        Raises:
            GitError: If there is no repository.
        """
        return self.git.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def head(self, branch: str = "HEAD") -> str | None:
        """Return the commit of a branch; None where there is none yet."""
        name = f"{branch}^{{commit}}"
        return self.git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", name)

    def read(self, commit: str, folder: str | None = None) -> Iterator[CommitChanges]:
        """Give what each commit did that leads to a commit: no parent before all its children.

        Args:
            commit: Full hash.
            folder: Only of the folder of that name.

        Raises:
            GitError: If git fails.
        """
        path = self._below if folder is None else f"{self._below}/{folder}"
        before = "" if self._below == "." else f"{self._below}/"
        # With log.follow, one path alone would be followed to what it may have been before.
        command = ("-c", "log.follow=false", "log", *_OPTIONS, commit, "--", path)
        with self.git.reading(*command) as stream:
            yield from _parsed(stream, os.fsencode(before))


def _parsed(stream: IO[bytes], before: bytes) -> Iterator[CommitChanges]:
    """Put together what was told of each commit: of a merge, once for each parent."""
    head: list[bytes] = []
    told: list[tuple[bytes, bytes]] = []
    for fields, changes in _sections(stream):
        if head and fields[0] != head[0]:
            yield _commit_changes(head, told, before)
            told = []
        head = fields
        told += changes
    if head:
        yield _commit_changes(head, told, before)


def _sections(stream: IO[bytes]) -> Iterator[tuple[list[bytes], list[tuple[bytes, bytes]]]]:
    texts = _texts(stream)
    text = next(texts, None)
    while text is not None:
        fields = [text.lstrip(b"\n"), *(next(texts, b"") for _ in _FIELDS[1:])]
        changes = []
        text = next(texts, None)
        while text is not None and text.lstrip(b"\n").startswith(b":"):
            changes.append((text, next(texts, b"")))
            text = next(texts, None)
        yield fields, changes


def _texts(stream: IO[bytes]) -> Iterator[bytes]:
    """Give what stands between the NULs."""
    rest = b""
    while part := stream.read(_CHUNK_BYTES):
        *whole, rest = (rest + part).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _commit_changes(
    fields: list[bytes], told: list[tuple[bytes, bytes]], before: bytes
) -> CommitChanges:
    name, parents, authored, committed, author, decoration, subject = fields
    commit = Commit(
        name.decode("ascii", "replace"),
        shown_author(author.decode("utf-8", "replace")),
        _seconds(authored),
        shown_subject(subject.decode("utf-8", "replace")),
        tuple(parents.decode("ascii", "replace").split()),
        _seconds(committed) or 0,
    )
    by_path: dict[bytes, list[bytes]] = defaultdict(list)
    for change, path in told:
        by_path[path].append(change)
    changes = (
        _file_change(path.removeprefix(before), lines, len(commit.parents))
        for path, lines in by_path.items()
        if path.startswith(before)
    )
    is_border = decoration == _BORDER.encode()
    return CommitChanges(commit, is_border, tuple(change for change in changes if change))


def _file_change(path: bytes, lines: list[bytes], parents: int) -> FileChange | None:
    folder, _, name = os.fsdecode(path).partition("/")
    if not name or "/" in name or name.startswith("."):
        return None
    try:
        # git-diff(1), "Raw output format": modes, hashes and a letter.
        old_mode, new_mode, old, new, _ = lines[0].lstrip(b"\n:").decode("ascii").split(" ")
    except ValueError:
        raise GitError("log", f"an answer that is none: {lines[0][:200]!r}") from None
    return FileChange(
        folder,
        name,
        old if old_mode.startswith(_FILE) else None,
        new if new_mode.startswith(_FILE) else None,
        len(lines) >= parents,
    )


def _seconds(text: bytes) -> int | None:
    """Return a time that there is; a commit may claim any."""
    return int(text) if text.isdigit() and int(text[:20]) <= _LAST_SECOND else None
