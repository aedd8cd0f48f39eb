"""What is said of a review, in the same words in all its forms; it may hold untrusted text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.deltas import difference, plain, signed
from artifolio.publishing.review import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from artifolio.deltas import Number
    from artifolio.publishing.gates import Finding, Verdict
    from artifolio.publishing.review import ArtifactChange, PinChange, Review, VersionChange

NOTHING = "No artifacts change."
SYMBOLS = {"failed": "❌", "unchecked": "⚠️", "passed": "✅", "idle": "⚪"}
"""Of what may come of a gate; the word stands beside it."""
STATUSES = {
    "failed": "failed",
    "unchecked": "not checked",
    "passed": "passed",
    "idle": "nothing to check",
}
FINDINGS = 10
"""Of one gate; more are counted."""

SHORT_COMMIT = 7


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A number without the branch and with it, for people."""

    name: str
    before: str
    now: str
    change: str


def headline(review: Review) -> str:
    """Return all of it in one line, as "3 versions of 2 artifacts added, 1 deleted"."""
    counts = [(kind, review.count(kind)) for kind in KINDS]
    parts = [f"{count:,} {kind}" for kind, count in counts if count]
    pins = f"{counted(len(review.pins), 'pin')} changed" if review.pins else ""
    if not parts:
        files = counted(len(review.files), "other file") if review.files else ""
        return "; ".join(filter(None, [pins, files])) or NOTHING
    first, _, kind = parts[0].partition(" ")
    noun = "version" if first == "1" else "versions"
    told = [f"{first} {noun} {kind}", *parts[1:]]
    new = sum(artifact.is_new for artifact in review.artifacts)
    versions = f"{counted(len(review.artifacts), 'artifact')}: {', '.join(told)}"
    return "; ".join(filter(None, [versions, counted(new, "new artifact") if new else "", pins]))


def compared(review: Review, name: Callable[[str], str] = str) -> str:
    """Say what is compared with what.

    Args:
        review: What a branch does.
        name: Makes what a commit is called fit to be shown.
    """
    span = review.span
    start = f"{name(span.base)} at {name(span.base_id[:SHORT_COMMIT])}"
    end = f"{name(span.head)} at {name(span.head_id[:SHORT_COMMIT])}"
    if span.has_uncommitted:
        end += " and what is not committed yet"
    if span.fork_id is None:
        return f"{end}, compared with {start}; they have no commit in common"
    if span.fork_id == span.base_id:
        return f"{end}, compared with {start}"
    fork = name(span.fork_id[:SHORT_COMMIT])
    return f"{end}, since it left {name(span.base)} at {fork}; compared with {start}"


def happened(artifact: ArtifactChange) -> str:
    """Return what happened to the versions of a key, as "12 added (v2 to v13), v1 deleted"."""
    return ", ".join(_happened(artifact)) + (" (new)" if artifact.is_new else "")


def _happened(artifact: ArtifactChange) -> Iterator[str]:
    for kind in KINDS:
        versions = artifact.of(kind)
        if len(versions) == 1:
            yield f"{versions[0].name if versions[0].number else '1'} {kind}"
        elif versions:
            names = f" ({versions[0].name} to {versions[-1].name})" if versions[0].number else ""
            yield f"{len(versions):,} {kind}{names}"


def pin_words(pin: PinChange) -> str:
    """Return what happens to a name, as "production of churn-model: v12 → v15"."""
    name = f"{pin.name} of {pin.key}"
    if pin.now is None:
        return f"{name}: removed" + (f" from {pin.before}" if pin.before else "")
    return f"{name}: {pin.before} → {pin.now}" if pin.before else f"{name}: {pin.now} (new)"


def title(artifact: ArtifactChange) -> str:
    """Return what an artifact is called."""
    return "without a key" if artifact.key is None else artifact.key


def comparison_title(artifact: ArtifactChange, version: VersionChange) -> str:
    """Return what is compared, as "loss v2 → v3"."""
    if version.kind == "added" and artifact.base is not None:
        return f"{title(artifact)} v{artifact.base.number} → {version.name}"
    return f"{title(artifact)} {version.name}, as it was → as it is"


def type_of(artifact: ArtifactChange) -> str:
    """Return the type of what stands for a key, or of what was deleted."""
    headers = [version.header for version in artifact.versions if version.header is not None]
    shown = artifact.shown
    header = shown.header if shown is not None else None
    return (header or headers[-1]).type if headers else ""


def figure_rows(artifact: ArtifactChange) -> tuple[FigureRow, ...]:
    """Return the numbers of what stands for a key, and how far they moved."""
    version = artifact.shown
    if version is None:
        return ()
    before = artifact.base.figures if artifact.base else {}
    names = [*version.figures, *(name for name in before if name not in version.figures)]
    return tuple(_figure_row(name, before.get(name), version.figures.get(name)) for name in names)


def _figure_row(name: str, old: Number | None, new: Number | None) -> FigureRow:
    delta = difference(old, new)
    change = "" if delta is None else signed(delta) if delta else "unchanged"
    return FigureRow(name, _number(old), _number(new), change)


def verdict_lines(verdict: Verdict) -> tuple[str, ...]:
    """Return what a gate found, one line for each version, and what there is to say of all."""
    findings = [*verdict.fired, *verdict.unchecked]
    lines = [_finding(finding) for finding in findings[:FINDINGS]]
    if len(findings) > FINDINGS:
        lines.append(f"… {len(findings) - FINDINGS:,} more")
    if verdict.first:
        lines.append(f"{counted(verdict.first, 'version')} of new artifacts passed over")
    if verdict.status == "idle" and not verdict.first:
        what = "of such a key" if verdict.gate.pattern is not None else "with such a figure"
        lines.append(f"no version {what} was added or changed")
    return tuple(lines)


def _finding(finding: Finding) -> str:
    where = f"{finding.key} {finding.version.name}" if finding.key else finding.version.path
    if finding.reason:
        return f"{where}: {finding.reason}"
    facts = [
        f"{fact.name} is {_number(fact.now)}"
        + (f", previous {_number(fact.before)}" if fact.before is not None else "")
        for fact in finding.facts
    ]
    return f"{where}: {'; '.join(facts)}"


def others(artifact: ArtifactChange) -> Sequence[VersionChange]:
    """Return the versions that were added before the one that stands for the key."""
    return [version for version in artifact.of("added") if version is not artifact.shown]


def counted(number: int, noun: str) -> str:
    """Return a count with its noun, as ``2 versions``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _number(number: Number | None) -> str:
    return "" if number is None else plain(number)
