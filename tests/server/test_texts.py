from __future__ import annotations

import pytest

from artifolio.bodies import Column, Markdown, Table
from artifolio.server.texts import (
    BODY_CHARACTERS,
    WORDS_CHARACTERS,
    body_text,
    excerpt,
    have_all,
    read_words,
    words_of,
)


def test_a_table_is_searched_in_its_names_and_cells():
    columns = Column("city", "string"), Column("n", "integer")
    table = Table(columns, (("Köln", 12), (None, 3)))
    assert body_text(table).split("\n") == ["city", "n", "Köln", "12", "3"]


def test_the_start_of_a_long_body_is_searched():
    assert len(body_text(Markdown("x" * (BODY_CHARACTERS + 5)))) == BODY_CHARACTERS


@pytest.mark.parametrize(
    ("words", "are_there"),
    [("KÖLN bonn", True), ("öln", True), ("strasse", True), ("köln paris", False), ("", True)],
)
def test_all_words_have_to_be_there(words, are_there):
    assert have_all(["Köln", "Bonn, Straße"], words_of(words)) is are_there


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("a needle here", "needle", "a needle here"),
        ("a needle here", "pin", None),
        ("x" * 100 + "needle", "needle", "…" + "x" * 60 + "needle"),
        ("needle\n\n" + "y" * 100, "needle", "needle " + "y" * 58 + "…"),
        ("STRASSE Straße", "strasse", "STRASSE Straße"),
        ("eine Straße", "strasse", "eine Straße"),
        ("ß" * 100 + "needle" + "ß" * 100, "needle", f"…{'ß' * 60}needle{'ß' * 60}…"),
        ("a" * 1_000_000 + "ß", "a" * 20_000 + "ss", f"…{'a' * 20_060}ß"),
    ],
)
def test_the_place_of_a_word_is_told(text, word, expected):
    assert excerpt(text, [word]) == expected


def test_a_word_is_searched_once():
    assert words_of("a B a b") == ("a", "b")


def test_more_than_words_is_not_searched():
    assert read_words("x" * WORDS_CHARACTERS)
    with pytest.raises(ValueError, match="1,001 characters; 1,000 are allowed"):
        read_words("x" * (WORDS_CHARACTERS + 1))
