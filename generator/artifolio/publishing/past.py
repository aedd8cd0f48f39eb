"""Which commit somebody means, and its files in a folder of their own."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from artifolio.errors import NotFoundError, ProjectError, printable, shown
from artifolio.keys import format_time
from artifolio.publishing.contents import LargeFiles, read_contents

if TYPE_CHECKING:
    from pathlib import Path

    from artifolio.publishing.contents import Content
    from artifolio.publishing.git import Git

LARGEST_BYTES = 1 << 30
"""Files that are larger are left out."""

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
# What no checkout would write either, on one system or another. A colon is a drive to Windows.
_ODD = re.compile(r"(?i)^(?:|\.\.?|\.git|git~\d|\.git[ .]+)$|[\\:\0-\x1f\x7f]")
_FILES = ("100644", "100755", "100664")
_POINTER_BYTES = 1024


@dataclass(frozen=True)
class PastCommit:
    """A commit that was asked for."""

    id: str
    """Full hash."""
    committed: datetime
    """Aware, UTC."""


@dataclass
class Extracted:
    """What came of a commit's files."""

    files: int = 0
    left_out: list[str] = field(default_factory=list)
    """What was not written, each with the reason; printable."""


def find_commit(git: Git, name: str) -> PastCommit:
    """Return the commit that a name or a date stands for; what git knows by a name goes first.

    Args:
        git: That of the repository.
        name: A commit, branch, tag or whatever else names one to git. Or a date, for the newest
            commit not later than the end of that day, or a time; on the first-parent history of
            what is checked out. Without a zone it is this machine's time.

    Raises:
        NotFoundError: If there is no such commit.
        ProjectError: If it is a date that no calendar has.
        GitError: If git fails.
    """
    revision = f"{name}^{{commit}}"
    # Not a word to git that starts like an option; none that names a commit does.
    if name and not name.startswith("-") and "\0" not in name:
        found = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", revision)
        if found:
            return _commit(git, found)
    moment = parse_moment(name)
    if moment is None:
        raise NotFoundError(
            f"commit {shown(name)}",
            "name a commit, branch or tag, or a date as 2026-08-01 or 2026-08-01T12:00Z"
            + _beyond(git),
        )
    head = git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head is None:
        raise NotFoundError(f"commit of {shown(name)}", "nothing was committed yet")
    # For git a date without a time is that day at this hour; seconds it takes as they are.
    before = f"--before=@{int(moment.timestamp())} +0000"
    found = git.run("rev-list", "--first-parent", "--max-count=1", before, head).decode().strip()
    if not found:
        raise NotFoundError(
            f"commit at or before {format_time(moment)}", f"the history begins later{_beyond(git)}"
        )
    return _commit(git, found)


def parse_moment(text: str) -> datetime | None:
    """Read an ISO 8601 date or time; a date is the last second of its day.

    Returns:
        An aware datetime; None if the text is neither.

    Raises:
        ProjectError: If no calendar has it.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    zone = (match["zone"] or "").replace("Z", "+00:00")
    # Python before 3.11 takes no zone without a colon.
    zone = f"{zone[:3]}:{zone[-2:]}" if zone else ""
    try:
        moment = datetime.fromisoformat(f"{match['day']}T{match['time'] or '23:59:59'}{zone}")
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise ProjectError(f"{shown(text)} is no date: {error}") from None


def extract(git: Git, commit: str, below: str, target: Path, depth: int | None = None) -> Extracted:
    """Write the files of a commit into a folder. Nothing is written outside of it.

    Regular files are written, byte for byte as they were committed, or what git-lfs keeps of them
    on this machine. Symbolic links, submodules and names that mean something else to a system are
    left out, and so is what is too large.

    Args:
        git: That of the repository.
        commit: Full hash.
        below: Path of the folder in the repository, with forward slashes; empty for all.
        target: Of this process alone, and empty.
        depth: How many names a path may have, seen from that folder.

    Raises:
        GitError: If git fails.
    """
    done = Extracted()
    target.mkdir(parents=True, exist_ok=True)
    tree = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:{below}")
    if tree is None or git.ask("cat-file", "-t", tree) != "tree":
        return done  # nothing, or a link to elsewhere
    wanted: list[tuple[str, tuple[str, ...]]] = []
    for line in git.run("ls-tree", "-r", "-z", "-l", "--full-tree", tree).split(b"\0")[:-1]:
        told, _, path = line.partition(b"\t")
        mode, _, blob, size = told.decode("ascii").split()
        names = tuple(os.fsdecode(path).split("/"))
        if depth is not None and len(names) > depth:
            continue
        reason = _why_not(mode, size, names)
        if reason:
            done.left_out.append(f"{printable('/'.join(names))}: {reason}")
        else:
            wanted.append((blob, names))
    large = LargeFiles(git)
    contents = read_contents(git, (blob for blob, _ in wanted))
    for (_, names), content in zip(wanted, contents, strict=True):
        try:
            if content is None:
                raise FileNotFoundError(2, "git does not have it")
            _write(target.joinpath(*names), content, large)
            done.files += 1
        except OSError as error:
            done.left_out.append(f"{printable('/'.join(names))}: {error.strerror}")
    return done


def lend_history(git: Git, commit: str, folder: Path) -> None:
    """Make a folder a repository at a commit, whose objects are another one's.

    What looks for commits from there finds them as it would in a checkout, and can change nothing
    of the other repository.

    Raises:
        GitError: If git fails.
    """
    objects = git.folder / os.fsdecode(git.run("rev-parse", "--git-path", "objects"))[:-1]
    shallow = git.folder / os.fsdecode(git.run("rev-parse", "--git-path", "shallow"))[:-1]
    own = folder / ".git"
    (own / "objects" / "info").mkdir(parents=True)
    (own / "refs").mkdir()
    # gitrepository-layout(5) and git-config(1), "extensions.objectFormat".
    is_long = len(commit) == 64
    settings = f"[core]\n\trepositoryformatversion = {int(is_long)}\n"
    if is_long:
        settings += "[extensions]\n\tobjectformat = sha256\n"
    (own / "config").write_text(settings)
    (own / "objects" / "info" / "alternates").write_bytes(os.fsencode(objects.resolve()) + b"\n")
    (own / "HEAD").write_text(f"{commit}\n")
    if shallow.is_file():
        shutil.copyfile(shallow, own / "shallow")


def _commit(git: Git, found: str) -> PastCommit:
    told = git.run("log", "-1", "--no-show-signature", "--format=%ct", "--end-of-options", found)
    seconds = told.strip()
    start = datetime(1970, 1, 1, tzinfo=timezone.utc)
    try:
        moment = start + timedelta(seconds=int(seconds))
    except (ValueError, OverflowError):
        moment = start
    return PastCommit(found, moment)


def _beyond(git: Git) -> str:
    """Say that there is more history than this clone has, where there is."""
    is_shallow = git.ask("rev-parse", "--is-shallow-repository") == "true"
    return "; this clone is shallow, 'git fetch --unshallow' brings the rest" if is_shallow else ""


def _why_not(mode: str, size: str, names: tuple[str, ...]) -> str | None:
    if mode == "120000":
        return "a symbolic link"
    if mode == "160000":
        return "a submodule"
    if mode not in _FILES:
        return f"of mode {mode}"
    if any(_ODD.search(name) for name in names):
        return "a name that means something else"
    if size.isdigit() and int(size) > LARGEST_BYTES:
        return f"{size} bytes, {LARGEST_BYTES} are the limit"
    return None


def _write(path: Path, content: Content, large: LargeFiles) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        if content.size_bytes <= _POINTER_BYTES:
            text = content.read(_POINTER_BYTES)
            kept = large.find(text)
            if kept is None:
                file.write(text)
            else:
                with kept.open("rb") as other:
                    shutil.copyfileobj(other, file)
            return
        for part in content.chunks():
            file.write(part)
