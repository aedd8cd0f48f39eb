"""What happened to the code between two versions, for the command ``diff``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from artifolio.cli.changes import Line, Part
from artifolio.cli.words import clean
from artifolio.diffmarkdown import escape
from artifolio.keys import format_time
from artifolio.website.history import History, Told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from artifolio.catalog import Version
    from artifolio.origins import Code
    from artifolio.values import Value
    from artifolio.website.hosts import Hosts

SHORT_COMMIT = 7


@dataclass(frozen=True)
class CodeChange:
    """The commits of two versions, and what lies between them."""

    number: int
    """Of the older version."""
    old: Code
    new: Code
    told: Told
    """What the history tells of the newer one, seen from the older one."""
    hosts: Hosts
    """Knows the pages of git hosts."""

    @property
    def is_same(self) -> bool:
        """Whether both were published from one commit."""
        return self.old.commit == self.new.commit

    @property
    def compare_url(self) -> str | None:
        """The page that shows the difference, where the host is known."""
        return None if self.is_same else self.hosts.compare_url(self.old, self.new)


def find_code_change(folder: Path, old: Version, new: Version, hosts: Hosts) -> CodeChange | None:
    """Return what happened to the code, or None where a version names no commit.

    Args:
        folder: A folder of the repository that is asked.
        old: The version before.
        new: The version now.
        hosts: Knows the pages of git hosts.
    """
    before, after = old.header.code, new.header.code
    if not before.commit or not after.commit:
        return None
    history = History(folder, None, os.environ)
    history.look()
    ((told, _),) = history.tell([[(after.commit, before.commit)]])
    return CodeChange(old.number, before, after, told[0], hosts)


def code_json(change: CodeChange) -> dict[str, Value]:
    """Return it for programs; numbers and commits only where the history is at hand."""
    fields: dict[str, Value] = {
        "old": _side(change.old),
        "new": _side(change.new),
        "same": change.is_same,
        "compare_url": change.compare_url,
    }
    between = change.told.between
    if between is not None and not between.is_far:
        fields |= {
            "ahead": between.here,
            "behind": between.there,
            "commits": [
                {
                    "commit": commit.id,
                    "author": commit.author,
                    "authored": _moment(commit.authored),
                    "subject": commit.subject,
                }
                for commit in between.newest
            ],
        }
    return fields


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


def _side(code: Code) -> dict[str, Value]:
    return {"commit": code.commit, "branch": code.branch, "dirty": code.dirty}


def _moment(seconds: int | None) -> str | None:
    try:
        return format_time(datetime.fromtimestamp(seconds or 0, timezone.utc)) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


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
