"""Lets a browser show the token once, for a cookie that no script and no other site can use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from artifolio.server.problems import problem

if TYPE_CHECKING:
    from starlette.requests import Request

    from artifolio.server.sessions import Sessions

PATH = "/v1/session"
"""Below ``/api``."""


def signing_routes(sessions: Sessions) -> list[Route]:
    """Return the routes, below ``/api``.

    Args:
        sessions: The browsers that are known.
    """

    async def state(request: Request) -> Response:
        name = sessions.find(request.headers.get("cookie", ""))
        return _told({"signed_in": sessions.knows(name)})

    async def sign_in(request: Request) -> Response:
        name = sessions.open(_token_in(await request.body()))
        if name is None:
            return problem(401, "that is not the token of this server")
        response = Response(status_code=204)
        response.set_cookie(
            sessions.cookie,
            name,
            path="/api",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def sign_out(request: Request) -> Response:
        sessions.close(sessions.find(request.headers.get("cookie", "")))
        response = Response(status_code=204)
        response.delete_cookie(sessions.cookie, path="/api")
        return response

    return [
        Route(PATH, state, methods=["GET"]),
        Route(PATH, sign_in, methods=["POST"]),
        Route(PATH, sign_out, methods=["DELETE"]),
    ]


def _token_in(content: bytes) -> str:
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    token = found.get("token") if isinstance(found, dict) else None
    return token if isinstance(token, str) else ""


def _told(fields: dict[str, object]) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(json.dumps(fields), headers=headers, media_type="application/json")
