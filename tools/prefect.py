"""Makes sure that the tests of the API find a real Prefect 3, and says where it is.

It lies in an environment of its own, beside the one that the tests run in: the two need not agree
on any library.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(sys.prefix) / "prefect"
# Prefect leaves FastAPI open; with 0.151 its server does not start.
REQUIREMENTS = ("prefect>=3.4,<4", "fastapi<0.151")
# Made last: what was left half-way is not taken for an environment.
_DONE = FOLDER / "done"


def find_prefect() -> Path | None:
    """Return the Python that has Prefect, or None if there is none."""
    python = FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    return python if _DONE.exists() and _DONE.read_text() == _wanted() else None


def install_prefect() -> None:
    """Make the environment anew."""
    venv.create(FOLDER, clear=True, with_pip=True)
    python = FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    options = ["--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run([python, "-m", "pip", "install", *options, *REQUIREMENTS], check=True)
    except subprocess.CalledProcessError as error:
        sys.exit(f"Prefect could not be installed (pip ended with {error.returncode})")
    _DONE.write_text(_wanted())


def _wanted() -> str:
    return "\n".join(REQUIREMENTS)


def main() -> None:
    """Find Prefect, or install it and find it then."""
    if find_prefect() is None:
        install_prefect()
    print(find_prefect())


if __name__ == "__main__":
    main()
