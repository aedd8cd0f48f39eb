from __future__ import annotations

import pytest

from artifolio.website.markup import render_markdown, summarise
from website.reading import with_class, words

KINDS = ["note", "tip", "important", "warning", "caution"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_quote_with_the_word_is_an_alert(kind):
    clean = render_markdown(f"> [!{kind.upper()}]\n> The *text*.\n>\n> More.")
    assert clean == (
        f'<blockquote class="af-alert af-alert--{kind}" role="note">\n'
        f'<p class="af-alert-title">{kind.capitalize()}</p>\n'
        "<p>The <em>text</em>.</p>\n<p>More.</p>\n</blockquote>\n"
    )


def test_the_word_may_be_in_small_letters():
    assert with_class(render_markdown("> [!tip]\n> text"), "af-alert--tip")


@pytest.mark.parametrize("text", ["> [!NOTE]  \n> text", "> [!NOTE]\\\n> text"])
def test_a_line_break_after_the_word_is_no_matter(text):
    assert words(render_markdown(text)) == "Note text"
    assert "<br" not in render_markdown(text)


def test_an_alert_may_hold_more_than_paragraphs():
    clean = render_markdown("> [!NOTE]\n>\n> - a\n")
    assert words(clean) == "Note a"
    assert "<p></p>" not in clean


@pytest.mark.parametrize(
    "text", ["> [!NOTE] text", "> [!OTHER]\n> text", "> text\n> [!NOTE]", "[!NOTE]\ntext", "> a"]
)
def test_other_quotes_are_quotes(text):
    assert with_class(render_markdown(text), "af-alert") == []


def test_a_summary_has_the_word_and_not_the_mark():
    assert summarise("> [!WARNING]\n> It fell.") == "Warning It fell."
