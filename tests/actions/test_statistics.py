"""The statistics of a programme, from the incidents in the store to what an inspector reads."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM
from mesure.actions.incidents import incident_counts, statistics
from mesure.actions.incidents.statistics import StatisticsRequest, StatisticsView
from mesure.actions.records import case_deadlines, incident_records
from mesure.actions.records.procedure import STANDARD
from mesure.actions.refusals.refusals import NotFoundError
from mesure.incidents import deadlines
from mesure.incidents.deadlines import DeadlineFile
from mesure.incidents.finding import (
    EvidenceSighting,
    Finding,
    FindingCause,
    FindingOutcome,
    Review,
    ReviewStage,
)
from mesure.instants import to_us
from mesure.privacy.roles import Role
from mesure.reports.statistics.incident_counting import Breakdown
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import JudgingProgress, JudgingResult, StoredAssessment
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import Order
from tests.actions import raised
from tests.actions.house import MORNING, Office
from tests.actions.scene import OfficeScene

PERSONS = [f"P-{number}" for number in range(10, 22)]


def fill(office: Office) -> None:
    """Raise an incident of each of twelve persons, and decide it."""
    for number, person in enumerate(PERSONS):
        office.person(person)
        order = Order(f"ORDER-{person}", person, office.now, "test")
        office.store.write(partial(_entered, order))
        raised.judge(office, raised.incident(person, f"I-{person}"))
        decide(office, person, FindingOutcome.NO_BREACH if number < 6 else FindingOutcome.BREACH)


def _entered(order: Order, work: WriteTransaction) -> None:
    work.add_order(order)


def decide(office: Office, person: str, outcome: FindingOutcome) -> None:
    cause = FindingCause.EQUIPMENT if outcome is FindingOutcome.NO_BREACH else None
    at = MORNING + timedelta(hours=1)
    finding = Finding(outcome, cause, "Why.", at, "ann")
    review = Review(
        ReviewStage.FOUND, (EvidenceSighting("ann", at - timedelta(minutes=3)),), finding
    )
    office.write(lambda rows, _: rows.add(incident_records.REVIEW, f"I-{person}", review, person))


def count(office: Office) -> None:
    office.do(PROGRAM, statistics.count, EmptyRequest())


def show_statistics(office: Office, period: str = "") -> StatisticsView:
    inspector = office.account(f"inspector {office.size()}", Role.INSPECTOR)
    return office.do(inspector, statistics.show, StatisticsRequest(period=period))


def test_nothing_is_shown_before_anything_was_counted(office: Office) -> None:
    assert show_statistics(office) == StatisticsView(None, (), None)
    with pytest.raises(NotFoundError):
        show_statistics(office, "2026")


def test_what_was_counted_is_shown_with_its_shares(office: Office) -> None:
    fill(office)
    count(office)
    report = show_statistics(office)
    assert report.periods == ("2026", "2026-1")
    assert report.found is not None
    whole = report.found.whole
    assert whole.incidents == 12
    assert whole.false is not None
    assert (whole.false.of, whole.false.share_ratio) == (10, 0.5)
    assert whole.look is not None
    assert whole.look.half_within_s == 300
    [kinds] = [one for one in report.found.groups if one.breakdown is Breakdown.KIND]
    assert [one.group for one in kinds.figures] == ["absent"]


ALWAYS_OPEN = b"""\
deadlines: a programme
version: 1
rules:
  office_hours:
    unit: hours of each day
    reason: Somebody is always here.
    reference: none
    values: [{from: 2000-01-01, monday: 00:00-24:00, tuesday: 00:00-24:00, wednesday: 00:00-24:00,
      thursday: 00:00-24:00, friday: 00:00-24:00, saturday: 00:00-24:00, sunday: 00:00-24:00}]
"""


@pytest.mark.parametrize(("minutes", "after"), [(-1, 12), (0, 0), (479, 0), (480, 12)])
def test_office_hours_are_those_of_the_programme(office: Office, minutes: int, after: int) -> None:
    nine = MORNING.replace(hour=9, minute=0)
    for person in PERSONS:
        office.person(person)
        office.store.write(partial(_entered, Order(f"ORDER-{person}", person, office.now, "test")))
        opened_us = to_us(nine + timedelta(minutes=minutes))
        incident = replace(raised.incident(person, f"I-{person}"), opened_us=opened_us)
        raised.judge(office, incident)
    assert _after_hours(office, None) == after
    ours = deadlines.read("ours.yaml", ALWAYS_OPEN, case_deadlines.default())
    assert _after_hours(office, ours) == 0


def _after_hours(office: Office, ours: DeadlineFile | None) -> int:
    context = replace(office.context(PROGRAM), procedure=replace(STANDARD, deadlines=ours))
    table, _ = incident_counts.count_incidents(context, office.now.year)
    return table[str(office.now.year)]["all"][""].after_hours


def test_reading_is_entered_with_its_purpose_and_names_nobody(office: Office) -> None:
    fill(office)
    count(office)
    assert office.last()["persons"] == []
    show_statistics(office, "2026-1")
    entered = office.last()
    assert (entered["action"], entered["purpose"]) == ("statistics.show", "inspection")
    assert (entered["persons"], entered["facts"]) == ([], {"period": "2026-1"})


def test_what_is_kept_names_no_person_and_no_officer(office: Office) -> None:
    fill(office)
    count(office)
    years: list[Any] = []
    office.write(lambda rows, _: years.extend(one.value for one in rows.all(statistics.YEAR)))
    text = repr(years)
    assert "absent" in text
    assert not [name for name in (*PERSONS, "ann", "I-P") if name in text]


def test_whoever_was_erased_is_counted_no_more(office: Office) -> None:
    fill(office)
    office.keyring.forget(PERSONS[0], to_us(office.now))
    count(office)
    figures = show_statistics(office).found
    assert figures is not None
    assert figures.whole.incidents == 11


def test_classes_courts_and_judged_time_are_counted(scene: OfficeScene) -> None:
    office = scene.office
    scene.order()
    scene.carries()
    raised.judge(office, replace(raised.incident("P-1", "I-1"), order="ALM-1"))
    judge_time(office, "P-1", "ALM-1")
    count(office)
    years: list[Any] = []
    office.write(lambda rows, _: years.extend(one.value for one in rows.all(statistics.YEAR)))
    cells = years[0].table["2026-1"]
    assert set(cells["device"]) == {"phone"}
    assert cells["all"][""].unknown_s == 3_600
    assert cells["device"]["phone"].met_s == 7_200


def test_time_of_a_settled_year_stays_as_it_was_counted(scene: OfficeScene) -> None:
    office = scene.office
    scene.order()
    raised.judge(office, replace(raised.incident("P-1", "I-1"), order="ALM-1"))
    judge_time(office, "P-1", "ALM-1")
    count(office)
    before = time_totals(office)
    office.later(days=500)
    count(office)
    assert time_totals(office) == before == (7_200, 3_600)


def time_totals(office: Office) -> tuple[int, int]:
    years: list[Any] = []
    office.write(lambda rows, _: years.append(rows.need(statistics.YEAR, "2026").value))
    cell = years[0].table["2026"]["all"][""]
    return cell.met_s, cell.unknown_s


def judge_time(office: Office, person: str, order: str) -> None:
    """Judge three hours, one of them unknown."""
    start_us, hour_us = to_us(MORNING), 3_600_000_000
    rows = tuple(
        StoredAssessment(
            person, order, "C1", status, start_us + first * hour_us, start_us + last * hour_us,
            bytes(32), "policy", "engine", unsigned=False,
        )
        for status, first, last in (("met", 0, 1), ("unknown", 1, 2), ("met", 2, 3))
    )  # fmt: skip
    judged = JudgingProgress(person, start_us, 0, "policy", "engine", unsigned=False)

    def judge(work: WriteTransaction) -> None:
        work.judge([JudgingResult(judged, 0, rows)], work.claim({partition_of(person)}, "test"))

    office.store.write(judge)


def test_counting_comes_round_by_itself_where_there_is_anything(office: Office) -> None:
    context = office.context(PROGRAM)
    assert not statistics.is_due(context)
    fill(office)
    assert statistics.is_due(context)
    office.do(PROGRAM, statistics.count, EmptyRequest())
    assert not statistics.is_due(context)
    office.later(hours=6)
    assert statistics.is_due(office.context(PROGRAM))
