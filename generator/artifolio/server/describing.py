"""Gives the description of the API, as a document for programs."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from artifolio.server.openapi import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from artifolio.server.operations import Part

DOCUMENT = "/openapi.json"
"""Below ``/api``."""

_ABOUT = """\
The records of one repository over HTTP. They are the only state: what is published here is a file
in `artifacts/`, and what somebody else commits there is here at once.

Reading needs no token, unless the server was set up so. Writing needs a server that was started to
be written to, and its token as `Authorization: Bearer …`.
"""


def description_routes(parts: Sequence[Part]) -> list[Route]:
    """Return the routes, below ``/api``.

    Args:
        parts: Of the API.
    """
    found = describe(parts, version("artifolio"), _ABOUT)
    content = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    async def document(request: Request) -> Response:
        del request
        return Response(content, media_type="application/json")

    return [Route(DOCUMENT, document, methods=["GET"])]
