"""Builds a project in a process of its own and tells what that took, for ``test_budget``.

Takes the folder of a project and a path in its store, of a record that has yet to be seen there.
Prints JSON: for each step the files that were opened in the project, the pages that were made and
the files that were written; and the peak memory in bytes. Nothing here depends on a clock.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from artifolio.website.engine.rebuild import Rebuilder

opened: list[str] = []


def main() -> None:
    """Build, build again, and build after a publish that is told and after one that is not."""
    project, record = Path(sys.argv[1]), sys.argv[2]
    sys.addaudithook(note)
    steps = {}
    steps["all"] = step(project, lambda: Rebuilder(project / "mkdocs.yml").build())
    # What was read a moment after it was written is read once more, for it may have changed.
    time.sleep(2.1)
    Rebuilder(project / "mkdocs.yml").build()
    steps["nothing"] = step(project, lambda: Rebuilder(project / "mkdocs.yml").build())
    rebuilder = Rebuilder(project / "mkdocs.yml")
    rebuilder.build()
    waiting, target = project / "next.yaml", project / "artifacts" / record
    waiting.replace(target)
    steps["told"] = step(project, lambda: rebuilder.build([str(target)]))
    target.replace(waiting)
    Rebuilder(project / "mkdocs.yml").build()
    waiting.replace(target)
    steps["new process"] = step(project, lambda: Rebuilder(project / "mkdocs.yml").build())
    steps["memory"] = peak_memory()
    json.dump(steps, sys.stdout)


def peak_memory() -> int:
    """Return the most that this process has held, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # What `getrusage` tells would count the process that started this one, too.
        return int(re.search(r"VmHWM:\s+([0-9]+) kB", status.read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def note(event: str, details: tuple[Any, ...]) -> None:
    """Remember a file that is opened."""
    if event == "open" and isinstance(details[0], (str, bytes, os.PathLike)):
        opened.append(os.fsdecode(details[0]))


def step(project: Path, work: Any) -> dict[str, Any]:
    """Do something and tell what became of it."""
    opened.clear()
    built = work()
    folders = {name: str(project / name) for name in ("artifacts", "site_src", "site")}
    return {
        "opened": {
            name: len({path for path in opened if path.startswith(f"{folder}{os.sep}")})
            for name, folder in folders.items()
        },
        "rendered": sorted(built.updated.rendered),
        "written": sorted(built.updated.written),
    }


if __name__ == "__main__":
    main()
