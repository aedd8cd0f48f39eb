from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator


@pytest.fixture
def document(ask) -> dict:
    answer = ask("GET", "/api/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations_of(document: dict) -> list[tuple[str, str, dict]]:
    return [
        (method, path, operation)
        for path, place in document["paths"].items()
        for method, operation in place.items()
    ]


def test_the_document_is_of_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "/api"}]


def test_each_operation_has_a_name_of_its_own(document):
    names = [operation["operationId"] for _, _, operation in operations_of(document)]
    assert len(set(names)) == len(names)


def test_each_reference_leads_somewhere(document):
    places = set(re.findall(r'"\$ref": "#/components/(\w+)/(\w+)"', json.dumps(document)))
    assert places
    lost = [place for place in places if place[1] not in document["components"][place[0]]]
    assert lost == []


def test_each_operation_of_our_own_is_in_the_guide(document):
    guide = (Path(__file__).parents[2] / "site_src" / "guide" / "api.md").read_text()
    rows = [
        f"| `{method.upper()} /api{path}` |"
        for method, path, _ in operations_of(document)
        if path.startswith("/v1/")
    ]
    assert rows
    assert [row for row in rows if row not in guide] == []


def test_each_schema_is_one(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_each_part_of_a_path_is_described(document):
    for _, path, operation in operations_of(document):
        named = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))


def test_what_writes_needs_the_token(document):
    writing = {
        operation["operationId"]
        for _, _, operation in operations_of(document)
        if {} not in operation["security"]
    }
    assert writing >= {"prefect_create", "prefect_update", "prefect_delete"}
    assert writing.isdisjoint({"prefect_filter", "prefect_read"})


def test_each_described_operation_is_there(document, ask):
    for method, path, _ in operations_of(document):
        filled = path.replace("{id}", str(UUID(int=1))).replace("{", "").replace("}", "")
        answer = ask(method.upper(), f"/api{filled}")
        assert answer.status_code != 405
        assert answer.text != '{"detail":"Not Found"}'


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/artifacts/filter", {"detail": "Method Not Allowed"}),
        ("/api/nothing/at/all", {"detail": "Not Found"}),
    ],
)
def test_what_is_not_there_is_told_as_prefect_does(ask, path, told):
    assert ask("PUT", path).json() == told


def test_what_is_not_there_is_a_problem_where_the_api_is_our_own(ask):
    assert ask("GET", "/api/v1/nothing").json() == {
        "status": 404,
        "title": "Not Found",
        "detail": "Not Found",
        "errors": [],
    }


def test_all_methods_that_there_are_are_told(ask):
    answer = ask("PUT", f"/api/artifacts/{UUID(int=1)}")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, PATCH"
    assert ask("PUT", "/api/artifacts/filter").headers["allow"] == "POST"
