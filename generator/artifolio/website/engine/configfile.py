"""Where ``mkdocs.yml`` is, and what it is about, without loading MkDocs for it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.errors import ProjectError

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

CONFIG_FILE = "mkdocs.yml"
_INHERITED = re.compile(r"^INHERIT:\s*[\"']?([^\"'#\n]+)", re.MULTILINE)


def find_config(start: Path) -> Path:
    """Return the nearest ``mkdocs.yml``, in a folder or above it.

    Raises:
        ProjectError: If there is none.
    """
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder / CONFIG_FILE
    raise ProjectError(f"no {CONFIG_FILE} in {start} or above it; run 'artifolio init' first")


def config_files(config_file: Path) -> list[Path]:
    """Return a configuration's files: itself and those that it inherits from, as far as there."""
    files: list[Path] = []
    while config_file not in files:
        files.append(config_file)
        if config_file.is_file():
            inherited = _INHERITED.search(config_file.read_text("utf-8", "replace"))
            if inherited:
                named = os.path.join(config_file.parent, inherited[1].strip())  # noqa: PTH118
                config_file = Path(os.path.normpath(named))  # as MkDocs does
    return files


def configuration_naming(option: str, start: Path) -> MkDocsConfig | None:
    """Return the configuration of a project, or None where it does not name an option.

    MkDocs takes half a second to load, and most projects name few options.

    Args:
        option: Of the plugin.
        start: A folder of the project.

    Raises:
        ProjectError: If MkDocs refuses it.
    """
    try:
        config_file = find_config(start)
    except ProjectError:
        return None
    texts = [file.read_text("utf-8", "replace") for file in config_files(config_file)]
    if not any(option in text for text in texts):
        return None
    from artifolio.website.engine.build import load_configuration  # only here: it is MkDocs

    return load_configuration(config_file)
