from __future__ import annotations

import base64
import re

import pytest

from artifolio.bodies import Attachment, Column, File, Image, Link, Markdown, Progress, Table
from artifolio.catalog import build_catalog
from artifolio.errors import RecordError
from artifolio.origins import Code, Run
from artifolio.store import Store
from artifolio.website import standalone
from artifolio.website.hosts import Hosts
from artifolio.website.standalone import standalone_page
from payloads import payloads
from samples import PNG, make_attachment, make_record, put
from website.projects import SVG, svg_attachment
from website.reading import addresses, elements, page_dangers

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
COLUMNS = (Column("n", "integer"), Column("city", "string"))


def table(count: int) -> Table:
    return Table(COLUMNS, tuple((number, f"city {number}") for number in range(count)))


def page(store: Store, number: int = -1, key: str | None = "loss") -> str:
    """Return the page of a version that was published."""
    catalog = build_catalog([store.scan(folder) for folder in store.folders()])
    lineage = catalog.lineages[key] if key else catalog.keyless[0]
    return standalone_page(store, lineage, lineage.versions[number], Hosts({}))


def body(text: str) -> str:
    return text[text.index("<body") :]


def publish(store: Store, *bodies, content: bytes | None = None, **fields) -> None:
    for number, each in enumerate(bodies, 1):
        store.add(make_record(each, number=number, **fields), content)


def data_in(address: str) -> bytes:
    return base64.b64decode(address.partition("base64,")[2])


def test_it_is_one_page_that_runs_nothing_and_asks_nobody(store):
    publish(store, Markdown("# Hello\n"), Markdown("# Hello you\n\n![x](https://e.org/x.png)\n"))
    text = page(store)
    assert text.startswith("<!doctype html>\n")
    assert f'http-equiv="Content-Security-Policy" content="{POLICY}"' in text
    assert "<script" not in text
    assert "<link" not in text
    assert not re.search(r"""(?:src|url)\s*[=(]\s*["']?(?!data:)[a-z/]""", text)
    assert "@import" not in text


def test_it_tells_who_made_the_version_when_and_from_what(store):
    run = Run("churn", "f-1", "brave-otter", "score", "t-1")
    code = Code("9fceb02d0ae598e95dc970b74767f19372d61af8", "main", True, "git@github.com:o/r.git")
    metadata = {"model": "v3"}
    publish(
        store,
        Markdown("x"),
        run=run,
        code=code,
        metadata=metadata,
        tags=("a",),
        description="*Why*",
    )
    text = body(page(store))
    for expected in (
        "loss",
        "v1</span>",
        "latest",
        "2026-08-01 12:01 UTC",
        "churn / brave-otter",
        "f-1",
        "score",
        'href="https://github.com/o/r/commit/9fceb02d0ae598e95dc970b74767f19372d61af8"',
        "on main",
        "uncommitted changes",
        "<em>Why</em>",
        "<dt>model</dt><dd>v3</dd>",
        "019ab0d6-6f3b-7c1e-9d7a-000000000001",
        "sha256:",
        "artifacts/loss/20260801T120100123Z-000000000001.yaml",
        "v1 of 1",
    ):
        assert expected in text


def test_it_tells_what_changed_since_the_version_before(store):
    publish(store, Markdown("one\ntwo\n"), Markdown("one\nthree\n"), Markdown("one\nthree\n"))
    assert "since v1</small>" in page(store, 1)
    assert "<mark>three</mark>" in page(store, 1) or "<ins>three</ins>" in page(store, 1)
    assert "Changes since v1" in page(store, 1)
    assert "latest</span>" not in page(store, 1)
    assert ">unchanged since v2</p>" in page(store, 2)
    assert "Changes since" not in page(store, 2)
    assert "Changes since" not in page(store, 0)


def test_a_version_before_that_cannot_be_read_is_no_error(store):
    publish(store, Markdown("one\n"), Markdown("two\n"))
    first = next(store.root.glob("loss/*01.yaml"))
    first.write_text(re.sub("\ndata: .*\n", "\ndata: [\n", first.read_text()))
    assert "the version before cannot be read" in page(store)


def test_a_version_that_cannot_be_read_is_an_error(store):
    publish(store, Markdown("one\n"))
    first = next(store.root.glob("loss/*01.yaml"))
    first.write_text(re.sub("\ndata: .*\n", "\ndata: [\n", first.read_text()))
    with pytest.raises(RecordError, match=r"loss/.*yaml: "):
        page(store)


def test_a_table_is_there_with_all_rows_and_as_csv(store):
    publish(store, table(300))
    text = page(store)
    assert text.count("<tr>") == 301
    (address,) = re.findall(r'href="(data:text/csv[^"]*)" download="loss.csv"', text)
    assert data_in(address).count(b"\r\n") == 301


def test_of_a_very_large_table_the_first_rows_are_shown_and_the_csv_has_all(store, monkeypatch):
    monkeypatch.setattr(standalone, "SHOWN_CELLS", 20)
    monkeypatch.setattr(standalone, "FILE_BYTES", 10)
    publish(store, table(30))
    text = page(store)
    assert text.count("<tr>") == 11
    assert "the first 10 rows are shown" in text
    (address,) = re.findall(r'href="(data:text/csv[^"]*)"', text)
    assert data_in(address).count(b"\r\n") == 31


def test_a_table_whose_csv_is_too_large_is_shown_without(store, monkeypatch):
    monkeypatch.setattr(standalone, "FILE_BYTES", 10)
    publish(store, table(30))
    assert page(store).count("<tr>") == 31
    assert "data:text/csv" not in page(store)


def test_an_image_is_inside(store):
    publish(store, Image(attachment=make_attachment(), alt="It <falls>"), content=PNG)
    (address,) = re.findall(r'<img class="[^"]*" src="(data:image/png;[^"]*)"', page(store))
    assert data_in(address) == PNG
    assert 'alt="It &lt;falls&gt;"' in page(store)


def test_a_drawing_is_inside_as_an_image_only(store):
    publish(store, Image(attachment=svg_attachment()), content=SVG)
    (address,) = re.findall(r'src="(data:image/svg[^"]*)"', page(store))
    assert data_in(address) == SVG
    assert "<svg" not in body(page(store))


def test_images_that_changed_stand_side_by_side(store):
    for number, content in enumerate((PNG, PNG + b"!"), 1):
        image = Image(attachment=make_attachment(content), alt=f"number {number}")
        store.add(make_record(image, number=number), content)
    since = page(store).partition("Changes since")[2]
    found = [data_in(address) for address in re.findall(r'src="(data:[^"]*)"', since)]
    assert found == [PNG, PNG + b"!"]


def test_an_image_elsewhere_is_a_link_and_not_loaded(store):
    publish(store, Image(url="https://example.org/plot.png"))
    assert '<a href="https://example.org/plot.png"' in page(store)
    assert "<img" not in body(page(store))


def test_a_file_is_inside_to_be_saved_whatever_it_is(store):
    content = b"<script>alert(1)</script>"
    described = make_attachment(content, "html")
    attachment = Attachment(described.name, "text/html", described.size, described.sha256)
    publish(store, File(attachment, "report.html"), content=content)
    (address,) = re.findall(r'href="(data:[^"]*)" download="report.html"', page(store))
    assert address.startswith("data:application/octet-stream;base64,")
    assert data_in(address) == content


@pytest.mark.parametrize(
    "kept", [File(make_attachment(), "model.png"), Image(attachment=make_attachment(), alt="x")]
)
def test_of_what_is_too_large_only_the_facts_are_told(store, monkeypatch, kept):
    monkeypatch.setattr(standalone, "FILE_BYTES", len(PNG) - 1)
    publish(store, kept, content=PNG)
    text = body(page(store))
    assert "data:" not in text
    assert "are too much for a file to send" in text


def test_a_missing_attachment_is_told(store):
    publish(store, File(make_attachment(), "model.png"), content=PNG)
    next(store.root.glob("loss/*.png")).unlink()
    assert "Problem:" in page(store)


def test_a_link_and_progress_are_shown(store):
    store.add(make_record(Link("https://example.org/?a=b&c=d", "the data"), "link", 1))
    store.add(make_record(Progress(40.0), "import", 2))
    assert '<a href="https://example.org/?a=b&amp;c=d"' in page(store, key="link")
    assert "40 %" in page(store, key="import")


def test_a_version_without_a_key_stands_alone(store):
    publish(store, Markdown("# Alone\n"), key=None)
    text = page(store, key=None)
    assert "<title>Without a key</title>" in text
    assert "latest" not in body(text)


def test_no_payload_becomes_anything_that_runs_or_loads(store):
    kinds = ("html", "md", "text", "link", "cell", "col", "gen", "field")
    inputs = [payload.text for payload in payloads(*kinds) if isinstance(payload.content, str)]
    shown = [text for text in inputs if len(text) < 10_000]
    for number, text in enumerate(shown, 1):
        put(store, f"k{number}/.keep", "")
        words = {"key": f"k{number}", "description": text, "metadata": {"a": text}}
        store.add(make_record(Markdown(text), number=number, **words))
    catalog = build_catalog([store.scan(folder) for folder in store.folders()])
    pages = [
        body(standalone_page(store, lineage, lineage.latest, Hosts({})))
        for lineage in catalog.lineages.values()
    ]
    assert len(pages) == len(shown)
    assert [found for html in pages if (found := page_dangers(html))] == []
    images = [image for html in pages for image in elements(html, "img")]
    assert all(image.attributes["src"].startswith("data:image/") for image in images)
    found = [address for html in pages for address in addresses(html)]
    assert all(address.startswith(("https:", "http:", "mailto:", "#")) for address in found)
