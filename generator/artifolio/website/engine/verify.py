"""Comparing a site with what plain MkDocs makes of the same project."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from artifolio.errors import BuildError, printable
from artifolio.location import CACHE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MISSING = "missing"
LEFT_OVER = "left over"
DIFFERS = "differs"

_SITEMAP = "sitemap.xml"
_DATE = re.compile(rb"(?<=<lastmod>)\d{4}-\d\d-\d\d(?=</lastmod>)")
# MkDocs' themes mkdocs and readthedocs end the home page with it, MkDocs 1.6 `base.html`.
_TIMESTAMP = re.compile(
    rb"(?<=\nBuild Date UTC : )\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00)?(?=\n-->)"
)
_CHUNK_BYTES = 1 << 16
_SHOWN_BEFORE = 30
_SHOWN_AFTER = 50


@dataclass(frozen=True)
class Difference:
    """One file or folder that is not as plain MkDocs makes it."""

    path: str
    """Below the site, with forward slashes; that of an empty folder ends with one."""
    what: str
    """`MISSING`, `LEFT_OVER` or `DIFFERS`."""
    hint: str = ""
    """Where files differ first and how, on one printable line."""

    def __str__(self) -> str:
        """Say where first, as compilers do."""
        said = f"{printable(self.path)}: {self.what}"
        return f"{said}, {self.hint}" if self.hint else said


def verify(config_file: Path, site_dir: Path) -> tuple[Difference, ...]:
    """Build a project by plain MkDocs in another process, and compare the two sites.

    Args:
        config_file: The project's ``mkdocs.yml``.
        site_dir: The site that is to be compared. It is only read.

    Returns:
        What is not the same, sorted by path; dates of the build aside.

    Raises:
        BuildError: If plain MkDocs cannot build the site.
    """
    with tempfile.TemporaryDirectory(prefix="artifolio-verify-") as folder:
        plain_dir = Path(folder) / "site"
        # What the build under suspicion remembers must not reach the one that judges it.
        environ = {
            **os.environ,
            CACHE_VARIABLE: str(Path(folder) / "cache"),
            "NO_MKDOCS_2_WARNING": "1",
        }
        _build_plainly(config_file, plain_dir, environ)
        return compare_sites(site_dir, plain_dir)


def compare_sites(site_dir: Path, plain_dir: Path) -> tuple[Difference, ...]:
    """Compare a site with the one that plain MkDocs made, file by file and byte by byte.

    Dates of the build are left out: those of the sitemap, and that in the comment of MkDocs' own
    themes. So is what only the site has at its top under a name that starts with a dot, since
    MkDocs leaves that alone when it cleans.

    Args:
        site_dir: The site that is to be compared.
        plain_dir: What it should be.
    """
    found, wanted = dict(_entries(site_dir)), dict(_entries(plain_dir))
    differences = []
    for path in sorted(found.keys() | wanted.keys()):
        if path not in found:
            differences.append(Difference(path, MISSING))
        elif path not in wanted:
            if not path.startswith("."):
                differences.append(Difference(path, LEFT_OVER))
        elif not found[path]:
            differences.append(Difference(path, DIFFERS, "is no regular file"))
        elif not path.endswith("/"):
            hint = _first_difference(path, site_dir / path, plain_dir / path)
            if hint:
                differences.append(Difference(path, DIFFERS, hint))
    return tuple(differences)


def _build_plainly(config_file: Path, site_dir: Path, environ: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    command += ["--config-file", str(config_file), "--site-dir", str(site_dir)]
    done = subprocess.run(command, env=environ, capture_output=True, check=False)  # noqa: S603 - our own interpreter
    if done.returncode:
        words = " ".join((done.stderr or done.stdout).decode("utf-8", "replace").split())
        reason = printable(words) or f"it ended with status {done.returncode}"
        raise BuildError(f"{config_file}: plain MkDocs cannot build it: {reason}")


def _entries(site_dir: Path) -> Iterator[tuple[str, bool]]:
    """Give each file, and each folder without any, and whether it is what MkDocs would make."""
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            names = os.listdir(site_dir / folder)
        except FileNotFoundError:  # no site at all
            continue
        if folder and not names:
            yield folder, True
        for name in names:
            path = f"{folder}{name}"
            mode = os.lstat(site_dir / path).st_mode
            if stat.S_ISDIR(mode):
                pending.append(f"{path}/")
            else:
                yield path, stat.S_ISREG(mode)


def _first_difference(path: str, one: Path, other: Path) -> str:
    """Say where two files differ first; nothing where they are the same."""
    with one.open("rb") as found, other.open("rb") as wanted:
        hint = _compare(found, wanted)
        if not hint:
            return ""
        found.seek(0)
        wanted.seek(0)
        try:
            return _compare(_without_dates(path, found), _without_dates(path, wanted))
        except (EOFError, OSError, zlib.error):
            return f"cannot be decompressed; {hint}"


def _without_dates(path: str, stream: BinaryIO) -> BinaryIO:
    if path == f"{_SITEMAP}.gz":
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if path in (_SITEMAP, f"{_SITEMAP}.gz"):
        return io.BytesIO(_DATE.sub(b"", stream.read()))
    if path.endswith(".html"):
        return io.BytesIO(_TIMESTAMP.sub(b"", stream.read()))
    return stream


def _compare(found: BinaryIO, wanted: BinaryIO) -> str:
    """Say where two streams differ first; nothing where they are the same."""
    line, before = 1, b""
    while True:
        one, other = found.read(_CHUNK_BYTES), wanted.read(_CHUNK_BYTES)
        if one == other:
            if not one:
                return ""
            line += one.count(b"\n")
            before = one[-_SHOWN_BEFORE:]
            continue
        pairs = enumerate(zip(one, other, strict=False))
        place = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
        line += one.count(b"\n", 0, place)
        same = (before + one[:place])[-_SHOWN_BEFORE:].rpartition(b"\n")[2]
        return (
            f"line {line} is {_excerpt(same, one[place:])} and not {_excerpt(same, other[place:])}"
        )


def _excerpt(same: bytes, rest: bytes) -> str:
    """Show a place in a file, within its line."""
    end = rest.find(b"\n") + 1 or len(rest)
    text = same + rest[: min(end, _SHOWN_AFTER)]
    return f"'{printable(text.decode('utf-8', 'backslashreplace'))}'"
