"""Which names of versions a branch gives, moves and takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifolio.errors import InvalidValueError, RecordError
from artifolio.headers import SUFFIX
from artifolio.pins import PIN_SUFFIX, check_pin_name, version_in
from artifolio.publishing.review import PinChange, PinnedVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.publishing.objects import Objects
    from artifolio.publishing.trees import FileDiff

_MOST_BYTES = 1_000


def read_pin_change(
    objects: Objects, raw: FileDiff, before: Mapping[str, int], now: Mapping[str, int]
) -> PinChange | None:
    """Return what a branch did to a name; None if that is none, or cannot be read.

    Args:
        objects: Of the repository.
        raw: The file.
        before: The places of the key's versions without the branch, by the names of their files.
        now: The same, once the branch is merged.
    """
    try:
        name = check_pin_name(raw.name.removesuffix(PIN_SUFFIX))
        new = None if raw.status == "D" else _version(objects, raw.path, raw.new, now)
    except (InvalidValueError, RecordError):
        return None
    try:
        old = None if raw.status == "A" else _version(objects, raw.path, raw.old, before)
    except RecordError:
        old = None  # what is mended by now is nothing to look at
    return PinChange(raw.folder, name, old, new)


def _version(objects: Objects, path: str, content: str, places: Mapping[str, int]) -> PinnedVersion:
    found = objects.read(content, _MOST_BYTES)
    version = version_in(path, found.content if found is not None else b"")
    # The name of a record's file ends with the last digits of its id.
    ending = f"-{version[-12:]}{SUFFIX}"
    number = next((places[name] for name in places if name.endswith(ending)), None)
    return PinnedVersion(version, number)
