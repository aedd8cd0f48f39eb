from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from material.plugins.search.plugin import SearchIndex

from artifolio.website.engine.blocks import (
    Block,
    Order,
    digest_source,
    entry_to_json,
    finish,
    search_entries,
)
from artifolio.website.engine.memory import UNKNOWN, stamp_file
from artifolio.website.engine.shells import Neighbours, Shell, Source, read_source, shape_of
from artifolio.website.rendering import unsearched

_SOURCE = (
    '---\ntitle: "loss"\nhide: [navigation, toc]\n---\n\n'
    '<div class="af"><h1>{}</h1><script src="../a.js" defer></script></div>\n'
)
_NOBODY = Neighbours(frozenset(), frozenset())
_NAMES = [f"artifacts/loss/{number}.md" for number in range(600)]


def block_of(name: str, digest: str = "") -> Block:
    stem = name.removesuffix(".md")
    return Block(name, f"{stem}/index.html", f"{stem}/", digest)


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "docs/artifacts/loss").mkdir(parents=True)
    source = _SOURCE.format("x").encode()
    for name in _NAMES[:3]:
        (tmp_path / "docs" / name).write_bytes(source)
    shape = shape_of(_NAMES[0], read_source(source), _NOBODY)
    shell = Shell((b"<", b"|", b">"), (-1, -2))
    docs_dir, site_dir = str(tmp_path / "docs"), str(tmp_path / "site")
    return Order(docs_dir, site_dir, _NOBODY, {shape: shell}, True)


def test_pages_are_filled_and_written(order):
    (page,) = finish([block_of(_NAMES[0])], order)
    path = Path(order.site_dir, page.place)
    assert path.read_bytes().startswith(b'<loss|<div class="af"><h1>x</h1>')
    assert (page.written, page.is_made, page.made) == (True, True, stamp_file(str(path)))
    assert page.title == "loss"
    (again,) = finish([block_of(_NAMES[0])], order)
    assert again == page._replace(written=False)


def test_a_page_of_the_same_source_is_not_made(order):
    (page,) = finish([block_of(_NAMES[0])], order)
    (again,) = finish([block_of(_NAMES[0], page.digest)], order)
    assert again.entries is None
    assert again.made == page.made


def test_a_page_without_a_shell_is_not_made(order):
    (page,) = finish([block_of(_NAMES[0])], replace(order, shells={}))
    assert (page.is_made, page.made) == (False, UNKNOWN)
    assert page.shape is not None
    assert not Path(order.site_dir).exists()


def test_a_page_of_another_form_has_no_shape(order):
    Path(order.docs_dir, _NAMES[0]).write_text("# By hand\n")
    (page,) = finish([block_of(_NAMES[0])], order)
    assert (page.is_made, page.shape) == (False, None)


def test_a_site_without_a_search_has_no_entries(order):
    (page,) = finish([block_of(_NAMES[0])], replace(order, searches=False))
    assert page.entries == ()


def test_slices_keep_the_order_and_hold_all(order):
    for name in _NAMES:
        Path(order.docs_dir, name).write_text(_SOURCE.format(name))
    slices = []
    executor = SimpleNamespace(map=lambda work, parts: map(work, slices.extend(parts) or slices))
    pages = list(finish(list(map(block_of, _NAMES)), order, executor))
    assert [page.name for page in pages] == _NAMES
    assert list(map(len, slices)) == [250, 250, 100]


def test_one_slice_needs_no_worker(order):
    assert len(list(finish([block_of(_NAMES[0])], order, executor=None))) == 1
    assert len(list(finish([block_of(_NAMES[0])], order, SimpleNamespace()))) == 1


@given(
    words=st.lists(
        st.sampled_from(
            [
                *("<h1>T</h1>", '<h2 id="a">A &amp; b</h2>', "<p>ünï \N{GRINNING FACE}</p>"),
                *("<pre><code>x &lt;/script&gt;</code></pre>", "<ul><li>1</li></ul>", "&#96;"),
                *("<h3>No id</h3>", "<img alt='x'>", "<section>", "</section>", "\u2028"),
                '<section class="af-lineage" data-search-exclude><h2>Lineage</h2><ol reversed>\n'
                "<li>v1<br><p>x</p></li></ol>\n</section>",
            ]
        ),
        max_size=6,
    )
)
def test_entries_are_those_of_the_search_plugin(words):
    html = f'<div class="af">{"".join(words)}</div>'
    index = SearchIndex()
    matter = {"title": "loss", "hide": ["navigation", "toc"]}
    page = SimpleNamespace(content=html, meta=matter, title="loss", url="a/", toc=[])
    index.add_entry_from_context(page)
    found = search_entries(
        Block("a.md", "a/index.html", "a/"), Source(b"loss", html.encode(), True)
    )
    assert list(map(json.loads, found)) == index.entries
    assert list(found) == list(map(entry_to_json, index.entries))


@pytest.mark.parametrize(
    "body",
    [
        '<h2 id="x">Hidden</h2>\n<p>hidden</p>',
        "<div><div>hidden</div>hidden</div>hidden",
        "<section><p>hidden</p></section><p>hidden</p>",
        '<ul><li><h3 id="y">Hidden</h3></li></ul>hidden',
        '<img alt="<h2 x>"><pre><code>hidden</code></pre>',
    ],
)
def test_no_element_of_a_body_ends_what_is_left_out_of_the_search(body):
    left_out = unsearched(Markup(body))
    html = f'<div class="af"><h1>loss</h1>\n<section>\n{left_out}\n</section><p>shown</p></div>'
    found = search_entries(
        Block("a.md", "a/index.html", "a/"), Source(b"loss", html.encode(), True)
    )
    (text,) = (json.loads(entry)["text"].split() for entry in found)
    assert text == ["loss", "<p>shown</p>"]


def test_digests_tell_sources_apart():
    assert digest_source(b"a") == digest_source(b"a") != digest_source(b"b")
