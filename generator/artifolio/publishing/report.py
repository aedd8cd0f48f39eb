"""Puts together what a branch does to the artifacts, and what its gates say of that."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.publishing.collecting import collect_review
from artifolio.publishing.gates import judge, wanted_names
from artifolio.publishing.objects import reading_objects
from artifolio.publishing.place import find_repository
from artifolio.publishing.span import find_span
from artifolio.publishing.worktree import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from artifolio.publishing.gates import Gate, Verdict
    from artifolio.publishing.review import Review


@dataclass(frozen=True, slots=True)
class Report:
    """A review and its gates."""

    review: Review
    verdicts: tuple[Verdict, ...] = ()

    def fails(self, *, strict: bool = False) -> bool:
        """Tell whether a gate fired.

        Args:
            strict: Whether problems of records, and gates that could not be checked, count as well.
        """
        statuses = {verdict.status for verdict in self.verdicts}
        return "failed" in statuses or (
            strict and ("unchecked" in statuses or self.review.has_problems)
        )


def make_report(
    root: Path,
    span: str | None,
    environ: Mapping[str, str],
    *,
    gates: Sequence[Gate] = (),
    uncommitted: bool = False,
) -> Report:
    """Compare a branch with another.

    Args:
        root: The folder of records.
        span: As `artifolio.publishing.span.find_span` takes it.
        environ: The process's environment.
        gates: Conditions that nothing it brings may meet.
        uncommitted: Whether the records that are not committed yet count to it.

    Raises:
        NotFoundError: If there is no repository, or no such commit in it.
        GitError: If git fails.
    """
    git, path = find_repository(root, environ)
    with ExitStack() as stack:
        tree = stack.enter_context(snapshot(git, path)) if uncommitted else None
        objects = stack.enter_context(reading_objects(git, tree.environ if tree else None))
        found = find_span(git, objects, span, environ, uncommitted=uncommitted)
        review = collect_review(git, objects, found, path, names=wanted_names(gates), snapshot=tree)
    return Report(review, tuple(judge(gate, review) for gate in gates))
