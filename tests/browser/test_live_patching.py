"""What is swapped into an open page makes it the page that would have been loaded."""

from __future__ import annotations

import random
from html import escape
from pathlib import Path

import pytest

from artifolio.bodies import Markdown, Progress
from artifolio.server import live
from artifolio.store import Store
from browser.conftest import build_project
from samples import make_record, put_record
from website.projects import write_project

SCRIPT = (Path(live.__file__).parent / "assets" / "patching.js").read_text()
# Makes each page of the one before it, and gives what is not as it should be.
WALK = """pages => {
  const parsed = text => new DOMParser().parseFromString(text, "text/html");
  const part = page => parsed(page).querySelector(".af");
  const own = document.importNode(part(pages[0]), true);
  document.body.replaceChildren(own);
  let memory = artifolioPatching.remember(own);
  const wrong = [];
  pages.forEach((page, number) => {
    memory = artifolioPatching.patch(memory, part(page), []);
    const found = document.body.firstElementChild;
    if (!found.isEqualNode(part(page))) wrong.push([number, found.outerHTML, page]);
  });
  return wrong;
}"""
# The same, with scripts that put things of their own between what was served.
DISTURBED = """pages => {
  const parsed = text => new DOMParser().parseFromString(text, "text/html");
  const part = page => parsed(page).querySelector(".af");
  const own = document.importNode(part(pages[0]), true);
  document.body.replaceChildren(own);
  let memory = artifolioPatching.remember(own);
  const wrong = [];
  pages.forEach((page, number) => {
    for (const element of own.querySelectorAll("li, p, b")) {
      const more = Object.assign(document.createElement("hr"), { className: "x" });
      element[number % 2 ? "before" : "append"](more);
    }
    memory = artifolioPatching.patch(memory, part(page), []);
    const left = own.cloneNode(true);
    for (const element of left.querySelectorAll("hr.x")) element.remove();
    left.normalize();
    if (!left.isEqualNode(part(page))) wrong.push([number, left.outerHTML, page]);
  });
  return wrong;
}"""


@pytest.fixture
def page(visit):
    visit.page.goto("about:blank")
    visit.page.add_script_tag(content=SCRIPT)
    return visit.page


def tree(chance: random.Random, depth: int = 0) -> str:
    """Return elements with names, keys, attributes and texts that come and go and change places."""
    parts = []
    for _ in range(chance.randrange(6)):
        if depth == 4 or chance.random() < 0.3:
            parts.append(escape(chance.choice(["a", "b & c", " ", "\n", "d"])))
            continue
        name = chance.choice(["p", "ul", "li", "b", "section"])
        attributes = "".join(
            f' {attribute}="{chance.choice(["1", "2", "3 4"])}"'
            for attribute in ("class", "title", "data-key", "id")
            if chance.random() < 0.3
        )
        # A paragraph holds no other; browsers would close it.
        inner = "x" if name == "p" else tree(chance, depth + 1)
        link = f'<a href="{chance.choice("123")}">v</a>' if name == "li" else ""
        parts.append(f"<{name}{attributes}>{link}{inner}</{name}>")
    return "".join(parts)


def walk_of(seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f'<div class="af">{tree(chance)}</div>' for _ in range(12)]


@pytest.mark.parametrize("seed", range(40))
def test_any_page_can_be_made_of_any_other(page, seed):
    assert page.evaluate(WALK, walk_of(seed)) == []


@pytest.mark.parametrize("seed", range(40))
def test_what_scripts_put_between_does_no_harm_and_is_left(page, seed):
    assert page.evaluate(DISTURBED, walk_of(seed)) == []


def test_the_pages_of_records_follow_any_change(page, tmp_path):
    write_project(tmp_path)
    store = Store(tmp_path / "artifacts")
    steps = [
        lambda: None,
        lambda: put_record(store, make_record(Markdown("# Fourth\n\n- a\n- b\n"), "loss", 90)),
        lambda: put_record(store, make_record(Progress(80.0), "import", 91)),
        lambda: store.delete(store.scan("loss").entries[1]),
        lambda: put_record(store, make_record(Markdown("Fifth"), "new-one", 92, tags=("x",))),
        lambda: store.delete(store.scan("model").entries[0]),
    ]
    found: dict[str, list[str]] = {"artifacts/loss": [], "artifacts": [], "artifacts/import": []}
    for step in steps:
        step()
        site = build_project(tmp_path)
        for name, pages in found.items():
            pages.append((site / name / "index.html").read_text())
    assert {name: page.evaluate(WALK, pages) for name, pages in found.items()} == {
        name: [] for name in found
    }
