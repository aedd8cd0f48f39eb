"""Deleting and editing from the page, where the server may be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from artifolio import create_image_artifact, create_markdown_artifact
from artifolio.pins import Pin, write_pin
from browser.conftest import build_project, load_tool
from samples import PNG
from served import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

# What of the theme is not as it should be is its own.
AXE = "() => axe.run('.af, .afs-dialog', {resultTypes: ['violations']})"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOKEN = "the-token-of-this-server"


@pytest.fixture
def live(tmp_path) -> Iterator[Served]:
    served = Served(tmp_path)
    for words in ("first", "second"):
        create_markdown_artifact(
            f"The {words} words.", key="report", tags=["a"], store=served.store
        )
    served.start("--write", ARTIFOLIO_TOKEN=TOKEN)
    yield served
    served.stop()


def headers(store, key: str):
    entries = sorted(store.scan(key).entries, key=lambda entry: entry.header.order)
    return [entry.header for entry in entries]


def sign_in(page) -> None:
    field = page.get_by_label("Token of this server")
    field.fill(TOKEN)
    field.press("Enter")


def test_a_key_is_deleted_after_it_was_said_what_goes(live, visit):
    write_pin(live.store.root, Pin("report", "good", str(headers(live.store, "report")[0].id)))
    visit.open(f"{live.address}artifacts/report/")
    visit.page.get_by_role("button", name="Delete all versions of report").click()
    dialog = visit.page.get_by_role("dialog", name="Delete report?")
    words = dialog.inner_text()
    assert "This removes all 2 versions of report" in words
    assert "v2, markdown of" in words
    assert "pinned as good" in words
    assert "stays in the history of git" in words
    assert headers(live.store, "report") != []
    dialog.get_by_role("button", name="Delete 2 versions").click()
    sign_in(visit.page)
    visit.page.wait_for_url(f"{live.address}artifacts/")
    visit.page.get_by_role("status").get_by_text("Deleted 2 versions of report").wait_for()
    visit.page.get_by_text("Nothing has been published under a key yet").wait_for()
    assert list((live.store.root / "report").iterdir()) == [live.store.root / "report" / ".keep"]
    assert visit.foreign == []


def test_a_version_is_deleted_from_the_timeline_and_the_page_stays(live, visit):
    visit.open(f"{live.address}artifacts/report/")
    visit.page.locator(".af-timeline > li").nth(1).hover()
    visit.page.get_by_role("button", name="Delete v1").click()
    dialog = visit.page.get_by_role("dialog", name="Delete v1 of report?")
    assert "This removes 1 version" in dialog.inner_text()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    sign_in(visit.page)
    visit.page.locator(".af-lineage small", has_text="1 version").wait_for()
    assert visit.page.locator(".af-timeline > li").count() == 1
    assert len(headers(live.store, "report")) == 1
    visit.assert_clean()


def test_a_version_is_deleted_on_its_page_by_keyboard_alone(live, visit):
    visit.open(f"{live.address}artifacts/report/")
    visit.follow(visit.page.locator(".af-timeline .af-version").first)
    visit.page.get_by_role("button", name="Delete this version").focus()
    visit.page.keyboard.press("Enter")
    dialog = visit.page.get_by_role("dialog", name="Delete v2 of report?")
    dialog.wait_for()
    # Nothing happens to who presses Enter twice.
    cancel = dialog.get_by_role("button", name="Cancel")
    assert cancel.evaluate("button => button === document.activeElement")
    visit.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert len(headers(live.store, "report")) == 2
    visit.page.keyboard.press("Enter")
    dialog.wait_for()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_label("Token of this server").wait_for()
    visit.page.keyboard.type(TOKEN)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{live.address}artifacts/report/")
    visit.page.get_by_text("The first words.").wait_for()
    assert len(headers(live.store, "report")) == 1


def test_the_last_version_of_a_key_leads_to_the_list(live, visit):
    create_image_artifact(image=PNG, alt="A plot", key="plot", store=live.store)
    visit.open(f"{live.address}artifacts/plot/")
    visit.page.get_by_alt_text("A plot").wait_for()
    visit.follow(visit.page.locator(".af-timeline .af-version").first)
    visit.page.get_by_role("button", name="Delete this version").click()
    dialog = visit.page.get_by_role("dialog", name="Delete v1 of plot?")
    dialog.get_by_text("nothing is left of plot").wait_for()
    assert "with its image" in dialog.inner_text()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    sign_in(visit.page)
    visit.page.wait_for_url(f"{live.address}artifacts/")
    visit.page.get_by_text("1 artifact", exact=True).wait_for()
    assert [path.name for path in (live.store.root / "plot").iterdir()] == [".keep"]


def test_a_version_without_a_key_is_deleted(live, visit):
    create_markdown_artifact("Alone.", store=live.store)
    visit.open(f"{live.address}artifacts/_keyless/")
    visit.page.locator(".af-card").hover()
    visit.page.get_by_role("button", name="Delete markdown").click()
    dialog = visit.page.get_by_role("dialog", name="Delete this version without a key?")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    sign_in(visit.page)
    visit.page.wait_for_url(f"{live.address}artifacts/")
    assert headers(live.store, "_keyless") == []


def test_description_and_tags_are_edited_and_shown(live, visit):
    visit.open(f"{live.address}artifacts/report/")
    visit.page.get_by_role("button", name="Edit description and tags").click()
    dialog = visit.page.get_by_role("dialog", name="Edit v2 of report")
    dialog.get_by_label("Description, in Markdown").fill("It is **final**.")
    tags = dialog.get_by_label("Tags, one on each line")
    assert tags.input_value() == "a"
    tags.fill("a\n two words \n")
    dialog.get_by_role("button", name="Save").click()
    sign_in(visit.page)
    visit.page.locator(".af-description strong", has_text="final").wait_for()
    assert visit.page.locator(".af-title .af-tag").all_inner_texts() == ["a", "two words"]
    latest = headers(live.store, "report")[-1]
    assert (latest.description, latest.tags) == ("It is **final**.", ("a", "two words"))
    # This browser is known now.
    visit.page.get_by_role("button", name="Edit description and tags").click()
    tags.fill("")
    dialog.get_by_role("button", name="Save").click()
    visit.page.locator(".af-title .af-tag").first.wait_for(state="detached")
    visit.assert_clean()


def test_a_wrong_token_changes_nothing_and_can_be_put_right(live, visit):
    visit.open(f"{live.address}artifacts/report/")
    visit.page.get_by_role("button", name="Delete all versions of report").click()
    visit.page.get_by_role("button", name="Delete 2 versions").click()
    field = visit.page.get_by_label("Token of this server")
    field.fill("wrong")
    field.press("Enter")
    visit.page.get_by_text("That is not the token of this server.").wait_for()
    assert len(headers(live.store, "report")) == 2
    visit.page.keyboard.press("Escape")
    visit.page.get_by_text("Nothing was changed: the token is needed.").wait_for()
    visit.page.get_by_role("button", name="Delete 2 versions").click()
    sign_in(visit.page)
    visit.page.wait_for_url(f"{live.address}artifacts/")


def test_who_looks_at_less_than_there_is_deletes_nothing(live, visit):
    visit.open(f"{live.address}artifacts/report/")
    visit.page.get_by_role("button", name="Delete all versions of report").click()
    visit.page.get_by_role("dialog", name="Delete report?").wait_for()
    create_markdown_artifact("The third words.", key="report", store=live.store)
    visit.page.get_by_text("The third words.").wait_for()
    visit.page.get_by_role("button", name="Delete 2 versions").click()
    sign_in(visit.page)
    visit.page.get_by_text("report is not any more what you saw; look again").wait_for()
    assert len(headers(live.store, "report")) == 3


def test_scripts_do_not_see_what_stands_for_the_token(live, visit):
    visit.open(f"{live.address}artifacts/report/")
    visit.page.get_by_role("button", name="Edit description and tags").click()
    visit.page.get_by_role("button", name="Save").click()
    sign_in(visit.page)
    visit.page.get_by_role("status").get_by_text("Edited v2 of report").wait_for()
    (cookie,) = visit.page.context.cookies(f"{live.address}api/")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/api")
    seen = visit.page.evaluate(
        "[document.cookie, JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})]"
    )
    assert TOKEN not in "".join(seen)
    assert cookie["value"] not in "".join(seen)


def test_a_server_that_only_shows_and_a_static_site_offer_nothing(live, visit, serve_folder):
    live.stop()
    live.start()
    visit.open(f"{live.address}artifacts/report/")
    visit.page.get_by_role("button", name="Compare any two versions").wait_for()
    assert visit.page.locator(".afs-button").count() == 0
    visit.open(f"{serve_folder(build_project(live.project))}artifacts/report/")
    visit.page.get_by_role("button", name="Compare any two versions").wait_for()
    assert visit.page.locator("[data-artifolio-served], .afs-button").count() == 0


def test_serving_leaves_no_trace_in_a_site_that_is_built(live):
    site = build_project(live.project)
    found = [path for path in site.rglob("*.html") if b"artifolio-served" in path.read_bytes()]
    assert found == []
    assert list(site.rglob("live.js")) == []


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_buttons_and_dialogs_are_for_everybody(live, new_visit, width, scheme):
    visit = new_visit(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = visit.page
    page.goto(f"{live.address}artifacts/report/")
    page.add_style_tag(content="* { transition: none !important }")
    page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
    page.add_script_tag(path=load_tool("npm").find_package("axe-core") / "axe.min.js")
    page.get_by_role("button", name="Delete v1").focus()
    found = [violations(page)]
    for name, inner in (("Delete all", "Delete 2 versions"), ("Edit", "")):
        page.get_by_role("button", name=name, exact=False).first.click()
        page.locator("dialog[open]").wait_for()
        found.append(violations(page))
        if inner:
            page.get_by_role("button", name=inner).click()
            page.get_by_label("Token of this server").wait_for()
            found.append(violations(page))
            page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
    assert found == [[], [], [], []]
    assert page.evaluate(SIDEWAYS) == 0


def violations(page) -> list[str]:
    return [
        f"{one['id']}: {one['nodes'][0]['failureSummary'][:300]} {one['nodes'][0]['html'][:160]}"
        for one in page.evaluate(AXE)["violations"]
        if one["impact"] in ("serious", "critical")
    ]
