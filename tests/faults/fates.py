"""What may become of a record in a power cut."""

from __future__ import annotations

import functools
import hashlib
from enum import Enum
from typing import TYPE_CHECKING

from artifolio.errors import RecordError
from artifolio.records import parse_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifolio.bodies import Attachment, Body
    from artifolio.records import Record
    from faults.disk import Disk, File


class Fate(Enum):
    """What else may become of it than to be there, whole."""

    ABSENT = "nothing goes by its name"
    REFUSED = "its name holds what no reader takes for a record"
    BEREFT = "it is whole, and what is attached to it is not"


def fates(disk: Disk, path: str) -> set[Body | Fate]:
    """Give all that may become of a record if the power is cut now.

    Args:
        disk: Where it is.
        path: Where it is there.
    """
    found: set[Body | Fate] = set()
    for tree in disk.trees():
        if path in tree:
            for content in set(tree[path].may_hold()):
                record = _read(content)
                if isinstance(record, Fate):
                    found.add(record)
                elif _is_bereft(record, tree, path.rpartition("/")[0]):
                    found.add(Fate.BEREFT)
                else:
                    found.add(record.body)
        else:
            found.add(Fate.ABSENT)
    return found


@functools.lru_cache(100_000)
def _read(content: bytes) -> Record | Fate:
    try:
        record = parse_record(content.decode())
    except (RecordError, UnicodeDecodeError):
        return Fate.REFUSED
    return record if record.intact else Fate.REFUSED


def _is_bereft(record: Record, tree: Mapping[str, File], folder: str) -> bool:
    files = {tree.get(f"{folder}/{found.name}"): found for found in record.attachments}
    return any(
        file is None or not all(_is(content, attachment) for content in file.may_hold())
        for file, attachment in files.items()
    )


def _is(content: bytes, attachment: Attachment) -> bool:
    return hashlib.sha256(content).hexdigest() == attachment.sha256
