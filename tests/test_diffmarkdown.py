from __future__ import annotations

import html
import re
from dataclasses import replace

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.bodies import Body, Column, Link, Markdown, Table
from artifolio.diffmarkdown import diff_markdown, escape
from artifolio.diffs import diff_bodies
from artifolio.errors import printable
from samples import make_illustrated

PIECES = [
    *"`|\\*_[]()<>@#&~!:$ -+=.\"'ab1\n\t^%{}/\x1b\u202e",
    *("https://a.b/c", "www.a.de", "a@b.c", "@me", "#12", ":tada:", ":+1:", "<b>", "</td>"),
    *("&amp;", "&#64;", "![x](y)", "[x](y)", "``", "\\|", "  ", "1. ", "- ", "deadbeef1", "---"),
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)


def write(old: Body, new: Body, **options: int) -> str:
    return diff_markdown("loss v1 → v2", old, new, diff_bodies(old, new), **options)


def table(*rows: tuple[object, ...], names: str = "name value") -> Table:
    columns = tuple(Column(name, "mixed") for name in names.split())
    return Table(columns, tuple(rows))  # type: ignore[arg-type]


def rendered(text: str) -> str:
    return cmarkgfm.github_flavored_markdown_to_html(text)


def text_of(page: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", page))


def tags(page: str) -> set[str]:
    return set(re.findall(r"</?([a-z0-9]+)", page))


@given(TEXTS)
def test_a_cell_shows_its_text_and_nothing_else(text: str) -> None:
    page = rendered(f"| h | i |\n| --- | --- |\n| {escape(text, in_table=True)} | z |\n")
    cells = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    assert [text_of(cell) for cell in cells] in ([printable(text), "z"], ["", "z"])
    assert tags(page) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@given(TEXTS)
def test_a_paragraph_and_a_heading_show_their_text_and_nothing_else(text: str) -> None:
    page = rendered(f"### {escape(text)}\n\n{escape(text)}\n\nend\n")
    assert text_of(page) == f"{printable(text)}\n{printable(text)}\nend\n"
    assert tags(page) <= {"h3", "p", "code"}


@pytest.mark.parametrize(
    "word",
    [
        "@octocat",
        "#12",
        "octo/repo#12",
        "GH-12",
        "a@example.org",
        "https://example.org",
        "www.example.org",
        "x_www.example.org",
        "9fceb02d0ae598e95dc970b74767f19372d61af8",
        "9fceb02",
        ":tada:",
        "$x$",
        "!12",
    ],
)
def test_what_would_be_a_link_or_mention_is_code(word: str) -> None:
    assert escape(f"see {word} now") == f"see `{word}` now"


@pytest.mark.parametrize("text", ["Mill Fire", "12:55:00", "-118.50091", "98%", "R & D", "# of x"])
def test_plain_words_are_no_code(text: str) -> None:
    assert "`" not in escape(text)


def test_texts_are_listed_as_a_diff() -> None:
    assert write(Markdown("a\nb\n"), Markdown("a\nc\n")) == (
        "### loss v1 → v2\n\n1 line added, 1 removed\n\n```diff\n  a\n- b\n+ c\n```\n"
    )


def test_folds_are_headings_of_the_diff() -> None:
    lines = "\n".join(map(str, range(20)))
    assert "\n@@ 17 equal lines @@\n" in write(Markdown(lines), Markdown(f"{lines}\nend"))


@pytest.mark.parametrize("ticks", ["```", "`````", "~~~"])
def test_no_line_of_a_text_ends_the_listing(ticks: str) -> None:
    page = rendered(write(Markdown("a"), Markdown(f"{ticks}\n</code>\n@me <b>\n{ticks}")))
    assert tags(page) == {"h3", "p", "pre", "code"}
    assert page.rstrip().endswith("</code></pre>")


def test_rows_are_listed_in_tables() -> None:
    old, new = table(("a", 1), ("b", 2), ("c", 3)), table(("a", 1), ("b", 20), ("d|", None))
    assert write(old, new).split("\n\n")[1:] == [
        "1 row changed, 1 added, 1 removed; value +15",
        "| Sum of | Before | Now | Change |\n| --- | ---: | ---: | ---: |\n"
        "| value | 6 | 21 | +15 |",
        "| name | Column | Before | Now | Change |\n| --- | --- | ---: | ---: | ---: |\n"
        "| b | value | 2 | 20 | +18 |",
        "**Added**",
        "| name |\n| --- |\n| d\\| |",
        "**Removed**",
        "| name | value |\n| --- | ---: |\n| c | 3 |",
        "1 row unchanged; rows are matched by name.\n",
    ]


def test_the_name_of_a_row_stands_once() -> None:
    names = "name x y"
    lines = write(table(("a", 1, 2), names=names), table(("a", 3, "z"), names=names)).splitlines()
    assert "| a | x | 1 | 3 | +2 |" in lines
    assert "|  | y | 2 | z |  |" in lines


def test_columns_are_listed_with_their_types() -> None:
    old, new = table(("a", 1)), table(("a", 1, 2), names="name value more")
    assert "| Column | Before | Now |\n| --- | --- | --- |\n| more |  | mixed |\n" in write(
        old, new
    )


def test_fields_are_listed_and_their_links_do_not_act() -> None:
    page = write(Link("https://a.org", "[x](y)"), Link("https://b.org"))
    assert "| url | `https://a.org` | `https://b.org` |" in page
    assert "| text | \\[x\\](y) | *empty* |" in page
    assert "<a" not in rendered(page)


def test_what_does_not_fit_is_counted() -> None:
    old = table(*((number, 1) for number in range(5000)))
    new = table(*((number, 2) for number in range(5000)))
    page = write(old, new, budget=3000)
    assert 2000 < len(page) <= 3000
    listed = page.count(" | value | 1 | 2 | +1 |")
    assert f"\n… {5000 - listed:,} more changed cells; `artifolio diff` shows all.\n" in page


@pytest.mark.parametrize("size", [10, 5_000, 500_000])
def test_a_comment_is_never_too_long(size: int) -> None:
    assert len(write(Markdown("a\n" * size), Markdown("b " * size + "c\n" * size))) < 61_000


def test_the_same_has_no_listing() -> None:
    assert write(Markdown("a"), Markdown("a")) == "### loss v1 → v2\n\nunchanged\n"


def test_the_heading_has_the_level_that_is_asked_for() -> None:
    assert write(Markdown("a"), Markdown("b"), level=2).startswith("## loss v1 → v2\n")


def test_the_path_of_an_image_acts_as_nothing():
    (image,) = make_illustrated().images
    images = tuple(
        replace(image, path=path) for path in ("![x](https://a.b/c)\n# b", "@me", "<b>", "x" * 400)
    )
    page = rendered(write(Markdown("x"), Markdown("x", images)))
    assert re.findall("<(?:a|img|b|h1)\\b", page) == []
    assert text_of(page).count("added:") == 4
    assert "x" * 300 + "…" in text_of(page)
