"""The command that looks for problems."""

from __future__ import annotations

import click

from artifolio.checking import check_store
from artifolio.cli import output, words
from artifolio.cli.lookup import open_store


@click.command()
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to write.",
)
@click.pass_context
def check(context: click.Context, form: str) -> None:
    """Read every record and attachment, and list what is wrong.

    Exits with 1 if anything is.

    \b
    Example:
      artifolio check
    """
    report = check_store(open_store())
    checked = f"checked {words.counted(report.records, 'record')}"
    if form == "json":
        output.write_json({"path": item.path, "reason": item.reason} for item in report.problems)
    for problem in report.problems if form == "text" else ():
        output.write_text(f"{words.clean(str(problem))}\n")
    if report.problems:
        output.note(f"{checked}: {words.counted(len(report.problems), 'problem')}")
        context.exit(1)
    elif form == "text":
        output.write_text(f"{checked}: no problems\n")
