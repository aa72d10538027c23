"""One service has a database at a time; one that is gone has let go of it."""

import time
from contextlib import closing, suppress

import psycopg
import pytest

from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure.store.postgres.operation import lease
from mesure.store.postgres.operation.lease import PostgresLease
from mesure.store.postgres.operation.server_clock import PostgresClock
from mesure.store.values.faults import UnavailableError
from tests.store.databases import PostgresServer


def cut_off(dsn: str) -> None:
    """End every other connection to a database, as a server does that restarts."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_one_has_it_and_the_next_when_that_one_is_gone(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("lease")
    with closing(PostgresLease(dsn)) as first, closing(PostgresLease(dsn)) as second:
        assert first.take()
        assert not second.take()
        assert first.keep()
        first.close()
        assert second.take()
        assert not first.keep()


def test_who_was_cut_off_asks_again_and_may_be_too_late(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("lease_cut")
    with closing(PostgresLease(dsn)) as first, closing(PostgresLease(dsn)) as second:
        assert first.take()
        cut_off(dsn)
        assert first.keep()  # Not known yet.
        assert first.keep()  # It has it again.
        assert not second.take()
        cut_off(dsn)
        assert first.keep()
        with pytest.raises(UnavailableError):
            second.take()  # It is noticed at the next try.
        assert second.take()  # It was quicker.
        assert not first.keep()


def test_a_server_that_is_away_is_told() -> None:
    with (
        closing(PostgresLease("host=127.0.0.1 port=1 dbname=none")) as away,
        pytest.raises(UnavailableError),
    ):
        away.take()


def test_those_that_use_a_database_know_of_each_other(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("lease_members")
    with closing(PostgresLease(dsn, "1")) as first, closing(PostgresLease(dsn, "1")) as second:
        first.join()
        assert second.take()
        assert first.count_members() == 1  # Who only holds the lease is none of them yet.
        second.join()
        assert (first.count_members(), second.count_members()) == (2, 2)
        assert not first.has_other_version()
        with closing(PostgresLease(dsn, "2")) as newer:
            newer.join()
            assert first.has_other_version()
            assert newer.has_other_version()
        assert not first.has_other_version()
        with closing(PostgresLease(postgres_server.make("lease_other"), "3")) as elsewhere:
            elsewhere.join()
            assert not first.has_other_version()
        cut_off(dsn)
        with suppress(UnavailableError):  # It is noticed at the next try.
            second.count_members()
        assert second.count_members() == 1
        with suppress(UnavailableError):
            first.count_members()
        assert first.count_members() == 2


def test_who_resigns_lets_another_lead(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("lease_resigned")
    with closing(PostgresLease(dsn)) as first, closing(PostgresLease(dsn)) as second:
        assert first.take()
        assert first.take()
        first.resign()
        assert second.take()
        assert not first.take()


def test_one_begins_at_a_time(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("lease_beginning")
    with closing(PostgresLease(dsn)) as first, closing(PostgresLease(dsn)) as second:
        assert first.begin()
        assert not second.begin()
        first.end_beginning()
        assert second.begin()


def test_who_stands_still_has_the_lease_no_longer(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "STANDING_MS", 200)
    dsn = postgres_server.make("lease_standing")
    with closing(PostgresLease(dsn)) as first, closing(PostgresLease(dsn)) as second:
        assert first.take()
        time.sleep(0.6)  # It has not begun to keep it: it may be migrating tables.
        assert not second.take()
        assert first.keep()
        time.sleep(0.6)
        assert second.take()
        assert first.keep()  # Not known yet.
        assert not first.keep()
        for _ in range(4):
            assert second.keep()
            time.sleep(0.1)


def test_who_leads_and_who_has_a_cluster_judge_are_told_apart(
    postgres_server: PostgresServer,
) -> None:
    dsn = postgres_server.make("lease_judging")
    with (
        closing(PostgresLease(dsn)) as leading,
        closing(PostgresLease(dsn, lock=lease.JUDGING)) as judging,
        closing(PostgresLease(dsn, lock=lease.JUDGING)) as other,
    ):
        assert judging.take()
        assert other.is_taken()
        assert not leading.is_taken()
        assert not other.take()
        assert leading.take()
        judging.close()
        assert not other.is_taken()
        assert leading.is_taken()


def test_the_server_tells_one_time_to_all_and_is_asked_again_where_it_was_away(
    postgres_server: PostgresServer,
) -> None:
    dsn = postgres_server.make("server_clock")
    with closing(PostgresClock(dsn)) as first, closing(PostgresClock(dsn)) as other:
        times_us = [each.now_us() for each in (first, other, first)]
        assert times_us == sorted(times_us)
        assert abs(clock.true_us() - times_us[-1]) < 60 * US_PER_S
        cut_off(dsn)
        with pytest.raises(UnavailableError):
            first.now_us()
        assert first.now_us() > times_us[-1]
