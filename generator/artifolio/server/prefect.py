"""Prefect's REST API for artifacts, over the records.

Routes, fields, status codes and the forms of errors are those of Prefect's server 3.9. Where it is
wrong, this is right: ``/{key}/latest`` gives the id of the version, latest is the last by time and
id, and a version that cannot be read hides no other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from artifolio.errors import (
    ArtifolioError,
    InvalidKeyError,
    InvalidValueError,
    NotFoundError,
    RecordError,
)
from artifolio.keys import check_key
from artifolio.server.checks import (
    Fault,
    Reader,
    RequestError,
    parse_body,
    text,
    texts_by_name,
    uuid,
)
from artifolio.server.filters import parse_query
from artifolio.server.writing import Patched, Posted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from artifolio.server.library import Library
    from artifolio.server.writing import Desk

PREFECT_VERSION = "3.9.1"
"""What ``/admin/version`` tells: the server whose API this is."""

_NOT_FOUND = "Artifact not found."


class PrefectApi:
    """The routes of Prefect's API.

    Args:
        library: What there is.
        desk: Publishes, changes and deletes.
    """

    def __init__(self, library: Library, desk: Desk) -> None:
        self._library = library
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the routes, below ``/api``."""
        return [
            Route("/health", _told(True), methods=["GET"]),
            Route("/admin/version", _told(PREFECT_VERSION), methods=["GET"]),
            _route("/artifacts/", self.create, "POST"),
            _route("/artifacts/filter", self.filter, "POST"),
            _route("/artifacts/count", self.count, "POST"),
            _route("/artifacts/latest/filter", self.filter_latest, "POST"),
            _route("/artifacts/latest/count", self.count_latest, "POST"),
            _route("/artifacts/{key}/latest", self.latest, "GET"),
            _route("/artifacts/{id}", self.read, "GET"),
            _route("/artifacts/{id}", self.update, "PATCH"),
            _route("/artifacts/{id}", self.delete, "DELETE"),
        ]

    def create(self, request: Request, content: bytes) -> Response:
        """Publish a version."""
        del request
        body = parse_body(content)
        version = self._desk.publish(_posted(body))
        return _json(self._library.send_one(version), 201)

    def read(self, request: Request, content: bytes) -> Response:
        """Return a version."""
        del content
        return _json(self._library.send_one(self._library.find(_id_in(request))))

    def latest(self, request: Request, content: bytes) -> Response:
        """Return the latest version of a key."""
        del content
        version = self._library.latest(request.path_params["key"])
        if version is None:
            raise NotFoundError("artifact")
        return _json(self._library.send_one(version))

    def filter(self, request: Request, content: bytes) -> Response:
        """Return versions."""
        del request
        return self._select(content, latest=False)

    def filter_latest(self, request: Request, content: bytes) -> Response:
        """Return keys."""
        del request
        return self._select(content, latest=True)

    def count(self, request: Request, content: bytes) -> Response:
        """Return how many versions match."""
        del request
        query = parse_query(parse_body(content), latest=False, counts=True)
        return _json(b"%d" % self._library.count(query, latest=False))

    def count_latest(self, request: Request, content: bytes) -> Response:
        """Return how many keys match."""
        del request
        query = parse_query(parse_body(content), latest=True, counts=True)
        return _json(b"%d" % self._library.count(query, latest=True))

    def update(self, request: Request, content: bytes) -> Response:
        """Change a version."""
        self._desk.change(_id_in(request), _patched(parse_body(content)))
        return Response(status_code=204)

    def delete(self, request: Request, content: bytes) -> Response:
        """Delete a version."""
        del content
        self._desk.delete(_id_in(request))
        return Response(status_code=204)

    def _select(self, content: bytes, *, latest: bool) -> Response:
        query = parse_query(parse_body(content), latest=latest)
        found = self._library.select(query, latest=latest)
        return _json(self._library.send(found, latest=latest))


def answer_to(error: ArtifolioError) -> Response:
    """Return how Prefect's server answers where something is wrong."""
    if isinstance(error, RequestError):
        return _json(_dumped(error.to_data()), 422)
    if isinstance(error, NotFoundError):
        return _json(_dumped({"detail": _NOT_FOUND}), 404)
    if isinstance(error, (InvalidValueError, InvalidKeyError)):
        fault = Fault("value_error", ("body",), f"Value error, {error}", None)
        return _json(_dumped(RequestError([fault]).to_data()), 422)
    if isinstance(error, RecordError):
        return _json(_dumped({"detail": f"The record cannot be read: {error}"}), 409)
    return _json(_dumped({"detail": str(error)}), 409)


def _route(path: str, answer: Callable[[Request, bytes], Response], method: str) -> Route:
    async def endpoint(request: Request) -> Response:
        content = await request.body()
        try:
            # Records are files: nobody else waits for a disk.
            return await run_in_threadpool(answer, request, content)
        except ArtifolioError as error:
            return answer_to(error)

    return Route(path, endpoint, methods=[method])


def _told(value: object) -> Callable[[Request], Awaitable[Response]]:
    content = _dumped(value)

    async def endpoint(request: Request) -> Response:
        del request
        return _json(content)

    return endpoint


def _posted(body: Any) -> Posted:
    faults: list[Fault] = []
    reader = _reader(body, faults)
    posted = Posted(
        key=reader.read("key", text),
        type=reader.read("type", text),
        description=reader.read("description", text),
        data=reader.read("data", lambda value: value),
        metadata=reader.read("metadata_", texts_by_name) or {},
        flow_run=reader.read("flow_run_id", uuid),
        task_run=reader.read("task_run_id", uuid),
    )
    reader.forbid_others()
    if posted.key is not None:
        try:
            check_key(posted.key)
        except InvalidKeyError as error:
            message = (
                "Value error, Artifact key must only contain lowercase letters, numbers, and "
                f"dashes: {error.reason}"
            )
            faults.append(Fault("value_error", ("body", "key"), message, posted.key))
    if faults:
        raise RequestError(faults, body)
    return posted


def _patched(body: Any) -> Patched:
    faults: list[Fault] = []
    reader = _reader(body, faults)
    patched = Patched(
        has_data=reader.has("data"),
        data=reader.read("data", lambda value: value),
        has_description=reader.has("description"),
        description=reader.read("description", text),
        metadata=reader.read("metadata_", texts_by_name),
    )
    reader.forbid_others()
    if faults:
        raise RequestError(faults, body)
    return patched


def _reader(body: Any, faults: list[Fault]) -> Reader:
    if isinstance(body, dict):
        return Reader(body, faults, ("body",))
    message = "Input should be a valid dictionary or object to extract fields from"
    raise RequestError([Fault("model_attributes_type", ("body",), message, body)], body)


def _id_in(request: Request) -> UUID:
    name = request.path_params["id"]
    try:
        return UUID(name)
    except ValueError:
        # As where there is no such route: an id is all that may stand there.
        raise NotFoundError(f"version {name[:80]}") from None


def _json(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
