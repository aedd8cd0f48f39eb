"""The command ``watch``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artifolio.cli.build import jobs_of, jobs_option, say, summary

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command()
@click.option("--poll", is_flag=True, help="Look every second; for network and container mounts.")
@jobs_option
def watch(poll: bool, jobs: int | None) -> None:
    """Build the site, and again whenever a record or a page changes.

    \b
    Example:
      artifolio watch
    """
    from artifolio.website.engine.build import report_to
    from artifolio.website.engine.configfile import find_config
    from artifolio.website.engine.rebuild import Rebuilder, keep_building

    report_to(say)
    rebuilder = Rebuilder(find_config(Path.cwd()), jobs=jobs_of(jobs))

    def rebuild(changed: Iterable[str] | None) -> None:
        started = time.monotonic()
        built = rebuilder.build(changed)
        say(summary(built, time.monotonic() - started))

    with rebuilder.watcher(poll=poll) as watcher:
        rebuild(None)
        say(f"Watching; the site is in {rebuilder.site_dir}, ^C stops")
        keep_building(watcher, rebuild, say)
