"""One build: refresh the pages, then let MkDocs make the site."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from artifolio.errors import BuildError, ProjectError
from artifolio.location import FOLDER
from artifolio.website.engine.plugin import plugin_of, refresher_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.refresh import Refreshed, Refresher

CONFIG_FILE = "mkdocs.yml"


def find_config(start: Path) -> Path:
    """Return the nearest ``mkdocs.yml``, in a folder or above it.

    Raises:
        ProjectError: If there is none.
    """
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder / CONFIG_FILE
    raise ProjectError(f"no {CONFIG_FILE} in {start} or above it; run 'artifolio init' first")


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
        return load_config(config_file=str(config_file), **overrides)
    except (Abort, ConfigurationError) as error:
        problems = " ".join(str(error).split()) or "see the messages above"
        raise ProjectError(f"{config_file}: {problems}") from None


def build(
    config: MkDocsConfig,
    *,
    refresher: Refresher | None = None,
    changed: Iterable[str] | None = None,
) -> Refreshed:
    """Refresh the pages and build the site.

    Args:
        config: Fresh from `load_configuration`; MkDocs changes it while it builds.
        refresher: Kept from the build before, where there was one.
        changed: Folders of records that changed since then; None makes all pages.

    Returns:
        What the refresh found. Problems are warnings, and so fatal in strict mode.

    Raises:
        BuildError: If MkDocs could not build the site.
    """
    from mkdocs.commands.build import build as build_site
    from mkdocs.exceptions import Abort
    from mkdocs.exceptions import BuildError as MkDocsBuildError

    refreshed = (refresher or refresher_for(config)).refresh(changed)
    plugin = plugin_of(config)
    if plugin is not None:
        plugin.refreshed = refreshed
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build_site(config)
    except (Abort, MkDocsBuildError) as error:
        raise BuildError(str(error)) from None
    finally:
        config.plugins.on_shutdown()
    if plugin is None and refreshed.problems:
        # With the plugin, MkDocs has counted and logged them as its own warnings.
        for problem in refreshed.problems:
            logging.getLogger("mkdocs").warning("%s/%s", FOLDER, problem)
        if config.strict:
            raise BuildError(f"{len(refreshed.problems)} problems of records in strict mode")
    return refreshed


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
