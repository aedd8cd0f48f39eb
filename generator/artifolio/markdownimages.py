"""The images that a Markdown text shows by a path: which there are, and what lies there."""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from artifolio.bodies import MarkdownImage
from artifolio.errors import InvalidValueError, printable
from artifolio.files import open_regular, read_at_most
from artifolio.media import SNIFFED_BYTES, image_type

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Brackets come in pairs inside of brackets.
_BRACKET = re.compile(r"\\.|!?\[|\]", re.DOTALL)
# CommonMark 0.31 §6.3: in angle brackets, or without spaces and with parentheses in pairs only.
_DESTINATION = (
    r"\s*(?:<((?:[^<>\n\\]|\\.)*)>"
    r"|(?!<)((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*\))+))"
)
_INLINE = re.compile(r"\(" + _DESTINATION)
_LABEL = re.compile(r"\[((?:[^][\\]|\\.){0,999})\]", re.DOTALL)
_DEFINITION = re.compile(
    # Also in quotes and lists.
    r"^[ \t>*+-]*(?:\d{1,9}[.)][ \t]+)?" + _LABEL.pattern + ":" + _DESTINATION,
    re.MULTILINE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\([!-/:-@[-`{-~])")
_IMG = re.compile(r"<img(?=[\s/])", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/]+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?"""
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_REFUSED = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_LONGEST_LABEL = 999
_OUTSIDE = "outside of the folder"
# What the system answers where a text names what is no file. All else is no fault of the text.
_NO_FILE = {
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EINVAL, errno.ELOOP, errno.ENAMETOOLONG),
    *(errno.ENXIO, errno.ENODEV),
}


@dataclass(frozen=True)
class FoundImages:
    """What lies in a folder of the images that a text shows."""

    images: tuple[MarkdownImage, ...]
    contents: tuple[bytes, ...]
    """Of each of them."""
    missing: tuple[str, ...]
    """Those that cannot be attached, each with the reason."""


def image_path(address: str) -> str | None:
    """Return what an image's address leads to from the folder of the text that shows it.

    Returns:
        A path with forward slashes that leads to nothing above the folder; None where the address
        is not relative, or leads there.
    """
    path = _relative(address)
    return None if path is None or _leads_out(path) else path


def find_images(text: str, folder: Path) -> FoundImages:
    """Read the images that a Markdown text shows from the folder that it lies in.

    Nothing outside of the folder is opened, whatever the text says and links lead to.

    Args:
        text: GitHub-flavoured Markdown.
        folder: Where its relative addresses start.

    Raises:
        InvalidValueError: If there is no such folder, or the system fails to read from it.
    """
    images: list[MarkdownImage] = []
    contents: list[bytes] = []
    missing: list[str] = []
    paths = dict.fromkeys(filter(None, map(_relative, _image_addresses(text))))
    root = _folder(folder)
    for path in paths:
        try:
            content, media_type, ending = _read(root, path)
        except _UnfitError as error:
            missing.append(f"{printable(path)} ({error})")
            continue
        name = f"{len(images) + 1}.{ending}"
        digest = sha256(content).hexdigest()
        images.append(MarkdownImage(path, name, media_type, len(content), digest))
        contents.append(content)
    return FoundImages(tuple(images), tuple(contents), tuple(missing))


def _relative(address: str) -> str | None:
    """Return a relative address as a path, which may lead out of the folder."""
    from urllib.parse import unquote  # only here: texts without images need none of it

    path = unquote(re.split("[?#]", address.strip(), maxsplit=1)[0])
    if not path or path.startswith("/") or _SCHEME.match(path) or _REFUSED.search(path):
        return None
    path = posixpath.normpath(path)
    return None if path == "." else path


def _leads_out(path: str) -> bool:
    return path.split("/", 1)[0] == ".."


class _UnfitError(Exception):
    """What a text names is no image that could be attached; says why."""


def _folder(folder: Path) -> Path:
    """Return a folder without links that lead to it."""
    try:
        root = folder.resolve(strict=True)
        if not stat.S_ISDIR(root.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise InvalidValueError("folder", f"{folder} cannot be read: {error.strerror}") from error
    return root


def _read(root: Path, path: str) -> tuple[bytes, str, str]:
    """Return an image's content, media type and ending."""
    if _leads_out(path):
        raise _UnfitError(_OUTSIDE)
    try:
        file = (root / path).resolve(strict=True)
        if not file.is_relative_to(root):
            raise _UnfitError(_OUTSIDE)
        with open_regular(file) as (descriptor, status):
            content = read_at_most(descriptor, SNIFFED_BYTES)
            found = image_type(content)
            if found is None:
                raise _UnfitError("none of PNG, JPEG, GIF, WebP, AVIF and SVG")
            return content + read_at_most(descriptor, status.st_size), *found
    except RuntimeError:  # so Python before 3.13 tells of links in a circle
        raise _UnfitError(os.strerror(errno.ELOOP)) from None
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _UnfitError(error.strerror) from None
        raise InvalidValueError("folder", f"{path} cannot be read: {error.strerror}") from error


def _image_addresses(text: str) -> Iterator[str]:
    """Give what stands where an image's address would.

    Code and comments are not told from text. An address in one makes a file too many at worst.
    """
    from html import unescape  # only here: texts without images need none of it

    if "![" in text:
        for address in _markdown_addresses(text):
            yield unescape(_ESCAPE.sub(r"\1", address))
    for tag in _IMG.finditer(text):
        position = tag.end()
        while attribute := _ATTRIBUTE.match(text, position):
            name, *values = attribute.groups()
            if name.lower() == "src":
                yield unescape(next(filter(None, values), ""))
                break
            position = attribute.end()


def _markdown_addresses(text: str) -> Iterator[str]:
    definitions: dict[str, str] = {}
    for definition in _DEFINITION.finditer(text):
        label, *addresses = definition.groups()
        definitions.setdefault(_folded(label), next(filter(None, addresses), ""))
    opened: list[re.Match[str]] = []
    for bracket in _BRACKET.finditer(text):
        if bracket[0].endswith("["):
            opened.append(bracket)
        elif bracket[0] == "]" and opened:
            opening = opened.pop()
            if opening[0] == "![":
                inline = _INLINE.match(text, bracket.end())
                if inline:
                    yield next(filter(None, inline.groups()), "")
                    continue
                label = _LABEL.match(text, bracket.end())
                start = opening.end()
                named = text[start : min(bracket.start(), start + _LONGEST_LABEL)]
                yield definitions.get(_folded(label[1] if label and label[1] else named), "")


def _folded(label: str) -> str:
    """Return a label as others are the same: CommonMark 0.31 §4.7."""
    return " ".join(label.split()).casefold()
