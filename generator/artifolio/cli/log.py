"""The command that tells who published, changed and deleted versions."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.cli.lookup import complete_key, find, load_catalog, load_catalog_naming, open_store
from artifolio.errors import NotFoundError, shown
from artifolio.keys import KEYLESS_FOLDER, format_time, is_key, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artifolio.catalog import Catalog, Version
    from artifolio.publishing.changelog import Changelog
    from artifolio.publishing.deeds import Deed, Fate
    from artifolio.store import Store
    from artifolio.values import Value

branch_option = click.option(
    "--branch",
    metavar="B",
    help="Read the history of this branch instead of that of what is checked out.",
)
_HEX = re.compile(r"[0-9a-fA-F-]+")
_TAIL = 12
_SHORT = 7
_WORDS = {"earlier": "published earlier"}


@click.command()
@click.argument("name", metavar="[KEY|ID]", required=False, shell_complete=complete_key)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Tell the newest N.")
@branch_option
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to write; in a pipe, text is tab-separated.",
)
def log(name: str | None, limit: int | None, branch: str | None, form: str) -> None:
    """Tell who published, changed, deleted and restored versions, newest first.

    With a KEY, all its versions; with an ID, or the start of one, that version; without, all. What
    is deleted has no number, and the last digits of its id, by which 'artifolio restore' finds it.

    \b
    Example:
      artifolio log daily-report
      artifolio log --limit 20 -o json
    """
    from artifolio.publishing.changelog import Changelog

    store = open_store()
    catalog = load_catalog(store) if name is None else load_catalog_naming(store, name)
    changelog = Changelog(store.root, os.environ)
    is_shallow = changelog.is_shallow()
    deeds = _deeds(store, catalog, changelog, name, branch)
    if name is not None and not deeds:
        way_out = shallow_words() if is_shallow else "see 'artifolio log' and 'artifolio ls --all'"
        raise NotFoundError(f"artifact or version {shown(name)}", way_out)
    versions = {version.entry.path: version for version in catalog.versions()}
    deeds = deeds[:limit]
    if form == "json":
        output.write_json(_json(deed, versions.get(deed.path)) for deed in deeds)
    elif deeds:
        _write_list(deeds, versions, words.short_id_length(catalog))
    if not deeds:
        output.note(f"Nothing was published in {words.clean(str(store.root))} yet.")
    if is_shallow:
        output.note(f"Not all is told: {shallow_words()}")


def commit_of(changelog: Changelog, branch: str | None) -> str | None:
    """Return the commit whose history is meant; None where there is none yet.

    Raises:
        GitError: If that is no name of a branch.
        NotFoundError: If there is no branch of that name.
    """
    from artifolio.publishing.git import checked_branch

    commit = changelog.head(checked_branch(branch) if branch is not None else "HEAD")
    if commit is None and branch is not None:
        raise NotFoundError(f"branch {shown(branch)}", "see 'git branch --all'")
    return commit


def shallow_words() -> str:
    """Say what a shallow clone lacks, and the way out."""
    return "this clone is shallow, 'git fetch --unshallow' brings its older history"


def _deeds(
    store: Store, catalog: Catalog, changelog: Changelog, name: str | None, branch: str | None
) -> list[Deed]:
    """Return what was done to the versions that a name stands for, newest first."""
    from artifolio.publishing.deeds import in_order, present_paths, read_fates, uncommitted
    from artifolio.publishing.restoring import matching

    folder, path = _place(catalog, name)
    commit = commit_of(changelog, branch)
    fates = read_fates(changelog.read(commit, folder)) if commit else {}
    present = present_paths(store.root, folder)
    if name is not None and folder is None:
        chosen = {deed for deed, fate in fates.items() if fate.folder == name}
        if not chosen:
            gone = (fate for place, fate in fates.items() if place not in present)
            chosen = {fate.path for fate in matching(changelog.git, gone, name)}
    elif path is not None:
        chosen = {path}
    else:
        chosen = fates.keys() | present
    kept: Mapping[str, Fate] = {place: fate for place, fate in fates.items() if place in chosen}
    pending = [deed for deed in uncommitted(fates, present) if deed.path in chosen]
    return [*pending, *in_order(kept.values())]


def _place(catalog: Catalog, name: str | None) -> tuple[str | None, str | None]:
    """Return the folder to look at, None for all, and the record if it is one version."""
    if name is None:
        return None, None
    try:
        _, version = find(catalog, name)
    except NotFoundError:
        # What was deleted may have gone by it, as its key or the start of its id.
        return (name, None) if is_key(name) and not _HEX.fullmatch(name) else (None, None)
    return (version.entry.folder, version.entry.path) if version else (name, None)


def _json(deed: Deed, version: Version | None) -> dict[str, Value]:
    commit = deed.commit
    return {
        "what": deed.what,
        "key": None if deed.folder == KEYLESS_FOLDER else deed.folder,
        "id": version.entry.id if version else None,
        "id_end": deed.stem[-_TAIL:],
        "version": version.number if version else None,
        "path": deed.path,
        "files": list(deed.files),
        "commit": commit.id if commit else None,
        "author": commit.author if commit and _is_known(deed) else None,
        "time": format_time(_time(deed)) if commit and _is_known(deed) else None,
        "subject": commit.subject if commit and _is_known(deed) else None,
    }


def _write_list(deeds: Sequence[Deed], versions: Mapping[str, Version], id_length: int) -> None:
    columns = [
        words.Column("WHEN"),
        words.Column("WHAT"),
        words.Column("KEY", "bold", least=16, fold=True),
        words.Column("VERSION", right=True, drop=2),
        words.Column("ID"),
        words.Column("AUTHOR", least=12, drop=1),
        words.Column("COMMIT", "yellow"),
        words.Column("SUBJECT", "dim", least=12, drop=3),
    ]
    short = output.is_terminal()
    when = words.make_ago(now()) if short else format_time
    rows = []
    for deed in deeds:
        version, commit, is_known = versions.get(deed.path), deed.commit, _is_known(deed)
        rows.append(
            [
                when(_time(deed)) if commit and is_known else "",
                _WORDS.get(deed.what, deed.what),
                "" if deed.folder == KEYLESS_FOLDER else deed.folder,
                str(version.number) if version else "",
                version.entry.id[: id_length if short else None] if version else deed.stem[-_TAIL:],
                commit.author if commit and is_known else "",
                commit.id[: _SHORT if short else None] if commit else "not committed",
                commit.subject if commit and is_known else "",
            ]
        )
    output.write_list(columns, rows)


def _is_known(deed: Deed) -> bool:
    """Tell whether the commit is the one that did it, and not only the oldest that is here."""
    return deed.what != "earlier"


def _time(deed: Deed) -> datetime:
    seconds = (deed.commit.authored or 0) if deed.commit else 0
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
