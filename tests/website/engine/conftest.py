"""The judge of the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from website.engine.plain import PlainBuilder


@pytest.fixture(scope="session")
def plain() -> Iterator[PlainBuilder]:
    """A process that builds by plain MkDocs."""
    with PlainBuilder() as builder:
        yield builder
