"""What ``mkdocs.yml`` says that commands need which make no site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.cli import output
from artifolio.errors import ProjectError
from artifolio.retention import Policy

if TYPE_CHECKING:
    from artifolio.store import Store


def policy_of_project(store: Store) -> Policy:
    """Return what ``mkdocs.yml`` says of retention; an empty policy where it says nothing.

    Raises:
        ProjectError: If it cannot be read, or is about another folder of records.
    """
    from artifolio.website.engine.configfile import configuration_naming

    config = configuration_naming("retention", Path.cwd())
    if config is None:
        return Policy()
    from artifolio.website.engine.keeping import read_policy
    from artifolio.website.engine.plugin import artifacts_dir, plugin_of

    plugin = plugin_of(config)
    policy = read_policy(plugin.config.retention) if plugin else Policy()
    if not policy.is_empty and artifacts_dir(config).resolve() != store.root.resolve():
        raise ProjectError(
            f"the retention of {config.config_file_path} is that of {artifacts_dir(config)}, and "
            f"not of {store.root}; say --keep or --older-than"
        )
    return policy


def git_hosts_of_project() -> dict[str, str]:
    """Return what ``mkdocs.yml`` says that git hosts are, by their name.

    Links are worth no error: where it cannot be read, a note says so.
    """
    from artifolio.website.engine.configfile import configuration_naming

    try:
        config = configuration_naming("git_hosts", Path.cwd())
    except ProjectError as error:
        output.note(f"No links to git hosts of your own: {error}")
        return {}
    if config is None:
        return {}
    from artifolio.website.engine.plugin import plugin_of

    plugin = plugin_of(config)
    return plugin.git_hosts if plugin else {}
