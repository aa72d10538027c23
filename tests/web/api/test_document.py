import json
from typing import Any

import msgspec
import pytest

from mesure.actions.framework.action import ActionType
from mesure.web.api import document, table, words
from mesure.web.api.descriptions import field_descriptions
from mesure.web.api.endpoint import Endpoint
from tests.web.service import WebService

DESCRIBED = document.describe()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
]


def _id(endpoint: Endpoint) -> str:
    return endpoint.name


def test_it_is_served_to_anybody(service: WebService) -> None:
    answer = service.ask("GET", "/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == json.loads(document.render())
    assert answer.json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", sorted(DESCRIBED["components"]["schemas"]))
def test_every_type_and_field_is_explained(name: str) -> None:
    schema = DESCRIBED["components"]["schemas"][name]
    assert schema.get("description") or "enum" in schema
    for field, part in schema.get("properties", {}).items():
        assert part.get("description")
        is_explained = (
            field in field_descriptions.FIELDS or f"{name}.{field}" in field_descriptions.FIELDS
        )
        assert is_explained or name == "Problem", f"{name}.{field} is not in fields.FIELDS"


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_and_parameter_is_explained(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"].endswith(".")
    assert operation["description"]
    assert operation["tags"][0] in {tag["name"] for tag in DESCRIBED["tags"]}
    for parameter in operation["parameters"]:
        assert parameter["description"], parameter["name"]
        if parameter["in"] == "path":
            assert "example" in parameter, parameter["name"]


def test_names_of_operations_are_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("endpoint", table.ENDPOINTS, ids=_id)
def test_every_example_is_one(endpoint: Endpoint) -> None:
    msgspec.convert(words.example_of(endpoint.action.asks), endpoint.action.asks)


def test_no_word_is_left_over() -> None:
    used = {
        name if f"{kind}.{name}" not in field_descriptions.FIELDS else f"{kind}.{name}"
        for kind, schema in DESCRIBED["components"]["schemas"].items()
        for name in schema.get("properties", {})
        if kind != "Problem"
    }
    assert set(field_descriptions.FIELDS) == used


@pytest.mark.parametrize("endpoint", table.ENDPOINTS, ids=_id)
def test_what_stands_in_the_path_is_asked_for(endpoint: Endpoint) -> None:
    assert set(endpoint.in_path) <= set(endpoint.fields)
    assert endpoint.method in ("GET", "POST", "PUT", "DELETE")
    if endpoint.method == "GET":
        assert endpoint.action.sort is ActionType.LOOK, (
            "what changes something is not asked with GET"
        )


def test_references_lead_somewhere() -> None:
    text = document.render()
    for reference in set(_references(json.loads(text))):
        _, _, kind, name = reference.split("/")
        assert name in DESCRIBED["components"][kind]


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for part in value.values() for one in _references(part)]
    if isinstance(value, list):
        return [one for part in value for one in _references(part)]
    return []


def test_an_example_that_is_none_is_found() -> None:
    endpoint = next(one for one in table.ENDPOINTS if one.name == "audit_log_inclusion")
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"entry": "x", "size": 7}, endpoint.action.asks)
