"""All that read the text of a file read the same, whatever befell it."""

from __future__ import annotations

from hypothesis import example, given

import strategies
from artifolio.codec import parse_events
from artifolio.lines import TERMINATOR
from outcomes import REFUSED, by_events, by_pyyaml, by_quick_reader, readings
from profiles import law
from samples import text_of


@law
@given(strategies.fields)
@example({"data": [], "y": "", "": {}})
def test_fields_are_read_by_every_way_as_they_were_written(round_number, fields):
    text = text_of(fields)
    assert set(readings(text)) == {repr(fields)}
    assert text_of(parse_events(text)) == text


@law
@given(strategies.mutated(strategies.fields.map(text_of)))
def test_what_is_read_of_a_damaged_text_is_what_pyyaml_reads(small_stack, round_number, content):
    text = content.decode(errors="ignore").removesuffix(TERMINATOR) + TERMINATOR
    quick, found = small_stack(lambda: (by_quick_reader(text), by_events(text)))
    assert quick in (REFUSED, found)
    # Not asked about what is refused: of that it may make anything.
    assert found == REFUSED or found == by_pyyaml(text)
