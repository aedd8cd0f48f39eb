"""A review as programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.diffs import as_json
from artifolio.keys import format_time
from artifolio.publishing.review import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from artifolio.publishing.gates import Finding, Verdict
    from artifolio.publishing.review import (
        ArtifactChange,
        BaseVersion,
        PinChange,
        Review,
        VersionChange,
    )
    from artifolio.values import Value

FORMAT = 1
"""Grows when a field goes or means something else; fields may be added at any time."""


def review_json(review: Review, verdicts: Iterable[Verdict] = ()) -> dict[str, Value]:
    """Return a review as one object.

    Args:
        review: What a branch does.
        verdicts: What its gates say.
    """
    span = review.span
    return {
        "format": FORMAT,
        "base": {"name": span.base, "commit": span.base_id},
        "head": {
            "name": span.head,
            "commit": span.head_id,
            "uncommitted": span.has_uncommitted,
        },
        "merge_base": span.fork_id,
        "counts": {kind: review.count(kind) for kind in KINDS},
        "artifacts": [_artifact(artifact) for artifact in review.artifacts],
        "pins": [_pin(pin) for pin in review.pins],
        "files": [{"kind": file.kind, "path": file.path} for file in review.files],
        "gates": [_gate(verdict) for verdict in verdicts],
    }


def _pin(pin: PinChange) -> dict[str, Value]:
    sides: dict[str, Value] = {
        side: None if version is None else {"version": version.number, "id": version.id}
        for side, version in (("before", pin.before), ("now", pin.now))
    }
    return {"key": pin.key, "name": pin.name, **sides}


def _artifact(artifact: ArtifactChange) -> dict[str, Value]:
    return {
        "key": artifact.key,
        "new": artifact.is_new,
        "base": None if artifact.base is None else _base(artifact.base),
        "versions": [_version(version) for version in artifact.versions],
    }


def _base(base: BaseVersion) -> dict[str, Value]:
    return {
        "version": base.number,
        "id": str(base.header.id),
        "type": base.header.type,
        "created": format_time(base.header.created),
        "figures": dict(base.figures),
    }


def _version(version: VersionChange) -> dict[str, Value]:
    header, comparison = version.header, version.comparison
    return {
        "kind": version.kind,
        "version": version.number,
        "id": None if header is None else str(header.id),
        "type": None if header is None else header.type,
        "created": None if header is None else format_time(header.created),
        "description": None if header is None else header.description,
        "path": version.path,
        "figures": dict(version.figures),
        "attached_bytes": version.size_bytes,
        "sentence": version.sentence or None,
        "diff": None if comparison is None else as_json(comparison.diff),
        "problems": list(version.problems),
    }


def _gate(verdict: Verdict) -> dict[str, Value]:
    return {
        "gate": str(verdict.gate),
        "status": verdict.status,
        "checked": verdict.checked,
        "new": verdict.first,
        "fired": [_finding(finding) for finding in verdict.fired],
        "unchecked": [
            {**_finding(finding), "reason": finding.reason} for finding in verdict.unchecked
        ],
    }


def _finding(finding: Finding) -> dict[str, Value]:
    header = finding.version.header
    return {
        "key": finding.key or None,
        "version": finding.version.number,
        "id": None if header is None else str(header.id),
        "path": finding.version.path,
        "figures": [
            {"name": fact.name, "now": fact.now, "previous": fact.before} for fact in finding.facts
        ],
    }
