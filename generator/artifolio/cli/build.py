"""The command ``build``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from artifolio.website.engine.build import Built

jobs_option = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    help="In how many processes to make pages; by default as many as there are CPUs.",
)


def jobs_of(jobs: int | None) -> int:
    """Return how many processes are meant."""
    from artifolio.website.engine.pool import available_cpus

    return jobs or available_cpus()


@click.command()
@click.option("--strict", is_flag=True, help="Fail where a record has a problem or MkDocs warns.")
@click.option(
    "--site-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put the site, instead of the place that mkdocs.yml names.",
)
@jobs_option
@click.option("--verify", is_flag=True, help="Compare the site with what plain MkDocs makes.")
@click.option(
    "--at",
    metavar="REF|DATE",
    help="Build it from the records of a commit, branch or tag, or of the end of a day.",
)
@click.option(
    "--whole",
    is_flag=True,
    help="With --at: with the handwritten pages and settings of then. Runs the hooks they name.",
)
def build(
    strict: bool,
    site_dir: Path | None,
    jobs: int | None,
    verify: bool,
    at: str | None,
    whole: bool,
) -> None:
    """Build the site from the records.

    What has not changed since the last build is left as it is. With --at, the site as it was goes
    into a folder of its own, named after the commit, and all else stays as it is.

    \b
    Example:
      artifolio build --strict
      artifolio build --at 2026-08-01
      artifolio build --at v1.2 --site-dir /tmp/site
    """
    if at is not None and verify:
        raise click.UsageError("--verify is for the site as it is now")
    if at is None and whole:
        raise click.UsageError("--whole goes with --at")
    from artifolio.errors import BuildError
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
    if at is not None:
        from artifolio.cli.pastsite import build_past

        executor = pool_of(jobs_of(jobs))
        past = build_past(at, site_dir, executor, strict=strict, whole=whole)
        for remark in past.remarks:
            say(remark)
        say(f"{summary(past.built, time.monotonic() - started)}: {past.folder}")
        return
    overrides: dict[str, object] = {"site_dir": str(site_dir.absolute())} if site_dir else {}
    if strict:
        overrides["strict"] = True
    config_file = find_config(Path.cwd())
    config = load_configuration(config_file, **overrides)
    built = Builder(user_cache(), pool_of(jobs_of(jobs))).build(config)
    say(f"{summary(built, time.monotonic() - started)}: {config.site_dir}")
    if verify:
        from artifolio.website.engine.verify import verify as compare

        differences = compare(config_file, Path(config.site_dir))
        for difference in differences:
            click.echo(str(difference))
        if differences:
            raise BuildError(
                f"{_count(len(differences), 'file')} not as plain MkDocs makes it; remove the site "
                "and build again, and please report it"
            )
        say("Plain MkDocs makes the same site")


def say(line: str) -> None:
    """Say something that is no result."""
    click.echo(line, err=True)


def summary(built: Built, seconds: float) -> str:
    """Return what a build did, in one line, or in two where plain MkDocs had to do it."""
    catalog = built.refreshed.catalog
    versions = sum(map(len, catalog.all_lineages()))
    problems = len(built.refreshed.problems)
    plain = built.why_plain and f"Plain MkDocs makes all pages, because of {built.why_plain}\n"
    return (
        (plain or "")
        + f"Built {_count(len(catalog.lineages), 'artifact')}, {_count(versions, 'version')}"
        + (f", {_count(problems, 'problem')}" if problems else "")
        + f" in {seconds:.{1 if seconds >= 1 else 2}f} s"
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
