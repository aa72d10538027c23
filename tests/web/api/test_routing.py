"""Whole journeys through the API: an order, an absence, an incident, a finding, a contest."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.framework.context import Actor
from mesure.privacy.roles import Role
from mesure.store.values.faults import UnavailableError
from mesure.web import app
from mesure.web.dependencies import Dependencies, by_token
from tests.actions import raised
from tests.actions.raised import incident
from tests.actions.scene import ORDER
from tests.web import service as services
from tests.web.service import WebService

LOOK = {"purpose": "supervision", "case_number": "ALM-2026-1"}
V1 = "/api/v1"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def web_service(tmp_path: Path) -> Iterator[WebService]:
    """A service with an officer and their supervisor; tokens are real ones."""
    with services.service(tmp_path) as service:
        parts = services.parts(service.office, {})
        service.app = app.build(Dependencies(**{**_fields(parts), "by_token": by_token}))
        service.office.account("ann", Role.OFFICER)
        service.office.account("chief", Role.SUPERVISOR)
        yield service


def _fields(parts: Dependencies) -> dict[str, Any]:
    return {name: getattr(parts, name) for name in Dependencies.__dataclass_fields__}


ANN = Actor("ann", Role.OFFICER)
CHIEF = Actor("chief", Role.SUPERVISOR)
PERSON = Actor("A-person", Role.PERSON, "P-1")


def _order(service: WebService) -> None:
    person = {"person": "P-1", "name": "A. B.", "language": "kk"}
    assert service.ask("POST", f"{V1}/persons", ANN, json=person).status_code == 204
    text = base64.b64encode(ORDER.encode()).decode()
    entered = service.ask("POST", f"{V1}/orders", ANN, json={"text": text})
    assert (entered.status_code, entered.json()["binds"]) == (201, False)
    path = f"{V1}/orders/ALM-1/versions/1/confirm"
    sha256 = {"sha256": entered.json()["sha256"]}
    same = service.ask("POST", path, ANN, json=sha256)
    assert (same.status_code, same.json()["type"]) == (403, "urn:mesure:problem:same-eyes")
    assert service.ask("POST", path, CHIEF, json=sha256).status_code == 204


def test_an_order_is_entered_confirmed_and_read_back(web_service: WebService) -> None:
    _order(web_service)
    shown = web_service.ask("GET", f"{V1}/orders/ALM-1", ANN, params=LOOK).json()
    assert base64.b64decode(shown["versions"][0]["text"]).decode() == ORDER
    assert shown["versions"][0]["confirmed_by"] == "chief"


def test_every_fault_of_an_order_comes_back_in_sentences(web_service: WebService) -> None:
    person = {"person": "P-1", "name": "A. B."}
    web_service.ask("POST", f"{V1}/persons", ANN, json=person)
    broken = ORDER.replace("radius_m: 60", "radius_m: 0").replace("until: 06:00", "until: 26:00")
    text = base64.b64encode(broken.encode()).decode()
    answer = web_service.ask("POST", f"{V1}/orders", ANN, json={"text": text})
    assert answer.status_code == 422
    assert len(answer.json()["faults"]) == 2


def test_a_look_without_a_purpose_is_refused(web_service: WebService) -> None:
    _order(web_service)
    answer = web_service.ask("GET", f"{V1}/persons/P-1", ANN)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:mesure:problem:purpose")
    assert web_service.ask("GET", f"{V1}/persons/P-1", ANN, params=LOOK).status_code == 200


def test_an_absence_is_asked_for_and_answered(web_service: WebService) -> None:
    _order(web_service)
    web_service.office.account("A-person", Role.PERSON, "P-1")
    body = {
        "conditions": ["C1"],
        "start_at": "2026-02-11T17:00:00Z",
        "until_at": "2026-02-11T20:00:00+00:00",
        "reason": "A visit.",
    }
    response = web_service.ask("POST", f"{V1}/orders/ALM-1/absences/ask", PERSON, json=body)
    assert response.status_code == 201
    path = f"{V1}/absences/{response.json()['id']}/answer"
    granted = web_service.ask("POST", path, ANN, json={"grants": True, "reason": "Agreed."})
    assert granted.status_code == 204
    [absence] = web_service.ask("GET", f"{V1}/persons/P-1/absences", PERSON).json()["items"]
    assert (absence["kept"]["stage"], absence["kept"]["answer"]) == ("granted", "Agreed.")


def test_an_incident_is_seen_decided_and_contested(web_service: WebService) -> None:
    _order(web_service)
    web_service.office.account("A-person", Role.PERSON, "P-1")
    raised.judge(web_service.office, incident("P-1", "I-1"))
    [head] = web_service.ask("GET", f"{V1}/persons/P-1/incidents", ANN).json()["items"]
    assert head["stage"] == "opened"
    decide = {"outcome": "no_breach", "cause": "location_error", "reason": "Drift."}
    path = f"{V1}/incidents/I-1"
    unseen = web_service.ask("POST", f"{path}/finding", ANN, json=decide)
    assert unseen.status_code == 409
    shown = web_service.ask("GET", path, ANN, params=LOOK).json()
    assert shown["explained"] == json.loads(raised.EXPLAINED)
    finding_response = web_service.ask("POST", f"{path}/finding", ANN, json=decide)
    assert (finding_response.status_code, finding_response.json()) == (201, {"stage": "found"})
    contest_response = web_service.ask(
        "POST", f"{path}/contests", PERSON, json={"text": "I was at home."}
    )
    assert contest_response.status_code == 201
    assert web_service.ask("GET", f"{path}/said", PERSON).json()["contests"][0]["is_open"]


# --- Only if unchanged -------------------------------------------------------------------------


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(web_service: WebService) -> None:
    _order(web_service)
    path = f"{V1}/persons/P-1"
    mark = web_service.ask("GET", path, ANN, params=LOOK).headers["etag"]
    mine = {"name": "A. B.", "language": "ru"}
    first = web_service.ask("PUT", path, ANN, json=mine, headers={"If-Match": mark})
    assert first.status_code == 204
    second = web_service.ask("PUT", path, CHIEF, json=mine, headers={"If-Match": mark})
    assert (second.status_code, second.json()["type"]) == (
        412,
        "urn:mesure:problem:changed-meanwhile",
    )
    assert (
        web_service.ask("PUT", path, CHIEF, json=mine, headers={"If-Match": "*"}).status_code == 204
    )
    assert web_service.ask("PUT", path, CHIEF, json=mine).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/persons/P-1/officer", {"officer": "A-1"}),
        ("POST", "/accounts/A-1/reset", None),
        ("DELETE", "/accounts/A-1", None),
    ],
)
def test_what_compares_nothing_refuses_a_mark_rather_than_pass_it_over(
    web_service: WebService, method: str, path: str, body: dict[str, str] | None
) -> None:
    _order(web_service)
    answer = web_service.ask(method, V1 + path, CHIEF, json=body, headers={"If-Match": '"x"'})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:mesure:problem:not-compared")


# --- Programs ----------------------------------------------------------------------------------


def _token(service: WebService, *scopes: str) -> str:
    until = (service.office.now + timedelta(days=30)).isoformat()
    body = {"name": "Register", "scopes": scopes, "until_at": until}
    answer = service.ask("POST", f"{V1}/services", CHIEF, json=body)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def test_a_program_may_do_what_its_token_names_until_it_is_taken_back(
    web_service: WebService,
) -> None:
    _order(web_service)
    raised.judge(web_service.office, incident("P-1", "I-1"))
    token = _token(web_service, "incidents.follow")
    changes = web_service.ask("GET", f"{V1}/incidents/changes", token=token).json()
    assert [change["incident"] for change in changes["changes"]] == ["I-1"]
    other = web_service.ask("GET", f"{V1}/persons/P-1/incidents", token=token)
    assert (other.status_code, other.json()["type"]) == (403, "urn:mesure:problem:scope")
    [service] = web_service.ask("GET", f"{V1}/services", CHIEF).json()["items"]
    closed = web_service.ask("DELETE", f"{V1}/services/{service['service']}", CHIEF)
    assert closed.status_code == 204
    assert web_service.ask("GET", f"{V1}/incidents/changes", token=token).status_code == 401


def test_a_token_ends(web_service: WebService) -> None:
    token = _token(web_service, "incidents.follow")
    web_service.office.later(days=30)
    assert web_service.ask("GET", f"{V1}/incidents/changes", token=token).status_code == 401


# --- When it cannot be done --------------------------------------------------------------------


def test_a_store_that_is_away_is_said_to_be(
    web_service: WebService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(change: object) -> None:
        raise UnavailableError("The disk is full.")

    session = web_service.session(ANN)
    monkeypatch.setattr(web_service.office.store, "write", away)
    headers = {"Cookie": f"__Host-mesure={session}"}
    answer = web_service.ask("GET", f"{V1}/caseload", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:mesure:problem:away")
    assert answer.headers["retry-after"]
    assert "disk" not in answer.text


@pytest.mark.parametrize("name", ["x" * 201, "P\u00ad1", "\u202eP-1"])
def test_what_cannot_be_kept_is_refused(web_service: WebService, name: str) -> None:
    body = {"person": name, "name": "A. B."}
    answer = web_service.ask("POST", f"{V1}/persons", ANN, json=body)
    assert answer.status_code == 422


def test_what_a_stranger_sends_is_not_even_read(web_service: WebService) -> None:
    read: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        for count in range(3):
            read.append(count)
            yield b" " * 65_536

    answer = web_service.ask("POST", f"{V1}/orders", headers=JSON, content=body())
    assert (answer.status_code, read) == (401, [])


def test_a_document_of_several_megabytes_is_taken_and_given_back(web_service: WebService) -> None:
    _order(web_service)
    web_service.office.account("A-person", Role.PERSON, "P-1")
    raised.judge(web_service.office, incident("P-1", "I-1"))
    content = base64.b64encode(b"%PDF-1.7\n" + bytes(3 << 20)).decode()
    body = {"name": "roster.pdf", "content": content}
    attached = web_service.ask("POST", f"{V1}/incidents/I-1/documents", PERSON, json=body)
    assert attached.status_code == 201, attached.text[:300]
    response = web_service.ask("GET", f"{V1}/documents/{attached.json()['id']}", PERSON)
    assert response.json()["content"] == content
