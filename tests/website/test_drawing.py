from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.website.drawing import MATH, MERMAID, take_formulas
from artifolio.website.markup import render_markdown
from website.reading import dangers, elements, words

BOTH = frozenset([MATH, MERMAID])


def formulas(text: str) -> list[str]:
    return take_formulas(text)[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so $x$.", ["$x$"]),
        ("($a_1 * b_1$, $\\$5$)", ["$a_1 * b_1$", "$\\$5$"]),
        ("$`a*b`$", ["$`a*b`$"]),
        ("$$\na\\\\\nb\n$$", ["$$\na\\\\\nb\n$$"]),
        ("- $$x$$\n\n> $y$", ["$$x$$", "$y$"]),
        ("`` ` $a$ `` $b$", ["$b$"]),
        ("```\n$a$\n```\n$b$", ["$b$"]),
        ("> ~~~\n> $a$\n> ~~~\n$b$", ["$b$"]),
        ("a ` b $x$", ["$x$"]),
    ],
)
def test_formulas_are_what_github_takes_for_them(text, expected):
    assert formulas(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "$5 and $6",
            "$5-$10",
            "a$x$",
            "$x$b",
            "\\$x$",
            "$ x $",
            "$x\ny$",
            "$$a\n\nb$$",
            "$",
            "$$",
        ),
        *("`$x$`", "cost $5 `a$ b`", "US$ 5 and US$ 6", "\ue000 $x$"),
    ],
)
def test_other_dollars_are_dollars(text):
    assert formulas(text) == []


def test_formulas_are_text_unless_they_are_drawn():
    assert render_markdown("so $a_1$ and $$b$$") == "<p>so $a_1$ and $$b$$</p>\n"


def test_formulas_keep_what_markdown_would_act_on():
    clean = render_markdown("so $a*b*c < \\\\ _d_$ and $$\\{e\\}$$", drawn=BOTH)
    assert clean == (
        '<p>so <span class="af-math">$a*b*c &lt; \\\\ _d_$</span> and '
        '<span class="af-math af-math--display">$$\\{e\\}$$</span></p>\n'
    )


def test_formulas_in_code_that_looks_like_text_are_code():
    clean = render_markdown("1. a\n\n       $x$\n\n    <pre>$y$</pre>", drawn=BOTH)
    assert elements(clean, "span") == []
    assert words(clean) == "a $x$ $y$"


def test_formulas_in_attributes_are_words():
    clean = render_markdown('[a](https://x.org "$<b\\"$")', drawn=BOTH)
    assert elements(clean, "a")[0].attributes["title"] == '$<b\\"$'


def test_headings_with_formulas_are_led_to_as_on_github():
    clean = render_markdown("# The $x_1$ case\n\n[a](#the-x_1-case)", drawn=BOTH)
    assert elements(clean, "h1")[0].attributes["id"] == "user-content-body-the-x_1-case"
    assert elements(clean, "a")[0].attributes["href"] == "#user-content-body-the-x_1-case"


def test_marks_in_the_text_itself_are_no_formulas():
    clean = render_markdown("$x$ &#xE000;7&#xE001; &#xE000;0&#xE001;", drawn=BOTH)
    assert words(clean) == "$x$ \ue0007\ue001 $x$"


@pytest.mark.parametrize(
    ("language", "name"), [("mermaid", "af-diagram"), ("math", "af-math af-math--display")]
)
def test_blocks_that_are_drawn_say_so(language, name):
    clean = render_markdown(f"```{language}\na < b\n```\n", drawn=frozenset([language]))
    assert clean == (
        f'<pre class="{name}"><code class="language-{language}">a &lt; b\n</code></pre>\n'
    )


@pytest.mark.parametrize(("language", "other"), [("mermaid", MATH), ("math", MERMAID)])
def test_other_blocks_are_code(language, other):
    clean = render_markdown(f"```{language}\na\n```\n", drawn=frozenset([other]))
    assert clean == f'<pre><code class="language-{language}">a\n</code></pre>\n'


@given(st.lists(st.sampled_from([
    "$", "$$", "`", "``", "```\n", "~~~\n", "\\", "x", "_", "*", " ", "\n", "\n\n", "> ", "- ",
    "<b>", '<a title="', '">', "<pre>", "</pre>", "\ue000", "&#xE000;0&#xE001;", "0", "\ue001",
    "<", "# ", "[x](", ")", "![", "]",
]), max_size=25).map("".join))  # fmt: skip
def test_any_pieces_with_formulas_become_harmless_html(text):
    assert dangers(render_markdown(text, drawn=BOTH)) == []


@given(st.text("$`\\ \nx_*{}", max_size=40))
def test_taken_formulas_can_all_be_put_back(text):
    marked, taken = take_formulas(text)
    for number, formula in enumerate(taken):
        marked = marked.replace(f"\ue000{number}\ue001", formula)
    assert marked == text
