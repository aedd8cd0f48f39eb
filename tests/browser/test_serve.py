"""The open page follows the records, without a click."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest

from artifolio import Store, create_markdown_artifact

CONFIGURATION = """
site_name: Live
docs_dir: site_src
theme: {name: material, font: false}
plugins: [search, artifolio]
nav: [index.md, artifacts/index.md]
"""


@pytest.fixture
def live(tmp_path):
    """A project that is being served: its store and its address."""
    (tmp_path / "mkdocs.yml").write_text(CONFIGURATION)
    (tmp_path / "site_src").mkdir()
    (tmp_path / "site_src" / "index.md").write_text("# Home\n")
    store = Store(tmp_path / "artifacts")
    create_markdown_artifact("The first words.", key="report", store=store)
    process = subprocess.Popen(
        [sys.executable, "-m", "artifolio", "serve", "--port", "0"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = ""
    while not (match := re.search(r"Serving on (http://\S+/)", said)):
        line = process.stderr.readline()
        assert line, said
        said += line
    yield store, match[1]
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=20)
    assert "Traceback" not in rest


def test_a_new_version_appears_on_the_open_page(live, visit):
    store, address = live
    visit.open(address + "artifacts/report/")
    assert visit.page.locator(".af-markdown").inner_text() == "The first words."
    create_markdown_artifact("The second words.", key="report", store=store)
    visit.page.get_by_text("The second words.").wait_for()
    assert visit.page.locator(".af-timeline > li").count() == 2
    assert visit.foreign == []


def test_a_deleted_version_disappears_from_the_open_page(live, visit):
    store, address = live
    create_markdown_artifact("To be deleted.", key="report", store=store)
    visit.open(address + "artifacts/report/")
    visit.page.get_by_text("To be deleted.").wait_for()
    store.delete(max(store.scan("report").entries, key=lambda entry: entry.header.order))
    visit.page.get_by_text("The first words.").wait_for()


def test_an_edited_record_shows_that_it_was_changed(live, visit):
    store, address = live
    visit.open(address + "artifacts/report/")
    record = next((store.root / "report").glob("*.yaml"))
    record.write_text(record.read_text().replace("first", "forged"))
    visit.page.get_by_text("changed after it was published").first.wait_for()
    assert visit.page.locator(".af-markdown").inner_text() == "The forged words."


def test_a_renamed_and_a_broken_record_show_as_problems_and_the_site_goes_on(live, visit):
    store, address = live
    visit.open(address + "artifacts/")
    record = next((store.root / "report").glob("*.yaml"))
    record.rename(record.with_name("renamed.yaml"))
    visit.page.get_by_text("misplaced; move it to").wait_for()
    (store.root / "report" / "broken.yaml").write_text("format: 1\ndata: |2\n  cut o")
    visit.page.get_by_text("2 problems").wait_for()
    visit.follow(visit.page.get_by_role("link", name="report", exact=True))
    assert visit.page.locator(".af-markdown").inner_text() == "The first words."


def test_a_burst_of_new_records_is_shown_whole(live, visit):
    store, address = live
    visit.open(address + "artifacts/")
    for number in range(100):
        create_markdown_artifact(f"Number {number}.", key=f"burst-{number}", store=store)
    visit.page.get_by_text("101 artifacts").wait_for()
