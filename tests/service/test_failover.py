"""A service that stands by takes over when the first one is killed, and hinders nobody before."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.installation import stores
from mesure.service.serve import failover, store_retry
from mesure.store.postgres.operation.lease import PostgresLease
from mesure.store.values.faults import MisnamedError, UnavailableError
from tests.service import installations, served
from tests.service.served import ServiceProcess
from tests.store import databases
from tests.store.databases import PostgresServer


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    with databases.run_postgres() as running:
        yield running


def test_it_takes_over_when_the_first_is_killed(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with_database = {"MESURE_DATABASE_URL": postgres_server.make("two"), "MESURE_WORKERS": "1"}
    with_database["MESURE_KEYS"] = str(tmp_path / "keys")
    with served.run_service(tmp_path / "first", **with_database) as first:
        link = first.link
        line = ("serve", "--port", "0", "--data", str(tmp_path / "second"))
        process = served.start(*line, flags=(), MESURE_STANDBY="true", **with_database)
        try:
            assert process.stdout is not None
            assert "stands by until that one is gone" in process.stdout.readline()
            assert httpx.get(f"{first.url}/readyz").status_code == 200
            assert not (tmp_path / "second").exists()
            first.end(signal.SIGKILL)
            second = ServiceProcess(process)
            assert httpx.get(f"{second.url}/readyz").status_code == 200
            assert second.link != link  # Nobody had used the first one; it is of no use any more.
            assert second.end()[0] == 0
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


class HeldLease:
    """A lease that somebody else has for a while, or that cannot be asked for."""

    def __init__(self, *answers: bool | None) -> None:
        self.answers = list(answers)

    def take(self) -> bool:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise UnavailableError("away")
        return answer

    keep = take

    def close(self) -> None:
        self.answers = [False]

    resign = join = end_beginning = close

    def count_members(self) -> int:
        return 1

    def has_other_version(self) -> bool:
        return self.take()

    begin = take


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failover, "TRIED_EVERY_S", 0.01)
    monkeypatch.setattr(store_retry, "TRIED_EVERY_S", 0.0)
    monkeypatch.setattr(failover, "GONE_WITHIN_S", 0.02)


@pytest.mark.usefixtures("quick")
def test_who_does_not_stand_by_waits_and_says_so_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[str] = []
    chosen = installations.settings(tmp_path, database_url="host=db dbname=mesure")
    monkeypatch.setattr(stores, "lease", lambda _: HeldLease(*[False] * 9, True))
    with failover.hold_lease(chosen, messages.append) as lease:
        assert lease is not None
    assert len(messages) == 1
    assert "this one waits until that one is gone" in messages[0]
    monkeypatch.setattr(stores, "lease", lambda _: HeldLease(False, True))
    with failover.hold_lease(chosen, messages.append) as lease:
        assert lease is not None


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("options", [{"standby": True}, {}])
def test_a_database_that_is_away_is_waited_for(
    options: dict[str, bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[str] = []
    monkeypatch.setattr(stores, "lease", lambda _: HeldLease(None, None, True))
    chosen = installations.settings(tmp_path, database_url="host=db dbname=mesure", **options)
    with failover.hold_lease(chosen, messages.append):
        assert messages == ["away It is tried again until it is there; nothing is served before."]


def test_what_can_be_no_database_is_not_waited_for(tmp_path: Path) -> None:
    chosen = installations.settings(tmp_path, database_url="no database")
    with pytest.raises(MisnamedError), failover.hold_lease(chosen, print):
        pass


def test_who_is_told_to_end_waits_no_longer() -> None:
    def away() -> None:
        raise UnavailableError("away")

    with pytest.raises(UnavailableError):
        store_retry.until_there(away, print, lambda: True)


def test_a_database_that_comes_after_the_service_is_waited_for(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with_database = {"MESURE_DATABASE_URL": postgres_server.make("late"), "MESURE_WORKERS": "1"}
    postgres_server.stop()
    line = ("serve", "--port", "0", "--data", str(tmp_path / "data"))
    process = served.start(*line, flags=(), **with_database)
    try:
        assert process.stdout is not None
        assert "is tried again until it is there" in process.stdout.readline()
        postgres_server.start()
        running = ServiceProcess(process)
        assert httpx.get(f"{running.url}/readyz").status_code == 200
        assert running.end()[0] == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_who_lost_the_lease_goes_on_no_longer() -> None:
    failover.check(None)
    failover.check(HeldLease(True))
    failover.check(HeldLease(None))  # The server is away; that is another matter.
    with pytest.raises(ServiceError, match="another service uses this database now"):
        failover.check(HeldLease(False))


class Beginning(HeldLease):
    """Beside whom another is beginning for a while; `others`: those of another version."""

    def __init__(self, *answers: bool, others: tuple[bool, ...] = (False,)) -> None:
        super().__init__(*answers)
        self.others, self.ended = HeldLease(*others), False

    def join(self) -> None:
        pass

    def has_other_version(self) -> bool:
        return self.others.take()

    def end_beginning(self) -> None:
        self.ended = True


@pytest.mark.usefixtures("quick")
def test_services_begin_one_by_one_and_beside_none_of_another_version() -> None:
    messages: list[str] = []
    lease = Beginning(False, False, True, others=(True, False))
    with failover.turn_to_begin(lease, messages.append):
        assert messages == [
            "Another service is beginning in this database; this one waits its turn."
        ]
        was_ended = lease.ended
    assert (was_ended, lease.ended) == (False, True)
    with (
        pytest.raises(ServiceError, match="a service of another version of Mesure"),
        failover.turn_to_begin(Beginning(True, others=(True,)), messages.append),
    ):
        pass
    with failover.turn_to_begin(None, messages.append):
        pass


@pytest.mark.usefixtures("quick")
def test_nothing_is_migrated_below_a_service_of_another_version(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    dsn = postgres_server.make("migrated")
    chosen = installations.settings(tmp_path, database_url=dsn)
    with failover.hold_beginning(chosen, print):
        pass
    with closing(PostgresLease(dsn, "another")) as older:
        older.join()
        with (
            pytest.raises(ServiceError, match="a service of another version of Mesure"),
            failover.hold_beginning(chosen, print),
        ):
            pass
    with failover.hold_beginning(installations.settings(tmp_path), print):
        pass  # An embedded store has a lock of its folder instead.


def test_a_node_waits_for_no_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "lease", lambda _: HeldLease(False))
    chosen = installations.settings(tmp_path, database_url="host=db dbname=mesure", cluster=True)
    with failover.hold_lease(chosen, print) as lease:
        assert lease is not None


def test_a_cluster_is_over_postgresql_and_nobody_in_it_stands_by(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cluster is for PostgreSQL"):
        installations.settings(tmp_path, cluster=True)
    options = {"cluster": True, "standby": True, "database_url": "host=db dbname=mesure"}
    with pytest.raises(ValueError, match="cluster and standby exclude each other"):
        installations.settings(tmp_path, **options)


def test_an_embedded_store_has_no_lease_and_nobody_stands_by_for_it(tmp_path: Path) -> None:
    with failover.hold_lease(installations.settings(tmp_path), print) as lease:
        assert lease is None
    with pytest.raises(ValueError, match="standby is for PostgreSQL"):
        installations.settings(tmp_path, standby=True)
