"""Building again and again, for what changed, while records come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.website.engine.build import Builder, Built, load_configuration, user_cache
from artifolio.website.engine.configfile import config_files
from artifolio.website.engine.fingerprint import named_paths
from artifolio.website.engine.plugin import artifacts_dir
from artifolio.website.engine.pool import pool_of
from artifolio.website.urls import OWNED_FOLDERS
from artifolio.website.watcher import Watcher, folders_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs.config.defaults import MkDocsConfig


class Rebuilder:
    """Builds one project's site as often as asked, and keeps what can be kept in between.

    Args:
        config_file: The project's ``mkdocs.yml``.
        site_url: Replaces the configuration's, where the site is served by ourselves.
        site_dir: Where to build, instead of the configuration's place; then nobody goes on with
            that site later.
        jobs: In how many processes to make pages.
    """

    def __init__(
        self,
        config_file: Path,
        site_url: str | None = None,
        site_dir: Path | None = None,
        *,
        jobs: int = 1,
    ) -> None:
        self._config_file = config_file
        self._site_url = site_url
        self._overrides = {} if site_dir is None else {"site_dir": str(site_dir)}
        self._builder = Builder(user_cache(), pool_of(jobs), keeps_site=site_dir is None)
        self._config = self._load()

    @property
    def site_dir(self) -> Path:
        """Where the site is."""
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
            [
                artifacts_dir(self._config),
                docs_dir,
                *config_files(self._config_file),
                *custom,
                *more,
            ],
            [*(docs_dir / folder for folder in OWNED_FOLDERS), self.site_dir],
            poll=poll,
        )

    def build(self, changed: Iterable[str] | None = None) -> Built:
        """Build the site.

        Args:
            changed: The files that changed since the last build; None if that is not known.

        Raises:
            ArtifolioError: If the configuration is wrong or MkDocs cannot build.
        """
        if changed is None:
            self._config = self._load()
            return self._builder.build(self._config)
        paths = list(changed)
        folders = folders_below(artifacts_dir(self._config), paths)
        roots = (artifacts_dir(self._config).absolute(), Path(self._config.docs_dir))
        ground = [*named_paths(self._config), *config_files(self._config_file)]
        is_source = all(
            any(map(Path(path).is_relative_to, roots))
            and not any(Path(path).is_relative_to(place.absolute()) for place in ground)
            for path in paths
        )
        if is_source and self._builder.is_incremental:
            return self._builder.build(self._config, folders, same_ground=True)
        self._config = self._load()
        return self._builder.build(self._config, folders)

    def _load(self) -> MkDocsConfig:
        config = load_configuration(self._config_file, **self._overrides)
        if self._site_url is not None:
            config.site_url = self._site_url
        return config


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
