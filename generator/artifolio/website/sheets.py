"""Versions read whole, as their pages show them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifolio.bodies import File, Image, attachment_of
from artifolio.errors import RecordError
from artifolio.records import CHANGED
from artifolio.website.history import NOT_TOLD
from artifolio.website.sync import Output
from artifolio.website.urls import attachment_file

if TYPE_CHECKING:
    from artifolio.catalog import Version
    from artifolio.records import Record
    from artifolio.store import Store
    from artifolio.website.history import Told


@dataclass(frozen=True)
class Sheet:
    """One version as its page shows it."""

    version: Version
    record: Record | None
    """None where it could not be read; the problems then say why."""
    problems: tuple[str, ...] = ()
    """What is wrong with the body or the attachment."""
    attachment: str | None = None
    """Path of the attachment's copy in ``site_src/``."""
    embedded: str | None = None
    """An SVG as a data address: as a file of the site it could run scripts."""
    is_certain: bool = True
    """Whether it would be the same read again: the system may refuse a file just for now."""
    told: Told = NOT_TOLD
    """What the history tells of its code."""

    @property
    def problem(self) -> str | None:
        """All problems in one line, if there are any."""
        return "; ".join(self.problems) or None

    @property
    def download_name(self) -> str | None:
        """What the attachment is called when it is saved, if there is one."""
        if self.record is None:
            return None
        body = self.record.body
        if isinstance(body, File):
            return body.name or body.attachment.name
        attachment = attachment_of(body)
        return attachment.name if attachment else None


def read_sheet(
    store: Store, version: Version, told: Told = NOT_TOLD
) -> tuple[Sheet, Output | None]:
    """Read a version and its attachment.

    Args:
        store: Where it lies.
        version: Which one.
        told: What the history tells of its code.

    Returns:
        The sheet and, where pages link to one, the attachment's copy.
    """
    try:
        record = store.read(version.entry.path)
    except RecordError as error:
        return Sheet(version, None, (error.reason,), is_certain=is_certain(error), told=told), None
    found = [] if record.intact else [CHANGED]
    attachment = attachment_of(record.body)
    if attachment is None:
        return Sheet(version, record, tuple(found), told=told), None
    try:
        content = store.read_attachment(version.entry, attachment.name)
    except RecordError as error:
        found.append(f"attachment {attachment.name} {error.reason}")
        return Sheet(version, record, tuple(found), is_certain=is_certain(error), told=told), None
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        found.append(f"attachment {attachment.name} changed after it was published")
    if isinstance(record.body, Image) and attachment.media_type == "image/svg+xml":
        address = f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
        return Sheet(version, record, tuple(found), embedded=address, told=told), None
    path = attachment_file(version.header, attachment)
    return Sheet(version, record, tuple(found), path, told=told), Output(path, content)


def is_certain(error: RecordError) -> bool:
    """Tell whether reading again would fail as well: the system may refuse a file for now."""
    return not isinstance(error.__context__, OSError)
