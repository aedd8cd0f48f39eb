from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from artifolio.bodies import File, Markdown, Progress
from artifolio.catalog import Version
from artifolio.deltas import Number
from artifolio.entries import Entry
from artifolio.website.badges import badge, text_width
from artifolio.website.units import Listed
from payloads import payloads
from samples import NOON, make_attachment, make_record

SVG = "{http://www.w3.org/2000/svg}"


def listed(number: int = 1, troubled: bool = False, body=None, **figures: Number) -> Listed:
    header = make_record(body or Markdown("x"), number=number).header
    return Listed(Version(Entry(header, header.path), number), (), troubled, "", figures)


def drawn(*versions: Listed, key: str = "loss") -> ElementTree.Element:
    return ElementTree.fromstring(badge(key, versions).content)


def texts(*versions: Listed, key: str = "loss") -> list[str]:
    return [text.text or "" for text in drawn(*versions, key=key).iter(f"{SVG}text")]


def test_a_badge_shows_key_number_and_date():
    assert texts(listed(12)) == ["loss", "v12 · 2026-08-01"]


def test_a_badge_shows_the_number_that_moved():
    versions = [listed(1, rows=5, acres=1_000), listed(2, rows=5, acres=12_040)]
    assert texts(*versions)[1] == "acres 12,040 · 2026-08-01"


def test_a_badge_shows_the_first_number_where_none_moved():
    assert texts(listed(1, accuracy=0.93, loss=2))[1] == "accuracy 0.93 · 2026-08-01"


def test_a_badge_shows_the_percent_of_progress_and_when_it_moved():
    record = make_record(Progress(40.0), updated=NOON + timedelta(days=2))
    entry = Entry(record.header, record.header.path)
    version = Listed(Version(entry, 1), (), False, "", {"percent": 40.0})
    assert texts(version)[1] == "40% · 2026-08-03"


def test_a_badge_shows_the_size_of_a_file_in_bytes():
    body = File(make_attachment(b"PK", "zip"))
    assert texts(listed(1, body=body, size=1_204))[1] == "1,204 bytes · 2026-08-01"


def test_a_column_named_size_is_none_of_a_file():
    assert texts(listed(1, size=1_204))[1] == "size 1,204 · 2026-08-01"


def test_a_troubled_version_shows_no_number():
    assert texts(listed(2, troubled=True, loss=0.5))[1] == "problem · 2026-08-01"


def test_a_badge_has_a_title_for_screen_readers():
    root = drawn(listed(12, loss=0.5))
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == root.get("aria-label") == "loss: loss 0.5, v12 of 2026-08-01"
    assert root.get("role") == "img"


def test_texts_fit_into_their_halves():
    root = drawn(listed(12, loss=0.5), key="a-rather-long-key-" * 6)
    left, right = list(root.iter(f"{SVG}rect"))[1:]
    one, other = root.iter(f"{SVG}text")
    assert float(one.get("x", 0)) + float(one.get("textLength", 0)) < float(left.get("width", 0))
    assert float(left.get("width", 0)) < float(other.get("x", 0))
    end = float(other.get("x", 0)) + float(other.get("textLength", 0))
    assert end < float(left.get("width", 0)) + float(right.get("width", 0))
    assert end < float(root.get("width", 0))


def test_wide_characters_take_more_room_and_marks_none():
    assert text_width("iii") < text_width("aaa") < text_width("WWW")
    assert text_width("漢") == text_width("W")
    assert text_width("e\u0301") == text_width("e")


def test_long_names_and_numbers_are_cut():
    message = texts(listed(1, **{"x" * 200: 10**300}))[1]
    assert len(message) < 80


TEXTS = [p.content for p in payloads() if isinstance(p.content, str) and p.content]


@pytest.mark.parametrize("name", TEXTS, ids=range(len(TEXTS)))
def test_hostile_names_stay_text(name):
    root = drawn(listed(1, **{name: 1}))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "title", "clipPath", "rect", "g", "text"}
    assert not any(name.startswith("on") for element in root.iter() for name in element.attrib)
