"""Asks before something is removed."""

from __future__ import annotations

import sys

import click

from artifolio.cli import output

KEPT = "What was committed stays in the history of git."


def ask(context: click.Context, question: str, nothing: str) -> None:
    """Ask, and end the command unless the answer is yes.

    Args:
        context: Of the command, which has the option ``--yes``.
        question: What is to be done.
        nothing: What is said where it is not, as "nothing was deleted".

    Raises:
        click.UsageError: If there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise click.UsageError(f"{nothing}: pass --yes, for there is nobody to ask")
    output.note(KEPT)
    if not click.confirm(question, err=True):
        output.note(f"{nothing.capitalize()}.")
        context.exit(1)
