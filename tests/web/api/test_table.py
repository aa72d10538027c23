"""What the API offers, and what it must never offer."""

import re

import pytest
from msgspec import inspect
from msgspec.inspect import Type

from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.registry import ACTIONS
from mesure.web.api import table
from mesure.web.api.endpoint import Endpoint
from tests.test_absences import forbidden_names, searches_by_place
from tests.web.api.not_offered import NOT_OFFERED
from tests.web.service import WebService

COORDINATES = re.compile(r"(^|_)(lat|lon|latitude|longitude|position|coordinates)(_|$)")


def _id(endpoint: Endpoint) -> str:
    return endpoint.name


def test_every_action_is_here_or_it_is_said_why_not() -> None:
    here = {endpoint.action.name for endpoint in table.ENDPOINTS}
    assert here | set(NOT_OFFERED) == set(ACTIONS)
    assert not here & set(NOT_OFFERED)
    assert all(why.endswith(".") for why in NOT_OFFERED.values())


def test_an_action_answers_one_address() -> None:
    addresses = [(endpoint.method, endpoint.path) for endpoint in table.ENDPOINTS]
    assert len(addresses) == len(set(addresses))
    names = [endpoint.action.name for endpoint in table.ENDPOINTS]
    assert len(names) == len(set(names))


# --- No list of the places of several people, no search by place --------------------------------


def _fields(kind: Type, many: bool = False) -> list[tuple[str, bool]]:
    """Return the names of all fields within a type, and whether they stand within a list."""
    if isinstance(kind, inspect.UnionType):
        return [one for part in kind.types for one in _fields(part, many)]
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return _fields(kind.item_type, True)
    if isinstance(kind, inspect.StructType | inspect.DataclassType):
        own = [(field.name, many) for field in kind.fields]
        return own + [one for field in kind.fields for one in _fields(field.type, many)]
    return []


def places_given(endpoint: Endpoint) -> bool:
    names = [name for name, _ in _fields(inspect.type_info(endpoint.gives))]
    return any(COORDINATES.search(name) for name in names)


def test_where_somebody_was_is_given_at_one_address_only_and_of_one_person() -> None:
    with_places = [endpoint for endpoint in table.ENDPOINTS if places_given(endpoint)]
    assert [endpoint.path for endpoint in with_places] == ["/persons/{person}/trail"]
    [trail] = with_places
    assert {"purpose", "case_number", "incident", "ground"} <= set(trail.fields)
    fields = dict(_fields(inspect.type_info(trail.gives)))
    assert fields["person"] is False, "one person, not a list of them"


@pytest.mark.parametrize("endpoint", table.ENDPOINTS, ids=_id)
def test_nothing_is_sought_by_place(endpoint: Endpoint) -> None:
    assert not [name for name in endpoint.fields if COORDINATES.search(name)]
    assert not searches_by_place(endpoint.name, endpoint.fields)
    assert not forbidden_names([endpoint.name, *endpoint.path.split("/"), *endpoint.fields])


SECRET = re.compile(r"^(secret|token|code|password|passphrase|totp_secret|codes)$")


def test_an_answer_with_a_secret_is_known_as_one_and_never_kept_to_be_given_again() -> None:
    answer_types = {
        endpoint.name: endpoint.gives
        for endpoint in table.ENDPOINTS
        if any(SECRET.search(name) for name, _ in _fields(inspect.type_info(endpoint.gives)))
    }
    assert len(answer_types) > 4
    unknown = [
        name
        for name, kind in answer_types.items()
        if not (isinstance(kind, type) and issubclass(kind, OneTimeSecret))
    ]
    assert unknown == []


def test_the_evidence_of_an_incident_is_one_incident() -> None:
    [show] = [endpoint for endpoint in table.ENDPOINTS if endpoint.shape is not None]
    assert show.in_path == ("incident",)


# --- What is served is what is in the table -----------------------------------------------------


def test_nobody_is_answered_without_signing_in(service: WebService) -> None:
    for endpoint in table.ENDPOINTS:
        path = re.sub(r"\{\w+\}", "1", endpoint.address)
        answer = service.ask(endpoint.method, path, headers={"Content-Type": "application/json"})
        assert answer.status_code == 401, endpoint.path
        assert answer.headers["content-type"] == "application/problem+json"
