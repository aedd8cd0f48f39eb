"""How keys, ids, times and the files of a version are named."""

from __future__ import annotations

import os
import re
import threading
import time
from datetime import datetime, timezone
from uuid import UUID

from artifolio.errors import InvalidKeyError, InvalidValueError, shown

KEYLESS_FOLDER = "_keyless"
"""Where versions without a key lie; no key can have this name."""
STEM = r"[0-9]{8}T[0-9]{9}Z-[0-9a-f]{12}"
"""Pattern of what `stem_for` returns."""

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")
# Windows opens the device whatever the folder or ending: con.yaml is the console.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


def check_key(key: object) -> str:
    """Return the key if it keeps the rules: ``[a-z0-9][a-z0-9-]{0,119}``, no device name.

    Raises:
        InvalidKeyError: If it does not.
    """
    if not isinstance(key, str):
        raise InvalidKeyError(key, f"a key is text, not {type(key).__name__}")
    if not key:
        raise InvalidKeyError(key, "it is empty; leave the key out for a keyless artifact")
    if not _KEY.fullmatch(key):
        if len(key) > 120:
            raise InvalidKeyError(key, f"it has {len(key)} characters, 120 are allowed")
        raise InvalidKeyError(
            key,
            "use lowercase letters a-z, digits and dashes, starting with a letter or digit"
            + suggestion(key),
        )
    if key in _DEVICES:
        raise InvalidKeyError(key, "it is a device name on Windows; add a word, as in my-" + key)
    # An enumeration's member is text too, but its path would be Key.LOSS.
    return str.__str__(key)


def suggestion(key: str) -> str:
    """Say which valid key comes nearest to an invalid one, or nothing where none does."""
    nearest = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:120]
    return f" (for example '{nearest}')" if is_key(nearest) else ""


def is_key(text: str) -> bool:
    """Tell whether the text keeps the rules for keys."""
    return _KEY.fullmatch(text) is not None and text not in _DEVICES


def folder_for(key: str | None) -> str:
    """Return the name of the folder below ``artifacts/`` that holds a key's versions."""
    return KEYLESS_FOLDER if key is None else key


def stem_for(created: datetime, version_id: UUID) -> str:
    """Return the file name, without ending, of the version: its time and the id's tail."""
    stamp = created.strftime("%Y%m%dT%H%M%S") + f"{created.microsecond // 1000:03d}Z"
    # strftime does not pad years below 1000 on Linux.
    return f"{stamp:0>19}-{version_id.hex[-12:]}"


def format_time(moment: datetime) -> str:
    """Return an aware datetime as records write it: UTC, milliseconds, ``Z``."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_time(text: object) -> datetime:
    """Read a time as records write it.

    Raises:
        InvalidValueError: If it is anything else.
    """
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InvalidValueError("time", f"{shown(text)} is not like 2026-11-23T08:13:05.123Z")
    try:
        return datetime.fromisoformat(f"{match[0][:-1]}+00:00")
    except ValueError as error:
        raise InvalidValueError("time", f"{shown(text)}: {error}") from None


def to_milliseconds(moment: datetime) -> datetime:
    """Return an aware datetime in UTC, cut to the milliseconds that records keep.

    Raises:
        InvalidValueError: If it has no time zone.
    """
    if not isinstance(moment, datetime):
        raise InvalidValueError("created", f"a datetime is needed, not {type(moment).__name__}")
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InvalidValueError(
            "created", f"{moment.isoformat()} has no time zone; add one, as in tzinfo=timezone.utc"
        )
    try:
        moment = moment.astimezone(timezone.utc)
    except OverflowError:
        raise InvalidValueError("created", f"{moment.isoformat()} is out of range") from None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def now() -> datetime:
    """Return the present moment, in UTC and milliseconds."""
    return to_milliseconds(datetime.now(timezone.utc))


class IdMaker:
    """Makes UUIDs of version 7 (RFC 9562 §5.7) that only ever grow within this process.

    The 12 bits after the milliseconds count within one millisecond (RFC 9562 §6.2, method 1);
    the other 62 are random for each id, so that forked processes never make the same one.
    """

    def __init__(self) -> None:
        self._start()
        if hasattr(os, "register_at_fork"):
            # A lock that another thread held during the fork would stay locked for ever.
            os.register_at_fork(after_in_child=self._start)

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> UUID:
        """Return a new id."""
        with self._lock:
            milliseconds = time.time_ns() // 1_000_000
            self._last = max(milliseconds << 12, self._last + 1)
            moment, counter = self._last >> 12, self._last & 0xFFF
        random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
        return UUID(int=moment << 80 | 7 << 76 | counter << 64 | 2 << 62 | random)
