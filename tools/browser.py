"""Makes sure that the browser tests find a Chromium, and says where it is.

Looked for in this order: ``ARTIFOLIO_CHROMIUM``, the usual names on the path, Playwright's own.
Where there is none, Debian's package is installed if that may be done, else Playwright's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shell is the same engine without the windows around it; with it the tests that open pages take
# a third of the time. Not every release of Debian has it.
PACKAGES = ("chromium-headless-shell", "chromium")
NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium that can be started, or None."""
    named = os.environ.get("ARTIFOLIO_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install_chromium() -> None:
    """Install a Chromium, as Debian's package for root on Debian, else through Playwright."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
        for package in PACKAGES:
            if subprocess.run([*command, package], check=False).returncode == 0:
                break
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> None:
    """Find a Chromium, or install one and find it then."""
    if find_chromium() is None:
        install_chromium()
    found = find_chromium()
    if found is None:
        sys.exit("no Chromium was found; install one and set ARTIFOLIO_CHROMIUM to its path")
    print(found)


if __name__ == "__main__":
    main()
