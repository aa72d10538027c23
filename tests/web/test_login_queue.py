"""A crowd before a door: few inside, a line that ends, turns by network, and the known first."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mesure.web.requests import rates
from mesure.web.requests.login_queue import COME_AGAIN_S, LoginCaller, LoginQueue, QueueLimits
from mesure.web.requests.problems import Problem

BOUNDS = QueueLimits(at_once=1, waiting=6, of_network=3, of_name=2)


class Street:
    """People who come, each with a name; `inside` says who was let in, in order."""

    def __init__(self) -> None:
        self.crowd = LoginQueue(BOUNDS)
        self.inside: list[str] = []
        self.refused: list[str] = []
        self.answers: list[object] = []
        self._goes: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, name: str, network: str, known: str | None = None, as_: str = "") -> None:
        self._goes[name] = asyncio.Event()
        visit = self._visits(name, LoginCaller(network, as_, known))
        self._tasks[name] = asyncio.create_task(visit)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _visits(self, name: str, comer: LoginCaller) -> None:
        try:
            async with self.crowd.turn(comer):
                self.inside.append(name)
                await self._goes[name].wait()
        except Problem as problem:
            self.refused.append(name)
            self.answers.append((problem.status_code, problem.headers))

    async def all_go(self) -> None:
        """Have each who is inside go, until nobody is."""
        at = 0
        while at < len(self.inside):
            self._goes[self.inside[at]].set()
            at += 1
            for _ in range(4):
                await asyncio.sleep(0)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def hangs_up(self, name: str) -> None:
        self._tasks[name].cancel()
        for _ in range(4):
            await asyncio.sleep(0)


def run_story(story: Callable[[Street], Awaitable[None]]) -> Street:
    async def whole() -> Street:
        street = Street()
        await story(street)
        await street.all_go()
        return street

    return asyncio.run(whole())


def test_networks_take_turns_however_many_come_from_one() -> None:
    async def story(street: Street) -> None:
        for name in ("a1", "a2", "a3", "a4"):
            await street.comes(name, "A")
        await street.comes("b1", "B")

    street = run_story(story)
    assert street.inside == ["a1", "a2", "b1", "a3", "a4"]
    assert street.refused == []


def test_who_is_known_goes_before_every_stranger() -> None:
    async def story(street: Street) -> None:
        for name in ("a1", "a2", "a3"):
            await street.comes(name, "A")
        await street.comes("ann", "A", known="ann")

    assert run_story(story).inside == ["a1", "ann", "a2", "a3"]


def test_a_full_line_of_strangers_refuses_strangers_and_nobody_who_is_known() -> None:
    async def story(street: Street) -> None:
        for number in range(9):  # One inside, six wait, and two are too many.
            await street.comes(f"bot{number}", f"N{number}")
        await street.comes("ann", "N1", known="ann")

    street = run_story(story)
    assert street.refused == ["bot7", "bot8"]
    assert street.answers == [(429, {"Retry-After": str(COME_AGAIN_S)})] * 2
    assert street.inside[:2] == ["bot0", "ann"]


def test_the_network_with_the_most_gives_up_a_place() -> None:
    async def story(street: Street) -> None:
        for number in range(4):
            await street.comes(f"a{number}", "A")
        for number in range(3):
            await street.comes(f"b{number}", "B")
        await street.comes("c", "C")

    street = run_story(story)
    assert street.refused == ["a3"]
    assert "c" in street.inside


def test_no_network_and_no_name_waits_more_than_its_share() -> None:
    async def story(street: Street) -> None:
        for number in range(5):
            await street.comes(f"a{number}", "A")
        for number in range(3):
            await street.comes(f"n{number}", f"N{number}", as_="ann")
        for number in range(3):
            await street.comes(f"k{number}", f"N{number}", known="ann")

    assert run_story(story).refused == ["a4", "n2", "k2"]


def test_who_hangs_up_keeps_no_place() -> None:
    async def story(street: Street) -> None:
        await street.comes("a", "A")
        await street.comes("b", "B", as_="x")
        await street.comes("c", "C", as_="x")
        await street.hangs_up("b")
        await street.comes("d", "D", as_="x")

    street = run_story(story)
    assert (street.inside, street.refused) == (["a", "c", "d"], [])


def test_who_hangs_up_when_their_turn_came_passes_it_on() -> None:
    async def whole() -> list[str]:
        street = Street()
        await street.comes("a", "A")
        await street.comes("b", "B")
        await street.comes("c", "C")
        street._goes["a"].set()
        await asyncio.sleep(0)  # A goes, and B's turn has come; B has not noticed yet.
        street._tasks["b"].cancel()
        await street.all_go()
        return street.inside

    assert asyncio.run(whole())[-1] == "c"


@pytest.mark.parametrize("host", ["testclient", "-"])
def test_what_is_no_address_is_a_network_of_its_own(host: str) -> None:
    assert rates.network_of({"client": (host, 1)}) == host
