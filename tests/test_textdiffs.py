from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from artifolio.textdiffs import Fold, Line, TextDiff, diff_text

SOME_LINES = [
    "",
    " ",
    "a",
    "a b c",
    "a b d",
    "x,y;z",
    "x,y;w",
    "ä\r",
    "\u2028",
    "東京は雨",
    "- [x]",
]
TEXTS = st.lists(st.sampled_from(SOME_LINES), max_size=40).map("\n".join) | strategies.texts


def shown(old: str, new: str) -> list[str]:
    """Return a difference as one would print it, words that changed in brackets."""
    return [_shown(line) for line in diff_text(old, new).lines]


def numbered(first: int, last: int) -> str:
    """Return a text of numbers, one to a line."""
    return "\n".join(map(str, range(first, last + 1)))


def signed_lines(diff: TextDiff, sign: str) -> list[Line]:
    """Return the lines of a sign."""
    return [line for line in diff.lines if isinstance(line, Line) and line.sign == sign]


def side(diff: TextDiff, sign: str, text: str) -> str:
    """Return one of the two texts: its lines in the difference, and what that leaves out of it."""
    lines, found = text.split("\n"), []
    for line in diff.lines:
        if isinstance(line, Fold):
            start = (line.old if sign == "-" else line.new) - 1
            found += lines[start : start + line.count]
        elif line.sign in (" ", sign):
            found.append(line.text)
    return "\n".join(found)


def numbers(diff: TextDiff, name: str) -> list[int]:
    """Return the numbers of the lines in one of the two texts, those of folds written out."""
    found: list[int] = []
    for line in diff.lines:
        start = getattr(line, name)
        count = line.count if isinstance(line, Fold) else 1
        found += range(start, start + count) if start is not None else []
    return found


def _shown(line: Line | Fold) -> str:
    if isinstance(line, Fold):
        return f"@ {line.old} {line.new} {line.count}"
    words = [f"[{span.text}]" if span.is_changed else span.text for span in line.spans]
    return line.sign + "".join(words)


@given(TEXTS, TEXTS)
def test_the_old_text_is_what_was_removed_and_what_stayed(old, new):
    assert side(diff_text(old, new), "-", old) == old


@given(TEXTS, TEXTS)
def test_the_new_text_is_what_was_added_and_what_stayed(old, new):
    assert side(diff_text(old, new), "+", new) == new


@given(TEXTS, TEXTS)
def test_every_line_has_its_number_in_its_text(old, new):
    diff = diff_text(old, new)
    assert numbers(diff, "old") == list(range(1, old.count("\n") + 2))
    assert numbers(diff, "new") == list(range(1, new.count("\n") + 2))


@given(TEXTS, TEXTS)
def test_only_equal_lines_are_folded(old, new):
    folds = [line for line in diff_text(old, new).lines if isinstance(line, Fold)]
    before, after = old.split("\n"), new.split("\n")
    assert [before[fold.old - 1 :][: fold.count] for fold in folds] == [
        after[fold.new - 1 :][: fold.count] for fold in folds
    ]


@given(TEXTS, TEXTS)
def test_the_counts_are_those_of_the_signs(old, new):
    diff = diff_text(old, new)
    assert diff.added == len(signed_lines(diff, "+"))
    assert diff.removed == len(signed_lines(diff, "-"))


@given(TEXTS)
def test_equal_texts_have_no_sign_and_no_marked_word(text):
    diff = diff_text(text, text)
    assert (diff.added, diff.removed) == (0, 0)
    lines = [line for line in diff.lines if isinstance(line, Line)]
    assert all(line.sign == " " and not line.spans[0].is_changed for line in lines)


@given(TEXTS, TEXTS)
def test_spans_are_as_long_as_they_can_be(old, new):
    lines = [line for line in diff_text(old, new).lines if isinstance(line, Line)]
    assert all(line.spans for line in lines)
    assert all(a.is_changed != b.is_changed for line in lines for a, b in pairwise(line.spans))


@given(TEXTS, TEXTS)
def test_added_lines_follow_those_they_replace(old, new):
    signs = "".join(line.sign for line in diff_text(old, new).lines if isinstance(line, Line))
    assert "+-" not in signs


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("", "", [" "]),
        ("", "a", ["-", "+a"]),
        ("a", "a\n", [" a", "+"]),
        ("a\n", "a", [" a", "-"]),
        ("a\nb", "b", ["-a", " b"]),
        ("b", "a\nb", ["+a", " b"]),
        ("a\r\nb", "a\nb", ["-a[\r]", "+a", " b"]),
        ("aa\u2028b", "aa\u2028c", ["-aa\u2028[b]", "+aa\u2028[c]"]),
        ("one\ntwo", "three", ["-one", "-two", "+three"]),
    ],
)
def test_lines_are_compared_as_they_are(old, new, lines):
    assert shown(old, new) == lines


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("the red fox", "the blue fox", ["-the [red] fox", "+the [blue] fox"]),
        ("the fox", "the red fox", ["-the fox", "+the [red ]fox"]),
        ("loss: 0.25", "loss: 0.75", ["-loss: 0.[25]", "+loss: 0.[75]"]),
        ("un café noir", "un café blanc", ["-un café [noir]", "+un café [blanc]"]),
        ("東京は雨", "東京は晴", ["-東京は[雨]", "+東京は[晴]"]),
        ("a  b", "a b", ["-a[  ]b", "+a[ ]b"]),
        ("", "  ", ["-", "+[  ]"]),
        ("half 12345", "half 67890", ["-half [12345]", "+half [67890]"]),
    ],
)
def test_words_that_differ_are_marked(old, new, lines):
    assert shown(old, new) == lines


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("it rained all day", "nobody saw the fox"),
        ("half 1234567", "half 9"),
        ("same " * 401, "same " * 400 + "else"),
        ("", "text"),
    ],
)
def test_words_are_not_marked_where_little_is_alike_or_the_line_is_long(old, new):
    assert shown(old, new) == [f"-{old}", f"+{new}"]


def test_lines_that_replace_each_other_are_compared_in_their_order():
    assert shown("a b c\nd e f", "a b x\nd e y\nz") == [
        "-a b [c]",
        "-d e [f]",
        "+a b [x]",
        "+d e [y]",
        "+z",
    ]


def test_three_lines_are_kept_around_what_changed_and_others_folded():
    old, new = numbered(1, 20), numbered(1, 9) + "\nten\n" + numbered(11, 20)
    assert shown(old, new) == [
        "@ 1 1 6",
        *(" 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13"),
        "@ 14 14 7",
    ]


def test_what_is_between_two_changes_is_folded_from_four_lines_on():
    old = f"x\n{numbered(1, 10)}\nx\n{numbered(1, 9)}\nx"
    assert shown(old, old.replace("x", "y")) == [
        *("-x", "+y", " 1", " 2", " 3"),
        "@ 5 5 4",
        *(" 8", " 9", " 10", "-x", "+y"),
        *(f" {number}" for number in range(1, 10)),
        *("-x", "+y"),
    ]


def test_three_lines_before_the_first_change_or_after_the_last_are_not_folded():
    old = f"{numbered(1, 6)}\nx\n{numbered(1, 6)}"
    lines = [f" {number}" for number in range(1, 7)]
    assert shown(old, old.replace("x", "y")) == [*lines, "-x", "+y", *lines]


@pytest.mark.parametrize(("count", "lines"), [(3, [" 1", " 2", " 3"]), (4, ["@ 1 1 4"])])
def test_equal_texts_are_one_fold_if_they_are_long(count, lines):
    assert shown(numbered(1, count), numbered(1, count)) == lines


def test_a_fold_has_the_numbers_of_both_texts():
    old = numbered(1, 9)
    assert shown(old, f"a\nb\n{old}") == ["+a", "+b", " 1", " 2", " 3", "@ 4 6 6"]


def test_long_texts_of_lines_with_hundreds_of_words_that_differ_are_compared_without_them():
    chance = random.Random(1)
    old, new = ("\n".join(" ".join(chance.choices("01", k=400)) for _ in range(300)) for _ in "ab")
    diff = diff_text(old, new)
    assert (diff.added, diff.removed) == (300, 300)
    assert [len(line.spans) for line in diff.lines] == [1] * 600


def test_long_texts_of_lines_that_repeat_are_compared():
    chance = random.Random(1)
    old, new = ("\n".join(chance.choices("ab", k=20_000)) for _ in "ab")
    diff = diff_text(old, new)
    assert (side(diff, "-", old), side(diff, "+", new)) == (old, new)
