"""The six types of artifact: what a version shows, and how that stands in a record's ``data``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from artifolio.errors import InvalidValueError, shown
from artifolio.fields import Fields, without_none
from artifolio.retirement import Retired

if TYPE_CHECKING:
    from collections.abc import Iterable

    from artifolio.values import Value

_ATTACHMENT_NAME = re.compile(r"[0-9A-Za-z-]{1,60}\.(?!yaml$)[a-z0-9]{1,16}")
_IMAGE_ENDING = re.compile(r"[1-9][0-9]{0,5}\.(?!yaml$)[a-z0-9]{1,16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Link:
    """An address, and the words that stand for it."""

    type: ClassVar[str] = "link"
    url: str
    """Any text that is not empty; pages make it clickable only if its scheme is safe."""
    text: str | None = None

    def to_data(self) -> Value:
        """Return what stands in the record's ``data``."""
        return without_none({"url": self.url, "text": self.text})

    @classmethod
    def from_data(cls, data: Value) -> Link:
        """Read what stands in the record's ``data``."""
        fields = Fields(data, "link")
        return cls(fields.text("url"), fields.optional_text("text"))


@dataclass(frozen=True)
class Attachment:
    """A binary file beside the record."""

    name: str
    """File name in the record's folder: the record's own stem and an ending."""
    media_type: str
    size: int
    """In bytes, as published."""
    sha256: str
    """Of the content, as 64 hex digits."""

    def to_data(self) -> dict[str, Value]:
        """Return what stands in the record's ``data``."""
        return {
            "attachment": self.name,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
        }

    @classmethod
    def from_fields(cls, fields: Fields) -> Attachment:
        """Read the fields of an attachment."""
        name = fields.text("attachment")
        if not _ATTACHMENT_NAME.fullmatch(name):
            raise InvalidValueError("data", f"{shown(name)} is not the name of an attachment")
        return cls(name, *_described(fields))


@dataclass(frozen=True)
class MarkdownImage:
    """An image that a Markdown text shows by its path, kept beside the record."""

    path: str
    """As `artifolio.markdownimages.image_path` gives it for what stands in the text."""
    ending: str
    """Of the file's name, after the record's stem, so that what shows the same is stored alike."""
    media_type: str
    size: int
    """In bytes, as published."""
    sha256: str
    """Of the content, as 64 hex digits."""

    def attachment(self, stem: str) -> Attachment:
        """Return the file beside the record with that stem."""
        return Attachment(f"{stem}.{self.ending}", self.media_type, self.size, self.sha256)

    def to_data(self) -> dict[str, Value]:
        """Return what stands in the record's ``images``."""
        return {
            "path": self.path,
            "ending": self.ending,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
        }

    @classmethod
    def from_data(cls, data: Value) -> MarkdownImage:
        """Read what stands in the record's ``images``."""
        fields = Fields(data, "images")
        ending = fields.text("ending")
        if not _IMAGE_ENDING.fullmatch(ending):
            raise InvalidValueError("images", f"{shown(ending)} is not a number and an ending")
        return cls(fields.text("path"), ending, *_described(fields))


@dataclass(frozen=True)
class Markdown:
    """GitHub-flavoured Markdown."""

    type: ClassVar[str] = "markdown"
    text: str
    images: tuple[MarkdownImage, ...] = ()
    """Those of its images that were attached."""

    def to_data(self) -> Value:
        """Return what stands in the record's ``data``."""
        return self.text

    @classmethod
    def from_data(cls, data: Value, images: tuple[MarkdownImage, ...] = ()) -> Markdown:
        """Read what stands in the record's ``data``."""
        if not isinstance(data, str):
            raise InvalidValueError("data", "a markdown artifact holds text")
        return cls(data, images)


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    """What its values were when published, as `artifolio.values.to_value` says it, or ``mixed``."""

    def to_data(self) -> Value:
        """Return what stands in the record's ``columns``."""
        return {"name": self.name, "type": self.type}

    @classmethod
    def from_data(cls, data: Value) -> Column:
        """Read what stands in the record's ``columns``."""
        fields = Fields(data, "columns")
        return cls(fields.text("name", empty=True), fields.text("type"))


@dataclass(frozen=True)
class Table:
    """A table: m columns and n rows of m cells, in column order."""

    type: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    row_key: tuple[str, ...] = ()
    """Names of the columns that tell one row from another, where the publisher said so."""
    trend: tuple[str, ...] = ()
    """Figures to be followed from version to version, as `artifolio.trends` names them."""

    def to_data(self) -> Value:
        """Return what stands in the record's ``data``."""
        return [list(row) for row in self.rows]

    @classmethod
    def from_data(
        cls,
        data: Value,
        columns: tuple[Column, ...],
        row_key: tuple[str, ...] = (),
        trend: tuple[str, ...] = (),
    ) -> Table:
        """Read what stands in the record's ``data``; every row must fit the columns."""
        if not isinstance(data, list):
            raise InvalidValueError("data", "a table artifact holds a list of rows")
        width = len(columns)
        for number, row in enumerate(data, 1):
            if not isinstance(row, list) or len(row) != width:
                raise InvalidValueError("data", f"row {number} is not a list of {width} cells")
        rows: Any = tuple(map(tuple, data))  # type: ignore[arg-type]  # they were checked
        return cls(columns, rows, row_key, trend)


@dataclass(frozen=True)
class Image:
    """A picture: a file beside the record, or an address."""

    type: ClassVar[str] = "image"
    url: str | None = None
    attachment: Attachment | None = None
    alt: str | None = None
    """What the picture shows, for those who cannot see it."""

    def to_data(self) -> Value:
        """Return what stands in the record's ``data``."""
        source: dict[str, Value] = self.attachment.to_data() if self.attachment else {}
        return without_none({"url": self.url, **source, "alt": self.alt})

    @classmethod
    def from_data(cls, data: Value) -> Image:
        """Read what stands in the record's ``data``."""
        fields = Fields(data, "image")
        alt = fields.optional_text("alt")
        if "url" in fields:
            return cls(url=fields.text("url"), alt=alt)
        return cls(attachment=Attachment.from_fields(fields), alt=alt)


@dataclass(frozen=True)
class File:
    """Any file, kept beside the record."""

    type: ClassVar[str] = "file"
    attachment: Attachment
    name: str | None = None
    """What the file was called where it came from."""

    def to_data(self) -> Value:
        """Return what stands in the record's ``data``."""
        return without_none({**self.attachment.to_data(), "name": self.name})

    @classmethod
    def from_data(cls, data: Value) -> File:
        """Read what stands in the record's ``data``."""
        fields = Fields(data, "file")
        return cls(Attachment.from_fields(fields), fields.optional_text("name"))


@dataclass(frozen=True)
class Progress:
    """How far a job has come."""

    type: ClassVar[str] = "progress"
    percent: float
    """0 to 100."""

    def to_data(self) -> Value:
        """Return what stands in the record's ``data``."""
        return {"percent": self.percent}

    @classmethod
    def from_data(cls, data: Value) -> Progress:
        """Read what stands in the record's ``data``."""
        percent = Fields(data, "progress").get("percent")
        if isinstance(percent, bool) or not isinstance(percent, (int, float)):
            raise InvalidValueError("data", "percent is not a number")
        if not 0 <= percent <= 100:
            raise InvalidValueError("data", f"percent is {shown(percent)}, not 0 to 100")
        return cls(float(percent))


Present: TypeAlias = Link | Markdown | Table | Image | File | Progress
Body: TypeAlias = Present | Retired

BODY_TYPES: dict[str, type[Present]] = {
    body.type: body for body in (Link, Markdown, Table, Image, File, Progress)
}


def attachment_of(body: Body) -> Attachment | None:
    """Return the file beside the record that a body consists of, if it does."""
    return body.attachment if isinstance(body, (Image, File)) else None


def unique_names(columns: Iterable[Column]) -> list[str]:
    """Return the names of columns; one that was there before gets a number: ``a (2)``."""
    numbers: dict[str, int] = {}
    for column in columns:
        name = column.name
        # Lower numbers were tried for the columns of this name before.
        number = numbers.get(name, 1)
        while name in numbers:
            number += 1
            name = f"{column.name} ({number})"
        numbers[column.name] = number
        numbers.setdefault(name, 1)
    return list(numbers)


def plain_data(body: Body) -> Value:
    """Return a body as programs read it: as stored, but a table as a list of dicts; or null.

    Where columns share a name, which only records by other hands do, the second is ``name (2)``.
    """
    if isinstance(body, Table):
        names = unique_names(body.columns)
        return [dict(zip(names, row, strict=True)) for row in body.rows]
    return body.to_data()


def _described(fields: Fields) -> tuple[str, int, str]:
    """Return media type, size and hash of a file."""
    sha256, size = fields.text("sha256"), fields.get("size")
    if not _SHA256.fullmatch(sha256):
        raise InvalidValueError("data", "sha256 is not 64 lowercase hex digits")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise InvalidValueError("data", "size is not a number of bytes")
    return fields.text("media_type"), size, sha256
