"""Declares what can be asked of the API: each operation once, as a route and as its description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from artifolio.errors import ArtifolioError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema, as OpenAPI 3.1 has it."""

JSON = "application/json"
MOST_WRONGS = 20
"""Reasons in one answer, which need not be longer than what was sent."""


@dataclass(frozen=True)
class Parameter:
    """One thing that stands in the address: in its path, or behind the question mark."""

    name: str
    description: str
    schema: Schema
    """Of one value."""
    read: Callable[[str], Any] = str
    """Returns what is meant, or raises `ValueError` with the reason. Only for the query."""
    place: str = "query"
    """``query`` or ``path``."""
    is_many: bool = False
    """Whether it may be given several times."""
    is_needed: bool = False
    default: Any = None
    """What is meant where it is not given."""


@dataclass(frozen=True)
class Answer:
    """What may be answered with one status."""

    description: str
    schema: Schema | None = None
    """Of the content; None where there is none, or any bytes."""
    media_type: str | None = JSON
    """None where there is no content."""
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What can be asked with it: the parameters of operations by their names."""


@dataclass(frozen=True)
class Body:
    """What has to be sent."""

    schema: Schema
    is_needed: bool = True
    example: Any = None


@dataclass(frozen=True)
class Call:
    """A request, read as far as its operation tells what it is like."""

    request: Request
    content: bytes
    query: Mapping[str, Any] = field(default_factory=dict)
    """What was meant by each parameter, by name."""

    def path(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked of the API."""

    method: str
    path: str
    """Below ``/api``, as ``/v1/versions/{id}``."""
    answer: Callable[[Call], Response]
    """Runs in a thread of its own; raises `ArtifolioError` where something is wrong."""
    name: str
    """Unique, as ``read_version``; programs that are made from the description call it so."""
    summary: str
    answers: Mapping[int, Answer]
    """By status. What the guard answers to any request need not be among them."""
    parameters: Sequence[Parameter] = ()
    body: Body | None = None
    writes: bool = False
    """Whether it changes something, so that a token is needed."""
    description: str = ""
    """Markdown."""


@dataclass(frozen=True)
class Part:
    """What one module adds to the API."""

    name: str
    """The heading that its operations stand under."""
    description: str
    operations: Sequence[Operation]
    refuse: Callable[[ArtifolioError], Response]
    """Returns what is answered to what an operation raised."""
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    """What `ref` refers to, by name; names are shared by all parts."""
    reads_query: bool = True
    """Whether what stands behind the question mark is read, and refused where nobody knows it."""

    def routes(self) -> list[Route]:
        """Return the routes, below ``/api``."""
        return [
            Route(
                operation.path,
                partial(_respond, self, operation),
                methods=[operation.method],
                name=operation.name,
            )
            for operation in self.operations
        ]


@dataclass(frozen=True)
class Wrong:
    """One thing wrong with a request."""

    place: str
    """``query``, ``path`` or ``body``."""
    name: str
    """Of the parameter or of the field, as ``record.key``."""
    reason: str


class WrongRequestError(ArtifolioError):
    """A request that is not as its operation needs it."""

    def __init__(self, *wrongs: Wrong) -> None:
        super().__init__("; ".join(f"{one.name}: {one.reason}" for one in wrongs))
        self.wrongs = wrongs


def ref(name: str) -> Schema:
    """Return what stands for a schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def read_query(
    parameters: Sequence[Parameter], given: Sequence[tuple[str, str]]
) -> Mapping[str, Any]:
    """Return what is meant by what stands behind the question mark.

    Args:
        parameters: What may stand there.
        given: Names and values, in order.

    Raises:
        WrongRequestError: If something else stands there, or is missing; with every reason.
    """
    known = {one.name: one for one in parameters if one.place == "query"}
    values: dict[str, list[str]] = {}
    wrongs: list[Wrong] = []
    for name, value in given:
        if name in known:
            values.setdefault(name, []).append(value)
        else:
            there = f"; there are {', '.join(known)}" if known else ""
            wrongs.append(Wrong("query", name[:80], f"no such parameter{there}"))
    meant: dict[str, Any] = {}
    for name, one in known.items():
        try:
            meant[name] = _meant(one, values.get(name, []))
        except ValueError as error:
            wrongs.append(Wrong("query", name, str(error)))
    if wrongs:
        raise WrongRequestError(*wrongs[-MOST_WRONGS:])
    return meant


def _meant(parameter: Parameter, values: Sequence[str]) -> Any:
    if not values:
        if parameter.is_needed:
            raise ValueError("is missing")
        return parameter.default
    if parameter.is_many:
        return tuple(map(parameter.read, values))
    if len(values) > 1:
        raise ValueError("is given more than once")
    return parameter.read(values[0])


async def _respond(part: Part, operation: Operation, request: Request) -> Response:
    content = await request.body()
    try:
        query: Mapping[str, Any] = {}
        if part.reads_query:
            query = read_query(operation.parameters, request.query_params.multi_items())
        # Records are files: nobody else waits for a disk.
        return await run_in_threadpool(operation.answer, Call(request, content, query))
    except ArtifolioError as error:
        return part.refuse(error)
