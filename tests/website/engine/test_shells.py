from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifolio.website.engine.shells import (
    SAMPLE_BLOCK,
    Neighbours,
    Shape,
    Shell,
    Source,
    read_source,
    shape_of,
)

_HEAD = '---\ntitle: "loss"\nhide: [navigation, toc]\n---\n\n'
_BLOCK = '<div class="af"><h1>loss</h1><script src="../a.js" defer></script></div>'
_PARTS = st.text("abcXYZ019._-", min_size=1, max_size=8).filter(lambda part: part.strip("."))
_NOBODY = Neighbours(frozenset(), frozenset())
_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=10)
# What a theme does with a page: its title, its block and the parts of its address, anywhere.
_PIECES = st.lists(st.one_of(_TEXTS, st.sampled_from([0, 1, "title"])), max_size=8)


def render(pieces: list[object], parts: list[str], title: str, block: str) -> str:
    """Do as a theme does that consists of such pieces, around the block."""
    known = {0: parts[0], 1: parts[-1], "title": title}
    texts = [str(known.get(piece, piece)) for piece in pieces]
    half = len(texts) // 2
    return "".join([*texts[:half], block, *texts[half:]])


@given(before=_PIECES, key=_PARTS, stem=_PARTS.filter(lambda stem: stem != "index"), words=_TEXTS)
def test_a_shell_that_is_filled_is_what_the_theme_makes(before, key, stem, words):
    path = f"artifacts/{key}/{stem}.md"
    block = f'<div class="af"><h1>{words}</h1></div>'
    source = Source(b"A title", block.encode(), True)
    shape = shape_of(path, source, _NOBODY)
    sample = shape.sample.removesuffix(".md").split("/")[1:]
    shell = Shell.cut(render(before, sample, shape.matter["title"], SAMPLE_BLOCK))
    assert shell.fill(path, source) == render(before, [key, stem], "A title", block).encode()
    assert Shell.from_json(shell.to_json()) == shell


@pytest.mark.parametrize(
    "page",
    [
        "no block",
        SAMPLE_BLOCK * 2,
        f"ZQXJ0ZQXJ{SAMPLE_BLOCK}",
        f"zqxj t 1{SAMPLE_BLOCK}",
        f"{SAMPLE_BLOCK}zqxj",
        f"{SAMPLE_BLOCK}zqxjczqxj",
    ],
)
def test_a_page_with_a_part_in_another_form_is_not_cut(page):
    assert Shell.cut(page) is None


def test_what_cannot_be_encoded_is_a_reference_as_mkdocs_has_it():
    shell = Shell.cut(f"\ud800{SAMPLE_BLOCK}")
    assert shell.fill("artifacts/a.md", Source(b"", b"x", True)) == b"&#55296;x"


def test_a_generated_page_is_taken_apart():
    assert read_source((_HEAD + _BLOCK + "\n").encode()) == Source(b"loss", _BLOCK.encode(), True)


def test_a_generated_page_that_is_not_searched_is_told():
    head = _HEAD.replace("\n---\n\n", "\nsearch: {exclude: true}\n---\n\n")
    assert read_source((head + _BLOCK).encode()).searchable is False


@pytest.mark.parametrize(
    "source",
    [
        "",
        _BLOCK,
        "# By hand\n",
        _HEAD.replace("loss", "lo&ss") + _BLOCK,
        _HEAD.replace("loss", "") + _BLOCK,
        _HEAD.replace("hide", "tags") + _BLOCK,
        _HEAD.replace("]\n", "]\ntemplate: x.html\n") + _BLOCK,
        _HEAD.replace("\n", "\r\n") + _BLOCK,
        _HEAD + _BLOCK + "\r\n",
        _HEAD + " " + _BLOCK,
        _HEAD + _BLOCK.replace("<h1>", "<h2>"),
        _HEAD + _BLOCK.replace(" defer", ""),
        _HEAD + _BLOCK + "<SCRIPT>x</SCRIPT>",
        _HEAD + _BLOCK.replace("<h1>", '<h1 data-search-exclude="">'),
        "\ufeff" + _HEAD + _BLOCK,
    ],
)
def test_a_page_that_is_not_just_what_is_generated_is_not_taken_apart(source):
    assert read_source(source.encode()) is None


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("artifacts/index.md", Shape("artifacts", 0, True, True)),
        ("artifacts/loss/index.md", Shape("artifacts", 1, True, True)),
        ("runs/a/b/c.md", Shape("runs", 2, False, True)),
        ("artifacts/ä/index.md", None),
        ("artifacts/a b/index.md", None),
        ("artifacts/named/index.md", None),
        ("artifacts/pinned.md", Shape("artifacts", 0, False, True, "artifacts/pinned.md", "T")),
    ],
)
def test_pages_of_one_shape_differ_in_parts_of_their_address_alone(path, shape):
    neighbours = Neighbours(frozenset(["artifacts/pinned.md"]), frozenset(["artifacts/named"]))
    assert shape_of(path, Source(b"T", b"", True), neighbours) == shape


def test_the_sample_of_a_shape_has_that_shape():
    shape = Shape("artifacts", 1, False, False)
    assert shape_of(shape.sample, Source(b"", b"", False), _NOBODY) == shape
    assert shape.matter["search"] == {"exclude": True}
