"""What the message of a commit says of the records in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from artifolio.errors import printable
from artifolio.keys import KEYLESS_FOLDER
from artifolio.publishing.selection import is_pin, is_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from artifolio.publishing.indexes import Change

SUBJECT_CHARACTERS = 72
_LISTED_KEYS = 100
_VERBS = {"A": "new", "M": "changed", "D": "deleted"}
_UNPRINTABLE = re.compile(r"[^\n\t]+")


def count_versions(changes: Iterable[Change]) -> dict[str, Counter[str]]:
    """Return how many versions of each key are new, changed or deleted, by the names of files.

    A version without a key counts to ``_keyless``.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for change in changes:
        if is_record(change.path):
            verb = _VERBS.get(change.status, "changed")
            counts[_folder(change)][verb] += 1
    return dict(sorted(counts.items()))


def in_words(changes: Iterable[Change]) -> str:
    """Return in a few words what is changed, as ``3 versions of 2 keys and 1 pin of loss``."""
    changes = list(changes)
    counts = count_versions(changes)
    pins = Counter(_folder(change) for change in changes if is_pin(change.path))
    parts = []
    if counts:
        parts.append(_counted("version", {f: sum(count.values()) for f, count in counts.items()}))
    if pins:
        parts.append(_counted("pin", pins))
    return " and ".join(parts) or "no versions"


def default_message(changes: Sequence[Change]) -> str:
    """Return a message that tells keys and counts, and nothing that a record says of itself.

    No line of it is one that git takes for a trailer, whatever the key.
    """
    counts = count_versions(changes)
    pins = [change for change in changes if is_pin(change.path)]
    verbs = {verb for count in counts.values() for verb in count}
    if not counts:
        return f"Change {in_words(pins)}\n" if pins else "Publish what belongs to records\n"
    verb = "Delete" if verbs == {"deleted"} else "Update" if verbs == {"changed"} else "Publish"
    subject = f"{verb} {in_words(change for change in changes if not is_pin(change.path))}"
    if len(counts) > 1:
        named = _as_many_as_fit([_name(f) for f in counts], SUBJECT_CHARACTERS - len(subject) - 3)
        subject += f" ({named})" if named else ""
    if len(subject) > SUBJECT_CHARACTERS:
        subject = f"{subject[: SUBJECT_CHARACTERS - 1]}…"
    lines = [
        f"- {_name(folder)} {', '.join(f'{count[verb]:,} {verb}' for verb in sorted(count))}"
        for folder, count in counts.items()
    ]
    if len(lines) > _LISTED_KEYS:
        lines[_LISTED_KEYS:] = [f"- and {len(lines) - _LISTED_KEYS:,} more keys"]
    if pins:
        lines.append(f"- {in_words(pins)}")
    return "\n".join((subject, "", *lines, ""))


def checked_message(text: str) -> str:
    """Return a message of the user's own, with what could steer a terminal escaped."""
    lines = text.replace("\r\n", "\n").strip()
    return _UNPRINTABLE.sub(lambda match: printable(match[0]), lines) + "\n"


def _counted(noun: str, counts: Mapping[str, int]) -> str:
    """Return how many there are of which key, as ``2 versions of loss``."""
    total = sum(counts.values())
    (first, *others) = counts
    name = _name(first)
    of = f"of {len(counts):,} keys" if others else f"of {name}" if name == first else name
    return f"{total:,} {noun}{'' if total == 1 else 's'} {of}"


def _folder(change: Change) -> str:
    return change.path.partition("/")[0]


def _name(folder: str) -> str:
    return "without a key" if folder == KEYLESS_FOLDER else folder


def _as_many_as_fit(names: list[str], characters: int) -> str:
    text = ", ".join(names)
    while len(names) > 1 and len(text) > characters:
        names = names[:-1]
        text = ", ".join(names) + ", …"
    return text if len(text) <= characters else ""
