"""Several nodes count a rate as one, and what they tell each other names nobody."""

import asyncio
from collections.abc import Sequence

import pytest

from mesure.actions.limits.token_buckets import RateLimit, TokenBuckets
from mesure.service.cluster import rate_exchange
from mesure.service.cluster.rate_exchange import RateExchange
from mesure.store.values.faults import UnavailableError

ADDRESS = "203.0.113.77"


class MemoryChannel:
    """A channel in memory; `away`: the database is."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.ends: list[End] = []
        self.away = False


class End:
    def __init__(self, wire: MemoryChannel) -> None:
        self.wire, self.waiting, self.is_closed = wire, list[str](), False
        wire.ends.append(self)

    def exchange(self, payloads: Sequence[str]) -> list[str]:
        if self.wire.away:
            raise UnavailableError("away")
        self.wire.said += payloads
        for other in self.wire.ends:
            other.waiting += payloads if other is not self else []
        messages, self.waiting = self.waiting, []
        return messages

    def close(self) -> None:
        self.is_closed = True


class RateNode:
    """Buckets of an address that are one with those of the other nodes."""

    def __init__(self, wire: MemoryChannel, rate: RateLimit) -> None:
        self.end = End(wire)
        self.exchange = RateExchange(self.end, b"k" * 32)
        self.buckets = TokenBuckets(rate)
        self.exchange.share("requests", self.buckets, lambda: 0.0)

    def take(self) -> bool:
        return self.buckets.take(ADDRESS, 0.0) == 0.0

    def tell(self) -> None:
        self.exchange._take(self.end.exchange(list(self.exchange._payloads())))


def test_three_nodes_let_nobody_in_three_times_as_often() -> None:
    wire = MemoryChannel()
    nodes = [RateNode(wire, RateLimit(burst=10, per_s=1.0)) for _ in range(3)]
    admissions = 0
    for _ in range(20):
        for node in nodes:
            admissions += node.take()
            node.tell()
    for node in nodes:
        node.tell()
    assert 10 <= admissions <= 12  # At most what was let in before it was told.
    assert not any(node.take() for node in nodes)
    # What was taken beyond is earned first: afterwards there is one bucket for all.
    assert [round(node.buckets.wait_s(ADDRESS, 0.0)) for node in nodes] == [admissions - 10 + 1] * 3


def test_what_is_told_names_nobody() -> None:
    wire = MemoryChannel()
    sender, other = RateNode(wire, RateLimit(2, 1.0)), RateNode(wire, RateLimit(2, 1.0))
    assert sender.take()
    sender.tell()
    other.tell()
    assert len(wire.said) == 1
    assert ADDRESS not in wire.said[0]
    assert [other.take(), other.take()] == [True, False]


@pytest.mark.parametrize("payload", ["", "nonsense", '[[1, "a", -5]]', '[[1, "a"]]', "[[1, 2, 3]]"])
def test_what_is_no_share_changes_nothing(payload: str) -> None:
    node = RateNode(MemoryChannel(), RateLimit(1, 1.0))
    node.exchange._take([payload])
    assert [node.take(), node.take()] == [True, False]


def test_of_a_large_bucket_is_told_what_is_worth_it() -> None:
    wire = MemoryChannel()
    sender, other = RateNode(wire, RateLimit(1_000, 1.0)), RateNode(wire, RateLimit(1_000, 1.0))
    for _ in range(9):
        sender.take()
    sender.tell()
    assert wire.said == []
    sender.take()
    sender.tell()
    other.tell()
    assert sum(other.take() for _ in range(1_000)) == 990


def test_much_is_told_in_pieces() -> None:
    wire = MemoryChannel()
    sender, other = RateNode(wire, RateLimit(1, 1.0)), RateNode(wire, RateLimit(1, 1.0))
    callers = [f"D-{number}" for number in range(2 * rate_exchange.TOGETHER + 1)]
    for caller in callers:
        sender.buckets.take(caller, 0.0)
    sender.tell()
    other.tell()
    assert len(wire.said) == 3
    assert max(map(len, wire.said)) <= 7_900
    assert all(other.buckets.wait_s(caller, 0.0) == 1.0 for caller in callers)


def test_a_service_alone_shares_nothing_and_a_node_goes_on_while_the_database_is_away() -> None:
    alone = RateExchange(None, b"k" * 32)
    buckets = TokenBuckets(RateLimit(1, 1.0))
    alone.share("requests", buckets, lambda: 0.0)
    buckets.take(ADDRESS, 0.0)
    assert buckets.drain() == {}

    async def run() -> tuple[bool, bool]:
        wire = MemoryChannel()
        sender, other = (RateNode(wire, RateLimit(1, 1.0)) for _ in range(2))
        tasks = [asyncio.create_task(node.exchange.run()) for node in (sender, other)]
        tasks.append(asyncio.create_task(alone.run()))
        wire.away = True
        await asyncio.sleep(2 * rate_exchange.TOLD_EVERY_S)
        wire.away = False
        assert sender.take()
        await asyncio.sleep(4 * rate_exchange.TOLD_EVERY_S)
        was_let_in = other.take()
        for exchange in (sender.exchange, other.exchange, alone):
            exchange.stop()
        await asyncio.gather(*tasks)
        return was_let_in, sender.end.is_closed

    assert asyncio.run(run()) == (False, True)
