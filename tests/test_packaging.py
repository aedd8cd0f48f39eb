"""The wheel, as a stranger installs it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    subprocess.run([*command, REPOSITORY], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "generator/artifolio"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    wanted = {path.removeprefix("generator/") for path in tracked if (REPOSITORY / path).is_file()}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == wanted
    assert "artifolio/py.typed" in packed
    assert "artifolio/website/templates/key.html" in packed


def test_the_wheel_says_what_it_needs_and_is_licensed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = {name.rpartition("/")[2]: name for name in archive.namelist() if "dist-info" in name}
        metadata = archive.read(info["METADATA"]).decode()
        points = archive.read(info["entry_points.txt"]).decode()
    assert "LICENSE" in info
    needed = ("mkdocs<", "mkdocs-material", "pyyaml", "jinja2", "watchdog", "click")
    requirements = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert all(any(name in line for line in requirements) for name in needed)
    assert "artifolio = artifolio.cli.main:main" in points
    assert "[mkdocs.plugins]" in points


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The bin folder of a fresh virtual environment that holds the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", wheel], check=True, capture_output=True)
    return folder / "bin"


def test_a_stranger_gets_from_the_wheel_to_a_site(installed, tmp_path):
    project = tmp_path / "my-reports"
    project.mkdir()
    environment = {"PATH": f"{installed}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}

    def run(*command: str) -> str:
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("git", "init", "--quiet")
    run("artifolio", "init")
    run("artifolio", "build", "--strict")
    assert (project / "site" / "artifacts" / "index.html").is_file()
    program = "from artifolio import create_markdown_artifact as c; c('# It works', key='hello')"
    run("python", "-c", program)
    run("artifolio", "build", "--strict")
    assert "It works" in (project / "site" / "artifacts" / "hello" / "index.html").read_text()
    assert "hello" in run("artifolio", "ls")
    assert run("artifolio", "check") != ""
