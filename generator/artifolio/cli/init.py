"""The command that makes a folder ready for artifacts."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.publishing.scaffold import CI_FILES, CONFIGS, Outcome, lay_down

if TYPE_CHECKING:
    from artifolio.publishing.scaffold import Scaffold

_WORDS = {
    Outcome.CREATED: "created",
    Outcome.EXTENDED: "added lines to",
    Outcome.KEPT: "left alone",
}
_NEXT = """
Next:

  1. Publish something from Python{where}:

       from artifolio import create_markdown_artifact
       create_markdown_artifact("# It works", key="hello")

  2. Look at it:

       {command}
"""


@click.command()
@click.argument("directory", required=False, default=".", type=click.Path(path_type=Path))
@click.option(
    "--ci",
    type=click.Choice([*CI_FILES, "none"]),
    default="github",
    show_default=True,
    help="Whose CI builds the site and puts it on its Pages.",
)
def init(directory: Path, ci: str) -> None:
    """Make a folder ready for artifacts and their site.

    Lays down a folder for records, a first page, the configuration of MkDocs, what git needs to
    know, and what has GitHub Actions, or GitLab CI, build the site and put it on Pages.

    Files that are there already are left alone.

    \b
    Example:
      artifolio init
      artifolio init reports --ci gitlab
    """
    scaffold = lay_down(directory, CI_FILES.get(ci))
    width = max(map(len, _WORDS.values()))
    for step in scaffold.steps:
        click.echo(f"{_WORDS[step.outcome]:>{width}}  {step.path}")
    _say_what_is_left(scaffold)
    if directory.resolve() == Path.cwd():
        where, command = "", "artifolio serve"
    else:
        path = words.clean(str(directory))
        where, command = f", in {path}", f"artifolio -C {shlex.quote(path)} serve"
    click.echo(_NEXT.format(where=where, command=command), nl=False)


def _say_what_is_left(scaffold: Scaffold) -> None:
    if scaffold.missing:
        click.echo(f"\nAdd these lines to {scaffold.config}:\n")
        click.echo(scaffold.missing, nl=False)
    if scaffold.ci and scaffold.missing_jobs:
        click.echo(f"\nAdd these jobs to {scaffold.ci.path}:\n")
        click.echo(scaffold.missing_jobs, nl=False)
    if scaffold.config != CONFIGS[0]:
        output.note(f"\nRename {scaffold.config} to {CONFIGS[0]}: artifolio looks for that name.")
    if scaffold.ci and scaffold.repository is not None:
        root = words.clean(str(scaffold.repository))
        output.note(
            f"\nThis folder is part of the repository {root}, and {scaffold.ci.host} looks for "
            f"{scaffold.ci.path} only there: move it and fit its paths."
        )
