"""What changed since the version before, as a reader sees it."""

from __future__ import annotations

import pytest

KEYS = ["ca-fires", "ca-fires-summary", "ca-fires-chart", "ca-fires-source"]


def latest(demo: str, key: str, visit) -> None:
    visit.open(f"{demo}artifacts/{key}/")
    visit.follow(visit.page.locator(".af-timeline .af-version").first)


@pytest.mark.parametrize("key", KEYS)
def test_a_version_of_each_kind_tells_its_changes_without_javascript(key, demo, new_visit):
    visit = new_visit(java_script_enabled=False, viewport={"width": 360, "height": 740})
    latest(demo, key, visit)
    section = visit.page.locator(".af-since")
    assert section.locator("h2").inner_text().startswith("Changes since v")
    assert section.locator(".af-sentence").inner_text().strip()
    assert section.locator("ins").count() > 0
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.assert_clean()


def test_the_sentence_of_the_latest_version_is_on_the_key_and_on_the_list(demo, visit):
    latest(demo, "ca-fires", visit)
    sentence = visit.page.locator(".af-sentence").inner_text()
    visit.open(demo + "artifacts/ca-fires/")
    assert visit.page.locator(".af-sentence").inner_text().startswith(sentence)
    assert visit.page.locator(".af-timeline .af-change-line").first.inner_text() == sentence
    visit.open(demo + "artifacts/")
    card = visit.page.locator('.af-card[data-key="ca-fires"]')
    assert card.locator(".af-card-change").inner_text() == sentence


def test_the_newer_image_can_be_laid_over_the_older_one_with_the_keyboard(demo, visit):
    latest(demo, "ca-fires-chart", visit)
    slider = visit.page.get_by_role("slider")
    assert slider.get_attribute("aria-label").startswith("Lay v")
    slider.focus()
    before, after = visit.page.locator(".af-pictures img").all()
    assert before.bounding_box()["x"] < after.bounding_box()["x"]
    visit.page.keyboard.press("ArrowRight")
    assert before.bounding_box() == after.bounding_box()
    clip = "image => getComputedStyle(image).clipPath"
    assert after.evaluate(clip) == "inset(0px 0px 0px 51%)"
    visit.page.get_by_role("button", name="side by side").click()
    assert before.bounding_box()["x"] < after.bounding_box()["x"]
    assert after.evaluate(clip) == "none"
    visit.assert_clean()


def test_each_dot_of_a_chart_leads_to_its_version(demo, visit):
    visit.open(demo + "artifacts/ca-fires-chart/")
    dots = visit.page.locator(".af-chart a")
    assert dots.count() > 2
    visit.page.locator(".af-tip").first.wait_for(state="attached")
    name = dots.last.get_attribute("aria-label")
    with visit.page.expect_navigation():
        dots.last.locator("circle").click()
    assert visit.page.locator("h1 .af-version").inner_text() == name.partition(":")[0]
    visit.assert_clean()
