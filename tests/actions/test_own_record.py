"""A person and their officer read how it was judged, how the device is, and what is kept."""

from datetime import timedelta

import pytest

from mesure.actions import own_record
from mesure.actions.acting import Actor
from mesure.actions.errors import FaultyError, NotAllowedError
from mesure.actions.own_record import AssessedAsked, OfPerson
from mesure.compliance.assessment import Status
from mesure.privacy.retention import Sort
from mesure.privacy.roles import Role
from mesure.store.effects import Judged, Judging, KeptAssessment
from mesure.store.instants import kept_us
from mesure.store.partitions import partition_of
from tests.actions.house import MORNING, Office

HOUR = timedelta(hours=1)


@pytest.fixture
def person(office: Office) -> Actor:
    office.person("P-1", office.account("A-officer", Role.OFFICER))
    return office.account("A-person", Role.PERSON, "P-1")


def judged(office: Office, *statuses: str) -> None:
    """Keep one assessment of an hour for each status, from the morning on."""
    rows = tuple(
        KeptAssessment(
            "P-1", "O-1", "C1", status, kept_us(MORNING + number * HOUR),
            kept_us(MORNING + (number + 1) * HOUR), bytes(32), "policy", "engine", unsigned=False,
        )
        for number, status in enumerate(statuses)
    )  # fmt: skip
    said = Judged("P-1", kept_us(office.now), 0, "policy", "engine", unsigned=False)
    owner = {partition_of("P-1")}
    office.store.write(lambda work: work.judge([Judging(said, 0, rows)], work.claim(owner, "t")))


def test_assessments_are_cut_to_the_span_that_was_asked_for(office: Office, person: Actor) -> None:
    judged(office, "met", "unknown", "not_met")
    half = HOUR / 2
    asked = AssessedAsked(person="P-1", start_at=MORNING + half, until_at=MORNING + 2 * HOUR)
    met, unknown = office.do(person, own_record.assessed, asked)
    assert (met.status, met.span.start, met.span.end) == (
        Status.MET,
        MORNING + half,
        MORNING + HOUR,
    )
    assert (unknown.status, unknown.until_at) == (Status.UNKNOWN, MORNING + 2 * HOUR)


def test_a_span_that_ends_before_it_begins_is_refused(office: Office, person: Actor) -> None:
    asked = AssessedAsked(person="P-1", start_at=MORNING, until_at=MORNING)
    with pytest.raises(FaultyError):
        office.do(person, own_record.assessed, asked)


def test_who_carries_nothing_reads_of_no_device(office: Office, person: Actor) -> None:
    assert office.do(person, own_record.health, OfPerson("P-1")) == ()


def test_a_person_reads_what_is_kept_about_them(office: Office, person: Actor) -> None:
    lines = office.do(person, own_record.kept, OfPerson("P-1"))
    assert {line.sort for line in lines} == {Sort.RECORD}
    office.do(person, own_record.kept, OfPerson("P-1"))
    again = office.do(person, own_record.kept, OfPerson("P-1"))
    assert Sort.LOOK in {line.sort for line in again}


def test_another_persons_record_stays_closed(office: Office, person: Actor) -> None:
    office.person("P-2")
    with pytest.raises(NotAllowedError):
        office.do(person, own_record.health, OfPerson("P-2"))
    with pytest.raises(NotAllowedError):
        office.do(person, own_record.kept, OfPerson("P-2"))
