"""The words of the California fires' report: one Markdown text per snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ca_fires import Snapshot

_LARGEST = 10
_NOT_TOLD = "\u2013"


def write_report(snapshot: Snapshot, previous: Snapshot | None) -> str:
    """Return a snapshot's report.

    Args:
        snapshot: What to report.
        previous: The snapshot before it, for what is new; None for the first.
    """
    parts = [f"# California's wildfires on {day(snapshot.taken)}", _headline(snapshot)]
    if snapshot.sized:
        parts += ["## Largest fires", _largest_table(snapshot), "## Containment"]
        parts.append(_containment(snapshot))
    if previous is not None:
        parts += [f"## Since {day(previous.taken)}", _changes(snapshot, previous)]
    return "\n\n".join(parts) + "\n"


def day(moment: datetime) -> str:
    """Return a date as people write it."""
    return f"{moment.day} {moment:%B %Y}"


def _headline(snapshot: Snapshot) -> str:
    figures = snapshot.figures
    lines = [f"**{_count(figures['incidents'], 'incident')}** on the list"]
    if figures["with_area"]:
        lines.append(
            f"**{figures['acres']:,} acres** burned, as told for {figures['with_area']} of them"
        )
    if figures["structures_destroyed"]:
        lines.append(f"**{_count(figures['structures_destroyed'], 'structure')}** destroyed")
    if figures["personnel"]:
        lines.append(f"**{figures['personnel']:,} people** at work")
    return "\n".join(f"- {line}" for line in lines)


def _largest_table(snapshot: Snapshot) -> str:
    rows = [
        (
            _text(row["Name"]),
            _text(row["Counties"]) or _NOT_TOLD,
            f"{row['AcresBurned']:,}",
            _NOT_TOLD if row["PercentContained"] is None else f"{row['PercentContained']}%",
            _NOT_TOLD if row["PersonnelInvolved"] is None else f"{row['PersonnelInvolved']:,}",
        )
        for row in snapshot.sized[:_LARGEST]
    ]
    return aligned_table(("Fire", "Counties", "Acres", "Contained", "People"), rows, "llrrr")


def aligned_table(header: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> str:
    """Return a Markdown table whose source is as easy to read as its page.

    Args:
        header: Names of the m columns.
        rows: n rows of m cells, Markdown.
        sides: ``l`` or ``r`` for each column: to which side its cells are aligned.
    """
    lines = [list(header), *map(list, rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    rule = [
        "-" * (width - 1) + ":" if side == "r" else "-" * width
        for width, side in zip(widths, sides, strict=True)
    ]
    lines.insert(1, rule)
    return "\n".join(
        "| "
        + " | ".join(
            cell.rjust(width) if side == "r" else cell.ljust(width)
            for cell, width, side in zip(line, widths, sides, strict=True)
        )
        + " |"
        for line in lines
    )


def _containment(snapshot: Snapshot) -> str:
    by_share: dict[str, list[str]] = {
        "Fully contained": [],
        "At least half": [],
        "Less than half": [],
        "Not told": [],
    }
    for row in snapshot.sized:
        by_share[_share(row["PercentContained"])].append(_text(row["Name"]))
    return "\n".join(f"- {share}: {', '.join(names)}" for share, names in by_share.items() if names)


def _share(percent: float | None) -> str:
    if percent is None:
        return "Not told"
    if percent >= 100:
        return "Fully contained"
    return "At least half" if percent >= 50 else "Less than half"


def _changes(snapshot: Snapshot, previous: Snapshot) -> str:
    before = {row["CanonicalUrl"]: row for row in previous.incidents}
    after = {row["CanonicalUrl"]: row for row in snapshot.incidents}
    grown = sorted(
        (
            (_growth(row, before[url]), _text(row["Name"]))
            for url, row in after.items()
            if url in before
        ),
        reverse=True,
    )
    lines = [
        _named("New on the list", [row for url, row in after.items() if url not in before]),
        _named("No longer on the list", [row for url, row in before.items() if url not in after]),
        *(f"- {name} grew by {acres:,} acres" for acres, name in grown[:3] if acres > 0),
    ]
    return "\n".join(line for line in lines if line) or "No fire came, went or grew."


def _named(what: str, rows: Iterable[dict[str, Any]]) -> str:
    names = ", ".join(_text(row["Name"]) for row in rows)
    return f"- {what}: {names}" if names else ""


def _growth(row: dict[str, Any], earlier: dict[str, Any]) -> float:
    now, then = row["AcresBurned"], earlier["AcresBurned"]
    return 0 if now is None or then is None else now - then


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def _text(text: str) -> str:
    """Return text with what Markdown would take for markup in a table cell escaped."""
    return "".join(
        f"\\{character}" if character in "\\`*_[]<>|" else character for character in text
    )
