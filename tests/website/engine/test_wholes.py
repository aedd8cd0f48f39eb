from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from types import SimpleNamespace

import jinja2
import mkdocs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from material.plugins.search.plugin import SearchIndex
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_date

from artifolio.website.engine.wholes import compress, cut_sitemap, join_index, join_sitemap

_TEMPLATE = (Path(mkdocs.__file__).parent / "templates/sitemap.xml").read_text()
_TEXTS = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(
    ["</script>", "ünï \N{GRINNING FACE}", "\u2028\u2029\x00", '"],"docs":[]}', "[]}"]
)
_ENTRIES = st.fixed_dictionaries(
    {"location": _TEXTS, "title": _TEXTS, "text": _TEXTS},
    optional={
        "tags": st.lists(_TEXTS, max_size=3),
        "boost": st.floats(allow_nan=False) | st.integers() | st.dates(),
    },
)
_CONFIGS = st.fixed_dictionaries(
    {
        "lang": st.lists(st.sampled_from(["en", "de", "ja"]), max_size=2),
        "separator": _TEXTS,
        "pipeline": st.lists(_TEXTS, max_size=2),
        "fields": st.dictionaries(_TEXTS, st.just({"boost": 1e3}), max_size=2),
    }
)
_NAMES = st.lists(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="/\0"), min_size=1)
    .filter(lambda name: name not in (".", ".."))
    .map(lambda name: f"{name}.md"),
    max_size=4,
)


def render_with(template: str):
    """Give what renders a template for pages."""
    environment = jinja2.Environment(autoescape=False)
    return lambda pages: environment.from_string(template).render(pages=pages)


@given(config=_CONFIGS, entries=st.lists(_ENTRIES, max_size=4))
def test_a_search_index_is_what_the_plugin_makes(config, entries):
    index = SearchIndex(**config)
    empty = index.generate_search_index(None)
    joined = [json.dumps(entry, separators=(",", ":"), default=str) for entry in entries]
    index.entries = entries
    assert join_index(empty, joined) == index.generate_search_index(None).encode()


@given(
    names=_NAMES,
    site_url=st.sampled_from(
        [None, "", "https://e.org/", "https://e.org/a&b/", "https://e.org/a//", "https://e.org/a"]
    ),
    directories=st.booleans(),
)
def test_a_sitemap_is_what_the_template_makes(names, site_url, directories):
    config = {"site_url": site_url}
    files = [File(name, None, "", directories) for name in names]
    pages = [SimpleNamespace(page=Page(None, file, config)) for file in files]
    render = render_with(_TEMPLATE)
    found = join_sitemap(cut_sitemap(render), site_url, [item.page.url for item in pages])
    assert found == render(pages).encode()


@pytest.mark.parametrize(
    "template",
    [
        "",
        "nothing",
        "{% for file in pages %}{{ file.page.canonical_url }}{% if not loop.last %},{% endif %}"
        "{% endfor %}",
        "{{ pages|length }}{% for file in pages %}{{ file.page.canonical_url }}{% endfor %}",
        "<{% for file in pages %}{{ file.page.canonical_url or 'x' }}\n{% endfor %}>",
        "{% for file in pages|reverse %}<{{ file.page.canonical_url }}>{% endfor %}",
    ],
)
def test_a_sitemap_that_does_more_than_list_is_not_cut(template):
    assert cut_sitemap(render_with(template)) is None


def test_a_sitemap_without_dates_is_cut_as_well():
    render = render_with(
        "<{% for file in pages %}{% if file.page.canonical_url %}({{ file.page.canonical_url }})"
        "{% endif %}{% endfor %}>"
    )
    urls = ["a/", "b/"]
    found = join_sitemap(cut_sitemap(render), "https://e.org/", urls)
    assert found == b"<(https://e.org/a/)(https://e.org/b/)>"


def test_a_sitemap_tells_the_date_of_the_build():
    found = join_sitemap(cut_sitemap(render_with(_TEMPLATE)), "https://e.org/", [""]).decode()
    assert re.findall("<lastmod>(.*)</lastmod>", found) == [get_build_date()]


def test_a_compressed_sitemap_holds_the_sitemap_and_nothing_of_the_time_of_day():
    assert gzip.decompress(compress(b"<xml>")) == b"<xml>"
    assert compress(b"<xml>") == compress(b"<xml>")
