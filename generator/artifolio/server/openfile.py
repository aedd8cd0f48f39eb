"""A file as it was when it was opened, sent whole or in part, whatever comes to lie at its path."""

from __future__ import annotations

import os
import re
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from starlette.requests import Request

_PIECE_BYTES = 64 * 1024
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def send_file(file: BinaryIO, kind: str, request: Request) -> Response:
    """Return what answers a request for a file.

    Length, time and content are of one file: Starlette's own answer looks at the path once for
    what it announces, and once more for what it sends, and a build may come in between.

    Args:
        file: Opened; closed when it was sent.
        kind: Its media type.
        request: May ask for a part of it, or whether it is another one than what it knows. Of
            several parts, all of the file is sent.
    """
    status = os.fstat(file.fileno())
    headers = {
        "cache-control": "no-cache",
        "etag": f'"{status.st_mtime_ns:x}-{status.st_size:x}"',
        "last-modified": formatdate(status.st_mtime, usegmt=True),
        "accept-ranges": "bytes",
    }
    if _is_known(request, headers):
        file.close()
        return Response(status_code=304, headers=headers)
    start, end, code = 0, status.st_size, 200
    part = _asked_part(request, headers, status.st_size)
    if part is not None:
        start, end = part
        if start >= end:
            file.close()
            return Response(status_code=416, headers={"content-range": f"bytes */{status.st_size}"})
        headers["content-range"] = f"bytes {start}-{end - 1}/{status.st_size}"
        code = 206
    headers["content-length"] = str(end - start)
    if request.method == "HEAD":
        file.close()
        return Response(headers=headers, media_type=kind)
    return StreamingResponse(_pieces(file, start, end), code, headers, kind)


def _is_known(request: Request, headers: dict[str, str]) -> bool:
    """Tell whether a browser has the file already."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return headers["etag"] in tags
    try:
        known = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return known >= parsedate_to_datetime(headers["last-modified"])
    except (TypeError, ValueError):
        return False


def _asked_part(request: Request, headers: dict[str, str], size: int) -> tuple[int, int] | None:
    """Return where the part that is asked for begins and ends; None for all of the file."""
    if request.method != "GET":  # HTTP has parts for no other
        return None
    known = request.headers.get("if-range")
    if known is not None and known not in (headers["etag"], headers["last-modified"]):
        return None
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None:
        return None
    first, last, length = found.groups()
    if length is not None:
        return max(0, size - int(length)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1 if last else size)


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end:
            piece = file.read(min(_PIECE_BYTES, end - start))
            if not piece:  # somebody cut it; the connection ends without the rest
                return
            start += len(piece)
            yield piece
