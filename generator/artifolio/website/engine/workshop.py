"""Makes pages the ordinary way: MkDocs' own steps, for as few pages as need be."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from mkdocs.commands.build import _build_template, _populate_page, get_context
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents
from mkdocs.utils import meta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation

# What the theme shows of a page on other pages, besides its title.
_NAV_FIELDS = ("icon", "status", "subtitle")


@dataclass
class Converted:
    """What became of a page's source, and what it depended on."""

    meta: Mapping[str, Any]
    title: str | None
    """What its first heading says, which counts where nothing else names the page."""
    markdown: str = ""
    content: str = ""
    toc: TableOfContents = field(default_factory=lambda: TableOfContents([]))
    asked: frozenset[str] = frozenset()
    """Every path that a link might have meant, whether it was there or not."""
    anchors: frozenset[str] = frozenset()
    """What links may lead to on it."""
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By page that it links to, by anchor there: the link as it stands in the source."""
    messages: tuple[tuple[int, str], ...] = ()
    """What MkDocs had to say of it, each with its level."""


class TrackedFiles(Files):
    """Files that note what they are asked for, and make those that are seldom asked for.

    Args:
        files: The hand-written part of the site.
        folder_of: Tells the folder in which any other file of the site lies, by its path.
        config: Where the site is put.
    """

    def __init__(
        self, files: Iterable[File], folder_of: Callable[[str], str | None], config: MkDocsConfig
    ) -> None:
        super().__init__(files)
        self.asked: set[str] = set()
        self._folder_of = folder_of
        self._config = config
        self._made: dict[str, File | None] = {}

    def get_file_from_path(self, path: str) -> File | None:
        """Return the file of that path, wherever it comes from."""
        name = PurePath(path).as_posix()
        self.asked.add(name)
        found = self._src_uris.get(name)
        if found is None:
            if name not in self._made:
                folder = self._folder_of(name)
                self._made[name] = None if folder is None else _file(name, self._config, folder)
                if made := self._made[name]:
                    set_exclusions([made], self._config)
            found = self._made[name]
        return found


class Workshop:
    """One state of the hand-written part of a site, and its navigation.

    Args:
        config: After ``on_config``.
        env: The theme's templates.
        names: The pages and other files that are not made by the fast way, in MkDocs' order.
        folder_of: Tells the folder in which any other file of the site lies, by its path.
        known: What is known of pages that have not changed.
    """

    def __init__(
        self,
        config: MkDocsConfig,
        env: Any,
        names: Iterable[str],
        folder_of: Callable[[str], str | None],
        known: Mapping[str, Converted],
    ) -> None:
        self._config = config
        self._env = env
        own = [_file(name, config, config.docs_dir) for name in names]
        set_exclusions(own, config)
        self._files = files = TrackedFiles(own, folder_of, config)
        config.plugins.on_files(files, config=config)
        navigation = get_navigation(files, config)
        self.nav: Navigation = config.plugins.on_nav(navigation, config=config, files=files)
        self.converted: dict[str, Converted] = {}
        self.pages: dict[str, Page] = {}
        for file in files.documentation_pages():
            page = file.page or Page(None, file, config)
            self.pages[file.src_uri] = page
            if file.src_uri in known:
                self._restore(page, known[file.src_uri])

    def convert(self, name: str) -> Converted:
        """Read a page's source and convert it.

        Raises:
            Exception: Whatever MkDocs or an extension raises.
        """
        page = self.pages[name]
        self._files.asked = set()
        with _listening() as messages:
            _populate_page(page, self._config, self._files)
        links = page.links_to_anchors or {}
        converted = Converted(
            meta=page.meta,
            title=page._title_from_render,
            markdown=page.markdown or "",
            content=page.content or "",
            toc=page.toc,
            asked=frozenset(self._files.asked),
            anchors=frozenset(page.present_anchor_ids or ()),
            links={file.src_uri: dict(found) for file, found in links.items()},
            messages=tuple(messages),
        )
        self.converted[name] = converted
        return converted

    def look_at(self, name: str, title: str | None) -> None:
        """Learn of a page that has not changed what others show of it.

        Args:
            name: Its path.
            title: What its first heading said when it was converted.
        """
        page = self.pages[name]
        _, matter = meta.get_data(page.file.content_string)
        self._restore(page, Converted(matter, title))

    def render(self, name: str) -> str:
        """Return the finished page of a source that was converted."""
        return self.render_page(self.pages[name])

    def stray_page(self, name: str) -> Page:
        """Return a page that is not among those of the navigation, converted."""
        page = Page(None, _file(name, self._config, self._config.docs_dir), self._config)
        page.file.inclusion = InclusionLevel.NOT_IN_NAV
        _populate_page(page, self._config, self._files)
        return page

    def sample_page(self, name: str, matter: Mapping[str, Any]) -> Page:
        """Return a page as it would be, had a file of that name such a front matter."""
        page = Page(None, _file(name, self._config, self._config.docs_dir), self._config)
        page.file.inclusion = InclusionLevel.NOT_IN_NAV
        page.markdown, page.meta, page.content = "", dict(matter), ""
        return page

    def render_page(self, page: Page) -> str:
        """Do with a page what MkDocs' ``_build_page`` does, but write it."""
        config = self._config
        content = page.content
        config._current_page = page
        page.active = True
        try:
            context = get_context(self.nav, [], config, page)
            template = self._env.get_template(page.meta.get("template", "main.html"))
            context = config.plugins.on_page_context(
                context, page=page, config=config, nav=self.nav
            )
            output = template.render(context)
            return str(config.plugins.on_post_page(output, page=page, config=config))
        finally:
            page.active = False
            page.content = content
            config._current_page = None

    def render_template(self, name: str, pages: Iterable[object] = ()) -> str:
        """Return a finished template of the theme.

        Args:
            name: As ``404.html``.
            pages: What it takes for all pages of the site.
        """
        template = self._env.get_template(name)
        files: Any = list(pages)
        return _build_template(name, template, files, self._config, self.nav)

    def nav_facts(self) -> Iterator[tuple[object, ...]]:
        """Give what all pages may show of each of these, which makes the navigation."""
        yield from _facts_of(self.nav.items)

    def _restore(self, page: Page, converted: Converted) -> None:
        page.markdown, page.meta = converted.markdown, dict(converted.meta)
        page.content, page.toc = converted.content, converted.toc
        page._title_from_render = converted.title
        self.converted[page.file.src_uri] = converted


def _facts_of(items: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    for item in items:
        if isinstance(item, Page):
            fields = [str(item.meta.get(field)) for field in _NAV_FIELDS]
            yield item.file.src_uri, str(item.title), *fields
        else:
            yield type(item).__name__, str(item.title), getattr(item, "url", None)
            yield from _facts_of(item.children or ())
            yield ()


def theme_assets(config: MkDocsConfig, env: Any) -> dict[str, str]:
    """Return the files that MkDocs copies from the theme: folders by path below them."""
    files = Files([])
    files.add_files_from_theme(env, config)
    set_exclusions(files, config)
    return {
        file.src_uri: file.src_dir
        for file in files
        if file.src_dir and file.inclusion.value > InclusionLevel.DRAFT.value
    }


@contextmanager
def _listening() -> Iterator[list[tuple[int, str]]]:
    """Take what MkDocs logs meanwhile, instead of whoever takes it else; an error is passed on."""
    messages: list[tuple[int, str]] = []
    logger = logging.getLogger("mkdocs")
    before, propagates = logger.handlers[:], logger.propagate
    logger.handlers[:], logger.propagate = [_Listener(messages)], False
    try:
        yield messages
    except BaseException:
        logger.handlers[:], logger.propagate = before, propagates
        repeat(messages)
        raise
    finally:
        logger.handlers[:], logger.propagate = before, propagates


def repeat(messages: Iterable[tuple[int, str]]) -> None:
    """Log what MkDocs said when a page was converted."""
    for level, text in messages:
        logging.getLogger("mkdocs").log(level, text)


class _Listener(logging.Handler):
    def __init__(self, messages: list[tuple[int, str]]) -> None:
        super().__init__(logging.INFO)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append((record.levelno, record.getMessage()))


def _file(name: str, config: MkDocsConfig, folder: str) -> File:
    return File(name, folder, config.site_dir, config.use_directory_urls)
