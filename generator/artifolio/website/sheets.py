"""Versions read whole, as their pages show them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifolio.bodies import File, attachment_of
from artifolio.errors import RecordError
from artifolio.records import CHANGED
from artifolio.website.history import NOT_TOLD
from artifolio.website.sync import Output
from artifolio.website.urls import attachment_file, data_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from artifolio.catalog import Version
    from artifolio.records import Record
    from artifolio.store import Store
    from artifolio.website.history import Told

_SVG = "image/svg+xml"


@dataclass(frozen=True)
class Sheet:
    """One version as its page shows it."""

    version: Version
    record: Record | None
    """None where it could not be read; the problems then say why."""
    problems: tuple[str, ...] = ()
    """What is wrong with the body or the attachments."""
    attachment: str | None = None
    """Path of the attachment's copy in ``site_src/``."""
    embedded: str | None = None
    """An SVG as a data address: as a file of the site it could run scripts."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Of the images of a Markdown text, by their paths in it: path of the copy, or data address."""
    is_certain: bool = True
    """Whether it would be the same read again: the system may refuse a file just for now."""
    told: Told = NOT_TOLD
    """What the history tells of its code."""

    @property
    def problem(self) -> str | None:
        """All problems in one line, if there are any."""
        return "; ".join(self.problems) or None

    def image_addresses(self, link: Callable[[str], str]) -> dict[str, str]:
        """Return the addresses of a Markdown text's images, by their paths in it.

        Args:
            link: Gives the address of a file of ``site_src/`` seen from the page.
        """
        return {
            path: file if file.startswith("data:") else link(file)
            for path, file in self.images.items()
        }

    @property
    def rows_file(self) -> str:
        """Path of the data file in ``site_src/`` that holds all rows of a table."""
        return data_file(self.version.header, "json")

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
) -> tuple[Sheet, tuple[Output, ...]]:
    """Read a version and its attachments.

    Args:
        store: Where it lies.
        version: Which one.
        told: What the history tells of its code.

    Returns:
        The sheet and the copies of those attachments that pages link to.
    """
    try:
        record = store.read(version.entry.path)
    except RecordError as error:
        return Sheet(version, None, (error.reason,), is_certain=is_certain(error), told=told), ()
    found = [] if record.intact else [CHANGED]
    shown: dict[str, str] = {}
    copies: list[Output] = []
    certain = True
    for attachment in record.attachments:
        try:
            content = store.read_attachment(version.entry, attachment.name)
        except RecordError as error:
            found.append(f"attachment {attachment.name} {error.reason}")
            certain = certain and is_certain(error)
            continue
        if hashlib.sha256(content).hexdigest() != attachment.sha256:
            found.append(f"attachment {attachment.name} changed after it was published")
        if attachment.media_type == _SVG and not isinstance(record.body, File):
            encoded = base64.b64encode(content).decode()
            shown[attachment.name] = f"data:{_SVG};base64,{encoded}"
        else:
            shown[attachment.name] = attachment_file(version.header, attachment)
            copies.append(Output(shown[attachment.name], content))
    # Of a text all belong into it; else there is one at most.
    file = "" if record.images else next(iter(shown.values()), "")
    is_embedded = file.startswith("data:")
    sheet = Sheet(
        version,
        record,
        tuple(found),
        attachment=None if is_embedded else file or None,
        embedded=file if is_embedded else None,
        images={path: shown[it.name] for path, it in record.images.items() if it.name in shown},
        is_certain=certain,
        told=told,
    )
    return sheet, tuple(copies)


def is_certain(error: RecordError) -> bool:
    """Tell whether reading again would fail as well: the system may refuse a file for now."""
    return not isinstance(error.__context__, OSError)
