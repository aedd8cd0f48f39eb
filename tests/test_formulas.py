from __future__ import annotations

import pytest

from artifolio.formulas import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "="])
def test_what_could_be_a_formula_gets_an_apostrophe_in_front(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a", "1", " =1", "a=1", "'=1", "metadata.=1", "ä"])
def test_other_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_nul_becomes_a_character_that_text_files_may_hold():
    assert harmless("a\0b") == "a\ufffdb"
