"""Connects flows with what publishes them, which is imported once somebody asks for it."""

from __future__ import annotations

import contextlib
import importlib
import os
from typing import TYPE_CHECKING

from artifolio.runs import surround_flows

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def load(name: str) -> object:
    """Return what is in the package and is imported when it is first asked for.

    Raises:
        AttributeError: If nothing goes by that name.
    """
    if name == "publishing":
        return importlib.import_module("artifolio.publishing")
    if name == "Artifact":
        # Who only publishes need not wait for it.
        return importlib.import_module("artifolio.artifact").Artifact
    raise AttributeError(f"module 'artifolio' has no attribute {name!r}")


def _around_flow() -> AbstractContextManager[None]:
    if not os.environ.get("ARTIFOLIO_AUTO_COMMIT"):
        return contextlib.nullcontext()
    from artifolio.publishing.automatic import around_flow  # only here: who does without waits not

    return around_flow()


surround_flows(_around_flow)
