"""A review as GitHub-flavoured Markdown: a comment on a pull request, or the summary of a job."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from artifolio.diffmarkdown import DiffText, code, escape, fitted_diff
from artifolio.diffs import UNCHANGED
from artifolio.errors import printable
from artifolio.publishing.reviewwords import (
    NOTHING,
    STATUSES,
    SYMBOLS,
    compared,
    comparison_title,
    counted,
    figure_rows,
    happened,
    headline,
    others,
    pin_words,
    title,
    type_of,
    verdict_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from artifolio.publishing.gates import Verdict
    from artifolio.publishing.review import Alarm, ArtifactChange, Review, VersionChange

MARKER = "<!-- artifolio report -->"
"""The first line, by which a comment is found again; no text of a record can look like it."""
COMMENT_BYTES = 65_000
"""GitHub refuses comments of more than 65,536 characters, and none has more than its bytes."""
LEAST_BYTES = 4_000

_LONGEST = 300
_LONGEST_LINK = 1_000
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&+,;=%-]+")
_OLDER = 5
# A difference of which no more than so much would be shown is left out.
_LEAST_SHARE = 600
_LEAST_DIFFERENCE = 100
# Of all that there is room for, gates, what is wrong, pins, and the list of artifacts get so much.
_GATES, _ALARMS, _PINS, _LIST = 1 / 5, 1 / 5, 1 / 10, 1 / 3


class _Page:
    """Text that grows no longer than it may."""

    def __init__(self, limit: int) -> None:
        self._parts: list[str] = []
        self._limit = self.left = limit
        self.is_cut = False

    def add(self, text: str) -> bool:
        """Add a part; False where there is no room for it."""
        size = len(text.encode("utf-8", "replace"))
        if size > self.left:
            self.is_cut = True
            return False
        self._parts.append(text)
        self.left -= size
        return True

    def add_lines(self, head: str, lines: Sequence[str], share: float, noun: str) -> None:
        """Add a list: as many of its lines as its share has room for, and how many are left."""
        if not lines or not self.add(head):
            return
        least = self.left - int(share * self._limit)
        for number, line in enumerate(lines):
            if self.left - len(line.encode("utf-8", "replace")) < max(least, _LEAST_SHARE):
                self.is_cut = True
                self.add(f"\n… {counted(len(lines) - number, f'more {noun}')}\n")
                return
            self.add(f"{line}\n")

    def text(self) -> str:
        """Return all of it."""
        return "".join(self._parts)


def is_link(address: str) -> bool:
    """Tell whether an address can be a link of the text without meaning anything else in it."""
    return len(address) <= _LONGEST_LINK and _LINK.fullmatch(address) is not None


def page_in_ci(environ: Mapping[str, str]) -> str | None:
    """Return the address of the page of the job that this program is in, if CI tells it.

    Args:
        environ: Of the process: GitHub Actions and GitLab CI are known.
    """
    parts = [environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    server, repository, run = parts
    address = f"{server}/{repository}/actions/runs/{run}" if all(parts) else ""
    address = address or environ.get("CI_JOB_URL", "")
    return address if is_link(address) else None


def review_markdown(
    review: Review,
    verdicts: Iterable[Verdict] = (),
    *,
    limit: int = COMMENT_BYTES,
    link: str | None = None,
) -> str:
    """Return a review as Markdown in which nothing of a record acts as a link, mention or HTML.

    Args:
        review: What a branch does.
        verdicts: What its gates say.
        limit: The text has fewer bytes than this, as UTF-8; at least `LEAST_BYTES`.
        link: Address of a page that shows all of it, where this cannot; see `is_link`.
    """
    rest = _rest(review, link)
    page = _Page(max(limit, LEAST_BYTES) - len(rest.encode("utf-8", "replace")) - 1)
    page.add(f"{MARKER}\n## Artifacts\n\n")
    said = headline(review)
    page.add(f"**{said}**\n\n" if said != NOTHING else f"{said}\n\n")
    page.add(f"{compared(review, _named)}.\n")
    gates = [line for verdict in verdicts for line in _gate(verdict)]
    page.add_lines("\n### Gates\n\n", gates, _GATES, "line")
    alarms = [_alarm(alarm) for alarm in review.alarms]
    page.add_lines("\n### Look at this first\n\n", alarms, _ALARMS, "line")
    pins = [f"- {_told(pin_words(pin))}" for pin in review.pins]
    page.add_lines("\n### Pins\n\n", pins, _PINS, "pin")
    page.add_lines(_HEAD, [_row(artifact) for artifact in review.artifacts], _LIST, "artifact")
    _add_details(page, review.artifacts)
    return page.text() + (rest if page.is_cut else "")


_HEAD = "\n| Artifact | Type | Versions | What changed |\n| --- | --- | --- | --- |\n"


def _rest(review: Review, link: str | None) -> str:
    if link is not None:
        return f"\n---\n\nCut, because it is too long: [see all of it]({link}).\n"
    command = _named(f"artifolio report {review.span} -o html")
    return f"\n---\n\nCut, because it is too long. All of it: {command}\n"


def _gate(verdict: Verdict) -> Iterator[str]:
    status = f"{SYMBOLS[verdict.status]} {STATUSES[verdict.status]}"
    yield f"- {status}: {code(printable(str(verdict.gate)))}"
    for line in verdict_lines(verdict):
        yield f"  - {_told(line, 2 * _LONGEST)}"


def _alarm(alarm: Alarm) -> str:
    path = _named(alarm.path)
    where = f"{_told(alarm.name)} ({path})" if alarm.name else path
    return f"- {where}: {_told(alarm.words)}"


def _row(artifact: ArtifactChange) -> str:
    shown = artifact.shown
    sentence = shown.sentence if shown is not None else ""
    cells = (title(artifact), type_of(artifact), happened(artifact), sentence)
    return f"| {' | '.join(escape(_cut(cell, _LONGEST), in_table=True) for cell in cells)} |"


def _add_details(page: _Page, artifacts: Sequence[ArtifactChange]) -> None:
    told = [artifact for artifact in artifacts if _has_details(artifact)]
    for number, artifact in enumerate(told):
        share = page.left // (len(told) - number)
        if share < _LEAST_SHARE:
            page.is_cut = True
            left = len(told) - number
            page.add(f"\nDifferences of {counted(left, 'more artifact')} are not shown.\n")
            return
        _add_detail(page, artifact, share)


def _has_details(artifact: ArtifactChange) -> bool:
    return bool(figure_rows(artifact) or others(artifact) or _comparisons(artifact))


def _comparisons(artifact: ArtifactChange) -> list[VersionChange]:
    return [
        version
        for version in reversed(artifact.versions)
        if version.comparison is not None and version.sentence != UNCHANGED
    ]


def _add_detail(page: _Page, artifact: ArtifactChange, share: int) -> None:
    least = page.left - share
    shown = artifact.shown
    name = f": {shown.name}" if shown is not None else ""
    parts = [f"\n### {_told(title(artifact) + name)}\n", *_figures(artifact)]
    if shown is not None and shown.size_bytes:
        parts.append(f"\nAttached: {counted(shown.size_bytes, 'byte')}.\n")
    parts += _older(artifact)
    page.add("".join(parts))
    for version in _comparisons(artifact):
        room = page.left - least
        if room < _LEAST_SHARE:
            page.is_cut = True
            return
        found = _difference(artifact, version, room)
        page.add(found.text)
        page.is_cut = page.is_cut or found.omitted > 0


def _figures(artifact: ArtifactChange) -> Iterator[str]:
    rows = figure_rows(artifact)
    if rows:
        yield "\n| Figure | Before | Now | Change |\n| --- | ---: | ---: | ---: |\n"
    for row in rows:
        cells = (row.name, row.before, row.now, row.change)
        yield f"| {' | '.join(escape(_cut(cell, 80), in_table=True) for cell in cells)} |\n"


def _older(artifact: ArtifactChange) -> Iterator[str]:
    older = others(artifact)
    if older:
        yield f"\nBefore it, {counted(len(older), 'more version')} added:\n\n"
    for version in reversed(older[-_OLDER:]):
        told = f"{version.name}: {version.sentence}" if version.sentence else version.name
        yield f"- {_told(told)}\n"
    if len(older) > _OLDER:
        yield f"- … {len(older) - _OLDER:,} more\n"


def _difference(artifact: ArtifactChange, version: VersionChange, room: int) -> DiffText:
    """Return a difference that is folded until somebody opens it; empty where it does not fit."""
    comparison = version.comparison
    if comparison is None:
        return DiffText("", 0)
    head = f"\n<details><summary>What changed in {version.name}</summary>\n\n"
    tail = "\n</details>\n"
    room -= len(head) + len(tail)
    budget = room
    while budget >= _LEAST_DIFFERENCE:
        found = fitted_diff(
            comparison_title(artifact, version),
            comparison.old,
            comparison.new,
            comparison.diff,
            level=4,
            budget=budget,
            more="",
        )
        # Characters are up to four bytes long.
        size = len(found.text.encode("utf-8", "replace"))
        if size <= room:
            return replace(found, text=f"{head}{found.text}{tail}")
        budget = min(budget - 100, budget * room // (2 * size))
    return DiffText("", 1)


def _named(name: str) -> str:
    return code(_cut(printable(name), _LONGEST))


def _told(text: str, length: int = _LONGEST) -> str:
    return escape(_cut(text, length))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
