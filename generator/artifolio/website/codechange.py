"""What happened to the code between two versions, as the history of the repository tells it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from artifolio.keys import format_time
from artifolio.website.history import History, Told

if TYPE_CHECKING:
    from pathlib import Path

    from artifolio.catalog import Version
    from artifolio.origins import Code
    from artifolio.values import Value
    from artifolio.website.hosts import Hosts


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


def _side(code: Code) -> dict[str, Value]:
    return {"commit": code.commit, "branch": code.branch, "dirty": code.dirty}


def _moment(seconds: int | None) -> str | None:
    try:
        return format_time(datetime.fromtimestamp(seconds or 0, timezone.utc)) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
