"""The command that commits records and pushes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.cli.lookup import open_store
from artifolio.publishing.messages import in_words
from artifolio.publishing.publish import SECONDS, Options
from artifolio.publishing.publish import publish as publish_records

if TYPE_CHECKING:
    from artifolio.publishing.publish import Published

_SHOWN = 20
_VERBS = {"A": "new", "M": "changed", "D": "deleted"}
_COLUMNS = [words.Column("CHANGE"), words.Column("PATH", least=24, fold=True)]


@click.command()
@click.option("-m", "--message", metavar="MSG", help="The commit's message; keys and counts else.")
@click.option(
    "--branch",
    metavar="BRANCH",
    envvar="ARTIFOLIO_BRANCH",
    help="Publish to this branch, made if it is missing; the one checked out else.",
)
@click.option(
    "--remote",
    metavar="REMOTE",
    envvar="ARTIFOLIO_REMOTE",
    help="Push to this remote; the branch's own else.",
)
@click.option("--no-push", is_flag=True, help="Commit only.")
@click.option("--no-verify", is_flag=True, help="Do not run the hooks of git.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=SECONDS,
    show_default=True,
    help="How long to try to push.",
)
@click.option("--dry-run", is_flag=True, help="List what would be committed, and stop.")
@click.pass_context
def publish(
    context: click.Context,
    message: str | None,
    branch: str | None,
    remote: str | None,
    no_push: bool,
    no_verify: bool,
    timeout: float,
    dry_run: bool,
) -> None:
    """Commit the records, nothing else, and push them.

    Whatever else is changed or staged stays as it is. If others push meanwhile, what they have
    is merged, never rebased or forced. Fails if a record was left out that cannot be read.

    \b
    Example:
      artifolio publish
      artifolio publish --branch artifacts-data -m "Nightly import"
      artifolio publish --dry-run
    """
    options = Options(message, branch, remote, not no_push, dry_run, not no_verify, timeout)
    done = publish_records(open_store(), options)
    if dry_run:
        rows = [[_VERBS.get(change.status, "changed"), change.path] for change in done.changes]
        output.write_list(_COLUMNS, rows)
        output.note(f"Would publish {_what(done)} to {words.clean(done.target.branch)}")
    else:
        click.echo(_said(done))
    if done.selection.ignored:
        ignored = words.counted(done.selection.ignored, "record")
        output.note(f"Left out, for .gitignore names them: {ignored}")
    problems = done.selection.left_out
    for problem in problems[:_SHOWN]:
        output.note(f"Left out: {problem}")
    if len(problems) > _SHOWN:
        output.note(f"Left out: {len(problems) - _SHOWN:,} more; see 'artifolio check'")
    if problems and not dry_run:
        context.exit(1)


def _said(done: Published) -> str:
    branch = words.clean(done.target.branch)
    lines = []
    if done.commit is not None:
        lines.append(f"Committed {_what(done)} to {branch} ({done.commit[:12]})")
    if done.pushed is not None:
        again = f", at attempt {done.attempts}" if done.attempts > 1 else ""
        lines.append(f"Pushed to {words.clean(str(done.target.remote))}/{branch}{again}")
    if done.is_behind:
        lines.append(f"Others have pushed as well; 'git pull' brings it to {branch} here")
    return "\n".join(lines) or "Nothing to publish"


def _what(done: Published) -> str:
    return in_words(done.changes)
