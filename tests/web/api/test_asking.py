from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect
from starlette.datastructures import QueryParams

from mesure.privacy.roles import Role
from mesure.web.api import asking, table
from mesure.web.api.endpoint import Endpoint
from mesure.web.requests.problems import Problem
from tests.web.service import WebService

WEBHOOK = {"address": "https://hooks.example/", "events": ["incident.opened"]}
PATH = "/api/v1/webhooks"


@pytest.fixture
def operator(service: WebService) -> str:
    service.tokens["t"] = service.office.account("O-1", Role.OPERATOR)
    service.tokens["s"] = service.office.account("S-1", Role.SUPERVISOR)
    return "t"


def _faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(one["where"], one["what"]) for one in answer.json()["faults"]]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body"),
        ({"address": 7, "events": []}, "body: address"),
        ({"address": "x", "events": "incident.opened"}, "body: events"),
        ({"address": "x", "events": ["secret word"]}, "body: events[0]"),
        ({**WEBHOOK, "Aigerim": 1}, "body"),
        ([], "body"),
        ("text", "body"),
        ({"address": "https://a\u0000b/", "events": []}, "$.address"),
    ],
)
def test_each_fault_says_where_and_repeats_nothing(
    service: WebService, operator: str, body: Any, where: str
) -> None:
    answer = service.ask("POST", PATH, token=operator, json=body)
    assert [found for found, _ in _faults(answer)] == [where]
    assert not [word for word in ("secret word", "Aigerim") if word in answer.text]


@pytest.mark.parametrize("name", ["Aigerim", "Aigerim` - at `$.secret word"])
def test_a_field_that_is_unknown_further_in_is_a_fault_too(service: WebService, name: str) -> None:
    service.tokens["s"] = service.office.account("S-1", Role.SUPERVISOR)
    view = {"name": "Quiet", "filters": [{"by": "device", "value": "quiet", name: 1}]}
    answer = service.ask("POST", "/api/v1/views", token="s", json=view)
    what = "there is a field in it that is not known here"
    assert _faults(answer) == [("body: filters[0]", what)]
    assert not [word for word in ("secret word", "Aigerim") if word in answer.text]


@pytest.mark.parametrize("endpoint", table.ENDPOINTS, ids=lambda endpoint: endpoint.action.name)
def test_no_part_of_a_request_takes_what_it_does_not_know(endpoint: Endpoint) -> None:
    parts = [kind.cls for kind in _parts_of(endpoint.action.asks) if not _is_strict(kind.cls)]
    assert parts == []


def _parts_of(asked: type) -> Iterator[inspect.StructType]:
    """Yield the structs within what an action asks for, but not that itself."""
    left = [field.type for field in inspect.type_info(asked).fields]  # type: ignore[attr-defined]
    while left:
        kind = left.pop()
        if isinstance(kind, inspect.StructType):
            yield kind
            left += [field.type for field in kind.fields]
        for name in ("types", "item_types"):
            left += getattr(kind, name, ())
        for name in ("item_type", "key_type", "value_type"):
            left += [part] if (part := getattr(kind, name, None)) else []


def _is_strict(kind: type) -> bool:
    return bool(kind.__struct_config__.forbid_unknown_fields)  # type: ignore[attr-defined]


def test_where_a_body_is_read_the_query_is_refused_and_not_repeated(
    service: WebService, operator: str
) -> None:
    answer = service.ask("POST", f"{PATH}?Aigerim=1&%07=2", token=operator, json=WEBHOOK)
    assert _faults(answer) == [("query", "nothing is read from the query here")]


def test_how_long_a_page_is_may_be_said_only_where_it_is_heeded(
    service: WebService, operator: str
) -> None:
    """Else a program that counts by what it asked for takes a page for another than it is."""
    answer = service.ask("GET", "/api/v1/devices?limit=1", token=operator)
    what = "there is a parameter in it that is not known here"
    assert _faults(answer) == [("query", what)]
    assert service.ask("GET", "/api/v1/devices", token=operator).status_code == 200


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"address": "\xff"}', b'{"address": "\\ud800"}', b"[" * 100_000]
)
def test_what_is_not_json_is_said_to_be_none(
    service: WebService, operator: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = service.ask("POST", PATH, token=operator, content=body, headers=headers)
    assert answer.status_code in (400, 422)


def test_only_json_is_read(service: WebService, operator: str) -> None:
    answer = service.ask("POST", PATH, token=operator, data={"address": "x"})
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:mesure:problem:not-json")


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("start=x", "query: start"),
        ("start=-1", "query: start"),
        ("start=1&start=2", "query: start"),
        ("start=1.5", "query: start"),
        ("near=43.2", "query"),
    ],
)
def test_a_query_is_read_as_strictly(
    service: WebService, operator: str, query: str, where: str
) -> None:
    answer = service.ask("GET", f"/api/v1/audit-log/entries?{query}", token=operator)
    assert [found for found, _ in _faults(answer)] == [where]


def test_numbers_in_path_and_query_are_read(service: WebService, operator: str) -> None:
    for _ in range(3):
        service.ask("GET", PATH, token=operator)
    answer = service.ask("GET", "/api/v1/audit-log/entries?start=1&count=1", token=operator)
    assert (answer.json()["start"], len(answer.json()["lines"])) == (1, 1)
    proof = service.ask("GET", "/api/v1/audit-log/entries/1/inclusion?size=3", token=operator)
    assert len(proof.json()["hashes"]) == 2
    assert service.ask(
        "GET", "/api/v1/audit-log/entries/x/inclusion?size=3", token=operator
    ).status_code == 422  # fmt: skip


def test_what_comes_in_the_query_of_a_change_is_not_read(
    service: WebService, operator: str
) -> None:
    answer = service.ask("POST", f"{PATH}?address=x", token=operator, json=WEBHOOK)
    assert _faults(answer)


def test_what_an_action_finds_faulty_is_said_too(service: WebService, operator: str) -> None:
    body = {"address": "http://hooks.example/", "events": ["incident.opened"]}
    answer = service.ask("POST", PATH, token=operator, json=body)
    assert (answer.status_code, answer.json()["type"]) == (
        422,
        "urn:mesure:problem:webhook-address",
    )


@given(st.binary(max_size=60))
def test_no_body_breaks_it(body: bytes) -> None:
    endpoint = next(one for one in table.ENDPOINTS if one.method == "POST")
    with pytest.raises(Problem) as raised:  # No three dozen bytes are an account by chance.
        asking.read_request(endpoint, {}, QueryParams(""), body)
    assert raised.value.status_code in (400, 422)
