"""Gates: conditions that no version which a branch brings may meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from artifolio.publishing.expressions import (
    COMPARISONS,
    Binary,
    Constant,
    Figure,
    Previous,
    Unary,
    expression_text,
    figure_names,
    nodes,
)
from artifolio.publishing.grammar import parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from artifolio.deltas import Number
    from artifolio.publishing.expressions import Node
    from artifolio.publishing.review import ArtifactChange, Review, VersionChange

_PATTERN = re.compile(r"\s*([a-z0-9*?-]{1,120})\s*:")
# Products of numbers of 4,300 digits, as records may hold them, would take seconds each.
_MOST_BITS = 1 << 16


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition, and the keys for which it holds."""

    condition: Node
    pattern: str | None = None
    """As `fnmatch` takes it; None for all keys."""

    def __str__(self) -> str:
        """Write it as `parse_gate` reads it."""
        before = "" if self.pattern is None else f"{self.pattern}: "
        return before + expression_text(self.condition)

    @property
    def names(self) -> tuple[str, ...]:
        """The figures that it looks at, each once."""
        both = [part.name for part in nodes(self.condition) if isinstance(part, (Figure, Previous))]
        return tuple(dict.fromkeys(name for name in both if name is not None))


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure that a gate looked at."""

    name: str
    now: Number | None
    before: Number | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate says of one version."""

    key: str
    version: VersionChange
    facts: tuple[Fact, ...]
    reason: str = ""
    """Why it could not be checked; empty where it fired."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says of all versions that a branch brings."""

    gate: Gate
    checked: int
    """How many versions it looked at and could tell."""
    fired: tuple[Finding, ...] = ()
    unchecked: tuple[Finding, ...] = ()
    """Versions that lack what it looks at."""
    first: int = 0
    """How many versions have no version before, because their key is new."""

    @property
    def status(self) -> str:
        """``failed``, ``unchecked``, ``passed``, or ``idle`` where there was nothing to check."""
        if self.fired:
            return "failed"
        if self.unchecked:
            return "unchecked"
        return "passed" if self.checked else "idle"


@dataclass(frozen=True, slots=True)
class _Unknown:
    reason: str


_Value: TypeAlias = "Fraction | bool | _Unknown"


def parse_gate(text: str) -> Gate:
    """Read a gate: a condition, and before it perhaps a key or a pattern of keys and a colon.

    Raises:
        ExpressionError: If it is none.
    """
    found = _PATTERN.match(text)
    if found is None:
        return Gate(parse_expression(text))
    return Gate(parse_expression(text, found.end()), found[1])


def judge(gate: Gate, review: Review) -> Verdict:
    """Hold a gate against all versions that were added, or are not what they were.

    One for all keys passes over versions that have none of its figures; one for certain keys says
    of each of them that it lacks them.
    """
    checked = first = 0
    fired: list[Finding] = []
    unchecked: list[Finding] = []
    for artifact, version in review.pairs("added", "updated", "changed"):
        if not _concerns(gate, artifact, version):
            continue
        value = _value(gate.condition, _Numbers(gate, artifact, version))
        facts = _facts(gate, artifact, version)
        key = artifact.key or ""
        if isinstance(value, _Unknown):
            if artifact.is_new and all(fact.now is not None for fact in facts):
                first += 1
            else:
                unchecked.append(Finding(key, version, facts, value.reason))
            continue
        checked += 1
        if value:
            fired.append(Finding(key, version, facts))
    return Verdict(gate, checked, tuple(fired), tuple(unchecked), first)


def _concerns(gate: Gate, artifact: ArtifactChange, version: VersionChange) -> bool:
    if gate.pattern is not None:
        return artifact.key is not None and fnmatchcase(artifact.key, gate.pattern)
    return any(name in version.numbers for name in gate.names)


def _facts(gate: Gate, artifact: ArtifactChange, version: VersionChange) -> tuple[Fact, ...]:
    before: Mapping[str, Number] = artifact.base.numbers if artifact.base else {}
    return tuple(Fact(name, version.numbers.get(name), before.get(name)) for name in gate.names)


class _Numbers:
    """The numbers of one version, and of the one before."""

    def __init__(self, gate: Gate, artifact: ArtifactChange, version: VersionChange) -> None:
        self._now = version.numbers
        self._before = None if artifact.base is None else artifact.base.numbers
        self._only = next(iter(figure_names(gate.condition)), "")

    def now(self, name: str) -> _Value:
        number = self._now.get(name)
        return _Unknown(f"it has no {name}") if number is None else _exact(number)

    def before(self, name: str | None) -> _Value:
        name = self._only if name is None else name
        if self._before is None:
            return _Unknown("there is no version before")
        number = self._before.get(name)
        return _Unknown(f"the version before has no {name}") if number is None else _exact(number)


def _exact(number: Number) -> Fraction:
    # As it is written, for 1.1 * 10 is to be 11.
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)


def _value(node: Node, numbers: _Numbers) -> _Value:
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Figure):
        return numbers.now(node.name)
    if isinstance(node, Previous):
        return numbers.before(node.name)
    if isinstance(node, Unary):
        operand = _value(node.operand, numbers)
        if isinstance(operand, _Unknown):
            return operand
        if node.operator == "not":
            return not operand
        return abs(Fraction(operand)) if node.operator == "abs" else -Fraction(operand)
    return _joined(node, _value(node.left, numbers), _value(node.right, numbers))


def _joined(node: Binary, left: _Value, right: _Value) -> _Value:
    operator = node.operator
    if operator in ("and", "or"):
        # One side alone may decide.
        decisive = operator == "or"
        if decisive in (left, right):
            return decisive
        unknown = [side for side in (left, right) if isinstance(side, _Unknown)]
        return unknown[0] if unknown else not decisive
    if isinstance(left, _Unknown) or isinstance(right, _Unknown):
        return left if isinstance(left, _Unknown) else right
    return _calculated(operator, Fraction(left), Fraction(right))


def _calculated(operator: str, left: Fraction, right: Fraction) -> _Value:
    if operator in COMPARISONS:
        return _compared(operator, left, right)
    if operator == "/" and not right:
        return _Unknown("a division by zero")
    if operator == "+":
        return _short(left + right)
    if operator == "-":
        return _short(left - right)
    return _short(left * right if operator == "*" else left / right)


def _compared(operator: str, left: Fraction, right: Fraction) -> bool:
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    if operator in ("<", "<="):
        return left < right or (operator == "<=" and left == right)
    return left > right or (operator == ">=" and left == right)


def _short(number: Fraction) -> _Value:
    if number.numerator.bit_length() + number.denominator.bit_length() > _MOST_BITS:
        return _Unknown("a number is too long")
    return number


def wanted_names(gates: Iterable[Gate]) -> tuple[str, ...]:
    """Return the figures that any gate looks at, each once."""
    return tuple(dict.fromkeys(name for gate in gates for name in gate.names))
