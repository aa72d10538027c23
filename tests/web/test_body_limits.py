import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from mesure.actions.framework.context import Actor
from mesure.actions.limits import memory_budget
from mesure.privacy.roles import Role
from mesure.web.requests import body_limits
from mesure.web.requests.body_limits import BodyLimits
from tests.web.serving import ask, echo

LIMIT = 100
ANN = Actor("ann", Role.OFFICER)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limits, "BODY_BYTES_MAX", LIMIT)
    monkeypatch.setattr(body_limits, "STRANGERS_BYTES_MAX", LIMIT)
    monkeypatch.setattr(body_limits, "LONG_BODY_BYTES_MAX", 3 * LIMIT)


def test_a_body_of_the_limit_is_read_and_one_more_byte_is_not() -> None:
    app = BodyLimits(echo)
    assert ask(app, "POST", content=b"x" * LIMIT).status_code == 200
    answer = ask(app, "POST", content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert str(LIMIT) in answer.json()["detail"]


def test_some_paths_take_more() -> None:
    app = BodyLimits(echo, ("/api/v1/orders",))
    known: dict[str, Any] = {"state": {"actor": ANN}}
    path = "/api/v1/orders"
    assert ask(app, "POST", path, content=b"x" * 3 * LIMIT, **known).status_code == 200
    assert ask(app, "POST", path, content=b"x" * 301, **known).status_code == 413
    assert ask(app, "POST", path, content=b"x" * (LIMIT + 1)).status_code == 413


def test_what_announces_nothing_is_counted_as_it_comes() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LIMIT):
            yield b"xx"

    with pytest.raises(Exception, match="too long"):
        ask(BodyLimits(echo), "POST", content=pieces())


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 400])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    answer = ask(BodyLimits(echo), "POST", headers={"content-length": length})
    assert answer.status_code == 413


def test_a_length_may_begin_with_thousands_of_zeros() -> None:
    headers = {"content-length": "0" * 5_000 + "1"}
    assert ask(BodyLimits(echo), "POST", headers=headers).status_code == 200
    headers = {"content-length": "0" * 5_000 + str(LIMIT + 1)}
    assert ask(BodyLimits(echo), "POST", headers=headers).status_code == 413


def test_what_comes_in_drops_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limits, "BODY_S", 0.02)

    async def drops() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    with pytest.raises(Exception, match="did not come in time"):
        ask(BodyLimits(echo), "POST", content=drops())


def test_whoever_waits_for_an_answer_waits_as_long_as_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body_limits, "BODY_S", 0.0)
    gone = asyncio.Event()

    async def answers_late(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        asyncio.get_running_loop().call_later(0.02, gone.set)
        assert (await receive())["type"] == "http.disconnect"

    async def receive() -> Message:
        if gone.is_set() or calls:
            await gone.wait()
            return {"type": "http.disconnect"}
        calls.append(True)
        return {"type": "http.request", "body": b"x"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    calls: list[bool] = []
    scope = {"type": "http", "path": "/", "method": "POST", "headers": [], "state": {}}
    asyncio.run(BodyLimits(answers_late)(scope, receive, send))
    assert gone.is_set()


def send_unfinished(count: int, actor: Actor | None, network: str = "192.0.2.{}") -> list[object]:
    """Return how a number of requests are answered that never end; None: they are read."""

    async def at_once() -> list[object]:
        app = BodyLimits(echo, ("/portal/",))
        statuses: list[object] = [None] * count

        async def leave_unfinished(number: int) -> None:
            begun: list[bool] = []

            async def receive() -> Message:
                if begun:
                    await asyncio.Event().wait()
                begun.append(True)
                return {"type": "http.request", "body": b"x", "more_body": True}

            async def send(message: Message) -> None:
                statuses[number] = statuses[number] or message.get("status")

            scope = {
                "type": "http",
                "path": "/portal/notices",
                "method": "POST",
                "headers": [(b"content-length", b"90")],
                "client": (network.format(number), 1),
                "state": {"request_id": "r", "actor": actor},
            }
            await app(scope, receive, send)

        tasks = [asyncio.create_task(leave_unfinished(number)) for number in range(count)]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert app._known._taken == app._strangers._taken == 0
        return statuses

    return asyncio.run(at_once())


def test_unfinished_bodies_have_bounds_of_one_who_asks_and_in_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory_budget, "FREE_BYTES", 10)
    for name, most in (("KNOWN", 5), ("ACCOUNT", 3), ("STRANGE", 4), ("ADDRESS", 2)):
        monkeypatch.setattr(body_limits, f"{name}_HELD_BYTES_MAX", most * 80)
    assert send_unfinished(5, ANN) == [None] * 3 + [503] * 2
    assert send_unfinished(6, None) == [None] * 4 + [503] * 2
    assert send_unfinished(6, None, "192.0.2.1") == [None] * 2 + [503] * 4


def test_who_sends_a_short_form_finds_room_however_much_others_send(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body_limits, "STRANGE_HELD_BYTES_MAX", 0)
    assert ask(BodyLimits(echo), "POST", content=b"x" * LIMIT).status_code == 200
