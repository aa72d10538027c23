"""A year of incidents of many persons, decided and counted, for what is shown of them."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from mesure.actions.cases.persons import DETAILS, PersonDetails
from mesure.actions.framework import case_access
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.case_access import CaseFile
from mesure.actions.framework.context import PROGRAM
from mesure.actions.incidents import statistics
from mesure.actions.records import incident_records
from mesure.actions.records.record_types import Register
from mesure.audit import checkpoints
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.proofs import TreeHead
from mesure.devices.assignment import Assignment
from mesure.incidents.finding import (
    EvidenceSighting,
    Finding,
    FindingCause,
    FindingOutcome,
    Review,
    ReviewStage,
)
from mesure.instants import to_datetime, to_us
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import (
    JudgingProgress,
    JudgingResult,
    StoredAssessment,
    StoredIncident,
)
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import Device, Order, Person
from tests.actions.house import Office
from tests.audit.samples import LOG_SECRET, ORIGIN

PERSONS: Final = 24
EACH: Final = 14
KINDS: Final = ("absent", "absent", "absent", "left", "entered", "silent")
CHANCES: Final = (0.962, 0.985, 0.996, 0.9995)
OUTCOMES: Final = (
    (FindingOutcome.BREACH, None),
    (FindingOutcome.BREACH, None),
    (FindingOutcome.BREACH, None),
    (FindingOutcome.EXCUSED, FindingCause.REASONABLE_EXCUSE),
    (FindingOutcome.NO_BREACH, FindingCause.LOCATION_ERROR),
    (FindingOutcome.NO_BREACH, FindingCause.EQUIPMENT),
    (FindingOutcome.CANNOT_TELL, None),
)


def fill(office: Office) -> None:
    """Put a year of incidents into an office, and count them."""
    for number in range(PERSONS):
        office.write(_Person(office, number))
    office.do(PROGRAM, statistics.count, EmptyRequest())


def sign_log(office: Office) -> str:
    """Sign the audit log as it is now, and return the checkpoint."""
    with office.store.read() as reading:
        edge = reading.frontier()
    sworn = LogCheckpoint(ORIGIN, TreeHead(edge.size, edge.root()))
    text = str(checkpoints.sign(sworn, LOG_SECRET))
    office.store.write(lambda work: work.keep_checkpoint(edge.size, text.encode()))
    return text


class _Person:
    """Enters a person with what was judged and decided about them."""

    def __init__(self, office: Office, number: int) -> None:
        self._office, self._number, self._person = office, number, f"C-{number:03}"

    def __call__(self, rows: Register, work: WriteTransaction) -> None:
        office, person, order = self._office, self._person, f"ORDER-{self._person}"
        work.add_person(Person(person, office.now, "test"))
        office.keyring.make_keys([person])
        rows.add(case_access.CASE, person, CaseFile(person, "ann"))
        rows.add(DETAILS, person, PersonDetails(f"Name of {person}"), person)
        work.add_order(Order(order, person, office.now, "test"))
        device = f"tag-{person}"
        work.add_device(Device(device, office.now, "test"))
        carried_since = office.now - timedelta(days=400)
        work.keep_assignment(Assignment(device, person, order, carried_since, None))
        incidents = [self._incident(order, number) for number in range(EACH)]
        for at, incident in enumerate(incidents):
            if _chance(person, at, 9):
                rows.add(incident_records.REVIEW, incident.id, self._review(incident, at), person)
        nights = tuple(self._night(order, number) for number in range(120))
        judged = JudgingProgress(person, to_us(office.now), 0, "policy", "engine", unsigned=False)
        owner = work.claim({partition_of(person)}, "test")
        work.judge([JudgingResult(judged, 0, nights, (), tuple(incidents))], owner)

    def _incident(self, order: str, number: int) -> StoredIncident:
        kind = KINDS[_chance(self._person, number, len(KINDS))]
        opened = self._office.now - timedelta(
            days=3 + 22 * number, minutes=37 * self._number + 11 * number
        )
        start = opened - timedelta(seconds=40 + 25 * _chance(self._person, number, 20))
        chance = None if kind == "silent" else CHANCES[_chance(self._person, number + 99, 4)]
        return StoredIncident(
            f"{self._person}-{number}", self._person, order, "C1", kind, to_us(opened),
            to_us(start), to_us(opened), chance, None, b"", 1,
        )  # fmt: skip

    def _review(self, incident: StoredIncident, number: int) -> Review:
        outcome, cause = OUTCOMES[_chance(self._person, number + 7, len(OUTCOMES))]
        opened = to_datetime(incident.opened_us)
        seen_at = opened + timedelta(minutes=10 + 30 * _chance(self._person, number + 3, 40))
        decided = seen_at + timedelta(seconds=20 + 45 * _chance(self._person, number + 5, 50))
        finding = Finding(outcome, cause, "Looked into.", decided, "ann", "bob", decided)
        return Review(ReviewStage.FOUND, (EvidenceSighting("ann", seen_at),), finding)

    def _night(self, order: str, number: int) -> StoredAssessment:
        status = "unknown" if _chance(self._person, number, 12) == 0 else "met"
        start = self._office.now - timedelta(days=number + 1)
        return StoredAssessment(
            self._person, order, "C1", status, to_us(start),
            to_us(start + timedelta(hours=8)), bytes(32), "policy", "engine", unsigned=False,
        )  # fmt: skip


def _chance(person: str, number: int, of: int) -> int:
    """Return a number below `of` that is always the same."""
    return sha256(f"{person} {number}".encode()).digest()[0] % of
