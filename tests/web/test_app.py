import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mesure.privacy.roles import Role
from mesure.web import app
from mesure.web.requests.problems import Problem
from mesure.web.requests.rates import RequestLimits, RequestRate
from tests.web import service as services
from tests.web.service import OFTEN, WebService

WEBHOOK = {"address": "https://hooks.example/", "events": ["incident.opened"]}


@pytest.mark.parametrize("path", ["/healthz", "/", "/api/v1/webhooks", "/static/x"])
def test_every_answer_has_the_headers_and_an_id(service: WebService, path: str) -> None:
    headers = service.ask("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert len(headers["x-request-id"]) == 24


@pytest.mark.parametrize(
    ("query", "read"), [("q=Әл".encode(), b"q=%D3%98%D0%BB"), (b"q=\xff", b"q=%FF"), (b"q", b"q")]
)
def test_a_query_is_spelled_as_browsers_spell_it(query: bytes, read: bytes) -> None:
    queries: list[bytes] = []

    async def inside(scope: Scope, _receive: Receive, _send: Send) -> None:
        queries.append(scope["query_string"])

    nobody: Any = None
    scope = {"type": "http", "query_string": query}
    asyncio.run(app.AsciiQueries(inside)(scope, nobody, nobody))
    assert queries == [read]


def test_a_service_that_runs_is_alive_and_ready(service: WebService) -> None:
    assert service.ask("GET", "/healthz").json() == {"status": "alive"}
    assert service.ask("GET", "/readyz").status_code == 200
    assert service.ask("GET", "/metrics").status_code == 404
    answer = service.ask("GET", "/metrics", client="127.0.0.1")
    assert "mesure_requests_total" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/api/v2/webhooks", 404, "not-found"),
        ("PUT", "/api/v1/webhooks", 405, "method-not-allowed"),
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/static/nothing.css", 404, "not-found"),
        ("GET", "/api/v1/webhooks", 401, "session"),
    ],
)
def test_every_error_is_a_problem(
    service: WebService, method: str, path: str, status: int, kind: str
) -> None:
    answer = service.ask(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"urn:mesure:problem:{kind}", status)
    assert problem["request_id"] == answer.headers["x-request-id"]
    if status == 405:
        assert "GET" in answer.headers["allow"]


def test_a_refusal_is_said_in_the_language_of_whoever_asks(service: WebService) -> None:
    answer = service.ask("GET", "/api/v1/webhooks", headers={"Accept-Language": "ru"})
    assert answer.headers["content-language"] == "ru"
    assert answer.headers["www-authenticate"].startswith("Bearer")


# --- Who asks ----------------------------------------------------------------------------------


def test_a_session_is_known_by_its_cookie_and_needs_the_token_for_changes(
    service: WebService,
) -> None:
    operator = service.office.account("O-1", Role.OPERATOR)
    assert service.ask("GET", "/api/v1/webhooks", operator).status_code == 200
    assert service.ask("POST", "/api/v1/webhooks", operator, json=WEBHOOK).status_code == 201
    forged = service.ask(
        "POST", "/api/v1/webhooks", operator, json=WEBHOOK, headers={"X-CSRF-Token": "no"}
    )
    assert (forged.status_code, forged.json()["type"][-15:]) == (403, "foreign-request")
    foreign = service.ask(
        "POST", "/api/v1/webhooks", operator, json=WEBHOOK, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403


def test_a_session_that_nobody_has_is_a_visitor(service: WebService) -> None:
    for value in ("nothing", "x" * 500, ""):
        headers = {"Cookie": f"__Host-mesure={value}"}
        assert service.ask("GET", "/api/v1/webhooks", headers=headers).status_code == 401


def test_a_session_ends(service: WebService) -> None:
    operator = service.office.account("O-1", Role.OPERATOR)
    session = service.session(operator)
    headers = {"Cookie": f"__Host-mesure={session}"}
    assert service.ask("GET", "/api/v1/webhooks", headers=headers).status_code == 200
    service.office.later(minutes=31)
    assert service.ask("GET", "/api/v1/webhooks", headers=headers).status_code == 401


def test_a_cookie_without_its_secure_name_is_none(service: WebService) -> None:
    session = service.session(service.office.account("O-1", Role.OPERATOR))
    headers = {"Cookie": f"mesure={session}"}
    assert service.ask("GET", "/api/v1/webhooks", headers=headers).status_code == 401


def test_a_service_account_is_known_by_its_token_at_the_api_only(service: WebService) -> None:
    service.tokens["t"] = service.office.account("O-1", Role.OPERATOR)
    assert service.ask("POST", "/api/v1/webhooks", token="t", json=WEBHOOK).status_code == 201
    for token in ("other", "", "x" * 500):
        answer = service.ask("GET", "/api/v1/webhooks", token=token)
        assert (answer.status_code, answer.json()["type"][-9:]) == (401, "not-known")
    assert service.ask("GET", "/", token="other").status_code == 404


def test_a_token_is_no_way_round_the_session_of_a_browser(service: WebService) -> None:
    operator = service.office.account("O-1", Role.OPERATOR)
    answer = service.ask(
        "POST", "/api/v1/webhooks", operator, json=WEBHOOK, token="forged",
        headers={"X-CSRF-Token": "no"},
    )  # fmt: skip
    assert answer.status_code == 401


# --- Limits ------------------------------------------------------------------------------------


def test_whoever_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    limits = RequestLimits(OFTEN, RequestRate(burst=2, per_minute=30), OFTEN)
    with services.service(tmp_path, limits=limits) as running:
        running.tokens["t"] = running.office.account("O-1", Role.OPERATOR)
        answers = [running.ask("GET", "/api/v1/webhooks", token="t") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "2"
    assert answers[-1].headers["content-type"] == "application/problem+json"


def test_a_body_that_is_too_long_is_refused(service: WebService) -> None:
    service.tokens["t"] = service.office.account("O-1", Role.OPERATOR)
    body = {"address": "x" * (2 << 20), "events": []}
    assert service.ask("POST", "/api/v1/webhooks", token="t", json=body).status_code == 413


# --- Pages -------------------------------------------------------------------------------------


def test_pages_say_in_their_own_way_what_went_wrong(service: WebService) -> None:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse("a page")

    def failure_page(request: Request, problem: Problem) -> PlainTextResponse:
        return PlainTextResponse(f"a page about {problem.kind}", problem.status_code)

    parts = services.parts(service.office, service.tokens)
    service.app = app.build(parts, pages=[Route("/console", page)], failed=failure_page)
    assert service.ask("GET", "/console").text == "a page"
    assert service.ask("GET", "/nothing").text == "a page about not-found"
    assert service.ask("GET", "/api/v1/nothing").json()["status"] == 404


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/card", "/set-up/abc", "/account"])
def test_wherever_a_secret_could_be_tried_it_is_limited_sooner(tmp_path: Path, path: str) -> None:
    limits = RequestLimits(OFTEN, OFTEN, RequestRate(burst=1, per_minute=1))
    with services.service(tmp_path, limits=limits) as running:
        statuses = [running.ask("POST", path).status_code for _ in range(2)]
    assert statuses[0] != 429
    assert statuses[1] == 429


@pytest.mark.parametrize("path", ["/sign-in/directory", "/sign-in/directory/back", "/set-up/abc"])
def test_what_a_stranger_opens_and_is_entered_is_limited_sooner(tmp_path: Path, path: str) -> None:
    limits = RequestLimits(OFTEN, OFTEN, OFTEN, RequestRate(burst=1, per_minute=1))
    with services.service(tmp_path, limits=limits) as running:
        assert [running.ask("GET", path).status_code for _ in range(2)] == [404, 429]
        assert running.ask("GET", "/sign-in").status_code == 404


@pytest.mark.parametrize("path", ["/healthz/", "/api/v1/caseload/", "/metrics/"])
def test_nobody_is_led_to_the_host_that_a_request_names(service: WebService, path: str) -> None:
    answer = service.ask("GET", path, headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.headers.get("location")) == (404, None)
