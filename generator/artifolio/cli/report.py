"""The command that tells what a branch does to the artifacts."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.location import locate_artifacts
from artifolio.publishing.gates import parse_gate
from artifolio.publishing.grammar import ExpressionError
from artifolio.publishing.report import make_report
from artifolio.publishing.reviewtext import (
    COMMENT_BYTES,
    LEAST_BYTES,
    is_link,
    page_in_ci,
    review_markdown,
)
from artifolio.publishing.reviewwords import STATUSES, verdict_lines
from artifolio.publishing.span import split_span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from artifolio.publishing.gates import Gate, Verdict
    from artifolio.publishing.report import Report

_SIZE = re.compile(r"([0-9]{1,12})\s*(|B|kB|KiB|MB|MiB)", re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "kb": 1000, "kib": 1 << 10, "mb": 1_000_000, "mib": 1 << 20}


def _gates(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> list[Gate]:
    try:
        return [parse_gate(text) for text in texts]
    except ExpressionError as error:
        raise click.BadParameter(words.clean(str(error))) from None


def _limit(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    found = _SIZE.fullmatch(text)
    limit = int(found[1]) * _UNITS[found[2].lower()] if found else 0
    if limit < LEAST_BYTES:
        raise click.BadParameter(f"say how many bytes, as in 65000 or 1MiB; at least {LEAST_BYTES}")
    return limit


def _link(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    if text is not None and not is_link(text):
        raise click.BadParameter("an address is needed that starts with https://, without brackets")
    return text


@click.command()
@click.argument("span", metavar="BASE[..HEAD]", required=False)
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "md", "html", "json"]),
    default="text",
    show_default=True,
    help="What to write; md is for a comment on a pull request, html a page of its own.",
)
@click.option(
    "--fail-on",
    "gates",
    metavar="EXPR",
    multiple=True,
    callback=_gates,
    help="Exit with 1 if a version that the branch brings meets this; may be given again.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 on problems and unchecked gates, too.")
@click.option("--uncommitted", is_flag=True, help="Count what is not committed yet to the branch.")
@click.option(
    "--limit",
    metavar="SIZE",
    callback=_limit,
    help="Of md: write fewer bytes than this, as 1MiB for a job's summary; 65000 if not given.",
)
@click.option(
    "--link",
    metavar="URL",
    callback=_link,
    help="Of md: where to see all of it if it is cut; the page of the job in CI if not given.",
)
@click.pass_context
def report(
    context: click.Context,
    span: str | None,
    form: str,
    gates: list[Gate],
    strict: bool,
    uncommitted: bool,
    limit: int | None,
    link: str | None,
) -> None:
    """Show what a branch does to the artifacts: what it adds, changes and deletes.

    What it adds is compared with the latest version on BASE. Only what changed since HEAD left BASE
    counts, whether they are joined by .. or by ...; without HEAD, what is checked out. Without
    BASE, it is the branch that a request in CI is for, or else the default branch of the remote.

    EXPR compares figures, which 'artifolio trend' lists, with numbers and with the same figure on
    BASE, which is called previous: 'AcresBurned.sum > 1.2 * previous'. There are + - * / ( ) abs(),
    < <= > >= == !=, and, or, not. With a key before it, 'ca-fires: rows < 10', it is for that one.

    \b
    Example:
      artifolio report
      artifolio report origin/main..HEAD -o md
      artifolio report main --fail-on 'daily-*: rows < 0.5 * previous'
    """
    if uncommitted and split_span(span)[1] != "HEAD":
        raise click.UsageError("--uncommitted goes with BASE alone, or without any")
    if form != "md" and (limit is not None or link is not None):
        raise click.UsageError("--limit and --link go with -o md")
    root = locate_artifacts(Path.cwd(), os.environ)
    made = make_report(root, span, os.environ, gates=gates, uncommitted=uncommitted)
    _write(made, form, limit or COMMENT_BYTES, link or page_in_ci(os.environ))
    if form != "text" or not output.is_terminal():
        _tell(made.verdicts)
    if made.fails(strict=strict):
        context.exit(1)


def _write(made: Report, form: str, limit: int, link: str | None) -> None:
    if form == "json":
        from artifolio.publishing.reviewjson import review_json

        fields = review_json(made.review, made.verdicts)
        output.write_text(words.to_json(fields, indent=2) + "\n")
    elif form == "md":
        output.write_text(review_markdown(made.review, made.verdicts, limit=limit, link=link))
    elif form == "html":
        from artifolio.cli.reportpage import report_page  # only here: it needs jinja2

        output.write_text(report_page(made.review, made.verdicts))
    else:
        from artifolio.cli.reportlines import lines_of

        output.write_lines(lines_of(made.review, made.verdicts))


def _tell(verdicts: Iterable[Verdict]) -> None:
    """Say which gates did not pass, for logs in which the report itself does not stand."""
    for verdict in verdicts:
        if verdict.status != "passed":
            output.note(words.clean(f"{STATUSES[verdict.status]}: {verdict.gate}"))
            for line in verdict_lines(verdict):
                output.note(f"  {words.clean(line)}")
