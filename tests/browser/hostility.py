"""A site of hostile records, built with all walls, or with some of them pulled down."""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from artifolio import (
    ArtifolioError,
    Store,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from artifolio.website import commonmark, markup, rendering
from browser.conftest import REPOSITORY, build_project
from payloads import Payload, payloads

KINDS = ("html", "md", "link", "text", "cell", "col", "gen", "search", "csv", "field")
# In one version; all that there are make no more versions than have a page.
COMPARED = 8
# Megabytes of one letter say nothing about a browser.
LONGEST = 100_000
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@dataclass(frozen=True)
class Hostile:
    """A built site and what is in it."""

    site: Path
    keys: dict[str, Payload]
    """By the key that each was published under."""

    def pages(self) -> list[str]:
        """Return the pages of all keys, and of versions that were compared."""
        places = ("artifacts/*/index.html", "artifacts/changed-*/*/index.html")
        found = [page for place in places for page in self.site.glob(place)]
        return sorted(page.parent.relative_to(self.site).as_posix() for page in found)

    def without_policy(self) -> Hostile:
        """Return a copy of the site without the Content-Security-Policy."""
        copy = self.site.with_name(f"{self.site.name}-open")
        shutil.copytree(self.site, copy)
        stripped = 0
        for page in copy.rglob("*.html"):
            text, count = POLICY.subn("", page.read_text("utf-8"))
            stripped += count
            page.write_text(text, "utf-8")
        assert stripped > len(self.keys)
        return Hostile(copy, self.keys)


def make_hostile(project: Path) -> Hostile:
    """Publish all payloads that a page may show, and build the site of this repository's look."""
    text = (REPOSITORY / "mkdocs.yml").read_text()
    start, end = text.index("nav:"), text.index("# One page for every version")
    (project / "mkdocs.yml").write_text(text[:start] + text[end:])
    (project / "site_src").mkdir()
    (project / "site_src" / "index.md").write_text("# Home\n")
    store = Store(project / "artifacts")
    inputs = [
        payload
        for payload in payloads(*KINDS)
        if isinstance(payload.content, str) and len(payload.text) < LONGEST
    ]
    keys = {f"payload-{number:03d}": payload for number, payload in enumerate(inputs)}
    for key, payload in keys.items():
        publish(payload, key, store)
    publish_changes([payload.text for payload in inputs if len(payload.text) < 10_000], store)
    return Hostile(build_project(project), keys)


def publish(payload: Payload, key: str, store: Store) -> None:
    """Publish a payload where it belongs; what the SDK refuses reaches no page."""
    text = payload.text
    words = {"key": key, "description": text, "tags": [text], "store": store}
    create: Callable[[], object] = {
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


def disarm_sanitiser(patch: pytest.MonkeyPatch) -> None:
    """Let the sanitiser give back whatever it is given."""
    patch.setattr(markup.nh3, "clean", lambda text, **_: text)


def pull_down_walls(patch: pytest.MonkeyPatch) -> None:
    """Make pages as the simplest program would: raw HTML stays, and nothing is escaped."""
    patch.setattr(commonmark, "_EXTENSIONS", ())
    patch.setattr(rendering, "render_markdown", lambda text, *_, **__: commonmark.to_html(text))
    patch.setattr(rendering, "_finalize", lambda value: value)
    environment = rendering.Environment
    naive = functools.partial(environment, autoescape=False)
    patch.setattr(
        rendering, "Environment", lambda **options: naive(**{**options, "autoescape": False})
    )
    rendering.renderer_for.cache_clear()
