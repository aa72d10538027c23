"""Somebody's key is lost, and the store is in PostgreSQL: judging and notices go on alike."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesure.machine.progress import ProgressStages
from mesure.service.archive import trail_archive
from mesure.service.export import export_import
from mesure.service.maintenance import key_maintenance, rejudge
from mesure.store.values.faults import LostKeyError
from tests.actions import house
from tests.actions.lost_keys_postgres import office
from tests.actions.test_lost_keys_received import put_back, read_wrapped
from tests.service import court, installations
from tests.service.court import Court
from tests.service.nights import Night
from tests.service.test_dispatch_lost_keys import (  # noqa: F401
    test_a_notice_to_somebody_whose_key_is_lost_goes_out_once_it_is_back,
)
from tests.service.test_worker_lost_keys import (  # noqa: F401
    test_a_change_of_somebody_whose_key_is_lost_stops_nobody,
    test_whose_key_is_lost_is_tried_again_until_it_is_back,
)
from tests.store import databases
from tests.store.databases import PostgresServer

__all__ = ["office"]


@pytest.fixture
def at_court(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path, other=databases.empty_postgres(request).open()) as opened:
        yield opened


def test_what_is_done_for_everybody_goes_on_and_names_them(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    more = {"database_url": postgres_server.make("night"), "archive": tmp_path / "archive"}
    with installations.begin(tmp_path, **more) as instance:
        night = Night(instance, persons=3)
        asyncio.run(night.pass_by(12))
        night.close()
        trail_archive.sync(instance)
        with instance.store.read() as reading:
            person, *others = sorted(reading.persons_in(trail_archive.ALL))
        wrapped_key = read_wrapped(instance.folder.keys, person)
        house.lose_key(instance.folder.keys, person)
        again = rejudge.rejudge(instance, ProgressStages())
        assert (again.unreadable, again.different) == ([person], [])
        assert set(trail_archive.sync(instance, opens_all=True).unreadable) == {person}
        assert key_maintenance.check(instance).without_key == (person,)
        with pytest.raises(LostKeyError, match=person):
            export_import.export(instance, tmp_path / "out")
        assert not (tmp_path / "out").exists()
        put_back(instance.folder.keys, person, wrapped_key)
        assert key_maintenance.check(instance).without_key == ()
        assert rejudge.rejudge(instance, ProgressStages()).holds
        assert trail_archive.sync(instance, opens_all=True).unreadable == {}
        assert others
