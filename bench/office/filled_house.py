"""A house at full size for the bench of the pages: persons, incidents, reviews, an audit log.

Every row goes through the store's own contract and is sealed as the service seals it; who did what
is entered in the audit log as the service enters it. Only the dozens of actions in between are left
out, and the judge: one evening is judged by it, and its incident is kept again and again under
other names and dates. Nobody in it exists.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

import numpy as np

from bench.measuring import say
from mesure.actions.cases import persons
from mesure.actions.cases.persons import PersonDetails
from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.framework import case_access
from mesure.actions.framework.action import Action, enter_action
from mesure.actions.framework.case_access import CaseFile
from mesure.actions.framework.context import Actor, Context
from mesure.actions.incidents import incident_review
from mesure.actions.orders import binding_order
from mesure.actions.orders.assignment_end import CARRIED, AssignmentCheckRecord
from mesure.actions.records import incident_body, incident_records
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.incident_records import ContestRecord
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.message.batch import FixBatch
from mesure.devices.signed_form import FORM
from mesure.evaluation.policy import DeviceClass
from mesure.geo.fixes import Fixes
from mesure.incidents.contest import Contest
from mesure.incidents.finding import (
    EvidenceSighting,
    Finding,
    FindingCause,
    FindingOutcome,
    Review,
    ReviewStage,
)
from mesure.instants import to_datetime, to_us
from mesure.machine.signatures import SecretKey
from mesure.orders.reading import read_order
from mesure.orders.values.span import Span
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.record import incident_words
from mesure.service.device import client as device_client
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import order_text, partitions
from mesure.store.values.effects import (
    JudgingProgress,
    JudgingResult,
    PartitionOwner,
    StoredAssessment,
    StoredIncident,
)
from mesure.store.values.records import (
    Device,
    MessageShare,
    Order,
    Person,
    ReceivedMessage,
    StoredOrderVersion,
)
from tests.web import filled
from tests.web.filled import MORNING_AFTER, NINE, Evening

NOW: Final = MORNING_AFTER
BEGAN: Final = NOW - timedelta(days=700)
FIRST: Final = timedelta(days=1)  # Of the order, before anything that was judged.
NIGHTS: Final = 70  # Judged nights of everybody: what a calendar shows, and a little more.
PER_CHANGE: Final = 20  # Persons in one change.
SAID_EVERY: Final = 500
PER_MESSAGE: Final = 60
OUTCOMES: Final = (
    (FindingOutcome.BREACH, None), (FindingOutcome.EXCUSED, FindingCause.REASONABLE_EXCUSE),
    (FindingOutcome.BREACH, None), (FindingOutcome.NO_BREACH, FindingCause.LOCATION_ERROR),
    (FindingOutcome.CANNOT_TELL, None),
)  # fmt: skip
SILENT: Final = b'{"explanation":{"en":"Nothing was heard from your device for 45 minutes."}}'
PROPOSED, CONTESTED = 97, 41  # One in this many persons waits for somebody else.
NOBODYS: Final = 50  # One in this many is on no officer's list.


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are; the busiest have a hundredth of the persons and an eighth of all."""

    persons: int = 5_000
    incidents: int = 200_000
    officers: int = 160

    def each(self) -> list[int]:
        """Return how many incidents each person has; the first ones have the most.

        >>> Size(200, 8_000).each()[0], sum(Size(200, 8_000).each())
        (500, 8000)
        """
        busiest = max(1, self.persons // 100)
        of_busiest = self.incidents // 8 // busiest
        rest, over = divmod(self.incidents - busiest * of_busiest, self.persons - busiest)
        ordinary = [rest + (at < over) for at in range(self.persons - busiest)]
        return [of_busiest] * busiest + ordinary


class OfficePerson(NamedTuple):
    """A person of the house."""

    number: int
    id: str
    order: str
    device: str
    officer: str
    incidents: int


@dataclass(frozen=True, slots=True)
class FilledOffice:
    """Who is there."""

    size: Size
    supervisor: Actor
    inspector: Actor
    operator: Actor
    officers: tuple[Actor, ...]
    people: tuple[OfficePerson, ...]
    accounts: dict[str, Actor] = field(default_factory=dict)  # Of some persons and counsel.


def person_of(number: int) -> str:
    """Return what a person is called.

    >>> person_of(41)
    'P-00042'
    """
    return f"P-{number + 1:05}"


def incident_of(person: str, number: int) -> str:
    """Return what an incident of a person is called; number 0 is the latest."""
    return f"I-{person[2:]}-{number:05}"


# --- Those who work there ------------------------------------------------------------------------


def fill(context: Callable[[Actor, datetime], Context], night: Evening, size: Size) -> FilledOffice:
    """Fill an empty store, and say how far it is."""
    begun = context(Actor("bench", Role.PROGRAM), BEGAN)
    house = _house(size)
    begun.store.write(
        lambda work: _open_accounts(Register(work, begun.keyring, begun.salts, BEGAN), house)
    )
    owner = begun.store.write(lambda work: work.claim(range(partitions.PARTITIONS), "bench"))
    filling = Filling(context, night, house, owner)
    for first in range(0, len(house.people), PER_CHANGE):
        people = house.people[first : first + PER_CHANGE]
        begun.keyring.make_keys(one.id for one in people)
        begun.store.write(partial(filling.enter, people))
        if first % SAID_EVERY == 0:
            say(f"filling the house: {first:,} of {len(house.people):,} persons")
    return house


def _house(size: Size) -> FilledOffice:
    officers = tuple(Actor(f"A-officer-{n:03}", Role.OFFICER) for n in range(size.officers))
    people = []
    for number, incidents in enumerate(size.each()):
        name = person_of(number)
        officer = officers[number % len(officers)].account
        people.append(
            OfficePerson(
                number, name, f"ALM-2026-{name[2:]}", f"tag-{name[2:]}", officer, incidents
            )
        )
    accounts = {
        "person": Actor("A-person", Role.PERSON, people[0].id),
        "counsel": Actor("A-counsel", Role.COUNSEL, people[0].id, let_in_by="A-person"),
    }
    supervisor, inspector, operator = (
        Actor(f"A-{role.value}", role) for role in (Role.SUPERVISOR, Role.INSPECTOR, Role.OPERATOR)
    )
    return FilledOffice(size, supervisor, inspector, operator, officers, tuple(people), accounts)


def _open_accounts(rows: Register, house: FilledOffice) -> None:
    staff = (house.supervisor, house.inspector, house.operator, *house.officers)
    for actor in (*staff, *house.accounts.values()):
        until_at = NOW + timedelta(days=30) if actor.role is Role.COUNSEL else None
        name = f"Nobody {actor.account[2:]}"
        by = actor.let_in_by or house.supervisor.account
        account = Account(name, actor.role, BEGAN, by, person=actor.person, until_at=until_at)
        rows.add(ACCOUNT, actor.account, account)
    for person in house.people[1:]:  # Everybody has a card; the first one's account is above.
        account = Account(person.id, Role.PERSON, BEGAN, person.officer, person=person.id)
        rows.add(ACCOUNT, f"A-{person.id}", account)


# --- Those whom it is about ----------------------------------------------------------------------


class Filling:
    """Enters persons with everything about them, within a change that is open."""

    def __init__(
        self,
        context: Callable[[Actor, datetime], Context],
        night: Evening,
        house: FilledOffice,
        owner: PartitionOwner,
    ) -> None:
        self._context, self._house, self._owner = context, house, owner
        self._night = night.incident
        self._fixes = night.judged.gathered.fixes
        zone = night.judged.rules.versions[-1].zone
        self._body = incident_words.encode_body(night.incident, (0, 1), zone)
        self._officers = {one.account: one for one in house.officers}
        began = (BEGAN - FIRST).date()
        self._text = filled.ORDER.replace("{from: 2026-01-05,", f"{{from: {began},")
        text = self._text.encode()
        self._in_force: Span = read_order.read(binding_order.FILE, text, {}).in_force
        self._nights = list(_nights(sha256(text).digest()))

    def enter(self, people: tuple[OfficePerson, ...], work: WriteTransaction) -> None:
        """Enter some persons."""
        for person in people:
            context = self._context(self._officers[person.officer], BEGAN)
            rows = Register(work, context.keyring, context.salts, BEGAN)
            self._person(work, rows, person)
            self._order(work, context, person)
            self._device(work, rows, person)
            self._incidents(work, context, rows, person)
            if person.officer == self._house.officers[0].account:
                self._trail(work, context, person)

    def _person(self, work: WriteTransaction, rows: Register, person: OfficePerson) -> None:
        work.add_person(Person(person.id, BEGAN, person.officer))
        officer = None if person.number % NOBODYS == NOBODYS - 1 else person.officer
        rows.add(case_access.CASE, person.id, CaseFile(person.id, officer))
        rows.add(persons.DETAILS, person.id, PersonDetails(f"Nobody {person.id}", "kk"), person.id)

    def _order(self, work: WriteTransaction, context: Context, person: OfficePerson) -> None:
        text = (
            self._text.replace(filled.ORDER_ID, person.order)
            .replace(filled.PERSON, person.id)
            .encode()
        )
        plain = order_text.pack(text, {})
        key = context.keyring.key_of(person.id)
        body = sealing.seal(
            key, plain, binding_order.seal_context(person.id, person.order, 1), context.salts
        )
        work.add_order(Order(person.order, person.id, BEGAN, person.officer))
        digests = sha256(text).digest(), sha256(plain).digest()
        by = self._house.supervisor.account
        version = StoredOrderVersion(
            person.order, 1, *digests, body, self._in_force, BEGAN, person.officer, BEGAN, by
        )
        work.add_version(version)

    def _device(self, work: WriteTransaction, rows: Register, person: OfficePerson) -> None:
        work.add_device(Device(person.device, BEGAN, person.officer))
        device_class = DeviceClass.GNSS_TAG.value
        rows.add(ENROLLED, person.device, EnrolledDevice(device_class, BEGAN, person.officer))
        work.keep_assignment(Assignment(person.device, person.id, person.order, BEGAN, None))
        rows.add(CARRIED, person.order, AssignmentCheckRecord(person.order, self._in_force.end))

    # --- What was judged, and what became of it ---

    def _incidents(
        self, work: WriteTransaction, context: Context, rows: Register, person: OfficePerson
    ) -> None:
        incidents = [self._incident(context, person, number) for number in range(person.incidents)]
        nights = tuple(
            replace(night, person=person.id, order=person.order) for night in self._nights
        )
        judged = JudgingProgress(person.id, to_us(NOW), 0, "policy", "engine", unsigned=False)
        work.judge([JudgingResult(judged, 0, nights, (), tuple(incidents))], self._owner)
        for number, incident in enumerate(incidents):
            self._reviewed(work, context, rows, person, number, incident)

    def _incident(self, context: Context, person: OfficePerson, number: int) -> StoredIncident:
        night, name = self._night, incident_of(person.id, number)
        back = number * (NOW - BEGAN - timedelta(days=2)) / max(person.incidents, 1)
        start_at, is_silent = night.start - back, number % 5 == 4
        opened_us = to_us(night.opened_at - back)
        end = None if night.end is None else night.end - back
        plain = SILENT if is_silent else self._body.replace(night.id.encode(), name.encode())
        body = incident_body.seal(context.keyring, person.id, name, 1, plain, context.salts)
        kind = "silent" if is_silent else night.kind.value
        p_outside_max = None if is_silent else night.p_outside_max
        return StoredIncident(
            name, person.id, person.order, night.condition, kind, opened_us, to_us(start_at),
            None if end is None else to_us(end), p_outside_max, None, body, 1,
        )  # fmt: skip

    def _reviewed(
        self, work: WriteTransaction, context: Context, rows: Register,
        person: OfficePerson, number: int, incident: StoredIncident,
    ) -> None:  # fmt: skip
        """Keep the review; the latest ones are left as they come: not seen, or not decided."""
        opened_at = to_datetime(incident.opened_us)
        sighting = EvidenceSighting(
            person.officer, min(opened_at + timedelta(minutes=20 + number % 90), NOW)
        )
        if number == 0:
            if person.number % 3 == 0:
                return
            review = Review(ReviewStage.SEEN, (sighting,))
            rows.add(incident_records.REVIEW, incident.id, review, person.id)
            self._deed(work, context, incident_review.show, incident, sighting.at)
            return
        outcome, cause = OUTCOMES[(person.number + number) % len(OUTCOMES)]
        decided_at = min(sighting.at + timedelta(minutes=1 + number % 7), NOW)
        by = self._house.supervisor.account
        waits = number == 1 and person.number % PROPOSED == 0
        confirmed = (None, None) if waits else (by, decided_at + timedelta(hours=2))
        why = "Looked into, and talked over with the person."
        finding = Finding(outcome, cause, why, decided_at, person.officer, *confirmed)
        stage = ReviewStage.PROPOSED if waits else ReviewStage.FOUND
        rows.add(
            incident_records.REVIEW, incident.id, Review(stage, (sighting,), finding), person.id
        )
        self._deed(work, context, incident_review.show, incident, sighting.at)
        self._deed(work, context, incident_review.find, incident, decided_at)
        if number == 2 and person.number % CONTESTED == 0:
            contest = Contest(True, decided_at, decided_at + timedelta(days=14))
            record = ContestRecord(incident.id, contest, "I was at the hospital with my mother.")
            rows.add(incident_records.CONTEST, f"K-{incident.id}", record, person.id)

    def _deed(
        self,
        work: WriteTransaction,
        context: Context,
        action: Action[Any, Any],
        incident: StoredIncident,
        at: datetime,
    ) -> None:
        facts = {"incident": incident.id, "case_number": incident.id}
        then = replace(context, now=at)
        is_look = action is incident_review.show
        purpose = Purpose.POSSIBLE_BREACH if is_look else None
        enter_action(work, then, action, [incident.person], dict(facts), purpose)

    # --- The messages of the last evening ---

    def _trail(self, work: WriteTransaction, context: Context, person: OfficePerson) -> None:
        signer = SecretKey.from_seed(sha256(person.device.encode()).digest())
        key, fixes = context.keyring.key_of(person.id), self._fixes
        messages = []
        for counter, first in enumerate(range(0, len(fixes), PER_MESSAGE), start=2):
            rows = fixes.rows(slice(first, first + PER_MESSAGE))
            at_us = int(rows.observed_us[-1])
            data = device_client.sign_message(_batch(rows), counter, at_us, signer)
            bound = sealing.message_seal_context(person.id, person.device, counter)
            span_us = int(rows.observed_us[0]), at_us
            share = MessageShare(person.id, *span_us, sealing.seal(key, data, bound, context.salts))
            digest = sha256(data).digest()
            messages.append(ReceivedMessage(person.device, counter, FORM, at_us, digest, (share,)))
        work.append(messages)


def _batch(fixes: Fixes) -> FixBatch:
    return FixBatch(
        fixes.observed_us, fixes.lat_deg, fixes.lon_deg, fixes.radius95_m, fixes.speed_mps,
        fixes.motion, fixes.beacon, fixes.provider, np.zeros(len(fixes), np.bool_),
    )  # fmt: skip


def _nights(version: bytes) -> Iterator[StoredAssessment]:
    """Yield what was judged of the last nights: the curfew of each, the residence of each day."""
    for number in range(NIGHTS):
        start = NINE + timedelta(hours=1, days=-number)
        parts = [("C1", "met", 0.0, 8.0)]
        if number % 9 == 0:
            parts = [("C1", "met", 0.0, 1.0), ("C1", "unknown", 1.0, 2.5), ("C1", "met", 2.5, 8.0)]
        parts += [("C2", "met", 0.0, 23.0), ("C2", "unknown", 23.0, 24.0)]
        for condition, status, first_h, last_h in parts:
            yield StoredAssessment(
                "P", "O", condition, status, to_us(start + timedelta(hours=first_h)),
                to_us(start + timedelta(hours=last_h)), version, "policy", "engine",
                unsigned=False,
            )  # fmt: skip
