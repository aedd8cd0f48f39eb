"""Publishes on a small disk that is all but full, and says what came of it.

Run with the disk, what of it is scarce (``blocks`` or ``inodes``) and what to publish.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from artifolio import (
    ArtifolioError,
    create_file_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)

# Several blocks, so that a disk may be full in the midst of it.
TEXT = "Up by **4 %**.\n" * 2000
MANY = 1_000_000
_KEPT = 30


@dataclass(frozen=True)
class Round:
    """What came of publishing until that failed, and of publishing when there was room again."""

    done: list[str]
    """The versions that were acknowledged."""
    failure: list[str]
    """What the one after them raised, its number and its text; none where none was tried."""
    files: dict[str, str]
    """What was in the store then, in Base64."""
    later: str
    """The version that was acknowledged when there was room again."""
    later_files: dict[str, str]


def main(disk: Path, scarce: str, kind: str) -> None:
    """Publish once with no room, with more and more until it is enough, and then until it ends."""
    room = 0
    while publish_with_room(disk, scarce, kind, room, 1).failure:
        room += 1
    if kind != "update":  # which takes the place of what it replaces
        publish_with_room(disk, scarce, kind, _KEPT, MANY)


def publish_with_room(disk: Path, scarce: str, kind: str, room: int, times: int) -> Round:
    """Publish on a full disk, and again when it is full no more."""
    root = disk / "new" / "artifacts"
    source = disk / "model.bin"
    source.write_text(TEXT)
    job = create_progress_artifact(10, key="job", store=root) if kind == "update" else None
    ballast = disk / "ballast"
    ballast.mkdir()
    fill(ballast, scarce, room)
    done: list[str] = []
    failure: list[str] = []
    while len(done) < times and not failure:
        try:
            done.append(str(publish(kind, source, root, job)))
        except (OSError, ArtifolioError) as error:
            failure += [type(error).__name__, str(getattr(error, "errno", None)), str(error)]
    files = contents(root)
    shutil.rmtree(ballast)
    later = str(publish(kind, source, root, job))
    found = Round(done, failure, files, later, contents(root))
    print(json.dumps(asdict(found)))
    shutil.rmtree(root.parent, ignore_errors=True)
    return found


def fill(ballast: Path, scarce: str, room: int) -> None:
    """Leave room for so many blocks or inodes, and for no more."""
    status = os.statvfs(ballast)
    if scarce == "inodes":
        for number in range(status.f_ffree - room):
            (ballast / str(number)).touch()
        assert os.statvfs(ballast).f_ffree == room
    else:
        with (ballast / "blocks").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, (status.f_bfree - room) * status.f_frsize)
        assert os.statvfs(ballast).f_bfree == room


def publish(kind: str, source: Path, root: Path, job: UUID | None) -> UUID:
    """Publish a version of the kind, or move the job."""
    if kind == "markdown":
        return create_markdown_artifact(TEXT, key="report", store=root)
    if kind == "file":
        return create_file_artifact(source, key="report", store=root)
    assert job is not None
    return update_progress_artifact(job, 55, "#" * 10_000, store=root)


def contents(root: Path) -> dict[str, str]:
    """Return the files of a store, by path."""
    return {
        path.relative_to(root).as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in root.rglob("*")
        if path.is_file()
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
