"""The application: the site, Prefect's API and our own, behind one guard."""

from __future__ import annotations

import contextlib
import json
from functools import partial
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route

from artifolio.server.connections import Room, most_connections
from artifolio.server.describing import description_routes
from artifolio.server.docspage import docs_routes
from artifolio.server.editing import EditingApi
from artifolio.server.events import events_route
from artifolio.server.files import SiteFiles
from artifolio.server.guard import Guard, Rules
from artifolio.server.live import addition, live_routes
from artifolio.server.prefect import PrefectApi
from artifolio.server.problems import problem
from artifolio.server.reading import ReadingApi
from artifolio.server.receiving import Intake
from artifolio.server.sessions import Sessions
from artifolio.server.signing import signing_routes
from artifolio.server.writing import Desk
from artifolio.website.urls import version_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from artifolio.bodies import Attachment
    from artifolio.headers import Header
    from artifolio.server.library import Library
    from artifolio.server.stage import Stage
    from artifolio.website.hosts import Hosts


THREADS = 8
"""Requests that look at files at once. One processor answers them, so that more only wait for each
other. And glibc's malloc keeps what was freed for each thread, which scatters it over the heap: of
more threads, memory grows for longer."""


def make_app(
    library: Library,
    site_dir: Callable[[], Path],
    rules: Rules,
    stage: Stage | None = None,
    base: str = "/",
    hosts: Hosts | None = None,
) -> ASGIApp:
    """Return the application.

    Args:
        library: The records.
        site_dir: Gives the folder of the site.
        rules: Who may do what.
        stage: What pages follow; without it, they stay as they are.
        base: The path that the site is below, with a slash at both ends.
        hosts: Knows the pages of git hosts; without it, of public ones only.
    """
    desk = Desk(library)
    parts = [
        ReadingApi(library, hosts).part(),
        Intake(desk).part(),
        EditingApi(desk.revision).part(),
        PrefectApi(library, desk).part(),
    ]
    sessions = Sessions(rules.token)
    # Whoever holds streams open leaves connections for all else.
    room = Room(most_connections() // 2)
    routes: list[BaseRoute] = [
        *(route for part in parts for route in part.routes()),
        *description_routes(parts),
        *docs_routes(),
        *signing_routes(sessions),
        events_route(room),
    ]
    if stage is None:
        files = SiteFiles(site_dir, bytes, base)
    else:
        routes += live_routes(stage, room)
        files = SiteFiles(
            site_dir,
            partial(addition, stage, base, writes=rules.token is not None),
            base,
            stage.opened,
        )
    api = Starlette(routes=routes, exception_handlers={404: _no_route, 405: _no_method})
    app = Starlette(
        routes=[Mount("/api", api), Route("/{path:path}", files)],
        # No route matches a path with a line break.
        exception_handlers={404: _no_route},
        lifespan=_bounded,
    )
    return Guard(app, rules, sessions)


def address_in(base: str) -> Callable[[Header, Attachment], str]:
    """Return what gives the address of an attachment in the site.

    Args:
        base: Where the site is, with a slash at its end.
    """
    return lambda header, attachment: base + version_file(header, attachment.name)


@contextlib.asynccontextmanager
async def _bounded(app: Starlette) -> AsyncIterator[None]:
    del app
    current_default_thread_limiter().total_tokens = THREADS
    yield


async def _no_route(request: Request, error: Exception) -> Response:
    del error
    return _told(request, 404, "Not Found")


async def _no_method(request: Request, error: Exception) -> Response:
    del error
    response = _told(request, 405, "Method Not Allowed")
    # All of them: Starlette names those of one route only.
    found = [
        route
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    ]
    # The id of a version might be the name of another place, but is not.
    found = [route for route in found if not route.param_convertors] or found
    methods = {method for route in found for method in route.methods or ()}
    response.headers["allow"] = ", ".join(sorted(methods))
    return response


def _told(request: Request, status: int, detail: str) -> Response:
    if request.scope["path"].startswith("/api/v1/"):
        return problem(status, detail)
    # As FastAPI has it, and so Prefect.
    content = json.dumps({"detail": detail}, separators=(",", ":"))
    return Response(content, status, media_type="application/json")
