"""An office lives through a year: what is due goes on its day, and the log only grew.

As many people as `LONG` says, with orders, messages, looks and incidents that a seeded die gives
them. Each day the file is looked at from outside, by nothing of ours; now and then the audit log is
verified whole, and every earlier head of it is held against the present one, by proofs alone.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.framework.context import Actor
from mesure.audit import proofs
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import leaf_hash
from mesure.instants import to_us
from mesure.privacy.roles import Role
from mesure.store.values.records import Device
from tests.actions import raised
from tests.actions.erasing import DAY, closure_finder, order, run, send, show, verify_log
from tests.actions.house import Office
from tests.conftest import LONG

DAYS = 430
PERSONS = 1 + LONG
PROVED_EVERY = 43
DAY_US = 86_400 * 1_000_000
AROUND_US = 2 * 3_600 * 1_000_000
OF_PERSON = "SELECT first_us FROM message WHERE person = ?"
NOBODYS = "SELECT received_us FROM message WHERE person IS NULL"
ABOUT = "SELECT count(*) FROM register WHERE person = ?"


@dataclass
class OrderedPerson:
    """A person: when they come, until when their order lasts, and their incident."""

    name: str
    comes_on: int
    ends_on: int
    incident_on: int
    closed_on: int
    sent: int = 2
    end_us: int = 0  # Of the incident.


@dataclass
class Year:
    """The office, who lives in it, and what was once said of its log."""

    office: Office
    folder: Path
    dice: random.Random
    lives: list[OrderedPerson] = field(default_factory=list)
    heads: list[TreeHead] = field(default_factory=list)
    closed: dict[str, datetime] = field(default_factory=dict)

    def day(self, number: int) -> None:
        """Let one day happen, and everything that is due that night."""
        for life in self.lives:
            if life.comes_on == number:
                self._comes(life)
            if life.comes_on <= number < life.ends_on:
                self._lives(life, number)
        send(self.office, 10_000 + number, None, "D-none")
        self.office.now += DAY
        run(self.office, stands=closure_finder(self.closed))

    def _comes(self, life: OrderedPerson) -> None:
        request = EnterPerson(life.name, "Aigerim")
        self.office.do(OFFICER, persons.enter, request)
        order(self.office, life.name, timedelta(days=life.ends_on - life.comes_on))
        device = Device(f"D-{life.name}", self.office.now, "test")
        self.office.store.write(lambda work: work.add_device(device))

    def _lives(self, life: OrderedPerson, number: int) -> None:
        for _ in range(self.dice.randrange(3)):
            life.sent += 1
            send(self.office, life.sent, life.name, f"D-{life.name}")
        if self.dice.random() < 0.5:
            show(self.office, OFFICER, life.name)
        if number == life.incident_on:
            life.end_us = to_us(self.office.now)
            incident = raised.incident(life.name, f"I-{life.name}")
            start_us, end_us = life.end_us - 20 * 60_000_000, life.end_us
            incident = replace(incident, opened_us=end_us, start_us=start_us, end_us=end_us)
            raised.judge(self.office, incident)
        if number == life.closed_on:
            self.closed[f"I-{life.name}"] = self.office.now

    # --- Looking from outside ---

    def query(self, statement: str, *values: object) -> list[int]:
        """Return what an independent look at the file finds."""
        with closing(sqlite3.connect(self.folder / "mesure.db")) as raw:
            return [row[0] for row in raw.execute(statement, values) if row[0] is not None]

    def is_clean(self, number: int) -> Iterator[str]:
        """Yield what is there that should not be."""
        now_us = to_us(self.office.now)
        if any(at_us <= now_us - 30 * DAY_US for at_us in self.query(NOBODYS)):
            yield f"day {number}: something that is nobody's is older than 30 days"
        for life in self.lives:
            closed_at = self.closed.get(f"I-{life.name}")
            is_held = closed_at is None or self.office.now < closed_at + 90 * DAY
            for at_us in self.query(OF_PERSON, life.name):
                is_near = is_held and abs(at_us - life.end_us) <= AROUND_US + 20 * 60_000_000
                if at_us <= now_us - 59 * DAY_US and not is_near:
                    yield f"day {number}: a message of {life.name} is older than 59 days"
            if number >= life.ends_on + 366 and self.query(ABOUT, life.name) != [0]:
                yield f"day {number}: there is something about {life.name}"

    def prove(self) -> None:
        """Hold every earlier head of the log, and some of its entries, against the present one."""
        head = verify_log(self.office).checkpoint.head
        with self.office.store.read() as reading:
            for earlier in self.heads:
                proof = proofs.consistency(reading.node, earlier.size, head.size)
                assert proofs.extends(head, earlier, proof)
                wrong = TreeHead(earlier.size, bytes([earlier.root[0] ^ 1]) + earlier.root[1:])
                assert not proofs.extends(head, wrong, proof)
            for entry in self.dice.sample(range(head.size), 8):
                [line] = reading.entries(entry, 1)
                proof = proofs.inclusion(reading.node, entry, head.size)
                assert proofs.includes(head, entry, leaf_hash(line), proof)
                assert not proofs.includes(head, entry, leaf_hash(line + b"?"), proof)
        self.heads.append(head)


OFFICER = Actor("A-1", Role.OFFICER)


def lives(dice: random.Random) -> Iterator[OrderedPerson]:
    """Yield who comes: some early and briefly, so that their whole record goes within the time."""
    for number in range(PERSONS):
        comes_on = 0 if number == 0 else dice.randrange(0, 60)
        ends_on = comes_on + (20 if number == 0 else dice.randrange(10, 300))
        incident_on = dice.randrange(comes_on, ends_on)
        closed_on = dice.randrange(incident_on, ends_on)
        yield OrderedPerson(f"P-{number}", comes_on, ends_on, incident_on, closed_on)


def test_a_year_is_lived_through(office: Office, tmp_path: Path) -> None:
    dice = random.Random(LONG)
    office.account("A-1", Role.OFFICER)
    office.account("A-2", Role.SUPERVISOR)
    office.store.write(lambda work: work.add_device(Device("D-none", office.now, "test")))
    year = Year(office, tmp_path, dice, list(lives(dice)))
    for number in range(DAYS):
        year.day(number)
        assert not list(year.is_clean(number))
        if number % PROVED_EVERY == PROVED_EVERY - 1:
            year.prove()
    sizes = [head.size for head in year.heads]
    assert sizes == sorted(sizes)
    assert len(sizes) == DAYS // PROVED_EVERY
    assert office.keyring.is_erased("P-0")
    looks = [record for record in office.log() if record.get("sort") == "look"]
    assert all(datetime.fromisoformat(one["at"]) > office.now - 365 * DAY for one in looks)
