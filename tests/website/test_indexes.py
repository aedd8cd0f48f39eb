from __future__ import annotations

import json

import pytest

from artifolio.bodies import Markdown, Progress, Table
from artifolio.catalog import Version
from artifolio.deltas import Number
from artifolio.entries import Entry
from artifolio.origins import Run
from artifolio.records import Record
from artifolio.website.indexes import LINE_CHARACTERS, Indexes
from artifolio.website.numbering import ROWS, Part, older
from artifolio.website.units import Listed
from artifolio.website.urls import Urls
from samples import make_record, one_of_each_type


def listed(
    record: Record,
    number: int = 1,
    endings: str = "md json",
    change: str = "",
    figures: dict[str, Number] | None = None,
) -> Listed:
    header = record.header
    files = tuple(f"{header.stem}.{ending}" for ending in endings.split())
    version = Version(Entry(header, header.path), number)
    return Listed(version, files, False, change, figures or {})


def lineage(*versions: Listed, key: str | None = "loss", directories: bool = True) -> dict:
    parts = older(len(versions), ROWS)
    newest = versions[-50:]
    return json.loads(Indexes(Urls(directories)).lineage(key, newest, parts).content)


def test_a_version_is_told_with_what_its_header_says():
    record = make_record(
        Progress(40.0), description="Half *way*", tags=("a",), run=Run("churn", "f-1")
    )
    version = lineage(listed(record, 12, change="up", figures={"percent": 40.0}))["versions"][0]
    stem = record.header.stem
    assert version == {
        "version": 12,
        "id": str(record.header.id),
        "type": "progress",
        "created": "2026-08-01T12:01:00.123Z",
        "description": "Half *way*",
        "tags": ["a"],
        "run": {"flow": "churn", "flow_run": "f-1"},
        "change": "up",
        "figures": {"percent": 40.0},
        "page": f"{stem}/",
        "json": f"{stem}.json",
    }


def test_pages_end_in_html_without_directory_urls():
    record = make_record()
    found = lineage(listed(record), directories=False)["versions"][0]
    assert found["page"] == f"{record.header.stem}.html"


def test_a_version_without_a_page_says_so_and_without_data_leaves_it_out():
    version = lineage(listed(make_record(), endings=""))["versions"][0]
    assert version["page"] is None
    assert "json" not in version


@pytest.mark.parametrize(
    ("record", "endings", "field"),
    [
        (one_of_each_type()[1], "json txt", "text"),
        (one_of_each_type()[2], "json csv", "csv"),
        (one_of_each_type()[3], "json png", "attachment"),
        # A file may be one of text, which is no report.
        (one_of_each_type()[5], "json txt", "attachment"),
    ],
)
def test_data_files_are_named_by_what_they_hold(record, endings, field):
    version = lineage(listed(record, endings=endings), key=record.header.key)["versions"][0]
    assert version[field] == f"{record.header.stem}.{endings.split()[1]}"
    assert version.keys() & {"text", "csv", "attachment"} == {field}


def test_the_newest_version_comes_first_and_older_ones_are_in_parts():
    versions = [listed(make_record(number=n), n) for n in range(1, 54)]
    found = lineage(*versions)
    assert [version["version"] for version in found["versions"]] == list(range(53, 3, -1))
    assert found["older"] == [{"first": 1, "last": 3, "file": "versions-1.json"}]
    assert found["count"] == 53


def test_a_part_lists_its_versions_newest_first():
    versions = [listed(make_record(number=n), n) for n in (4, 5, 6)]
    found = json.loads(Indexes(Urls()).part("loss", Part(2, 4, 6), versions).content)
    assert [version["version"] for version in found["versions"]] == [6, 5, 4]
    assert (found["first"], found["last"], found["key"]) == (4, 6, "loss")


def test_versions_without_a_key_have_no_number():
    found = lineage(listed(make_record(key=None)), key=None)
    assert found["key"] is None
    assert "version" not in found["versions"][0]


def test_addresses_in_the_list_of_all_are_seen_from_it():
    record = make_record()
    indexes = Indexes(Urls())
    found = json.loads(indexes.site([indexes.line(listed(record, 3))], 2).content)
    artifact = found["artifacts"][0]
    assert (found["count"], found["keyless"]) == (1, 2)
    assert artifact["url"] == "loss/"
    assert artifact["index"] == "loss/index.json"
    assert artifact["versions"] == 3
    assert artifact["json"] == f"loss/{record.header.stem}.json"
    assert artifact["page"] == f"loss/{record.header.stem}/"


def test_without_keys_the_list_of_all_is_empty():
    assert json.loads(Indexes(Urls()).site([], 0).content)["artifacts"] == []


def test_only_what_is_too_long_for_a_list_is_left_out_of_it():
    record = make_record(description="x" * LINE_CHARACTERS, tags=("a",), run=Run("churn"))
    line = Indexes(Urls()).line(listed(record))
    found = json.loads(line)
    assert found["left_out"] == ["description"]
    assert found["tags"] == ["a"]
    assert found["run"] == {"flow": "churn"}
    assert len(line) < 1_000


def test_a_version_is_short_whatever_its_header_holds():
    long = "y" * LINE_CHARACTERS
    record = make_record(
        Table((), ()), description=long, tags=(long,), run=Run(long), metadata={long: long}
    )
    line = Indexes(Urls()).line(listed(record, change=long, figures={long: 1}))
    assert len(line) < 1_000


def test_a_version_that_is_troubled_says_so():
    header = make_record().header
    troubled = Listed(Version(Entry(header, header.path), 1), (), True)
    assert lineage(troubled)["versions"][0]["has_problem"] is True


def test_what_a_record_says_cannot_end_its_line():
    record = make_record(Markdown("x"), description='"}\n{"key": "forged"}')
    text = Indexes(Urls()).site([Indexes(Urls()).line(listed(record))], 0).content.decode()
    assert len(text.splitlines()) == 3
    assert json.loads(text)["artifacts"][0]["key"] == "loss"
