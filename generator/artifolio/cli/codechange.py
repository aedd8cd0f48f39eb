"""What happened to the code between two versions, as the command ``diff`` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.cli.changes import Line, Part
from artifolio.cli.words import clean
from artifolio.diffmarkdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifolio.origins import Code
    from artifolio.website.codechange import CodeChange

SHORT_COMMIT = 7


def code_sentence(change: CodeChange) -> str:
    """Return it in one line, with whatever a record may name for a commit."""
    old, new = _short(change.old), _short(change.new)
    if change.is_same:
        dirty = ", with uncommitted changes" if change.old.dirty or change.new.dirty else ""
        return f"the same commit, {new}{dirty}"
    told = f"{change.told.between.words}, " if change.told.between else ""
    return f"{told}{old} → {new}"


def code_lines(change: CodeChange) -> Iterator[Line]:
    """Give it line by line for a terminal."""
    yield Line((), (Part("code  ", "bold"), Part(clean(code_sentence(change)))))
    for commit in _newest(change):
        subject = Part(clean(commit[1]))
        yield Line((Part("  "), Part(f"{commit[0]}  ", "yellow")), (subject,))
    if _left(change):
        yield Line((Part("  "),), (Part(f"… and {_left(change):,} more", "dim"),))
    if change.compare_url:
        yield Line((Part("  "),), (Part(change.compare_url, "dim"),))


def code_markdown(change: CodeChange) -> str:
    """Return it as Markdown; nothing that a record or a commit says acts as any."""
    link = f" ([compare]({change.compare_url}))" if change.compare_url else ""
    lines = [f"**Code:** {escape(code_sentence(change))}{link}", ""]
    lines += [f"- `{name}` {escape(subject)}" for name, subject in _newest(change)]
    if _left(change):
        lines.append(f"- and {_left(change):,} more")
    return "\n".join(lines).rstrip("\n") + "\n"


def code_fragment(change: CodeChange) -> str:
    """Return it as HTML."""
    from artifolio.website.rendering import renderer_for  # only here: it needs jinja2

    return renderer_for(frozenset()).part(
        "diff_code.html",
        old=change.old,
        new=change.new,
        number=change.number,
        told=change.told,
        hosts=change.hosts,
    )


def _short(code: Code) -> str:
    return (code.commit or "")[:SHORT_COMMIT]


def _newest(change: CodeChange) -> list[tuple[str, str]]:
    between = change.told.between
    return [
        (commit.id[:SHORT_COMMIT], commit.subject or "(no message)")
        for commit in (between.newest if between else ())
    ]


def _left(change: CodeChange) -> int:
    between = change.told.between
    return between.here - len(between.newest) if between else 0
