"""Makes commits as the user has set them up, signed and with hooks, without the user's index."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artifolio.publishing.git import Git, GitError
from artifolio.publishing.indexes import Index, copy_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from artifolio.publishing.place import Place

_MISSING = "is not a git command"
_NAMELESS = ("tell me who you are", "empty ident name", "auto-detect email address")


@dataclass(frozen=True)
class Committer:
    """Makes commits.

    Args:
        git: Of the repository.
        runs_hooks: Whether the user's hooks are asked.
    """

    git: Git
    runs_hooks: bool = True

    def commit(
        self,
        tree: str,
        parents: Sequence[str],
        message: str,
        *,
        index: Index | None = None,
        source: str = "message",
    ) -> str:
        """Make a commit, which no branch holds yet, and return its id.

        Args:
            tree: What it holds.
            parents: The commits before it.
            message: Its message; hooks may change it.
            index: The one that the tree was written from, for hooks that look at it.
            source: Where the message comes from, as ``prepare-commit-msg`` is told.

        Raises:
            GitError: If a hook refuses, it cannot be signed, or nobody knows who commits.
        """
        message = self._hooked(message, source, index.environ if index else {})
        signing = self.git.ask("config", "--type=bool", "--get", "commit.gpgSign")
        options = ["-S"] if signing == "true" else []
        for parent in parents:
            options += ["-p", parent]
        try:
            told = self.git.run("commit-tree", *options, tree, given=message.encode())
        except GitError as error:
            if any(words in error.said for words in _NAMELESS):
                reason = "nobody knows who commits; set git's user.name and user.email"
                raise GitError("commit", reason) from None
            raise
        return told.decode().strip()

    def hook(self, name: str, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        """Run a hook of the user's, if there is one.

        Raises:
            GitError: If it refuses.
        """
        if not self.runs_hooks:
            return
        # As under `git commit -m`: no hook is to open an editor.
        known = {**(environ or {}), "GIT_EDITOR": ":"}
        try:
            self.git.run("hook", "run", "--ignore-missing", name, "--", *arguments, environ=known)
        except GitError as error:
            if _MISSING in error.said:
                self._refuse_old_git(name)
                return
            reason = f"the hook {name} refused: {str(error).partition(': ')[2]}"
            raise GitError("commit", reason, error.status) from None

    def _hooked(self, message: str, source: str, environ: Mapping[str, str]) -> str:
        if not self.runs_hooks:
            return message
        with tempfile.TemporaryDirectory(prefix="artifolio-") as folder:
            file = Path(folder) / "COMMIT_EDITMSG"
            file.write_text(message, encoding="utf-8", newline="\n")
            self.hook("prepare-commit-msg", str(file), source, environ=environ)
            self.hook("commit-msg", str(file), environ=environ)
            text = file.read_text(encoding="utf-8", errors="replace").strip()
        if not text:
            raise GitError("commit", "a hook left nothing of the message")
        return f"{text}\n"

    def _refuse_old_git(self, name: str) -> None:
        """Refuse to leave out a hook that git before 2.36 has no command to run."""
        path = self.git.ask("rev-parse", "--git-path", f"hooks/{name}") or ""
        if (self.git.folder / path).is_file():
            raise GitError(
                "hook", f"2.36 or newer is needed to run {name}; or pass --no-verify to leave it"
            )


@contextmanager
def own_index(place: Place, base: str | None, *, like_users: bool) -> Iterator[Index]:
    """Give an index that holds a commit's tree, and is gone at the end.

    Args:
        place: The repository.
        base: The commit; None for an empty tree.
        like_users: Whether it is to know what the user's own knows of the files in the work tree,
            so that hooks need not read them all.
    """
    with tempfile.TemporaryDirectory(prefix="artifolio-") as folder:
        index = Index(place.git, Path(folder) / "index")
        if like_users:
            copy_index(place.index, Path(folder) / "index")
        index.read(base)
        yield index
