"""Second thoughts: who confirmed takes it back, and who contested is excused by another cause.

And what a program asks for twice under one key is done once.
"""

from datetime import timedelta
from typing import Final

from mesure.actions.cases import case_notes
from mesure.actions.cases.case_notes import NoteKind, NotesRequest, WriteNote
from mesure.actions.data_rights import outside_requests
from mesure.actions.data_rights.outside_requests import AnswerOutsideRequest, ReviewOutsideRequest
from mesure.actions.framework import idempotency
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest, IncidentStatement
from mesure.actions.incidents.incident_review import FindingReversal, IncidentRef, RecordFinding
from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import RequestAbsence
from mesure.actions.orders.court_orders import OrderRequest
from mesure.actions.refusals.refusals import ActionConflictError, NotAllowedError
from mesure.incidents.finding import FindingCause, FindingOutcome, ReviewStage
from mesure.incidents.incident import is_of_place
from mesure.machine import clock
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.checks.named_checks import hold
from mesure_lab.whole.checks.office import office_record
from mesure_lab.whole.office import case_lives, data_lives, desk_steps
from mesure_lab.whole.office_people import DoneAct
from mesure_lab.whole.world import World

BY_A_PERSON: Final = "finding_by_a_person"
ONCE: Final = "asked_twice_is_done_once"
DAYS_AHEAD: Final = 2
CAUSES: Final = (FindingCause.REASONABLE_EXCUSE, FindingCause.AUTHORISED_ABSENCE)


def take_back_confirmation(world: World, person: str, incident: StoredIncident) -> None:
    """Have who confirmed a proposal take that back: it waits as before, and is confirmed anew."""
    supervisor, reference = world.people.supervisor, IncidentRef(incident.id)
    reversal = FindingReversal(incident.id, "Not yet.")
    word, stage = acts.do(world, supervisor, incident_review.take_back, reversal, person)
    if word == "done" and stage is not ReviewStage.PROPOSED:
        world.broken(BY_A_PERSON, f"{incident.id} is {stage}: who proposed took nothing back")
    acts.do(world, supervisor, incident_review.confirm, reference, person)
    _hold(world)


def call_it_a_breach(world: World, person: str, incident: StoredIncident) -> None:
    """Have an officer try to find a silence, or what a device said, a breach."""
    request = RecordFinding(incident.id, FindingOutcome.BREACH, "As said.")
    find, officer = incident_review.find, world.people.officer(person)
    desk_steps.ask_in_vain(world, officer, find, request, person, BY_A_PERSON)


def excuse_otherwise(world: World, person: str, incidents: list[StoredIncident]) -> None:
    """Have an incident be excused, contested, and excused by another cause."""
    own, officer = office_people.own(person), world.people.officer(person)
    for incident in incidents:
        if not is_of_place(incident.kind) or not _excuse(world, person, incident, first=True):
            continue
        statement = IncidentStatement(incident.id, "It was allowed.")
        acts.do(world, own, contests.make, statement, person)
        if officer != world.people.supervisor:
            _excuse(world, person, incident, first=False)
        _hold(world)
        return


def _excuse(world: World, person: str, incident: StoredIncident, *, first: bool) -> bool:
    """Have an officer excuse an incident that they have seen, or a supervisor do so again."""
    actor = world.people.officer(person) if first else world.people.supervisor
    action = incident_review.find if first else incident_review.decide_again
    look = IncidentRequest(incident=incident.id, **acts.CASE)
    acts.do(world, actor, incident_review.show, look, person)
    cause = CAUSES[0] if first else CAUSES[1]
    request = RecordFinding(incident.id, FindingOutcome.EXCUSED, "As said.", cause)
    is_done = acts.do(world, actor, action, request, person)[0] == "done"
    if is_done:
        world.people.found_by.setdefault(incident.id, set()).add(actor.account)
    return is_done


def be_in_two_places(world: World, person: str) -> None:
    """Have somebody be allowed to be at one place, and in vain at another one just then."""
    supervisor, order = world.people.supervisor, world.life_of(person).order
    look = OrderRequest(order=order, **acts.CASE)
    _, bound = acts.do(world, supervisor, court_orders.versions_in_force, look, person)
    start_at = clock.now() + timedelta(days=DAYS_AHEAD)
    for version in bound or ():
        if start_at in version.in_force and len(version.places) > 1:
            there, elsewhere = (
                RequestAbsence(
                    order=order, conditions=(version.conditions[0].id,), start_at=start_at,
                    until_at=start_at + timedelta(hours=1), reason="At work.", at=place,
                )
                for place in sorted(version.places)[:2]
            )  # fmt: skip
            if acts.do(world, supervisor, absences.give, there, person)[0] == "done":
                give = absences.give
                desk_steps.ask_in_vain(
                    world, supervisor, give, elsewhere, person, "granted_excuses"
                )


def review_before_answer(world: World, person: str) -> None:
    """Have a supervisor look again at a request from outside, which they then answer in vain."""
    deputy, officer = case_lives.deputy(world), world.people.officer(person)
    wanted = data_lives.request_for(person)
    _, name = acts.do(world, officer, outside_requests.record, wanted, person)
    review = ReviewOutsideRequest(str(name), is_in_order=True)
    if acts.do(world, deputy, outside_requests.review, review, person)[0] == "done":
        request, answer = (
            AnswerOutsideRequest(str(name), True, "It serves."),
            outside_requests.answer,
        )
        desk_steps.ask_in_vain(world, deputy, answer, request, person, data_lives.BY_TWO)


def ask_twice(world: World, person: str) -> None:
    """Have a note be written twice under one key, and another one in vain under the same."""
    officer, key = world.people.officer(person), f"note {person}"
    context, write = world.machine.context(officer), case_notes.write
    request = WriteNote(person, NoteKind.NOTE, clock.now(), "Asked for twice.")
    try:
        first, second = (
            world.machine.whole(lambda: idempotency.perform_once(context, write, request, key))
            for _ in range(2)
        )
    except NotAllowedError:  # They are barred from the case.
        return
    done = DoneAct(write.name, officer, "done", person, request=request, made=first)
    world.people.acts.append(done)
    world.people.notes[first] = person
    look = NotesRequest(person=person, **acts.CASE)
    word, page = acts.do(world, officer, case_notes.list_notes, look, person)
    notes = [note.record.versions for note in page.notes] if word == "done" else []
    texts = [versions[-1].text for versions in notes if versions]  # One taken back has none.
    if first != second or texts.count(request.text) > 1:
        world.broken(ONCE, f"{first} and {second} were written under one key: {texts}")
    other = WriteNote(person, NoteKind.NOTE, request.happened_at, "Something else.")
    try:
        world.machine.whole(lambda: idempotency.perform_once(context, write, other, key))
    except ActionConflictError:
        return
    world.broken(ONCE, f"{other} was answered as {request} had been")


def _hold(world: World) -> None:
    hold(world, office_record.finding_by_a_person, office_record.contests_are_answered)
