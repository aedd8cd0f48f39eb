"""What importing the package loads, in an interpreter of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = """
click rich jinja2 mkdocs material watchdog cmarkgfm nh3 starlette uvicorn numpy pandas polars
pyarrow matplotlib PIL prefect yaml asyncio concurrent subprocess sqlite3 urllib.request http email
importlib.metadata pkg_resources mimetypes difflib secrets tempfile logging
""".split()


def loaded_by(program: str) -> set[str]:
    """Return what a program loads that two modules no record can do without do not."""
    report = "import sys; print(*sys.modules, sep='\\n')"
    bare, full = (
        subprocess.run(
            [sys.executable, "-c", f"{start}\n{report}"], capture_output=True, text=True, check=True
        ).stdout.split("\n")
        for start in ("import dataclasses, uuid", program)
    )
    return set(full) - set(bare)


@pytest.fixture(scope="module")
def loaded():
    return loaded_by("import artifolio")


@pytest.mark.parametrize("library", HEAVY)
def test_the_package_does_not_load_what_only_a_command_or_a_type_needs(loaded, library):
    assert library not in loaded


def test_the_package_loads_no_library_but_its_own_modules(loaded):
    roots = {name.partition(".")[0] for name in loaded}
    assert roots - sys.stdlib_module_names - {"", "_distutils_hack"} == {"artifolio"}


def test_the_package_loads_no_command_and_no_page():
    rows = {
        name.split(".")[1]
        for name in loaded_by("import artifolio")
        if name.startswith("artifolio.")
    }
    assert rows.isdisjoint({"cli", "website", "server", "publishing"})


def test_publishing_and_reading_back_load_no_yaml():
    loaded = loaded_by(
        "from artifolio import Artifact, create_table_artifact\n"
        "create_table_artifact([{'a': 1.5}], 'x', 'Why\\nnot')\n"
        "assert Artifact.get('x').data == [{'a': 1.5}]\n"
    )
    assert "artifolio.sdk" in loaded
    assert loaded.isdisjoint({"yaml", "asyncio", "click", "rich", "jinja2", "mkdocs"})
