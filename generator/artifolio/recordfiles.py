"""Reads records from their files, whole or the header alone, and nothing that is too long."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from artifolio.errors import RecordError
from artifolio.files import open_regular, read_at_most
from artifolio.headers import Header, parse_header
from artifolio.lines import TERMINATOR
from artifolio.records import Record, parse_record

if TYPE_CHECKING:
    from pathlib import Path

MAX_RECORD_BYTES = 64 * 1024 * 1024

_HEADER_BYTES = 16 * 1024
# Only so does a field end there: `data:x` is a name of its own to YAML.
_DATA = re.compile(rb"\ndata:[ \n]")
_RETIRED = b"\nretired: "
_END = b"\n" + TERMINATOR.encode()


def read_record(root: Path, path: str) -> Record:
    """Read a whole record.

    Args:
        root: The folder of records.
        path: The record's file in it, with ``/``.

    Raises:
        RecordError: If it is not a regular file that holds a record.
    """
    try:
        with open_regular(f"{root}/{path}") as (descriptor, status):
            check_size(path, status.st_size)
            content = read_at_most(descriptor, status.st_size + 1)
    except OSError as error:
        raise RecordError(path, f"cannot be read: {error.strerror}") from None
    return parse_record(decoded(path, content), path)


def read_header(root: Path, path: str) -> Header:
    """Read a record's header, and make sure that the record is not cut off.

    Args:
        root: The folder of records.
        path: The record's file in it, with ``/``.

    Raises:
        RecordError: If it is not a regular file that holds a record.
    """
    try:
        with open_regular(f"{root}/{path}") as (descriptor, status):
            check_size(path, status.st_size)
            start = read_at_most(descriptor, _HEADER_BYTES)
            os.lseek(descriptor, max(0, status.st_size - len(_END)), os.SEEK_SET)
            end = read_at_most(descriptor, len(_END))
    except OSError as error:
        raise RecordError(path, f"cannot be read: {error.strerror}") from None
    data = _DATA.search(start)
    length = data.start() + 1 if data else status.st_size - len(TERMINATOR)
    # Where the body is gone, the header is all there is.
    is_near = data is not None or (_RETIRED in start and status.st_size == len(start))
    if is_near and end == _END:
        header = parse_header(decoded(path, start[:length]), path)
        if header is not None and (header.retired is None) == (data is not None):
            return header
    return read_record(root, path).header


def check_size(path: str, size_bytes: int) -> None:
    """Refuse a record that is too long to be read.

    Raises:
        RecordError: If it is.
    """
    if size_bytes > MAX_RECORD_BYTES:
        raise RecordError(path, f"{size_bytes} bytes, {MAX_RECORD_BYTES} are the limit")


def decoded(path: str, content: bytes) -> str:
    """Return the text of a record.

    Raises:
        RecordError: If it is none.
    """
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise RecordError(path, f"not UTF-8 text: {error}") from None
