"""Conditions on numbers, as ``AcresBurned.sum > 1.2 * previous``: what they are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
LOGICAL = ("and", "or", "not")
WORDS = frozenset([*LOGICAL, "previous", "abs"])
"""That are no names, unless they are quoted."""
NAME = r"[^\W\d][\w.]*"
"""A name that needs no quotation marks."""

_NAME = re.compile(NAME)
# How tightly operators bind; what binds less tightly than its place demands needs brackets.
_OR, _AND, _NOT, _COMPARE, _ADD, _TIMES, _SIGN = range(1, 8)
_BINDING = {
    **{"or": _OR, "and": _AND, "+": _ADD, "-": _ADD, "*": _TIMES, "/": _TIMES},
    **dict.fromkeys(COMPARISONS, _COMPARE),
}


@dataclass(frozen=True, slots=True)
class Constant:
    """A number as it is written."""

    text: str

    @property
    def value(self) -> Fraction:
        """What it is, exactly."""
        return Fraction(self.text)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the version that is looked at."""

    name: str


@dataclass(frozen=True, slots=True)
class Previous:
    """The same number of the version before."""

    name: str | None = None
    """None for that of the only figure of the expression."""


@dataclass(frozen=True, slots=True)
class Unary:
    """``-``, ``abs`` or ``not``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands, and what is done with them."""

    operator: str
    left: Node
    right: Node


Node: TypeAlias = "Constant | Figure | Previous | Unary | Binary"


def expression_text(node: Node) -> str:
    """Return an expression as text, with no more brackets than it needs."""
    return _written(node, _OR)


def nodes(node: Node) -> Iterator[Node]:
    """Give an expression and all that it is made of, from left to right."""
    yield node
    if isinstance(node, Unary):
        yield from nodes(node.operand)
    elif isinstance(node, Binary):
        yield from nodes(node.left)
        yield from nodes(node.right)


def figure_names(node: Node) -> tuple[str, ...]:
    """Return the names of the figures that are looked at, each once."""
    return tuple(dict.fromkeys(part.name for part in nodes(node) if isinstance(part, Figure)))


def is_truth(node: Node) -> bool:
    """Tell whether an expression is true or false, and no number."""
    return isinstance(node, (Unary, Binary)) and node.operator in (*LOGICAL, *COMPARISONS)


def _written(node: Node, least: int) -> str:
    if isinstance(node, Constant):
        return node.text
    if isinstance(node, Figure):
        return _quoted(node.name)
    if isinstance(node, Previous):
        return "previous" if node.name is None else f"previous({_quoted(node.name)})"
    if isinstance(node, Unary):
        if node.operator == "abs":
            return f"abs({_written(node.operand, _ADD)})"
        binding, sign = (_NOT, "not ") if node.operator == "not" else (_SIGN, "-")
        text = f"{sign}{_written(node.operand, binding)}"
    else:
        binding = _BINDING[node.operator]
        # Operators of one level are read from the left; of comparisons there is one.
        left = binding + (binding == _COMPARE)
        text = f"{_written(node.left, left)} {node.operator} {_written(node.right, binding + 1)}"
    return f"({text})" if binding < least else text


def _quoted(name: str) -> str:
    if _NAME.fullmatch(name) and name not in WORDS:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
