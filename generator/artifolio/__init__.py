"""Publish the results of data workflows into git, and browse them as a website."""

from typing import TYPE_CHECKING

from artifolio.errors import ArtifolioError
from artifolio.runs import flow, task
from artifolio.sdk import (
    acreate_file_artifact,
    acreate_image_artifact,
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
    create_file_artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from artifolio.store import Store

if TYPE_CHECKING:
    from artifolio.artifact import Artifact
    from artifolio.publishing.automatic import publishing
else:
    # `Artifact`, and `publishing`: a name of the subpackage as well, which can be called.
    from artifolio.wiring import load as __getattr__  # noqa: F401 - Python calls it

__version__ = "0.1.0"

__all__ = [
    "create_link_artifact",
    "create_markdown_artifact",
    "create_table_artifact",
    "create_progress_artifact",
    "update_progress_artifact",
    "create_image_artifact",
    "create_file_artifact",
    "acreate_link_artifact",
    "acreate_markdown_artifact",
    "acreate_table_artifact",
    "acreate_progress_artifact",
    "aupdate_progress_artifact",
    "acreate_image_artifact",
    "acreate_file_artifact",
    "Artifact",
    "flow",
    "task",
    "publishing",
    "Store",
    "ArtifolioError",
]
