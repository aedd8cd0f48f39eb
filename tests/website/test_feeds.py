from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import feedparser
import pytest
from lxml import etree

from artifolio.bodies import Markdown, Progress
from artifolio.catalog import Version
from artifolio.entries import Entry
from artifolio.origins import Run
from artifolio.records import Record
from artifolio.website.feeds import Feeds
from artifolio.website.units import Listed
from artifolio.website.urls import Urls
from payloads import payloads
from samples import NOON, make_record

GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).parents[1] / "data" / "atom.rng"))
HERE = Urls(site_url="https://example.org/site/")
TEXTS = [payload.text for payload in payloads() if isinstance(payload.content, str)]


def listed(record: Record, number: int = 1, change: str = "", *, page: bool = True) -> Listed:
    header = record.header
    files = (f"{header.stem}.md",) if page else ()
    return Listed(Version(Entry(header, header.path), number), files, False, change)


def feed(*newest: Listed, urls: Urls = HERE) -> bytes:
    return Feeds(urls, "Demo").key("loss", newest).content


def parsed(content: bytes) -> feedparser.FeedParserDict:
    found = feedparser.parse(content)
    assert found.bozo == 0
    return found


@pytest.fixture
def newest() -> list[Listed]:
    return [
        listed(make_record(description="The *first*"), 11),
        listed(make_record(number=2, run=Run("churn")), 12, "2 lines added"),
    ]


@pytest.mark.parametrize("urls", [HERE, Urls(), Urls(directories=False)])
def test_feeds_are_as_the_rfc_wants_them(newest, urls):
    feeds = Feeds(urls, "Demo")
    contents = [
        *(feeds.key("loss", newest).content, feeds.site(newest).content),
        *(feeds.key("loss", []).content, feeds.site([]).content),
    ]
    errors = [GRAMMAR.validate(etree.fromstring(content)) for content in contents]
    assert errors == [True] * 4


def test_the_grammar_refuses_a_feed_without_an_id(newest):
    root = etree.fromstring(feed(*newest))
    root.remove(root.find("{*}id"))
    assert not GRAMMAR.validate(root)


def test_an_entry_tells_of_its_version(newest):
    entry = parsed(feed(*newest)).entries[0]
    assert entry.id == f"urn:uuid:{newest[1].version.header.id}"
    assert entry.title == "loss v12"
    assert entry.updated == entry.published == "2026-08-01T12:02:00.123Z"
    assert entry.author == "churn"
    assert entry.summary == "2 lines added"
    stem = newest[1].version.header.stem
    assert entry.link == f"https://example.org/site/artifacts/loss/{stem}/"


def test_the_newest_version_comes_first(newest):
    assert [entry.title for entry in parsed(feed(*newest)).entries] == ["loss v12", "loss v11"]


def test_descriptions_are_told_as_plain_text(newest):
    assert parsed(feed(*newest)).entries[1].summary == "The first"


def test_a_run_without_a_flow_is_by_artifolio(newest):
    assert parsed(feed(*newest)).entries[1].author == "artifolio"


def test_progress_was_updated_when_it_last_moved():
    record = make_record(Progress(40.0), updated=NOON + timedelta(hours=3))
    found = parsed(feed(listed(record)))
    assert found.entries[0].updated == found.feed.updated == "2026-08-01T15:00:00.123Z"
    assert found.entries[0].published == "2026-08-01T12:01:00.123Z"


def test_versions_without_a_page_are_no_entries(newest):
    gone = listed(make_record(number=3), 13, page=False)
    assert len(parsed(feed(gone, *newest)).entries) == 2


def entries_of(content: bytes) -> list[bytes]:
    return content.split(b"<entry>")[1:]


def test_entries_stay_as_they_are_when_a_newer_version_arrives(newest):
    newer = listed(make_record(number=3), 13)
    assert entries_of(feed(*newest, newer))[1:] == entries_of(feed(*newest))


def test_a_feed_keeps_its_id_whatever_is_in_it(newest):
    ids = {parsed(feed(*versions)).feed.id for versions in ([], newest[:1], newest)}
    assert len(ids) == 1
    assert UUID(ids.pop()).version == 5


def test_no_two_feeds_have_one_id(newest):
    ids = {
        parsed(content).feed.id
        for urls in (HERE, Urls(site_url="https://other.example/"))
        for feeds in [Feeds(urls, "Demo")]
        for content in (
            feeds.site(newest).content,
            feeds.key("loss", newest).content,
            feeds.key("cities", newest).content,
        )
    }
    assert len(ids) == 6


def test_sites_of_other_names_have_other_ids_where_nobody_knows_where_they_are():
    contents = [Feeds(Urls(), name).site([]).content for name in ("Demo", "Other")]
    assert len({parsed(content).feed.id for content in contents}) == 2


def test_a_feed_names_its_own_address(newest):
    links = {link.rel: link.href for link in parsed(feed(*newest)).feed.links}
    assert links == {
        "self": "https://example.org/site/artifacts/loss/feed.xml",
        "alternate": "https://example.org/site/artifacts/loss/",
    }


def test_addresses_are_relative_where_nobody_knows_where_the_site_is(newest):
    content = feed(*newest, urls=Urls())
    stem = newest[1].version.header.stem
    assert f'href="{stem}/"'.encode() in content
    assert b"https:" not in content


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_text_stays_text(text):
    record = make_record(Markdown("x"), description=text, run=Run(text))
    content = feed(listed(record, change=text))
    root = etree.fromstring(content)
    assert GRAMMAR.validate(root)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        *("feed", "id", "title", "updated", "published", "author", "name", "link", "entry"),
        "summary",
    }
    assert b"<![CDATA[" not in content
    assert parsed(content).entries[0].title == "loss v1"
