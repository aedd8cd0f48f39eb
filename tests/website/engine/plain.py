"""Clean builds by plain MkDocs, in a process of its own that has imported everything once.

For every build that process forks a child, so that no build can learn from another. It ends with
its input, even where whoever started it was killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Plain:
    """What became of a plain build."""

    status: int
    """0 where the site was built."""
    said: str
    """Warnings, errors and tracebacks."""


class PlainBuilder:
    """Builds sites as the command ``mkdocs build`` does."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> PlainBuilder:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def build(
        self,
        config_file: Path,
        site_dir: Path,
        *,
        environ: Mapping[str, str] | None = None,
        dirty: bool = False,
    ) -> Plain:
        """Build a project.

        Args:
            config_file: Its ``mkdocs.yml``.
            site_dir: Where to.
            environ: The variables; those of this process without any.
            dirty: Whether to build as ``mkdocs build --dirty`` does, which is no way to build.
        """
        request = {
            "config_file": str(config_file),
            "site_dir": str(site_dir),
            "environ": dict(os.environ if environ is None else environ),
            "folder": str(Path.cwd()),
            "dirty": dirty,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the plain builder ended with status {self._process.wait()}"
        return Plain(**json.loads(answer))


def _serve() -> None:
    """Answer one request after the other, until there is no more input."""
    # Children must not write into what is read as answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _warm()
    for line in sys.stdin:
        print(json.dumps(_in_a_child(json.loads(line))), file=answers, flush=True)


def _in_a_child(request: dict[str, Any]) -> dict[str, object]:
    with tempfile.TemporaryFile() as said:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                status = _build(request)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        said.seek(0)
        return {"status": status, "said": said.read().decode("utf-8", "replace")}


def _build(request: dict[str, Any]) -> int:
    """Do what ``mkdocs build`` does, as in MkDocs 1.6 `__main__.py`."""
    import traceback

    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["folder"])
    try:
        config = load_config(request["config_file"], site_dir=request["site_dir"])
        config.plugins.on_startup(command="build", dirty=request["dirty"])
        try:
            build(config, dirty=request["dirty"])
        finally:
            config.plugins.on_shutdown()
    except BaseException:  # noqa: BLE001 - whatever it is, it ends the child
        traceback.print_exc()
        return 1
    return 0


def _warm() -> None:
    """Import in good time what a build will want, by building something."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    # A hook's bytecode would be taken for the hook where both are a second old or less.
    sys.dont_write_bytecode = True
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "docs").mkdir()
        (project / "docs" / "index.md").write_text("# Home\n\n```python\nx\n```\n")
        settings = {
            "site_name": "Warm",
            "theme": {"name": "material", "font": False},
            "plugins": ["search", "artifolio", "material/tags", "material/meta"],
            "markdown_extensions": ["pymdownx.superfences", "pymdownx.snippets", "admonition"],
        }
        (project / "mkdocs.yml").write_text(json.dumps(settings))
        environ = os.environ | {"ARTIFOLIO_CACHE": str(project / "cache")}
        request = {
            "config_file": str(project / "mkdocs.yml"),
            "site_dir": str(project / "site"),
            "environ": environ,
            "folder": str(Path.cwd()),
            "dirty": False,
        }
        assert _build(request) == 0


if __name__ == "__main__":
    # Python puts the folder of the script first.
    sys.path.pop(0)
    _serve()
