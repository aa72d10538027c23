"""Simulated locks are those of PostgreSQL, as far as a lease asks; sessions end by their clock."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from mesure.store.postgres.operation.lease import PostgresLease
from mesure_lab.whole.drawn.scenery import S
from mesure_lab.whole.simulated import lock_server
from mesure_lab.whole.simulated.clock_and_chance import SimulatedTime
from mesure_lab.whole.simulated.lock_server import LockServer, RealLocks
from tests.store.databases import PostgresServer


@contextmanager
def two_leases(locks: LockServer, dsn: str) -> Iterator[tuple[PostgresLease, PostgresLease]]:
    with (
        lock_server.simulate_locks(locks),
        closing(PostgresLease(dsn, "1")) as first,
        closing(PostgresLease(dsn, "2")) as second,
    ):
        yield first, second


Where = tuple[LockServer, SimulatedTime, str]


@pytest.fixture(scope="module")
def dsn_of_server(postgres_server: PostgresServer) -> str:
    return postgres_server.make("locks")


@pytest.fixture(params=["simulated", "postgres"])
def where(request: pytest.FixtureRequest) -> Where:
    time = SimulatedTime()
    if request.param == "simulated":
        return LockServer(time), time, lock_server.NOWHERE
    return RealLocks(time), time, request.getfixturevalue("dsn_of_server")


def test_one_has_the_lease_until_it_lets_go(where: Where) -> None:
    locks, _, dsn = where
    with two_leases(locks, dsn) as (first, second):
        assert first.take()
        assert not second.take()
        assert first.keep()
        first.resign()
        assert second.take()


def test_who_says_nothing_for_too_long_has_it_no_longer(where: Where) -> None:
    locks, time, dsn = where
    with two_leases(locks, dsn) as (first, second):
        assert first.take()
        time.now_us += 60 * S
        assert not second.take()  # Who has not begun to keep it may have tables to make.
        assert first.keep()
        time.now_us += 15 * S
        assert not second.take()
        time.now_us += 10 * S
        assert second.take()
        assert first.keep()  # It notices, and asks anew the next time.
        assert not first.keep()


def test_who_lost_it_takes_it_again_and_is_silent_has_it_no_longer(where: Where) -> None:
    """It leads already, so it has no tables to migrate between taking and keeping."""
    locks, time, dsn = where
    with two_leases(locks, dsn) as (first, second):
        assert first.take()
        locks.cut()
        assert (first.keep(), first.keep()) == (True, True)
        time.now_us += 25 * S
        assert second.take()


def test_a_session_that_is_cut_is_noticed_when_it_asks(where: Where) -> None:
    locks, _, dsn = where
    with two_leases(locks, dsn) as (first, second):
        assert first.take()
        locks.cut()
        assert second.take()
        assert (first.keep(), first.keep()) == (True, False)


def test_members_are_counted_with_their_versions(where: Where) -> None:
    locks, _, dsn = where
    with two_leases(locks, dsn) as (first, second):
        first.join()
        assert (first.count_members(), first.has_other_version()) == (1, False)
        second.join()
        assert (first.count_members(), first.has_other_version()) == (2, True)
        second.close()
        assert (first.count_members(), first.has_other_version()) == (1, False)


def test_one_begins_at_a_time(where: Where) -> None:
    locks, _, dsn = where
    with two_leases(locks, dsn) as (first, second):
        assert first.begin()
        assert not second.begin()
        first.end_beginning()
        assert second.begin()


def test_what_is_closed_answers_nothing() -> None:
    session = LockServer(SimulatedTime()).connect("")
    session.close()
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT pg_try_advisory_lock(%s)::int", (1,))
