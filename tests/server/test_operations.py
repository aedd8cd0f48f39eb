from __future__ import annotations

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse

from artifolio.errors import NotFoundError
from artifolio.server.operations import (
    Answer,
    Operation,
    Parameter,
    Part,
    WrongRequestError,
    read_query,
)
from artifolio.server.problems import problem_for

TEXT = {"type": "string"}


def number(text: str) -> int:
    if not text.isdigit():
        raise ValueError("is no number")
    return int(text)


PARAMETERS = (
    Parameter("limit", "How many.", {"type": "integer"}, number, default=20),
    Parameter("tag", "A tag.", TEXT, is_many=True, default=()),
    Parameter("q", "Words.", TEXT, is_needed=True),
    Parameter("key", "The key.", TEXT, place="path"),
)


def wrongs_of(*given: tuple[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(WrongRequestError) as raised:
        read_query(PARAMETERS, given)
    return [(wrong.name, wrong.reason) for wrong in raised.value.wrongs]


def test_what_is_meant_by_a_query_is_read():
    found = read_query(PARAMETERS, [("q", "a b"), ("tag", "x"), ("tag", "y")])
    assert found == {"limit": 20, "tag": ("x", "y"), "q": "a b"}


def test_everything_wrong_with_a_query_is_told_at_once():
    assert wrongs_of(("limit", "x"), ("key", "loss")) == [
        ("key", "no such parameter; there are limit, tag, q"),
        ("limit", "is no number"),
        ("q", "is missing"),
    ]


def test_some_of_very_much_that_is_wrong_is_told():
    assert len(wrongs_of(*((str(number), "") for number in range(500)))) == 20


def test_one_value_is_not_given_twice():
    assert wrongs_of(("q", "a"), ("q", "b")) == [("q", "is given more than once")]


def asked(part: Part, method: str, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=part.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, path)

    return anyio.run(ask)


def part_of(answer, **options) -> Part:
    operation = Operation(
        "GET", "/v1/{key}", answer, "read", "Read.", {200: Answer("It.")}, PARAMETERS
    )
    return Part("Things", "All of them.", [operation], problem_for, **options)


def test_an_operation_is_given_its_path_and_its_query():
    part = part_of(lambda call: JSONResponse([call.path("key"), call.query["limit"]]))
    assert asked(part, "GET", "/v1/loss?q=a&limit=3").json() == ["loss", 3]


def test_a_query_that_nobody_reads_is_not_looked_at():
    part = part_of(lambda call: JSONResponse(dict(call.query)), reads_query=False)
    assert asked(part, "GET", "/v1/loss?x=1").json() == {}


def test_what_is_wrong_with_a_request_is_answered():
    answer = asked(part_of(lambda _: JSONResponse(1)), "GET", "/v1/loss?x=1")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {"in": "query", "name": "x", "reason": "no such parameter; there are limit, tag, q"},
        {"in": "query", "name": "q", "reason": "is missing"},
    ]


def test_what_an_operation_raises_is_answered():
    def lost(_):
        raise NotFoundError("artifact 'loss'")

    answer = asked(part_of(lost), "GET", "/v1/loss?q=a")
    assert answer.status_code == 404
    assert answer.json() == {
        "status": 404,
        "title": "Not Found",
        "detail": "artifact 'loss' not found",
        "errors": [],
    }
