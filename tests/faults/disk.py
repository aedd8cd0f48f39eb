"""A disk that loses in a power cut whatever it was not told to keep.

It promises as little as POSIX does. What was written to a file is safe after an fsync of the
file, and a name after one of its folder; an fsync of a file saves no name, and one of a folder
neither its own name nor any content. Everything else is kept or lost piece by piece: each change
of a name for itself, and of the content nothing, a part from the start, zeros of that length, the
one followed by the other, or all but a piece that is zeros.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from faults.calls import Call

# What changes nothing that a power cut could take.
_HARMLESS = frozenset(
    "read pread64 lseek fstat stat lstat newfstatat statx access faccessat faccessat2 getdents64 "
    "readlink readlinkat getcwd fcntl ioctl flock getpid gettid getrandom futex exit_group "
    "pselect6 select restart_syscall".split()
)
# A disk writes more at once; so small, it hits every line of a record.
_PIECE = 8


@dataclass(eq=False)
class File:
    """A file's content, under whatever names."""

    saved: bytes = b""
    """What it held at the last fsync."""
    content: bytes = b""

    def may_hold(self) -> Iterator[bytes]:
        """Give every content that it may have after a power cut."""
        yield self.saved
        if self.content == self.saved:
            return
        size = len(self.content)
        for length in range(size + 1):
            yield self.content[:length]
            yield self.content[:length].ljust(size, b"\0")
        for start in range(0, size, _PIECE):
            hole = bytes(len(self.content[start : start + _PIECE]))
            yield self.content[:start] + hole + self.content[start + _PIECE :]


@dataclass(eq=False)
class Folder:
    """A folder's names."""

    names: dict[str, list[File | Folder | None]] = field(default_factory=dict)
    """What each may stand for after a power cut; the last is what it stands for now."""

    def put(self, name: str, item: File | Folder | None) -> None:
        """Let a name stand for something else, or for nothing."""
        self.names.setdefault(name, [None]).append(item)

    def get(self, name: str) -> File | Folder | None:
        """Return what a name stands for now."""
        return self.names.get(name, [None])[-1]


class Disk:
    """Follows the system calls of processes.

    Args:
        root: A folder; all in it is safe.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = _load(root)
        self._open: dict[int, File | Folder | None] = {}
        self._changes: Counter[File | Folder] = Counter()
        self._syncs: dict[tuple[File | Folder, int], list[Call]] = {}

    @property
    def syncs(self) -> list[list[Call]]:
        """The last process's fsyncs, those together between which the thing did not change."""
        return list(self._syncs.values())

    def replay(self, calls: Iterable[Call]) -> None:
        """Let a process do all of its calls."""
        for _ in self.follow(calls):
            pass

    def follow(self, calls: Iterable[Call]) -> Iterator[Call]:
        """Let a process do its calls, and give each when it is done."""
        self._open = {}
        self._syncs = {}
        for call in calls:
            if call.result is not None and call.result >= 0 and call.name not in _HARMLESS:
                if call.name not in _CALLS:
                    raise NotImplementedError(f"nobody told what {call} does to a disk")
                _CALLS[call.name](self, call)
            yield call

    def trees(self) -> Iterator[Mapping[str, File]]:
        """Give every set of files, by path, that may be there after a power cut."""
        return _trees(self._folder, "")

    def cut(self, chance: random.Random) -> Mapping[str, bytes]:
        """Cut the power, and give what is there then, as chance will have it."""
        tree = chance.choice(list(self.trees()))
        return {path: chance.choice(list(file.may_hold())) for path, file in tree.items()}

    def _do_open(self, call: Call) -> None:
        assert call.result is not None
        path = call.texts[0]
        item = self._find(path)
        if "O_CREAT" in call.arguments and item is None:
            item = File()
            self._put(path, item)
        if "O_TRUNC" in call.arguments and isinstance(item, File):
            item.content = b""
            self._changes[item] += 1
        self._open[call.result] = item

    def _do_close(self, call: Call) -> None:
        self._open.pop(call.descriptor, None)

    def _do_write(self, call: Call) -> None:
        file = self._open.get(call.descriptor)
        if isinstance(file, File):
            file.content += call.texts[0][: call.result]
            self._changes[file] += 1

    def _do_sync(self, call: Call) -> None:
        item = self._open.get(call.descriptor)
        if item is None:
            return
        self._syncs.setdefault((item, self._changes[item]), []).append(call)
        if isinstance(item, File):
            item.saved = item.content
        else:
            item.names = {name: known[-1:] for name, known in item.names.items() if known[-1]}

    def _do_make_folder(self, call: Call) -> None:
        self._put(call.texts[0], Folder())

    def _do_link(self, call: Call) -> None:
        source, target = call.texts
        self._put(target, self._find(source))

    def _do_rename(self, call: Call) -> None:
        self._do_link(call)
        self._do_unlink(call)

    def _do_unlink(self, call: Call) -> None:
        self._put(call.texts[0], None)

    def _put(self, path: bytes, item: File | Folder | None) -> None:
        above, _, name = path.decode().rpartition("/")
        folder = self._find(above.encode())
        assert isinstance(folder, Folder), f"{path!r} is outside of {self._root}"
        folder.put(name, item)
        self._changes[folder] += 1

    def _find(self, path: bytes) -> File | Folder | None:
        """Return what a path stands for now; None for what is outside or not there."""
        pure = PurePath(path.decode())
        if not pure.is_relative_to(self._root):
            return None
        item: File | Folder | None = self._folder
        for part in pure.relative_to(self._root).parts:
            item = item.get(part) if isinstance(item, Folder) else None
        return item


_CALLS: Mapping[str, Callable[[Disk, Call], None]] = {
    "open": Disk._do_open,
    "openat": Disk._do_open,
    "close": Disk._do_close,
    "write": Disk._do_write,
    "fsync": Disk._do_sync,
    "fdatasync": Disk._do_sync,
    "mkdir": Disk._do_make_folder,
    "mkdirat": Disk._do_make_folder,
    "link": Disk._do_link,
    "linkat": Disk._do_link,
    "rename": Disk._do_rename,
    "renameat": Disk._do_rename,
    "renameat2": Disk._do_rename,
    "unlink": Disk._do_unlink,
    "unlinkat": Disk._do_unlink,
}


def lay_out(tree: Mapping[str, bytes], root: Path) -> None:
    """Write files into a folder."""
    for path, content in tree.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _load(path: Path) -> Folder:
    folder = Folder()
    for item in path.iterdir():
        content = b"" if item.is_dir() else item.read_bytes()
        folder.names[item.name] = [_load(item) if item.is_dir() else File(content, content)]
    return folder


def _trees(folder: Folder, path: str) -> Iterator[dict[str, File]]:
    choices = []
    for name, history in folder.names.items():
        below: list[Mapping[str, File]] = []
        for item in dict.fromkeys(history):
            if item is None:
                below.append({})
            elif isinstance(item, File):
                below.append({f"{path}{name}": item})
            else:
                below += _trees(item, f"{path}{name}/")
        choices.append(below)
    for choice in itertools.product(*choices):
        yield {path: file for part in choice for path, file in part.items()}
