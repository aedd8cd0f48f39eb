from __future__ import annotations

import re

import pytest

from artifolio.bodies import Markdown
from artifolio.catalog import Version
from artifolio.entries import Entry
from artifolio.records import Record
from artifolio.website.commonmark import to_html
from artifolio.website.llms import Llms, one_line
from artifolio.website.units import Listed
from artifolio.website.urls import Urls
from payloads import payloads
from samples import make_record, one_of_each_type

ADDRESS = re.compile(r'href="([^"]*)"')
TEXTS = [payload.text for payload in payloads() if isinstance(payload.content, str)]


def listed(record: Record, endings: str = "json csv txt") -> Listed:
    header = record.header
    files = tuple(f"{header.stem}.{ending}" for ending in endings.split())
    return Listed(Version(Entry(header, header.path), 3), files, False)


def mention(record: Record, endings: str = "json csv txt", urls: Urls | None = None) -> str:
    return Llms(urls or Urls(), "Demo").mention(listed(record, endings))


def test_the_list_has_a_title_a_summary_and_sections():
    text = Llms(Urls(), "Demo").site([mention(make_record())], 1).content.decode()
    lines = text.splitlines()
    assert lines[0] == "# Artifacts of Demo"
    assert lines[2].startswith("> ")
    assert [line for line in lines if line.startswith("## ")] == ["## Artifacts", "## Optional"]
    assert "(index.json)" in text
    assert "(feed.xml)" in text


def test_a_list_of_nothing_has_no_section_for_it():
    assert "## Artifacts" not in Llms(Urls(), "").site([], 0).content.decode()


def test_the_list_says_how_much_of_all_it_names():
    assert "the newest 1," in Llms(Urls(), "").site(["- x"], 1_234).content.decode()
    assert "1,234" in Llms(Urls(), "").site(["- x"], 1_234).content.decode()


@pytest.mark.parametrize(
    ("number", "ending"), [(0, "latest.json"), (1, "Z-000000000002.txt"), (2, "Z-000000000003.csv")]
)
def test_an_artifact_is_linked_as_plain_text_where_there_is_one(number, ending):
    assert f"{ending}): " in mention(one_of_each_type()[number])


def test_a_version_that_cannot_be_read_is_linked_by_its_page():
    assert mention(make_record(), endings="").startswith("- [loss](loss/): markdown")


def test_addresses_are_whole_where_it_is_known_where_the_site_is():
    line = mention(make_record(), urls=Urls(site_url="https://example.org/"))
    assert "(https://example.org/artifacts/loss/" in line


def test_a_mention_tells_what_an_artifact_is():
    line = mention(make_record(description="What *the shops*\nsold"))
    assert line.endswith("): markdown, v3 of 2026-08-01. What the shops sold")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_description_adds_a_line_a_link_or_markup(text):
    line = mention(make_record(Markdown("x"), description=text))
    assert len(line.splitlines()) == 1
    shown = to_html(line)
    assert len(ADDRESS.findall(shown)) == 1
    assert set(re.findall(r"<(\w+)", shown)) == {"ul", "li", "a"}


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://evil.example)",
        "https://evil.example/?a",
        "www.evil.example",
        "mail a@evil.example",
        "<https://evil.example>",
        "mailto:a@evil.example",
        "![x][y]",
        "`<b>`",
        "a\u2028- [b](c)",
    ],
)
def test_text_is_never_a_link(text):
    shown = to_html(one_line(text))
    assert "<a" not in shown
    assert "<img" not in shown
    assert len(one_line(text).splitlines()) == 1
