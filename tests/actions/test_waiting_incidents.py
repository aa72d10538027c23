"""What waits of everybody is kept between requests, and is always what the store says by then."""

from dataclasses import replace
from random import Random

import pytest

from mesure.actions.framework import waiting_incidents
from mesure.actions.framework.waiting_incidents import WaitingIncidents
from mesure.actions.records.incident_records import FOUND, REVIEW
from mesure.instants import to_us
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredIncident, StoredIncidentHead
from mesure.store.values.register import RegisterRow
from tests.actions import raised
from tests.actions.house import Office

STEPS = 60
PERSONS = ("P-1", "P-2", "P-3")


def in_turn(heads: tuple[StoredIncidentHead, ...]) -> list[StoredIncidentHead]:
    return sorted(heads, key=lambda head: (head.person, head.start_us, head.id))


def stand_in_store(reading: ReadTransaction) -> list[StoredIncidentHead]:
    return in_turn(reading.all_heads_without(REVIEW.name, *FOUND))


class RandomIncidents:
    """Incidents that arise, end, are withdrawn, found, taken back, and erased with the person."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.random = office, Random(seed)
        self.incidents: dict[str, StoredIncident] = {}
        self.reviews: dict[str, int] = {}
        self.erased: set[str] = set()
        for person in PERSONS:
            office.person(person)

    def step(self) -> None:
        living = [
            incident for incident in self.incidents.values() if incident.person not in self.erased
        ]
        if not living or self.random.random() < 0.3:
            self.raise_one()
        elif self.random.random() < 0.5:
            self.review(self.random.choice(living))
        elif self.random.random() < 0.9:
            change = self.random.choice((raised.withdrawn, raised.end_incident))
            self.judge(change(self.random.choice(living)))
        elif len(self.erased) < len(PERSONS) - 1:
            person = self.random.choice(living).person
            self.office.store.write(lambda work: work.erase(person, self.office.now))
            self.erased.add(person)

    def raise_one(self) -> None:
        person = self.random.choice([name for name in PERSONS if name not in self.erased])
        new = raised.incident(person, f"I-{len(self.incidents):03}")
        self.judge(replace(new, start_us=new.start_us - self.random.randrange(5)))

    def judge(self, incident: StoredIncident) -> None:
        raised.judge(self.office, incident)
        self.incidents[incident.id] = incident

    def review(self, incident: StoredIncident) -> None:
        if incident.id in self.reviews and self.random.random() < 0.2:
            self.office.store.write(lambda work: work.drop(REVIEW.name, incident.id))
            del self.reviews[incident.id]
            return
        revision = self.reviews.get(incident.id, 0) + 1
        keys = frozenset([FOUND] if self.random.random() < 0.6 else [])
        now_us = to_us(self.office.now)
        row = RegisterRow(REVIEW.name, incident.id, revision, incident.person, b"", now_us, keys)
        self.office.store.write(lambda work: work.put(row))
        self.reviews[incident.id] = revision


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("persons_max", [0, 1, waiting_incidents.PERSONS_MAX])
def test_it_is_what_the_store_says_after_each_change(
    office: Office, monkeypatch: pytest.MonkeyPatch, seed: int, persons_max: int
) -> None:
    monkeypatch.setattr(waiting_incidents, "PERSONS_MAX", persons_max)
    incidents, waiting = RandomIncidents(office, seed), WaitingIncidents()
    sizes = set()
    for _ in range(STEPS):
        incidents.step()
        if incidents.random.random() < 0.5:  # Now and then several changes at once.
            with office.store.read() as reading:
                heads = waiting.read(reading)
                assert in_turn(heads) == stand_in_store(reading)
            sizes.add(len(heads))
    assert len(sizes) > 3, "what waits did not change"


def test_nothing_is_read_again_where_nothing_changed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents, waiting = RandomIncidents(office, 1), WaitingIncidents()
    for _ in range(9):
        incidents.raise_one()
    asked: list[tuple[str, ...]] = []
    ask = ReadTransaction.heads_without

    def heads_without(self: ReadTransaction, persons: tuple[str, ...], *key: str) -> object:
        asked.append(persons)
        return ask(self, persons, *key)

    monkeypatch.setattr(ReadTransaction, "heads_without", heads_without)
    changed = incidents.incidents["I-003"]
    for change in (None, None, raised.end_incident(changed), None):
        if change is not None:
            incidents.judge(change)
        with office.store.read() as reading:
            assert in_turn(waiting.read(reading)) == stand_in_store(reading)
    assert asked == [(), (changed.person,), ()]


def test_a_reader_who_began_earlier_makes_nothing_older(office: Office) -> None:
    incidents, waiting = RandomIncidents(office, 2), WaitingIncidents()
    incidents.raise_one()
    with office.store.read() as early:
        early.last_changes()  # What it reads is what there was by now.
        incidents.raise_one()
        with office.store.read() as late:
            newer = waiting.read(late)
        assert waiting.read(early) == newer
    with office.store.read() as reading:
        assert in_turn(waiting.read(reading)) == stand_in_store(reading)
