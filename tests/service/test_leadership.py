"""Of several nodes one leads; what it does for all ends when it leads no longer."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import cast

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.cluster import leadership
from mesure.service.cluster.leader_duties import LeaderDuties
from mesure.service.cluster.leadership import Leadership
from mesure.store.postgres.operation.lease import PostgresLease
from mesure.store.values.faults import UnavailableError
from tests.store.databases import PostgresServer
from tests.store.test_postgres_lease import cut_off


class Duties:
    """Remembers whether they are being done."""

    def __init__(self) -> None:
        self.is_done, self.is_fenced = False, False
        self.fault: ServiceError | None = None

    def start(self) -> None:
        self.is_done = True

    async def stop(self) -> None:
        self.is_done = False

    def raise_ended(self) -> None:
        if self.fault is not None:
            raise self.fault


class LeaseNode:
    def __init__(self, dsn: str) -> None:
        self.lease = PostgresLease(dsn, "1")
        self.lease.join()
        self.begun: list[Duties] = []
        self.leadership = Leadership(self.lease, self._begin)

    def _begin(self) -> LeaderDuties:
        self.begun.append(Duties())
        return cast("LeaderDuties", self.begun[-1])

    @property
    def leads(self) -> bool:
        return self.leadership.duties is not None

    def close(self) -> None:
        self.lease.close()


def ran(*turns: Callable[[], Awaitable[None]]) -> None:
    async def all_of_them() -> None:
        for turn in turns:
            await turn()

    asyncio.run(all_of_them())


def test_one_leads_and_the_next_when_that_one_is_gone(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("leading")
    with closing(LeaseNode(dsn)) as first, closing(LeaseNode(dsn)) as second:
        ran(first.leadership.turn, second.leadership.turn, first.leadership.turn)
        assert (first.leads, second.leads) == (True, False)
        assert first.leadership.members == 2
        first.close()  # As when it is killed.
        ran(second.leadership.turn)
        assert second.leads
        assert second.begun[0].is_done


def test_who_cannot_begin_while_the_store_is_away_begins_at_the_next_turn() -> None:
    """What is read of who judges is read in the database, when the lease is held already."""
    tries = list[int]()

    def begin() -> LeaderDuties:
        tries.append(1)
        if len(tries) == 1:
            raise UnavailableError("it is away")
        return cast("LeaderDuties", Duties())

    candidate = Leadership(None, begin)
    ran(candidate.turn)
    assert (candidate.duties, candidate.has_asked) == (None, False)
    ran(candidate.turn)
    assert candidate.duties is not None
    assert candidate.has_asked


def test_who_lost_the_lease_ends_its_duties_and_takes_part(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("losing")
    with closing(LeaseNode(dsn)) as first, closing(LeaseNode(dsn)) as second:
        ran(first.leadership.turn)
        cut_off(dsn)
        ran(first.leadership.turn)  # That the connection is gone is noticed here.
        assert first.leads
        assert second.lease._connection is not None
        second.lease._disconnect()
        ran(second.leadership.turn, first.leadership.turn)
        assert (first.leads, second.leads) == (False, True)
        assert not first.begun[0].is_done
        assert second.leadership.members == 2


def test_who_is_fenced_lets_another_lead(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("fenced")
    with closing(LeaseNode(dsn)) as first, closing(LeaseNode(dsn)) as second:
        ran(first.leadership.turn)
        first.begun[0].is_fenced = True
        ran(first.leadership.turn, second.leadership.turn)
        assert (first.leads, second.leads) == (False, True)


class AwayLease(PostgresLease):
    """One whose server is away."""

    def take(self) -> bool:
        raise UnavailableError("away")

    keep = take


def test_while_the_server_is_away_everything_stays_as_it_was() -> None:
    begun: list[Duties] = []

    def begin() -> LeaderDuties:
        begun.append(Duties())
        return cast("LeaderDuties", begun[-1])

    nobody = Leadership(AwayLease("host=127.0.0.1 port=1"), begin)
    ran(nobody.turn)
    assert nobody.duties is None
    assert nobody.has_asked
    nobody.duties = begin()
    ran(nobody.turn)
    assert nobody.duties is not None


def test_a_service_alone_leads_until_it_is_stopped_and_says_why_a_part_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leadership, "ASKED_EVERY_S", 0.01)
    duties = Duties()
    alone = Leadership(None, lambda: cast("LeaderDuties", duties))

    async def run() -> None:
        running = asyncio.create_task(alone.run())
        await asyncio.sleep(0.05)
        assert duties.is_done
        alone.stop()
        await running
        assert duties.is_done  # Stopping everything stops them.

    asyncio.run(run())
    duties.fault = ServiceError("serve", "a part ended", "half a service is none", "start it")
    with pytest.raises(ServiceError, match="a part ended"):
        asyncio.run(Leadership.run(_again(alone)))


def _again(alone: Leadership) -> Leadership:
    alone._ending = asyncio.Event()
    return alone
