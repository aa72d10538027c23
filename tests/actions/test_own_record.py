"""A person and their officer read how it was judged, how the device is, and what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from mesure.actions.accounts import printed_cards
from mesure.actions.cases import persons
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.data_rights import own_record, retained_data
from mesure.actions.data_rights.own_record import AssessmentsRequest, OwnRecordRequest
from mesure.actions.framework.context import Actor
from mesure.actions.records.named_persons import DEED
from mesure.actions.records.procedure import default_retention
from mesure.actions.refusals.refusals import InvalidInputError, NotAllowedError
from mesure.devices.health import DeviceHealth, HealthReading
from mesure.evaluation.assessment import Status
from mesure.instants import to_datetime, to_us
from mesure.orders.values.span import Span
from mesure.privacy.purposes import Purpose
from mesure.privacy.retention import retention_schedule
from mesure.privacy.retention.retention_schedule import RetainedItem, RetentionKind
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import JudgingProgress, JudgingResult, StoredAssessment
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import Order, StoredOrderVersion
from tests.actions.house import MORNING, Office

HOUR = timedelta(hours=1)


@pytest.fixture
def person(office: Office) -> Actor:
    office.person("P-1", office.account("A-officer", Role.OFFICER))
    return office.account("A-person", Role.PERSON, "P-1")


def keep_assessments(
    office: Office, *statuses: str, unsigned: bool = False, by: tuple[int, ...] = ()
) -> None:
    """Keep one assessment of an hour for each status, from the morning on."""
    rows = tuple(
        StoredAssessment(
            "P-1", "O-1", "C1", status, to_us(MORNING + number * HOUR),
            to_us(MORNING + (number + 1) * HOUR), bytes([named]) * 32,
            "policy", "engine", unsigned,
        )
        for number, (status, named) in enumerate(zip(statuses, [*by, *bytes(9)], strict=False))
    )  # fmt: skip
    progress = JudgingProgress("P-1", to_us(office.now), 0, "policy", "engine", unsigned=False)
    owner = {partition_of("P-1")}
    office.store.write(
        lambda work: work.judge([JudgingResult(progress, 0, rows)], work.claim(owner, "t"))
    )


def test_assessments_are_cut_to_the_span_that_was_asked_for(office: Office, person: Actor) -> None:
    keep_assessments(office, "met", "unknown", "not_met")
    half = HOUR / 2
    request = AssessmentsRequest(person="P-1", start_at=MORNING + half, until_at=MORNING + 2 * HOUR)
    met, unknown = office.do(person, own_record.list_assessments, request)
    assert (met.status, met.span.start, met.span.end) == (
        Status.MET,
        MORNING + half,
        MORNING + HOUR,
    )
    assert (unknown.status, unknown.until_at) == (Status.UNKNOWN, MORNING + 2 * HOUR)


def test_a_span_that_ends_before_it_begins_is_refused(office: Office, person: Actor) -> None:
    request = AssessmentsRequest(person="P-1", start_at=MORNING, until_at=MORNING)
    with pytest.raises(InvalidInputError):
        office.do(person, own_record.list_assessments, request)


def test_who_carries_nothing_reads_of_no_device(office: Office, person: Actor) -> None:
    assert office.do(person, own_record.health, OwnRecordRequest("P-1")) == ()


def test_a_person_reads_what_is_kept_about_them(office: Office, person: Actor) -> None:
    lines = office.do(person, own_record.list_retention, OwnRecordRequest("P-1"))
    assert {line.sort for line in lines} == {RetentionKind.RECORD}
    office.do(person, own_record.list_retention, OwnRecordRequest("P-1"))
    again = office.do(person, own_record.list_retention, OwnRecordRequest("P-1"))
    assert RetentionKind.LOOK in {line.sort for line in again}


def look_at_record(office: Office, *actors: Actor) -> None:
    """Look at the person's record on three days, be refused once, and change something."""
    for actor in actors:
        office.later(hours=11)
        request = PersonRequest(person="P-1", purpose=Purpose.SUPERVISION, case_number="N-1")
        office.do(actor, persons.show, request)
        office.do(actor, own_record.list_retention, OwnRecordRequest("P-1"))
    stranger = office.account("A-stranger", Role.OFFICER)
    with pytest.raises(NotAllowedError):
        office.do(stranger, own_record.list_retention, OwnRecordRequest("P-1"))
    office.do(actors[0], printed_cards.give, printed_cards.GiveCard("P-1", "en"))


def one_by_one(office: Office) -> list[int]:
    """Return when the person's record was looked at, by opening every record of the log."""
    with office.store.read() as reading:
        deeds = reading.entries_with_key(DEED, "person", "P-1")
        records = {deed: reading.record_opening(retained_data.entry_of(deed.id)) for deed in deeds}
        return [
            deed.changed_us
            for deed, opening in records.items()
            if opening is not None and retained_data.sort_of(opening.record) is RetentionKind.LOOK
        ]


@pytest.mark.parametrize("knows_names", [True, False], ids=["by name", "opened"])
def test_looks_are_counted_as_they_were_entered(
    office: Office, person: Actor, knows_names: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the names of the actions; those of another version are opened."""
    officer = Actor("A-officer", Role.OFFICER)
    look_at_record(office, officer, person, officer)
    wanted = one_by_one(office)
    assert len(wanted) > 6
    assert len(wanted) < len(office.deeds("person", "P-1"))
    if not knows_names:
        monkeypatch.setattr(retained_data, "ACTIONS", {})
        monkeypatch.setattr(retained_data, "PAGE", 3)
    [line] = [
        row
        for row in office.do(person, own_record.list_retention, OwnRecordRequest("P-1"))
        if row.sort is RetentionKind.LOOK
    ]
    assert (line.things, to_us(line.first_at), to_us(line.last_at)) == (
        len(wanted),
        min(wanted),
        max(wanted),
    )
    rules = default_retention()
    each = [RetainedItem(RetentionKind.LOOK, "", at_us, (at_us, at_us)) for at_us in wanted]
    [expected] = retention_schedule.report(
        retention_schedule.fates(rules, each, (), to_us(office.now))
    )
    assert line.until_at is not None
    assert to_us(line.until_at) == expected.until_us


def test_another_persons_record_stays_closed(office: Office, person: Actor) -> None:
    office.person("P-2")
    with pytest.raises(NotAllowedError):
        office.do(person, own_record.health, OwnRecordRequest("P-2"))
    with pytest.raises(NotAllowedError):
        office.do(person, own_record.list_retention, OwnRecordRequest("P-2"))


@pytest.mark.parametrize("unsigned", [False, True])
def test_an_assessment_says_whether_it_rests_on_what_no_device_signed(
    office: Office, person: Actor, unsigned: bool
) -> None:
    keep_assessments(office, "met", unsigned=unsigned)
    request = AssessmentsRequest(person="P-1", start_at=MORNING, until_at=MORNING + HOUR)
    [assessment] = office.do(person, own_record.list_assessments, request)
    assert assessment.unsigned is unsigned


def version(office: Office, number: int, start_at: datetime, confirmed: bool = True) -> None:
    """Keep a version of the order from an instant on."""

    def enter(work: WriteTransaction) -> None:
        if work.order("O-1") is None:
            work.add_order(Order("O-1", "P-1", office.now, "A-officer"))
        span, named = Span(start_at, MORNING + 99 * HOUR), bytes([number]) * 32
        work.add_version(
            StoredOrderVersion("O-1", number, named, named, b"x", span, office.now, "A-officer")
        )
        if confirmed:
            work.confirm("O-1", number, office.now, "A-chief")

    office.store.write(enter)


def by_versions(office: Office, person: Actor) -> list[list[tuple[int | None, float, float]]]:
    """Return which version judged which hours of each assessment."""
    request = AssessmentsRequest(person="P-1", start_at=MORNING, until_at=MORNING + 9 * HOUR)
    return [
        [
            (by.number, (by.start_at - MORNING) / HOUR, (by.until_at - MORNING) / HOUR)
            for by in assessment.by_versions
        ]
        for assessment in office.do(person, own_record.list_assessments, request)
    ]


def test_an_assessment_over_a_variation_names_both_versions(office: Office, person: Actor) -> None:
    version(office, 1, MORNING - HOUR)
    version(office, 2, MORNING + HOUR / 2)
    version(office, 3, MORNING + 2 * HOUR)
    keep_assessments(office, "met", "unknown", "met", by=(1, 2, 3))
    assert by_versions(office, person) == [[(1, 0, 0.5), (2, 0.5, 1)], [(2, 1, 2)], [(3, 2, 3)]]
    request = AssessmentsRequest(person="P-1", start_at=MORNING, until_at=MORNING + HOUR)
    [assessment] = office.do(person, own_record.list_assessments, request)
    assert [by.sha256 for by in assessment.by_versions] == ["01" * 32, "02" * 32]


def test_of_versions_that_begin_together_the_later_one_is_named_and_none_that_binds_nobody(
    office: Office, person: Actor
) -> None:
    version(office, 1, MORNING - HOUR)
    version(office, 2, MORNING + HOUR / 2)
    version(office, 3, MORNING + HOUR / 2)
    version(office, 4, MORNING + HOUR / 4, confirmed=False)
    keep_assessments(office, "met", by=(1,))
    assert by_versions(office, person) == [[(1, 0, 0.5), (3, 0.5, 1)]]


def test_a_version_that_was_confirmed_after_it_was_judged_has_judged_nothing_yet(
    office: Office, person: Actor
) -> None:
    version(office, 1, MORNING - HOUR)
    keep_assessments(office, "met", by=(1,))
    office.later(minutes=1)
    version(office, 2, MORNING + HOUR / 2)
    assert by_versions(office, person) == [[(1, 0, 1)]]


def test_a_device_lies_still_until_it_moves_or_sends_a_fix() -> None:
    """What it said before its last fix says nothing of now."""
    at_us = to_us(datetime(2026, 3, 1, tzinfo=UTC))
    for motion, fix_us, still in (
        (HealthReading(False, at_us, 2), None, True),
        (HealthReading(False, at_us, 2), at_us, True),
        (HealthReading(False, at_us, 2), at_us + 1, False),
        (HealthReading(True, at_us, 2), None, False),
        (None, at_us, False),
    ):
        shown = own_record._still_at(DeviceHealth(motion=motion, fix_us=fix_us))
        assert shown == (to_datetime(at_us) if still else None)
