"""The difference that a browser finds is the one that the build and the command tell."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

import artifolio.website
from artifolio.bodies import Body, Markdown, Table
from artifolio.catalog import Version
from artifolio.deltas import signed
from artifolio.diffs import GoneDiff, as_json, diff_bodies, sentence
from artifolio.entries import Entry
from artifolio.records import dump_record, parse_record, retire
from artifolio.tables import to_table
from artifolio.website.data import version_json
from choices import Choices
from revisions import make_revision
from samples import NOON, make_illustrated, make_record

ASSETS = Path(artifolio.website.__file__).parent / "assets"
# In this order: each takes from those before it what it needs.
SCRIPTS = ["values", "numbers", "alignment", "texts", "tables"]
# Pairs in a batch, bytes of chance for a pair, and batches: a longer run is one with more of them.
BATCH = 100
BYTES = 512
BATCHES = int(os.environ.get("COMPARED_BATCHES", "10"))
COMPARE = """pairs => pairs.map((pair) => {
  const [old, now] = pair.map((text) => artifolio.bodyOf(artifolio.readJson(text)));
  const diff = artifolio.diffBodies(old, now);
  return [artifolio.writeJson(artifolio.asJson(diff)), artifolio.sentence(diff)];
})"""

WRITE = """text => {
  const number = artifolio.readJson(text);
  return [artifolio.writeJson(number), artifolio.signed(number)];
}"""
READ = """text => {
  try { return artifolio.readJson(text); } catch (error) { return error.name; }
}"""


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    page.evaluate("window.artifolio = {}")
    for name in [*(f"diff-{name}" for name in SCRIPTS), "diffs"]:
        page.add_script_tag(path=ASSETS / f"{name}.js")
    return page


def file_of(body: Body) -> str:
    """Return a version's data file as the site has it."""
    record = make_record(body)
    return version_json(Version(Entry(record.header, record.header.path), 1), record).decode()


def file_without(body: Body) -> str:
    """Return the data file of a version whose body was removed."""
    gone = retire(parse_record(dump_record(make_record(body))), NOON, {})
    return version_json(Version(Entry(gone.header, gone.header.path), 1), gone).decode()


def told_by_python(old: Body, new: Body) -> list[str]:
    diff = diff_bodies(old, new)
    return [json.dumps(as_json(diff), ensure_ascii=False), sentence(diff)]


@pytest.mark.parametrize("seed", range(BATCHES))
def test_a_browser_finds_what_python_finds(page, seed):
    chance = random.Random(seed)
    pairs = [make_revision(Choices(chance.randbytes(BYTES))) for _ in range(BATCH)]
    found = page.evaluate(COMPARE, [[file_of(old), file_of(new)] for old, new in pairs])
    assert len(found) == BATCH
    wrong = [pair for pair, told in zip(pairs, found, strict=True) if told != told_by_python(*pair)]
    assert wrong == []


NUMBERS = [
    *(0.0, -0.0, 1.0, 0.1 + 0.2, 1e-5, 0.0001, 1e15, 1e16, 1e22, 5e-324, 1.7976931348623157e308),
    *(123456789012.5, 123456789013.5, 999999999999.5, -1234.5, 999999999999.4999),
    *(0, 1, -1, 999, 1000, -1234567, 10**24 - 1, 10**24, -(10**24), 123456789012500000000000000),
    *(10**4299, 10**4300 - 1, 1234567890125 * 10**20, 1234567890135 * 10**20),
    *[random.Random(1).uniform(-1, 1) * 10.0**power for power in range(-30, 30)],
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: str(number)[:24])
def test_a_browser_writes_numbers_as_python_does(page, number):
    assert page.evaluate(WRITE, json.dumps(number)) == [json.dumps(number), signed(number)]


def lines(count: int, seed: int, options: object) -> Markdown:
    """Return a text of lines by chance."""
    return Markdown("\n".join(map(str, random.Random(seed).choices(options, k=count))))


def around(middle: str, before: str, after: str) -> Markdown:
    """Return a text that begins and ends with something else than another one."""
    return Markdown(before + middle + after)


def column(*cells: object, name: str = "n") -> Table:
    return to_table({"id": [f"row {n}" for n in range(len(cells))], name: list(cells)})


KEPT = "c\nc\n"
WORDS = "longlongword.longlongword.longlongword"
# Each pair is at a limit, or just beyond it.
LIMITS = {
    "repeated lines": (lines(3_000, 1, "ab"), lines(3_000, 2, "ab")),
    "shuffled lines": (lines(900, 3, range(1_000)), lines(900, 4, range(1_000))),
    "as many edits as can be": (
        around(KEPT, "a\n" * 75, "a\n" * 75 + "x"),
        around(KEPT, "b\n" * 75, "b\n" * 73 + "y"),
    ),
    "one edit more": (
        around(KEPT, "a\n" * 76, "a\n" * 75 + "x"),
        around(KEPT, "b\n" * 75, "b\n" * 73 + "y"),
    ),
    "as many words as can be": (
        around(WORDS, "," * 15, "," * 15),
        around(WORDS, ";" * 15, ";" * 15),
    ),
    "one word more": (around(WORDS, "," * 16, "," * 15), around(WORDS, ";" * 15, ";" * 15)),
    "enough alike": (Markdown("a" * 80 + " " + "b" * 119), Markdown("a" * 80 + " " + "c" * 119)),
    "too little": (Markdown("a" * 79 + " " + "b" * 120), Markdown("a" * 79 + " " + "c" * 120)),
    "a long line": (Markdown("x" * 1_990 + " y" * 5), Markdown("x" * 1_990 + " z" * 5)),
    "one letter more": (Markdown("x" * 1_991 + " y" * 5), Markdown("x" * 1_991 + " z" * 5)),
    "astral": (Markdown("x" * 1_990 + " \U0001f600" * 5), Markdown("x" * 1_990 + " z" * 5)),
    "a long path": (Markdown("x"), make_illustrated("x", **{"p" * 30: b"1"})),
    "a longer path": (Markdown("x"), make_illustrated("x", **{"p" * 31: b"1"})),
    "another ending": (
        make_illustrated("x", a=b"1", b=b"2"),
        make_illustrated("x", b=b"2", a=b"1"),
    ),
    "a long name": (column(1, name="n" * 40), column(2, name="n" * 40)),
    "a longer name": (column(1, name="n" * 41), column(2, name="n" * 41)),
    "the largest delta": (column(0), column(10**4300 - 1)),
    "one too large": (column(-1), column(10**4300 - 1)),
    "700 digits": (column(10**694, 0.0, -(10**694)), column(10**694, 1e-5, -(10**694))),
    "701 digits": (column(10**695, 0.0, -(10**695)), column(10**695, 1e-5, -(10**695))),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_browser_has_the_limits_of_python(page, name):
    pair = LIMITS[name]
    assert page.evaluate(COMPARE, [list(map(file_of, pair))]) == [told_by_python(*pair)]


@pytest.mark.parametrize("gone", [(True, False), (False, True), (True, True)])
def test_a_browser_says_as_python_does_which_body_is_gone(page, gone):
    files = [(file_without if is_gone else file_of)(Markdown("x")) for is_gone in gone]
    diff = GoneDiff(gone)
    told = [json.dumps(as_json(diff)), sentence(diff)]
    assert page.evaluate(COMPARE, [files]) == [told]


@pytest.mark.parametrize("text", ["", "[1,]", "{a: 1}", '"open', "[1", "1 2", "nul", '{"a" 1}'])
def test_a_browser_refuses_what_is_no_json(page, text):
    assert page.evaluate(READ, text) == "SyntaxError"
