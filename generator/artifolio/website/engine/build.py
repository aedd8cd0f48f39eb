"""One build: refresh the pages, then make the site in the fastest way known to be right."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artifolio.errors import BuildError, ProjectError
from artifolio.location import cache_folder
from artifolio.website.engine.fingerprint import UnknownValueError
from artifolio.website.engine.folder import mirror
from artifolio.website.engine.incremental import Incremental
from artifolio.website.engine.memory import MemoryFile
from artifolio.website.engine.offline import bring_shim, is_offline
from artifolio.website.engine.plugin import (
    artifacts_dir,
    overwritten_source,
    page_options,
    plugin_of,
    refresher_for,
    tell_problems,
)
from artifolio.website.engine.scope import why_plain
from artifolio.website.engine.sources import OddSourcesError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.engine.report import Updated
    from artifolio.website.refresh import Refreshed, Refresher


@dataclass(frozen=True)
class Built:
    """What a build found and did."""

    refreshed: Refreshed
    updated: Updated | None
    """What an incremental build did; None of a plain one."""
    why_plain: str | None = None
    """Why plain MkDocs made all pages, in a few words, if it did."""


def load_configuration(config_file: Path, **overrides: Any) -> MkDocsConfig:
    """Read and check ``mkdocs.yml``.

    Args:
        config_file: The file.
        overrides: Settings that replace the file's, as ``site_dir``.

    Raises:
        ProjectError: If MkDocs refuses it.
    """
    # Material 9.7 greets every build with a banner about MkDocs 2, which is not used here.
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, ConfigurationError

    try:
        config = load_config(config_file=str(config_file), **overrides)
    except (Abort, ConfigurationError) as error:
        problems = " ".join(str(error).split()) or "see the messages above"
        raise ProjectError(f"{config_file}: {problems}") from None
    if source := overwritten_source(config):
        message = f"{config.site_dir} would overwrite {source}; name another folder for the site"
        raise ProjectError(message)
    if is_offline(config):
        # As the plugins themselves will, after the pages of the records have been made.
        config.use_directory_urls = False
        if plugin_of(config):
            bring_shim(config)
    return config


def build(config: MkDocsConfig) -> Built:
    """Refresh the pages and build the site, once, with nothing remembered.

    Args:
        config: Fresh from `load_configuration`; MkDocs changes it while it builds.

    Raises:
        ArtifolioError: As `Builder.build`.
    """
    return Builder(None).build(config)


def user_cache() -> Path | None:
    """Return the folder for what is remembered between builds of this user."""
    return cache_folder(os.environ)


class Builder:
    """Builds the site of one project again and again.

    Args:
        cache: The folder for what is remembered between processes; None remembers nothing.
        executor: Makes pages side by side, in processes that see the same files.
        keeps_site: Whether the site is there for another process to go on with.
    """

    def __init__(
        self, cache: Path | None, executor: Executor | None = None, *, keeps_site: bool = True
    ) -> None:
        self._cache = cache
        self._site_cache = cache if keeps_site else None
        self._executor = executor
        self._ground: tuple[object, ...] = ()
        self._makers: tuple[Refresher, Incremental]
        self._why_plain: str | None = None
        self.is_incremental = False
        """Whether the last build was incremental, and went well."""

    def build(
        self,
        config: MkDocsConfig,
        changed: Iterable[str] | None = None,
        *,
        same_ground: bool = False,
    ) -> Built:
        """Refresh the pages and build the site.

        Args:
            config: Fresh from `load_configuration`, or that of the last build on the same ground.
            changed: Folders of records that changed since the last build; None if not known.
            same_ground: Nothing but records and sources has changed since the last build.

        Returns:
            What was found. Problems are warnings, and so fatal in strict mode.

        Raises:
            BuildError: If MkDocs could not build the site. What was there before is still there.
        """
        if not same_ground:
            if self._ground != _ground_of(config):
                self._prepare(config)
                changed = None
            self._why_plain = why_plain(config)
        self.is_incremental = False
        refresher, incremental = self._makers
        with _as_build_errors():
            if self._why_plain is None:
                refreshed = refresher.refresh(changed)
                try:
                    updated = incremental.update(config, refreshed.outputs, same_ground=same_ground)
                except (OddSourcesError, UnknownValueError) as error:
                    self._why_plain = str(error)
                else:
                    self.is_incremental = True
                    tell_problems(config, refreshed)
                    return Built(refreshed, updated)
            incremental.forget()
            return Built(_build_plain(config, refresher), None, self._why_plain)

    def _prepare(self, config: MkDocsConfig) -> None:
        config_file, site_dir = Path(config.config_file_path or ""), Path(config.site_dir)
        refresher = refresher_for(config, self._cache, self._executor)
        memory_file = MemoryFile(self._site_cache, config_file, site_dir)
        self._makers = refresher, Incremental(memory_file, self._executor)
        self._ground = _ground_of(config)


def _ground_of(config: MkDocsConfig) -> tuple[object, ...]:
    """Return what a refresher and the memory of a site are made from."""
    places = (config.config_file_path, config.docs_dir, config.site_dir)
    return *places, artifacts_dir(config), page_options(config)


def _build_plain(config: MkDocsConfig, refresher: Refresher) -> Refreshed:
    """Have MkDocs build everything beside, and then put it into its place file by file."""
    from mkdocs.commands.build import build as build_site

    site_dir = config.site_dir
    plugin = plugin_of(config)
    # The plugin does that itself, after others may have changed the configuration.
    refreshed = None if plugin else refresher.refresh()
    with tempfile.TemporaryDirectory(prefix="artifolio-", ignore_cleanup_errors=True) as beside:
        config.site_dir = beside
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build_site(config)
        finally:
            config.plugins.on_shutdown()
            config.site_dir = site_dir
        if refreshed is not None and refreshed.problems:
            tell_problems(config, refreshed)
            if config.strict:
                count = len(refreshed.problems)
                raise BuildError(f"{count} problems of records in strict mode")
        mirror(beside, site_dir)
    found = plugin.refreshed if plugin else refreshed
    return found or refresher.refresh()


@contextmanager
def _as_build_errors() -> Iterator[None]:
    from mkdocs.exceptions import Abort
    from mkdocs.exceptions import BuildError as MkDocsBuildError

    try:
        yield
    except (Abort, MkDocsBuildError) as error:
        raise BuildError(str(error)) from None


def report_to(report: Callable[[str], None], level: int = logging.WARNING) -> None:
    """Send what MkDocs logs to a function, line by line, and nowhere else.

    Args:
        report: Called with one line.
        level: The lowest level that is reported.
    """
    handler = _Reporter(level)
    handler.report = report
    logger = logging.getLogger("mkdocs")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


class _Reporter(logging.Handler):
    report: Callable[[str], None]

    def emit(self, record: logging.LogRecord) -> None:
        self.report(f"{record.levelname.capitalize()}: {record.getMessage()}")
