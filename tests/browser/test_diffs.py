"""The difference that a browser finds is the one that the build and the command tell."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

import artifolio.website
from artifolio.bodies import Body, Markdown
from artifolio.catalog import Version
from artifolio.deltas import signed
from artifolio.diffs import as_json, diff_bodies, sentence
from artifolio.entries import Entry
from artifolio.website.data import version_json
from choices import Choices
from revisions import make_revision
from samples import make_record

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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "\n".join(random.Random(1).choices("ab", k=3_000)),
            "\n".join(random.Random(2).choices("ab", k=3_000)),
        ),
        (
            "\n".join(map(str, range(1_000))),
            "\n".join(map(str, random.Random(3).sample(range(1_000), 900))),
        ),
        ("a\n" * 700, "b\n" * 299 + "c\n" * 30),
        (
            " ".join(random.Random(4).choices("01", k=900)),
            " ".join(random.Random(5).choices("01", k=900)),
        ),
        ("é" * 1_990 + "\U0001f600" * 10, "é" * 1_989 + "\U0001f600" * 11),
        ("x" * 1_990 + " y" * 6, "x" * 1_990 + " z" * 6),
    ],
    ids=["repeated", "shuffled", "replaced", "words", "long", "too long"],
)
def test_a_browser_gives_up_where_python_does(page, old, new):
    pair = Markdown(old), Markdown(new)
    assert page.evaluate(COMPARE, [list(map(file_of, pair))]) == [told_by_python(*pair)]


@pytest.mark.parametrize("text", ["", "[1,]", "{a: 1}", '"open', "[1", "1 2", "nul", '{"a" 1}'])
def test_a_browser_refuses_what_is_no_json(page, text):
    assert page.evaluate(READ, text) == "SyntaxError"
