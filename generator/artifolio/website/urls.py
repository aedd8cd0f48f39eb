"""Where each page lies in ``site_src/``, and how one links to another."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from artifolio.keys import folder_for, is_key

if TYPE_CHECKING:
    from artifolio.bodies import Attachment
    from artifolio.headers import Header

ARTIFACTS = "artifacts"
RUNS = "runs"
OWNED_FOLDERS = (ARTIFACTS, RUNS)
"""Folders of ``site_src/`` that hold nothing but what artifolio generates."""
ASSETS = f"{ARTIFACTS}/_assets"
LIST = f"{ARTIFACTS}/index.md"
LIST_INDEX = f"{ARTIFACTS}/index.json"
LIST_FEED = f"{ARTIFACTS}/feed.xml"
LIST_LLMS = f"{ARTIFACTS}/llms.txt"
SCHEMAS = f"{ASSETS}/schema"
LIST_PARTS = f"{ARTIFACTS}/_pages"
"""Folder of the list's further pages. Like that of the assets, no key can have its name."""
LIST_ROWS = f"{LIST_PARTS}/rows.json"

_UNQUOTED = re.compile(r"[A-Za-z0-9_./-]*")
# No slash, no dot in front: the name of a folder, the same on every file system. What looks like
# the folder of a hashed id is hashed itself, so that no two runs share a page.
_PLAIN_RUN = re.compile(r"(?!x-[0-9a-f]{24}$)[a-z0-9][a-z0-9._-]{0,99}(?<!\.)")
# Endings that a browser shows or saves. Others get one more, so that an attachment never runs on
# the site's own address (HTML, SVG, scripts) nor becomes a page of it (Markdown).
_HARMLESS = frozenset(
    "7z avif bin bz2 csv docx gif gz jpeg jpg json jsonl log mp3 mp4 npy npz onnx parquet pdf png "
    "pptx tar tsv txt wav webm webp xlsx xz zip".split()
)


@dataclass(frozen=True, slots=True)
class Home:
    """Where the site is, and what it is called."""

    url: str = ""
    """With a slash at its end; empty where it is not known."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Urls:
    """Makes relative addresses, which work wherever the site is put.

    Args:
        directories: MkDocs' ``use_directory_urls``: whether ``a.md`` becomes ``a/index.html``.
        site_url: Where the site is, with a slash at its end; empty where that is not known.
    """

    directories: bool = True
    site_url: str = ""

    def between(self, source: str, target: str) -> str:
        """Return the relative address of one file of ``site_src/`` seen from a page.

        Args:
            source: The path below ``site_src/`` of a page, or of a file for programs.
            target: A page or any other file there.
        """
        base = self._destination(source).split("/")[:-1]
        parts = self._destination(target).split("/")
        shared = 0
        # Not by `relpath`, which takes six times as long: no path here has a dot for a part.
        for one, other in zip(base, parts[:-1], strict=False):
            if one != other:
                break
            shared += 1
        parts[:shared] = [".."] * (len(base) - shared)
        if self.directories and target.endswith(".md"):
            parts[-1] = ""
        relative = "/".join(parts) or "./"
        return quoted(relative)

    def whole(self, source: str, target: str) -> str:
        """Return the whole address of a file; where the site's is not known, the relative one.

        Args:
            source: As `between` takes it.
            target: A page or any other file.
        """
        if not self.site_url:
            return self.between(source, target)
        return self.site_url + self.between("", target)

    def _destination(self, path: str) -> str:
        stem, ending = posixpath.splitext(path)
        if ending != ".md":
            return path
        if posixpath.basename(stem) == "index" or not self.directories:
            return f"{stem}.html"
        return f"{stem}/index.html"


def quoted(address: str) -> str:
    """Return a path as an address has it."""
    # To quote what needs none, ten thousand times, takes longer than to make a page.
    return address if _UNQUOTED.fullmatch(address) else quote(address)


def lineage_page(key: str | None) -> str:
    """Return the path of a key's page, or of the page of all keyless versions."""
    return f"{ARTIFACTS}/{folder_for(key)}/index.md"


def lineage_part(key: str | None, number: int) -> str:
    """Return the path of a numbered page of older versions; no stem starts so."""
    return f"{ARTIFACTS}/{folder_for(key)}/versions-{number}.md"


def lineage_index(key: str | None) -> str:
    """Return the path of the JSON file that lists the newest versions of a key."""
    return f"{ARTIFACTS}/{folder_for(key)}/index.json"


def lineage_index_part(key: str | None, number: int) -> str:
    """Return the path of a numbered JSON file of older versions, beside the page of that number."""
    return f"{ARTIFACTS}/{folder_for(key)}/versions-{number}.json"


def latest_file(key: str) -> str:
    """Return the path of the JSON file of a key's latest version."""
    return f"{ARTIFACTS}/{key}/latest.json"


def lineage_feed(key: str) -> str:
    """Return the path of a key's feed."""
    return f"{ARTIFACTS}/{key}/feed.xml"


def badge_file(key: str) -> str:
    """Return the path of a key's badge."""
    return f"{ARTIFACTS}/{key}/badge.svg"


def list_part(number: int) -> str:
    """Return the path of a page of the list of all artifacts, counted from 1."""
    return LIST if number == 1 else f"{LIST_PARTS}/{number}.md"


def version_page(header: Header) -> str:
    """Return the path of a version's page."""
    return version_file(header, f"{header.stem}.md")


def data_file(header: Header, ending: str) -> str:
    """Return the path of a version's data file."""
    return version_file(header, f"{header.stem}.{ending}")


def version_file(header: Header, name: str) -> str:
    """Return the path of any file of a version."""
    return f"{ARTIFACTS}/{header.folder}/{name}"


def attachment_file(header: Header, attachment: Attachment) -> str:
    """Return the path of an attachment's copy, under an ending that no browser runs."""
    ending = attachment.name.rpartition(".")[2]
    # .json is the version's own data file.
    harmless = ending in _HARMLESS and ending not in ("json", "csv")
    return f"{ARTIFACTS}/{header.folder}/{attachment.name}" + ("" if harmless else ".bin")


def run_page(flow_run: str, number: int = 1) -> str:
    """Return the path of a flow run's page, or of a further one of its pages."""
    name = "index" if number == 1 else f"page-{number}"
    return f"{run_folder(flow_run)}/{name}.md"


def run_folder(flow_run: str) -> str:
    """Return the folder of a flow run's pages; ids that are no plain names are hashed."""
    # Windows opens the device of that name, whatever the ending.
    is_device = not is_key(flow_run.partition(".")[0].replace("_", "-"))
    if _PLAIN_RUN.fullmatch(flow_run) and not is_device:
        return f"{RUNS}/{flow_run}"
    return f"{RUNS}/x-{hashlib.sha256(flow_run.encode()).hexdigest()[:24]}"
