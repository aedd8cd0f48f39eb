from __future__ import annotations

from urllib.parse import unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mkdocs.structure.files import File

from artifolio.bodies import File as FileBody
from artifolio.headers import Header
from artifolio.website.urls import (
    ASSETS,
    LIST,
    OWNED_FOLDERS,
    Urls,
    attachment_file,
    data_file,
    lineage_page,
    lineage_part,
    list_part,
    run_page,
    version_page,
)
from payloads import payloads
from samples import make_attachment, make_record
from strategies import filled_texts, keys, texts

SITE = "https://example.org/some/where/"
HOSTILE_RUNS = [
    *[payload.text for payload in payloads(field="flow_run_id")],
    *("../../x", "..", ".", "/", "/etc", "a/b", "a\\b", "A", "Run", "a ", " a", "a.", ".a", "-a"),
    *("con", "nul.txt", "com1", "x" * 101, "x" * 5_000, "ä", "a\n", "a\x00b", "%2e%2e", "?", "#"),
    *("x-0123456789abcdef01234567", "</title>", "index.md/", "~", "CON", "$(id)", "\u202e", "_"),
]


def header(key: str | None = "loss") -> Header:
    return make_record(key=key).header


def attached(ending: str) -> str:
    record = make_record(FileBody(make_attachment(b"x", ending)))
    return attachment_file(record.header, record.body.attachment)


def mkdocs_file(path: str, directories: bool) -> File:
    return File(path, "site_src", "site", use_directory_urls=directories)


run_ids = st.one_of(filled_texts, st.sampled_from(HOSTILE_RUNS), st.uuids().map(str))
numbers = st.integers(1, 10_000)
pages = st.one_of(
    st.just(LIST),
    st.just(lineage_page(None)),
    keys.map(lineage_page),
    keys.map(lambda key: version_page(header(key))),
    st.just(version_page(header(None))),
    run_ids.map(run_page),
    st.builds(run_page, run_ids, numbers),
    st.builds(lineage_part, st.one_of(st.none(), keys), numbers),
    numbers.map(list_part),
)
files = st.one_of(
    keys.map(lambda key: data_file(header(key), "csv")),
    st.sampled_from(["png", "html", "zip"]).map(attached),
    st.just(f"{ASSETS}/artifolio.css"),
)


@given(pages, st.one_of(pages, files), st.booleans())
def test_a_relative_link_leads_where_mkdocs_puts_the_target(source, target, directories):
    link = Urls(directories).between(source, target)
    found = urljoin(SITE + mkdocs_file(source, directories).url, link)
    assert found == SITE + mkdocs_file(target, directories).url.removeprefix("./")


@given(pages, st.one_of(pages, files), st.booleans())
def test_links_are_relative_and_plain(source, target, directories):
    link = Urls(directories).between(source, target)
    assert not link.startswith("/")
    assert unquote(link) == link
    assert ":" not in link


def test_a_page_links_to_itself():
    assert Urls().between(LIST, LIST) == "./"
    assert Urls(directories=False).between(LIST, LIST) == "index.html"


@pytest.mark.parametrize("flow_run", HOSTILE_RUNS)
def test_hostile_run_ids_become_one_hashed_folder(flow_run):
    assert run_page(flow_run).startswith("runs/x-")
    assert run_page(flow_run).count("/") == 2


@pytest.mark.parametrize(
    "flow_run", ["run-1", "a", "0", "a.b_c-d", "019ab0d6-6f3b-7c1e-9d7a-52f0c1a7e9b4", "x" * 100]
)
def test_plain_run_ids_are_their_own_folder(flow_run):
    assert run_page(flow_run) == f"runs/{flow_run}/index.md"


@given(st.lists(run_ids, unique=True, max_size=20))
def test_no_two_runs_share_a_page(flow_runs):
    assert len({run_page(flow_run).lower() for flow_run in flow_runs}) == len(flow_runs)


def test_the_folder_of_a_hashed_id_belongs_to_no_other_run():
    folder = run_page("../../x").split("/")[1]
    assert run_page(folder) != run_page("../../x")


@given(texts)
def test_run_pages_lie_in_the_folder_of_runs(flow_run):
    assert run_page(flow_run).isascii()
    assert ".." not in run_page(flow_run).split("/")
    assert len(run_page(flow_run)) < 120


@pytest.mark.parametrize(
    "ending",
    "html htm xhtml svg svgz js mjs css xml xsl rss md markdown mdown mkdn mkd wasm swf php hta "
    "mht shtml manifest webmanifest json csv exe unknown".split(),
)
def test_attachments_that_could_run_or_become_pages_get_another_ending(ending):
    assert attached(ending).endswith(f".{ending}.bin")


@pytest.mark.parametrize(
    "ending", "png jpg jpeg gif webp avif pdf txt zip parquet xlsx bin".split()
)
def test_attachments_that_a_browser_shows_or_saves_keep_their_name(ending):
    assert attached(ending).endswith(f"Z-{header().id.hex[-12:]}.{ending}")


@given(st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True))
def test_no_attachment_becomes_a_page_or_a_data_file(ending):
    path = attached(ending)
    assert not mkdocs_file(path, directories=True).is_documentation_page()
    assert path not in (data_file(header(), "json"), data_file(header(), "csv"))


@given(st.one_of(pages, files))
def test_everything_lies_in_the_owned_folders(path):
    assert path.split("/")[0] in OWNED_FOLDERS


@given(keys)
def test_no_key_takes_the_place_of_the_assets_or_the_list(key):
    assert not lineage_page(key).startswith((f"{ASSETS}/", LIST))


@given(keys, numbers, numbers)
def test_no_key_takes_the_place_of_a_page_of_the_list(key, number, other):
    assert not lineage_part(key, other).startswith(list_part(number + 1).rpartition("/")[0] + "/")


@given(numbers)
def test_no_version_takes_the_place_of_a_numbered_page(number):
    assert not lineage_part("loss", number).rpartition("/")[2].startswith(tuple("0123456789"))


@given(st.lists(st.tuples(run_ids, numbers), unique=True, max_size=20))
def test_no_two_pages_of_runs_are_the_same(pages):
    assert len({run_page(flow_run, number).lower() for flow_run, number in pages}) == len(pages)


def test_a_whole_address_starts_with_the_site():
    urls = Urls(site_url="https://example.org/x/")
    assert urls.whole("artifacts/feed.xml", LIST) == "https://example.org/x/artifacts/"
    assert urls.whole("artifacts/feed.xml", "artifacts/a.txt") == (
        "https://example.org/x/artifacts/a.txt"
    )


def test_without_a_site_a_whole_address_is_relative():
    assert Urls().whole("artifacts/loss/feed.xml", LIST) == "../"
