"""Which names a server goes by: a page of somebody else can have its own name lead here."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:@/?#\s]*)(?::([0-9]{1,5}))?")
_LOCAL = ("127.0.0.1", "localhost", "::1")
_ANY = ("", "0.0.0.0", "::")  # noqa: S104 - what is listened on, and no name


def name_in(host: str) -> str | None:
    """Return the name in a ``Host`` header, in lower case; None where it is none."""
    found = _HOST.fullmatch(host)
    if found is None or (found[2] and int(found[2]) > 65_535):
        return None
    return found[1].strip("[]").lower().rstrip(".")


def is_one_of(name: str, names: Iterable[str]) -> bool:
    """Tell whether a name is that of this machine for itself, or one of these."""
    return name in {*_LOCAL, *(one.lower() for one in names)}.difference(_ANY)


def is_address(name: str) -> bool:
    """Tell whether a name is an address of the network, which no name leads to a page of."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return name not in _ANY
