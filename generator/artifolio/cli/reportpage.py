"""What a branch does, as an HTML page that needs no other file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from artifolio.cli.words import clean, size
from artifolio.publishing.reviewwords import (
    STATUSES,
    SYMBOLS,
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
from artifolio.website.changes import EVERYTHING, ON_A_PAGE, Limits, diff_fragment
from artifolio.website.document import document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from artifolio.publishing.gates import Verdict
    from artifolio.publishing.review import ArtifactChange, Review

# With more artifacts than this, differences are as short as on a page of the site.
_MANY = 100


def report_page(review: Review, verdicts: Iterable[Verdict] = ()) -> str:
    """Return a whole page.

    Args:
        review: What a branch does.
        verdicts: What its gates say.
    """
    name = f"Artifacts: {clean(str(review.span))}"
    limits = EVERYTHING if len(review.artifacts) <= _MANY else ON_A_PAGE
    parts = [
        f"<h1>{escape(name)}</h1>",
        f'<p class="af-sentence">{_text(headline(review))}</p>',
        f"<p>{_text(compared(review))}.</p>",
        *_listed("Gates", [_gate(verdict) for verdict in verdicts]),
        *_listed(
            "Look at this first", [f"<li>{_text(str(alarm))}</li>" for alarm in review.alarms]
        ),
        *_listed("Pins", [f"<li>{_text(pin_words(pin))}</li>" for pin in review.pins]),
    ]
    if review.artifacts:
        parts += ["<h2>All artifacts</h2>", _table(_HEAD, map(_row, review.artifacts))]
    for artifact in review.artifacts:
        parts += _artifact(artifact, limits)
    return document(name, "\n".join(parts))


_HEAD = (("Artifact", False), ("Type", False), ("Versions", False), ("What changed", False))
_FIGURES = (("Figure", False), ("Before", True), ("Now", True), ("Change", True))


def _artifact(artifact: ArtifactChange, limits: Limits) -> Iterator[str]:
    rows = [(row.name, row.before, row.now, row.change) for row in figure_rows(artifact)]
    shown = artifact.shown
    told = [version for version in reversed(artifact.versions) if version.sentence]
    if not rows and not told:
        return
    yield f"<h2>{_text(title(artifact))}</h2>"
    yield f"<p>{_text(happened(artifact))}.</p>"
    if rows:
        yield _table(_FIGURES, rows)
    if shown is not None and shown.size_bytes:
        yield f"<p>Attached: {size(shown.size_bytes)}.</p>"
    for version in told:
        yield f"<h3>{_text(comparison_title(artifact, version))}</h3>"
        yield f'<p class="af-sentence">{_text(version.sentence)}</p>'
        if version.comparison is not None:
            found = version.comparison
            yield diff_fragment(found.old, found.new, found.diff, limits)


def _gate(verdict: Verdict) -> str:
    lines = "".join(f"<li>{_text(line)}</li>" for line in verdict_lines(verdict))
    status = f"{SYMBOLS[verdict.status]} {STATUSES[verdict.status]}"
    below = f"<ul>{lines}</ul>" if lines else ""
    return f"<li>{status}: <code>{_text(str(verdict.gate))}</code>{below}</li>"


def _listed(heading: str, items: Sequence[str]) -> list[str]:
    return [f"<h2>{heading}</h2>", f"<ul>{''.join(items)}</ul>"] if items else []


def _row(artifact: ArtifactChange) -> tuple[str, ...]:
    sentence = artifact.shown.sentence if artifact.shown is not None else ""
    return title(artifact), type_of(artifact), happened(artifact), sentence


def _table(titles: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a title says whether numbers stand below it."""
    classes = [' class="af-number"' if is_number else "" for _, is_number in titles]
    head = "".join(
        f'<th scope="col"{look}>{name}</th>'
        for (name, _), look in zip(titles, classes, strict=True)
    )
    lines = (
        "".join(f"<td{look}>{_text(cell)}</td>" for cell, look in zip(row, classes, strict=True))
        for row in rows
    )
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return (
        '<div class="af-frame" tabindex="0" role="region" aria-label="Table">'
        f'<table class="af-table"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>'
        "</table></div>"
    )


def _text(text: str) -> str:
    return escape(clean(text))
