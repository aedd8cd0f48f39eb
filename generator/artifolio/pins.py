"""Names that people give to versions of a key, each in a small file beside the records.

A file a name: two branches that pin different things never meet, and two that move one name are
a conflict that git shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.errors import InvalidValueError, NotFoundError, Problem, RecordError, shown
from artifolio.files import open_regular, read_at_most, replace_file, sync_folder
from artifolio.keys import KEYLESS_FOLDER, is_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PIN_SUFFIX = ".pin"
LATEST = "latest"
"""What always stands for the latest version, and never is a pin."""

_MOST_CHARACTERS = 60
_CONTENT = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\r?\n?")
_START_OF_ID = re.compile(r"[0-9a-f-]+")
# An attachment may have any ending.
_STEM = re.compile(r"[0-9]{8}T[0-9]{9}Z-")
_MOST_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class Pin:
    """A name of a version."""

    key: str
    name: str
    version: str
    """The version's id."""

    @property
    def path(self) -> str:
        """Where it lies below ``artifacts/``."""
        return f"{self.key}/{self.name}{PIN_SUFFIX}"


@dataclass(frozen=True, slots=True)
class Pins:
    """What the files of pins in one folder say."""

    pins: tuple[Pin, ...] = ()
    """Sorted by name."""
    problems: tuple[Problem, ...] = ()


def check_pin_name(name: str) -> str:
    """Return the name if a version may have it.

    Raises:
        InvalidValueError: If it may not.
    """
    if name == LATEST:
        raise InvalidValueError("pin", f"'{LATEST}' is always the latest version")
    if not is_key(name) or len(name) > _MOST_CHARACTERS:
        raise InvalidValueError(
            "pin",
            f"{shown(name)} is not up to {_MOST_CHARACTERS} lowercase letters, digits and dashes",
        )
    if _START_OF_ID.fullmatch(name):
        raise InvalidValueError("pin", f"{shown(name)} could be a number or the start of an id")
    return name


def is_pin_file(folder: str, name: str) -> bool:
    """Tell whether a file of a folder of records is there to name a version."""
    is_named = name.endswith(PIN_SUFFIX) and not name.startswith(".") and not _STEM.match(name)
    return is_named and folder != KEYLESS_FOLDER


def read_pins(root: Path, key: str, names: Iterable[str]) -> Pins:
    """Read the pins of a key. One that cannot be read becomes a problem, and hides no other.

    Args:
        root: The folder of records.
        key: The key, whose folder bears its name.
        names: Of the files in it.
    """
    pins, problems = [], []
    for file in sorted(name for name in names if is_pin_file(key, name)):
        path = f"{key}/{file}"
        try:
            name = check_pin_name(file.removesuffix(PIN_SUFFIX))
            pins.append(Pin(key, name, _read(root, path)))
        except InvalidValueError as error:
            problems.append(Problem(path, f"not a pin: {error.reason}; rename or delete it"))
        except FileNotFoundError:
            continue  # removed meanwhile
        except RecordError as error:
            problems.append(Problem(path, error.reason))
        except OSError as error:
            problems.append(Problem(path, f"cannot be read: {error.strerror}"))
    return Pins(tuple(pins), tuple(problems))


def write_pin(root: Path, pin: Pin) -> None:
    """Give a version a name, whichever version had it before.

    Raises:
        InvalidValueError: If no version may have the name.
        RecordError: If the key's folder is a symbolic link.
    """
    check_pin_name(pin.name)
    if (root / pin.key).is_symlink():
        raise RecordError(pin.path, f"{pin.key} is a symbolic link, which is not followed")
    replace_file(root / pin.path, f"{pin.version}\n".encode())


def remove_pin(root: Path, key: str, name: str) -> None:
    """Take a name away, whatever its file says.

    Raises:
        InvalidValueError: If no version may have the name.
        NotFoundError: If there is no such name.
    """
    path = root / key / f"{check_pin_name(name)}{PIN_SUFFIX}"
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"pin {name} of {key}", f"see 'artifolio ls --all {key}'") from None
    sync_folder(path.parent)


def version_in(path: str, content: bytes) -> str:
    """Return the id of the version that the content of a pin names.

    Args:
        path: Of its file, below ``artifacts/``.
        content: All of it, or its start.

    Raises:
        RecordError: If it names none.
    """
    text = content.decode("utf-8", "replace")
    found = _CONTENT.fullmatch(text)
    if found:
        return found[1]
    if text.startswith("<<<<<<<"):
        raise RecordError(path, "git conflict markers; resolve the merge, or pin it anew")
    raise RecordError(path, "not one line with the id of a version; pin it anew, or delete it")


def _read(root: Path, path: str) -> str:
    with open_regular(root / path) as (descriptor, _):
        return version_in(path, read_at_most(descriptor, _MOST_BYTES))
