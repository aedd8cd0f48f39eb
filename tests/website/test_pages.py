from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from artifolio.bodies import Column, File, Image, Link, Markdown, Progress, Table
from artifolio.origins import Code, Run
from artifolio.pins import Pin, write_pin
from artifolio.website import making
from artifolio.website.assetfiles import assets
from artifolio.website.markup import visible
from artifolio.website.options import PageOptions
from artifolio.website.pages import SHOWN_ROWS
from artifolio.website.refresh import Refresher
from artifolio.website.urls import ASSETS
from payloads import payloads
from samples import (
    PNG,
    bodies_with,
    make_attachment,
    make_id,
    make_illustrated,
    make_record,
    put,
    put_record,
    put_retired,
    retire_in,
)
from website.projects import CODE, FIRST_RUN, SVG, ZIP, publish, records, svg_attachment, tree
from website.reading import Element, addresses, elements, page_dangers, with_class, words

if TYPE_CHECKING:
    from artifolio.bodies import Body
    from artifolio.errors import Problem
    from artifolio.records import Record
    from artifolio.store import Store

ASSETS_FOLDER = Path(making.__file__).parent / "assets"
TITLE = re.compile(
    r'title: "(Artifacts|Without a key|Run [a-z0-9._-]+|[a-z0-9-]+( v\d+(-v\d+)?)?)"'
)
PLAIN_TEXTS = [
    payload
    for payload in payloads("html", "text", "cell", "col", "field", "search", "gen", "md")
    if isinstance(payload.content, str) and payload.content and len(payload.content) < 1_000
]


@dataclass
class Made:
    """The files of a store's pages."""

    files: dict[str, bytes]
    problems: list[Problem]

    def __getitem__(self, path: str) -> str:
        return self.files[path].decode()

    @property
    def pages(self) -> dict[str, str]:
        return {path: self[path] for path in self.files if path.endswith(".md")}

    def version(self, record: Record) -> str:
        return self[f"artifacts/{record.header.folder}/{record.header.stem}.md"]

    def key(self, key: str = "loss") -> str:
        return self[f"artifacts/{key}/index.md"]


def make(store: Store, options: PageOptions | None = None) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        refreshed = Refresher(store, Path(folder), options).refresh()
        files = tree(Path(folder))
    made = {path: content for path, content in files.items() if not path.startswith(ASSETS)}
    return Made(made, list(refreshed.problems))


def show(store: Store, body: Body, content: bytes | None = None, **options: object) -> str:
    """Return the page of a version with this body."""
    record = make_record(body)
    store.add(record, content)
    return make(store, PageOptions(**options)).version(record)


def body_of(page: str) -> str:
    """Return the part of a page that shows the body."""
    return page.split('<section class="af-body"')[1].split("</section>")[0]


def sources(page: str) -> list[str]:
    return [image.attributes["src"] for image in elements(page, "img")]


@pytest.fixture
def sample(store: Store) -> Made:
    """The pages of versions of all types."""
    publish(store, records())
    return make(store)


def test_markdown_is_shown_rendered(store):
    assert "<p>It <em>fell</em>.</p>" in show(store, Markdown("It *fell*."))


def test_tables_are_shown_with_columns_types_and_cells(store):
    columns = (Column("city", "string"), Column("loss", "number"), Column("when", "date"))
    page = show(store, Table(columns, (("Bonn", 0.5, "2026-08-01"), ("a b", -1, None))))
    assert words(body_of(page)).startswith(
        'aria-label="Body"> city loss when Bonn 0.5 2026-08-01 a b -1.0 \N{EN DASH} 2 rows, '
        "3 columns"
    )
    assert [cell.attributes["title"] for cell in elements(page, "th")] == [
        "string",
        "number",
        "date",
    ]
    assert [t.attributes["class"] for t in elements(page, "table")] == ["af-table af-n2 af-w3"]


def test_what_holds_for_a_column_is_said_once_by_the_table(store):
    columns = (Column("n", "integer"), Column("x", "mixed"), Column("on", "date"))
    page = show(store, Table(columns, ((1, 2, "2026-08-01"), ("one", "a-b", None))))
    assert [cell.attributes.get("class") for cell in elements(page, "td")] == [
        *(None, "af-number", None),
        *(None, "af-word", None),
    ]


def test_a_column_of_words_is_told_by_those_that_are_shown(store):
    columns = (Column("id", "string"), Column("note", "string"))
    page = show(store, Table(columns, (("C-1", "a-b"), ("C-2", "a - b"), (None, None))))
    assert [t.attributes["class"] for t in elements(page, "table")] == ["af-table af-w1"]
    assert [cell.attributes.get("class") for cell in elements(page, "td")] == [
        *(None, "af-word"),
        *[None] * 4,
    ]


def test_columns_beyond_those_that_the_style_sheet_knows_say_it_themselves(store):
    columns = tuple(Column(f"c{number}", "integer") for number in range(25))
    page = show(store, Table(columns, (tuple(range(25)),)))
    assert [cell.attributes.get("class") for cell in elements(page, "td")] == [
        *[None] * 24,
        "af-number",
    ]
    sheet = (ASSETS_FOLDER / "artifolio.css").read_text("utf-8")
    assert "af-n24 tr>" in sheet
    assert "af-n25 " not in sheet


@pytest.mark.parametrize(("last", "is_explained"), [(None, True), (2, False)])
def test_what_a_missing_value_looks_like_is_explained_where_there_is_any(store, last, is_explained):
    rows = (*((1,),) * SHOWN_ROWS, (last,))
    page = show(store, Table((Column("n", "integer"),), rows))
    assert ("\N{EN DASH} is no value" in words(page)) == is_explained


def test_long_tables_say_how_much_of_them_is_shown(store):
    rows = tuple((number,) for number in range(SHOWN_ROWS + 1))
    page = show(store, Table((Column("n", "integer"),), rows))
    assert len(elements(page, "td")) == SHOWN_ROWS
    assert f"{SHOWN_ROWS + 1} rows, 1 column; the first {SHOWN_ROWS} rows are shown" in words(page)


def test_tables_without_rows_or_columns_are_shown(store):
    assert "0 rows, 0 columns" in words(show(store, Table((), ())))


def test_nested_and_odd_values_of_cells_are_shown(store):
    values = ([1, {"a": None}], {}, True, False, 1e-7, 10**4000, "")
    columns = tuple(Column(str(n), "mixed") for n in range(len(values)))
    page = words(show(store, Table(columns, (values,))))
    assert '[1, {"a": null}] {} true false 1e-07 0x' in page


def test_links_are_shown_with_their_words_and_address(store):
    page = body_of(show(store, Link("https://example.org/?a=b&c", "the data")))
    assert addresses(page)[0] == "https://example.org/?a=b&c"
    assert "the data https://example.org/?a=b&c" in words(page)


def test_links_without_words_show_their_address(store):
    page = body_of(show(store, Link("https://example.org/x")))
    assert words(page).count("https://example.org/x") == 1


@pytest.mark.parametrize("payload", payloads("link"), ids=str)
def test_unsafe_links_are_shown_and_not_clickable(store, payload):
    page = show(store, Link(payload.text, "words"))
    assert addresses(body_of(page)) == [f"../{make_record().header.stem}.json"]
    assert "(not made clickable)" in words(page)
    assert " ".join(visible(payload.text).split()) in words(page)


def test_images_beside_the_record_are_copied_and_shown(store):
    made = show(store, Image(attachment=make_attachment(), alt="The loss falls"), PNG)
    (image,) = elements(made, "img")
    stem = make_record().header.stem
    assert image.attributes["src"] == f"../{stem}.png"
    assert image.attributes["alt"] == "The loss falls"
    assert make(store).files[f"artifacts/loss/{stem}.png"] == PNG


def test_images_at_another_host_are_not_loaded(store):
    page = show(store, Image(url="https://i.example.org/plot.png", alt="The loss falls"))
    assert sources(page) == []
    assert "https://i.example.org/plot.png" in addresses(page)
    assert "It is not loaded unless" in words(page)


def test_images_at_a_named_host_are_loaded_without_telling_it_the_page(store):
    page = show(
        store,
        Image(url="https://i.example.org/plot.png"),
        image_hosts=frozenset(["i.example.org"]),
    )
    (image,) = elements(page, "img")
    assert image.attributes["src"] == "https://i.example.org/plot.png"
    assert image.attributes["referrerpolicy"] == "no-referrer"


@pytest.mark.parametrize("url", ["javascript:x()", "data:image/svg+xml,x", "//i.example.org/", "x"])
def test_images_at_no_address_are_only_named(store, url):
    page = show(store, Image(url=url), image_hosts=frozenset(["i.example.org"]))
    assert sources(page) == []
    assert url not in addresses(page)
    assert url in words(page)


def test_images_in_markdown_from_a_named_host_are_loaded(store):
    page = show(
        store,
        Markdown("![a](https://i.example.org/1.png) ![b](https://evil.example/2.png)"),
        image_hosts=frozenset(["i.example.org"]),
    )
    assert sources(page) == ["https://i.example.org/1.png"]


def test_vector_images_are_embedded_and_never_files_of_the_site(store):
    record = make_record(Image(attachment=svg_attachment()))
    store.add(record, SVG)
    made = make(store)
    assert sources(made.version(record))[0].startswith("data:image/svg+xml;base64,")
    assert [path for path in made.files if ".svg" in path] == ["artifacts/loss/badge.svg"]


def test_files_are_shown_with_name_size_type_and_hash(store):
    attachment = make_attachment(ZIP, "zip")
    page = show(store, File(attachment, "model.zip"), ZIP)
    (link,) = with_class(page, "af-file-name")
    assert link.attributes["href"] == f"../{make_record().header.stem}.zip"
    assert link.attributes["download"] == "model.zip"
    assert f"model.zip 12 bytes, image/png SHA-256 {attachment.sha256}" in words(page)


def test_files_that_could_run_are_copied_under_another_ending(store):
    record = make_record(File(make_attachment(b"<script>", "html"), "report.html"))
    store.add(record, b"<script>")
    made = make(store)
    (link,) = with_class(made.version(record), "af-file-name")
    assert link.attributes["href"].endswith(".html.bin")
    assert link.attributes["download"] == "report.html"
    assert made.files[f"artifacts/loss/{record.header.stem}.html.bin"] == b"<script>"


def test_vector_images_that_are_files_can_be_downloaded(store):
    page = show(store, File(svg_attachment(), "plot.svg"), SVG)
    (link,) = with_class(page, "af-file-name")
    assert link.attributes["href"].endswith(".svg.bin")


def test_progress_is_shown_as_a_bar(store):
    page = show(store, Progress(42.5))
    (bar,) = elements(page, "progress")
    assert bar.attributes["value"] == "42.5"
    assert "42.5 %" in words(page)


def test_the_key_page_shows_the_latest_version_in_full(store):
    store.add(make_record(Markdown("old"), number=1))
    store.add(make_record(Markdown("new"), number=2, description="What *this* is"))
    page = make(store).key()
    assert "<p>new</p>" in page
    assert "<p>old</p>" not in page
    assert "What <em>this</em> is" in page


def test_the_key_page_lists_the_lineage_newest_first(sample):
    page = sample.key()
    timeline = page.split('<ol class="af-timeline"')[1]
    assert [href for href in addresses(timeline) if href.startswith("2026")] == [
        "20260801T120300123Z-000000000003/",
        "20260801T120200123Z-000000000002/",
        "20260801T120100123Z-000000000001/",
    ]
    assert words(timeline).count("latest") == 1
    assert "Lineage 3 versions" in words(page)


def test_previous_and_next_walk_the_lineage(store):
    versions = [make_record(number=number) for number in (1, 2, 3)]
    publish(store, [(record, None) for record in versions])
    made = make(store)
    first, second, third = (walk(made.version(record)) for record in versions)
    stems = [record.header.stem for record in versions]
    assert first == {"next": f"../{stems[1]}/"}
    assert second == {"prev": f"../{stems[0]}/", "next": f"../{stems[2]}/"}
    assert third == {"prev": f"../{stems[1]}/"}


def walk(page: str) -> dict[str, str]:
    links = [link.attributes for link in elements(page, "a")]
    return {link["rel"]: link["href"] for link in links if link.get("rel") in ("prev", "next")}


def test_links_end_in_html_without_directory_urls(store):
    publish(store, records())
    made = make(store, PageOptions(directory_urls=False))
    inner = [
        link
        for page in made.pages.values()
        for link in addresses(page)
        if not link.startswith(("http", "../../_assets"))
    ]
    assert {link.rpartition(".")[2] for link in inner} == {
        "html",
        "json",
        "csv",
        "txt",
        "xml",
        "svg",
        "png",
        "zip",
        "bin",
    }


def test_only_the_last_version_is_the_latest(sample):
    badges = [
        path for path, page in sample.pages.items() if '<span class="af-badge">latest' in page
    ]
    assert len([path for path in badges if path.startswith("artifacts/loss/2026")]) == 1


def test_the_version_page_tells_run_code_metadata_id_digest_and_path(sample):
    page = words(sample["artifacts/loss/20260801T120300123Z-000000000003.md"])
    assert "Flow run nightly / brave-otter run-1 Task run score task-1" in page
    assert "9fceb02 on main uncommitted changes Repository git@github.com:o/r.git" in page
    assert 'model v3 depth {"a": [1, null]}' in page
    assert "Id 019ab0d6-6f3b-7c1e-9d7a-000000000003 Digest sha256:" in page
    assert "Record artifacts/loss/20260801T120300123Z-000000000003.yaml" in page


def test_commits_are_linked_where_the_host_is_known(sample):
    page = sample["artifacts/loss/20260801T120300123Z-000000000003.md"]
    assert f"https://github.com/o/r/commit/{CODE.commit}" in addresses(page)


def test_versions_outside_of_a_run_are_shown(store):
    record = make_record(Markdown("x"))
    store.add(record)
    page = make(store).version(record)
    assert "Flow run" not in words(page)
    assert "commit" not in words(page)


def test_runs_without_an_id_have_no_page(store):
    store.add(make_record(run=Run(flow="nightly", task="score")))
    made = make(store)
    assert [path for path in made.files if path.startswith("runs/")] == []
    assert "nightly" in words(made.key())


def test_updated_progress_tells_when(store):
    store.add(make_record(Progress(1.0), updated=make_record(number=9).header.created))
    assert "Updated 2026-08-01 12:09 UTC" in words(make(store).version(make_record()))


def test_the_run_page_lists_everything_that_the_run_published(sample):
    page = sample["runs/run-1/index.md"]
    published = [record for record, _ in records() if record.header.run == FIRST_RUN]
    listed = [
        href for href in addresses(page) if href.startswith("../../artifacts/") and "2026" in href
    ]
    assert listed == [
        f"../../artifacts/{record.header.folder}/{record.header.stem}/" for record in published
    ]
    assert "nightly / brave-otter" in words(page)
    assert f"{len(published)} versions published" in words(page)


def test_runs_with_odd_ids_have_a_page_that_shows_the_id(sample):
    (path,) = [path for path in sample.pages if path.startswith("runs/x-")]
    assert "Run 2/../x" in words(sample[path])


def test_the_list_shows_each_key_once_newest_first(sample):
    cards = with_class(sample["artifacts/index.md"], "af-card")
    assert [card.attributes["data-key"] for card in cards] == [
        *("import", "model", "drawing", "plot-elsewhere", "plot", "source", "cities", "loss")
    ]


def test_the_list_tells_type_tags_flow_versions_and_description(sample):
    card = with_class(sample["artifacts/index.md"], "af-card")[-1]
    assert card.attributes["data-type"] == "markdown"
    assert card.attributes["data-tags"] == '["daily", "two words"]'
    assert card.attributes["data-flow"] == "nightly"
    assert card.attributes["data-branch"] == "main"
    assert card.attributes["data-versions"] == "3"
    assert (
        "loss daily two words Number 3 of all 5 lines added, 4 removed "
        "2026-08-01 12:03 UTC 3 versions nightly"
    ) in words(sample["artifacts/index.md"])


def test_the_list_leads_to_every_key_and_to_the_keyless(sample):
    links = addresses(sample["artifacts/index.md"])
    assert {"loss/", "cities/", "source/", "plot/", "model/", "import/", "_keyless/"} <= set(links)


def test_keyless_versions_have_pages_without_a_lineage(sample):
    page = sample["artifacts/_keyless/20260801T121400123Z-00000000000e.md"]
    assert walk(page) == {}
    assert "<p>Alone.</p>" in page
    assert "../" in addresses(page)


def test_the_keyless_page_lists_them_newest_first(sample):
    links = addresses(sample["artifacts/_keyless/index.md"])
    assert [link for link in links if link.startswith("2026")] == [
        "20260801T121500123Z-00000000000f/",
        "20260801T121400123Z-00000000000e/",
    ]


def test_only_newest_versions_and_lists_of_keys_are_searchable(sample):
    found = {path for path, page in sample.pages.items() if "search: {exclude: true}" not in page}
    assert found == {
        f"artifacts/{key}/index.md"
        for key in "loss cities source plot plot-elsewhere drawing model import".split()
    }


def test_changed_records_are_shown_with_a_warning(store):
    record = make_record(Markdown("It fell.\n"))
    path = store.add(record)
    path.write_text(path.read_text().replace("fell", "rose"))
    made = make(store)
    assert "Problem: changed after it was published" in words(made.version(record))
    assert "Problem: changed after it was published" in words(made.key())
    assert "It rose." in words(made.version(record))
    assert [problem.path for problem in made.problems] == [record.header.path]


def test_missing_attachments_are_a_warning(store):
    record = make_record(Image(attachment=make_attachment(), alt="The loss falls"))
    store.add(record)
    made = make(store)
    assert "Problem: attachment" in words(made.version(record))
    assert "No such file" in words(made.version(record))
    assert sources(made.version(record)) == []
    assert f"artifacts/loss/{record.header.stem}.json" in made.files


def test_missing_files_are_named_and_not_linked(store):
    record = make_record(File(make_attachment(), "model.zip"))
    store.add(record)
    (name,) = with_class(make(store).version(record), "af-file-name")
    assert name == Element("span", {"class": "af-file-name"})


def test_changed_attachments_are_a_warning(store):
    record = make_record(Image(attachment=make_attachment()))
    store.add(record, b"another picture")
    made = make(store)
    assert "changed after it was published" in words(made.version(record))
    assert made.problems


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_attachments_that_are_no_files_are_not_followed(store, tmp_path, kind):
    record = make_record(Image(attachment=make_attachment()))
    store.add(record)
    place = store.root / record.header.path.replace(".yaml", ".png")
    (tmp_path / "secret.png").write_bytes(PNG)
    place.symlink_to(tmp_path / "secret.png") if kind == "link" else place.mkdir()
    made = make(store)
    assert "Problem: attachment" in words(made.version(record))
    assert [path for path in made.files if path.endswith(".png")] == []


def test_records_whose_body_cannot_be_read_have_a_page_that_says_so(store):
    record = make_record(Link("https://example.org/"))
    path = store.add(record)
    path.write_text(path.read_text().replace('"url"', '"uri"'))
    made = make(store)
    assert "Problem: data: url is missing" in words(made.version(record))
    assert "Problem: data: url is missing" in words(made.key())
    assert f"artifacts/loss/{record.header.stem}.json" not in made.files


def test_misplaced_records_are_shown_where_they_belong(store):
    record = make_record()
    put_record(store, record, "elsewhere/misplaced.yaml")
    made = make(store)
    assert "It fell." in words(made.version(record))
    assert "artifacts/elsewhere/misplaced.yaml" in words(made.version(record))
    assert "misplaced; move it to" in words(made["artifacts/index.md"])


@pytest.mark.parametrize("payload", PLAIN_TEXTS, ids=str)
def test_hostile_text_is_shown_as_text_wherever_it_stands(store, payload):
    text = payload.text
    for number, body in enumerate(
        [
            Link("https://example.org/", text),
            Table((Column(text, text),), ((text,),)),
            Image(url="https://example.org/", alt=text),
            File(make_attachment(), text),
        ],
        1,
    ):
        store.add(
            make_record(
                body,
                number=number,
                description=text,
                tags=(text,),
                metadata={text: text},
                run=Run(text, text, text, text, text),
                code=Code(text, text, True, text),
            ),
            PNG,
        )
    made = make(store)
    shown = " ".join(visible(text).split())
    assert {
        path: page_dangers(page) for path, page in made.pages.items() if page_dangers(page)
    } == {}
    assert [path for path, page in made.pages.items() if shown not in words(page)] == []
    assert [page for page in made.pages.values() if not TITLE.fullmatch(page.split("\n")[1])] == []


@pytest.mark.parametrize("payload", [p for p in payloads("col", "cell") if p.text], ids=str)
def test_hostile_cells_change_neither_rows_nor_columns(store, payload):
    columns = (Column("first", "string"), Column(payload.text, "string"))
    page = show(store, Table(columns, ((payload.text, "a"), ("b", payload.text))))
    assert len(elements(page, "tr")) == 3
    assert len(elements(page, "th")) == 2
    assert len(elements(page, "td")) == 4


def test_pages_hold_no_script_but_a_file_and_no_handlers(sample):
    assert {
        path: page_dangers(page) for path, page in sample.pages.items() if page_dangers(page)
    } == {}
    assert "javascript:" not in " ".join(
        link for page in sample.pages.values() for link in addresses(page)
    )


def test_problems_with_hostile_names_are_shown_as_text(store):
    put(store, "loss/<img src=x onerror=p()>.yaml", "x: <script>")
    page = make(store)["artifacts/index.md"]
    assert page_dangers(page) == []
    assert "loss/<img src=x onerror=p()>.yaml" in words(page)


def test_every_link_between_pages_leads_to_a_file(sample):
    files = set(sample.files) | {asset.path for asset in assets()}
    missing = [
        (path, link)
        for path, page in sample.pages.items()
        for link in addresses(page)
        if not link.startswith("http") and not leads_to(path, link) & files
    ]
    assert missing == []


def leads_to(path: str, link: str) -> set[str]:
    """Return the source files that a relative link of a page may mean."""
    page = Path(path)
    folder = page.parent if page.name == "index.md" else page.with_suffix("")
    target = Path("/", folder, link).resolve().relative_to("/").as_posix()
    return {target, f"{target}/index.md", f"{target}.md"} if link.endswith("/") else {target}


def test_assets_are_all_files_of_their_folder_and_datatables():
    found = {asset.path for asset in assets()}
    names = [*(file.name for file in ASSETS_FOLDER.iterdir()), "dt_bundle.js"]
    assert found == {f"{ASSETS}/{name}" for name in names}
    assert f"{ASSETS}/artifolio.js" in found


@pytest.mark.parametrize("file", sorted(ASSETS_FOLDER.iterdir()), ids=lambda file: file.name)
def test_assets_load_nothing_from_elsewhere(file):
    forbidden = r"https?:|\beval\b|innerHTML|\bimport\b|url\((?![\"']?data:)"
    text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    # A module of the site's own, where browsers load modules.
    text = text.replace('import(new URL("dt_bundle.js", HERE).href)', "")
    assert re.findall(forbidden, text) == []


def test_images_of_a_text_are_copied_and_shown_on_its_pages(store):
    record = make_record(make_illustrated(loss=PNG))
    store.add(record, PNG)
    made = make(store)
    stem = record.header.stem
    assert made.files[f"artifacts/loss/{stem}.1.png"] == PNG
    assert sources(made.version(record)) == [f"../{stem}.1.png"]
    assert sources(made.key()) == [f"{stem}.1.png"]
    assert made.problems == []


def test_vector_images_of_a_text_are_embedded(store):
    (image,) = make_illustrated(loss=SVG).images
    vector = replace(image, ending="1.svg", media_type="image/svg+xml")
    record = make_record(Markdown("![The loss](plots/loss.png)", (vector,)))
    store.add(record, SVG)
    made = make(store)
    assert sources(made.version(record))[0].startswith("data:image/svg+xml;base64,")
    assert [path for path in made.files if ".1.svg" in path] == []


def test_images_of_a_text_that_are_missing_are_a_warning_and_the_others_are_shown(store):
    text = "![Loss](plots/loss.png) ![Gain](plots/gain.png)"
    record = make_record(make_illustrated(text, loss=b"a", gain=b"b"))
    store.add(record, b"a")
    made = make(store)
    page = made.version(record)
    assert sources(page) == [f"../{record.header.stem}.1.png"]
    assert f"attachment {record.header.stem}.2.png cannot be read" in words(page)
    assert "Gain" in words(body_of(page))
    assert len(made.problems) == 1


def test_images_of_a_text_that_changed_are_a_warning(store):
    record = make_record(make_illustrated(loss=b"a"))
    store.add(record, b"b")
    assert "1.png changed after it was published" in words(make(store).version(record))


def test_images_of_a_text_are_no_downloads_of_their_own(store):
    record = make_record(make_illustrated(loss=PNG), key=None)
    store.add(record, PNG)
    pages = [text for path, text in make(store).files.items() if path.endswith(".md")]
    assert [page for page in pages if b'1.png" download' in page] == []


@pytest.fixture
def retired(store) -> Made:
    """The pages of three versions, the second without its body."""
    for number, text in enumerate(("one\n", "two\n", "three\n"), 1):
        store.add(make_record(Markdown(text), number=number, metadata={"n": number}))
    retire_in(store, make_record(number=2).header.path)
    return make(store)


def test_a_page_says_when_the_body_was_removed(retired):
    page = retired.version(make_record(number=2))
    assert "was removed by the project's retention, 2026-08-02 12:00" in words(body_of(page))
    assert "two" not in words(page)
    assert "Markdown" not in words(body_of(page).split("af-downloads")[1])


def test_a_version_without_a_body_keeps_its_number_and_its_point_in_the_trend(retired):
    assert "loss v2" in retired.version(make_record(number=2))
    assert "v2: 2" in words(retired.key())
    assert "body removed 2026-08-02" in words(retired.key())


def test_the_version_after_a_body_that_is_gone_says_so(retired):
    assert "the body of v2 is gone" in words(retired.version(make_record(number=3)))


def test_nothing_is_told_of_a_change_to_a_body_that_is_gone(retired):
    assert "Changes since" not in retired.version(make_record(number=2))


def test_a_version_without_a_body_has_json_and_no_other_file(retired):
    stem = make_record(number=2).header.stem
    names = [path for path in retired.files if stem in path]
    assert names == [f"artifacts/loss/{stem}.json", f"artifacts/loss/{stem}.md"]
    assert retired.problems == []


@pytest.mark.parametrize("body", bodies_with(PNG), ids=lambda body: body.type)
def test_a_key_whose_latest_version_has_no_body_has_a_page(store, body):
    put_retired(store, make_record(body), PNG)
    made = make(store)
    assert "was removed" in words(body_of(made.key()))
    assert made.problems == []


def test_names_of_versions_are_shown_on_their_pages_and_their_keys(store):
    for number in range(1, 4):
        store.add(make_record(Markdown(str(number)), number=number))
    write_pin(store.root, Pin("loss", "production", str(make_id(2))))
    made = make(store)
    pages = [made.version(make_record(number=number)) for number in (1, 2, 3)]
    assert ["af-badge--pin" in page for page in pages] == [False, True, False]
    assert "Pinned: production v2" in words(made.key())
    assert "production v2" in words(made["artifacts/index.md"])
    versions = json.loads(made["artifacts/loss/index.json"])["versions"]
    assert [version.get("pins") for version in versions] == [None, ["production"], None]
    (path,) = (path for path in made.files if path.endswith("000000000002.json"))
    assert json.loads(made[path])["pins"] == ["production"]


def test_a_name_of_a_version_without_a_page_leads_to_its_data(store):
    for number in range(1, 4):
        store.add(make_record(Markdown(str(number)), number=number))
    write_pin(store.root, Pin("loss", "production", str(make_id(1))))
    page = make(store, PageOptions(versions_as_pages=1)).key()
    pinned = page.split('<p class="af-pins"')[1].split("</p>")[0]
    assert addresses(f"<p{pinned}</p>") == [f"{make_record().header.stem}.json"]


def test_a_broken_name_is_a_problem_and_nothing_more(store):
    store.add(make_record())
    put(store, "loss/production.pin", "<script>alert(1)</script>")
    made = make(store)
    assert [problem.path for problem in made.problems] == ["loss/production.pin"]
    assert "production.pin" in words(made["artifacts/index.md"])
    assert "af-badge--pin" not in made.key()
