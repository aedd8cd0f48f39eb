"""The command that brings a deleted version back from history."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.cli.log import branch_option, commit_of, shallow_words
from artifolio.cli.lookup import find_version, load_catalog_naming, open_store
from artifolio.errors import AmbiguousIdError, NotFoundError, shown

if TYPE_CHECKING:
    from artifolio.publishing.changelog import Changelog
    from artifolio.publishing.deeds import Fate
    from artifolio.publishing.restoring import Deleted
    from artifolio.store import Store

_CANDIDATES = 20


@click.command()
@click.argument("name", metavar="ID")
@branch_option
@click.option("--dry-run", is_flag=True, help="Say what would be restored, and stop.")
def restore(name: str, branch: str | None, dry_run: bool) -> None:
    """Bring a deleted version back from the history of git, with its attachments.

    ID is its id or the start of it, or the last twelve digits, as 'artifolio log' tells them.

    \b
    Example:
      artifolio log daily-report
      artifolio restore 3f9c2a7b41d0
    """
    from artifolio.publishing.changelog import Changelog
    from artifolio.publishing.restoring import read_deleted
    from artifolio.publishing.restoring import restore as write_back

    store = open_store()
    changelog = Changelog(store.root, os.environ)
    fate = _find(store, changelog, name, branch)
    if fate is None:
        return
    deleted = read_deleted(changelog.git, fate)
    for problem in deleted.problems:
        output.note(f"Warning: {words.clean(problem)}")
    what = _what(deleted)
    if dry_run:
        output.note(f"Would restore {what}")
        return
    write_back(store, deleted)
    click.echo(f"Restored {what}")
    output.note("It is not committed yet.")


def _find(store: Store, changelog: Changelog, name: str, branch: str | None) -> Fate | None:
    """Return the deleted version that is meant; None where it is there, which is said."""
    from artifolio.publishing.deeds import present_paths, read_fates
    from artifolio.publishing.restoring import find_deleted

    commit = commit_of(changelog, branch)
    fates = read_fates(changelog.read(commit)) if commit else {}
    present = present_paths(store.root)
    gone = [fate for path, fate in fates.items() if path not in present]
    try:
        return find_deleted(changelog.git, gone, name)
    except AmbiguousIdError as error:
        raise click.ClickException(_ambiguous(error)) from error
    except NotFoundError as error:
        try:
            _, version = find_version(load_catalog_naming(store, name), name)
        except NotFoundError:
            way_out = shallow_words() if changelog.is_shallow() else "see 'artifolio log'"
            raise NotFoundError(f"deleted {error.what}", way_out) from None
        path = words.clean(version.entry.path)
        if version.header.retired:
            place = words.clean(os.path.relpath(store.root / version.entry.path))
            output.note(f"{path} is there, without its body, which older commits have:")
            output.note(f"  git log -- {place}")
        else:
            output.note(f"Nothing to restore: {path} is there")
        return None


def _what(deleted: Deleted) -> str:
    header = deleted.record.header
    of = "without a key" if header.key is None else f"of {header.key}"
    files = words.counted(len(deleted.attached), "attachment")
    beside = f" with {files}" if deleted.attached else ""
    return f"1 version {of} ({header.id}){beside}: {deleted.path}"


def _ambiguous(error: AmbiguousIdError) -> str:
    lines = [f"  {candidate}" for candidate in error.candidates[:_CANDIDATES]]
    if len(error.candidates) > _CANDIDATES:
        lines.append(f"  … {len(error.candidates) - _CANDIDATES} more")
    return "\n".join([f"id {shown(error.prefix)} is shared by several; give more of it:", *lines])
