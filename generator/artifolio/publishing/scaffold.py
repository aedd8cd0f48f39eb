"""Lays down what a folder needs to publish artifacts and show them as a site."""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.errors import ProjectError
from artifolio.location import FOLDER
from artifolio.store import KEEP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIGS = ("mkdocs.yml", "mkdocs.yaml")
_TEMPLATES = Path(__file__).parent / "templates"
_DOCS_DIR = "site_src"
_SITE_DIR = "site"
# A configuration of the user's own is read as text: its tags and includes are MkDocs' business.
_SETTING = r"""^{}:[ \t]*["']?([^"'#\r\n]*[^"'#\s])["']?[ \t]*(?:#.*)?$"""
_PLUGIN = re.compile(
    r"""^\s*(?:-\s*)?["']?artifolio["']?\s*(?::\s*(?:\{.*)?)?(?:\#.*)?$"""
    r"""|^plugins:[ \t]*\[.*\bartifolio\b""",
    re.MULTILINE,
)
_UNLISTED = re.compile(r"^\s+/?artifacts/\*\*", re.MULTILINE)
_LIST_PAGE = "artifacts/index.md"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class CiFile:
    """What has a host's CI build the site."""

    host: str
    """The host's name, for people."""
    path: str
    """Where the host looks for it in a repository."""
    template: str
    is_shared: bool
    """Whether jobs that have nothing to do with the site are in the same file."""


CI_FILES = {
    "github": CiFile("GitHub", ".github/workflows/site.yml", "site.yml", is_shared=False),
    "gitlab": CiFile("GitLab", ".gitlab-ci.yml", "gitlab-ci.yml", is_shared=True),
}


class Outcome(enum.Enum):
    """What became of one file."""

    CREATED = "created"
    EXTENDED = "extended"
    KEPT = "kept"


@dataclass(frozen=True)
class Step:
    """One file of the scaffold."""

    path: str
    """Below the project's folder, with forward slashes."""
    outcome: Outcome


@dataclass(frozen=True)
class Scaffold:
    """What was laid down, and what is left to do by hand."""

    folder: Path
    steps: tuple[Step, ...]
    config: str
    """Name of MkDocs' configuration."""
    missing: str
    """Lines that a configuration of the user's own lacks; empty where it lacks none."""
    ci: CiFile | None
    missing_jobs: str
    """What the file for CI lacks, if it is the user's own; empty where it lacks nothing."""
    repository: Path | None
    """The repository around the folder, where that is not the folder itself."""


def lay_down(folder: Path, ci: CiFile | None = CI_FILES["github"]) -> Scaffold:
    """Make a folder ready: records, pages, MkDocs, git and CI.

    Files that are there stay as they are; only lines that ``.gitattributes`` and ``.gitignore``
    lack are added at their end. Doing it again changes nothing.

    Args:
        folder: The project; made where it is missing.
        ci: What is to build the site, if anything.

    Raises:
        ProjectError: If a file is where a folder must be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _lay_down(folder, ci)
    except (FileExistsError, NotADirectoryError) as error:
        raise ProjectError(f"{error.filename} is a file; a folder is needed there") from None


def _lay_down(folder: Path, ci: CiFile | None) -> Scaffold:
    config = next((name for name in CONFIGS if (folder / name).exists()), CONFIGS[0])
    own = (folder / config).exists()
    text = (folder / config).read_text(encoding="utf-8", errors="replace") if own else ""
    docs_dir = _setting(text, "docs_dir", "docs") if own else _DOCS_DIR
    site_dir = _setting(text, "site_dir", _SITE_DIR)
    name = "".join(filter(str.isprintable, folder.resolve().name)) or "Artifacts"
    ignored = [f"/{site_dir}/", f"/{docs_dir}/artifacts/", f"/{docs_dir}/runs/"]
    steps = [
        _keep_records(folder),
        _create(folder / config, "mkdocs.yml", {"site_name": json.dumps(name, ensure_ascii=False)}),
        _extend(folder / ".gitattributes", [f"{FOLDER}/** -text"]),
        _extend(folder / ".gitignore", ignored),
    ]
    missing_jobs = ""
    if ci is not None:
        steps.append(_create(folder / ci.path, ci.template, {"site_dir": site_dir}))
        missing_jobs = _missing_jobs(folder, ci)
    # MkDocs takes a README.md for the index as well.
    if not (folder / docs_dir / "README.md").exists():
        names = {"site_name": name, "docs_dir": docs_dir}
        steps.insert(1, _create(folder / docs_dir / "index.md", "index.md", names))
    told = tuple(Step(path.relative_to(folder).as_posix(), outcome) for path, outcome in steps)
    missing = _missing(text) if own else ""
    return Scaffold(folder, told, config, missing, ci, missing_jobs, _outer(folder))


def _setting(text: str, name: str, default: str) -> str:
    """Return a folder that a configuration names, if it is a plain one below it."""
    match = re.search(_SETTING.format(name), text, re.MULTILINE)
    value = match[1].removeprefix("./").rstrip("/") if match else default
    return value if re.fullmatch(r"\w[\w ./-]*", value) and ".." not in value else default


def _keep_records(folder: Path) -> tuple[Path, Outcome]:
    path = folder / FOLDER / KEEP
    path.parent.mkdir(exist_ok=True)
    if any(path.parent.iterdir()):
        return path.parent, Outcome.KEPT
    # Git keeps no empty folder.
    path.touch()
    return path, Outcome.CREATED


def _create(path: Path, template: str, names: Mapping[str, str]) -> tuple[Path, Outcome]:
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    text = _PLACEHOLDER.sub(lambda match: names.get(match[1], match[0]), text)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return path, Outcome.KEPT
    return path, Outcome.CREATED


def _extend(path: Path, lines: Sequence[str]) -> tuple[Path, Outcome]:
    try:
        content = path.read_bytes()
        outcome = Outcome.EXTENDED
    except FileNotFoundError:
        content = b""
        outcome = Outcome.CREATED
    known = {line.strip() for line in content.decode("utf-8", "replace").splitlines()}
    missing = [line for line in lines if line not in known]
    if not missing:
        return path, Outcome.KEPT
    end = b"\r\n" if b"\r\n" in content else b"\n"
    before = end if content and not content.endswith(b"\n") else b""
    with path.open("ab") as file:
        file.write(before + b"".join(line.encode() + end for line in missing))
    return path, outcome


def _missing(text: str) -> str:
    """Return the lines that a configuration lacks, as they would stand in it."""

    def section(name: str, first: str = "") -> str:
        there = re.search(rf"^{name}:", text, re.MULTILINE)
        return f"{name}:  # is there; add below it\n" if there else f"{name}:{first}\n"

    parts = []
    if not _PLUGIN.search(text):
        # MkDocs has search by itself only where no plugins are named.
        search = "" if re.search(r"^plugins:", text, re.MULTILINE) else "  - search\n"
        parts.append(section("plugins") + search + "  - artifolio\n")
    has_nav = re.search(r"^nav:", text, re.MULTILINE)
    if has_nav and _LIST_PAGE not in text:
        parts.append(section("nav") + f"  - Artifacts: {_LIST_PAGE}\n")
    if not _UNLISTED.search(text):
        # Without a nav MkDocs makes one of all pages that are not named here.
        listed = "" if has_nav else f"  !/{_LIST_PAGE}\n"
        parts.append(section("not_in_nav", " |") + f"  /artifacts/**\n{listed}  /runs/**\n")
    return "\n".join(parts)


def _missing_jobs(folder: Path, ci: CiFile) -> str:
    """Return the jobs that a file with all jobs lacks, unless it builds the site in its own way."""
    text = (folder / ci.path).read_text(encoding="utf-8", errors="replace")
    if not ci.is_shared or "artifolio" in text:
        return ""
    return (_TEMPLATES / ci.template).read_text(encoding="utf-8")


def _outer(folder: Path) -> Path | None:
    folder = folder.resolve()
    roots = (parent for parent in (folder, *folder.parents) if (parent / ".git").exists())
    root = next(roots, folder)
    return None if root == folder else root
