"""What git tells of commits: one process for any number of questions."""

from __future__ import annotations

import codecs
import math
import re
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from artifolio.gitstate import is_full

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from subprocess import Popen
    from threading import Event, Thread

SILENT_SECONDS = 20.0
"""After so long without an answer git is not waited for any more."""
SUBJECT_CHARACTERS = 100
"""Of a commit's subject; longer ones are cut."""
AUTHOR_CHARACTERS = 60
"""Of an author's name; longer ones are cut."""

# So much of a commit is read: its parents, and the first words of its message.
_READ_BYTES = 64_000
_CHUNK_BYTES = 1 << 20
# So many questions are asked before the answers are read. They fit into any system's pipe, so that
# the two sides never wait for each other.
_ASKED = 100
_PERSON = re.compile(rb"(.*?) ?<[^>]*>(?: (-?\d{1,18})(?!\d))?")
_ENCODINGS = ("iso", "cp", "koi8", "euc", "shift", "gb", "big5")
_ADDRESS = re.compile(r"(\S)@\S+")
# What git takes from its environment to find a repository, and hooks set for theirs. What sets
# options stays: a container's safe.directory may stand there.
_MISLEADING = (
    "GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_NAMESPACE "
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH GIT_GRAFT_FILE GIT_SHALLOW_FILE "
    "GIT_REPLACE_REF_BASE GIT_PREFIX GIT_TRACE GIT_TRACE2 GIT_TRACE2_EVENT GIT_TRACE_PACKET"
).split()


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, as it was made: replacements, grafts and mailmaps do not count."""

    id: str
    """Full hash."""
    author: str
    """Name, without an e-mail address."""
    authored: int | None
    """Seconds since 1970, UTC."""
    subject: str
    """What the message starts with, in one line."""
    parents: tuple[str, ...] = ()
    committed: int = 0
    """As `authored`, by the committer."""


class Commits:
    """Reads commits from the repository that a folder lies in.

    Nothing of it fails: what cannot be read is not there.

    Args:
        folder: Any folder of the repository.
        environ: The process's environment.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = {
            **{name: value for name, value in environ.items() if name not in _MISLEADING},
            # A partial clone would fetch what it does not have. Older programs know only the other
            # one, by which they are refused it.
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_TERMINAL_PROMPT": "0",
        }
        self._git: Popen[bytes] | None = None
        self._watch: Thread | None = None
        self._until = math.inf
        """When an answer has to be there."""
        self._is_closed: Event | None = None
        self._known: dict[str, Commit | None] = {}
        self.is_silent = False
        """Whether git could not be asked, or stopped answering."""

    def __enter__(self) -> Commits:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, ids: Iterable[str]) -> dict[str, Commit | None]:
        """Return commits by their id, None for those that are not there.

        Args:
            ids: Any texts; only full ids of commits are found.
        """
        wanted = list(dict.fromkeys(ids))
        missing = [name for name in wanted if name not in self._known and is_full(name)]
        for start in range(0, len(missing), _ASKED):
            part = missing[start : start + _ASKED]
            self._known.update(zip(part, self._ask(part), strict=True))
        return {name: self._known.get(name) for name in wanted}

    def close(self) -> None:
        """End the process, if there is one, and forget what was read."""
        self._known = {}
        git, self._git = self._git, None
        if git is not None:
            git.kill()
            git.communicate()
        if self._watch is not None and self._is_closed is not None:
            self._is_closed.set()
            # Whoever makes processes next is to be alone.
            self._watch.join()
            self._watch = None

    def _ask(self, ids: list[str]) -> Iterator[Commit | None]:
        if self._git is None and not self.is_silent:
            self._start()
        git = self._git
        if git is None or git.stdin is None or git.stdout is None:
            return iter([None] * len(ids))
        self._until = time.monotonic() + SILENT_SECONDS
        try:
            git.stdin.write("".join(f"{name}\n" for name in ids).encode())
            git.stdin.flush()
            return iter([_answer(name, git.stdout) for name in ids])
        except (OSError, ValueError):
            self.is_silent = True
            self.close()
            return iter([None] * len(ids))
        finally:
            self._until = math.inf

    def _start(self) -> None:
        import subprocess  # only here: 3 ms that most refreshes do without
        from threading import Event, Thread

        options = "--no-optional-locks --no-replace-objects -c core.fsmonitor=false".split()
        try:
            self._git = subprocess.Popen(  # noqa: S603 - a fixed program, no shell, ids by its stdin
                ["git", *options, "cat-file", "--batch"],  # noqa: S607 - the user's own git
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, ValueError):
            self.is_silent = True
        else:
            self._is_closed = Event()
            self._watch = Thread(target=self._guard, args=(self._git, self._is_closed), daemon=True)
            self._watch.start()

    def _guard(self, git: Popen[bytes], is_closed: Event) -> None:
        while not is_closed.wait(SILENT_SECONDS / 20):
            if time.monotonic() > self._until:
                git.kill()


def shown_author(name: str) -> str:
    """Return an author's name without an e-mail address, in one line that is not too long."""
    return _cut(_ADDRESS.sub(r"\1", name), AUTHOR_CHARACTERS)


def shown_subject(subject: str) -> str:
    """Return a commit's subject in one line that is not too long."""
    return _cut(subject, SUBJECT_CHARACTERS)


def _answer(name: str, answers: IO[bytes]) -> Commit | None:
    """Read an answer of ``git cat-file --batch``.

    Raises:
        OSError: If git has stopped.
        ValueError: If it is no answer.
    """
    line = answers.readline()
    if not line.endswith(b"\n"):
        raise OSError("git has stopped")
    told = line.split()
    if len(told) != 3:
        return None  # missing, or the start of several names
    left = int(told[2]) + 1
    content = b""
    while left > 0:
        part = answers.read(min(left, _CHUNK_BYTES))
        if not part:
            raise OSError("git has stopped")
        left -= len(part)
        content += part[: max(0, _READ_BYTES - len(content))]
    # A shorter hash is the start of another in a repository of longer ones.
    return _parsed(name, content) if told[:2] == [name.encode(), b"commit"] else None


def _parsed(name: str, content: bytes) -> Commit:
    head, _, message = content.partition(b"\n\n")
    parents: list[str] = []
    author, committer, encoding = b"", b"", "utf-8"
    for line in head.split(b"\n"):
        field, _, value = line.partition(b" ")
        if field == b"parent":
            parents.append(value.decode("ascii", "replace"))
        elif field == b"author":
            author = value
        elif field == b"committer":
            committer = value
        elif field == b"encoding":
            encoding = value.decode("ascii", "replace")
    subject = re.split(rb"\n[ \t\r]*\n", message.lstrip()[:4_000], maxsplit=1)[0]
    person = _PERSON.match(author)
    by = _decoded(person[1][:1_000] if person else b"", encoding)
    return Commit(
        name,
        shown_author(by),
        _seconds(author),
        shown_subject(_decoded(subject, encoding)),
        tuple(parents),
        _seconds(committer) or 0,
    )


def _decoded(text: bytes, encoding: str) -> str:
    try:
        # Only what maps bytes to characters: other codecs do more than that.
        if codecs.lookup(encoding).name.startswith(_ENCODINGS):
            return text.decode(encoding, "replace")
    except (LookupError, ValueError):
        pass
    return text.decode("utf-8", "replace")


def _seconds(person: bytes) -> int | None:
    found = _PERSON.match(person)
    return int(found[2]) if found and found[2] else None


def _cut(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
