from __future__ import annotations

import time
from datetime import timedelta

import pytest

from artifolio.cli.words import ago, clean_lines, counted, summary, to_json
from samples import NOON


@pytest.mark.parametrize(
    ("past", "words", "short"),
    [
        (timedelta(0), "just now", "now"),
        (timedelta(seconds=59), "just now", "now"),
        (timedelta(seconds=60), "1 minute ago", "1m ago"),
        (timedelta(hours=3), "3 hours ago", "3h ago"),
        (timedelta(days=1), "1 day ago", "1d ago"),
        (timedelta(days=29), "29 days ago", "29d ago"),
        (timedelta(days=61), "2 months ago", "2mo ago"),
        (timedelta(days=364), "12 months ago", "12mo ago"),
        (timedelta(days=800), "2 years ago", "2y ago"),
        (timedelta(hours=-5), "in 5 hours", "in 5h"),
    ],
)
def test_ago_tells_the_largest_unit(past: timedelta, words: str, short: str) -> None:
    assert ago(NOON - past, NOON) == words
    assert ago(NOON - past, NOON, short=True) == short


@pytest.mark.parametrize(
    ("description", "line"),
    [
        (None, ""),
        ("", ""),
        ("Plain text", "Plain text"),
        ("\n\n  First of\nmany", "First of"),
        ("# Marvin, please **reach out**! #", "Marvin, please reach out!"),
        ("> - `code` and ~~gone~~ and _so on_", "code and gone and so on"),
        ("1. [the list](https://example.org/a_b) of ![x](y.png)", "the list of x"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("**", "**"),
        ("---", "---"),
        ("#hashtag -5 +3", "#hashtag -5 +3"),
    ],
)
def test_summary_is_the_first_line_without_marks(description: str | None, line: str) -> None:
    assert summary(description) == line


@pytest.mark.parametrize("unit", ["[", "*", "_", "`", "# ", "- ", "![", "a*", "](", "**a "])
def test_summary_of_nothing_but_marks_is_quick(unit: str) -> None:
    started = time.process_time()
    summary(unit * 100_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12_345, "12,345 rows")]
)
def test_counted_takes_the_plural(number: int, words: str) -> None:
    assert counted(number, "row") == words


def test_clean_lines_keeps_line_ends_and_tabs() -> None:
    assert clean_lines("a\tb\nc\x1b\r\n") == "a\tb\nc\\x1b\\r\n"


def test_json_escapes_only_what_is_not_printable() -> None:
    assert to_json("ü😀\x9b\U000e0001\x7f") == r'"ü😀\u009b\udb40\udc01\u007f"'
