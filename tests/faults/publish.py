"""Publishes in forks of itself, as it is told line by line, to be watched and killed.

Python starts once, and all is loaded before the first fork: what a fork does between its two
marks, one byte read and one line written, is a publication and nothing else.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from artifolio import (
    ArtifolioError,
    context,
    create_file_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from artifolio.origins import Code

PATIENCE_SECONDS = 60
_PR_SET_PTRACER, _ANY = 0x59616D61, ctypes.c_ulong(-1)


def main(source: Path, root: Path) -> None:
    """Do what the lines on standard input say, until there are no more."""
    # Elsewhere, for every fork is to be a process that has not published into this root before.
    with tempfile.TemporaryDirectory() as warm:
        for kind in ("markdown", "report", "file", "update"):
            publish(kind, source, Path(warm), publish("progress", source, Path(warm)))
    say(ready=True)
    while line := sys.stdin.readline():
        order = json.loads(line)
        child = os.fork()
        if not child:
            obey(source, root, **order)
        say(status=os.waitpid(child, 0)[1])


def obey(
    source: Path, root: Path, kind: str, job: str | None, attempts: int, is_traced: bool
) -> None:
    """Publish, and try again while that fails, and never return."""
    try:
        signal.alarm(PATIENCE_SECONDS)
        # Ubuntu lets ancestors trace a process, and else only whom it has allowed to.
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY)
        say(child=os.getpid())
        if is_traced:
            select.select([0], [], [])
            os.read(0, 1)
        for _ in range(attempts):
            try:
                done = publish(kind, source, root, UUID(job) if job else None)
            except Exception as error:  # noqa: BLE001 - the tests say which are expected
                say(
                    error=type(error).__name__,
                    errno=getattr(error, "errno", None),
                    text=str(error),
                    is_expected=isinstance(error, (OSError, ArtifolioError)),
                )
            else:
                say(done=str(done))
                break
    finally:
        os._exit(0)


def publish(kind: str, source: Path, root: Path, job: UUID | None = None) -> UUID:
    """Publish a version of the kind, or move the job."""
    if kind == "markdown":
        return create_markdown_artifact("# Sales\n\nUp by **4 %**.\n", key="report", store=root)
    if kind == "report":
        text = "# Sales\n\n![](1.png) ![](2.png)\n"
        return create_markdown_artifact(text, key="report", folder=source.parent, store=root)
    if kind == "file":
        return create_file_artifact(source, key="report", store=root)
    if kind == "again":
        # Between two versions of this process, git puts the folder aside, and another process
        # makes it anew and is killed before it gets any further.
        publish("markdown", source, root)
        root.parent.rename(root.parent.with_name("aside"))
        root.parent.mkdir()
        return publish("markdown", source, root)
    if kind == "progress":
        return create_progress_artifact(10, key="report", store=root)
    assert job is not None
    return update_progress_artifact(job, 55, store=root)


def say(**fields: Any) -> None:
    """Write a line at once and past all buffers: what is said is said before a kill."""
    os.write(1, f"{json.dumps(fields)}\n".encode())


if __name__ == "__main__":
    # Git is a program of its own, whose calls are not those of the publication.
    with mock.patch.object(context, "read_code", return_value=Code()):
        main(Path(sys.argv[1]), Path(sys.argv[2]))
