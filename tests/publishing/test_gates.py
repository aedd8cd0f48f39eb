from __future__ import annotations

import pytest

from artifolio.bodies import Markdown
from artifolio.publishing.gates import judge, parse_gate
from artifolio.publishing.review import ArtifactChange, BaseVersion, Review, VersionChange
from artifolio.publishing.span import Span
from samples import make_record

SPAN = Span("main", "HEAD", "1" * 40, "2" * 40, "1" * 40)
HEADER = make_record(Markdown("x")).header


def added(key, now, before=None, kind="added"):
    """Return a key with one version that a branch brings, and its figures there and before."""
    base = None if before is None else BaseVersion(1, HEADER, {}, before)
    version = VersionChange(kind, f"{key}/x.yaml", 2, HEADER, {}, now)
    return ArtifactChange(key, (version,), base)


def verdict(text, *artifacts):
    return judge(parse_gate(text), Review(SPAN, artifacts))


@pytest.mark.parametrize(
    "text",
    [
        "rows > 1.2 * previous",
        "rows >= 13",
        "rows <= 13",
        "rows == 13",
        "rows != 12",
        "rows - previous == 3",
        "rows + loss == 13.1",
        "rows / previous == 1.3",
        "abs(-rows) > 12",
        "-rows < 0",
        "not rows < 13",
        "rows < 0 or rows > 12",
        "rows > 0 and loss < 1",
        "loss * 10 == 1",
        "rows > previous(rows) and loss > 0",
        "nowhere > 0 or rows > 0",
    ],
)
def test_a_condition_that_is_met_fails(text):
    assert verdict(text, added("sales", {"rows": 13, "loss": 0.1}, {"rows": 10})).status == "failed"


@pytest.mark.parametrize(
    "text", ["rows > 1.3 * previous", "rows < 13", "not rows > 1", "nowhere > 0 and rows < 0"]
)
def test_a_condition_that_is_not_met_passes(text):
    assert verdict(text, added("sales", {"rows": 13}, {"rows": 10})).status == "passed"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sales: loss > 0", "it has no loss"),
        ("rows > previous(loss)", "the version before has no loss"),
        ("rows / previous > 1", "a division by zero"),
        ("rows > 0 and loss > 0", "it has no loss"),
        ("rows < 0 or loss > 0", "it has no loss"),
        ("-loss > rows", "it has no loss"),
        ("big * big * big > rows", "a number is too long"),
    ],
)
def test_what_cannot_be_told_is_not_checked_and_says_why(text, reason):
    found = verdict(text, added("sales", {"rows": 13, "big": 10**9_000}, {"rows": 0}))
    assert (found.status, [finding.reason for finding in found.unchecked]) == (
        "unchecked",
        [reason],
    )


def test_a_new_key_has_nothing_to_be_compared_with():
    found = verdict("rows > previous", added("sales", {"rows": 13}))
    assert (found.status, found.first) == ("idle", 1)


def test_a_new_key_that_lacks_the_figure_is_not_checked():
    found = verdict("sales: rows > previous", added("sales", {}))
    assert found.status == "unchecked"


def test_one_for_all_keys_passes_over_those_without_the_figure():
    found = verdict("rows > 100", added("text", {}), added("sales", {"rows": 13}))
    assert (found.status, found.checked) == ("passed", 1)


def test_a_pattern_names_the_keys():
    artifacts = [added(key, {"rows": 13}) for key in ("daily-a", "daily-b", "weekly")]
    found = verdict("daily-*: rows > 1", *artifacts)
    assert [finding.key for finding in found.fired] == ["daily-a", "daily-b"]


@pytest.mark.parametrize(
    ("kind", "checked"),
    [("added", 1), ("updated", 1), ("changed", 1), ("moved", 0), ("retired", 0), ("deleted", 0)],
)
def test_what_is_new_or_different_is_looked_at(kind, checked):
    assert verdict("rows > 100", added("sales", {"rows": 13}, kind=kind)).checked == checked


def test_what_it_looked_at_is_told():
    (finding,) = verdict("rows > previous", added("sales", {"rows": 13}, {"rows": 10})).fired
    assert [(fact.name, fact.now, fact.before) for fact in finding.facts] == [("rows", 13, 10)]
