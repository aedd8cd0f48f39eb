"""One version as an HTML file that holds all of it, to be sent to somebody."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from artifolio.bodies import File, Image, Table
from artifolio.errors import RecordError
from artifolio.media import image_type
from artifolio.website.changes import Change, Limits, Picture, change_since
from artifolio.website.data import version_csv
from artifolio.website.document import document
from artifolio.website.markup import is_safe_link
from artifolio.website.rendering import renderer_for
from artifolio.website.sheets import Sheet, read_sheet
from artifolio.website.units import Listed

if TYPE_CHECKING:
    from artifolio.catalog import Lineage, Version
    from artifolio.store import Store
    from artifolio.website.hosts import Hosts

FILE_BYTES = 10_000_000
"""Attachments of up to so much go into the file; mail servers take little more."""
SHOWN_CELLS = 100_000
"""Of a table, in whole rows."""
_CHANGES = Limits(2_000, 1_000, 50, 200_000)
_ANYTHING = "application/octet-stream"


def standalone_page(store: Store, lineage: Lineage, version: Version, hosts: Hosts) -> str:
    """Return a version as a page that needs no other file.

    Args:
        store: Where it lies.
        lineage: What it is a version of.
        version: Which one.
        hosts: Knows the pages of git hosts.

    Raises:
        RecordError: If the version cannot be read.
    """
    held = _hold(store, version)
    record = held.sheet.record
    if record is None:
        raise RecordError(version.entry.path, held.sheet.problem or "cannot be read")
    key = version.header.key
    change, pictures = _change(store, lineage, held)
    shown_rows, csv = _table(record.body)
    content = renderer_for(frozenset()).part(
        "standalone.html",
        sheet=held.sheet,
        versions=len(lineage),
        is_latest=key is not None and version.number == len(lineage),
        change=change,
        pictures=pictures,
        too_large=held.left_out,
        csv=csv,
        shown_rows=shown_rows,
        link=lambda _path: held.address,
        is_safe_link=is_safe_link,
        is_shown_image=lambda _url: False,
        commit_url=hosts.commit_url,
        record_url=hosts.record_url,
    )
    return document(f"{key} v{version.number}" if key else "Without a key", content)


@dataclass(frozen=True)
class _Held:
    """A version with its attachments inside."""

    sheet: Sheet
    """As the page shows it: an image is embedded, and what is too large is not linked."""
    address: str = ""
    """What the attachment is downloaded from."""
    left_out: int = 0
    """Size in bytes of what is too large."""


def _hold(store: Store, version: Version) -> _Held:
    sheet, copies = read_sheet(store, version)
    if not copies or sheet.record is None:
        return _Held(sheet)
    inside = {path: file for path, file in sheet.images.items() if file.startswith("data:")}
    unlinked = replace(sheet, attachment=None, images=inside)
    size = sum(len(copy.content) for copy in copies)
    if size > FILE_BYTES:
        return _Held(unlinked, left_out=size)
    if isinstance(sheet.record.body, File):
        # Whatever it says it is: it is to be saved, not shown.
        return _Held(sheet, data_address(copies[0].content, _ANYTHING))
    held = {copy.path: _image_address(copy.content) for copy in copies}
    images = {path: held.get(file, file) for path, file in sheet.images.items()}
    return _Held(replace(unlinked, embedded=held.get(sheet.attachment or ""), images=images))


def _image_address(content: bytes) -> str:
    known = image_type(content)
    return data_address(content, known[0] if known else _ANYTHING)


def data_address(content: bytes, media_type: str) -> str:
    """Return content as an address that holds it."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _change(
    store: Store, lineage: Lineage, held: _Held
) -> tuple[Change | None, tuple[Picture, ...]]:
    """Return how a version differs from the one before it, and both as images if they are."""
    version = held.sheet.version
    if version.header.key is None or version.number == 1:
        return None, ()
    before = lineage.versions[version.number - 2]
    listed = Listed(before, (), is_troubled=False)
    since = _since(lineage, version)
    change = change_since(store, listed, held.sheet, since, limits=_CHANGES)
    if change is None or not change.sentence:
        return Change("the version before cannot be read"), ()
    if not change.fragment or not held.sheet.embedded:
        return change, ()
    pictures = [_picture(sheet) for sheet in (_hold(store, before).sheet, held.sheet)]
    found = tuple(filter(None, pictures))
    return change, found if len(found) == len(pictures) else ()


def _since(lineage: Lineage, version: Version) -> int:
    """Return the number of the version that was the first to show just this."""
    number = version.number
    entries = lineage.entries
    while number > 1 and entries[number - 2].digest == entries[version.number - 1].digest:
        number -= 1
    return number


def _picture(sheet: Sheet) -> Picture | None:
    if sheet.record is None or not isinstance(sheet.record.body, Image) or not sheet.embedded:
        return None
    alt = sheet.record.body.alt or "image, without a description"
    return Picture(sheet.version.number, sheet.embedded, alt)


def _table(body: object) -> tuple[int, str]:
    """Return how many rows of a table are shown, and all of it as a download."""
    if not isinstance(body, Table):
        return 0, ""
    shown_rows = max(1, SHOWN_CELLS // max(1, len(body.columns)))
    csv = version_csv(body)
    # Where not all rows are shown, they are nowhere else.
    if len(csv) > FILE_BYTES and len(body.rows) <= shown_rows:
        return shown_rows, ""
    return shown_rows, data_address(csv, "text/csv")
