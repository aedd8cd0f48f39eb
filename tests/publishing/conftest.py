from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from publishing.clones import Clone, Remote

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A remote with one commit."""
    return Remote(tmp_path)


@pytest.fixture
def clone(remote: Remote) -> Clone:
    """A clone of it."""
    return remote.clone("clone")
