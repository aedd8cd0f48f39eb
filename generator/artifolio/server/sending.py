"""Sends files of the folder of records as they are, so that no browser runs what is in them."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from artifolio.errors import RecordError
from artifolio.files import open_regular, read_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from artifolio.bodies import Attachment
    from artifolio.catalog import Version
    from artifolio.store import Store

YAML = "application/yaml"
"""RFC 9512."""
ANY = "application/octet-stream"

_CHUNK_BYTES = 256 * 1024
# Neither markup nor a script, whatever is in them.
_HARMLESS = re.compile(
    r"image/(?:png|jpeg|gif|webp|avif|bmp)|application/(?:pdf|json|zip|gzip)|text/(?:plain|csv)"
    r"|audio/[a-z0-9.+-]+|video/[a-z0-9.+-]+"
)
_HEADERS = {
    # Saved, not shown; and should a browser show it, it runs nothing.
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "no-cache",
}


def send_record(store: Store, version: Version) -> Response:
    """Return the record of a version as it is stored.

    Raises:
        RecordError: If it cannot be read.
    """
    path = version.entry.path
    try:
        with open_regular(f"{store.root}/{path}") as (descriptor, status):
            content = read_at_most(descriptor, status.st_size)
    except OSError as error:
        raise RecordError(path, f"cannot be read: {error.strerror}") from None
    return Response(content, headers=_named(path.rpartition("/")[2]), media_type=YAML)


def send_attachment(
    store: Store, version: Version, attachment: Attachment, asked: Mapping[str, str]
) -> Response:
    """Return a file that lies beside a record.

    Args:
        store: The records.
        version: The version.
        attachment: Its attachment.
        asked: Headers of the request.

    Raises:
        RecordError: If it is missing, or not what was published.
    """
    path = f"{version.entry.folder}/{attachment.name}"
    opened = contextlib.ExitStack()
    try:
        descriptor, status = opened.enter_context(open_regular(f"{store.root}/{path}"))
    except OSError as error:
        raise RecordError(path, f"cannot be read: {error.strerror}") from None
    tag = f'"{attachment.sha256[:32]}-{status.st_mtime_ns:x}"'
    headers = {
        **_named(attachment.name),
        "content-length": str(status.st_size),
        "etag": tag,
    }
    if status.st_size != attachment.size:
        opened.close()
        raise RecordError(path, "was changed after it was published")
    if tag in asked.get("if-none-match", ""):
        opened.close()
        return Response(status_code=304, headers={"etag": tag, "cache-control": "no-cache"})

    def chunks() -> Iterator[bytes]:
        with opened:
            while part := os.read(descriptor, _CHUNK_BYTES):
                yield part

    kind = attachment.media_type.lower()
    media_type = kind if _HARMLESS.fullmatch(kind) else ANY
    return StreamingResponse(chunks(), headers=headers, media_type=media_type)


def _named(name: str) -> dict[str, str]:
    return {**_HEADERS, "content-disposition": f'attachment; filename="{name}"'}
