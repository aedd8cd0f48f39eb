"""Edits and builds in turn, each build compared with a clean one by plain MkDocs."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from mkdocs.config.config_options import Hooks
from mkdocs.config.defaults import MkDocsConfig

from artifolio.location import CACHE_VARIABLE
from artifolio.website.engine.rebuild import Rebuilder
from artifolio.website.engine.verify import Difference, compare_sites
from website.engine.edits import Edit, Project

if TYPE_CHECKING:
    from website.engine.plain import PlainBuilder

HINTED = "hinted"
"""By the process that has built before, which is told what changed."""
UNHINTED = "unhinted"
"""By the same, which is not told."""
NEW = "new"
"""By a new process, which goes on to build."""
ANOTHER = "another"
"""By a new process that ends, and of which the one that goes on is told nothing."""
COMMAND = "command"
"""By ``artifolio build``; as `ANOTHER`."""
BUILDERS = (HINTED, UNHINTED, NEW, ANOTHER, COMMAND)
_SHOWN = 12
_OWNED = ("artifacts", "runs")


@dataclass(frozen=True)
class Start:
    """What a project is before the first build."""

    name: str
    settings: dict[str, Any]
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Round:
    """What is done to a project, and who builds it then."""

    edits: tuple[Edit, ...] = ()
    by: str = HINTED


class BrokenLawError(AssertionError):
    """A site that is not what plain MkDocs makes of the same project."""

    def __init__(self, start: Start, rounds: list[Round], differences: list[str]) -> None:
        lines = [f"the site is not what plain MkDocs makes; start: {start.name}"]
        for number, played in enumerate(rounds, 1):
            lines += [f"round {number}, built {played.by}:", *(f"  {e!r}," for e in played.edits)]
        lines += [f"{len(differences)} differences:", *(f"  {d}" for d in differences[:_SHOWN])]
        super().__init__("\n".join(lines))
        self.differences = differences


class Trial:
    """One project through its rounds.

    Args:
        start: What the project is before the first build.
        base: An empty folder.
        plain: The judge.
    """

    def __init__(self, start: Start, base: Path, plain: PlainBuilder) -> None:
        self._start = start
        self.plain = plain
        self._base = base
        self._kept: Rebuilder | None = None
        self._untold: set[str] = set()
        """What changed since the process that goes on has built."""
        self.rounds: list[Round] = []
        self.compared = 0
        self.project = Project(base / "project", base / "cache")
        self.project.folder.mkdir()
        (self.project.folder / "site_src").mkdir()
        self.project.settings = deepcopy(start.settings)
        self.project.write_settings()
        for edit in start.edits:
            edit.apply(self.project)

    def play(self, played: Round) -> None:
        """Edit, build, and compare.

        Raises:
            BrokenLawError: If the site is not what it should be.
        """
        self.rounds.append(played)
        for edit in played.edits:
            edit.apply(self.project)
        self._untold |= self.project.changed
        self.project.changed.clear()
        with self._surroundings():
            failure = self.build(played.by)
            differences = self._judge(failure)
        if differences:
            raise BrokenLawError(self._start, self.rounds, differences)
        if failure:
            self._mend()

    def build(self, by: str) -> str:
        """Build; return what was wrong, and nothing where nothing was."""
        if self.project.needs_new_process:
            self.project.needs_new_process = False
            self._kept = None
            by = NEW if by in (HINTED, UNHINTED) else by
        if self.project.is_unnoticed:
            self.project.is_unnoticed = False
            by = UNHINTED if by == HINTED else by
        if by == COMMAND:
            command = [sys.executable, "-m", "artifolio", "build"]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace")
            return f"{done.returncode}: {done.stderr}" if done.returncode else ""
        # What plugins and hooks raise comes through as it is.
        try:
            if by == ANOTHER:
                with patch.dict(MkDocsConfig.plugins.plugin_cache):
                    self._new_rebuilder().build()
                return ""
            is_first = by == NEW or self._kept is None
            if is_first:
                self._kept = self._new_rebuilder()
            hinted = by == HINTED and not is_first
            self._kept.build(frozenset(self._untold) if hinted else None)
        except Exception as error:  # noqa: BLE001
            return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        self._untold.clear()
        return ""

    def _new_rebuilder(self) -> Rebuilder:
        # What MkDocs 1.6 keeps for as long as a process lives, `config_options.py`.
        Hooks._load_hook.cache_clear()
        MkDocsConfig.plugins.plugin_cache.clear()
        return Rebuilder(self.project.config_file)

    def _judge(self, failure: str) -> list[str]:
        """Say what is not as a clean build by plain MkDocs makes it of a clean copy."""
        copy, site = self._base / "copy", self._base / "plain"
        for folder in (copy, site):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.project.folder, copy, ignore=self._not_to_be_copied)
        os.chdir(copy)
        environ = dict(os.environ, **{CACHE_VARIABLE: str(self._base / "no-cache")})
        shutil.rmtree(self._base / "no-cache", ignore_errors=True)
        plain = self.plain.build(copy / "mkdocs.yml", site, environ=environ)
        if failure and not self.project.refreshes and "in strict mode" in failure:
            return []  # plain MkDocs does not look at records where the plugin is not named
        if bool(plain.status) != bool(failure):
            said = plain.said.splitlines()[-_SHOWN:]
            return [f"ours: {failure or 'no failure'}", f"plain: {plain.status}", *said]
        if failure:
            return []
        self.compared += 1
        sources = compare_sites(self.project.folder / "site_src", copy / "site_src")
        differences = [*compare_sites(self.project.site_dir, site), *map(_in_sources, sources)]
        return [str(difference) for difference in differences]

    def _not_to_be_copied(self, folder: str, names: list[str]) -> set[str]:
        if Path(folder) == self.project.folder:
            return {"site", "public"}
        if Path(folder) == self.project.folder / "site_src" and self.project.refreshes:
            return set(_OWNED)
        return set()

    def _mend(self) -> None:
        """Go back to settings that can be built."""
        self.project.settings = deepcopy(self._start.settings)
        self.project.write_settings()
        self.project.remove(self.project.folder / "overrides")
        self.project.remove(self.project.folder / "hooks")

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        """Be in the project's folder, and have its environment."""
        here = Path.cwd()
        changes = {CACHE_VARIABLE: str(self.project.cache), "NO_MKDOCS_2_WARNING": "1"}
        changes |= {"PYTHONDONTWRITEBYTECODE": "1", **self.project.variables}
        logger = logging.getLogger("mkdocs")
        level = logger.level
        # Strict mode counts warnings, and none comes through where the level is higher.
        logger.setLevel(logging.WARNING)
        with (
            patch.dict(os.environ, changes),
            patch.object(sys, "dont_write_bytecode", True),
            patch.object(logger, "propagate", False),
            patch.object(logger, "handlers", [logging.NullHandler()]),
        ):
            os.chdir(self.project.folder)
            try:
                yield
            finally:
                os.chdir(here)
                logger.setLevel(level)
                with suppress(KeyError):
                    del sys.modules["hooks/hook.py"]


def _in_sources(difference: Difference) -> Difference:
    return Difference(f"site_src/{difference.path}", difference.what, difference.hint)
