"""The command that puts the site on a branch that a host serves."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.cli.build import jobs_of, jobs_option, say, summary

if TYPE_CHECKING:
    from artifolio.publishing.deploy import Deployment, Target


@click.command()
@click.option("--branch", default="gh-pages", show_default=True, help="Which branch.")
@click.option("--remote", help="Which remote; that of the current branch, or origin, if not given.")
@click.option(
    "--path", "prefix", metavar="PREFIX", default="", help="Which folder of the branch; its top."
)
@click.option(
    "--site",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A site that is built already; it is built now if not given.",
)
@click.option("--message", "-m", metavar="TEXT", help="The message of the commit.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change; push nothing.")
@jobs_option
def deploy(
    branch: str,
    remote: str | None,
    prefix: str,
    site: Path | None,
    message: str | None,
    dry_run: bool,
    jobs: int | None,
) -> None:
    """Put the site on a branch that a host serves, such as gh-pages.

    The branch gets one new commit without a history. With --path, the site takes the place of
    what is in that folder of the branch; what else is on the branch stays. Your files, index
    and branches stay as they are.

    \b
    Example:
      artifolio deploy
      artifolio deploy --branch pages --path reports --dry-run
    """
    from artifolio.publishing.deploy import deploy as deploy_site
    from artifolio.publishing.deploy import find_target
    from artifolio.publishing.git import Git

    # What is refused is so before the long work.
    target = find_target(Git(Path.cwd(), os.environ), branch, remote, prefix)
    folder = site or _built(jobs_of(jobs))
    _tell(target, deploy_site(target, folder, message, dry_run=dry_run), dry_run=dry_run)


def _built(jobs: int) -> Path:
    """Build the site and return its folder."""
    from artifolio.website.engine.build import (
        Builder,
        load_configuration,
        report_to,
        user_cache,
    )
    from artifolio.website.engine.configfile import find_config
    from artifolio.website.engine.pool import pool_of

    report_to(say)
    started = time.monotonic()
    config = load_configuration(find_config(Path.cwd()))
    built = Builder(user_cache(), pool_of(jobs)).build(config)
    say(summary(built, time.monotonic() - started))
    return Path(config.site_dir)


def _tell(target: Target, done: Deployment, *, dry_run: bool) -> None:
    if not done.is_change:
        click.echo(f"Nothing to deploy: {target} has this site already")
        return
    said = f"{words.counted(done.files, 'file')}, {words.size(done.size_bytes)}, to {target}"
    changes = f"{done.added:,} added, {done.changed:,} changed, {done.removed:,} removed"
    if dry_run:
        click.echo(f"Would deploy {said}: {changes}")
    else:
        before = f" in place of {done.replaced[:12]}" if done.replaced else ""
        click.echo(f"Deployed {said}: {changes}; commit {(done.commit or '')[:12]}{before}")
    if done.lacks_no_jekyll:
        output.note(
            "There is no .nojekyll at the top of the branch: GitHub leaves out artifacts/_assets/"
        )
