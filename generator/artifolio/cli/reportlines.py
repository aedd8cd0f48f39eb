"""What a branch does, line by line, as people read it on a terminal or in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.cli import changes
from artifolio.cli.changes import Line, Part
from artifolio.cli.words import clean, size
from artifolio.publishing.reviewwords import (
    STATUSES,
    compared,
    comparison_title,
    figure_rows,
    happened,
    headline,
    pin_words,
    title,
    type_of,
    verdict_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from artifolio.publishing.gates import Verdict
    from artifolio.publishing.review import ArtifactChange, Review, VersionChange

_STYLES = {"failed": "red", "unchecked": "yellow", "passed": "green", "idle": "dim"}
_INDENT = Part("  ")
_EMPTY = Line((), ())


def lines_of(review: Review, verdicts: Iterable[Verdict] = ()) -> Iterator[Line]:
    """Give all that is told of a review.

    Args:
        review: What a branch does.
        verdicts: What its gates say.
    """
    yield Line((), (Part(clean(headline(review)), "bold"),))
    yield Line((), (Part(clean(compared(review)), "dim"),))
    for verdict in verdicts:
        style = _STYLES[verdict.status]
        yield Line(
            (), (Part(f"{STATUSES[verdict.status]}: ", style), Part(clean(str(verdict.gate))))
        )
        for text in verdict_lines(verdict):
            yield Line((_INDENT,), (Part(clean(text)),))
    for alarm in review.alarms:
        yield Line((Part("! ", "bold yellow"),), (Part(clean(str(alarm))),))
    for pin in review.pins:
        yield Line((), (Part("pin: ", "cyan"), Part(clean(pin_words(pin)))))
    for artifact in review.artifacts:
        yield _EMPTY
        yield from _artifact_lines(artifact)


def _artifact_lines(artifact: ArtifactChange) -> Iterator[Line]:
    kind = Part(f"  {clean(type_of(artifact))}", "dim")
    yield Line(
        (), (Part(clean(title(artifact)), "bold"), kind, Part(f"  {clean(happened(artifact))}"))
    )
    for row in figure_rows(artifact):
        values = " → ".join(filter(None, [row.before, row.now]))
        moved = Part(f" ({row.change})" if row.change else "", "bold")
        yield Line((_INDENT,), (Part(f"{clean(row.name)}  {values}"), moved))
    shown = artifact.shown
    if shown is not None and shown.size_bytes:
        yield Line((_INDENT,), (Part(f"attached: {size(shown.size_bytes)}"),))
    for version in artifact.versions:
        if version.sentence:
            yield from _version_lines(artifact, version)


def _version_lines(artifact: ArtifactChange, version: VersionChange) -> Iterator[Line]:
    name = clean(comparison_title(artifact, version))
    yield Line((_INDENT,), (Part(name, "bold"), Part(f": {clean(version.sentence)}")))
    comparison = version.comparison
    if comparison is not None:
        for line in changes.lines_of(comparison.old, comparison.new, comparison.diff):
            yield Line((Part("    "), *line.head), line.body)
