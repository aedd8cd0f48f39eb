from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.website.indentation import dedent
from artifolio.website.markup import render_markdown, summarise

lines = st.lists(st.sampled_from(["", " ", "\t", "  a", "    b", "\tc", " \td", "e", "     "]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n    # Title\n\n    text\n      more\n    ", "\n# Title\n\ntext\n  more\n"),
        ("    one", "one"),
        ("\ta\n\t\tb", "a\n\tb"),
        ("    a\r\n\r\n    b\r\n", "a\r\n\r\nb\r\n"),
        ("\n  a\n \n  b", "\na\n \nb"),
    ],
)
def test_what_all_lines_start_with_goes(text, expected):
    assert dedent(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "\n", "   ", "\n  \n", "a", "a\n    b", "    a\nb", "\ta\n    b", "\u00a0a\n\u00a0b"),
        "Run this:\n\n    pip install artifolio\n",
    ],
)
def test_what_lines_do_not_share_stays(text):
    assert dedent(text) == text


@given(lines)
def test_lines_with_words_are_as_pythons_own_function_leaves_them(some):
    text = "\n".join(some)
    expected = textwrap.dedent(text).split("\n")
    assert [line for line in dedent(text).split("\n") if line.strip()] == [
        line for line in expected if line.strip()
    ]


def test_markdown_of_an_indented_string_is_no_code():
    assert render_markdown("\n    # Title\n\n    text\n") == (
        '<h1 id="user-content-body-title">Title</h1>\n<p>text</p>\n'
    )


def test_code_after_a_line_at_the_margin_stays_code():
    assert "<pre><code>b\n</code></pre>" in render_markdown("a\n\n    b\n")


def test_a_summary_is_that_of_the_text_without_its_indentation():
    assert summarise("\n    # Title\n\n    *text*\n") == "Title text"
