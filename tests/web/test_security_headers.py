import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mesure.web.requests.security_headers import PAGES, SecurityHeaders
from tests.web.serving import ask, echo


def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline() -> None:
    policy = ask(SecurityHeaders(echo, secure=True)).headers["content-security-policy"]
    assert policy == PAGES
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/api/v1/incidents", "/healthz", "/metrics"])
def test_what_machines_read_shows_nothing_at_all(path: str) -> None:
    answer = ask(SecurityHeaders(echo, secure=True), path=path)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; frame-")


def test_only_a_secure_service_asks_to_stay_secure() -> None:
    assert "strict-transport-security" in ask(SecurityHeaders(echo, secure=True)).headers
    assert "strict-transport-security" not in ask(SecurityHeaders(echo, secure=False)).headers


def test_nothing_is_kept_unless_the_answer_says_so() -> None:
    async def answer_publicly(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("x", headers={"Cache-Control": "public"})(scope, receive, send)

    assert ask(SecurityHeaders(echo, secure=True)).headers["cache-control"] == "no-store"
    assert ask(SecurityHeaders(answer_publicly, secure=True)).headers["cache-control"] == "public"


def test_the_referrer_stays_here_and_origins_are_still_told() -> None:
    assert ask(SecurityHeaders(echo, secure=True)).headers["referrer-policy"] == "same-origin"
