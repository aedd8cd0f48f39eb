"""Hand-written pages, and all else for which the theme's templates are needed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from artifolio.website.engine import wholes
from artifolio.website.engine.blocks import Block, entry_to_json, search_entries
from artifolio.website.engine.fingerprint import digest_of
from artifolio.website.engine.shells import SAMPLE_BLOCK, Shape, Shell, read_source
from artifolio.website.engine.sources import is_owned
from artifolio.website.engine.workshop import Converted, Workshop, repeat, theme_assets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page


class Rendered(NamedTuple):
    """A finished page."""

    content: bytes
    """Empty if the page is none, as MkDocs skips it then."""
    entries: tuple[str, ...]
    """For the search index, as JSON."""


class Handwork:
    """Makes pages with the theme's templates, and keeps what was converted between updates.

    Args:
        config: Fresh; its plugins have not seen it yet.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        config.plugins.on_startup(command="build", dirty=False)
        self._config = config.plugins.on_config(config)
        self._env = config.theme.get_env()
        self._search: Any = next(
            (plugin for name, plugin in config.plugins.items() if name.endswith("search")), None
        )
        self._converted: dict[str, Converted] = {}
        self._workshop: Workshop | None = None

    def theme_assets(self) -> dict[str, str]:
        """Return the files that come from the theme: folders by path below them."""
        return theme_assets(self._config, self._env)

    def empty_index(self) -> str:
        """Return the search index of a site without pages; empty if the site has none."""
        if self._search is None or not self._search.config.enabled:
            return ""
        self._search.search_index.entries = []
        return str(self._search.search_index.generate_search_index(None))

    def open(
        self,
        names: Iterable[str],
        stale: Iterable[str],
        titles: Mapping[str, str | None],
        folder_of: Callable[[str], str | None],
    ) -> None:
        """Look at the hand-written part of the site as it is now.

        Args:
            names: Pages, generated ones of the navigation included, in MkDocs' order.
            stale: Those of them that are to be converted again.
            titles: What the first headings of the others say.
            folder_of: Tells the folder in which any other file of the site lies, by its path.

        Raises:
            Exception: Whatever MkDocs or an extension raises when it converts a page.
        """
        names, stale = list(names), set(stale)
        known = {
            name: converted
            for name, converted in self._converted.items()
            if name in names and name not in stale and not is_owned(name)
        }
        shop = Workshop(self._config, self._env, names, folder_of, known)
        for name in shop.pages:
            if name in stale:
                shop.convert(name)
            elif name not in known:
                shop.look_at(name, titles.get(name))
        self._converted = {
            name: shop.converted[name] for name in shop.pages if name in known or name in stale
        }
        self._workshop = shop

    @property
    def _shop(self) -> Workshop:
        if self._workshop is None:
            raise RuntimeError("open() comes first")
        return self._workshop

    def nav(self) -> str:
        """Return a text that differs wherever the navigation does."""
        return digest_of(*(repr(facts) for facts in self._shop.nav_facts()))

    def converted(self, name: str) -> Converted:
        """Return what became of a hand-written page, which is converted if it has not been."""
        if name not in self._converted or is_owned(name):
            self._converted[name] = self._shop.convert(name)
        return self._converted[name]

    def render(self, name: str) -> Rendered:
        """Finish a page of the navigation or a hand-written one."""
        self.converted(name)
        return self._render(self._shop.pages[name])

    def render_stray(self, name: str) -> Rendered:
        """Finish a generated page that is not in the navigation, all the ordinary way."""
        return self._render(self._shop.stray_page(name))

    def error_page(self, name: str) -> bytes:
        """Return a finished template of the theme that is no page; empty if MkDocs skips it."""
        output = self._shop.render_template(name)
        return output.encode() if output.strip() else b""

    def sitemap(self) -> str | None:
        """Return what sitemaps are made of, as `wholes.cut_sitemap`."""
        return wholes.cut_sitemap(lambda pages: self._shop.render_template(wholes.SITEMAP, pages))

    def make_shell(self, shape: Shape, samples: Iterable[Block], docs_dir: Path) -> Shell | None:
        """Make a shell, and compare it with the ordinary way.

        Args:
            shape: Of the pages that it is for.
            samples: Some real pages of that shape.
            docs_dir: Where they are.

        Returns:
            None if a shell would not do.
        """
        shop = self._shop
        page = (
            shop.pages[shape.page] if shape.page else shop.sample_page(shape.sample, shape.matter)
        )
        kept, page.content = page.content, SAMPLE_BLOCK
        try:
            shell = Shell.cut(self._render(page).content.decode())
        finally:
            page.content = kept
        for block in samples:
            source = read_source((docs_dir / block.name).read_bytes())
            if source is None or shell is None:
                return None
            ordinary = self.render(block.name) if shape.page else self.render_stray(block.name)
            entries = search_entries(block, source) if shape.searchable and self._search else ()
            if ordinary != (shell.fill(block.name, source), entries):
                return None
        return shell

    def _render(self, page: Page) -> Rendered:
        if self._search is not None and self._search.config.enabled:
            self._search.search_index.entries = []
        output = self._shop.render_page(page)
        entries: tuple[str, ...] = ()
        if self._search is not None and self._search.config.enabled:
            entries = tuple(map(entry_to_json, self._search.search_index.entries))
        content = output.encode("utf-8", "xmlcharrefreplace") if output.strip() else b""
        return Rendered(content, entries)


def facts_of(converted: Converted) -> dict[str, Any]:
    """Return what is remembered of a page that was converted."""
    return {
        "title": converted.title,
        "asked": sorted(converted.asked),
        "anchors": sorted(converted.anchors),
        "links": converted.links,
        "messages": converted.messages,
    }


def tell(pages: Mapping[str, Mapping[str, Any]], config: MkDocsConfig, docs_dir: Path) -> None:
    """Log what MkDocs has to say of hand-written pages, whether they were converted now or before.

    Args:
        pages: What is remembered of each, by path, in MkDocs' order.
        config: Tells how grave what is.
        docs_dir: Where they are.
    """
    log = logging.getLogger("mkdocs.structure.pages")
    for facts in pages.values():
        repeat((level, text) for level, text in facts["messages"])
    level = config.validation.links.anchors
    for name, facts in pages.items():
        for target, links in facts["links"].items():
            anchors = _anchors_of(target, pages, docs_dir)
            for anchor, link in links.items():
                if anchors is None or anchor in anchors:
                    continue
                problem = f"the doc '{target}' does not contain an anchor '#{anchor}'."
                if target == name:
                    problem = "there is no such anchor on this page."
                    if anchor.startswith("fnref:"):
                        problem += " This seems to be a footnote that is never referenced."
                log.log(level, f"Doc file '{name}' contains a link '{link}', but {problem}")


def _anchors_of(
    target: str, pages: Mapping[str, Mapping[str, Any]], docs_dir: Path
) -> frozenset[str] | None:
    if target in pages:
        return frozenset(pages[target]["anchors"])
    if not is_owned(target) or not target.endswith(".md"):
        return None
    from mkdocs.structure.pages import _HTMLHandler

    handler = _HTMLHandler()
    handler.feed((docs_dir / target).read_text("utf-8", "replace"))
    handler.close()
    return frozenset(handler.present_anchor_ids)
