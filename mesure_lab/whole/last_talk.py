"""Last talk: what people still do about two incidents when a life comes to rest, step after step.

What they do by chance on the way seldom follows on from itself. Here one thing leads to the next:
an incident is contested, decided unseen and then seen, taken back, decided, contested and decided
again, for the worse and not; and another is proposed, turned down, proposed and confirmed. After
each step all is checked against what must be so.
"""

from datetime import timedelta
from typing import Final

from mesure.actions.accounts import service_accounts, staff_accounts
from mesure.actions.accounts.service_accounts import OpenServiceAccount
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.cases import case_notes, caseload, contact_check, worklist
from mesure.actions.cases.case_notes import NoteKind, NotesRequest, WriteNote
from mesure.actions.cases.caseload import EndShift, SetCover
from mesure.actions.framework.action import Action, EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import (
    AttachDocument,
    DocumentRef,
    IncidentRequest,
    IncidentStatement,
)
from mesure.actions.incidents.incident_review import FindingReversal, IncidentRef, RecordFinding
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsencesRequest, RequestAbsence, RevokeAbsence
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import TrailRequest
from mesure.incidents import finding
from mesure.incidents.finding import FindingOutcome, ReviewStage
from mesure.incidents.incident import is_of_place
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.instants import to_datetime
from mesure.machine import clock
from mesure.privacy.roles import Role
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.checks.named_checks import hold
from mesure_lab.whole.checks.office import notices_sent, office_record
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.last_steps import (
    cards,
    newcomers,
    second_thoughts,
    sign_in_edges,
    whole_answers,
)
from mesure_lab.whole.office import desk_steps, program_lives, whole_lists
from mesure_lab.whole.office_people import DoneAct
from mesure_lab.whole.world import World

LONG_MESSAGES: Final = (
    "SELECT first_us, last_us FROM message WHERE person = ? AND first_us < last_us ORDER BY last_us"
)
BY_A_PERSON: Final = "finding_by_a_person"


def talk(world: World) -> None:
    """Have everybody who is kept talk about a note and two incidents of theirs."""
    for person in world.names:
        _write_down(world, person)
        incidents = world.incidents_of(person)
        if incidents:
            _contest(world, person, incidents[0])
        for incident in incidents[1:2]:
            _propose(world, person, incident)
        everything = world.incidents_of(person, withdrawn_too=True)
        for incident in [one for one in everything if one.withdrawn_us is not None][:1]:
            _propose(world, person, incident)  # In vain.
        if narrow_limits.is_narrow(world.seed):
            _look_at_part(world, person)
        if incidents[2:] and narrow_limits.is_narrow(world.seed):
            _count_as_one(world, person, incidents[2:])
            for incident in [row for row in incidents[2:] if is_of_place(row.kind)][-1:]:
                _excuse(world, person, incident)
            second_thoughts.excuse_otherwise(world, person, incidents[2:])
    _repeat(world)
    if narrow_limits.is_narrow(world.seed):
        _come_and_go(world)
        for person in world.names:
            newcomers.stand_behind(world, person)
            cards.renew(world, person)
            second_thoughts.ask_twice(world, person)
            second_thoughts.review_before_answer(world, person)
            second_thoughts.be_in_two_places(world, person)
        newcomers.name_the_erased(world)
        sign_in_edges.come_to_edges(world)
        whole_lists.read(world)
        whole_answers.read(world)
        _decide_by_day(world)
    for officer in world.people.officers:
        acts.do(world, officer, worklist.list_items, EmptyRequest(), None)


def _decide_by_day(world: World) -> None:
    """Have officers decide in the morning what nobody did: then letters need wait for nothing."""
    world.go_to((world.time.now_us // DAY + 1) * DAY + 9 * H)
    world.judge()
    for person in world.names:
        officer = world.people.officer(person)
        for incident in world.incidents_of(person):
            _look(world, officer, person, incident)
            _decide(world, officer, person, incident, FindingOutcome.CANNOT_TELL)
    world.attempt(world.machine.notify)


def _look_at_part(world: World, person: str) -> None:
    """Have a person look at their trail from within a message on, without its first fix."""
    for first_us, last_us in world.machine.rows(LONG_MESSAGES, person)[-1:]:
        start_at, until_at = to_datetime(first_us + 1), to_datetime(last_us + 1)
        request = TrailRequest(person=person, start_at=start_at, until_at=until_at)
        acts.do(world, office_people.own(person), trail_access.trail, request, person)


def _count_as_one(world: World, person: str, incidents: list[StoredIncident]) -> None:
    """Have whom somebody let in be no second pair of eyes."""
    supervisor = world.people.supervisor
    newcomer = newcomers.let_in(world, supervisor, f"new-{person}")
    for incident in incidents:
        _look(world, supervisor, person, incident)
        if _decide(world, supervisor, person, incident, FindingOutcome.BREACH) == "done":
            _look(world, newcomer, person, incident)
            confirm, reference = incident_review.confirm, IncidentRef(incident.id)
            desk_steps.ask_in_vain(world, newcomer, confirm, reference, person, BY_A_PERSON)
            break


def _repeat(world: World) -> None:
    """Have everybody do again what can be done once only; and end absences that are over."""
    over = ((world.people.supervisor, absences.revoke, RevokeAbsence(name, "too late"), person)
            for person in world.names for name in _over(world, person))  # fmt: skip
    for actor, action, request, person in (*world.people.decisions, *over):
        if acts.do(world, actor, action, request, person)[0] == "done":
            world.broken("decided_once", f"{action.name} was done again: {request}")


def _over(world: World, person: str) -> list[str]:
    """Return a person's absences that are over."""
    request = AbsencesRequest(person)
    _, shown = acts.do(world, world.people.supervisor, absences.list_absences, request, person)
    return [one.absence for one in shown or () if one.kept.until_at <= clock.now()]


def _come_and_go(world: World) -> None:
    """Have newcomers end covers of others, and give a token and leave: it ends with them."""
    supervisor = world.people.supervisor
    officer = newcomers.let_in(world, supervisor, "newcomer", Role.OFFICER)
    covers, by = (one.account for one in world.people.officers)
    span = clock.now(), clock.now() + timedelta(hours=1)
    _, cover = acts.do(world, supervisor, caseload.cover, SetCover(covers, by, *span), None)
    shift = EndShift(cover or "")  # Of another two, who are the only ones it concerns.
    desk_steps.ask_in_vain(world, officer, caseload.end_cover, shift, None, "access_table")
    acts.do(world, supervisor, caseload.end_cover, shift, None)
    acts.do(world, officer, contact_check.try_own, EmptyRequest(), None)
    world.machine.do(supervisor, staff_accounts.close, AccountRef(officer.account))
    world.attempt(world.machine.notify)
    if any(to == f"newcomer{notices_sent.OFFICE}" for to, *_ in world.mail.texts):
        world.broken("written_where_one_said", "a letter went to an account that was closed")
    giver = newcomers.let_in(world, supervisor, "giver")
    request = OpenServiceAccount("Figures", ("devices.list",), span[1])
    _, service = acts.do(world, giver, service_accounts.open_service, request, None)
    world.machine.do(supervisor, staff_accounts.close, AccountRef(giver.account))
    if service and program_lives.resume(world, service.token) is not None:
        world.broken(program_lives.ASKS_NO_MORE, "a token counts whose giver has left")


def _write_down(world: World, person: str) -> None:
    """Have a note be written, which the person reads."""
    note = WriteNote(person, NoteKind.NOTE, clock.now(), "All was talked about.")
    word, written = acts.do(world, world.people.officer(person), case_notes.write, note, person)
    if word == "done":
        world.people.notes[written] = person
    look = NotesRequest(person=person)
    acts.do(world, office_people.own(person), case_notes.list_notes, look, person)


def _contest(world: World, person: str, incident: StoredIncident) -> None:
    """Have an incident contested, decided, taken back, decided, contested and decided again."""
    officer, supervisor = world.people.officer(person), world.people.supervisor
    _decide(world, supervisor, person, incident, FindingOutcome.CANNOT_TELL)  # Perhaps unseen.
    _say(world, person, incident)
    _look(world, officer, person, incident)
    _decide(world, officer, person, incident, FindingOutcome.CANNOT_TELL)
    world.attempt(world.machine.notify)
    reversal = FindingReversal(incident.id, "It was a slip.")
    acts.do(world, officer, incident_review.take_back, reversal, person)
    _hold(world)
    _decide(world, officer, person, incident, FindingOutcome.CANNOT_TELL)
    is_answered = any(_decides_again(act, incident) for act in world.people.acts)
    word = _say(world, person, incident)
    if word.endswith(ReviewRefusal.ANSWERED_ALREADY) and not is_answered:
        world.broken("contests_are_answered", f"{incident.id}: its finding cannot be contested")
    _look(world, supervisor, person, incident)
    document = _attach(world, person, incident)
    outcomes = finding.conclusions(incident.kind)
    against = [one for one in outcomes if one.is_against and not outcomes[one]]
    words = [
        _decide(world, supervisor, person, incident, outcome, incident_review.decide_again)
        for outcome in (*against, FindingOutcome.CANNOT_TELL)
    ]
    if document is not None and "done" in words:
        own, take_back = office_people.own(person), contests.take_back_document
        if acts.do(world, own, take_back, DocumentRef(document), person)[0] == "done":
            world.broken("taken_back_is_gone", f"{document} is gone, and {incident.id} rests on it")
    reversal = FindingReversal(incident.id, "It was a slip, too.")
    if acts.do(world, supervisor, incident_review.take_back, reversal, person)[0] == "done":
        world.broken("contests_are_answered", f"the answer about {incident.id} was taken back")


def _propose(world: World, person: str, incident: StoredIncident) -> None:
    """Have what is against somebody proposed, and confirmed before it was seen, and after."""
    officer, supervisor = world.people.officer(person), world.people.supervisor
    _look(world, officer, person, incident)
    is_narrow = narrow_limits.is_narrow(world.seed)
    if FindingOutcome.BREACH in finding.conclusions(incident.kind):
        _decide(world, officer, person, incident, FindingOutcome.BREACH)
    elif is_narrow:
        second_thoughts.call_it_a_breach(world, person, incident)
    reference = IncidentRef(incident.id)
    acts.do(world, supervisor, incident_review.confirm, reference, person)
    _hold(world)
    _look(world, supervisor, person, incident)
    reversal = FindingReversal(incident.id, "It says too much.")
    if acts.do(world, supervisor, incident_review.turn_down, reversal, person)[0] == "done":
        _decide(world, officer, person, incident, FindingOutcome.BREACH)
    word, _ = acts.do(world, supervisor, incident_review.confirm, reference, person)
    _hold(world)
    reversal = FindingReversal(incident.id, "It was a slip.")
    taken_back, _ = acts.do(world, officer, incident_review.take_back, reversal, person)
    if word == taken_back == "done" and officer != supervisor:
        world.broken(BY_A_PERSON, f"{incident.id}: not taken back by who confirmed it")
    if word == "done" and is_narrow:
        second_thoughts.take_back_confirmation(world, person, incident)


def _decides_again(act: DoneAct, incident: StoredIncident) -> bool:
    """Tell whether an act decided an incident a second time, as far as anybody knows."""
    is_again = act.action == incident_review.decide_again.name and act.outcome != "refused"
    return is_again and getattr(act.request, "incident", None) == incident.id


def _excuse(world: World, person: str, incident: StoredIncident) -> None:
    """Have what was proposed be excused by an absence that is entered late, and then confirmed."""
    if not world.is_varied(world.life_of(person)):
        return  # A replay knows the absence from the start.
    officer, supervisor = world.people.officer(person), world.people.supervisor
    _look(world, officer, person, incident)
    _decide(world, officer, person, incident, FindingOutcome.BREACH)
    request = RequestAbsence(
        order=incident.order,
        conditions=(incident.condition,),
        start_at=to_datetime(incident.start_us) - timedelta(hours=3),
        until_at=clock.now() + timedelta(hours=1),
        reason="It was allowed.",
    )
    acts.do(world, supervisor, absences.give, request, person)
    world.wait(1)
    world.judge()
    world.wait(1)  # What is confirmed is confirmed later than it was withdrawn.
    _look(world, supervisor, person, incident)
    confirm, reference = incident_review.confirm, IncidentRef(incident.id)
    acts.do(world, supervisor, confirm, reference, person)
    _hold(world)


def _say(world: World, person: str, incident: StoredIncident) -> str:
    """Have a person say something about an incident, and contest it; return what came of that."""
    statement, own = IncidentStatement(incident.id, "I was at home."), office_people.own(person)
    word, _ = acts.do(world, own, contests.say, statement, person)
    world.people.said_of[incident.id] += word == "done"
    word, _ = acts.do(world, own, contests.make, statement, person)
    _hold(world)
    return word


def _attach(world: World, person: str, incident: StoredIncident) -> str | None:
    """Have a person attach a document, and return its id."""
    if not narrow_limits.is_narrow(world.seed):
        return None
    request = AttachDocument(incident.id, "letter", acts.PDF + incident.id.encode())
    _, name = acts.do(world, office_people.own(person), contests.attach, request, person)
    return None if name is None else str(name)


def _look(world: World, actor: Actor, person: str, incident: StoredIncident) -> None:
    request = IncidentRequest(incident=incident.id, **acts.CASE)
    acts.do(world, actor, incident_review.show, request, person)


def _decide(
    world: World,
    actor: Actor,
    person: str,
    incident: StoredIncident,
    outcome: FindingOutcome,
    action: Action[RecordFinding, ReviewStage] = incident_review.find,
) -> str:
    """Have somebody come to a finding; whether they may is for the service to say."""
    word, _ = acts.do(world, actor, action, RecordFinding(incident.id, outcome, "As said."), person)
    if word == "done":
        world.people.found_by.setdefault(incident.id, set()).add(actor.account)
    _hold(world)
    return word


def _hold(world: World) -> None:
    hold(world, office_record.finding_by_a_person, office_record.contests_are_answered)
