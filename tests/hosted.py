"""Repositories with a remote, and small sites to deploy from them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.publishing.git import Git
from repositories import Repository

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Hosted:
    """A clone, and the bare repository that a host would have."""

    work: Repository
    host: Repository

    @property
    def git(self) -> Git:
        return Git(self.work.folder, os.environ)

    def another(self, folder: Path) -> Hosted:
        """Return a second clone of the same host."""
        return Hosted(self.host.clone(folder), self.host)

    def files(self, branch: str = "gh-pages") -> dict[str, str]:
        """Return what the host's branch holds, without what artifolio notes there."""
        return {
            name: self.text(name, branch)
            for name in self.names(branch)
            if not name.endswith(".deployed-by-artifolio")
        }

    def names(self, branch: str = "gh-pages") -> list[str]:
        """Return the paths of all files of the host's branch."""
        listed = self.host.git("ls-tree", "-r", "-z", "--name-only", branch)
        return listed.removesuffix("\0").split("\0")

    def text(self, name: str, branch: str = "gh-pages") -> str:
        """Return a file of the host's branch."""
        return self.host.git("cat-file", "blob", f"{branch}:{name}")

    def tip(self, branch: str = "gh-pages") -> str:
        """Return the commit of a branch; nothing if it is not there."""
        return self.host.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def put(self, files: dict[str, str], branch: str = "gh-pages") -> str:
        """Have the host's branch hold these files, with a history of one commit, by hand."""
        lines = [
            f"100644 {self.host.git('hash-object', '-w', '--stdin', content=text.encode())}\t{name}"
            for name, text in files.items()
        ]
        index = str(self.host.folder / "index-by-hand")
        content = "".join(f"{line}\n" for line in lines).encode()
        self.host.git("read-tree", "--empty", GIT_INDEX_FILE=index)
        self.host.git("update-index", "--index-info", content=content, GIT_INDEX_FILE=index)
        tree = self.host.git("write-tree", GIT_INDEX_FILE=index)
        commit = self.host.git("commit-tree", tree, "-m", "By hand")
        self.host.git("update-ref", f"refs/heads/{branch}", commit)
        return commit


def make_hosted(folder: Path) -> Hosted:
    """Make a host with a commit on main, and a clone of it."""
    host = Repository(folder / "host.git", "--bare")
    host.commit()
    return Hosted(host.clone(folder / "work"), host)


def write_site(folder: Path, **files: str) -> Path:
    """Write a site: ``a__b`` is the file ``a/b``, each ends in ``.html``."""
    for name, text in {"index": "Home", **files}.items():
        path = folder / f"{name.replace('__', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
