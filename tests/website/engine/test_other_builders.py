"""ProperDocs and Zensical, which take up where MkDocs and its theme leave off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from artifolio.website.engine.build import build, load_configuration
from website.projects import write_project

PROPERDOCS = ["-m", "properdocs", "build", "--quiet"]
ZENSICAL = ["-m", "zensical", "build"]


def urls(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def data(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for folder in ("artifacts", "runs")
        for path in (site / folder).rglob("*.*")
        if path.is_file() and path.suffix != ".html"
    }


def block_of(page: Path) -> str:
    text = page.read_text(encoding="utf-8").partition('<div class="af">')[2].partition("<script")[0]
    # Zensical leaves the marks of the search in the page, which it reads when it searches.
    return text.replace(" data-search-exclude", "")


@pytest.mark.parametrize("command", [PROPERDOCS, ZENSICAL], ids=["properdocs", "zensical"])
@pytest.mark.parametrize("directories", [True, False], ids=["folders", "files"])
def test_another_builder_makes_the_same_addresses_and_data_of_the_same_pages(
    tmp_path, command, directories
):
    """Exit code 0, the pages where the engine has them, and each with what was generated."""
    config_file = write_project(tmp_path, use_directory_urls=directories)
    build(load_configuration(config_file))
    expected, files = urls(tmp_path / "site"), data(tmp_path / "site")
    (tmp_path / "site").rename(tmp_path / "engine")
    done = subprocess.run(
        [sys.executable, *command, "--config-file", config_file],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert urls(tmp_path / "site") == expected
    assert data(tmp_path / "site") == files
    if directories and command is ZENSICAL:
        return  # it takes links in HTML as seen from the source, and moves those of versions
    for name in expected:
        if name.startswith(("artifacts/", "runs/")):
            assert block_of(tmp_path / "engine" / name) == block_of(tmp_path / "site" / name)
