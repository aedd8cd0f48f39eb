"""What changed from one version to another, for pages, commands and programs alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from artifolio.bodies import Markdown, Table
from artifolio.deltas import briefly, difference, signed
from artifolio.retirement import Retired
from artifolio.tablediffs import TableDiff, diff_table
from artifolio.textdiffs import Fold, ImageChange, TextDiff, diff_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from artifolio.bodies import Body
    from artifolio.deltas import Number
    from artifolio.records import Record
    from artifolio.tablediffs import CellChange
    from artifolio.values import Value

UNCHANGED = "unchanged"
"""The sentence of a difference that is none."""
_WORDS = {
    "url": "address",
    "alt": "alternative text",
    "media_type": "media type",
    "sha256": "content",
}
_LONGEST_NAME = 40
# Of the columns whose sums moved, so many are in the sentence.
_TOTALS = 2


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a body that has another value: a link's address, a file's size."""

    name: str
    old: Value
    new: Value
    delta: Number | None
    """The new number minus the old one; None where they are no numbers."""


@dataclass(frozen=True, slots=True)
class FieldsDiff:
    """The difference of two bodies that are made of fields, or of two types."""

    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class GoneDiff:
    """Two bodies of which one is gone or both are, so that nothing can be told of them."""

    is_gone: tuple[bool, bool]
    """Of the old body and of the new one."""
    names: tuple[str, str] = ("the version before", "this version")
    """What the two versions are called."""


Diff: TypeAlias = TextDiff | TableDiff | FieldsDiff | GoneDiff


def diff_bodies(old: Body, new: Body) -> Diff:
    """Compare what two versions show.

    Args:
        old: The body before.
        new: The body now.
    """
    if isinstance(old, Markdown) and isinstance(new, Markdown):
        return replace(diff_text(old.text, new.text), images=tuple(_image_changes(old, new)))
    if isinstance(old, Table) and isinstance(new, Table):
        return diff_table(old, new)
    if old.type != new.type:
        return FieldsDiff((FieldChange("type", old.type, new.type, None),))
    if isinstance(old, Retired) or isinstance(new, Retired):
        return GoneDiff((isinstance(old, Retired), isinstance(new, Retired)))
    before, after = _fields(old), _fields(new)
    names = [*after, *(name for name in before if name not in after)]
    return FieldsDiff(
        tuple(
            FieldChange(name, before.get(name), after.get(name), delta)
            for name in names
            if before.get(name) != after.get(name)
            for delta in [difference(before.get(name), after.get(name))]
        )
    )


def sentence(diff: Diff) -> str:
    """Return what changed in one line, as "3 rows changed, 1 added; AcresBurned +12,040"."""
    if isinstance(diff, TextDiff):
        parts = [
            ", ".join(_counted("line", (("added", diff.added), ("removed", diff.removed)))),
            _image_words(diff.images),
        ]
    elif isinstance(diff, TableDiff):
        kinds = [(kind, diff.count(kind)) for kind in ("changed", "added", "removed")]
        parts = [
            ", ".join(_counted("row", kinds)),
            ", ".join(_column_words(diff)),
            ", ".join(
                f"{_brief(total.column)} {briefly(total.delta)}" for total in diff.totals[:_TOTALS]
            ),
        ]
    elif isinstance(diff, GoneDiff):
        names = [name for name, gone in zip(diff.names, diff.is_gone, strict=True) if gone]
        of = " and ".join(names)
        parts = [f"the bodies of {of} are gone" if len(names) > 1 else f"the body of {of} is gone"]
    else:
        parts = [", ".join(map(_field_words, diff.fields))]
    return "; ".join(filter(None, parts)) or UNCHANGED


def diff_records(old: Record, new: Record, names: tuple[str, str]) -> Diff:
    """Compare two versions, of which the bodies may be gone.

    Args:
        old: The version before.
        new: The version now.
        names: What they are called, as "v3" and "v4".
    """
    diff = diff_bodies(old.body, new.body)
    if not isinstance(diff, GoneDiff):
        return diff
    # The digests are still there.
    is_same = old.header.digest == new.header.digest
    return FieldsDiff(()) if is_same else replace(diff, names=names)


def _counted(word: str, counts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Give words for counts, the noun only once: "3 rows changed", "1 added"."""
    noun = f"{word} "
    for kind, number in counts:
        if number:
            plural = noun if number == 1 or not noun else f"{word}s "
            yield f"{number:,} {plural}{kind}"
            noun = ""


def _image_changes(old: Markdown, new: Markdown) -> Iterator[ImageChange]:
    before = {image.path: image.sha256 for image in old.images}
    after = {image.path: image.sha256 for image in new.images}
    for path in [*after, *(path for path in before if path not in after)]:
        if before.get(path) != after.get(path):
            kind = "added" if path not in before else "removed" if path not in after else "changed"
            yield ImageChange(kind, path)


def _image_words(images: Sequence[ImageChange]) -> str:
    kinds = [image.kind for image in images]
    counts = [(kind, kinds.count(kind)) for kind in ("changed", "added", "removed")]
    name = f": {_brief(images[0].path)}" if len(images) == 1 else ""
    return ", ".join(_counted("image", counts)) + name


def _column_words(diff: TableDiff) -> Iterator[str]:
    kinds = {"added": 0, "removed": 0, "retyped": 0}
    for change in diff.columns:
        kind = "added" if change.old is None else "removed" if change.new is None else "retyped"
        kinds[kind] += 1
    yield from _counted("column", list(kinds.items()))


def _brief(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _field_words(change: FieldChange) -> str:
    if change.delta is not None:
        unit = "point" if change.name == "percent" else "byte"
        return f"{signed(change.delta)} {unit if abs(change.delta) == 1 else unit + 's'}"
    if change.name == "type":
        return f"{change.old} became {change.new}"
    kind = "added" if change.old is None else "removed" if change.new is None else "changed"
    return f"{_WORDS.get(change.name, change.name)} {kind}"


def _fields(body: Body) -> Mapping[str, Value]:
    """Return the fields of a body that say what it shows, and not where that is kept."""
    data = body.to_data()
    fields = dict(data) if isinstance(data, dict) else {}
    # The name of the attachment is that of the record, which differs each time.
    fields.pop("attachment", None)
    return fields


def as_json(diff: Diff) -> dict[str, Value]:
    """Return a difference as programs read it."""
    if isinstance(diff, TextDiff):
        images: list[Value] = [{"kind": image.kind, "path": image.path} for image in diff.images]
        return {
            "added": diff.added,
            "removed": diff.removed,
            "lines": _lines_as_json(diff),
            **({"images": images} if images else {}),
        }
    if isinstance(diff, TableDiff):
        return {
            "row_key": list(diff.row_key),
            "columns": [
                {"name": change.name, "old": change.old, "new": change.new}
                for change in diff.columns
            ],
            "rows": [
                {
                    "kind": row.kind,
                    "name": list(row.name),
                    "old": row.old,
                    "new": row.new,
                    "cells": [_change_as_json("column", cell.column, cell) for cell in row.cells],
                }
                for row in diff.rows
            ],
            "totals": [
                {"column": total.column, "old": total.old, "new": total.new, "delta": total.delta}
                for total in diff.totals
            ],
            "unchanged": diff.unchanged,
        }
    if isinstance(diff, GoneDiff):
        sides = zip(("old", "new"), diff.is_gone, strict=True)
        return {"gone": [side for side, is_gone in sides if is_gone]}
    return {"fields": [_change_as_json("name", change.name, change) for change in diff.fields]}


def _change_as_json(word: str, name: str, change: CellChange | FieldChange) -> dict[str, Value]:
    return {word: name, "old": change.old, "new": change.new, "delta": change.delta}


def _lines_as_json(diff: TextDiff) -> list[Value]:
    return [
        {"fold": line.count, "old": line.old, "new": line.new}
        if isinstance(line, Fold)
        else {
            "sign": line.sign,
            "old": line.old,
            "new": line.new,
            "spans": [[span.text, span.is_changed] for span in line.spans],
        }
        for line in diff.lines
    ]
