"""The command that tells what changed from one version to another."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from artifolio.cli import output, words
from artifolio.cli.changes import Line, Part, lines_of
from artifolio.cli.lookup import (
    complete_key,
    find_lineage,
    load_catalog_naming,
    open_store,
    unread_told,
    version_named,
)
from artifolio.comparisons import comparison_json
from artifolio.diffs import UNCHANGED, diff_records, sentence
from artifolio.errors import NotFoundError, shown
from artifolio.versionnames import NUMBER

if TYPE_CHECKING:
    from artifolio.catalog import Lineage, Version
    from artifolio.diffs import Diff
    from artifolio.records import Record
    from artifolio.store import Store
    from artifolio.website.codechange import CodeChange


def _refuse_options(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """Refuse what click took for an argument only because negative numbers look like options."""
    if value and value.startswith("-") and not NUMBER.fullmatch(value):
        raise click.NoSuchOption(value)
    return value


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("key", shell_complete=complete_key, callback=_refuse_options)
@click.argument("a", required=False, callback=_refuse_options)
@click.argument("b", required=False, callback=_refuse_options)
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "json", "md", "html"]),
    default="text",
    show_default=True,
    help="What to write; md is for a comment on a pull request, html a page of its own.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if they differ, as git diff does.")
@click.pass_context
def diff(
    context: click.Context, key: str, a: str | None, b: str | None, form: str, exit_code: bool
) -> None:
    """Show what changed from version A of a KEY to version B.

    A and B are version numbers (1 is the oldest, -1 the latest, -2 the one before), names that
    versions are pinned as, or ids, or the start of one. Without B, A is compared with the latest;
    without both, the latest with the one before.

    \b
    Example:
      artifolio diff daily-report
      artifolio diff daily-report 3 -1
      artifolio diff daily-report -o md
    """
    store = open_store()
    catalog = load_catalog_naming(store, key)
    with unread_told(context, catalog, key):
        versions = _choose(
            find_lineage(catalog, key), "-2" if a is None else a, "-1" if b is None else b
        )
        old, new = (_Compared(version, store.read(version.entry.path)) for version in versions)
        names = f"v{old.version.number}", f"v{new.version.number}"
        found = diff_records(old.record, new.record, names)
        code = _code_change(store, old, new)
        _write(old, new, found, code, form)
    if exit_code and sentence(found) != UNCHANGED:
        context.exit(1)


@dataclass(frozen=True)
class _Compared:
    """One of the two versions."""

    version: Version
    record: Record


def _choose(lineage: Lineage, *names: str) -> list[Version]:
    if len(lineage) == 1:
        raise NotFoundError(
            f"another version of {shown(lineage.key)}",
            "it has one only, so there is nothing to compare it with",
        )
    return [version_named(lineage, name) for name in names]


def _code_change(store: Store, old: _Compared, new: _Compared) -> CodeChange | None:
    if not old.version.header.code.commit or not new.version.header.code.commit:
        return None
    # Only here: it may start git, and load MkDocs.
    from artifolio.cli.settings import git_hosts_of_project
    from artifolio.website.codechange import find_code_change
    from artifolio.website.hosts import Hosts

    hosts = Hosts(git_hosts_of_project() if new.version.header.code.remote else {})
    return find_code_change(store.root, old.version, new.version, hosts)


def _write(old: _Compared, new: _Compared, found: Diff, code: CodeChange | None, form: str) -> None:
    bodies = old.record.body, new.record.body
    key = str(new.version.header.key)
    title = f"{key} v{old.version.number} → v{new.version.number}"
    moments = old.version.header.created, new.version.header.created
    when = "the same version" if old.version == new.version else words.later(*moments)
    if form == "json":
        fields = comparison_json(old.version, new.version, found)
        if code is not None:
            from artifolio.website.codechange import code_json

            fields["code"] = code_json(code)
        output.write_text(words.to_json(fields, indent=2) + "\n")
    elif form == "md":
        from artifolio.diffmarkdown import BUDGET, diff_markdown

        tail = ""
        if code is not None:
            from artifolio.cli.codechange import code_markdown

            tail = f"\n{code_markdown(code)}"
        budget = BUDGET - len(tail)
        output.write_text(diff_markdown(f"{title}, {when}", *bodies, found, budget=budget) + tail)
    elif form == "html":
        from artifolio.cli.diffpage import diff_page  # only here: it needs jinja2

        tail = ""
        if code is not None:
            from artifolio.cli.codechange import code_fragment

            tail = code_fragment(code)
        output.write_text(diff_page(f"{title}, {when}", *bodies, found, tail))
    else:
        _write_text(f"{title}, {when}", old, new, found, code)


def _write_text(
    title: str, old: _Compared, new: _Compared, found: Diff, code: CodeChange | None
) -> None:
    name = Part(words.clean(title), "bold")
    ids = Part(f"({' → '.join(_short_ids(old.version, new.version))})", "dim")
    is_narrow = len(name.text) + 2 + len(ids.text) > shutil.get_terminal_size().columns
    if output.is_terminal() and is_narrow:
        lead = [Line((), (name,)), Line((), (ids,))]
    else:
        lead = [Line((), (name, Part("  "), ids))]
    lead.append(Line((), (Part(words.clean(sentence(found))),)))
    lines = list(lines_of(old.record.body, new.record.body, found))
    if code is not None:
        from artifolio.cli.codechange import code_lines

        lines += [*[Line((), ())] * bool(lines), *code_lines(code)]
    output.write_lines([*lead, *[Line((), ())] * bool(lines), *lines])


def _short_ids(*versions: Version) -> list[str]:
    """Return as much of ids as tells them apart."""
    length = words.SHORT_ID
    ids = [version.entry.id for version in versions]
    while len({text[:length] for text in ids}) < len(set(ids)):
        length += 1
    return [text[:length] for text in ids]
