"""Hostile records in a real browser: nothing runs, nothing is fetched, nothing navigates."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from artifolio.website import rendering
from browser.hostility import disarm_sanitiser, make_hostile, pull_down_walls

pytestmark = pytest.mark.long

SPY = "window.fired = []; window.__p = number => window.fired.push(number);"

# Links that lead nowhere by right, and folds; others would leave the page.
TOUCH = """() => {
  for (const element of document.querySelectorAll(".af *")) {
    const isLink = element instanceof HTMLAnchorElement;
    const leads = isLink && /^(https?|mailto|file):/.test(element.href);
    for (const name of ["mouseover", "focus", "toggle"]) element.dispatchEvent(new Event(name));
    const reacts = element instanceof HTMLElement && element.matches("a, summary, [onclick]");
    if (!leads && reacts) element.click();
  }
}"""
TITLE = ".md-content article > .af > h1.af-title"
# What a request goes out by: the browser also tells of those to vbscript: and the like.
REACHING = ("http:", "https:", "ws:", "wss:", "ftp:", "file:")
# No policy of a page stops a refresh: only the sanitiser does.
REFRESHES = ("http-equiv=refresh",)


@pytest.fixture(scope="module")
def walled(tmp_path_factory):
    """The site as it is."""
    return make_hostile(tmp_path_factory.mktemp("walled"))


@pytest.fixture(scope="module")
def trusting(tmp_path_factory):
    """The site of a sanitiser that cleans nothing."""
    with pytest.MonkeyPatch.context() as patch:
        disarm_sanitiser(patch)
        return make_hostile(tmp_path_factory.mktemp("trusting"))


@pytest.fixture(scope="module")
def naive(tmp_path_factory):
    """The site without a wall but the policy."""
    with pytest.MonkeyPatch.context() as patch:
        pull_down_walls(patch)
        made = make_hostile(tmp_path_factory.mktemp("naive"))
    rendering.renderer_for.cache_clear()
    return made


@dataclass
class Seen:
    """What happened on some pages."""

    fired: dict[str, list[int]] = field(default_factory=dict)
    """Scripts that ran."""
    left: list[str] = field(default_factory=list)
    """Pages that led elsewhere by themselves."""
    asked: list[str] = field(default_factory=list)
    """What was asked of other hosts."""
    titles: dict[str, int] = field(default_factory=dict)
    """How many titles each page has where its one belongs."""


@pytest.fixture
def look(new_visit, serve_folder):
    """Opens pages and touches all that is on them."""

    def look_at(site: Path, pages: list[str]) -> Seen:
        visit, seen, base = new_visit(), Seen(), serve_folder(without_theme(site))
        visit.page.add_init_script(SPY)

        def note(request):
            reaches = request.url.startswith(REACHING) and not request.url.startswith(base)
            # What the policy holds back is told of as well, as failed.
            if reaches and "csp" not in str(request.failure).lower():
                seen.asked.append(request.url)

        # Not routed, for that would keep the browser from keeping what all pages share; it finds
        # no other host anyway.
        visit.page.on("requestfailed", note)
        visit.page.on("requestfinished", note)
        for place in pages:
            visit.page.goto(f"{base}{place}/")
            visit.page.evaluate(TOUCH)
            visit.page.wait_for_timeout(20)
            if numbers := visit.page.evaluate("window.fired || []"):
                seen.fired[place] = numbers
            if visit.page.url.partition("#")[0] != f"{base}{place}/":
                seen.left.append(place)
            seen.titles[place] = visit.page.locator(TITLE).count()
        return seen

    return look_at


def without_theme(site: Path) -> Path:
    """Return a copy without the theme's script and styles, which say nothing of records."""
    copy = site.with_name(f"{site.name}-still")
    ignored = shutil.ignore_patterns("bundle*", "main.*.css", "palette.*.css")
    return Path(shutil.copytree(site, copy, ignore=ignored, dirs_exist_ok=True))


def assert_nothing_happened(seen: Seen) -> None:
    assert (seen.fired, seen.left, seen.asked) == ({}, [], [])


def test_no_payload_runs_fetches_leaves_its_page_or_breaks_it(walled, look):
    pages = walled.pages()
    assert len(pages) > 200
    seen = look(walled.site, pages)
    assert_nothing_happened(seen)
    assert seen.titles == dict.fromkeys(pages, 1)


def test_no_payload_does_so_without_the_policy(walled, look):
    assert_nothing_happened(look(walled.without_policy().site, walled.pages()))


def test_no_payload_does_so_though_the_sanitiser_cleans_nothing(trusting, look):
    assert_nothing_happened(look(trusting.site, trusting.pages()))


def test_the_policy_alone_holds_against_scripts_and_requests(naive, look):
    pages = [
        f"artifacts/{key}"
        for key, payload in naive.keys.items()
        if not any(refresh in payload.text for refresh in REFRESHES)
    ]
    present = [page for page in pages if (naive.site / page).is_dir()]
    assert_nothing_happened(look(naive.site, present))


def test_without_any_wall_at_least_a_third_of_the_scripts_run(naive, look):
    scripts = [
        f"artifacts/{key}"
        for key, payload in naive.keys.items()
        if "__p(" in payload.text and payload.kind in ("html", "md", "text", "cell", "field")
    ]
    present = [page for page in scripts if (naive.site / page).is_dir()]
    seen = look(naive.without_policy().site, present)
    assert len(seen.fired) >= len(scripts) / 3


def test_no_payload_runs_in_what_the_search_shows(walled, new_visit, serve_folder):
    visit = new_visit()
    visit.page.add_init_script(SPY)
    # The home page has no policy.
    visit.open(serve_folder(walled.site), settle=True)
    box = visit.page.locator("input.md-search__input")
    box.click()
    for words in ("findme", "onerror", "click", "payload"):
        box.fill("")
        box.press_sequentially(words)
        visit.page.locator(".md-search-result__link").first.wait_for()
        visit.page.wait_for_timeout(200)
    assert visit.page.evaluate("window.fired") == []
    assert visit.foreign == []


def test_the_spy_would_notice_a_script(new_visit):
    visit = new_visit()
    visit.page.add_init_script(SPY)
    visit.page.goto("about:blank")
    visit.page.set_content("<img src=x onerror=__p(1)>")
    visit.page.wait_for_function("window.fired.length > 0")
