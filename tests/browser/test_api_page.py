"""The page of the API shows every operation, and lets one try it."""

from __future__ import annotations

import json

import pytest

from artifolio.bodies import Markdown
from artifolio.server.app import address_in, make_app
from artifolio.server.guard import Rules
from artifolio.server.library import Library
from samples import make_record
from server.conftest import TOKEN, running


@pytest.fixture
def page(tmp_path, store):
    """Its address."""
    store.add(make_record(Markdown("x")))
    library = Library(store, address_in("http://127.0.0.1/"))
    with running(make_app(library, lambda: tmp_path, Rules(token=TOKEN))) as port:
        yield f"http://127.0.0.1:{port}/api/docs"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("dark", 390)])
def test_an_operation_is_tried(page, new_visit, scheme, width):
    visit = new_visit(color_scheme=scheme, viewport={"width": width, "height": 800})
    visit.open(page)
    operation = visit.page.locator("#operations-Artifacts-list_artifacts")
    operation.locator("button.opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response-col_description code").first
    assert [item["key"] for item in json.loads(answer.inner_text())["items"]] == ["loss"]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    is_dark = visit.page.evaluate("document.documentElement.classList.contains('dark-mode')")
    assert is_dark is (scheme == "dark")
    visit.assert_clean()


def test_what_was_deleted_with_the_token_is_gone(page, new_visit, store):
    visit = new_visit()
    visit.open(page)
    visit.page.get_by_role("button", name="Authorize").click()
    visit.page.locator(".auth-container input").fill(TOKEN)
    visit.page.get_by_role("button", name="Apply credentials").click()
    visit.page.get_by_role("button", name="Close").click()
    operation = visit.page.locator("#operations-Prefect-prefect_delete")
    operation.locator("button.opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    (entry,) = store.scan("loss").entries
    operation.locator("tr[data-param-name=id] input").fill(entry.id)
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table").get_by_text("204", exact=True).wait_for()
    assert store.scan("loss").entries == ()
    visit.assert_clean()
