"""Makes sure that the tests of crashes find an strace that may trace, and says where it is.

Where there is none, Debian's package is installed, by root or by who may become it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def install_strace() -> None:
    """Install Debian's package."""
    if shutil.which("apt-get") is None:
        sys.exit("strace is not there and there is no apt-get; install strace by hand")
    is_root = os.geteuid() == 0
    become_root = [] if is_root else ["sudo", "--non-interactive"]
    apt_get = [*become_root, "apt-get"]
    subprocess.run([*apt_get, "update", "-qq"], check=True)
    subprocess.run(
        [*apt_get, "install", "-y", "-qq", "--no-install-recommends", "strace"], check=True
    )


def main() -> None:
    """Find strace, or install it and find it then, and try it."""
    if shutil.which("strace") is None:
        install_strace()
    found = shutil.which("strace")
    if found is None:
        sys.exit("no strace was found; install it and put it on the path")
    tried = subprocess.run([found, "-o", os.devnull, "true"], capture_output=True, text=True)
    if tried.returncode:
        sys.exit(
            f"{found} may not trace processes here: {tried.stderr.strip()}; "
            "a container needs --cap-add SYS_PTRACE"
        )
    print(found)


if __name__ == "__main__":
    main()
