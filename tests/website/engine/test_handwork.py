from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifolio.website.engine.blocks import Block
from artifolio.website.engine.build import Builder, load_configuration
from artifolio.website.engine.handwork import Handwork, facts_of, tell
from artifolio.website.engine.shells import Neighbours, read_source, shape_of
from artifolio.website.engine.workshop import Converted
from website.projects import write_settings

_NOBODY = Neighbours(frozenset(), frozenset())
_PARTS = st.text("abcXYZ019._-", min_size=1, max_size=8).filter(
    lambda part: part.strip(".") and not part.startswith(".")
)
_PIECES = st.lists(
    st.sampled_from(
        [
            *("<p>ünï & \N{GRINNING FACE}</p>", "<pre>a  b&#9;c</pre>", "# no heading", "<hr>"),
            *("&#96;&#96;&#96;", "<h2 id='a'>A</h2>", "<p>{{ x }} {% y %}</p>", "zqxj", "[a]: b"),
        ]
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def handwork(tmp_path_factory: pytest.TempPathFactory) -> tuple[Handwork, Path]:
    folder = tmp_path_factory.mktemp("handwork")
    (folder / "site_src").mkdir()
    (folder / "site_src/index.md").write_text("# Home\n")
    features = {"site_url": "https://e.org/x/", "repo_url": "https://github.com/o/r"}
    config_file = write_settings(folder, edit_uri="edit/main/", **features)
    made = Handwork(load_configuration(config_file))
    made.open(["index.md"], ["index.md"], {}, lambda name: None)
    return made, folder / "site_src"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(_PARTS, min_size=1, max_size=3),
    folder=st.sampled_from(["artifacts", "runs"]),
    title=st.text("aB1 ._-", min_size=1, max_size=8),
    pieces=_PIECES,
    searchable=st.booleans(),
)
def test_a_shell_is_what_the_theme_makes_of_any_page(
    handwork, parts, folder, title, pieces, searchable
):
    made, docs = handwork
    name = f"{folder}/{'/'.join(parts)}.md"
    path = docs / name
    path.parent.mkdir(parents=True, exist_ok=True)
    search = "" if searchable else "search: {exclude: true}\n"
    block = f'<h1>{title}</h1>{"".join(pieces)}<script src="x.js" defer></script>'
    path.write_text(
        f'---\ntitle: "{title}"\nhide: [navigation, toc]\n{search}---\n\n'
        f'<div class="af">{block}</div>\n'
    )
    source = read_source(path.read_bytes())
    shell = made.make_shell(shape_of(name, source, _NOBODY), [], docs)
    ordinary = made.render_stray(name)
    assert shell.fill(name, source) == ordinary.content
    assert bool(ordinary.entries) is searchable


def test_a_sample_that_is_no_generated_page_makes_no_shell(handwork):
    made, docs = handwork
    (docs / "artifacts").mkdir(exist_ok=True)
    (docs / "artifacts/hand.md").write_text("# By hand\n")
    shape = shape_of("artifacts/a.md", read_source(_GENERATED), _NOBODY)
    block = Block("artifacts/hand.md", "artifacts/hand/index.html", "artifacts/hand/")
    assert made.make_shell(shape, [block], docs) is None
    assert made.make_shell(shape, [], docs) is not None


_GENERATED = (
    b'---\ntitle: "a"\nhide: [navigation, toc]\n---\n\n'
    b'<div class="af"><h1>a</h1><script src="x" defer></script></div>'
)


def test_nothing_is_made_before_it_was_opened(tmp_path):
    (tmp_path / "site_src").mkdir()
    handwork = Handwork(load_configuration(write_settings(tmp_path)))
    with pytest.raises(RuntimeError):
        handwork.nav()


@pytest.mark.parametrize("plugins", [[], [{"search": {"enabled": False}}]])
def test_a_site_without_a_search_has_no_index(tmp_path, plugins):
    (tmp_path / "site_src").mkdir()
    config = load_configuration(write_settings(tmp_path, plugins=plugins))
    assert Handwork(config).empty_index() == ""


def test_what_a_page_depended_on_is_remembered_in_order():
    converted = Converted({}, "T", asked=frozenset("cab"), anchors=frozenset("zy"))
    facts = facts_of(converted)
    assert (facts["asked"], facts["anchors"]) == (["a", "b", "c"], ["y", "z"])


def test_what_was_said_of_pages_is_said_each_time(tmp_path, caplog):
    (tmp_path / "site_src").mkdir()
    (tmp_path / "site_src/index.md").write_text("[x](nowhere.md)")
    config_file = write_settings(tmp_path)
    builder = Builder(None)
    builder.build(load_configuration(config_file))
    first = [r.getMessage() for r in caplog.records if "nowhere.md" in r.getMessage()]
    caplog.clear()
    builder.build(load_configuration(config_file))
    assert [r.getMessage() for r in caplog.records if "nowhere.md" in r.getMessage()] == first
    assert len(first) == 1


@pytest.mark.parametrize(
    ("target", "anchor", "said"),
    [
        ("b.md", "there", ""),
        ("b.md", "not", "the doc 'b.md' does not contain an anchor '#not'."),
        ("a.md", "not", "there is no such anchor on this page."),
        ("a.md", "fnref:1", "This seems to be a footnote that is never referenced."),
        ("artifacts/x.md", "there", ""),
        ("artifacts/x.md", "not", "does not contain an anchor '#not'."),
        ("n.csv", "not", ""),
    ],
)
def test_anchors_that_are_not_there_are_told(tmp_path, caplog, target, anchor, said):
    (tmp_path / "site_src/artifacts").mkdir(parents=True)
    (tmp_path / "site_src/artifacts/x.md").write_text('<p id="there">')
    validation = {"links": {"anchors": "warn"}}
    config = load_configuration(write_settings(tmp_path, validation=validation))
    empty = {"messages": [], "links": {}, "anchors": ["there"]}
    pages = {"a.md": empty | {"links": {target: {anchor: "link"}}}, "b.md": empty}
    with caplog.at_level(logging.WARNING):
        tell(pages, config, tmp_path / "site_src")
    assert said in caplog.text
    assert bool(caplog.text) is bool(said)
