"""Projects for the tests of the website."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from artifolio.website.engine.build import build, load_configuration
from website.projects import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _mkdocs_logs() -> Iterator[None]:
    """Leave MkDocs' logger as it was found: `report_to` is meant for a whole process."""
    logger = logging.getLogger("mkdocs")
    handlers, level, propagate = logger.handlers[:], logger.level, logger.propagate
    yield
    logger.handlers[:], logger.propagate = handlers, propagate
    logger.setLevel(level)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project, not built yet."""
    folder = tmp_path / "project"
    folder.mkdir()
    write_project(folder)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with its site, for reading only."""
    folder = tmp_path_factory.mktemp("built")
    build(load_configuration(write_project(folder)))
    return folder
