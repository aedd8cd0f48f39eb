"""Tells whether all that a project's pages depend on is known.

Only then may a page be left as it is while something else changes. What is not known here makes
every build a plain one: slow and right.
"""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artifolio.website.engine.offline import is_offline_plugin
from artifolio.website.engine.plugin import ArtifolioPlugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig

# Extensions that make a page from its own source and the configuration alone, and leave a block
# of HTML as it is. Others include files, change finished HTML, or are unknown.
_PYTHON_MARKDOWN = """
abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em
md_in_html meta nl2br sane_lists smarty tables toc wikilinks
""".split()
_PYMDOWNX = """
arithmatex betterem blocks.admonition blocks.caption blocks.definition blocks.details blocks.html
blocks.tab caret critic details emoji escapeall extra fancylists highlight inlinehilite keys
magiclink mark progressbar quotes saneheaders smartsymbols superfences tabbed tasklist tilde
""".split()
_EXTENSIONS = frozenset(
    [
        *_PYTHON_MARKDOWN,
        *(f"markdown.extensions.{name}" for name in _PYTHON_MARKDOWN),
        *(f"pymdownx.{name}" for name in _PYMDOWNX),
    ]
)
_FUNCTIONS_FROM = ("markdown.", "pymdownx.", "material.")
_TEMPLATES = frozenset(["404.html", "sitemap.xml"])
# Names by which a template reaches other pages than the one it draws, or the time of day.
_FAR_NAMES = frozenset(
    """
    pages nav nav_item previous_page next_page ancestors parent children siblings homepage
    build_date_utc update_date random lipsum now files
    """.split()
)
_WORD = re.compile(r"\w+")
_TEMPLATE_ENDINGS = (".html", ".xml", ".svg", ".j2")


def why_plain(config: MkDocsConfig) -> str | None:
    """Return why a project cannot be built incrementally, in a few words; None if it can."""
    return next(_reasons(config), None)


def has_own_templates(config: MkDocsConfig) -> bool:
    """Tell whether the project overrides templates of the theme."""
    return any(path.name.endswith(_TEMPLATE_ENDINGS) for path in _own_files(config))


def _reasons(config: MkDocsConfig) -> Iterator[str]:
    if config.theme.name != "material":
        yield f"the theme {config.theme.name or config.theme.custom_dir}"
    if config.strict:
        yield "strict mode"
    yield from (f"the hook {name}" for name in config.hooks)
    for name, plugin in config.plugins.items():
        if not _is_known_plugin(plugin):
            yield f"the plugin {name}"
    if len(set(map(type, config.plugins.values()))) < len(config.plugins):
        yield "a plugin that is named twice"
    for extension in config.markdown_extensions:
        if extension not in _EXTENSIONS:
            yield f"the Markdown extension {extension}"
    for function in _functions(config.mdx_configs):
        if not f"{function.__module__}.".startswith(_FUNCTIONS_FROM):
            yield f"the function {function.__module__}.{getattr(function, '__qualname__', '?')}"
    if config.extra_templates:
        yield f"the template {config.extra_templates[0]}"
    yield from (
        f"the template {name}" for name in sorted(config.theme.static_templates - _TEMPLATES)
    )
    if config.nav is None and not any(map(_is_ours, config.plugins.values())):
        yield "a navigation of all pages"
    for path in _own_files(config):
        text = path.read_text("utf-8", "replace")
        # A template may include a file of any name.
        is_template = "{{" in text or "{%" in text
        if is_template and not _FAR_NAMES.isdisjoint(_WORD.findall(text)):
            yield f"the template {path.name}"


def _is_known_plugin(plugin: object) -> bool:
    # Imported by then, where it is in use.
    kind = type(plugin)
    is_search = (kind.__module__, kind.__name__) == (
        "material.plugins.search.plugin",
        "SearchPlugin",
    )
    return is_search or is_offline_plugin(plugin) or _is_ours(plugin)


def _is_ours(plugin: object) -> bool:
    return type(plugin) is ArtifolioPlugin


def _functions(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _functions(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _functions(item)
    elif isinstance(value, partial):  # as pymdownx.slugs.slugify gives
        yield from _functions([value.func, value.args, value.keywords])
    elif callable(value):
        yield value


def _own_files(config: MkDocsConfig) -> Iterator[Path]:
    if not config.theme.custom_dir:
        return
    for folder, _, names in os.walk(config.theme.custom_dir, followlinks=True):
        # Editors leave links to nowhere, as locks.
        yield from (path for name in sorted(names) if (path := Path(folder, name)).is_file())
