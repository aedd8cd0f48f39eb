"""Builds that leave the project's own folders as they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.website.engine.configfile import CONFIG_FILE
from artifolio.website.engine.plugin import artifacts_dir, plugin_of
from artifolio.website.urls import OWNED_FOLDERS

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

_DOCS = ".artifolio-docs"


def forget_all(config: MkDocsConfig) -> None:
    """Have a build remember nothing."""
    plugin = plugin_of(config)
    if plugin:
        plugin.remembers = False


def borrow_docs(config: MkDocsConfig, target: Path) -> None:
    """Have a build make its pages in another ``docs_dir`` that holds what is written by hand.

    Args:
        config: Fresh. It is changed.
        target: The folder, which is made; it holds links and no copies, where there are links.
    """
    docs_dir = Path(config.docs_dir)
    target.mkdir(parents=True)
    for path in docs_dir.resolve().iterdir():
        if path.name in OWNED_FOLDERS:
            continue
        try:
            (target / path.name).symlink_to(path, target_is_directory=path.is_dir())
        except OSError:  # Windows, without the right to
            if path.is_dir():
                shutil.copytree(path, target / path.name)
            else:
                shutil.copy2(path, target / path.name)
    config.docs_dir = str(target)


def move_project(config: MkDocsConfig, project: Path) -> None:
    """Have a build take another folder for that of the project, with nothing remembered.

    Args:
        config: Fresh. It is changed, and of no other use after that.
        project: The folder, which is there. What it does not hold of what is written by hand is
            taken from where it is.
    """
    forget_all(config)
    if not Path(config.docs_dir).is_relative_to(project):
        borrow_docs(config, project / _DOCS)
    config.config_file_path = str(project / Path(config.config_file_path or CONFIG_FILE).name)


def records_of(config: MkDocsConfig) -> Path:
    """Return the folder that a build reads its records from, absolute."""
    return Path(os.path.abspath(artifacts_dir(config)))  # noqa: PTH100  # without following links


def use_records(config: MkDocsConfig, folder: Path) -> None:
    """Have a build read its records from a folder, wherever the project has its own."""
    plugin = plugin_of(config)
    if plugin:
        plugin.config.artifacts_dir = str(folder)
