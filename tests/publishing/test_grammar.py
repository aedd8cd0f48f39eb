from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.publishing.gates import parse_gate
from artifolio.publishing.grammar import LONGEST, ExpressionError

GOOD = [
    "n.sum > 1.2 * previous",
    "AcresBurned.sum > 1.2 * previous(AcresBurned.sum) and rows >= 10",
    "not (percent < 100)",
    "abs(size - previous) / previous > 0.1 or size == 0",
    "ca-fires: rows < 10",
    "daily-*: rows < 0.5 * previous(rows)",
    '"a ""b"" c" != -1.5e3',
    "rows > .5",
    "a > 1 and b > previous(b)",
]
WORDS = ["rows", "n.sum", "previous", "previous(rows)", "1", "1.5", "(", ")", "+", "-", "*", "/",
         "<", "<=", ">", "==", "!=", "and", "or", "not", "abs(", '"a b"', "key:", " "]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_a_gate_is_read_as_it_is_written(text):
    gate = parse_gate(text)
    assert parse_gate(str(gate)) == gate


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 1),
        ("rows >", 7),
        ("rows > 1 2", 10),
        ("rows", 1),
        ("1 < 2", 1),
        ("rows > (1", 10),
        ("rows > $x", 8),
        ("a > b > previous", 7),
        ("eval('1') > 1", 1),
        ("rows > 1; rows", 9),
    ],
)
def test_what_is_no_condition_is_refused_with_the_place(text, place):
    with pytest.raises(ExpressionError) as caught:
        parse_gate(text)
    assert caught.value.place + 1 == place, str(caught.value)


def test_previous_alone_needs_one_figure_beside_it():
    with pytest.raises(ExpressionError, match="of which figure"):
        parse_gate("a > 1 and b > previous")


@pytest.mark.parametrize(
    "text", ["(" * 5_000, "-" * 5_000 + "a > 1", "not " * 900, "a>1 and " * 120]
)
def test_an_expression_is_neither_long_nor_deep(text):
    with pytest.raises(ExpressionError):
        parse_gate(text)
    assert LONGEST < 5_000


@given(strategies.texts | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_any_text_is_a_gate_that_reads_the_same_again_or_is_refused(text):
    try:
        gate = parse_gate(text)
    except ExpressionError:
        return
    assert parse_gate(str(gate)) == gate
