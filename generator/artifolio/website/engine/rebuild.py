"""Building again and again, for what changed, while records come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.website.engine.build import build, load_configuration
from artifolio.website.engine.plugin import artifacts_dir, page_options, refresher_for
from artifolio.website.urls import OWNED_FOLDERS
from artifolio.website.watcher import Watcher, folders_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs.config.defaults import MkDocsConfig

    from artifolio.website.refresh import Refreshed


class Rebuilder:
    """Builds one project's site as often as asked, and keeps what can be kept in between.

    Args:
        config_file: The project's ``mkdocs.yml``.
        site_url: Replaces the configuration's, where the site is served by ourselves.
    """

    def __init__(self, config_file: Path, site_url: str | None = None) -> None:
        self._config_file = config_file
        self._site_url = site_url
        self._config = self._load()
        self._refresher = refresher_for(self._config)

    @property
    def site_dir(self) -> Path:
        """Where the configuration wants the site."""
        return Path(self._config.site_dir)

    def watcher(self, *, poll: bool = False) -> Watcher:
        """Return what watches everything that the site is made of.

        Args:
            poll: Look every second instead of asking the system.
        """
        docs_dir = Path(self._config.docs_dir)
        # The theme's own folders are part of an installation; only a project's may change.
        custom = [Path(self._config.theme.custom_dir)] if self._config.theme.custom_dir else []
        # Hooks are named as the file names them: seen from its folder, wherever this runs.
        base = self._config_file.parent
        more = [base / str(path) for path in [*self._config.watch, *self._config.hooks]]
        return Watcher(
            [artifacts_dir(self._config), docs_dir, self._config_file, *custom, *more],
            [*(docs_dir / folder for folder in OWNED_FOLDERS), self.site_dir],
            poll=poll,
        )

    def build(
        self, changed: Iterable[str] | None = None, site_dir: Path | None = None
    ) -> Refreshed:
        """Build the site.

        Args:
            changed: The files that changed since the last build; None if that is not known.
            site_dir: Where to, instead of the configuration's place.

        Raises:
            ArtifolioError: If the configuration is wrong or MkDocs cannot build.
        """
        before = _foundations(self._config)
        self._config = self._load(site_dir)
        folders = None
        if _foundations(self._config) != before:
            self._refresher = refresher_for(self._config)
        elif changed is not None:
            folders = folders_below(artifacts_dir(self._config), changed)
        return build(self._config, refresher=self._refresher, changed=folders)

    def _load(self, site_dir: Path | None = None) -> MkDocsConfig:
        overrides = {} if site_dir is None else {"site_dir": str(site_dir)}
        config = load_configuration(self._config_file, **overrides)
        if self._site_url is not None:
            config.site_url = self._site_url
        return config


def _foundations(config: MkDocsConfig) -> tuple[object, ...]:
    """Return what a refresher is made from."""
    return artifacts_dir(config), config.docs_dir, page_options(config)


def keep_building(
    watcher: Watcher,
    rebuild: Callable[[frozenset[str]], object],
    report: Callable[[str], None],
) -> None:
    """Rebuild after every change, until the watcher is stopped.

    A build that fails, for whatever reason, is reported, and the next change tried again.

    Args:
        watcher: Already watching.
        rebuild: Called with the files that changed.
        report: Called with one line about each failure.
    """
    failed: frozenset[str] = frozenset()
    while (changed := watcher.wait()) is not None:
        try:
            rebuild(changed | failed)
        except Exception as error:  # noqa: BLE001 - the loop must outlive whatever a plugin does
            # What could not be built is part of the next attempt.
            failed = changed | failed
            reason = " ".join(str(error).split()) or type(error).__name__
            report(f"Error: {reason}; the last good site stays as it is")
        else:
            failed = frozenset()
