"""How ``build --at`` makes the site as it was."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.cli import words
from artifolio.errors import ProjectError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from artifolio.publishing.past import Extracted, PastCommit
    from artifolio.website.engine.build import Built

_SHORT = 10
_SHOWN = 5
# Two names: that of a key's folder and that of a file. Nothing below is read.
_DEPTH = 2


@dataclass(frozen=True)
class PastSite:
    """A site as it was."""

    built: Built
    folder: Path
    remarks: tuple[str, ...]
    """What is to be said of it, printable."""


def build_past(
    name: str, site_dir: Path | None, executor: Executor | None, *, strict: bool, whole: bool
) -> PastSite:
    """Build the site of a commit.

    Args:
        name: As `artifolio.publishing.past.find_commit` takes it.
        site_dir: Where to put it; None means beside the project's own.
        executor: Makes pages side by side.
        strict: Whether problems are fatal.
        whole: Whether the settings and handwritten pages are those of then, too.
    """
    from artifolio.publishing.past import extract, find_commit, lend_history
    from artifolio.publishing.place import find_repository
    from artifolio.website.engine.aside import move_project, records_of, use_records
    from artifolio.website.engine.build import Builder, load_configuration
    from artifolio.website.engine.configfile import find_config

    config_file = find_config(Path.cwd())
    overrides: dict[str, object] = {"strict": True} if strict else {}
    config = load_configuration(config_file, **overrides)
    git, records = find_repository(records_of(config), os.environ)
    top = git.folder
    commit = find_commit(git, name)
    target = site_dir.absolute() if site_dir else _beside(Path(config.site_dir), commit)
    _refuse_sources(target, records_of(config), Path(config.docs_dir), top / ".git")
    with tempfile.TemporaryDirectory(prefix="artifolio-", ignore_cleanup_errors=True) as beside:
        folder = Path(beside).resolve()
        project = folder / _project(config_file, top, whole=whole)
        if whole:
            extracted = extract(git, commit.id, "", folder)
            if not (project / config_file.name).is_file():
                raise ProjectError(f"no {config_file.name} in commit {commit.id[:_SHORT]}")
        overrides["site_dir"] = str(target)
        file = project / config_file.name if whole else config_file
        config = load_configuration(file, **overrides)
        project.mkdir(parents=True, exist_ok=True)
        move_project(config, project)
        place = records_of(config)
        if not place.is_relative_to(folder):
            place = folder / ".artifolio-records"
            use_records(config, place)
        if not whole or not place.is_dir():
            extracted = extract(git, commit.id, records, place, _DEPTH)
        lend_history(git, commit.id, folder)
        config.site_name += f" (as of {commit.committed.date()}, {commit.id[:_SHORT]})"
        built = Builder(None, executor).build(config)
    if site_dir is None:
        # It lies in the work tree, and no commit is to take it up.
        (target / ".gitignore").write_text("*\n", encoding="utf-8")
    moment = f"As of commit {commit.id[:_SHORT]}, {commit.committed:%Y-%m-%d %H:%M:%S} UTC"
    return PastSite(built, target, (*_left_out(extracted), moment))


def _project(config_file: Path, top: Path, *, whole: bool) -> Path:
    """Return where a project lies in its repository."""
    project = config_file.parent.resolve()
    if project.is_relative_to(top):
        return project.relative_to(top)
    if whole:
        raise ProjectError(f"{config_file} is not in the repository of the records, {top}")
    return Path("project")


def _refuse_sources(target: Path, *sources: Path) -> None:
    """Refuse to build over what a site is made from; MkDocs sees only the folders of then."""
    place = target.resolve()
    for source in map(Path.resolve, sources):
        if source.is_relative_to(place) or place.is_relative_to(source):
            raise ProjectError(f"{target} would overwrite {source}; name another folder")


def _beside(usual: Path, commit: PastCommit) -> Path:
    return usual.with_name(f"{usual.name}-{commit.id[:_SHORT]}")


def _left_out(extracted: Extracted) -> list[str]:
    lines = [f"Left out: {line}" for line in extracted.left_out]
    more = len(lines) - _SHOWN
    return [
        *lines[:_SHOWN],
        *([f"Left out: {words.counted(more, 'more file')}"] if more > 0 else []),
    ]
