"""Callers share a change, take turns, and answer for their own faults alone."""

import asyncio
from collections.abc import Sequence

import pytest

from mesure.actions.limits.group_requests import BusyError, QueueBounds, RequestBatcher


class CapitalsChange:
    """Takes words; each is answered in capitals, unless it is a bad one."""

    def __init__(self) -> None:
        self.taken: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, words: Sequence[str]) -> list[str]:
        self.taken.append(list(words))
        await self.open.wait()
        if "away" in words:
            raise ConnectionError("away")
        if any(word.startswith("bad") for word in words):
            raise ValueError("bad")
        return [word.upper() for word in words]


def make_batcher(change: CapitalsChange, **bounds: int) -> RequestBatcher[str, str]:
    return RequestBatcher(
        change.take, len, QueueBounds(**bounds), lambda fault: isinstance(fault, ConnectionError)
    )


def test_who_comes_at_once_is_taken_together() -> None:
    async def come() -> None:
        change = CapitalsChange()
        line = make_batcher(change)
        answers = await asyncio.gather(*(line.hand_in(word, word) for word in ("a", "b", "c")))
        assert list(answers) == ["A", "B", "C"]
        assert change.taken == [["a", "b", "c"]]

    asyncio.run(come())


def test_lines_take_turns() -> None:
    async def come() -> None:
        change = CapitalsChange()
        line = make_batcher(change, weight=3, changes=1)
        flood = [line.hand_in("flood", f"f{n}") for n in range(6)]
        await asyncio.gather(*flood, line.hand_in("one", "x"), line.hand_in("two", "y"))
        assert change.taken[:2] == [["f0", "x"], ["y", "f1"]]
        assert sorted(word for words in change.taken for word in words) == [
            "f0", "f1", "f2", "f3", "f4", "f5", "x", "y",
        ]  # fmt: skip

    asyncio.run(come())


def test_a_heavy_caller_is_taken_alone() -> None:
    async def come() -> None:
        change = CapitalsChange()
        line = make_batcher(change, weight=3)
        heavy, light = line.hand_in("h", "heavy"), line.hand_in("l", "l")
        assert list(await asyncio.gather(heavy, light)) == ["HEAVY", "L"]
        assert change.taken == [["heavy"], ["l"]]

    asyncio.run(come())


def test_what_waits_is_bounded_for_each_and_for_all() -> None:
    async def come() -> None:
        change = CapitalsChange()
        change.open.clear()
        line = make_batcher(change, weight=1, changes=1, waiting=6, waiting_of_one=3)
        loop = asyncio.get_running_loop()
        own = [loop.create_task(line.hand_in("a", "aa"))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        own += [loop.create_task(line.hand_in("a", "a")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="own") as raised:  # "aa" is on its way, two wait.
            await line.hand_in("a", "aa")
        assert raised.value.is_own
        others = [loop.create_task(line.hand_in(word, word)) for word in ("b", "c", "d", "e")]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="all"):
            await line.hand_in("f", "f")
        change.open.set()
        assert await asyncio.gather(*own, *others) == ["AA", "A", "A", "B", "C", "D", "E"]
        assert await line.hand_in("f", "f") == "F"

    asyncio.run(come())


def test_who_is_alone_may_hand_in_more_than_waits_of_one() -> None:
    async def come() -> None:
        assert await make_batcher(CapitalsChange(), waiting_of_one=1).hand_in("a", "long") == "LONG"

    asyncio.run(come())


def test_a_fault_is_its_callers_and_not_the_others() -> None:
    async def come() -> None:
        change = CapitalsChange()
        line = make_batcher(change)
        words = ("a", "bad", "b")
        results = await asyncio.gather(*(line.hand_in(w, w) for w in words), return_exceptions=True)
        assert (results[0], results[2]) == ("A", "B")
        assert isinstance(results[1], ValueError)
        assert change.taken == [["a", "bad", "b"], ["a"], ["bad"], ["b"]]

    asyncio.run(come())


def test_what_is_everybodys_fault_is_tried_once() -> None:
    async def come() -> None:
        change = CapitalsChange()
        line = make_batcher(change)
        words = ("a", "away", "b")
        results = await asyncio.gather(*(line.hand_in(w, w) for w in words), return_exceptions=True)
        assert all(isinstance(one, ConnectionError) for one in results)
        assert len(change.taken) == 1

    asyncio.run(come())


def test_who_went_away_is_told_nothing_and_stops_nobody() -> None:
    async def come() -> None:
        change = CapitalsChange()
        change.open.clear()
        line = make_batcher(change)
        loop = asyncio.get_running_loop()
        gone, stays = (loop.create_task(line.hand_in(word, word)) for word in ("gone", "stays"))
        bad = loop.create_task(line.hand_in("bad", "bad"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gone.cancel()
        bad.cancel()
        await asyncio.sleep(0)
        change.open.set()
        await line.drain()
        assert await stays == "STAYS"
        assert change.taken[0] == ["gone", "stays", "bad"]

    asyncio.run(come())
