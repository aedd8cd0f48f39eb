"""The command that looks for problems."""

from __future__ import annotations

import shutil
import textwrap

import click

from artifolio.checking import check_store
from artifolio.cleaning import mend_store
from artifolio.cli import output, words
from artifolio.cli.lookup import open_store


@click.command()
@click.option(
    "--fix",
    is_flag=True,
    help="First make .keep files that are missing, and remove temporary files over an hour old.",
)
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
def check(context: click.Context, fix: bool, form: str) -> None:
    """Read every record and attachment, and list what is wrong.

    Also lists what lies among them and does not belong there. Exits with 1 if anything is wrong.

    \b
    Example:
      artifolio check
      artifolio check --fix
    """
    store = open_store()
    mended = mend_store(store) if fix else ()
    report = check_store(store)
    if form == "json":
        output.write_json(
            [
                *({"path": item.path, "reason": item.action, "fixed": True} for item in mended),
                *({"path": item.path, "reason": item.reason} for item in report.problems),
            ]
        )
    else:
        for item in mended:
            _write_line(f"fixed {words.clean(item.path)}: {item.action}")
        for problem in report.problems:
            _write_line(words.clean(str(problem)))
    checked = f"checked {words.counted(report.records, 'record')}"
    if report.problems:
        left = " left" if fix else ""
        output.note(f"{checked}: {words.counted(len(report.problems), 'problem')}{left}")
        context.exit(1)
    elif form == "text":
        output.write_text(f"{checked}: no problems{' left' if mended else ''}\n")


def _write_line(text: str) -> None:
    """Write one line, which a terminal that is too narrow shows as several."""
    if output.is_terminal():
        text = textwrap.fill(
            text,
            shutil.get_terminal_size().columns,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    output.write_text(f"{text}\n")
