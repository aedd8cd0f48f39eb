"""How ``build --at`` makes the site as it was."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.cli import words
from artifolio.errors import ProjectError

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.publishing.git import Git
    from artifolio.publishing.past import Extracted, PastCommit

_SHORT = 10
_SHOWN = 5
# Two names: that of a key's folder and that of a file. Nothing below is read.
_DEPTH = 2


def build_past(
    name: str, site_dir: Path | None, *, strict: bool, whole: bool, jobs: int | None
) -> None:
    """Build the site of a commit, and say what was built.

    Args:
        name: As `artifolio.publishing.past.find_commit` takes it.
        site_dir: Where to put it; None means beside the project's own.
        strict: As ``build`` takes it, and so are the jobs.
        whole: Whether the settings and handwritten pages are those of then, too.
        jobs: In how many processes to make pages.
    """
    from artifolio.cli.build import jobs_of, say, summary
    from artifolio.publishing.past import extract, find_commit, lend_history
    from artifolio.website.engine.aside import move_project, records_of, use_records
    from artifolio.website.engine.build import (
        Builder,
        find_config,
        load_configuration,
        report_to,
    )
    from artifolio.website.engine.pool import pool_of

    report_to(say)
    started = time.monotonic()
    config_file = find_config(Path.cwd())
    overrides: dict[str, object] = {"strict": True} if strict else {}
    config = load_configuration(config_file, **overrides)
    git, top, records = _repository(records_of(config))
    commit = find_commit(git, name)
    target = site_dir.absolute() if site_dir else _beside(config, commit)
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
        built = Builder(None, pool_of(jobs_of(jobs))).build(config)
    if site_dir is None:
        # It lies in the work tree, and no commit is to take it up.
        (target / ".gitignore").write_text("*\n", encoding="utf-8")
    _tell_left_out(extracted)
    say(f"As of commit {commit.id[:_SHORT]}, {commit.committed:%Y-%m-%d %H:%M:%S} UTC")
    say(f"{summary(built, time.monotonic() - started)}: {target}")


def _repository(records: Path) -> tuple[Git, Path, str]:
    """Return the repository of the records, its top, and the path of the records in it."""
    from artifolio.publishing.git import Git

    records = records.resolve()
    folder = next(folder for folder in (records, *records.parents) if folder.is_dir())
    git = Git(folder, os.environ)
    top = Path(os.fsdecode(git.run("rev-parse", "--show-toplevel"))[:-1]).resolve()
    below = records.relative_to(top).as_posix()
    return git, top, "" if below == "." else below


def _project(config_file: Path, top: Path, *, whole: bool) -> Path:
    """Return where a project lies in its repository."""
    project = config_file.parent.resolve()
    if project.is_relative_to(top):
        return project.relative_to(top)
    if whole:
        raise ProjectError(f"{config_file} is not in the repository of the records, {top}")
    return Path("project")


def _beside(config: MkDocsConfig, commit: PastCommit) -> Path:
    usual = Path(config.site_dir)
    return usual.with_name(f"{usual.name}-{commit.id[:_SHORT]}")


def _tell_left_out(extracted: Extracted) -> None:
    from artifolio.cli.build import say

    for line in extracted.left_out[:_SHOWN]:
        say(f"Left out: {line}")
    more = len(extracted.left_out) - _SHOWN
    if more > 0:
        say(f"Left out: {words.counted(more, 'more file')}")
