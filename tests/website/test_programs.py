from __future__ import annotations

import json
import posixpath
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from artifolio.bodies import Link, Markdown
from artifolio.headers import FORMAT as RECORD_FORMAT
from artifolio.origins import Run
from artifolio.store import Store
from artifolio.website.indexes import FORMAT as INDEX_FORMAT
from artifolio.website.numbering import ROWS
from artifolio.website.options import PageOptions
from artifolio.website.refresh import Refresher
from artifolio.website.urls import LIST_ROWS, SCHEMAS, Home
from payloads import payloads
from samples import PNG, bodies_with, make_illustrated, make_record, put, put_record, put_retired
from website.projects import publish, records, tree

FIXTURES = Path(__file__).parents[1] / "data" / "programs"
TEXTS = [p.content for p in payloads() if isinstance(p.content, str) and "\0" not in p.content]


def schema(name: str) -> Draft202012Validator:
    file = package_files("artifolio.website") / "schemas" / name
    return Draft202012Validator(json.loads(file.read_text("utf-8")))


def schema_of(path: str, content: Any) -> str:
    """Return which schema a file of the site names, as the path of a file there."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), content["$schema"]))


def mistakes(path: str, content: Any) -> list[str]:
    """Return what is wrong with a file, by the schema that it names."""
    folder, _, name = schema_of(path, content).rpartition("/")
    assert folder == SCHEMAS
    return [f"{path}: {error.message}" for error in schema(name).iter_errors(content)]


def make(store: Store, docs: Path, **options: Any) -> dict[str, bytes]:
    Refresher(store, docs, PageOptions(**options)).refresh()
    return tree(docs)


def json_files(made: dict[str, bytes]) -> dict[str, Any]:
    # The list's own filter reads the rows, and nobody else is to.
    return {
        path: json.loads(content)
        for path, content in made.items()
        if path.endswith(".json") and not path.startswith(SCHEMAS) and path != LIST_ROWS
    }


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return tmp_path / "site_src"


@pytest.mark.parametrize("name", [f"version-{RECORD_FORMAT}.json", f"index-{INDEX_FORMAT}.json"])
def test_there_is_a_schema_of_the_present_format(name):
    Draft202012Validator.check_schema(schema(name).schema)


@pytest.mark.parametrize("directory_urls", [True, False])
def test_all_json_files_are_as_their_schemas_say(store, docs, directory_urls):
    publish(store, records())
    store.add(make_record(make_illustrated(), "illustrated"), PNG)
    for number, body in enumerate(bodies_with(PNG), 100):
        put_retired(store, make_record(body, f"gone-{body.type}", number), PNG)
    found = json_files(make(store, docs, directory_urls=directory_urls))
    assert [mistake for path, content in found.items() for mistake in mistakes(path, content)] == []
    assert {"artifacts/index.json", "artifacts/loss/index.json", "artifacts/loss/latest.json"} <= (
        found.keys()
    )


def test_lists_of_older_versions_are_as_their_schema_says(store, docs):
    for number in range(1, ROWS + 60):
        put_record(store, make_record(Markdown("x"), number=number))
        put_record(store, make_record(Markdown("x"), None, 1_000 + number))
    found = json_files(make(store, docs, versions_as_pages=2))
    parts = {path: content for path, content in found.items() if "/versions-" in path}
    # Those of the key hold 100 versions, those without a key 50.
    assert len(parts) == 2 + 3
    assert [mistake for path, content in parts.items() for mistake in mistakes(path, content)] == []
    older = found["artifacts/loss/index.json"]["older"]
    assert [(part["first"], part["last"]) for part in older] == [(101, 109), (1, 100)]


def test_schemas_are_published_as_they_are_shipped(store, docs):
    made = make(store, docs)
    folder = package_files("artifolio.website") / "schemas"
    assert {path: content for path, content in made.items() if path.startswith(SCHEMAS)} == {
        f"{SCHEMAS}/{file.name}": file.read_bytes() for file in folder.iterdir()
    }


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*/*.json")), ids=lambda file: file.name)
def test_files_of_earlier_releases_stay_valid(file):
    content = json.loads(file.read_text("utf-8"))
    name = posixpath.basename(content["$schema"])
    assert [error.message for error in schema(name).iter_errors(content)] == []


def test_there_is_a_file_of_each_kind_that_must_stay_valid():
    kinds = {file.stem for file in FIXTURES.glob("format-1/*.json")}
    types = {"link", "markdown", "table", "image", "file", "progress"}
    assert kinds == types | {"artifacts", "lineage", "part", "keyless"}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("table", ["version"], 0),
        ("table", ["data"], [[1, 2]]),
        ("table", ["columns"], None),
        ("markdown", ["data"], {}),
        ("link", ["data"], {"text": "no address"}),
        ("image", ["data"], {"alt": "nothing to see"}),
        ("file", ["data"], {"attachment": "x.zip"}),
        ("progress", ["data", "percent"], 101),
        ("progress", ["id"], "X"),
        ("progress", ["created"], "yesterday"),
        ("lineage", ["format"], 2),
        ("lineage", ["versions"], []),
        ("lineage", ["versions", 0, "page"], 3),
        ("part", ["first"], "1"),
        ("artifacts", ["artifacts", 0, "key"], "Loss"),
        ("artifacts", ["artifacts", 0, "figures"], {"loss": "much"}),
    ],
)
def test_schemas_refuse_what_is_wrong(kind, path, value):
    content = json.loads((FIXTURES / "format-1" / f"{kind}.json").read_text("utf-8"))
    *parents, last = path
    place = content
    for name in parents:
        place = place[name]
    place[last] = value
    name = posixpath.basename(content["$schema"])
    assert not schema(name).is_valid(content)


def test_every_address_in_a_list_leads_to_a_file(store, docs):
    publish(store, records())
    made = make(store, docs)
    lists = {path: c for path, c in json_files(made).items() if path.endswith("/index.json")}
    missing = [
        (path, line[name])
        for path, content in lists.items()
        for line in content.get("versions", content.get("artifacts"))
        for name in ("url", "index", "page", "json", "csv", "text", "attachment")
        if line.get(name) and not _is_there(path, line[name], made)
    ]
    assert missing == []


def _is_there(path: str, address: str, made: dict[str, bytes]) -> bool:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), address))
    pages = {f"{target}.md", f"{target}/index.md"}
    return bool(pages & made.keys()) if address.endswith("/") else target in made


def test_the_latest_version_is_the_same_under_both_names(store, docs):
    publish(store, records())
    made = make(store, docs)
    third = make_record(number=3).header.stem
    assert made["artifacts/loss/latest.json"] == made[f"artifacts/loss/{third}.json"]


def test_the_text_of_a_report_is_published_exactly(store, docs):
    text = "# Köln 😀 \r\n\n\ttab, `~{}` <b>\n"
    record = make_record(Markdown(text))
    store.add(record)
    made = make(store, docs)
    assert made[f"artifacts/loss/{record.header.stem}.txt"].decode() == text
    page = made["artifacts/loss/index.md"].decode()
    assert 'download="loss.md">Markdown</a>' in page


def test_older_reports_without_a_page_are_offered_under_a_name_of_their_own(store, docs):
    store.add(make_record(number=1))
    store.add(make_record(number=2))
    page = make(store, docs, versions_as_pages=1)["artifacts/loss/index.md"].decode()
    assert page.count('download="loss.md">Markdown</a>') == 2


def test_a_latest_version_that_becomes_unreadable_takes_its_file_away(store, docs):
    path = put_record(store, make_record())
    refresher = Refresher(store, docs)
    refresher.refresh()
    assert (docs / "artifacts/loss/latest.json").exists()
    path.write_text(path.read_text().replace('type: "markdown"', 'type: "link"'))
    refresher.refresh(["loss"])
    assert not (docs / "artifacts/loss/latest.json").exists()
    version = json.loads((docs / "artifacts/loss/index.json").read_text())["versions"][0]
    assert version["has_problem"] is True
    assert "json" not in version


def test_fields_of_a_newer_artifolio_never_pass_for_ours(store, docs):
    text = put_record(store, make_record()).read_text()
    path = make_record().header.path
    fields = 'version: 99\nintact: "no"\n$schema: "https://evil.example/"\nfuture: 1\ndigest:'
    put(store, path, text.replace("digest:", fields, 1))
    found = json.loads(make(store, docs)["artifacts/loss/latest.json"])
    assert found["version"] == 1
    assert found["$schema"] == "../_assets/schema/version-1.json"
    assert found["intact"] is False
    assert found["future"] == 1


def test_the_feed_of_all_has_the_newest_versions_of_all_keys(store, docs):
    for number in range(1, 121):
        put_record(store, make_record(Markdown("x"), f"key-{number % 3}", number))
    put_record(store, make_record(Markdown("x"), "old", 0))
    feed = make(store, docs)["artifacts/feed.xml"].decode()
    ids = [str(make_record(number=number).header.id) for number in range(1, 121)]
    found = [line for line in feed.splitlines() if line.startswith("<id>")][1:]
    assert found == [f"<id>urn:uuid:{version_id}</id>" for version_id in reversed(ids[-50:])]


def test_the_list_for_language_models_names_500_keys_at_most(store, docs):
    for number in range(502):
        put_record(store, make_record(Link("https://example.org/"), f"key-{number}", number))
    text = make(store, docs)["artifacts/llms.txt"].decode()
    assert sum(line.startswith("- [key-") for line in text.splitlines()) == 500
    assert "- [key-1](" not in text


def test_addresses_are_whole_where_the_configuration_tells_where_the_site_is(store, docs):
    store.add(make_record())
    made = make(store, docs, home=Home("https://example.org/x/", "Demo"))
    feed = made["artifacts/loss/feed.xml"].decode()
    assert 'href="https://example.org/x/artifacts/loss/feed.xml"' in feed
    assert "](https://example.org/x/artifacts/loss/" in made["artifacts/llms.txt"].decode()
    assert "<title>loss · Demo</title>" in feed
    # Lists are the same wherever the site is put.
    assert b"example.org" not in made["artifacts/loss/index.json"]


def test_hostile_records_leave_all_files_well_formed(store, docs):
    for number, text in enumerate(TEXTS, 1):
        run = Run(text[:500] or "x")
        record = make_record(
            Markdown(text), f"key-{number}", number, description=text, tags=(text,), run=run
        )
        put_record(store, record)
    made = make(store, docs)
    found = json_files(made)
    assert [mistake for path, content in found.items() for mistake in mistakes(path, content)] == []
    assert len(made["artifacts/index.json"].splitlines()) == len(TEXTS) + 2
