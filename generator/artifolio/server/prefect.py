"""Prefect's REST API for artifacts, over the records.

Routes, fields, status codes and the forms of errors are those of Prefect's server 3.9. Where it is
wrong, this is right: ``/{key}/latest`` gives the id of the version, latest is the last by time and
id, and a version that cannot be read hides no other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.responses import Response

from artifolio.errors import (
    ArtifolioError,
    NotFoundError,
    RecordError,
)
from artifolio.server import prefectschemas as schemas
from artifolio.server.checks import RequestError, parse_body
from artifolio.server.filters import parse_query
from artifolio.server.operations import Answer, Call, Operation, Part
from artifolio.server.prefectbodies import read_changes, read_new, told_of

if TYPE_CHECKING:
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

    def part(self) -> Part:
        """Return what it adds to the API."""
        return Part(
            "Prefect",
            "What Prefect's clients ask for: the artifacts of Prefect 3.",
            [*_about_the_server(), *self._reading(), *self._asking(), *self._writing()],
            answer_to,
            schemas.SCHEMAS,
            reads_query=False,
        )

    def _reading(self) -> list[Operation]:
        answers = {200: schemas.ONE, 404: schemas.NOT_FOUND, 409: schemas.UNREADABLE}
        return [
            Operation(
                "GET",
                "/artifacts/{key}/latest",
                self.latest,
                "prefect_read_latest",
                "Read the latest version of a key.",
                answers,
            ),
            Operation(
                "GET",
                "/artifacts/{id:uuid}",
                self.read,
                "prefect_read",
                "Read a version.",
                answers,
            ),
        ]

    def _asking(self) -> list[Operation]:
        many = schemas.listed("PrefectArtifact")
        collections = schemas.listed("PrefectArtifactCollection")
        places = [
            ("filter", self.filter, "Read versions.", many),
            ("count", self.count, "Count versions.", schemas.COUNT),
            ("latest/filter", self.filter_latest, "Read keys.", collections),
            ("latest/count", self.count_latest, "Count keys.", schemas.COUNT),
        ]
        return [
            Operation(
                "POST",
                f"/artifacts/{place}",
                answer,
                f"prefect_{place.replace('/', '_')}",
                summary,
                {200: found, 422: schemas.INVALID},
                body=schemas.asking(
                    "PrefectArtifactCollectionFilter"
                    if place.startswith("latest/")
                    else "PrefectArtifactFilter",
                    counts=place.endswith("count"),
                ),
            )
            for place, answer, summary, found in places
        ]

    def _writing(self) -> list[Operation]:
        wrong = {409: schemas.UNREADABLE, 422: schemas.INVALID}
        done = {204: schemas.DONE, 404: schemas.NOT_FOUND, **wrong}
        return [
            Operation(
                "POST",
                "/artifacts/",
                self.create,
                "prefect_create",
                "Publish a version.",
                {201: schemas.CREATED, **wrong},
                body=schemas.NEW,
                writes=True,
            ),
            Operation(
                "PATCH",
                "/artifacts/{id:uuid}",
                self.update,
                "prefect_update",
                "Change a version.",
                done,
                body=schemas.CHANGES,
                writes=True,
            ),
            Operation(
                "DELETE",
                "/artifacts/{id:uuid}",
                self.delete,
                "prefect_delete",
                "Delete a version.",
                done,
                writes=True,
            ),
        ]

    def create(self, call: Call) -> Response:
        """Publish a version."""
        body = parse_body(call.content, is_needed=True)
        with told_of(body):
            version = self._desk.publish(read_new(body))
        return _json(self._library.send_one(version), 201)

    def read(self, call: Call) -> Response:
        """Return a version."""
        return _json(self._library.send_one(self._library.find(_id_in(call))))

    def latest(self, call: Call) -> Response:
        """Return the latest version of a key."""
        version = self._library.latest(call.path("key"))
        if version is None:
            raise NotFoundError("artifact")
        return _json(self._library.send_one(version))

    def filter(self, call: Call) -> Response:
        """Return versions."""
        return self._select(call.content, latest=False)

    def filter_latest(self, call: Call) -> Response:
        """Return keys."""
        return self._select(call.content, latest=True)

    def count(self, call: Call) -> Response:
        """Return how many versions match."""
        query = parse_query(parse_body(call.content), latest=False, counts=True)
        return _json(b"%d" % self._library.count(query, latest=False))

    def count_latest(self, call: Call) -> Response:
        """Return how many keys match."""
        query = parse_query(parse_body(call.content), latest=True, counts=True)
        return _json(b"%d" % self._library.count(query, latest=True))

    def update(self, call: Call) -> Response:
        """Change a version."""
        body = parse_body(call.content, is_needed=True)
        with told_of(body):
            self._desk.change(_id_in(call), read_changes(body))
        return Response(status_code=204)

    def delete(self, call: Call) -> Response:
        """Delete a version."""
        self._desk.delete(_id_in(call))
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
    if isinstance(error, RecordError):
        return _json(_dumped({"detail": f"The record cannot be read: {error}"}), 409)
    return _json(_dumped({"detail": str(error)}), 409)


def _about_the_server() -> list[Operation]:
    health, version = _dumped(True), _dumped(PREFECT_VERSION)
    return [
        Operation(
            "GET",
            "/health",
            lambda _: _json(health),
            "prefect_health",
            "Tell whether the server answers.",
            {200: Answer("It does.", {"const": True})},
        ),
        Operation(
            "GET",
            "/admin/version",
            lambda _: _json(version),
            "prefect_version",
            "Tell which version of Prefect's API this is.",
            {200: Answer("The version.", {"type": "string"})},
        ),
    ]


def _id_in(call: Call) -> UUID:
    return UUID(call.path("id"))


def _json(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
