"""Lists ask the store of all persons at once: as many questions for six as for two.

Where the database is another process, each question is a way there and back.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.cases import caseload, persons, worklist
from mesure.actions.cases.caseload import CaseloadRequest, UnassignedCasesRequest
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.desk import absence_lists
from mesure.actions.framework.action import ActionContext, EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import IncidentsRequest, RecordFinding
from mesure.actions.orders.absences import AbsenceStage
from mesure.actions.orders.binding_order import ABSENCE, AbsenceRecord
from mesure.actions.records.continuity_records import (
    HANDOVER,
    HandoverFacts,
    HandoverRecord,
    HandoverVersion,
)
from mesure.actions.refusals.refusals import NotAllowedError, NotFoundError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest
from mesure.incidents.finding import FindingOutcome
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from mesure.store.sql.composing import Each
from mesure.store.sqlite.connection import SqliteRunner
from tests.actions import raised
from tests.actions.house import Office

FOR: dict[str, Any] = {"purpose": Purpose.SUPERVISION, "case_number": "N-1"}
FEW, MANY = 2, 6


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.account("A-officer", Role.OFFICER)


@pytest.fixture
def supervisor(office: Office) -> Actor:
    return office.account("A-supervisor", Role.SUPERVISOR)


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what the store is asked from now on."""
    noted: list[str] = []
    for name in ("_ask", "_ask_for_each"):
        ask: Callable[..., Any] = getattr(SqliteRunner, name)

        def note_query(
            self: SqliteRunner, what: Any, *values: Any, ask: Any = ask, **named: Any
        ) -> Any:
            text = str(what.for_one if isinstance(what, Each) else what)
            if text.startswith("SELECT"):
                noted.append(text)
            return ask(self, what, *values, **named)

        monkeypatch.setattr(SqliteRunner, name, note_query)
    return noted


def people(office: Office, officer: Actor, first: int, count: int) -> None:
    """Enter persons of an officer's, and as many without an officer, about whom something waits."""
    for number in range(first, first + count):
        office.person(f"N-{number}")
        person = office.person(f"P-{number}", officer)
        raised.judge(office, raised.incident(person, f"I-{number}"))
        absence(office, person)
        handover(office, person)
        look = IncidentRequest(
            incident=f"I-{number}", purpose=Purpose.POSSIBLE_BREACH, case_number="N"
        )
        office.do(officer, incident_review.show, look)
        if number % 2:
            office.do(
                officer,
                incident_review.find,
                RecordFinding(f"I-{number}", FindingOutcome.BREACH, "It was seen."),
            )


def absence(office: Office, person: str) -> None:
    """Enter that somebody asks for an absence."""
    start_at = office.now + timedelta(days=1)
    record = AbsenceRecord(
        order=f"ORDER-{person}",
        conditions=("C1",),
        start_at=start_at,
        until_at=start_at + timedelta(hours=1),
        reason="Work",
        at=None,
        travel_s=0,
        stage=AbsenceStage.ASKED,
        how="asked",
        asked_at=office.now,
        due_at=start_at,
        asked_by="A-officer",
    )
    office.write(lambda rows, _: rows.add(ABSENCE, f"B-{person}", record, person))


def handover(office: Office, person: str) -> None:
    """Enter a hand-over note for the officer who has the case now."""
    facts = HandoverFacts(office.now)
    version = HandoverVersion("He starts work on Monday.", facts, office.now, "A-before")
    record = HandoverRecord((version,))
    office.write(lambda rows, _: rows.add(HANDOVER, f"H-{person}", record, person))


LISTS: dict[str, Callable[[Office, Actor, Actor], Any]] = {
    "what waits for an officer": lambda office, officer, _: office.do(
        officer, worklist.list_items, EmptyRequest()
    ),
    "what waits for a supervisor": lambda office, _, supervisor: office.do(
        supervisor, worklist.list_items, EmptyRequest()
    ),
    "absences": lambda office, officer, _: (
        office.do(officer, absence_lists.absences_of_all, EmptyRequest()).absences
    ),
    "cases": lambda office, officer, _: office.do(officer, caseload.list_cases, CaseloadRequest()),
    "nobody's cases": lambda office, _, supervisor: office.do(
        supervisor, caseload.nobodys, UnassignedCasesRequest()
    ),
}


@pytest.mark.parametrize("which", LISTS)
def test_lists_ask_as_much_for_many_persons_as_for_few(
    office: Office, officer: Actor, supervisor: Actor, questions: list[str], which: str
) -> None:
    people(office, officer, 0, FEW)
    questions.clear()
    few = LISTS[which](office, officer, supervisor)
    of_few = list(questions)
    people(office, officer, FEW, MANY - FEW)
    questions.clear()
    many = LISTS[which](office, officer, supervisor)
    assert len(many) == len(few) * MANY // FEW > 0
    assert len(questions) == len(of_few), sorted(set(questions) - set(of_few))


def test_a_persons_incidents_and_looks_ask_as_much_for_many_as_for_few(
    office: Office, officer: Actor, questions: list[str]
) -> None:
    office.person("P-1", officer)
    counted: list[list[int]] = []
    for first in (0, 5):
        incidents = [raised.incident("P-1", f"I-{n}") for n in range(first, first + 3)]
        raised.judge(office, *incidents)
        for n in range(first, first + 3):
            look = IncidentRequest(
                incident=f"I-{n}", purpose=Purpose.POSSIBLE_BREACH, case_number="N"
            )
            office.do(officer, incident_review.show, look)
        counted.append([])
        lists: list[tuple[Any, Any]] = [
            (incident_review.list_incidents, IncidentsRequest("P-1")),
            (incident_review.list_incidents, IncidentsRequest("P-1", waits=True)),
            (trail_access.list_looks, LooksRequest(person="P-1", latest_first=True, **FOR)),
        ]
        for action, request in lists:
            questions.clear()
            office.do(officer, action, request)
            counted[-1].append(len(questions))
    few, many = counted
    assert few == many


def test_cases_that_are_opened_together_are_each_asked_about(
    office: Office, officer: Actor, supervisor: Actor
) -> None:
    """An officer barred from one of them sees none, and the log says from which."""
    for name in ("P-1", "P-2", "P-3"):
        office.person(name, officer)
    office.do(supervisor, caseload.bar, caseload.BarRequest("P-2", officer.account))
    shown = office.do(officer, caseload.list_cases, CaseloadRequest())
    assert [one.person for one in shown] == ["P-1", "P-3"]
    # A line about several has a token for each; the row that leads to it has the ids.
    assert len(office.last()["persons"]) == 2
    assert not {"P-1", "P-3"} & set(office.last()["persons"])
    assert office.deeds("person", "P-1") == office.deeds("person", "P-3") != []

    context = office.context(officer)

    def all_of_them(work: WriteTransaction) -> None:
        ActionContext(work, context, worklist.list_items, Purpose.SUPERVISION).cases(
            ["P-1", "P-2", "P-3"]
        )

    with pytest.raises(NotAllowedError) as refused:
        office.store.write(all_of_them)
    assert refused.value.person == "P-2"
    assert refused.value.reason is AccessRefusal.BARRED


def test_a_case_of_nobody_who_is_known_is_not_opened(office: Office, supervisor: Actor) -> None:
    office.person("P-1")
    context = office.context(supervisor)

    def both(work: WriteTransaction) -> None:
        ActionContext(work, context, worklist.list_items, Purpose.SUPERVISION).cases(["P-1", "P-9"])

    with pytest.raises(NotFoundError):
        office.store.write(both)


def test_names_are_those_of_the_persons(office: Office, officer: Actor) -> None:
    office.person("P-1", officer)
    office.do(officer, persons.show, PersonRequest(person="P-1", **FOR))
    [line] = office.do(officer, trail_access.list_looks, LooksRequest(person="P-1", **FOR)).looks
    assert (line.action, line.by, line.by_name) == ("persons.show", "A-officer", "A-officer")
