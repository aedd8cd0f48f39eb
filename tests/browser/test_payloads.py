"""Hostile records in a real browser: nothing runs, nothing is fetched, nothing navigates."""

from __future__ import annotations

import contextlib
import shutil

import pytest

from artifolio import (
    ArtifolioError,
    Store,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from tests.browser.conftest import REPOSITORY, build_project
from tests.payloads import payloads

KINDS = ("html", "md", "link", "text", "cell", "col", "gen", "search", "csv", "field")
# In one version; all that there are make no more versions than have a page.
COMPARED = 8
SPY = "window.fired = []; window.__p = number => window.fired.push(number);"

# Links whose address was taken away, and folds; others would leave the page by right.
CLICK_WHAT_LEADS_NOWHERE = """() => {
  const found = document.querySelectorAll(".af a:not([href]), .af summary");
  for (const element of found) element.click();
}"""


def publish(payload, key: str, store: Store) -> None:
    """Publish a payload where it belongs; what the SDK refuses reaches no page."""
    text = payload.text
    words = {"key": key, "description": text, "tags": [text], "store": store}
    create = {
        "link": lambda: create_link_artifact(text, **words),
        "link_text": lambda: create_link_artifact("https://x.org", text, **words),
        "image_url": lambda: create_image_artifact(text, alt=text, **words),
        "table_cell": lambda: create_table_artifact([{"a": text}], **words),
        "table_column": lambda: create_table_artifact([{text: 1}], **words),
        "metadata_value": lambda: create_markdown_artifact("x", metadata={"a": text}, **words),
        "metadata_key": lambda: create_markdown_artifact("x", metadata={text: 1}, **words),
    }.get(payload.field, lambda: create_markdown_artifact(text, **words))
    with contextlib.suppress(ArtifolioError):
        create()


def publish_changes(texts: list[str], store: Store) -> None:
    """Publish payloads as versions of the same keys, so that some are compared with others."""
    for start in range(0, len(texts), COMPARED):
        some = texts[start : start + COMPARED]
        with contextlib.suppress(ArtifolioError):
            create_markdown_artifact("\n".join(some), key="changed-text", store=store)
        with contextlib.suppress(ArtifolioError):
            create_link_artifact(some[0], some[-1], key="changed-link", store=store)
        rows = [{"n": text, "a": number, "b": text} for number, text in enumerate(some)]
        with contextlib.suppress(ArtifolioError):
            columns = {text[:500]: start for text in some}
            table = [{"n": 1, "a": some[0], **columns}, *rows]
            create_table_artifact(table, key="changed-table", row_key="n", store=store)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, serve_folder) -> tuple[str, list[str]]:
    project = tmp_path_factory.mktemp("hostile")
    shutil.copy(REPOSITORY / "mkdocs.yml", project)
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    text = (project / "mkdocs.yml").read_text()
    start, end = text.index("nav:"), text.index("# One page for every version")
    (project / "mkdocs.yml").write_text(text[:start] + text[end:])
    store = Store(project / "artifacts")
    inputs = [payload for payload in payloads(*KINDS) if isinstance(payload.content, str)]
    for number, payload in enumerate(inputs):
        # Megabytes of one letter say nothing about a browser.
        if len(payload.text) < 100_000:
            publish(payload, f"payload-{number:03d}", store)
    publish_changes([payload.text for payload in inputs if len(payload.text) < 10_000], store)
    site = build_project(project)
    found = [*site.glob("artifacts/*/index.html"), *site.glob("artifacts/changed-*/*/index.html")]
    pages = sorted(str(page.parent.relative_to(site)) for page in found)
    return serve_folder(site), pages


def test_no_payload_runs_fetches_or_leaves_the_page(hostile, new_visit):
    base, pages = hostile
    visit = new_visit()
    visit.page.add_init_script(SPY)
    assert len(pages) > 200
    for place in pages:
        visit.page.goto(f"{base}{place}/")
        visit.page.evaluate(CLICK_WHAT_LEADS_NOWHERE)
        visit.page.wait_for_timeout(30)
        assert visit.page.evaluate("window.fired") == [], place
        assert visit.page.url.partition("#")[0] == f"{base}{place}/"
        assert visit.page.locator("h1.af-title").count() == 1, place
    assert visit.foreign == []


def test_the_spy_would_notice_a_script(new_visit):
    visit = new_visit()
    visit.page.add_init_script(SPY)
    visit.page.goto("about:blank")
    visit.page.set_content("<img src=x onerror=__p(1)>")
    visit.page.wait_for_function("window.fired.length > 0")
