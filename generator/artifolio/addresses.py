"""Which server ``ARTIFOLIO_API_URL`` names, and what is shown to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from artifolio.errors import InvalidValueError, printable
from artifolio.location import TOKEN_VARIABLE, URL_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/api")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server's API is."""

    scheme: str
    """``http`` or ``https``."""
    host: str
    port: int
    path: str
    """Ends in ``/api``."""
    token: str | None = field(default=None, repr=False)
    """What has to be shown there; in no message."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def read_address(environ: Mapping[str, str]) -> Address:
    """Return the server that the environment names.

    Raises:
        InvalidValueError: If it is no address of a server, or the token none.
    """
    url = environ.get(URL_VARIABLE, "").strip()
    token = environ.get(TOKEN_VARIABLE, "").strip()
    if token and not _TOKEN.fullmatch(token):
        raise InvalidValueError(TOKEN_VARIABLE, "it holds a character that no token has")
    return _parsed(url, token or None)


def _parsed(url: str, token: str | None) -> Address:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if host is None or not is_plain or not _is_host(host):
        raise _invalid("no address of a server; it is like http://127.0.0.1:8000/api")
    if parts.username is not None or parts.password is not None:
        # Not shown: whoever puts a password there does not want it in a log.
        raise _invalid(f"a password has no place in it; put the token into {TOKEN_VARIABLE}")
    if parts.scheme not in _PORTS:
        raise _invalid(f"{printable(parts.scheme)}: is neither http: nor https:")
    if parts.query or parts.fragment:
        raise _invalid("an address without ? and # is needed; it ends in /api")
    path = parts.path.rstrip("/")
    if not _PATH.fullmatch(path):
        meant = Address(parts.scheme, host, port or _PORTS[parts.scheme], f"{path}/api")
        raise _invalid(f"it has to end in /api, as in {meant}")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], path, token)


def _is_host(host: str) -> bool:
    # What is longer, no resolver takes: RFC 1035 §2.3.4.
    return len(host) < 254 and all(0 < len(part) < 64 for part in host.rstrip(".").split("."))


def _invalid(reason: str) -> InvalidValueError:
    return InvalidValueError(URL_VARIABLE, reason)
