import asyncio
import json
from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mesure.actions.accounts import sessions, sign_in
from mesure.actions.accounts.sign_in import SignOut
from mesure.privacy.roles import Role
from mesure.web.api import following
from mesure.web.signed_in import SECURE_NAME
from tests.actions import raised
from tests.actions.raised import incident
from tests.web import service as services
from tests.web.service import WebService
from tests.web.serving_live import serve_app

PATH = "/api/v1/events"


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[WebService, str]]:
    with services.service(tmp_path) as service:
        officer = service.office.account("K-1", Role.OFFICER)
        service.tokens["t"] = officer
        service.office.person("P-1", officer)
        with serve_app(service.app) as address:
            yield service, address


def _events(lines: Iterator[str]) -> Generator[dict[str, Any], None, None]:
    event: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            event[name] = value
        elif event:
            yield event
            event = {}


def test_changes_come_on_an_open_connection(live: tuple[WebService, str]) -> None:
    service, address = live
    raised.judge(service.office, incident("P-1", "I-1"))
    headers = {"Authorization": "Bearer t"}
    with httpx.stream("GET", address + PATH, headers=headers, timeout=60) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = _events(answer.iter_lines())
        first, after = next(events), next(events)
        assert (first["event"], json.loads(first["data"])["incident"]) == ("incident", "I-1")
        assert (after["event"], after["id"]) == ("after", first["id"])
        raised.judge(service.office, raised.withdrawn(incident("P-1", "I-1")))
        second = json.loads(next(events)["data"])
    assert (second["incident"], second["revision"]) == ("I-1", 2)


def test_whoever_comes_again_goes_on_where_they_were(live: tuple[WebService, str]) -> None:
    service, address = live
    raised.judge(service.office, incident("P-1", "I-1"), incident("P-1", "I-2"))
    headers = {"Authorization": "Bearer t"}
    with httpx.stream("GET", address + PATH, headers=headers, timeout=60) as answer:
        first = next(_events(answer.iter_lines()))
    headers["Last-Event-ID"] = first["id"]
    with httpx.stream("GET", address + PATH, headers=headers, timeout=60) as answer:
        second = next(_events(answer.iter_lines()))
    assert json.loads(second["data"])["incident"] == "I-2"


def test_an_account_has_so_many_streams_and_no_more(
    live: tuple[WebService, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "STREAMS_MAX", 1)
    _, address = live
    headers = {"Authorization": "Bearer t"}
    with httpx.stream("GET", address + PATH, headers=headers, timeout=60) as answer:
        events = _events(answer.iter_lines())
        next(events)
        assert httpx.get(address + PATH, headers=headers).status_code == 429
        events.close()


def test_streams_that_are_opened_at_once_are_counted_too(live: tuple[WebService, str]) -> None:
    _, address = live

    async def open_stream(client: httpx.AsyncClient, release: asyncio.Event) -> int:
        headers = {"Authorization": "Bearer t"}
        async with client.stream("GET", address + PATH, headers=headers, timeout=60) as answer:
            if answer.status_code == 200:
                await release.wait()
            return answer.status_code

    async def at_once() -> list[int]:
        release = asyncio.Event()
        async with httpx.AsyncClient() as client:
            tasks = [asyncio.create_task(open_stream(client, release)) for _ in range(12)]
            while sum(task.done() for task in tasks) < 12 - following.STREAMS_MAX:
                await asyncio.wait(tasks, timeout=0.05)
            release.set()
            return await asyncio.gather(*tasks)

    async def within_time() -> list[int]:
        return await asyncio.wait_for(at_once(), 60)

    assert sorted(asyncio.run(within_time())) == [200] * following.STREAMS_MAX + [429] * 8


@pytest.mark.parametrize("by", ["token", "session"])
def test_whoever_is_gone_hears_nothing_more(live: tuple[WebService, str], by: str) -> None:
    service, address = live
    officer = service.tokens["t"]
    session = service.session(officer)
    headers = {
        "token": {"Authorization": "Bearer t"},
        "session": {"Cookie": f"{SECURE_NAME}={session}"},
    }[by]
    with httpx.stream("GET", address + PATH, headers=headers, timeout=60) as answer:
        events = _events(answer.iter_lines())
        assert next(events)["event"] == "after"
        service.tokens.clear()
        service.office.do(officer, sign_in.out, SignOut(session))
        raised.judge(service.office, incident("P-1", "I-1"))
        assert list(events) == []


def test_following_does_not_keep_a_session_alive(service: WebService) -> None:
    office = service.office
    officer = office.account("K-1", Role.OFFICER)
    session, procedure = service.session(officer), office.context(officer).procedure
    office.now += procedure.session_idle - timedelta(seconds=1)
    session_args = office.store, office.keyring, session
    live_session = sessions.peek(*session_args, office.now, procedure)
    assert live_session is not None
    assert live_session.actor == officer
    office.later(seconds=1)
    assert sessions.peek(*session_args, office.now, procedure) is None


def test_a_first_look_that_is_refused_is_not_counted_for_ever(service: WebService) -> None:
    service.tokens["t"] = service.office.account("O-1", Role.OPERATOR)
    for _ in range(following.STREAMS_MAX + 1):
        assert service.ask("GET", PATH, token="t").status_code == 403


def test_a_stream_ends_after_its_time_and_shows_now_and_then_that_it_lives(
    service: WebService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LASTS_S", 0.05)
    monkeypatch.setattr(following, "BEAT_S", 0.0)
    monkeypatch.setattr(following, "POLL_S", 0.01)
    service.tokens["t"] = service.office.account("K-1", Role.OFFICER)
    answer = service.ask("GET", PATH, token="t")
    assert answer.text.startswith("id: 0\nevent: after\ndata: 0\n\n")
    assert ": alive\n\n" in answer.text


def test_head_ends_at_once(service: WebService) -> None:
    service.tokens["t"] = service.office.account("K-1", Role.OFFICER)
    answer = service.ask("HEAD", PATH, token="t")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(("after", "status"), [("x", 422), ("-1", 422), ("1" * 16, 422)])
def test_the_number_can_be_read(service: WebService, after: str, status: int) -> None:
    service.tokens["t"] = service.office.account("K-1", Role.OFFICER)
    assert service.ask("GET", f"{PATH}?after={after}", token="t").status_code == status


def test_whoever_may_not_follow_is_told_at_once(service: WebService) -> None:
    assert service.ask("GET", PATH).status_code == 401
    service.tokens["t"] = service.office.account("O-1", Role.OPERATOR)
    assert service.ask("GET", PATH, token="t").status_code == 403
