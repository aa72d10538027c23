"""A supervisor sees what waits with each officer, and who is away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mesure.actions.cases import caseload, officer_desks
from mesure.actions.cases.caseload import BarRequest, SetCover
from mesure.actions.cases.officer_desks import OfficerDesk
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest, IncidentStatement
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AnswerAbsence, RequestAbsence
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.instants import to_us
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.scene import CASE, OfficeScene


@pytest.fixture
def supervisor(office: Office) -> Actor:
    return office.account("A-supervisor", Role.SUPERVISOR)


def desks(office: Office, supervisor: Actor) -> dict[str | None, OfficerDesk]:
    listed = office.do(supervisor, officer_desks.list_desks, EmptyRequest())
    return {desk.officer: desk for desk in listed}


def bring_incident(
    office: Office, person: str, name: str, hours_ago: float, kind: str = "silent"
) -> None:
    opened_us = to_us(office.now - timedelta(hours=hours_ago))
    incident = raised.incident(person, name, kind)
    raised.judge(office, replace(incident, opened_us=opened_us, condition=f"C-{name[-1]}"))


def test_each_officer_has_a_line_the_longest_overdue_first(
    office: Office, supervisor: Actor
) -> None:
    ann, bob, cat = (office.account(name, Role.OFFICER) for name in ("ann", "bob", "cat"))
    office.person("P-1", ann)
    office.person("P-2", bob)
    office.person("P-3", bob)
    office.person("P-4")
    bring_incident(office, "P-1", "I-1", 5)
    bring_incident(office, "P-1", "I-2", 5)
    bring_incident(office, "P-2", "I-3", 9)
    bring_incident(office, "P-3", "I-4", 1)
    listed = office.do(supervisor, officer_desks.list_desks, EmptyRequest())
    assert [one.officer for one in listed] == ["bob", "ann", None, "cat"]
    by = {one.officer: one for one in listed}
    assert (by["ann"].persons, by["ann"].open, by["ann"].overdue) == (1, 1, 1)
    assert (by["bob"].persons, by["bob"].open, by["bob"].overdue) == (2, 2, 1)
    assert by["bob"].oldest_at == office.now - timedelta(hours=9)
    assert (by[None].persons, by[None].open, by[None].name) == (1, 0, "")
    assert by["cat"].oldest_at is None
    assert cat.account == "cat"


def test_who_is_away_is_said_with_who_stands_in(office: Office, supervisor: Actor) -> None:
    ann = office.account("ann", Role.OFFICER)
    office.account("bob", Role.OFFICER)
    until_at = office.now + timedelta(days=3)
    office.do(ann, caseload.cover, SetCover("ann", "bob", office.now, until_at))
    desk = desks(office, supervisor)["ann"]
    assert (desk.away_until, desk.covered_by) == (until_at, "bob")
    office.later(days=4)
    assert desks(office, supervisor)["ann"].away_until is None


def test_a_case_from_which_the_supervisor_is_barred_is_not_counted(
    office: Office, supervisor: Actor
) -> None:
    ann, other = office.account("ann", Role.OFFICER), office.account("chief", Role.SUPERVISOR)
    office.person("P-1", ann)
    bring_incident(office, "P-1", "I-1", 5)
    office.do(other, caseload.bar, BarRequest("P-1", supervisor.account))
    assert desks(office, supervisor)["ann"].open == 0


def test_no_case_is_opened_to_count_what_waits(office: Office, supervisor: Actor) -> None:
    office.person("P-1", office.account("ann", Role.OFFICER))
    bring_incident(office, "P-1", "I-1", 5)
    desks(office, supervisor)
    entry = office.last()
    assert (entry["action"], entry["persons"]) == ("today.officers", [])


def test_what_was_looked_at_is_to_be_decided_and_contests_and_absences_count(
    scene: OfficeScene,
) -> None:
    scene.order()
    bring_incident(scene.office, "P-1", "I-1", 5, "absent")
    assert desks(scene.office, scene.chief)["ann"].overdue == 1
    scene.do(scene.ann, incident_review.show, IncidentRequest(incident="I-1", **CASE))
    assert desks(scene.office, scene.chief)["ann"].overdue == 0
    span = scene.office.now + timedelta(days=9), scene.office.now + timedelta(days=10)
    request = RequestAbsence(
        order="ALM-1", conditions=("C1",), start_at=span[0], until_at=span[1], reason="A wedding"
    )
    absence = scene.do(scene.person, absences.ask, request)
    assert desks(scene.office, scene.chief)["ann"].open == 2
    scene.office.later(days=3)
    # Looking ended the first clock of the incident; that of the decision has run out by now.
    assert desks(scene.office, scene.chief)["ann"].overdue == 2
    scene.do(scene.ann, absences.answer, AnswerAbsence(absence, True, "Send a picture."))
    desk = desks(scene.office, scene.chief)["ann"]
    assert (desk.open, desk.overdue) == (1, 1)
    excused = incident_review.RecordFinding(
        "I-1", FindingOutcome.EXCUSED, "The bus.", FindingCause.REASONABLE_EXCUSE
    )
    scene.do(scene.ann, incident_review.find, excused)
    assert desks(scene.office, scene.chief)["ann"].open == 0
    scene.do(scene.person, contests.make, IncidentStatement("I-1", "There was no bus."))
    assert desks(scene.office, scene.chief)["ann"].open == 1


def test_an_officer_is_not_told_of_others(office: Office) -> None:
    ann = office.account("ann", Role.OFFICER)
    with pytest.raises(NotAllowedError):
        office.do(ann, officer_desks.list_desks, EmptyRequest())
