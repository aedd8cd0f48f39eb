from __future__ import annotations

import pytest
import yaml

from artifolio import codec
from artifolio.codec import parse_events
from artifolio.lines import MAX_DEPTH, MAX_EVENTS, TERMINATOR, RecordSyntaxError


@pytest.fixture(params=["c", "python"])
def parse(request, monkeypatch):
    """Read with libyaml, and with the parser that stands in where it is missing."""
    loader = yaml.CSafeLoader if request.param == "c" else yaml.SafeLoader
    monkeypatch.setattr(codec, "_LOADER", loader)
    return parse_events


def test_yaml_of_another_hand_is_read(parse):
    text = (
        "# by hand\nformat: 1\ntags: [a, 'b', c d]\nrun:\n  flow: churn\ndata: >\n  a\n  b\n...\n"
    )
    assert parse(text) == {
        "format": 1,
        "tags": ["a", "b", "c d"],
        "run": {"flow": "churn"},
        "data": "a b\n",
    }


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("0.5", 0.5),
        ("-0.0", -0.0),
        ("1.0e-07", 1e-7),
        ("1.5E+3", 1500.0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("word", "word"),
        ("two words", "two words"),
        ("'012'", "012"),
        ('"yes"', "yes"),
        ('"\\U0001F600"', "\U0001f600"),
    ],
)
def test_a_scalar_that_all_readers_take_alike_is_read(parse, scalar, value):
    assert repr(parse(f"a: {scalar}\n...\n")) == repr({"a": value})


@pytest.mark.parametrize(
    "scalar",
    "yes No on Off True NULL Null TRUE 012 0o7 0x1F 0b1 1_000 +1 1e5 1e-07 1.5e5 .5 5. +.5 .inf "
    "-.INF .nan 1:30 190:20:30 1:30.5 2026-02-30 2026-02-03 2026-11-23T08:13:05Z = <<".split(),
)
def test_a_scalar_that_readers_take_differently_is_refused(parse, scalar):
    with pytest.raises(RecordSyntaxError, match="several ways"):
        parse(f"a: {scalar}\n...\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\n", "cut off"),
        ("", "not a record"),
        ("...\n", "not valid YAML"),
        ("- a\n...\n", "not a record"),
        ("just a string\n...\n", "not a record"),
        ("a: &x 1\n...\n", "anchors"),
        ("a: &x [1]\n...\n", "anchors"),
        ("a: *x\n...\n", "alias"),
        ("&a [*a]\n...\n", "anchors"),
        ("a: !!str 1\n...\n", "tag"),
        ("a: ! 1\n...\n", "tag"),
        ("a: !!python/object/apply:os.system ['x']\n...\n", "tag"),
        ("a: !!set {b}\n...\n", "tag"),
        ("a: !!binary AAAA\n...\n", "tag"),
        ("%YAML 1.1\n---\na: 1\n...\n", "directives"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n...\n", "directives"),
        ("a: 1\n---\na: 2\n...\n", "second document|cut off"),
        ("a: 1\n...\nb: 2\n...\n", "document start"),
        ("a: 1\n...\n---\nb: 2\n...\n", "second document"),
        ("a: 1\na: 2\n...\n", "twice"),
        ("a: {b: 1, 'b': 2}\n...\n", "twice"),
        ("1: 2\n...\n", "not text"),
        ("null: 2\n...\n", "not text"),
        ("~: 2\n...\n", "not text"),
        ("? [1, 2]\n: 3\n...\n", "not text"),
        ("? {a: 1}\n: 3\n...\n", "not text"),
        ("<<: {a: 1}\n...\n", "several ways"),
        ("yes: 1\n...\n", "several ways"),
        ("a: " + "9" * 4301 + "\n...\n", "4300 digits"),
        ("a: 1.0e+999\n...\n", "too large"),
        ("a: [1\n...\n", "not valid YAML"),
        ("a: \x00\n...\n", "not valid YAML"),
        ('a: "\\ud800"\n...\n', "surrogate|not valid YAML"),
        ("a: 1\n\tb: 2\n...\n", "not valid YAML"),
        ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> main\n...\n", "not valid YAML"),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_is_not_plain_json_in_yaml_is_refused(parse, text, reason):
    with pytest.raises(RecordSyntaxError, match=reason):
        parse(text)


def test_an_error_names_the_line(parse):
    with pytest.raises(RecordSyntaxError, match=r"line 3\)"):
        parse("a: 1\nb: 2\nc: yes\n...\n")


def test_nesting_is_read_to_the_limit_and_not_beyond(parse):
    deepest = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert parse(f"a: {deepest}\n...\n")
    with pytest.raises(RecordSyntaxError, match="nested deeper"):
        parse(f"a: [{deepest}]\n...\n")


@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? ", "a: [", "!!x [", "'"])
def test_endless_nesting_neither_crashes_nor_loads(parse, unit, on_small_stack):
    assert isinstance(on_small_stack(lambda: parse("k: \n" + unit * 20_000)), RecordSyntaxError)


def test_a_name_too_long_to_be_written_again_is_refused(parse):
    with pytest.raises(RecordSyntaxError, match="900"):
        parse(f"? {'k' * 901}\n: 1\n...\n")


def test_too_many_values_are_refused_while_they_are_counted():
    text = "data:\n" + "- a\n" * (MAX_EVENTS + 1) + TERMINATOR
    with pytest.raises(RecordSyntaxError, match="over 1,000,000 values"):
        parse_events(text)
