from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.bodies import Column
from artifolio.website.cells import SHOWN_CHARACTERS, Cell, cell_of, looks_of
from artifolio.website.markup import is_safe_link
from strategies import texts


def column(*values, name: str = "amount", kind: str = "number") -> list[Cell]:
    (look,) = looks_of([Column(name, kind)], [(value,) for value in values])
    return [cell_of(value, look) for value in values]


def shown(*values, name: str = "amount", kind: str = "number") -> list[str]:
    return ["".join(text for text, _ in c.pieces) for c in column(*values, name=name, kind=kind)]


def test_thousands_are_parted_where_a_column_has_numbers_of_five_digits():
    assert shown(12040, 1234, -5, kind="integer") == ["12,040", "1,234", "-5"]
    assert shown(1234, 999, kind="integer") == ["1234", "999"]


@pytest.mark.parametrize("name", ["year", "customer_id", "zip", "OwnerId", "version"])
def test_years_and_ids_are_not_parted(name):
    assert shown(2026, 1234567, name=name, kind="integer") == ["2026", "1234567"]


def test_a_column_of_years_by_any_name_is_not_parted():
    assert shown(2024, 2025, name="season", kind="integer") == ["2024", "2025"]


def test_a_number_that_lost_digits_keeps_the_exact_one():
    cells = column(12040.5, 0.1 + 0.2, 1.0)
    assert [cell.exact for cell in cells] == ["", "0.30000000000000004", ""]


def test_fractions_of_a_column_are_aligned():
    assert shown(1.0, 0.25, 3) == ["1.00", "0.25", "3.00"]
    assert shown(1.0, 0.12345) == ["1", "0.12345"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1e-7, "1e-07"),
        (1.5e22, "1.5e+22"),
        (0.00012345678, "0.000123457"),
        (9.99999999, "10"),
        (-0.0, "0"),
        (12345.678901234, "12,345.678901"),
    ],
)
def test_numbers_with_many_digits_are_shown_with_fewer(number, expected):
    assert shown(number) == [expected]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_exact_form_of_a_number_is_that_number(number):
    (cell,) = column(number)
    assert float(cell.exact or cell.pieces[0][0].replace(",", "")) == number


@given(st.integers(-(10**40), 10**40))
def test_whole_numbers_lose_no_digit(number):
    (cell,) = column(number, kind="integer")
    assert int(cell.pieces[0][0].replace(",", "")) == number


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_keep_every_digit(number):
    text = str(number)
    (cell,) = column(text, kind="decimal")
    if not cell.is_cut:
        assert Decimal(cell.exact or cell.pieces[0][0].replace(",", "")) == Decimal(text)


def test_null_is_told_from_text():
    cells = column(None, "\N{EN DASH}", "null", "", kind="string")
    assert [cell.is_null for cell in cells] == [True, False, False, False]


@pytest.mark.parametrize(
    "address",
    [
        *("https://example.org", "http://example.org:8080/a?b=c#d", "mailto:a@b.org?subject=x"),
        *("https://example.org/a_(b)", "https://example.org/\N{LATIN SMALL LETTER E WITH ACUTE}"),
    ],
)
def test_an_address_is_a_link(address):
    assert column(address, kind="string")[0].pieces == ((address, address),)


@pytest.mark.parametrize(
    "text",
    [
        *("javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org"),
        *("https://user@example.org/", "https://example.org:80@evil.org", "https://ex\\ample.org"),
        *("https://", "xhttps://example.org", "https://\u0430pple.org", "JaVaScRiPt:x"),
    ],
)
def test_what_is_no_plain_address_is_text(text):
    assert [address for _, address in column(text, kind="string")[0].pieces] == [""]


def test_addresses_within_text_are_links_without_the_full_stop():
    (cell,) = column("see (https://example.org/a), or https://b.org.", kind="string")
    assert [address for _, address in cell.pieces if address] == [
        *("https://example.org/a", "https://b.org"),
    ]
    assert (
        "".join(text for text, _ in cell.pieces) == "see (https://example.org/a), or https://b.org."
    )


ODD_ADDRESSES = st.builds(
    lambda start, host, rest: start + host + rest,
    st.sampled_from(["https://", "http:/", "mailto:", "HTTPS://", "x https://"]),
    st.text("ab.-:@/[]\\1%", max_size=12),
    texts,
)


@given(ODD_ADDRESSES)
def test_every_link_is_safe_and_no_text_is_lost(text):
    (cell,) = column(text, kind="string")
    assert all(is_safe_link(address) for _, address in cell.pieces if address)
    assert "".join(part for part, _ in cell.pieces) == text[:SHOWN_CHARACTERS]


def test_long_texts_are_cut_and_say_so():
    (cell,) = column("x" * (SHOWN_CHARACTERS + 1), kind="string")
    assert cell.is_cut
    assert len(cell.pieces[0][0]) == SHOWN_CHARACTERS


def test_numbers_among_other_values_stand_to_the_right():
    cells = column(5, "5", kind="mixed")
    assert [cell.kind for cell in cells] == ["number", ""]


def test_dates_stay_on_one_line():
    assert column("2026-08-01T12:00:00", kind="datetime")[0].kind == "word"


def test_nested_values_are_json_with_numbers_as_in_cells():
    (text,) = shown([1.0, None, {"a": "\N{LATIN SMALL LETTER A WITH DIAERESIS}"}], kind="list")
    assert json.loads(text) == [1, None, {"a": "\N{LATIN SMALL LETTER A WITH DIAERESIS}"}]
    assert text.startswith("[1, null, ")
