"""Runs git: never through a shell, never asking anybody, and never telling a password."""

from __future__ import annotations

import re
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, cast

from artifolio.errors import ArtifolioError, printable, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROTOCOLS = "file:git:http:https:ssh"
"""What git may speak to a remote, where the environment does not say it: no ``ext::``, by which an
address is a command."""

# Of what git says, the last lines tell why; hooks of servers may say pages.
_SAID_LINES = 6
_SAID_CHARACTERS = 800
_GRAVE = ("error:", "fatal:", "remote:", "!")
_IDLE = ("hint:", "To ", "[GNUPG:]")
# Of an address, the user with a password or a token, and what stands after a question mark, which
# some hosts take a token in. Rather too much than too little: a password may hold an @ or a slash.
_CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]*://)(?:\S*@)?([^\s'\"?]*)(\?[^\s'\"]*)?", re.I)
_REMOTE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
# What git takes from its environment to find a repository, as in a hook. What sets options stays:
# a container's safe.directory, or somebody's signing key, may stand there.
_MISLEADING = (
    "GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_NAMESPACE "
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH GIT_PREFIX GIT_LITERAL_PATHSPECS "
    "GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS"
).split()
# Options of every call: what is read is written for programs, and records never follow a folder
# that somebody else renamed.
_OPTIONS = (*("--no-pager", "-c", "core.quotePath=false", "-c", "merge.directoryRenames=false"),)
_SSH = frozenset(["GIT_SSH", "GIT_SSH_COMMAND"])
_REMOTE_COMMANDS = frozenset(["fetch", "ls-remote", "push"])
# No path is a pattern. Only these take no such option, or hand it on to the user's own hooks.
_LITERAL = "--literal-pathspecs"
_WITHOUT_LITERAL = frozenset(["check-ignore", "hook", "merge", "push"])


class GitError(ArtifolioError):
    """Git could not do what it was asked to."""

    def __init__(self, command: str, said: str, status: int = -1) -> None:
        reason = "; ".join(_telling(said)) or f"exit code {status}"
        super().__init__(f"git {command}: {reason}")
        self.command = command
        """The name of git's command."""
        self.said = without_passwords(said)
        """All that git said, in any number of lines."""
        self.status = status
        """Its exit code; -1 if it did not start or was stopped."""


class Git:
    """The git of one repository.

    Args:
        folder: Any folder of it.
        environ: The process's environment.
        seconds: How long one call may take.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], seconds: float = 600.0) -> None:
        self.folder = folder
        self._seconds = seconds
        self._environ = {
            "GIT_ALLOW_PROTOCOL": PROTOCOLS,
            **{name: value for name, value in environ.items() if name not in _MISLEADING},
            # No question can be answered.
            "GIT_TERMINAL_PROMPT": "0",
            # Messages are looked into.
            "LC_ALL": "C.UTF-8",
            "LANGUAGE": "",
        }

    def run(
        self,
        *arguments: str,
        given: bytes = b"",
        environ: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> bytes:
        """Return what a command of git writes.

        Args:
            arguments: The command and its own arguments, `environ` and paths included.
            given: What it reads.
            environ: More of the environment, such as ``GIT_INDEX_FILE``.
            seconds: How long it may take, if not as long as usual.

        Raises:
            GitError: If it fails, takes too long or is not there.
        """
        done = self._call(arguments, given, environ, seconds)
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace") or done.stdout.decode("utf-8", "replace")
            raise GitError(arguments[0], said, done.returncode)
        return done.stdout

    def ask(self, *arguments: str) -> str | None:
        """Return a line that a command of git writes; None where it fails.

        Raises:
            GitError: If git takes too long or is not there.
        """
        done = self._call(arguments, b"", None, None)
        if done.returncode != 0:
            return None
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    @contextmanager
    def reading(self, *arguments: str, given: bytes = b"") -> Iterator[IO[bytes]]:
        """Give what a command writes while it runs, for there may be more than fits into memory.

        Args:
            arguments: As `run` takes them.
            given: What it reads.

        Raises:
            GitError: If it fails, but not if it is left before its end.
        """
        # Files, for a pipe that nobody reads would fill up and stop git.
        with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as asked:
            asked.write(given)
            asked.seek(0)
            process = self._open(arguments, asked, told, None)
            with process, cast("IO[bytes]", process.stdout) as out:
                try:
                    yield out
                    is_whole = not out.read(1)
                except BaseException:
                    process.kill()
                    raise
                if not is_whole:
                    process.kill()
            if is_whole and process.returncode != 0:
                told.seek(0)
                said = told.read().decode("utf-8", "replace")
                raise GitError(arguments[0], said, process.returncode)

    @contextmanager
    def talking(
        self, *arguments: str, environ: Mapping[str, str] | None = None
    ) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """Give what a command reads and what it writes, for one that answers many questions.

        Raises:
            GitError: If git is not there. What it fails at shows in its answers.
        """
        process = self._open(arguments, subprocess.PIPE, subprocess.DEVNULL, environ)
        with process:
            try:
                yield cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
            finally:
                process.kill()

    def _open(
        self,
        arguments: tuple[str, ...],
        stdin: int | IO[bytes],
        stderr: int | IO[bytes],
        environ: Mapping[str, str] | None,
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - as in `_call`
                _command(arguments),
                cwd=self.folder,
                env=self._environ_of(arguments[0], environ),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        except (OSError, ValueError) as error:
            raise _not_started(arguments[0], error) from None

    @cached_property
    def _for_remotes(self) -> dict[str, str]:
        """What keeps ssh from asking on the terminal, unless its user has set it up otherwise."""
        is_set_up = not _SSH.isdisjoint(self._environ) or self.ask("config", "core.sshCommand")
        return {} if is_set_up else {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}

    def _environ_of(self, command: str, more: Mapping[str, str] | None) -> dict[str, str]:
        about_ssh = self._for_remotes if command in _REMOTE_COMMANDS else {}
        return {**self._environ, **about_ssh, **(more or {})}

    def _call(
        self,
        arguments: tuple[str, ...],
        given: bytes,
        environ: Mapping[str, str] | None,
        seconds: float | None,
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - no shell; callers check what is not theirs
                _command(arguments),
                cwd=self.folder,
                env=self._environ_of(arguments[0], environ),
                input=given,
                capture_output=True,
                timeout=seconds or self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitError(arguments[0], f"no end after {error.timeout:g} seconds") from None
        except (OSError, ValueError) as error:
            raise _not_started(arguments[0], error) from None


def checked_branch(name: str) -> str:
    """Return the name of a branch, if git takes it and takes it for nothing else.

    Raises:
        GitError: If it does not; before git is asked anything.
    """
    parts = name.split("/")
    is_fine = (
        bool(name)
        and len(name.encode("utf-8", "surrogateescape")) <= 240
        and name.isprintable()
        and not re.search(r"[ ~^:?*\[\\$`'\"<>|;&!(){}#]|\.\.|@\{|\.$|^@$|^-", name)
        and not any(not part or part.startswith(".") or part.endswith(".lock") for part in parts)
        and not name.startswith("refs/")
        and name != "HEAD"
    )
    if not is_fine:
        raise GitError("branch", f"{shown(name)} is no name for a branch; try 'artifacts-data'")
    return name


def checked_remote(name: str) -> str:
    """Return the name of a remote, which is no address and no option.

    Raises:
        GitError: If it is none; before git is asked anything.
    """
    if not _REMOTE.fullmatch(name) or ".." in name or name.endswith(("/", ".lock")):
        raise GitError("remote", f"{shown(name)} is no name of a remote; see 'git remote'")
    return name


def without_passwords(text: str) -> str:
    """Return a text whose addresses hold no user, no password and no token."""
    return _CREDENTIALS.sub(r"\1\2", text)


def _command(arguments: tuple[str, ...]) -> list[str]:
    literal = () if arguments[0] in _WITHOUT_LITERAL else (_LITERAL,)
    return ["git", *_OPTIONS, *literal, *arguments]


def _telling(said: str) -> list[str]:
    """Return the lines that tell why git failed, those of hooks and other programs included."""
    lines = [printable(line.strip()) for line in without_passwords(said).splitlines()]
    lines = [line for line in lines if line and not line.startswith(_IDLE)]
    # The last that are grave, and if there is room, the last of the others.
    places = sorted(range(len(lines)), key=lambda place: (lines[place].startswith(_GRAVE), place))
    text = "\n".join(lines[place] for place in sorted(places[-_SAID_LINES:]))
    return text[:_SAID_CHARACTERS].split("\n") if text else []


def _not_started(command: str, error: OSError | ValueError) -> GitError:
    if isinstance(error, FileNotFoundError):
        return GitError(command, "there is no git, or no such folder; install git")
    return GitError(command, str(error))
