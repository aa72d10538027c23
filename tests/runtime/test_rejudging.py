"""What is kept is what comes of what was stored; where it is not, that is found."""

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from mesure.actions import acting, enrol
from mesure.actions.enrol import Introduce
from mesure.actions.judge import Sealer
from mesure.actions.receive import House as Receiving
from mesure.actions.receive import Receiver
from mesure.actions.taking import Means
from mesure.devices import believing
from mesure.devices.clocks import Limits
from mesure.devices.uplink import Introduction
from mesure.runtime import rejudging
from mesure.runtime.installation import Installation
from mesure.runtime.judging import House
from mesure.runtime.patience import Stages
from mesure.runtime.replay import read_policy
from mesure.runtime.signatures import KnownKeys
from mesure.runtime.workers import Worker
from mesure.simulator import moving_in, towns
from mesure.simulator.carriers import Carrier
from mesure.simulator.towns import Town
from mesure.store.instants import kept_us
from tests.runtime import installations

START = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)  # 20:00 in the town.
TURNS = 40
TURN = timedelta(minutes=15)


class Night:
    """A night of a small town, reported and judged step by step in one process."""

    def __init__(self, made: Installation) -> None:
        self.made, self.now = made, START
        people = list(towns.people(Town(1, persons=4, days=2)))
        moved_in = moving_in.move_in(made, people, lambda: self.now)
        key = made.signing.devices.key
        self.carriers = [
            Carrier(one, moved_in.codes[moving_in.device_of(one.id)], key, bytes([n]) * 32, self.us)
            for n, one in enumerate(people, 1)
        ]
        for carrier in self.carriers:
            self.introduce(carrier)
            carrier.skip(self.us())
        moving_in.hand_out(made, moved_in, lambda: self.now)

    def us(self) -> int:
        return kept_us(self.now)

    def introduce(self, carrier: Carrier) -> None:
        said = believing.introduce(carrier.introduction(), KnownKeys())
        assert isinstance(said, Introduction)
        asked = Introduce(said.device, said.device_class, said.public_key, said.code)
        acting.perform(
            moving_in.context_of(self.made, acting.VISITOR, self.now), enrol.introduce, asked
        )

    async def pass_by(self) -> None:
        """Let the night pass; a worker is replaced by another one now and then."""
        means = Means(self.made.keyring, KnownKeys(), Limits(10**8, 10**10), secrets.token_bytes)
        house = Receiving(self.made.store, means, self.made.signing.devices, self.us)
        receiver = Receiver(house)
        self.worker().step(self.us())  # Before anything came.
        for turn in range(TURNS):
            if turn % 9 == 0:
                worker = self.worker()
            self.now += TURN
            for carrier in self.carriers:
                carrier.say()
                for data in carrier.transfers():
                    carrier.hear((await receiver.transfer(data, "here")).transfer)
            worker.step(self.us())
        await receiver.close()
        for carrier in self.carriers:
            carrier.close()

    def worker(self) -> Worker:
        policy, _ = read_policy(None)
        sealer = Sealer(self.made.keyring, secrets.token_bytes)
        house = House(self.made.keyring, policy)
        return Worker(self.made.store, sealer, house, range(256), "test", _failed)


def _failed(_person: str, error: Exception) -> None:
    raise error


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installations.begun(tmp_path_factory.mktemp("night")) as made:
        asyncio.run(Night(made).pass_by())
        yield made


def test_what_is_kept_comes_of_what_was_stored(night: Installation) -> None:
    found = rejudging.rejudge(night, Stages())
    assert (found.persons, found.different, found.others) == (4, [], [])
    assert found.assessments > 8
    assert rejudging.told(found).endswith("What is kept is what comes of what was stored.\n")


def test_an_assessment_that_was_changed_is_found(night: Installation) -> None:
    where = "WHERE person = ? AND condition = ? AND start_us = ?"
    change = f"UPDATE assessment SET status = ? {where}"
    with closing(sqlite3.connect(night.folder.database)) as database:
        status, *row = database.execute(
            "SELECT status, person, condition, start_us FROM assessment LIMIT 1"
        ).fetchone()
        database.execute(change, ("unknown" if status != "unknown" else "met", *row))
        database.commit()
        found = rejudging.rejudge(night, Stages())
        database.execute(change, (status, *row))
        database.commit()
    assert len(found.different) == 1
    told = rejudging.told(found)
    assert f"1 differ from what is kept: {found.different[0]}." in told
    assert "kept  TOWN-" in told
    assert rejudging.rejudge(night, Stages(), found.different).different == []
