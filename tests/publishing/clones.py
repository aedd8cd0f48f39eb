"""A remote and clones of it, in which records are published."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from artifolio import create_file_artifact, create_markdown_artifact
from artifolio.publishing.publish import Options, Published, publish
from artifolio.publishing.scaffold import lay_down
from artifolio.store import Store


def git(folder: Path, *arguments: str, **environ: str) -> str:
    """Run git as the test's user and return what it says."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **environ},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout.rstrip("\n")


class Clone:
    """A clone whose user has a name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "artifacts")
        self.git("config", "user.name", "Ada Lovelace")
        self.git("config", "user.email", "ada@example.org")
        self.git("config", "gc.auto", "0")

    def git(self, *arguments: str, **environ: str) -> str:
        """Run git in it."""
        return git(self.folder, *arguments, **environ)

    def add(self, key: str | None = "loss", text: str = "# Loss") -> str:
        """Write a version, and return its path below ``artifacts/``."""
        version = create_markdown_artifact(text, key, store=self.store)
        return self.store.find(version).path

    def add_file(self, key: str = "files", content: str = "1;2") -> str:
        """Write a version with an attachment, and return the record's path."""
        source = self.folder.parent / "data.csv"
        source.write_text(content)
        version = create_file_artifact(source, key, store=self.store)
        return self.store.find(version).path

    def publish(self, **options: Any) -> Published:
        """Publish, for ten seconds at most."""
        return publish(self.store, Options(**{"seconds": 10.0, **options}))

    def files(self, commit: str = "HEAD") -> list[str]:
        """Return the paths of a commit below ``artifacts/``."""
        return git(self.store.root, "ls-tree", "-r", "--name-only", commit, "--", ".").splitlines()

    def changed(self, commit: str = "HEAD") -> list[str]:
        """Return what a commit has done to files, as ``A path``."""
        return (
            self.git(*("show", "--format=", "--name-status", "--no-renames", commit))
            .replace("\t", " ")
            .splitlines()
        )

    def hook(self, name: str, script: str) -> None:
        """Write a hook of the clone's user."""
        write_hook(self.folder / ".git", name, script)


class Remote:
    """A bare repository with one commit, which has the folders of a project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "remote.git"
        self._around = folder
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.folder))
        first = folder / "first"
        lay_down(first)
        git(first, "init", "-q", "-b", "main")
        clone = Clone(first)
        clone.git("add", "-A")
        clone.git("commit", "-q", "-m", "Start")
        clone.git("push", "-q", str(self.folder), "main")

    def clone(self, name: str, *options: str) -> Clone:
        """Return a new clone."""
        folder = self._around / name
        git(self._around, "clone", "-q", *options, f"file://{self.folder}", str(folder))
        return Clone(folder)

    def git(self, *arguments: str) -> str:
        """Run git in it."""
        return git(self.folder, *arguments)

    def tip(self, branch: str = "main") -> str:
        """Return the last commit of a branch."""
        return self.git("rev-parse", f"refs/heads/{branch}")

    def files(self, branch: str = "main") -> set[str]:
        """Return the paths of the records of a branch, below ``artifacts/``."""
        paths = self.git("ls-tree", "-r", "--name-only", branch, "artifacts/").splitlines()
        return {path.removeprefix("artifacts/") for path in paths if path.endswith(".yaml")}

    def let_others_push(self, configuration: str) -> None:
        """Let somebody else push another ``mkdocs.yml``."""
        other = self.clone("somebody")
        (other.folder / "mkdocs.yml").write_text(configuration)
        other.git("commit", "-q", "-a", "-m", "Theirs")
        other.git("push", "-q")

    def hook(self, name: str, script: str) -> None:
        """Write a hook of the server."""
        write_hook(self.folder, name, script)


def write_hook(git_folder: Path, name: str, script: str) -> None:
    """Write an executable hook of a repository."""
    path = git_folder / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
