from __future__ import annotations

import tracemalloc

import pytest

from artifolio.codec import parse_events
from artifolio.errors import InvalidValueError
from artifolio.lines import (
    TERMINATOR,
    RecordSyntaxError,
    dump_field,
    is_plain_name,
    parse_lines,
)
from outcomes import by_events, readings
from samples import text_of

ODD = {
    "plain": "text",
    "block": "a\n  b\n\n- c\n...\n---\n",
    "keep": "a\n\n\n",
    "strip": "\n a ",
    "crlf": "a\r\nb",
    "only_breaks": "\n\n",
    "nel": "a\x85b\nc",
    "separators": "\u2028\u2029\ufeff",
    "noncharacters": "\ufffe\uffff\U0001ffff",
    "controls": "\x00\x1b\x7f\x9f",
    "astral": "\U0001f600\U0010ffff",
    "numbers": [0, -1, 1e-7, -0.0, 1e16, 5e-324, 1.7976931348623157e308, 10**400],
    "words": [True, False, None, "yes", "012", "1:30", "=", "<<", "~"],
    "empty": ["", [], {}, [[]], {"": ""}],
    "nested": {"a": [{"b": {"c": [1, [2, [3]]]}}], "<<": {"=": "x"}},
    "data": [["a", 1], [None, 0.5]],
}


@pytest.mark.parametrize("name", [name for name in ODD if name not in ("numbers", "only_breaks")])
def test_the_quick_reader_accepts_odd_values(name):
    fields = {name: ODD[name]}
    assert repr(parse_lines(dump_field(name, ODD[name]))) == repr(fields)


def test_odd_values_are_read_by_every_way_as_they_were_written():
    assert set(readings(text_of(ODD))) == {repr(ODD)}


def test_a_row_of_a_table_is_one_line():
    text = dump_field("data", [["a\nb", 1], ["c", 2]])
    assert text == 'data:\n- ["a\\nb", 1]\n- ["c", 2]\n'


def test_multi_line_text_is_a_block_with_one_line_for_each_line():
    assert dump_field("data", "a\n\n  b\n") == "data: |2\n  a\n\n    b\n"


def test_a_float_carries_a_dot():
    assert dump_field("data", [[1e-7, 1e16, 1.5e-9]]) == "data:\n- [1.0e-07, 1.0e+16, 1.5e-09]\n"


def test_text_that_looks_like_an_exponent_stays_as_it_is():
    assert dump_field("note", 'x "1e-07" \u2028') == 'note: "x \\"1e-07\\" \\u2028"\n'


def test_astral_characters_are_written_as_themselves():
    assert dump_field("note", "\U0001f600") == 'note: "\U0001f600"\n'


def test_an_integer_of_over_4300_digits_is_refused():
    with pytest.raises(InvalidValueError, match="4300 digits"):
        dump_field("data", [[10**4300]])


@pytest.mark.parametrize("name", ["y", "no", "on", "null", "Name", "with space", "", "012", "<<"])
def test_a_name_that_yaml_reads_otherwise_is_quoted(name):
    assert not is_plain_name(name)
    assert dump_field(name, 1).startswith('"')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "a: 1\na: 2\n",
        '"a": 1\na: 2\n',
        "a: yes\n",
        "a: 012\n",
        "a: 1e-07\n",
        "a: .5\n",
        "a: [1,2]\n",
        "a: [1, 2\n",
        "a: NaN\n",
        "a: -Infinity\n",
        "a: '1'\n",
        "a: &x 1\n",
        "a: # comment\n",
        'a: "b" # comment\n',
        'a: "\\/"\n',
        'a: "\\ud83d\\ude00"\n',
        'a: "\x85"\n',
        'a: {"b": 1, "b": 2}\n',
        "a:\n",
        "a:\n  b: 1\n",
        "a: |\n  b\n",
        "a: |2\n b\n",
        "a: |2\n  b\n\n",
        "a: |2-\n",
        "a: |2+\n\n",
        "y: 1\n",
        "data:\n- 1\nb: 2\n",
        "? a\n",
        '"' + "k" * 1100 + '": 1\n',
        'a: {"' + "k" * 1100 + '": 1}\n',
        "a: " + "[" * 70 + "]" * 70 + "\n",
        "a: 1.0e+999\n",
        "a: " + "9" * 4301 + "\n",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_the_quick_reader_leaves_what_is_not_canonical_to_yaml(text):
    assert parse_lines(text) is None


def test_deep_nesting_is_left_to_the_reader_that_does_not_recurse(on_small_stack):
    deep = "data: " + "[" * 100_000 + "]" * 100_000 + "\n"
    assert on_small_stack(lambda: parse_lines(deep)) is None
    refusal = on_small_stack(lambda: parse_events(deep + TERMINATOR))
    assert isinstance(refusal, RecordSyntaxError)
    # Newer libyaml has a limit of its own, which it may reach first: it reads ahead.
    assert "nest" in str(refusal)


def test_a_long_table_is_read_in_whole_whatever_its_rows_hold():
    rows = [[number, "x" * (number % 50), None] for number in range(20_000)]
    rows[7_777] = [[{"a": [1]}], "", 1e-7]
    rows[15_000] = ["y" * 200_000, 1e300, "\u2028"]
    text = dump_field("data", rows)
    assert repr(parse_events(text + TERMINATOR)) == repr({"data": rows})
    rows[15_000][1] = 0.5
    assert repr(parse_lines(dump_field("data", rows))) == repr({"data": rows})


def test_a_line_of_over_a_megabyte_is_left_to_yaml():
    text = dump_field("description", "\r" * 600_000)
    assert parse_lines(text) is None
    assert parse_events(text + TERMINATOR) == {"description": "\r" * 600_000}


@pytest.mark.parametrize("unit", ["- [1]\n", '- ["\\n", 1, 2, 3]\n'])
def test_reading_a_long_table_takes_no_more_memory_than_its_rows(unit):
    text = "data:\n" + unit * (1_500_000 // len(unit))
    tracemalloc.start()
    rows = parse_lines(text)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows["data"]) == 1_500_000 // len(unit)
    assert peak < 2 * kept + 20_000_000


@pytest.mark.parametrize("depth", [1, 59, 60])
def test_what_is_wide_but_not_deep_is_read_quickly(depth):
    wide = [{"name": "[{" * 40, "type": "x"}] * 5000
    deep = 1
    for _ in range(depth - 1):
        deep = [deep]
    fields = {"columns": wide, "deep": [deep, *wide]}
    assert parse_lines(dump_field("columns", wide)) == {"columns": wide}
    assert repr(parse_lines(text_of(fields).removesuffix(TERMINATOR))) == repr(fields)


def test_what_is_deep_is_left_to_yaml_however_narrow():
    deep = 1
    for _ in range(62):
        deep = [deep]
    assert parse_lines(dump_field("deep", deep)) is None
    assert parse_events(dump_field("deep", deep) + TERMINATOR) == {"deep": deep}


@pytest.mark.parametrize(
    "rows",
    [
        "- [1\n- 2]\n",
        "- [1], [2]\n",
        "- [[1]\n- [2]]\n- [3], [4]\n",
        "- [1\n- 2]\n- 3, 4\n",
        "- 1, 2\n",
        '- {"a": [1}\n- ]\n',
        "- \n",
        "- []]\n- [[]\n",
    ],
)
def test_a_row_is_one_value_and_one_line(rows):
    assert parse_lines(f"data:\n{rows}") is None


def test_a_table_with_a_row_that_is_deep_is_left_to_yaml():
    deep = 1
    for _ in range(60):
        deep = [deep]
    assert parse_lines(dump_field("data", [[1], deep])) is not None
    assert parse_lines(dump_field("data", [[1], [deep]])) is None
    assert parse_events(dump_field("data", [[1], [deep]]) + TERMINATOR) == {"data": [[1], [deep]]}


@pytest.mark.parametrize("length", [149, 150, 151, 160, 900])
@pytest.mark.parametrize("character", ["a", "\n", "\u2028"])
def test_names_of_any_length_are_read_the_same_or_left_to_yaml(length, character):
    text = dump_field("m", {character * length: 1})
    quick = parse_lines(text)
    assert repr(quick) in ("None", by_events(text + TERMINATOR))
