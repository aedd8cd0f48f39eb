"""Reads conditions on numbers, with limits and never by `eval`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.errors import ArtifolioError, shown
from artifolio.publishing.expressions import (
    COMPARISONS,
    NAME,
    WORDS,
    Binary,
    Constant,
    Figure,
    Previous,
    Unary,
    figure_names,
    is_truth,
    nodes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from artifolio.publishing.expressions import Node

LONGEST = 1_000
"""Characters of an expression."""
MOST_TOKENS = 200
DEEPEST = 30
"""Brackets and signs within each other."""

_TOKEN = re.compile(
    rf"""(?P<number>(?:[0-9]{{1,40}}(?:\.[0-9]{{0,40}})?|\.[0-9]{{1,40}})(?:[eE][+-]?[0-9]{{1,3}})?)
      | (?P<quoted>"(?:[^"]|"")*" | '(?:[^']|'')*')
      | (?P<name>{NAME})
      | (?P<mark><=|>=|==|!=|[-+*/()<>])""",
    re.VERBOSE,
)
_NUMBER, _TRUTH = "a number", "a comparison"


class ExpressionError(ArtifolioError, ValueError):
    """An expression that says nothing."""

    def __init__(self, text: str, place: int, reason: str) -> None:
        super().__init__(f"{shown(text, 200)}: character {place + 1}: {reason}")
        self.place = place
        """Of the first character that does not fit, from 0."""
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int


def parse_expression(text: str, start: int = 0) -> Node:
    """Read a condition.

    Args:
        text: The expression.
        start: Where in it the condition starts.

    Raises:
        ExpressionError: If it is none, with the place where it stops to be one.
    """
    if len(text) > LONGEST:
        raise ExpressionError(text, LONGEST, f"too long; {LONGEST:,} characters are the limit")
    return _Parser(text, start).condition()


class _Parser:
    """One method for each level of the grammar, the loosest first."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._tokens = _tokens(text, start)
        self._next = 0
        self._depth = 0
        self._bare: int | None = None
        """Where the first ``previous`` without a name stands."""

    def condition(self) -> Node:
        node = self._need(_TRUTH, self._or)
        token = self._token()
        if token.kind != "end":
            raise self._error(f"{shown(token.text)} is too much here", token)
        names = figure_names(node)
        if self._bare is not None and len(names) != 1:
            raise ExpressionError(
                self._text,
                self._bare,
                "of which figure? say previous(NAME)" if names else "no figure is named beside it",
            )
        if not any(isinstance(part, (Figure, Previous)) for part in nodes(node)):
            raise ExpressionError(self._text, 0, "no figure is named; see 'artifolio trend KEY'")
        return node

    def _or(self) -> Node:
        return self._chain(("or",), _TRUTH, self._and)

    def _and(self) -> Node:
        return self._chain(("and",), _TRUTH, self._not)

    def _not(self) -> Node:
        if self._takes("not"):
            with_not = self._deeper(lambda: self._need(_TRUTH, self._not))
            return Unary("not", with_not)
        return self._comparison()

    def _comparison(self) -> Node:
        start = self._token()
        left = self._sum()
        token = self._token()
        if not self._takes(*COMPARISONS):
            return left
        self._check(left, _NUMBER, start)
        right = self._need(_NUMBER, self._sum)
        if self._token().kind == "mark" and self._token().text in COMPARISONS:
            raise self._error("one comparison at a time; join two with 'and'", self._token())
        return Binary(token.text, left, right)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), _NUMBER, self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), _NUMBER, self._signed)

    def _signed(self) -> Node:
        if self._takes("-"):
            return Unary("-", self._deeper(lambda: self._need(_NUMBER, self._signed)))
        return self._atom()

    def _atom(self) -> Node:
        token = self._token()
        self._next += token.kind != "end"
        if token.kind == "number":
            return Constant(token.text)
        if token.kind == "quoted" or (token.kind == "name" and token.text not in WORDS):
            return Figure(_unquoted(token))
        if token.kind == "name" and token.text == "abs":
            self._demand("(")
            node = self._deeper(lambda: self._need(_NUMBER, self._sum))
            self._demand(")")
            return Unary("abs", node)
        if token.kind == "name" and token.text == "previous":
            return self._previous(token)
        if token.kind == "mark" and token.text == "(":
            node = self._deeper(self._or)
            self._demand(")")
            return node
        raise self._error("a number or the name of a figure is needed", token)

    def _previous(self, token: _Token) -> Node:
        if not self._takes("("):
            if self._bare is None:
                self._bare = token.place
            return Previous()
        name = self._token()
        if name.kind not in ("quoted", "name") or (name.kind == "name" and name.text in WORDS):
            raise self._error("the name of a figure is needed", name)
        self._next += 1
        self._demand(")")
        return Previous(_unquoted(name))

    def _chain(self, operators: tuple[str, ...], kind: str, operand: Callable[[], Node]) -> Node:
        start = self._token()
        node = operand()
        while True:
            token = self._token()
            if not self._takes(*operators):
                return node
            self._check(node, kind, start)
            node = Binary(token.text, node, self._need(kind, operand))

    def _need(self, kind: str, parse: Callable[[], Node]) -> Node:
        start = self._token()
        node = parse()
        self._check(node, kind, start)
        return node

    def _check(self, node: Node, kind: str, start: _Token) -> None:
        if _kind(node) != kind:
            raise self._error(f"{kind} is needed, not {_kind(node)}", start)

    def _deeper(self, parse: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(f"too deep; {DEEPEST} levels are the limit", self._token())
        node = parse()
        self._depth -= 1
        return node

    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _takes(self, *texts: str) -> bool:
        token = self._token()
        is_there = token.kind in ("name", "mark") and token.text in texts
        self._next += is_there
        return is_there

    def _demand(self, text: str) -> None:
        if not self._takes(text):
            raise self._error(f"'{text}' is needed", self._token())

    def _error(self, reason: str, token: _Token) -> ExpressionError:
        return ExpressionError(self._text, token.place, reason)


def _tokens(text: str, start: int) -> list[_Token]:
    found: list[_Token] = []
    place = start
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            hint = "; names with odd characters are quoted" if text[place] not in "\"'" else ""
            what = "a quotation mark is not closed" if not hint else f"{shown(text[place])} is odd"
            raise ExpressionError(text, place, f"{what}{hint}")
        found.append(_Token(match.lastgroup or "", match[0], place))
        place = match.end()
        if len(found) > MOST_TOKENS:
            raise ExpressionError(text, place, f"too long; {MOST_TOKENS} words are the limit")
    return [*found, _Token("end", "", len(text))]


def _unquoted(token: _Token) -> str:
    if token.kind == "name":
        return token.text
    mark = token.text[0]
    return token.text[1:-1].replace(mark * 2, mark)


def _kind(node: Node) -> str:
    return _TRUTH if is_truth(node) else _NUMBER
