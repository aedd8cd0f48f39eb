from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.website.anchors import hold_id, slug_of
from artifolio.website.engine.blocks import Block, search_entries
from artifolio.website.engine.shells import Source
from artifolio.website.markup import render_markdown
from strategies import texts
from website.reading import Element, addresses, elements

PREFIX = "user-content-body-"


def ids(html: str) -> list[str]:
    return [e.attributes["id"] for e in elements(html) if "id" in e.attributes]


def ends(html: str) -> list[str]:
    return [found.removeprefix(PREFIX) for found in ids(html)]


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Results", "results"),
        ("Notes & more", "notes--more"),
        ("What's new in 1.2?", "whats-new-in-12"),
        ("snake_case and-dash", "snake_case-and-dash"),
        ("Привет, мир", "привет-мир"),
        ("Über 日本", "über-日本"),
        ("हिन्दी", "हिन्दी"),
        ("🚀 Start", "-start"),
        ("a\tb", "ab"),
        ("½ ²", "-"),
    ],
)
def test_a_slug_is_as_github_makes_it(heading, slug):
    assert slug_of(heading) == slug


def test_headings_have_the_slug_of_their_words():
    clean = render_markdown("# The *loss* of `a_b` & [more](https://x.org) &lt;b&gt;\n")
    assert ids(clean) == [f"{PREFIX}the-loss-of-a_b--more-b"]


def test_equal_headings_are_numbered():
    clean = render_markdown("# a\n\n# a\n\n# a-1\n\n# a\n")
    assert ends(clean) == ["a", "a-1", "a-1-1", "a-2"]


def test_a_heading_without_a_word_has_no_id():
    assert ids(render_markdown("# !?\n")) == []


def test_links_lead_to_headings_below_and_above():
    clean = render_markdown("[a](#the-end) [b](#The-End) [c](#%C3%BC)\n\n# The end\n\n## Ü\n")
    assert addresses(clean) == [f"#{PREFIX}the-end", f"#{PREFIX}the-end", f"#{PREFIX}ü"]


def test_links_lead_to_ids_of_html():
    clean = render_markdown('[a](#here) [b](#top)\n\n<p id="here">x</p>\n\n<h2 id=top>T</h2>\n')
    assert addresses(clean) == [f"#{PREFIX}here", f"#{PREFIX}t"]


@pytest.mark.parametrize("address", ["#", "#nowhere", "#__search", "#user-content-body-a", "b.md"])
def test_links_to_what_is_not_in_the_text_are_none(address):
    clean = render_markdown(f"# A\n\n[words]({address})")
    assert addresses(clean) == []
    assert ">words</a>" in clean


def test_links_within_a_text_tell_nobody_anything():
    (link,) = elements(render_markdown("# A\n\n[a](#a)"), "a")
    assert link.attributes == {"href": f"#{PREFIX}a"}


def test_footnotes_and_their_references_lead_to_each_other():
    clean = render_markdown("a[^n] b[^n] c[^ü%]\n\n[^n]: one\n\n[^ü%]: two\n")
    assert ends(clean) == ["fnref-n", "fnref-n-2", "fnref-ü-", "fn-n", "fn-ü-"]
    assert addresses(clean) == [
        *(f"#{PREFIX}fn-n", f"#{PREFIX}fn-n", f"#{PREFIX}fn-ü-"),
        *(f"#{PREFIX}fnref-n", f"#{PREFIX}fnref-n-2", f"#{PREFIX}fnref-ü-"),
    ]


def test_footnotes_say_what_they_are():
    (notes,) = elements(render_markdown("a[^n]\n\n[^n]: one\n"), "div")
    assert notes.attributes == {"class": "af-footnotes", "role": "doc-endnotes"}


def test_other_divisions_do_not_say_that_they_are_footnotes():
    text = '<div class="af-footnotes">x</div>\n\n<section class="footnotes" data-footnotes>y\n'
    assert "af-footnotes" not in render_markdown(text)


def test_a_description_has_ids_of_its_own():
    text = "# A\n\nb[^n] [c](#a)\n\n[^n]: note"
    found = set(ids(render_markdown(text))), set(ids(render_markdown(text, scope="description")))
    assert found[0].isdisjoint(found[1])


def test_headings_inside_of_other_elements_are_led_to_as_well():
    clean = render_markdown("[a](#inner)\n\n> ## Inner\n")
    assert elements(clean, "h2") == [Element("h2", {})]
    assert [e.attributes for e in elements(clean, "span")] == [{"id": f"{PREFIX}inner"}]
    assert addresses(clean) == [f"#{PREFIX}inner"]


@given(
    st.lists(
        st.sampled_from(["# a", "# a-1", "# A!", "<i id=a>", "[^n]", "[^n]: x", "> # b", "## "])
    ).map("\n\n".join)
)
def test_no_id_is_there_twice(text):
    found = ids(render_markdown(text))
    assert len(found) == len(set(found))


@given(texts, texts)
def test_every_id_is_prefixed_and_every_link_leads_to_one(name, heading):
    clean = render_markdown(f'# {heading}\n\n<b id="{name}">x</b> [y](#{name}) [z](<#{heading}>)')
    found = ids(clean)
    assert all(one.startswith(PREFIX) for one in found)
    fragments = {address[1:] for address in addresses(clean) if address.startswith("#")}
    assert fragments <= set(found)


BLOCKS = ["# a", "## b", "- x", "- # c", "> ## d", "> - e\n>\n>   ### f", "<details>", "</details>"]


@given(st.lists(st.sampled_from([*BLOCKS, "<div><h2>g</h2>", "</div>", "1. `h`", "|a|\n|-|\n|b|"])))
def test_the_search_finds_each_section_below_its_heading(some):
    top = '<div class="af"><p data-search-exclude>x</p><h1>T</h1><div>{}</div><section>{}</section>'
    texts = "\n\n".join(some), "\n\n".join(["word", *some])
    described = render_markdown(texts[0], scope="description")
    block = top.format(described, render_markdown(texts[1])) + "<h2>Lineage</h2></div>"
    source = Source(b"T", block.encode(), searchable=True)
    entries = [json.loads(entry) for entry in search_entries(Block("", "", "artifacts/t/"), source)]
    found = [entry["location"].partition("#")[2] for entry in entries]
    headings = [e for tag in ("h1", "h2") for e in elements(block, tag) if "id" in e.attributes]
    assert sorted(filter(None, found)) == sorted(e.attributes["id"] for e in headings)
    assert any("word" in entry["text"] for entry in entries)


@given(texts)
def test_an_id_is_harmless_before_it_is_placed(name):
    assert hold_id(name).removeprefix("user-content-").isascii()
    assert not set(hold_id(name)) & set(" \"'<>&")
