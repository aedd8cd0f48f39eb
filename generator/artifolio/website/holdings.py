"""What is made of the pages, and lies in the owned folders as it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.website.sync import Ledger, join, list_outputs, remove_outputs
from artifolio.website.units import Folder
from artifolio.website.urls import OWNED_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from artifolio.website.memory import Memory
    from artifolio.website.sync import Files

_NOTHING = Folder()


class Holdings:
    """Knows what is made, and keeps the owned folders free of anything else.

    Args:
        docs_dir: MkDocs' ``docs_dir``.
        memory: For what is made from one process to the next.
    """

    def __init__(self, docs_dir: Path, memory: Memory) -> None:
        self._docs_dir = docs_dir
        self._memory = memory
        self._is_loaded = False
        self._made: dict[str, Folder] = {}
        self._found: dict[str, Files] = {}
        """What is on disk of the folders that have been looked at and not cleared since."""
        self.ledger = Ledger()

    def __getitem__(self, folder: str) -> Folder:
        return self._made.get(folder, _NOTHING)

    def is_mine(self) -> bool:
        """Tell whether no other process has made pages since the last look at all of them."""
        return self._memory.is_mine()

    def look(self, folders: Iterable[str] | None = None) -> None:
        """Look at what is on disk, and forget what is not there as it was made.

        Args:
            folders: Below ``docs_dir``; None, which has to come first, looks at all owned ones.
        """
        # What a refresh that failed has looked at is not cleared yet.
        looked = set(OWNED_FOLDERS) if folders is None else {*folders, *self._found}
        self._found = {}
        for folder in sorted(looked):
            self._list(folder)
        if not self._is_loaded:
            self._made = self._memory.load()
            self._is_loaded = True
            for folder, files in self._found.items():
                self.ledger.files.update({join(folder, name): got for name, got in files.items()})
        for folder in self._made.keys() if folders is None else looked | self._found.keys():
            made, files = self[folder], self._found.get(folder, {})
            if made.outputs == files:
                continue
            self._made[folder] = made.as_found(files)
            for path in (join(folder, name) for name in made.outputs.keys() - files.keys()):
                if path in self.ledger.files:
                    self.ledger.drop(path)

    def put(self, folder: str, made: Folder) -> None:
        """Note what has been made of a folder."""
        before = self[folder].outputs
        self._made[folder] = made
        for name, identity in made.outputs.items():
            self.ledger.put(join(folder, name), identity)
        if folder not in self._found and not before.keys() <= made.outputs.keys():
            self._list(folder)

    def clear(self, wanted: Collection[str]) -> None:
        """Remove what does not belong to anything made, in the folders that were looked at.

        Args:
            wanted: All folders that there should be. The others are looked at as well.
        """
        for folder in self._made.keys() - wanted:
            made = self._made.pop(folder)
            if folder not in self._found:
                self._list(folder)
            # Another refresh may have removed it already.
            for name in made.outputs.keys() - self._found.get(folder, {}).keys():
                self.ledger.drop(join(folder, name))
        for folder in sorted(self._found, reverse=True):
            extra = self._found[folder].keys() - self[folder].outputs.keys()
            if extra or folder not in self._made:
                remove_outputs(self._docs_dir, folder, extra)
                for name in sorted(extra):
                    self.ledger.drop(join(folder, name))
        self._found = {}

    def save(self, stamp: str = "") -> None:
        """Remember what is made. To be done last: what was not remembered is made again.

        Args:
            stamp: As `Memory.save` takes it.
        """
        self._memory.save(self._made, stamp)

    @property
    def stamp(self) -> str:
        """What was given to `save` last, in this process or before."""
        return self._memory.stamp

    def lacks(self) -> Iterator[str]:
        """Give what pages lack, as `Folder.lacks`."""
        return (made.lacks for made in self._made.values() if made.lacks)

    def _list(self, folder: str) -> None:
        for place, files in list_outputs(self._docs_dir, folder).items():
            # Where a folder is no folder that is told of the one above, which is not looked at.
            if not place or place == folder or place.startswith(f"{folder}/"):
                self._found[place] = files
