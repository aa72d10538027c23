import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from mesure.web import body_limits
from mesure.web.body_limits import BodyLimits
from tests.web.serving import ask, echo

LIMIT = 100


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limits, "BODY_BYTES_MAX", LIMIT)
    monkeypatch.setattr(body_limits, "LONG_BODY_BYTES_MAX", 3 * LIMIT)


def test_a_body_of_the_limit_is_read_and_one_more_byte_is_not() -> None:
    app = BodyLimits(echo)
    assert ask(app, "POST", content=b"x" * LIMIT).status_code == 200
    answer = ask(app, "POST", content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert str(LIMIT) in answer.json()["detail"]


def test_some_paths_take_more() -> None:
    app = BodyLimits(echo, ("/api/v1/orders",))
    assert ask(app, "POST", "/api/v1/orders", content=b"x" * 3 * LIMIT).status_code == 200
    assert ask(app, "POST", "/api/v1/orders", content=b"x" * 301).status_code == 413


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
        if gone.is_set() or asked:
            await gone.wait()
            return {"type": "http.disconnect"}
        asked.append(True)
        return {"type": "http.request", "body": b"x"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asked: list[bool] = []
    scope = {"type": "http", "path": "/", "method": "POST", "headers": []}
    asyncio.run(BodyLimits(answers_late)(scope, receive, send))
    assert gone.is_set()
