"""Counsel: somebody is invited to read one person's record for a time, and tries more than that.

Decision: docs/decisions/0032-signing-in.md; what counsel may see: docs/law.md
"""

from datetime import timedelta
from random import Random
from typing import Any, Final

from mesure.actions.accounts import printed_cards, sign_in
from mesure.actions.accounts.printed_cards import GiveCard, InviteCounsel, PersonAccountsRequest
from mesure.actions.accounts.sign_in import CardSignIn
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.cases import case_notes, persons
from mesure.actions.cases.case_notes import NoteKind, NotesRequest, WriteNote
from mesure.actions.cases.persons import PersonRequest, SetContact
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import HandoversRequest
from mesure.actions.framework.action import Action
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentStatement
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsencesRequest, RequestAbsence
from mesure.actions.refusals.refusals import ActionError
from mesure.machine import clock
from mesure.privacy.roles import Role
from mesure_lab.whole import office_people, sign_in_steps
from mesure_lab.whole.drawn.scenery import H, S
from mesure_lab.whole.lives.desk_memory import KnownCounsel
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.world import World

WHILE_INVITED: Final = "counsel_reads_while_invited"
CHANGES_NOTHING: Final = "counsel_changes_nothing"
NEAR_US: Final = 5 * S
HOURS: Final = (2, 20, 200)
HOME: Final = "203.0.113.77"  # From where they sign in.


def visit_of_counsel(world: World, dice: Random, person: str) -> str:
    """Invite counsel, or have one who was invited come, read, try more, or be sent away."""
    known = [one for one in world.desk.counsel if one.person == person]
    if not known or dice.random() < 0.3:
        return _invite(world, dice, person)
    counsel = dice.choice(known)
    if counsel.is_ended is False and dice.random() < 0.25:
        return _end(world, dice, counsel)
    return _come(world, dice, counsel)


def _invite(world: World, dice: Random, person: str) -> str:
    actor = dice.choice((office_people.own(person), desk_steps.caseworker(world, dice, person)))
    hours = dice.choice(HOURS)
    until_at, until_us = clock.now() + timedelta(hours=hours), clock.now_us() + hours * H
    request = InviteCounsel(person, "Counsel", until_at)
    answer = desk_steps.ask(world, actor, printed_cards.invite, request, person)
    if answer.is_done:
        account = Actor(answer.answer.account, Role.COUNSEL, person, let_in_by=actor.account)
        pin = str(dice.choice((804_217, 551_904, 730_216)))
        known = KnownCounsel(person, account, answer.answer.code, pin, until_us)
        world.desk.counsel.append(known)
    others = [name for name in world.names if name != person]
    if others:
        strange = InviteCounsel(dice.choice(others), "Counsel", until_at)
        own = office_people.own(person)
        action = printed_cards.invite
        desk_steps.ask_in_vain(world, own, action, strange, strange.person, "access_table")
    return answer.word


def _end(world: World, dice: Random, counsel: KnownCounsel) -> str:
    person = counsel.person
    actor = dice.choice((office_people.own(person), world.people.officer(person)))
    request = AccountRef(counsel.actor.account)
    answer = desk_steps.ask(world, actor, printed_cards.end, request, person)
    if answer.is_done:
        counsel.is_ended = True
    elif answer.is_unsure:
        counsel.is_ended = None
    list_them = PersonAccountsRequest(person)
    shown = desk_steps.ask(world, actor, printed_cards.list_counsel, list_them, person)
    for view in shown.answer if shown.is_done else ():
        if view.account == counsel.actor.account and view.is_open and counsel.is_ended:
            world.broken(WHILE_INVITED, f"{view.account} is shown as open, and was ended")
    return answer.word


def _come(world: World, dice: Random, counsel: KnownCounsel) -> str:
    """Come with the card, or with a session that was left open."""
    is_over = counsel.is_ended or clock.now_us() >= counsel.until_us + NEAR_US
    for token in counsel.sessions:
        if sign_in_steps.resume(world, token) is not None and is_over:
            world.broken(WHILE_INVITED, f"a session of {counsel.actor.account} goes on")
    request = CardSignIn(counsel.card, counsel.pin)
    try:
        signed_in = world.machine.visit(sign_in.by_card, request, HOME)
    except OffError:
        world.recover()
        return "unanswered"
    except ActionError as refusal:
        return f"refused: {refusal.reason.value}"
    if is_over:
        world.broken(WHILE_INVITED, f"{counsel.actor.account} gets in, and is invited no more")
    counsel.sessions.append(signed_in.session)
    actor = sign_in_steps.resume(world, signed_in.session)
    if actor is None:
        return "no session"
    if actor != counsel.actor:
        world.broken(WHILE_INVITED, f"{counsel.actor} is seen as {actor}")
    return f"{_read(world, dice, actor, counsel.person)} {_try_more(world, dice, actor)}"


def _read(world: World, dice: Random, actor: Actor, person: str) -> str:
    """Read of their person, and of another one, which must be refused."""
    whose = dice.choice((person, person, *world.names))
    looks: tuple[tuple[Action[Any, Any], object], ...] = (
        (persons.show, PersonRequest(person=whose)),
        (case_notes.list_notes, NotesRequest(person=whose)),
        (handover_notes.list_handovers, HandoversRequest(person=whose)),
        (absences.list_absences, AbsencesRequest(whose)),
    )
    action, request = dice.choice(looks)
    return desk_steps.ask(world, actor, action, request, whose).word


def _try_more(world: World, dice: Random, actor: Actor) -> str:
    """Try to change something: counsel reads, and never does."""
    person, now = str(actor.person), clock.now()
    incidents = world.incidents_of(person)
    start_at = now + timedelta(hours=1)
    leave = RequestAbsence(
        order=world.life_of(person).order, conditions=("C1",), start_at=start_at,
        until_at=start_at + timedelta(hours=1), reason="ill",
    )  # fmt: skip
    changes: list[tuple[Action[Any, Any], object]] = [
        (case_notes.write, WriteNote(person, NoteKind.CALL, now, "By counsel.")),
        (persons.set_contact, SetContact(person, None, "counsel@example.org")),
        (absences.ask, leave),
        (printed_cards.invite, InviteCounsel(person, "Friend", now + timedelta(days=1))),
        (printed_cards.give, GiveCard(person)),
        *((contests.make, IncidentStatement(one.id, "Not so.")) for one in incidents[:1]),
    ]  # fmt: skip
    action, request = dice.choice(changes)
    return desk_steps.ask_in_vain(world, actor, action, request, person, CHANGES_NOTHING)
