from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mkdocs.config.config_options import PathSpec
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, get_files, set_exclusions

from artifolio.website.engine.sources import (
    OddSourcesError,
    Places,
    is_owned,
    scan_documents,
    sort_key,
)

_WORDS = st.sampled_from(
    [
        *("index", "README", "a", "B", "a-b", "a.b", "ä ö", "%20", "_x", ".h", "templates", "404"),
        *("artifacts", "runs", "loss", "20260801T120100123Z-000000000001", "page-2", "readme"),
    ]
)
_ENDINGS = st.sampled_from([".md", ".md", ".markdown", ".MD", ".mkd", ".txt", "", ".html", ".csv"])
_PATHS = st.builds(
    lambda folders, stem, ending: "/".join([*folders, f"{stem}{ending}"]),
    st.lists(_WORDS, max_size=3),
    _WORDS,
    _ENDINGS,
)
_GENERATED = re.compile(r"(artifacts|runs)(/(?!README|readme)[\w-]+)+(\.md|\.csv|\.txt)")
_LINES = st.lists(
    st.sampled_from(["*.csv", "/artifacts/loss/", "!.h.md", "a/**", "B.md", "!a/", "runs"]),
    max_size=3,
).map("\n".join)


def config_of(directories: bool, exclude: str = "", draft: str = "", nav=()) -> MkDocsConfig:
    config = MkDocsConfig()
    config.load_dict({"site_name": "x", "use_directory_urls": directories})
    config.exclude_docs = PathSpec().run_validation(exclude) if exclude else None
    config.draft_docs = PathSpec().run_validation(draft) if draft else None
    config.not_in_nav = None
    config.nav = nav
    return config


@given(name=_PATHS, directories=st.booleans(), exclude=_LINES, draft=_LINES)
def test_a_source_goes_where_mkdocs_puts_it(name, directories, exclude, draft):
    # No other names are generated.
    assume(not is_owned(name) or _GENERATED.fullmatch(name))
    config = config_of(directories, exclude, draft)
    file = File(name, None, "", directories)
    set_exclusions([file], config)
    places = Places(config)
    place = places.of(name)
    assert place == (file.dest_uri if file.inclusion.is_included() else "")
    assert (name in places.excluded) == (not place)


@given(name=_PATHS, directories=st.booleans())
def test_an_address_is_that_of_mkdocs(name, directories):
    file = File(name, None, "", directories)
    url = Places(config_of(directories)).url_of(file.dest_uri)
    assert url == ("" if file.url == "./" else file.url)


@given(names=st.sets(_PATHS, max_size=8))
def test_sources_are_found_and_sorted_as_mkdocs_does(names):
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(names, key=len, reverse=True):
            path = Path(folder, name)
            if not path.exists() and all(not p.is_file() for p in path.parents):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("x")
        config = config_of(True)
        config.docs_dir, config.site_dir = folder, ""
        found = scan_documents(folder)
        wanted = [file.src_uri for file in get_files(config)]
    kept = [name for name in wanted if not is_owned(name)]
    assert [name for name in sorted(found, key=sort_key) if name in kept] == kept
    # Of two that go to one place, MkDocs leaves one out.
    assert {File(name, None, "", True).dest_uri for name in found} == {
        File(name, None, "", True).dest_uri for name in kept
    }


@pytest.mark.parametrize(
    ("nav", "pinned"),
    [
        (None, {"artifacts/index.md"}),
        ([], set()),
        (["index.md", {"A": "artifacts/index.md"}], {"artifacts/index.md"}),
        (
            [{"G": [{"H": ["runs/a/index.md"]}, "./artifacts//x.md"]}],
            {"runs/a/index.md", "artifacts/x.md"},
        ),
        (["/artifacts/x.md"], {"artifacts/x.md"}),
        (["artifacts.md", "https://e.org/artifacts/"], set()),
    ],
)
def test_generated_pages_of_the_navigation_are_pinned(nav, pinned):
    assert Places(config_of(True, nav=nav)).pinned == pinned


def test_generated_files_are_not_scanned_but_those_beside_are(tmp_path):
    for name in ("artifacts/a.md", "runs/b.md", "c.md", "d/artifacts/e.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = scan_documents(str(tmp_path))
    assert set(found) == {"c.md", "d/artifacts/e.md"}
    status = (tmp_path / "c.md").stat()
    assert found["c.md"] == (
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
    )


def test_links_are_followed_to_what_they_lead_to(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.md").write_text("abc")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/b").symlink_to(tmp_path / "out")
    assert scan_documents(str(tmp_path / "docs"))["b/a.md"][0] == 3


def test_a_link_to_nowhere_is_odd(tmp_path):
    (tmp_path / "a.md").symlink_to("nowhere")
    with pytest.raises(OddSourcesError, match=r"the file 'a\.md'"):
        scan_documents(str(tmp_path))


def test_a_name_that_is_no_text_is_odd(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md")).write_text("x")
    with pytest.raises(OddSourcesError, match="udcff"):
        scan_documents(str(tmp_path))


def test_addresses_are_those_of_the_pages_that_go_somewhere_in_order():
    places = Places(config_of(True, "gone.md"))
    names = ["b.md", "gone.md", "a/b.md", "a/c.png", "a-b/x.md", "a/b/c.md", "index.md"]
    assert places.urls(names) == ["", "b/", "a/b/", "a/b/c/", "a-b/x/"]
    assert places.of_all(names).keys() == set(names) - {"gone.md"}
