"""What kind of file some bytes are, and which ending they get."""

from __future__ import annotations

import re
from functools import cache

_SVG = re.compile(
    # Not .*? in a comment: it may run over the next ones, in as many ways as there are.
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?"
    rb"(?:<!--(?:(?!-->).)*-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]",
    re.DOTALL,
)
_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", "png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", "jpg"),
    (re.compile(rb"GIF8[79]a"), "image/gif", "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp", "webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif", "avif"),
    (_SVG, "image/svg+xml", "svg"),
)  # fmt: skip
SNIFFED_BYTES = 4096
"""So much of the start tells what a file is."""
_ENDING = re.compile(r"[a-z0-9]{1,16}")
# What Python's table lacks in some of the versions that are supported.
_NEWER_TYPES = {
    ".avif": "image/avif",
    ".jsonl": "application/x-ndjson",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}


def image_type(content: bytes) -> tuple[str, str] | None:
    """Tell the media type and ending of an image from its first bytes.

    Returns:
        None where it is none of PNG, JPEG, GIF, WebP, AVIF and SVG, which browsers show.
    """
    start = content[:SNIFFED_BYTES]
    for signature, media_type, ending in _SIGNATURES:
        if signature.match(start):
            return media_type, ending
    return None


def file_type(name: str) -> tuple[str, str]:
    """Tell the media type and ending of a file from its name.

    Endings other than 1 to 16 letters and digits become ``bin``, as does ``yaml``, which in
    ``artifacts/`` means a record.
    """
    ending = name.rpartition(".")[2].lower() if "." in name.strip(".") else ""
    media_type = _media_types().get(f".{ending}", "application/octet-stream")
    if not _ENDING.fullmatch(ending) or ending in ("yaml", "tmp"):
        ending = "bin"
    return media_type, ending


@cache
def _media_types() -> dict[str, str]:
    import mimetypes  # only here: 2 ms that only files need

    # Python's own table: the system's differs from machine to machine.
    types = mimetypes.MimeTypes(filenames=()).types_map[True]
    return types | _NEWER_TYPES
