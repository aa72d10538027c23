"""Who judges: the service that leads or a cluster, one of them at a time, there and back."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from mesure.actions.judging import judging_term
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.cluster import judging_handover
from mesure.service.country.streaming import live_run
from mesure.service.installation import installation, stores
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.store.values.effects import JudgingPlace
from tests.service import installations
from tests.store.databases import PostgresServer

SERVICE, COUNTRY = JudgingPlace.SERVICE, JudgingPlace.COUNTRY
COMMAND = ["judge"]


class Places:
    """An installation over PostgreSQL, opened under either setting."""

    def __init__(self, folder: Path, dsn: str, stack: ExitStack) -> None:
        self._settings = {
            place: installations.settings(folder, database_url=dsn, judge=place, workers=2)
            for place in JudgingPlace
        }
        where = installation.folder_of(self._settings[SERVICE])
        where.make()
        stores.prepare(self._settings[SERVICE], where)
        with installation.begin_installation(self._settings[SERVICE]):
            pass
        self._stack = stack

    def open_installation(self, place: JudgingPlace) -> Installation:
        return self._stack.enter_context(installation.open_installation(self._settings[place]))


@pytest.fixture
def places(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Places]:
    with ExitStack() as stack:
        yield Places(tmp_path, postgres_server.make("places"), stack)


def term(instance: Installation) -> tuple[int, JudgingPlace]:
    with instance.store.read() as reading:
        return judging_term.read(reading)


def test_a_service_judges_itself_and_writes_nothing_of_it(tmp_path: Path) -> None:
    with installations.begin(tmp_path, workers=3) as instance:
        assert len(judging_handover.take_over(instance, COMMAND)) == 3
        assert term(instance) == (0, SERVICE)


def test_there_and_back_each_begins_a_term(places: Places) -> None:
    service, country = places.open_installation(SERVICE), places.open_installation(COUNTRY)
    assert judging_handover.take_over(country, COMMAND) == []
    assert term(country) == (1, COUNTRY)
    assert judging_handover.take_over(country, COMMAND) == []  # The next leader.
    assert term(country) == (1, COUNTRY)
    assert len(judging_handover.take_over(service, COMMAND)) == 2
    assert term(service) == (2, SERVICE)


def test_a_leader_that_is_to_judge_refuses_beside_a_job_and_begins_when_that_is_gone(
    places: Places,
) -> None:
    service, country = places.open_installation(SERVICE), places.open_installation(COUNTRY)
    judging_handover.take_over(country, COMMAND)
    with closing(stores.country_lease(country.settings)) as lease:
        assert lease.take()
        message = (
            r"judge: it says that the service judges, and `mesure country judge` judges in this "
        )
        with pytest.raises(TransientServiceError, match=message):
            judging_handover.take_over(service, COMMAND)
        assert term(service) == (1, COUNTRY)
    assert len(judging_handover.take_over(service, COMMAND)) == 2


def test_a_job_refuses_where_the_settings_or_the_leader_say_that_the_service_judges(
    places: Places,
) -> None:
    service, country = places.open_installation(SERVICE), places.open_installation(COUNTRY)
    with pytest.raises(ServiceError, match="judge: it says that the service judges; nothing was"):
        live_run.refuse_elsewhere(service)
    live_run.refuse_elsewhere(country)
    lease = stores.lease(service.settings)
    assert lease is not None
    with closing(lease):
        live_run.refuse_beside_service(country)  # Nobody leads.
        assert lease.take()
        with pytest.raises(TransientServiceError, match="the service that leads judges in this"):
            live_run.refuse_beside_service(country)
        judging_handover.take_over(country, COMMAND)
        live_run.refuse_beside_service(country)


def test_an_embedded_store_is_judged_by_its_service(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="judge = country is for PostgreSQL"):
        installations.settings(tmp_path, judge="country")
    with installations.begin(tmp_path) as instance:
        instance.store.write(lambda work: judging_term.begin(work, COUNTRY, 1))  # Moved here.
        assert judging_handover.take_over(instance, COMMAND)
        assert term(instance) == (2, SERVICE)


@pytest.mark.parametrize(
    ("slices", "cores", "after_s", "should"),
    [
        (3, 3, 100.0, 3),
        (2, 2, live_run.GONE_S - 1, 3),  # It may be started again.
        (2, 2, live_run.GONE_S + 1, 2),
        (3, 4, live_run.MORE_S - 1, 3),
        (3, 4, live_run.MORE_S + 1, 4),
        (0, 3, 100.0, 3),  # Between two turns.
    ],
)
def test_slices_are_as_many_as_cores_that_last(
    slices: int, cores: int, after_s: float, should: int
) -> None:
    now_s = [0.0]
    watch = live_run.SliceWatch(lambda: now_s[0])
    assert watch.choose(3, slices, cores) == 3
    now_s[0] = after_s
    assert watch.choose(3, slices, cores) == should


def watch(keeper: live_run.LeaseKeeper, until_s: float) -> None:
    while time.monotonic() < until_s:
        keeper.raise_lost()
        time.sleep(0.1)


def test_who_has_just_begun_and_stands_still_loses_the_lease_as_well(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that stands before it judged at all must not have the lease for ever."""
    monkeypatch.setattr("mesure.store.postgres.operation.lease.STANDING_MS", 1_500)
    country = places.open_installation(COUNTRY)
    with closing(stores.country_lease(country.settings)) as first:
        assert first.take()
        with live_run.LeaseKeeper(first) as keeper:
            time.sleep(2.5)
            keeper.raise_lost()  # It is kept beside whatever else is done.
            with closing(stores.country_lease(country.settings)) as second:
                assert not second.take()
        with closing(stores.country_lease(country.settings)) as second:
            until_s = time.monotonic() + 60.0
            while not second.take():
                assert time.monotonic() < until_s
                time.sleep(0.1)
            with (
                live_run.LeaseKeeper(first) as keeper,
                pytest.raises(TransientServiceError, match="another job judges in this database"),
            ):
                watch(keeper, until_s)


def test_settings_go_to_children_with_who_judges(tmp_path: Path) -> None:
    chosen = installations.settings(tmp_path, database_url="host=x", judge="country")
    assert Settings.model_validate(chosen.dump_for_child()).judge is COUNTRY
