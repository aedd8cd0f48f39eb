from __future__ import annotations

from datetime import datetime, timezone

import markdown
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from artifolio.bodies import Column, Link, Markdown, Table
from artifolio.catalog import Version
from artifolio.entries import Entry
from artifolio.origins import Run
from artifolio.website import urls
from artifolio.website.rendering import Renderer
from artifolio.website.sheets import Sheet
from samples import make_record
from strategies import texts
from website.reading import elements, words
from website.test_markup import EXTENSIONS, pieces

RENDERER = Renderer()


def page(template: str, title: str = "T", *, searchable: bool = True, **context) -> str:
    defaults = {
        "link": lambda target: target,
        "assets": "_assets/",
        "paths": urls,
        "commit_url": lambda code: None,
        "record_url": lambda code, path: None,
        "is_safe_link": lambda url: False,
        "is_shown_image": lambda url: False,
        "shown_rows": 10,
        "libraries": (),
    }
    return RENDERER.page(template, title, searchable=searchable, **defaults, **context).decode()


def version_page_of(record) -> str:
    version = Version(Entry(record.header, record.header.path), 1)
    return page(
        "version.html", sheet=Sheet(version, record), previous=None, following=None, change=None
    )


def keyless_page(title: str = "T", *, searchable: bool = True) -> str:
    return page("keyless.html", title, searchable=searchable, versions=[], pager=None, older=[])


def block_of(text: str) -> str:
    return text.split("---\n", 2)[2].strip("\n")


def hostile_record(text: str):
    body = Table((Column(text, "string"),), ((text,), ([text],)))
    return make_record(
        body,
        description=text,
        tags=(text,),
        metadata={text: text},
        run=Run(text, text, text, text, text),
    )


@given(pieces)
def test_no_extension_finds_anything_in_a_page(text):
    block = block_of(version_page_of(hostile_record(text)))
    assert markdown.Markdown(extensions=EXTENSIONS).convert(block) == block


@given(pieces)
def test_no_extension_finds_anything_in_a_page_with_markdown(text):
    block = block_of(version_page_of(make_record(Markdown(text))))
    assert markdown.Markdown(extensions=EXTENSIONS).convert(block) == block


@given(texts)
def test_a_page_is_front_matter_and_one_element_without_blank_lines(text):
    made = version_page_of(hostile_record(text))
    block = block_of(made)
    assert block.startswith('<div class="af">\n')
    assert block.endswith("\n</div>")
    assert "" not in [line.strip() for line in block.split("\n")]


@given(st.text(st.characters(max_codepoint=127)))
def test_front_matter_is_yaml_whatever_the_title(title):
    matter = keyless_page(title).split("---\n")[1]
    assert yaml.safe_load(matter) == {"title": title, "hide": ["navigation", "toc"]}


def test_pages_are_left_out_of_the_search_unless_they_are_searchable():
    matter = keyless_page(searchable=False).split("---\n")[1]
    assert yaml.safe_load(matter)["search"] == {"exclude": True}


def test_templates_that_miss_a_value_fail():
    with pytest.raises(UndefinedError, match="versions"):
        page("keyless.html", pager=None)


def test_control_characters_in_any_text_become_visible():
    assert "a� b�" in words(version_page_of(make_record(Link("a\x00 b\x1b"))))


def test_preformatted_text_keeps_its_lines_and_spaces():
    made = version_page_of(make_record(Markdown("```\na\n\n  b\t`{c}`\n```")))
    assert "<pre><code>a&#10;&#10;&#32;&#32;b&#9;&#96;&#123;c&#125;&#96;&#10;</code></pre>" in made


def test_times_are_exact_for_machines_and_on_hover():
    moment = datetime(2026, 8, 1, 12, 30, 59, 123_000, tzinfo=timezone.utc)
    made = version_page_of(make_record(created=moment))
    time = elements(made, "time")[0]
    assert time.attributes == {
        "datetime": "2026-08-01T12:30:59.123Z",
        "title": "2026-08-01 12:30:59 UTC",
    }
    assert "2026-08-01 12:30 UTC" in words(made)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (5 * 10**9, "5.0 GB"),
        (5 * 10**13, "50000.0 GB"),
    ],
)
def test_sizes_are_short(size, expected):
    environment = RENDERER._environment
    assert environment.from_string("{{ size | size }}").render(size=size) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12345, "12,345 rows")]
)
def test_counts_have_the_right_number(number, expected):
    environment = RENDERER._environment
    assert environment.from_string("{{ n | count('row') }}").render(n=number) == expected


def test_the_year_1_is_shown_like_any_other():
    moment = datetime(1, 1, 1, tzinfo=timezone.utc)
    assert "0001-01-01 00:00 UTC" in words(version_page_of(make_record(created=moment)))
