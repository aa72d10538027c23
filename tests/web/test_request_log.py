import io
import json
from collections.abc import Iterator

import pytest
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp

from mesure.machine import logs
from mesure.web.requests import body_limits
from mesure.web.requests.request_log import RequestLog
from tests.web.serving import ask

# What must never stand in a log, each put where it could get in.
PERSONAL = {"Aigerim", "P-0042", "stadium", "43.25654", "secret-token"}


async def fine(request: Request) -> Response:
    return Response(f"Aigerim {request.path_params}")


async def broken(request: Request) -> Response:
    raise ValueError(f"Aigerim was not at the stadium: {request.url}")


async def too_long(request: Request) -> Response:
    raise body_limits.too_long(7)


def _app() -> ASGIApp:
    inner = Router([Route("/persons/{person}", fine), Route("/broken/{person}", broken)])
    return RequestLog(Router([Mount("/api", inner), Route("/long", too_long)]))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    before = structlog.get_config()
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    structlog.configure(**before)


def _lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("path", ["/api/persons/P-0042", "/api/broken/P-0042", "/Aigerim/stadium"])
def test_no_line_says_anything_about_anybody(log: io.StringIO, path: str) -> None:
    headers = {"Authorization": "Bearer secret-token", "Cookie": "mesure=secret-token"}
    ask(_app(), path=path, params={"place": "stadium", "lat": "43.25654"}, headers=headers)
    assert log.getvalue()
    assert not [word for word in PERSONAL if word in log.getvalue()]


def test_a_request_is_a_line_with_the_pattern_of_its_route(log: io.StringIO) -> None:
    ask(_app(), path="/api/persons/P-0042")
    [line] = _lines(log)
    assert (line["route"], line["status"]) == ("/api/persons/{person}", 200)
    assert (line["method"], line["role"], line["request_id"]) == ("GET", "nobody", "r")


def test_a_method_nobody_knows_is_no_way_into_the_log(log: io.StringIO) -> None:
    ask(_app(), "AIGERIM", path="/api/persons/P-0042")
    assert _lines(log)[0]["method"] == "other"


def test_what_breaks_is_answered_with_the_id_under_which_it_is_logged(log: io.StringIO) -> None:
    answer = ask(_app(), path="/api/broken/P-0042")
    assert answer.status_code == 500
    assert answer.json()["request_id"] == "r"
    assert "Aigerim" not in answer.text
    broken_line, line = _lines(log)
    assert (broken_line["event"], broken_line["error"]) == ("request_broken", "ValueError")
    assert "mesure.web.requests.request_log" in str(broken_line["frames"])
    assert line["status"] == 500


def test_what_a_piece_of_the_frame_refuses_is_answered_as_it_says(log: io.StringIO) -> None:
    answer = ask(_app(), path="/long")
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:mesure:problem:too-long")
    assert _lines(log)[0]["status"] == 413


def test_whoever_went_away_is_no_fault(log: io.StringIO) -> None:
    async def disconnect(request: Request) -> Response:
        raise ClientDisconnect

    with pytest.raises(AssertionError):  # Nobody is answered.
        ask(RequestLog(Router([Route("/left", disconnect)])), path="/left")
    assert [(one["event"], one["level"], one["status"]) for one in _lines(log)] == [
        ("request", "info", 499)
    ]
