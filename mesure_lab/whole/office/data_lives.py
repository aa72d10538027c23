"""Data lives: requests for a person's data, contact addresses, announced departures.

Law: Directive (EU) 2016/680, articles 14 and 16; decision: docs/decisions/0033-api-and-webhooks.md
"""

from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any, Final

import msgspec

from mesure.actions.cases import contact_check, persons
from mesure.actions.cases.contact_check import (
    ContactCheck,
    ContactTrial,
    PersonTrialRef,
    SetOwnContact,
)
from mesure.actions.cases.persons import ChangeDetails, PersonRequest, SetContact
from mesure.actions.data_rights import outside_requests, subject_access
from mesure.actions.data_rights.outside_requests import (
    AnswerOutsideRequest,
    DataCategory,
    OutsideRequestsQuery,
    RecordOutsideRequest,
    ReviewOutsideRequest,
    Urgency,
)
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.desk import absence_lists
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.orders import absences
from mesure.actions.orders.absences import (
    AbsenceRef,
    AbsencesRequest,
    AbsenceStage,
    AnswerAbsence,
    RequestAbsence,
)
from mesure.machine import clock
from mesure_lab.whole import office_people
from mesure_lab.whole.acts import CASE
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.lives.desk_memory import FormerAddress
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.simulated.elsewhere import OF_SHARP_S
from mesure_lab.whole.world import World

EVERYTHING: Final = "everything_is_handed_over"
BY_TWO: Final = "outside_is_answered_by_two"
ASKED: Final = "asked_is_not_granted"
PAPER: Final = sha256(b"a request on paper").hexdigest()


# --- Requests for data ---------------------------------------------------------------------------


def ask_for_data(world: World, dice: Random, person: str) -> str:
    """Have a person get everything about themselves, or an authority ask for some of it."""
    if dice.random() < 0.4:
        return _own_data(world, dice, person)
    known = [name for name, (whose, _) in world.desk.outside.items() if whose == person]
    if not known or dice.random() < 0.5:
        return _record(world, dice, person)
    return _answer(world, dice, dice.choice(known))


def _own_data(world: World, dice: Random, person: str) -> str:
    """Get everything that is kept: what is known of it is in it, and nobody else is."""
    own, request = office_people.own(person), OwnRecordRequest(person)
    stranger = desk_steps.stranger_to(world, dice, person)
    everything = subject_access.everything
    desk_steps.ask_in_vain(world, stranger, everything, request, person, EVERYTHING)
    answer = desk_steps.ask(world, own, everything, request, person)
    if not answer.is_done:
        return answer.word
    hold_everything(world, person, answer.answer.tables)
    return answer.word


def hold_everything(world: World, person: str, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Break where what is known about somebody is not handed over, or anybody else is named."""
    text = msgspec.json.encode(tables).decode()
    for name in _things_about(world, person):
        if name not in text:
            world.broken(EVERYTHING, f"{name} is kept about {person} and not handed over")
    for other in world.names:
        # Who tried to look is named by their account, which here has their name in it.
        if other != person and other in text.replace(f"own-{other}", ""):
            world.broken(EVERYTHING, f"{person} gets what is about {other}")


def _things_about(world: World, person: str) -> list[str]:
    """Return what is known to be kept about somebody: names, and the latest texts of notes."""
    desk = world.desk
    notes = {**desk.notes, **desk.handovers}
    texts = [note.texts[-1] for note in notes.values() if note.person == person]
    names = [name for name, note in notes.items() if note.person == person]
    names += [name for name, draft in desk.drafts.items() if draft.person == person]
    names += [name for name, (whose, _) in desk.outside.items() if whose == person]
    names += [name for name, (whose, _) in desk.departures.items() if whose == person]
    return names + texts


def request_for(person: str, *, has_trail: bool = False) -> RecordOutsideRequest:
    """Return what an authority asks for about somebody."""
    now = clock.now()
    return RecordOutsideRequest(
        person=person,
        authority="Police of Almaty",
        case_number="KP-7",
        reason="A theft near the stadium.",
        data=(DataCategory.TRAIL,) if has_trail else (DataCategory.ORDER,),
        why_no_less="Nothing else says it.",
        urgency=Urgency.DAYS,
        signed_by="A prosecutor",
        signed_on=now.date(),
        document_sha256=PAPER,
        genuine_by_call="Called back.",
        received_at=now,
        start_at=now - timedelta(hours=5) if has_trail else None,
        until_at=now if has_trail else None,
    )


def _record(world: World, dice: Random, person: str) -> str:
    """Write down what an authority asks for; a trail of no span must be refused."""
    actor = desk_steps.caseworker(world, dice, person)
    request = request_for(person, has_trail=dice.random() < 0.4)
    vague = msgspec.structs.replace(request, data=(DataCategory.TRAIL,), until_at=None)
    record = outside_requests.record
    desk_steps.ask_in_vain(world, actor, record, vague, person, BY_TWO)
    answer = desk_steps.ask(world, actor, record, request, person)
    if answer.is_done:
        world.desk.outside[answer.answer] = person, actor.account
    return answer.word


def _answer(world: World, dice: Random, name: str) -> str:
    """Answer a request, or look at it again; those who had a part in it cannot."""
    person, written_by = world.desk.outside[name]
    supervisor = world.people.supervisor
    answer_it = AnswerOutsideRequest(name, dice.random() < 0.5, "As far as it serves.")
    review = ReviewOutsideRequest(name, is_in_order=True)
    action = outside_requests.answer
    if written_by == supervisor.account:
        desk_steps.ask_in_vain(world, supervisor, action, answer_it, person, BY_TWO)
        actor = world.desk.deputy
        if actor is None:
            return "nobody else"
        word = desk_steps.ask(world, actor, action, answer_it, person).word
    else:
        word = desk_steps.ask(world, supervisor, action, answer_it, person).word
        if word == "done":
            again = outside_requests.review
            desk_steps.ask_in_vain(world, supervisor, again, review, person, BY_TWO)
        if word == "done" and world.desk.deputy is not None:
            deputy = world.desk.deputy
            desk_steps.ask(world, deputy, outside_requests.review, review, person)
    _read_outside(world, person)
    return word


def _read_outside(world: World, person: str) -> None:
    """Have the person read who asked for their data: none of it is kept from them."""
    own, request = office_people.own(person), OutsideRequestsQuery(person=person)
    answer = desk_steps.ask(world, own, outside_requests.list_requests, request, person)
    shown = {view.request: view.kept for view in answer.answer} if answer.is_done else {}
    known = [name for name, (whose, _) in world.desk.outside.items() if whose == person]
    for name in known if answer.is_done else ():
        if name not in shown:
            world.broken(EVERYTHING, f"{person} does not read of the request {name}")
        if shown[name].recorded_by == shown[name].answered_by:
            world.broken(BY_TWO, f"{name} was answered by who wrote it down")


# --- Contacts ------------------------------------------------------------------------------------


def change_contact(world: World, dice: Random, person: str) -> str:
    """Change how somebody is written to, or have a letter tried."""
    if dice.random() < 0.3:
        return _own_contact(world, dice)
    if dice.random() < 0.3:
        return _try_letter(world, dice, person)
    address = f"{person.lower()}.{dice.randbytes(3).hex()}@example.org"
    if narrow_limits.is_narrow(world.seed):
        address = address.replace(*dice.choice((("", ""), ("example.org", OF_SHARP_S[1]))))
    actor = dice.choice((office_people.own(person), world.people.officer(person)))
    request: SetContact | ChangeDetails = SetContact(person, None, address)
    action: Any = persons.set_contact
    if actor.person is None:
        request = ChangeDetails(person, f"Somebody {person}", "en", None, address)
        action = persons.change_details
    before = world.addresses(person)
    wrong = msgspec.structs.replace(request, email="a@b, c@d")
    desk_steps.ask_in_vain(world, actor, action, wrong, person, "written_where_one_said")
    answer = desk_steps.ask(world, actor, action, request, person)
    if answer.is_unsure:
        world.desk.addresses[person] = [address, *before]
    elif answer.is_done:
        world.desk.addresses[person] = [*before, address]
        letters = len(world.mail.texts)
        world.desk.former += [FormerAddress(one, letters) for one in before]
        _look_at_address(world, actor, person, address)
    return answer.word


def _look_at_address(world: World, actor: Actor, person: str, address: str) -> None:
    says_why = {} if actor.person else CASE
    request = PersonRequest(person=person, **says_why)
    shown = desk_steps.ask(world, actor, persons.show, request, person)
    if shown.is_done and shown.answer.email != address:
        world.broken("written_where_one_said", f"{person} is written to at {shown.answer.email}")


def _own_contact(world: World, dice: Random) -> str:
    """Have somebody who works here choose another address, and a letter tried."""
    officer = dice.choice(world.people.officers)
    address = f"news.{dice.randbytes(3).hex()}@office.example"
    set_own = SetOwnContact(address)
    answer = desk_steps.ask(world, officer, contact_check.set_own, set_own)
    if answer.is_done:
        shown = desk_steps.ask(world, officer, contact_check.own, EmptyRequest())
        if shown.is_done and shown.answer.email != address:
            world.broken("written_where_one_said", f"{officer.account}: {shown.answer.email}")
    trial = desk_steps.ask(world, officer, contact_check.try_own, EmptyRequest())
    if trial.is_done:
        look = ContactTrial(trial.answer.trial)
        desk_steps.ask(world, officer, contact_check.own_trial, look)
    return answer.word


def _try_letter(world: World, dice: Random, person: str) -> str:
    actor = dice.choice((office_people.own(person), world.people.officer(person)))
    request = ContactCheck(person)
    trial = desk_steps.ask(world, actor, contact_check.try_person, request, person)
    if trial.is_done:
        look = PersonTrialRef(person, trial.answer.trial)
        desk_steps.ask(world, actor, contact_check.person_trial, look, person)
    return trial.word


# --- Notices of leaving --------------------------------------------------------------------------


def give_notice(world: World, dice: Random, person: str) -> str:
    """Have a person say that they leave, which frees them of nothing until somebody agrees."""
    own, order = office_people.own(person), world.life_of(person).order
    start_at = clock.now() + timedelta(minutes=dice.choice((-20, 5, 300)))
    until_at = start_at + timedelta(hours=dice.choice((1, 9)))
    request = RequestAbsence(
        order=order, conditions=("C1",), start_at=start_at, until_at=until_at, reason="ill"
    )
    stranger = desk_steps.stranger_to(world, dice, person)
    notify = absences.notify_departure
    desk_steps.ask_in_vain(world, stranger, notify, request, person, "access_table")
    answer = desk_steps.ask(world, own, notify, request, person)
    if not answer.is_done:
        return answer.word
    name = answer.answer
    world.desk.departures[name] = person, AbsenceStage.ASKED.value
    _look_at_absences(world, own, person)
    step = dice.choice(("waits", "withdrawn", "refused", "granted"))
    if step != "waits":
        _settle(world, own, name, step)
        _look_at_absences(world, own, person)
    return f"{answer.word}, {step}"


def _settle(world: World, own: Actor, name: str, step: str) -> None:
    """Have a notice taken back by the person, or answered by an officer."""
    person, _ = world.desk.departures[name]
    if step == "withdrawn":
        answer = desk_steps.ask(world, own, absences.withdraw, AbsenceRef(name), person)
    else:
        grants = step == "granted"
        if grants:
            world.desk.varied.add(person)
        reply = AnswerAbsence(name, grants, "as the order says")
        desk_steps.ask_in_vain(world, own, absences.answer, reply, person, ASKED)
        supervisor = world.people.supervisor
        answer = desk_steps.ask(world, supervisor, absences.answer, reply, person)
        look = AbsenceRef(name)
        desk_steps.ask(world, supervisor, absence_lists.absence, look, person)
    if answer.is_unsure:
        del world.desk.departures[name]
    elif answer.is_done:
        world.desk.departures[name] = person, step


def _look_at_absences(world: World, own: Actor, person: str) -> None:
    request = AbsencesRequest(person)
    answer = desk_steps.ask(world, own, absences.list_absences, request, person)
    for view in answer.answer if answer.is_done else ():
        _, stage = world.desk.departures.get(view.absence, (person, None))
        if stage not in {None, view.kept.stage}:
            world.broken(ASKED, f"{view.absence} is {view.kept.stage}, and was left as {stage}")
