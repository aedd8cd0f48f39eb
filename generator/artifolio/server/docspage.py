"""The page that shows what can be asked of the API, and lets one try it."""

from __future__ import annotations

import importlib.util
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from artifolio.server.problems import problem

if TYPE_CHECKING:
    from starlette.requests import Request

PAGE = "/docs"
"""Below ``/api``."""

# A plugin for MkDocs that carries Swagger UI, and needs no web framework as the other packages that
# do. It is not imported.
_PACKAGE = "mkdocs_swagger_ui_tag"
_BORROWED = {
    "swagger-ui.css": "swagger-ui/stylesheets/swagger-ui.css",
    "swagger-ui-bundle.js": "swagger-ui/javascripts/swagger-ui-bundle.js",
}
_OWN = ("docs.css", "docs.js")
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Swagger UI's own icons.
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HTML = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API - artifolio</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/docs.css">
</head>
<body>
<main id="api">
<p class="wait">The same for programs: <a href="openapi.json">openapi.json</a></p>
</main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/docs.js"></script>
</body>
</html>
"""


def docs_routes() -> list[Route]:
    """Return the routes, below ``/api``."""
    return [
        Route(PAGE, _page, methods=["GET"]),
        Route(f"{PAGE}/{{name}}", _file, methods=["GET"]),
    ]


async def _page(request: Request) -> Response:
    del request
    if await run_in_threadpool(_borrowed_from) is None:
        return problem(404, "Swagger UI is not installed; install artifolio[serve]")
    headers = {"content-security-policy": _POLICY, "cache-control": "no-cache"}
    return Response(_HTML, headers=headers, media_type="text/html")


async def _file(request: Request) -> Response:
    path = await run_in_threadpool(_path_of, request.path_params["name"])
    if path is None:
        return problem(404, "Not Found")
    kind = "text/css" if path.suffix == ".css" else "text/javascript"
    return FileResponse(path, media_type=kind, headers={"cache-control": "no-cache"})


def _path_of(name: str) -> Path | None:
    """Return a file of the page by its name; there are no others."""
    if name in _OWN:
        return Path(str(files("artifolio.server") / "assets" / name))
    folder = _borrowed_from()
    path = folder / _BORROWED[name] if folder and name in _BORROWED else None
    return path if path and path.is_file() else None


def _borrowed_from() -> Path | None:
    spec = importlib.util.find_spec(_PACKAGE)
    places = list((spec and spec.submodule_search_locations) or ())
    return Path(places[0]) if places else None
