"""Processes that are kept running: started again when they end, ended with their parent."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import pytest

from mesure.service.children import processes
from mesure.service.children.processes import ChildCommand, ProcessSupervisor

STAYS = "import sys; print('ready', flush=True); sys.stdin.read()"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('ready', flush=True); time.sleep(600)"
)
FAILS = "raise SystemExit(3)"
ECHOES = (
    "import sys; line = sys.stdin.readline()\n"
    "print('ready' if line == 'do this\\n' else line, flush=True); sys.stdin.read()"
)


def children(*codes: str) -> list[ChildCommand]:
    return [ChildCommand([sys.executable, "-c", code], b"do this") for code in codes]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


def test_all_are_ready_and_all_end() -> None:
    async def scene() -> None:
        supervisor = ProcessSupervisor(children(STAYS, ECHOES), lambda *_: None)
        assert not supervisor.are_ready
        supervisor.start()
        await until(lambda: supervisor.are_ready)
        pids = [child.pid for child in supervisor.children]
        await supervisor.stop()
        assert not supervisor.are_ready
        for pid in pids:
            assert pid is not None
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    asyncio.run(scene())


def test_one_that_is_killed_is_started_again() -> None:
    events: list[tuple[str, int, int]] = []

    async def scene() -> None:
        supervisor = ProcessSupervisor(children(STAYS), lambda *what: events.append(what))
        supervisor.start()
        await until(lambda: supervisor.are_ready)
        first = supervisor.children[0].pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.children[0].starts == 2 and supervisor.are_ready)
        assert supervisor.children[0].pid != first
        await supervisor.stop()

    asyncio.run(scene())
    assert events == [("worker_ended", 0, -signal.SIGKILL)]


def test_patience_grows_with_each_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "FIRST_WAIT_S", 0.001)
    events: list[tuple[str, int, int]] = []

    async def scene() -> None:
        supervisor = ProcessSupervisor(children(FAILS), lambda *what: events.append(what))
        supervisor.start()
        await until(lambda: supervisor.children[0].starts >= 3)
        assert not supervisor.are_ready
        await supervisor.stop()

    asyncio.run(scene())
    assert events[:2] == [("worker_ended", 0, 3)] * 2


def test_one_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_S", 0.05)

    async def scene() -> None:
        supervisor = ProcessSupervisor(children(DEAF), lambda *_: None)
        supervisor.start()
        await until(lambda: supervisor.are_ready)
        pid = supervisor.children[0].pid
        await supervisor.stop()
        assert pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    asyncio.run(scene())
