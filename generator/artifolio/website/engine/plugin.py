"""The MkDocs plugin: plain ``mkdocs build`` and ``mkdocs serve`` work with one line more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mkdocs.config.base import Config, ValidationError
from mkdocs.config.config_options import Choice, DictOfItems, ListOfItems, Type
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import InclusionLevel

from artifolio.location import FOLDER, cache_folder
from artifolio.store import Store
from artifolio.website.drawing import MATH, MERMAID
from artifolio.website.engine.keeping import Retention
from artifolio.website.engine.offline import bring_shim, is_offline
from artifolio.website.engine.policy import add_policy
from artifolio.website.engine.wholes import ERROR_PAGE
from artifolio.website.hosts import KINDS
from artifolio.website.options import PageOptions
from artifolio.website.refresh import Refreshed, Refresher
from artifolio.website.urls import LIST, OWNED_FOLDERS, Home

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

_log = get_plugin_logger("artifolio")
_OWNED = tuple(f"{folder}/" for folder in OWNED_FOLDERS)


class _Count(Type[int]):
    def __init__(self, default: int) -> None:
        super().__init__(int, default=default)

    def run_validation(self, value: object) -> int:
        """Refuse what is not an integer of 1 or more; to Python, true and false are integers."""
        count = super().run_validation(value)
        if isinstance(count, bool) or count < 1:
            raise ValidationError(f"Expected an integer of 1 or more, got {value!r}")
        return count


class _Script(Type[str]):
    def __init__(self) -> None:
        super().__init__(str, default="")

    def run_validation(self, value: object) -> str:
        """Refuse what is no script of the site's own."""
        script = super().run_validation(value)
        parts = script.split("/")
        if script and (not script.endswith(".js") or ":" in script or {"", "..", "."} & {*parts}):
            raise ValidationError(f"Expected a .js file below docs_dir, got {value!r}")
        return script


class Options(Config):
    """What ``mkdocs.yml`` may say below ``- artifolio:``."""

    artifacts_dir = Type(str, default=FOLDER)
    """The folder of records, seen from ``mkdocs.yml``."""
    image_hosts = ListOfItems(Type(str), default=[])
    """Hosts that images may be loaded from, as in ``[i.example.org]``."""
    versions_as_pages = _Count(default=PageOptions.versions_as_pages)
    """How many of a key's newest versions have a page of their own."""
    git_hosts = DictOfItems(Choice(KINDS), default={})
    """What git hosts of one's own are, as in ``{git.example.org: gitlab}``."""
    search_bodies = Type(bool, default=PageOptions.search_bodies)
    """Whether the site's search looks into the newest bodies."""
    policy = Choice(("generated", "all"), default="generated")
    """Which pages have the security policy: those of the records, or what is written by hand,
    too."""
    mermaid = _Script()
    """Mermaid's script, below ``docs_dir``: draws the diagrams of Markdown."""
    math = _Script()
    """KaTeX's script, below ``docs_dir``, its style sheet beside it: sets formulas."""
    retention = Retention()
    """Which versions keep their bodies when ``artifolio gc`` is run; a build removes nothing."""


class ArtifolioPlugin(BasePlugin[Options]):
    """Refreshes ``site_src/`` before each build and adds the security policy to its pages."""

    def __init__(self) -> None:
        super().__init__()
        self.refreshed: Refreshed | None = None
        """What the last build found."""
        self.remembers = True
        """Whether anything of a build is kept for the next one."""
        self._served_by_mkdocs = False

    @property
    def image_hosts(self) -> frozenset[str]:
        """The hosts that images may be loaded from, in lower case as browsers compare them."""
        return frozenset(host.lower() for host in self.config.image_hosts)

    @property
    def git_hosts(self) -> dict[str, str]:
        """What git hosts are, by their name in lower case."""
        return {host.lower(): kind for host, kind in self.config.git_hosts.items()}

    @property
    def libraries(self) -> tuple[tuple[str, str], ...]:
        """What draws in Markdown, each with its script below ``docs_dir``."""
        scripts = ((name, self.config[name]) for name in (MERMAID, MATH))
        return tuple((name, script) for name, script in scripts if script)

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Note who is building."""
        del dirty
        self._served_by_mkdocs = command == "serve"

    # Before Material's plugin, which would have pages ask another host.
    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Bring what a site needs that is opened as files; refuse scripts that are not there."""
        for name, script in self.libraries:
            if not Path(config.docs_dir, script).is_file():
                raise PluginError(f"artifolio: {name}: there is no {script!r} in docs_dir")
        if source := overwritten_source(config):
            raise PluginError(f"artifolio: site_dir would overwrite {source}; name another folder")
        if is_offline(config):
            bring_shim(config)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Make the pages of the records."""
        cache = cache_folder(os.environ) if self.remembers else None
        self.refreshed = refresher_for(config, cache).refresh()
        tell_problems(config, self.refreshed)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Keep generated pages out of a navigation that MkDocs would make up itself."""
        del config
        for file in files:
            # What exclude_docs or draft_docs of the configuration keeps out stays out.
            ours = file.src_uri.startswith(_OWNED) and file.src_uri != LIST
            if ours and file.inclusion.is_in_nav():
                file.inclusion = InclusionLevel.NOT_IN_NAV
        return files

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Let the page for what is not found look for the theme beside it, not at a host's root."""
        if template_name == ERROR_PAGE and is_offline(config):
            context["base_url"] = "."
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Add the policy to a page."""
        del config
        is_ours = page.file.src_uri.startswith(_OWNED)
        # Whoever writes a page by hand may put scripts into it.
        return self._guarded(output, page.content or "") if is_ours else self._guarded(output)

    def on_post_template(
        self, output_content: str, *, template_name: str, config: MkDocsConfig
    ) -> str:
        """Add the policy to the page for what is not found."""
        del config
        return self._guarded(output_content) if template_name == ERROR_PAGE else output_content

    def _guarded(self, page: str, foreign: str | None = None) -> str:
        """Return a page with the policy, if it is to have it.

        Args:
            page: The whole page.
            foreign: What of it came from a record; None for what is written by hand.
        """
        # MkDocs' own server puts its reload script into the page after this, and no policy
        # could know its hash. What is published never has it.
        if self._served_by_mkdocs or (foreign is None and self.config.policy != "all"):
            return page
        return add_policy(page, foreign or "", self.image_hosts)

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object
    ) -> LiveReloadServer:
        """Rebuild when a record changes."""
        del builder
        folder = artifacts_dir(config)
        # MkDocs' observer gives up where one of its folders is missing.
        if folder.is_dir():
            server.watch(str(folder))
        return server


def plugin_of(config: MkDocsConfig) -> ArtifolioPlugin | None:
    """Return the plugin, where the configuration names it."""
    for plugin in config.plugins.values():
        if isinstance(plugin, ArtifolioPlugin):
            return plugin
    return None


def artifacts_dir(config: MkDocsConfig) -> Path:
    """Return the folder of records of a configuration."""
    plugin = plugin_of(config)
    base = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
    return base / (plugin.config.artifacts_dir if plugin else FOLDER)


def overwritten_source(config: MkDocsConfig) -> Path | None:
    """Return what a build would clear away besides the site: the records, or the repository.

    MkDocs itself looks at ``docs_dir`` alone, and deletes all else in ``site_dir``.
    """
    place = Path(config.site_dir).resolve()
    records = artifacts_dir(config).resolve()
    file = Path(config.config_file_path or records).resolve()
    for source in (records, records.parent / ".git", file):
        if source.is_relative_to(place) or place.is_relative_to(source):
            return source
    return None


def tell_problems(config: MkDocsConfig, refreshed: Refreshed) -> None:
    """Log what is wrong with records, as warnings, which MkDocs counts in strict mode."""
    plugin = plugin_of(config)
    folder = plugin.config.artifacts_dir if plugin else FOLDER
    for problem in refreshed.problems:
        _log.warning("%s/%s", folder, problem)


def page_options(config: MkDocsConfig) -> PageOptions:
    """Return what pages depend on in a configuration."""
    plugin = plugin_of(config)
    return PageOptions(
        directory_urls=config.use_directory_urls,
        image_hosts=plugin.image_hosts if plugin else frozenset(),
        versions_as_pages=(
            plugin.config.versions_as_pages if plugin else PageOptions.versions_as_pages
        ),
        home=Home(_site_url(config), config.site_name),
        git_hosts=plugin.git_hosts if plugin else {},
        search_bodies=plugin.config.search_bodies if plugin else PageOptions.search_bodies,
        libraries=plugin.libraries if plugin else (),
    )


def refresher_for(
    config: MkDocsConfig, cache: Path | None, executor: Executor | None = None
) -> Refresher:
    """Return what makes the pages of a configuration.

    Args:
        config: The configuration.
        cache: The folder for what is remembered between processes; None remembers nothing.
        executor: Makes the pages where there are many; None makes them here.
    """
    store, docs_dir = Store(artifacts_dir(config)), Path(config.docs_dir)
    return Refresher(store, docs_dir, page_options(config), cache, executor)


def _site_url(config: MkDocsConfig) -> str:
    """Return where the site will be, as it is written in the configuration.

    Whoever serves it on this machine sets another address, and would have all files made again
    that name one.
    """
    chosen = [values["site_url"] for values in config.user_configs if "site_url" in values]
    return f"{str(chosen[-1]).rstrip('/')}/" if chosen and chosen[-1] else ""
