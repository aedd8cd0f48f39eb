from __future__ import annotations

import tracemalloc

import pytest
import yaml
from hypothesis import example, given

import strategies
from artifolio.codec import parse_events
from artifolio.errors import InvalidValueError
from artifolio.lines import (
    MAX_DEPTH,
    TERMINATOR,
    RecordSyntaxError,
    dump_field,
    is_plain_name,
    parse_lines,
)
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


def by_events(text: str) -> str:
    """Return what the YAML reader makes of a text, types included."""
    try:
        return repr(parse_events(text))
    except RecordSyntaxError:
        return "refused"


def by_pyyaml(text: str) -> str:
    """Return what PyYAML makes of a text, types included."""
    try:
        return repr(yaml.load(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError):
        return "refused"


@given(strategies.fields)
@example({"data": [], "y": "", "": {}})
def test_what_is_dumped_is_parsed_to_the_same_values_and_types(fields):
    assert repr(parse_events(text_of(fields))) == repr(fields)


@given(strategies.fields)
def test_dumping_what_was_parsed_gives_the_same_text(fields):
    text = text_of(fields)
    assert text_of(parse_events(text)) == text


@given(strategies.fields)
def test_the_quick_reader_agrees_on_every_text_that_it_accepts(fields):
    text = text_of(fields)
    quick = repr(parse_lines(text.removesuffix(TERMINATOR)))
    assert quick in ("None", repr(fields))


@pytest.mark.parametrize("name", [name for name in ODD if name not in ("numbers", "only_breaks")])
def test_the_quick_reader_accepts_odd_values(name):
    fields = {name: ODD[name]}
    assert repr(parse_lines(dump_field(name, ODD[name]))) == repr(fields)


@given(strategies.fields)
@example(ODD)
def test_pyyaml_loads_the_same_values_and_types(fields):
    text = text_of(fields)
    assert repr(yaml.load(text, Loader=yaml.SafeLoader)) == repr(fields)
    assert repr(yaml.load(text, Loader=yaml.CSafeLoader)) == repr(fields)


@given(strategies.fields)
def test_a_field_never_holds_a_character_that_yaml_forbids(fields):
    text = text_of(fields)
    assert not yaml.reader.Reader.NON_PRINTABLE.search(text)


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


@given(strategies.mutated(strategies.fields.map(text_of)))
def test_what_the_quick_reader_accepts_of_mutated_text_yaml_reads_the_same(content):
    text = content.decode(errors="ignore").removesuffix(TERMINATOR)
    quick = repr(parse_lines(text))
    assert quick in ("None", by_events(text + TERMINATOR))
    assert quick in ("None", by_pyyaml(text + TERMINATOR))


def test_deep_nesting_is_left_to_the_reader_that_does_not_recurse(on_small_stack):
    deep = "data: " + "[" * 100_000 + "]" * 100_000 + "\n"
    assert on_small_stack(lambda: parse_lines(deep)) is None
    refusal = on_small_stack(lambda: parse_events(deep + TERMINATOR))
    assert isinstance(refusal, RecordSyntaxError)
    assert str(MAX_DEPTH) in str(refusal)


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
