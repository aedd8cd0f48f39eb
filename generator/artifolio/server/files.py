"""The files of the site: nothing but what lies in its folder, as it is at that moment."""

from __future__ import annotations

import mimetypes
import os
import stat
from hashlib import blake2b
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from artifolio.server.openfile import send_file

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

# Types that systems do not agree on, or that a browser would run where it is told another one.
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
    ".parquet": "application/octet-stream",
}
_CHARACTERS = 4_000
_ERROR_PAGE = "404.html"


class SiteFiles:
    """Serves the files of one folder, which may be built anew at any time.

    Args:
        folder: Gives it.
        addition: Gives what is added at the end of a page; asked before the page is read.
        base: The path that all of it is below, with a slash at both ends.
        opened: Waits until there is a site.
    """

    def __init__(
        self,
        folder: Callable[[], Path],
        addition: Callable[[], bytes],
        base: str = "/",
        opened: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._folder = folder
        self._addition = addition
        self._base = base
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._opened is not None:
            await self._opened()
        response = await run_in_threadpool(self.answer, Request(scope))
        await response(scope, receive, send)

    def answer(self, request: Request) -> Response:
        """Return a file; a folder's is its ``index.html``."""
        if request.method not in ("GET", "HEAD"):
            return Response("files are only read", 405, {"allow": "GET, HEAD"})
        path: str = request.scope["path"]
        if path == "/" != self._base:
            return RedirectResponse(self._base, 308)
        addition = self._addition()
        # What is not below the base is as little there as what has a NUL in its name.
        below = path[len(self._base) - 1 :] if path.startswith(self._base) else "\0"
        found = self._find(below)
        if isinstance(found, str):
            return RedirectResponse(found, 308)
        if found is not None:
            try:
                return _send(found, request, addition)
            except OSError:  # gone just now: it is built anew
                pass
        return self._error(addition)

    def _find(self, path: str) -> Path | str | None:
        """Return the file at a path, or where else to look; None where there is none."""
        parts = path.removeprefix("/").split("/")
        if len(path) > _CHARACTERS or not all(map(_is_plain, parts[:-1])):
            return None
        last = parts[-1]
        if last and not _is_plain(last):
            return None
        root = self._folder().resolve()
        place = root.joinpath(*(parts if last else parts[:-1]))
        try:
            status = place.stat()
            if stat.S_ISDIR(status.st_mode):
                if last:
                    # Relative: no host that somebody made up gets into it.
                    return f"./{last}/"
                place = place / "index.html"
                status = place.stat()
            elif not last:
                return None
            # A link may lead out of the folder.
            inside = place.resolve(strict=True).is_relative_to(root)
        except (OSError, ValueError):
            return None
        return place if inside and stat.S_ISREG(status.st_mode) else None

    def _error(self, addition: bytes) -> Response:
        try:
            content = (self._folder() / _ERROR_PAGE).read_bytes()
        except OSError:
            return Response("not found", 404, media_type="text/plain")
        page = _with(content, addition)
        return Response(page, 404, media_type="text/html; charset=utf-8")


def media_type(name: str) -> str:
    """Return the type that a file of the site is sent as."""
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, no path
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def page_tag(content: bytes) -> str:
    """Return what tells a content from any other, as HTTP has it."""
    return f'"{blake2b(content, digest_size=12).hexdigest()}"'


def _send(place: Path, request: Request, addition: bytes) -> Response:
    kind = media_type(place.name)
    if kind.startswith("text/html"):
        return _page(_with(place.read_bytes(), addition), request)
    return send_file(place.open("rb"), kind, request)


def _with(page: bytes, addition: bytes) -> bytes:
    """Return a page with something more at the end of its body."""
    end = page.rfind(b"</body>")
    end = end if end >= 0 else len(page)
    return page[:end] + addition + page[end:]


def _is_plain(name: str) -> bool:
    """Tell whether a part of a path names something below, on every system."""
    return (
        bool(name)
        and not name.startswith(".")
        and not any(character in name for character in '\0\\:*?"<>|\r\n')
        and len(name) <= 255
    )


def _page(content: bytes, request: Request) -> Response:
    tag = page_tag(content)
    headers = {"etag": tag, "cache-control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="text/html; charset=utf-8")
