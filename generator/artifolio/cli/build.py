"""The command ``build``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from artifolio.website.refresh import Refreshed


@click.command()
@click.option("--strict", is_flag=True, help="Fail where a record has a problem or MkDocs warns.")
@click.option(
    "--site-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put the site, instead of the place that mkdocs.yml names.",
)
def build(strict: bool, site_dir: Path | None) -> None:
    """Build the site from the records.

    \b
    Example:
      artifolio build --strict
    """
    from artifolio.website.engine.build import build as build_site
    from artifolio.website.engine.build import find_config, load_configuration, report_to

    report_to(say)
    started = time.monotonic()
    overrides: dict[str, object] = {"site_dir": str(site_dir.absolute())} if site_dir else {}
    if strict:
        overrides["strict"] = True
    config = load_configuration(find_config(Path.cwd()), **overrides)
    refreshed = build_site(config)
    say(f"{summary(refreshed, time.monotonic() - started)}: {config.site_dir}")


def say(line: str) -> None:
    """Say something that is no result."""
    click.echo(line, err=True)


def summary(refreshed: Refreshed, seconds: float) -> str:
    """Return what a build did, in one line."""
    catalog = refreshed.catalog
    versions = sum(1 for _ in catalog.versions())
    problems = len(refreshed.problems)
    return (
        f"Built {_count(len(catalog.lineages), 'artifact')}, {_count(versions, 'version')}"
        + (f", {_count(problems, 'problem')}" if problems else "")
        + f" in {seconds:.1f} s"
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
