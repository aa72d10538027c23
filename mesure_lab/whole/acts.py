"""Acts: what people do with the records of a seed, some of it forbidden."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, Final

from mesure.actions.cases import case_notes, caseload, persons, worklist
from mesure.actions.cases.case_notes import NoteKind, NotesRequest, WriteNote
from mesure.actions.cases.caseload import AssignCase, BarRequest, UnassignedCasesRequest
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.data_rights import outside_requests, own_record
from mesure.actions.data_rights.own_record import AssessmentsRequest
from mesure.actions.framework.action import Action, EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import AttachDocument, IncidentRequest, IncidentStatement
from mesure.actions.incidents.incident_review import FindingReversal, IncidentRef, RecordFinding
from mesure.actions.orders import absences, court_orders, court_papers
from mesure.actions.orders.court_papers import AttachPaper, CourtPaperRequest
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest, Trail, TrailRequest
from mesure.incidents import finding
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.machine import clock
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole import answer_contents, office_people, overreach
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.office_people import DoneAct
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.world import World

CASE: Final[dict[str, Any]] = {"purpose": Purpose.SUPERVISION, "case_number": "ALM-2026-0042"}
INSPECTION: Final[dict[str, Any]] = {**CASE, "purpose": Purpose.INSPECTION}
PDF: Final = b"%PDF-1.7\n"
SAYS_WHO_MAY: Final = {caseload.assign.name, caseload.bar.name}
ONCE_ONLY: Final = {  # What cannot be done again, exactly as it was done.
    absences.answer.name,
    absences.withdraw.name,
    absences.revoke.name,
    court_orders.turn_down.name,
    court_orders.confirm.name,
    outside_requests.answer.name,
    contests.take_back_document.name,
}
OWN: Final = {  # What everybody may always see of their own.
    persons.show.name,
    incident_review.show.name,
    case_notes.list_notes.name,
    own_record.list_assessments.name,
    trail_access.trail.name,
    trail_access.list_looks.name,
}
OF_A_CASE: Final = {"barred", "not_in_charge", "another_person"}  # Why one was shut out of it.
Act = Callable[[World, Random, str], str]


def do(
    world: World, actor: Actor, action: Action[Any, Any], request: object, person: str | None
) -> tuple[str, Any]:
    """Have somebody do something, and check what came of it against what must be so.

    Return what came of it in a word, and the answer.
    """
    people, size = world.people, world.log_size()
    try:
        answer = world.machine.do(actor, action, request)
    except OffError:
        people.acts.append(DoneAct(action.name, actor, "unanswered", person, request=request))
        if person is not None and action.name in SAYS_WHO_MAY:
            people.unsure.add(person)
        return "unanswered", None
    except NotAllowedError as refusal:
        world.expect_entry(size, action.name, actor, request, refused=True)
        if refusal.reason.value in OF_A_CASE or isinstance(refusal.reason, ReviewRefusal):
            people.tried_of[getattr(request, "incident", ""), actor.account, action.name] += 1
        people.acts.append(DoneAct(action.name, actor, "refused", person, refusal.reason.value))
        is_own = actor.role is Role.PERSON and actor.person == person
        if is_own and action.name in OWN:
            world.broken("own_record_readable", f"{action.name}: {refusal.reason}")
        return f"not allowed: {refusal.reason.value}", None
    except ActionError as refusal:
        if isinstance(refusal.reason, ReviewRefusal):  # Of a case that was opened.
            world.expect_entry(size, action.name, actor, request, refused=True)
            people.tried_of[getattr(request, "incident", ""), actor.account, action.name] += 1
        return f"refused: {refusal.reason.value}", None
    if people.must_refuse(action.name, actor, person):
        world.broken("access_table", f"{actor.role.value} did {action.name} about {person}")
    for what in answer_contents.wrong_contents(world, actor, request, person, answer):
        world.broken("answers_show_what_was_asked", f"{action.name}: {what}")
    entry = world.expect_entry(size, action.name, actor, request, refused=False)
    if isinstance(answer, Trail):  # The person reads how much of it somebody saw.
        span = {"start": answer.start_at.isoformat(), "until": answer.until_at.isoformat()}
        if not span.items() <= entry["facts"].items():
            world.broken("no_look_without_entry", f"of {span} of a trail, {entry} says otherwise")
    shown = answer_contents.persons_in(answer)
    made, at_us = answer if isinstance(answer, str) else "", clock.now_us()
    people.acts.append(DoneAct(action.name, actor, "done", person, "", shown, request, made, at_us))
    if isinstance(request, FindingReversal):
        people.ended_of[request.incident] += 1
    if action.name in ONCE_ONLY:
        people.decisions.append((actor, action, request, person))
    return "done", answer


# --- What people do ------------------------------------------------------------------------------


def act(world: World, dice: Random, person: str) -> str:
    """Have somebody do something with the record of a person; return what it was."""
    chosen = dice.choice(ACTS)
    return f"{chosen.__name__} {chosen(world, dice, person)}"


def _somebody(world: World, dice: Random, person: str) -> Actor:
    """Return somebody, mostly who may: the officer of the case or the person."""
    mine = world.people.officer(person)
    others = [office_people.own(other) for other in world.names if other != person]
    barred = [one for one in world.people.everybody if (person, one.account) in world.people.barred]
    return dice.choice(
        [mine, mine, office_people.own(person), *world.people.everybody, *others, *barred, *barred]
    )


def _purpose(actor: Actor) -> dict[str, Any]:
    if actor.role is Role.PERSON:
        return {}
    return INSPECTION if actor.role is Role.INSPECTOR else CASE


def _incident(world: World, dice: Random, person: str) -> StoredIncident | None:
    rows = world.incidents_of(person, withdrawn_too=narrow_limits.is_narrow(world.seed))
    return dice.choice(rows) if rows else None


def look_at_person(world: World, dice: Random, person: str) -> str:
    """Look at somebody's file."""
    actor = _somebody(world, dice, person)
    request = PersonRequest(person=person, **_purpose(actor))
    return do(world, actor, persons.show, request, person)[0]


def look_at_assessments(world: World, dice: Random, person: str) -> str:
    """Look at what was judged."""
    actor, now = _somebody(world, dice, person), clock.now()
    request = AssessmentsRequest(
        person=person, start_at=now - timedelta(days=2), until_at=now, **_purpose(actor)
    )
    return do(world, actor, own_record.list_assessments, request, person)[0]


def look_at_looks(world: World, _dice: Random, person: str) -> str:
    """Look at who looked."""
    actor = office_people.own(person)
    return do(world, actor, trail_access.list_looks, LooksRequest(person=person), person)[0]


def look_at_list(world: World, dice: Random, _person: str) -> str:
    """Look at what is to be done."""
    actor = dice.choice((world.people.supervisor, *world.people.officers))
    return do(world, actor, worklist.list_items, EmptyRequest(), None)[0]


def look_at_incident(world: World, dice: Random, person: str) -> str:
    """Look at an incident."""
    incident, actor = _incident(world, dice, person), _somebody(world, dice, person)
    if incident is None:
        return "nothing"
    request = IncidentRequest(incident=incident.id, **_purpose(actor))
    return do(world, actor, incident_review.show, request, person)[0]


def look_at_trail(world: World, dice: Random, person: str) -> str:
    """Look at the trail around an incident."""
    incident, actor = _incident(world, dice, person), _somebody(world, dice, person)
    if incident is None:
        return "nothing"
    request = TrailRequest(person=person, incident=incident.id, **_purpose(actor))
    return do(world, actor, trail_access.trail, request, person)[0]


def decide(world: World, dice: Random, person: str) -> str:
    """Come to a finding, mostly after looking."""
    incident, actor = _incident(world, dice, person), _somebody(world, dice, person)
    if incident is None:
        return "nothing"
    if dice.random() < 0.8:
        request = IncidentRequest(incident=incident.id, **_purpose(actor))
        do(world, actor, incident_review.show, request, person)
    outcomes = finding.conclusions(incident.kind)
    outcome = dice.choice(list(outcomes))
    cause = dice.choice(sorted(outcomes[outcome])) if outcomes[outcome] else None
    decision = RecordFinding(incident.id, outcome, "as it was seen", cause)
    again = dice.random() < 0.2
    action = incident_review.decide_again if again else incident_review.find
    word, _ = do(world, actor, action, decision, person)
    if word in {"done", "unanswered"}:
        world.people.found_by.setdefault(incident.id, set()).add(actor.account)
    return word


def answer_finding(world: World, dice: Random, person: str) -> str:
    """Confirm what another one found, turn it down, or take one's own back."""
    incident = _incident(world, dice, person)
    actor = dice.choice((world.people.supervisor, *world.people.officers))
    if incident is None:
        return "nothing"
    step = dice.randrange(3)
    if step == 0:
        show = IncidentRequest(incident=incident.id, **CASE)
        do(world, actor, incident_review.show, show, person)
        return do(world, actor, incident_review.confirm, IncidentRef(incident.id), person)[0]
    action = incident_review.turn_down if step == 1 else incident_review.take_back
    return do(world, actor, action, FindingReversal(incident.id, "seen otherwise"), person)[0]


def contest(world: World, dice: Random, person: str) -> str:
    """Contest an incident, or say what happened."""
    incident = _incident(world, dice, person)
    actor = office_people.own(person) if dice.random() < 0.8 else _somebody(world, dice, person)
    if incident is None:
        return "nothing"
    action = dice.choice((contests.make, contests.say))
    statement = IncidentStatement(incident.id, "I was at home.")
    word, _ = do(world, actor, action, statement, person)
    world.people.said_of[incident.id] += word == "done" and action is contests.say
    return word


def attach(world: World, dice: Random, person: str) -> str:
    """Attach a document to an incident."""
    incident = _incident(world, dice, person)
    if incident is None:
        return "nothing"
    request = AttachDocument(incident.id, "paper", PDF + dice.randbytes(300))
    return do(world, office_people.own(person), contests.attach, request, person)[0]


def attach_paper(world: World, dice: Random, person: str) -> str:
    """Attach the court's paper to an order; sometimes the person reads it at once."""
    order = world.life_of(person).order
    actor = _somebody(world, dice, person)
    request = AttachPaper(order, 1, "decision.pdf", PDF + dice.randbytes(300))
    word, paper = do(world, actor, court_papers.attach, request, person)
    if word == "done" and dice.random() < 0.5:
        look = CourtPaperRequest(paper=paper)
        word += f", then {do(world, office_people.own(person), court_papers.show, look, person)[0]}"
    return word


def note(world: World, dice: Random, person: str) -> str:
    """Write a note about somebody; sometimes the person reads it at once."""
    happened_at = clock.now() - timedelta(minutes=dice.randrange(1, 90))
    request = WriteNote(person, dice.choice(list(NoteKind)), happened_at, "He called.")
    actor = _somebody(world, dice, person)
    word, written = do(world, actor, case_notes.write, request, person)
    if word == "done":
        world.people.notes[written] = person
    if dice.random() < 0.5:
        look = NotesRequest(person=person)
        own = office_people.own(person)
        word += f", then {do(world, own, case_notes.list_notes, look, person)[0]}"
    return word


def move_case(world: World, dice: Random, person: str) -> str:
    """Give a case to another officer."""
    officer = dice.choice(world.people.officers).account
    request = AssignCase(person, officer)
    word, _ = do(world, world.people.supervisor, caseload.assign, request, person)
    if word == "done":
        world.people.officer_of[person] = officer
    return word


def bar(world: World, dice: Random, person: str) -> str:
    """Bar somebody from a case; mostly they look at it all the same."""
    actor = dice.choice((*world.people.officers, world.people.inspector))
    word = bar_account(world, actor, person)
    is_theirs = actor.account == world.people.officer_of.get(person)
    if word == "done" and is_theirs and narrow_limits.is_narrow(world.seed):
        _look_for_unassigned(world, person)
    if dice.random() < 0.7:
        look = PersonRequest(person=person, **_purpose(actor))
        word += f", then {do(world, actor, persons.show, look, person)[0]}"
    return word


def bar_account(world: World, actor: Actor, person: str) -> str:
    """Have the supervisor bar somebody from a case."""
    request = BarRequest(person, actor.account)
    word, _ = do(world, world.people.supervisor, caseload.bar, request, person)
    if word == "done":
        world.people.barred.add((person, actor.account))
    for holder in world.holders:
        if holder.actor == actor:  # They are signed out, if they were not barred before.
            holder.end_sessions(is_sure=False)
    return word


def _look_for_unassigned(world: World, person: str) -> None:
    """Have a supervisor see that a case is on no list any more."""
    request = UnassignedCasesRequest()
    word, cases = do(world, world.people.supervisor, caseload.nobodys, request, None)
    if word == "done" and person not in {one.person for one in cases}:
        world.broken("unbarred_by_two", f"{person} is still on the list of who is barred")


def overreach_role(world: World, dice: Random, person: str) -> str:
    """Try what one's role may never do."""
    actor = dice.choice((*world.people.everybody, office_people.own(person)))
    tried = overreach.choose(dice, actor.role)
    account = dice.choice(world.people.officers).account
    request = tried.request(world.life_of(person), account)
    about = person if tried.is_about_person else None
    return f"{tried.action.name} {do(world, actor, tried.action, request, about)[0]}"


ACTS: Final[tuple[Act, ...]] = (
    look_at_person, look_at_assessments, look_at_looks, look_at_list,
    look_at_incident, look_at_incident, look_at_trail,
    decide, decide, decide, answer_finding, answer_finding, contest, contest,
    attach, attach_paper, note, move_case, bar, overreach_role, overreach_role,
)  # fmt: skip
