"""Markdown in a real browser: links within it, and what is drawn where the site has the scripts."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import expect

from artifolio import Store, create_markdown_artifact
from tests.browser.conftest import REPOSITORY, build_project
from tests.browser.test_payloads import SPY
from tests.payloads import payloads

LIBRARIES = """\
      mermaid: scripts/mermaid.min.js
      math: scripts/katex.min.js
"""
DIAGRAMS = {
    "flow": "graph LR\n  A[Fetch] --> B{Enough?}\n  B -->|yes| C[Train]",
    "sequence": "sequenceDiagram\n  Alice->>Bob: Hello\n  Bob-->>Alice: Hi",
    "state": "stateDiagram-v2\n  [*] --> Still\n  Still --> [*]",
    "gantt": "gantt\n  dateFormat YYYY-MM-DD\n  section A\n  task :a1, 2026-01-01, 3d",
    "pie": 'pie title Pets\n  "Dogs" : 386\n  "Cats" : 85',
}
REPORT = """
    # Report

    [the code](#code), [the note](#notes--more) and a word[^n].

    Euler: $e^{i\\pi} + 1 = 0$, for $5 or $6.

    $$
    \\frac{a_1 * b_1}{c_2} \\\\ d
    $$

    ```math
    x^2
    ```

    ```mermaid
    graph LR
      A[Fetch] --> B[Train]
    ```

    ```mermaid
    this is no diagram
    ```

    > [!WARNING]
    > Look.

    ## Code

    ```python
    def long_name(first, second, third, fourth, fifth, sixth, seventh, eighth): return None
    ```

    | a | bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb | cccccccccccccccccccccccccccccccccccc |
    |---|---|---|
    | 1 | 2 | 3 |

    {filling}

    ## Notes & more

    [^n]: The note.
""".replace("{filling}", "\n\n    ".join(["A paragraph."] * 60))
# What libraries were or could be fooled by.
HOSTILE = {
    "callback": 'graph TD\n  A["x"]\n  click A call __p(1)\n  click A __p',
    "address": 'graph TD\n  A["x"]\n  click A "javascript:__p(2)"',
    "elsewhere": 'graph TD\n  A["x"]\n  click A "http://evil.example/" _self',
    "label": 'graph TD\n  A["<img src=x onerror=__p(3)>"] -->|"<svg onload=__p(4)>"| B',
    "loose": '%%{init: {"securityLevel": "loose"}}%%\ngraph TD\n  A["<img src=x onerror=__p(5)>"]',
    "matter": "---\nconfig:\n  securityLevel: loose\n  htmlLabels: true\n---\ngraph TD\n"
    '  A["<img src=x onerror=__p(6)>"]\n  click A call __p(7)',
    "style": "graph TD\n  A --> B\n  style A fill:url(http://evil.example/a)\n"
    "  classDef c background:url(http://evil.example/b)\n  class A c",
    "theme": '%%{init: {"themeCSS": "} body{background:url(http://evil.example/c)} @import '
    '\'http://evil.example/d\'", "fontFamily": "x} *{background:url(http://evil.example/e)"}}%%'
    "\ngraph TD\n  A --> B",
    "image": 'graph TD\n  A@{ img: "http://evil.example/f.png", label: "x" }',
    "icon": 'graph TD\n  A@{ icon: "http://evil.example/g", label: "x" }',
    "note": "sequenceDiagram\n  Alice->>Bob: <img src=x onerror=__p(8)>\n"
    '  links Alice: {"x": "javascript:__p(9)", "y": "http://evil.example/h"}',
    "section": "gantt\n  dateFormat YYYY-MM-DD\n  section <img src=x onerror=__p(10)>\n"
    '  x :a1, 2026-01-01, 3d\n  click a1 call __p(11)\n  click a1 href "javascript:__p(12)"',
    "class": 'classDiagram\n  class A["<img src=x onerror=__p(13)>"]\n'
    '  callback A "__p"\n  link A "javascript:__p(14)"',
    "math": 'graph TD\n  A["$$\\href{javascript:__p(15)}{x}$$"]',
}
FORMULAS = [
    r"\href{javascript:__p(20)}{x}",
    r"\url{javascript:__p(21)}",
    r"\includegraphics{http://evil.example/i.png}",
    r"\htmlData{x=y}{z} \htmlStyle{background:url(http://evil.example/j)}{z}",
    r"\htmlId{__search}{x} \htmlClass{md-search}{x}",
    r"\text{<img src=x onerror=__p(22)>}",
    r"\def\a{\a\a}\a",
    r"\rule{1000000em}{1000000em}",
    r"\unknown{",
]
# The others have nothing that is drawn.
DRAWN_PAYLOADS = [
    payload
    for payload in payloads("md", "html")
    if len(payload.text) < 20_000 and ("$" in payload.text or "```" in payload.text)
]


@pytest.fixture(scope="module")
def libraries() -> ModuleType:
    spec = importlib.util.spec_from_file_location("npm", REPOSITORY / "tools" / "npm.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    # Dataclasses look there for their module.
    sys.modules["npm"] = tool
    spec.loader.exec_module(tool)
    return tool


def make_project(folder: Path, options: str) -> Store:
    text = (REPOSITORY / "mkdocs.yml").read_text()
    start, end = text.index("nav:"), text.index("# One page for every version")
    text = (text[:start] + text[end:]).replace("      policy: all\n", options)
    (folder / "site_src" / "scripts").mkdir(parents=True)
    (folder / "site_src" / "index.md").write_text("# Home\n")
    (folder / "mkdocs.yml").write_text(text)
    return Store(folder / "artifacts")


@pytest.fixture(scope="module")
def drawn_site(tmp_path_factory, libraries) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    store = make_project(folder, LIBRARIES)
    scripts = folder / "site_src" / "scripts"
    for name in libraries.PACKAGES.keys() & {"mermaid", "katex"}:
        package = libraries.find_package(name)
        assert package is not None, f"no {name}: run 'make browser' first"
        shutil.copytree(package / "dist", scripts, dirs_exist_ok=True)
    create_markdown_artifact(REPORT, key="report", description=REPORT, store=store)
    blocks = "\n\n".join(f"```mermaid\n{text}\n```" for text in DIAGRAMS.values())
    create_markdown_artifact(blocks, key="diagrams", store=store)
    for name, text in HOSTILE.items():
        create_markdown_artifact(f"```mermaid\n{text}\n```", key=f"hostile-{name}", store=store)
    formulas = "\n\n".join(f"${text}$\n\n```math\n{text}\n```" for text in FORMULAS)
    create_markdown_artifact(formulas, key="hostile-formulas", store=store)
    for payload in DRAWN_PAYLOADS:
        create_markdown_artifact(payload.text, key=f"payload-{payload.id}", store=store)
    return build_project(folder)


@pytest.fixture(scope="module")
def drawn(drawn_site, serve_folder) -> str:
    return serve_folder(drawn_site)


@pytest.fixture(scope="module")
def unguarded(drawn_site, tmp_path_factory, serve_folder) -> str:
    """The same without the policy, so that what is behind it has to hold."""
    site = tmp_path_factory.mktemp("unguarded") / "site"
    shutil.copytree(drawn_site, site)
    for page in site.glob("artifacts/*/index.html"):
        page.write_text(re.sub(r"<meta http-equiv=[^>]*>", "", page.read_text()))
    return serve_folder(site)


@pytest.fixture(scope="module")
def plain(tmp_path_factory, serve_folder) -> str:
    folder = tmp_path_factory.mktemp("plain")
    store = make_project(folder, "      policy: all\n")
    create_markdown_artifact(REPORT, key="report", description=REPORT, store=store)
    return serve_folder(build_project(folder))


def test_links_lead_within_their_own_text(plain, visit):
    visit.open(f"{plain}artifacts/report/")
    body = visit.page.locator(".af-markdown")
    heading = body.get_by_role("heading", name="Notes & more")
    expect(heading).not_to_be_in_viewport()
    body.get_by_role("link", name="the note", exact=True).click()
    assert visit.page.url.endswith("#user-content-body-notes--more")
    expect(heading).to_be_in_viewport()
    visit.assert_clean()


def test_a_footnote_leads_to_its_reference_and_back(plain, visit):
    visit.open(f"{plain}artifacts/report/")
    description = visit.page.locator(".af-description")
    description.locator("sup a").click()
    assert visit.page.url.endswith("#user-content-description-fn-n")
    description.get_by_role("link", name="Back to reference 1").click()
    assert visit.page.url.endswith("#user-content-description-fnref-n")


def test_what_is_not_drawn_is_readable_and_loads_nothing(plain, visit):
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open(f"{plain}artifacts/report/", settle=True)
    assert "A[Fetch] --> B[Train]" in visit.page.locator(".af-markdown").inner_text()
    assert "$e^{i\\pi} + 1 = 0$" in visit.page.locator(".af-markdown").inner_text()
    assert [url for url in asked if "drawing.js" in url] == []
    visit.assert_clean()


def test_formulas_are_set(drawn, visit):
    visit.open(f"{drawn}artifacts/report/", settle=True)
    body = visit.page.locator(".af-markdown")
    body.locator("span.af-math .katex").first.wait_for()
    assert body.locator(".af-math").count() == 3
    assert body.locator(".af-math--display .katex-display").count() == 2
    assert body.locator(".katex-error").count() == 0
    assert "for $5 or $6." in body.inner_text()
    visit.assert_clean()


def test_diagrams_are_drawn_and_what_is_none_stays_code(drawn, visit):
    visit.open(f"{drawn}artifacts/report/", settle=True)
    body = visit.page.locator(".af-markdown")
    body.locator(".af-drawn svg").wait_for()
    assert body.locator(".af-drawn svg").count() == 1
    assert body.get_by_text("this is no diagram").is_visible()
    body.get_by_text("Source of the diagram").click()
    assert body.get_by_text("A[Fetch] --> B[Train]").is_visible()
    visit.assert_clean()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_kind_of_diagram_runs_under_the_policy(drawn, new_visit, colours):
    visit = new_visit(color_scheme=colours)
    visit.open(f"{drawn}artifacts/diagrams/", settle=True)
    visit.page.locator(".af-drawn svg").nth(len(DIAGRAMS) - 1).wait_for()
    visit.assert_clean()


def test_a_page_is_complete_without_javascript(drawn, new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.open(f"{drawn}artifacts/report/")
    text = visit.page.locator(".af-markdown").inner_text()
    assert "A[Fetch] --> B[Train]" in text
    assert "$e^{i\\pi} + 1 = 0$" in text


@pytest.mark.parametrize("site", ["plain", "drawn"])
def test_a_phone_shows_a_report_without_scrolling_sideways(request, new_visit, site):
    visit = new_visit(viewport={"width": 360, "height": 740})
    visit.open(f"{request.getfixturevalue(site)}artifacts/report/", settle=True)
    width = visit.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


HOSTILE_PAGES = [
    *(f"hostile-{name}" for name in HOSTILE),
    "hostile-formulas",
    *(f"payload-{payload.id}" for payload in DRAWN_PAYLOADS),
]


@pytest.mark.parametrize("site", ["drawn", "unguarded"])
@pytest.mark.parametrize("key", HOSTILE_PAGES)
def test_nothing_that_is_drawn_runs_fetches_or_leaves_the_page(request, visit, site, key):
    visit.page.add_init_script(SPY)
    address = f"{request.getfixturevalue(site)}artifacts/{key}/"
    visit.open(address, settle=True)
    visit.page.wait_for_timeout(200)
    clickable = ".af-drawn :is(a, .clickable, .node, .task, text), .katex a"
    visit.page.evaluate(
        """(selector) => {
          for (const element of document.querySelectorAll(selector))
            element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
        }""",
        clickable,
    )
    visit.page.wait_for_timeout(50)
    assert visit.page.evaluate("window.fired") == []
    assert visit.foreign == []
    assert visit.page.url.partition("#")[0] == address
    assert visit.page.locator("h1.af-title").count() == 1
