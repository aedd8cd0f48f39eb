"""What every test stands on: an empty folder, no CI, and never the repository's own records."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from artifolio.location import locate_artifacts
from artifolio.store import Store
from profiles import register_profiles

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parents[1]
_FOREIGN = ("ARTIFOLIO_", "GITHUB_", "CI_", "GIT_", "AIRFLOW_")

pytest.register_assert_rewrite("outcomes")
register_profiles()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes minutes first, so that no worker waits in the end for another."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def _guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, and refuse to write into the repository whatever a test does."""
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    assert locate_artifacts(tmp_path, {}) == tmp_path / "artifacts", "TMPDIR is in a repository"
    for name in ("add", "make_folder", "replace", "delete"):
        monkeypatch.setattr(Store, name, _refusing(getattr(Store, name)))


def _refusing(method: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: Store, *args: Any, **kwargs: Any) -> Any:
        if self.root.resolve().is_relative_to(REPOSITORY):
            raise AssertionError(f"a test writes into the repository: {self.root}")
        return method(self, *args, **kwargs)

    return guarded


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that does not exist yet, at the place where the default one would be."""
    return Store(tmp_path / "artifacts")


@pytest.fixture(scope="session")
def on_small_stack() -> Callable[[Callable[[], Any]], Any]:
    """Run a function in a thread with a stack of 512 kB and give what it returns or raises."""

    def run(function: Callable[[], Any]) -> Any:
        outcome: list[Any] = []

        def record() -> None:
            try:
                outcome.append(function())
            except Exception as error:  # noqa: BLE001 - the test says which are expected
                outcome.append(error)

        before = threading.stack_size(512 * 1024)
        try:
            thread = threading.Thread(target=record)
            thread.start()
        finally:
            threading.stack_size(before)
        thread.join()
        return outcome[0]

    return run
