"""Charts under the pointer and by keyboard."""

from __future__ import annotations

import pytest


@pytest.fixture
def chart(demo, new_visit):
    """The first chart of the demo's table of fires, where the reader is east of Greenwich."""
    visit = new_visit(timezone_id="Asia/Tokyo", locale="en-GB")
    visit.open(demo + "artifacts/ca-fires/", settle=True)
    figure = visit.page.locator(".af-chart").first
    figure.locator(".af-tip").wait_for(state="attached")
    yield figure
    visit.assert_clean()


def test_the_pointer_shows_the_nearest_value_with_its_time_in_the_readers_zone(chart):
    tip = chart.locator(".af-tip")
    assert not tip.is_visible()
    dots = chart.locator("svg a")
    first, last = dots.first, dots.last
    chart.scroll_into_view_if_needed()
    box = chart.locator("svg").bounding_box()
    chart.page.mouse.move(box["x"] + 3, box["y"] + box["height"] - 3)
    assert tip.inner_text() == first.get_attribute("aria-label")
    chart.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 3)
    assert tip.inner_text() == last.get_attribute("aria-label")
    assert tip.inner_text().startswith("v")
    assert "UTC" not in tip.inner_text()
    chart.page.mouse.move(0, 0)
    assert not tip.is_visible()


def test_the_arrow_keys_walk_along_the_dots_and_enter_opens_one(chart):
    last = chart.locator("svg a").last
    last.focus()
    chart.page.keyboard.press("ArrowLeft")
    before = chart.locator("svg a").nth(-2)
    assert chart.locator(".af-tip").inner_text() == before.get_attribute("aria-label")
    version = before.get_attribute("aria-label").partition(":")[0]
    with chart.page.expect_navigation():
        chart.page.keyboard.press("Enter")
    assert version in chart.page.locator("h1").inner_text()


def test_without_javascript_each_dot_has_its_words(demo, new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.open(demo + "artifacts/ca-fires/")
    titles = visit.page.locator(".af-chart svg a title").all_text_contents()
    assert titles
    assert all(title.startswith("v") and title.endswith(" UTC") for title in titles)
