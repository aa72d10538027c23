"""Case lives: a barred officer is readmitted by two, a trail has a ground, everybody looks.

Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from datetime import timedelta
from random import Random
from typing import Final

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountName, OpenAccount
from mesure.actions.cases import caseload, saved_views
from mesure.actions.cases.caseload import BarRequest, CaseRequest
from mesure.actions.cases.saved_views import SavedViewRef, SaveView
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.trails import grounds, trail_access
from mesure.actions.trails.grounds import AnswerGround, GroundsRequest, RecordGround
from mesure.actions.trails.trail_access import TrailRequest
from mesure.machine import clock
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.acts import CASE, INSPECTION
from mesure_lab.whole.lives import desk_looks
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.world import World

BY_TWO: Final = "unbarred_by_two"
GROUND: Final = "no_trail_without_a_ground"
LOOKS_AT_ONCE: Final = 6


# --- Bars ----------------------------------------------------------------------------------------


def let_in_again(world: World, dice: Random, person: str) -> str:
    """Bar somebody, or let them in again: one supervisor asks, and another one confirms."""
    people = world.people
    barred = [one for one in people.everybody if (person, one.account) in people.barred]
    if not barred:
        word = acts.bar(world, dice, person)
        world.recover()
        return word
    actor, supervisor = dice.choice(barred), people.supervisor
    request = BarRequest(person, actor.account)
    early = desk_steps.ask(world, supervisor, caseload.list_bars, CaseRequest(person), person)
    bars = [bar for bar in early.answer or () if bar.account == actor.account]
    is_asked = any(bar.unbar_by for bar in bars)
    by_other = deputy(world)
    if early.is_done and not is_asked:
        confirm = caseload.confirm_unbar
        desk_steps.ask_in_vain(world, by_other, confirm, request, person, BY_TWO)
    word = desk_steps.ask(world, supervisor, caseload.unbar, request, person).word
    desk_steps.ask_in_vain(world, supervisor, caseload.confirm_unbar, request, person, BY_TWO)
    acts.look_at_person(world, dice, person)
    world.recover()
    if dice.random() < 0.3:
        return word
    answer = desk_steps.ask(world, by_other, caseload.confirm_unbar, request, person)
    if answer.is_unsure:
        people.unsure.add(person)
    elif answer.is_done:
        people.barred.discard((person, actor.account))
    return answer.word


def deputy(world: World) -> Actor:
    """Return a second supervisor, whom the machine lets in so that they are two people."""
    if world.desk.deputy is None:
        world.disk.spare()  # Nobody is to be unsure of who works here.
        request = OpenAccount("Deputy", Role.SUPERVISOR, "deputy@office.example")
        supervisor = world.people.supervisor
        opened = world.machine.do(supervisor, staff_accounts.open_account, request)
        world.machine.do(PROGRAM, staff_accounts.let_in, AccountName(opened.account))
        world.desk.deputy = Actor(opened.account, Role.SUPERVISOR)
    return world.desk.deputy


# --- Grounds -------------------------------------------------------------------------------------


def have_ground(world: World, dice: Random, person: str) -> str:
    """Record a ground for a look at a trail, answer one, and look."""
    known = [name for name, (whose, *_) in world.desk.grounds.items() if whose == person]
    if not known or dice.random() < 0.4:
        return _record(world, dice, person)
    name = dice.choice(known)
    _, first, is_agreed = world.desk.grounds[name]
    supervisor = world.people.supervisor
    if is_agreed is None and dice.random() < 0.6:
        return _answer(world, dice, name)
    request = TrailRequest(person=person, ground=name, **CASE)
    actor = dice.choice((first, supervisor))
    if is_agreed:
        word = desk_steps.ask(world, actor, trail_access.trail, request, person).word
    else:
        trail = trail_access.trail
        word = desk_steps.ask_in_vain(world, actor, trail, request, person, GROUND)
    _read(world, person)
    return word


def _record(world: World, dice: Random, person: str) -> str:
    actor, now = desk_steps.caseworker(world, dice, person), clock.now()
    start_at = now - timedelta(hours=dice.choice((5, 90)))
    request = RecordGround(
        person, Purpose.COURT, str(CASE["case_number"]), start_at, now, "the court asks"
    )
    if now - start_at > timedelta(days=3):
        record = grounds.record
        return desk_steps.ask_in_vain(world, actor, record, request, person, GROUND)
    answer = desk_steps.ask(world, actor, grounds.record, request, person)
    if answer.is_done:
        world.desk.grounds[answer.answer] = person, actor, None
    return answer.word


def _answer(world: World, dice: Random, name: str) -> str:
    """Agree to a ground, or turn it down; the officer who recorded it cannot agree."""
    person, first, _ = world.desk.grounds[name]
    supervisor, agrees = world.people.supervisor, dice.random() < 0.5
    request, action = AnswerGround(name, agrees), grounds.answer
    if first == supervisor:
        return desk_steps.ask_in_vain(world, supervisor, action, request, person, GROUND)
    answer = desk_steps.ask(world, supervisor, action, request, person)
    if answer.is_unsure:
        del world.desk.grounds[name]
    elif answer.is_done:
        world.desk.grounds[name] = person, first, agrees
    return answer.word


def _read(world: World, person: str) -> None:
    """Have the person read why their trail was to be seen."""
    own, request = office_people.own(person), GroundsRequest(person=person)
    answer = desk_steps.ask(world, own, grounds.list_grounds, request, person)
    shown = {view.ground for view in answer.answer} if answer.is_done else set()
    known = {name for name, (whose, *_) in world.desk.grounds.items() if whose == person}
    if answer.is_done and not known <= shown:
        world.broken(GROUND, f"{person} does not read of {known - shown}")


# --- Looks ---------------------------------------------------------------------------------------


def look_everywhere(world: World, dice: Random, person: str) -> str:
    """Have somebody look at some of all there is, whether it is theirs or not."""
    people, life = world.people, world.life_of(person)
    others = [office_people.own(name) for name in world.names if name != person]
    counsel = [one.actor for one in world.desk.counsel if one.is_ended is False]
    everybody = (*people.everybody, office_people.own(person), *others, *counsel)
    words = []
    for look in dice.sample(desk_looks.LOOKS, LOOKS_AT_ONCE):
        actor = dice.choice(everybody)
        why = {Role.INSPECTOR: INSPECTION, Role.PERSON: {}, Role.COUNSEL: {}}.get(actor.role, CASE)
        about = person if look.is_about_person else None
        answer = desk_steps.ask(world, actor, look.action, look.request(life, why), about)
        words.append(f"{look.action.name} {answer.word}")
    words.append(_views(world, dice))
    return ", ".join(words)


def _views(world: World, dice: Random) -> str:
    """Save a view of a list; another's can be neither seen nor removed."""
    actor, other = dice.sample(world.people.officers, 2)
    request = SaveView(f"View {dice.randrange(9)}", ())
    saved = desk_steps.ask(world, actor, saved_views.save, request)
    if saved.is_done:
        reference, remove = SavedViewRef(saved.answer), saved_views.remove
        desk_steps.ask_in_vain(world, other, remove, reference, None, "access_table")
        listed = desk_steps.ask(world, other, saved_views.list_views, EmptyRequest())
        if listed.is_done and saved.answer in {one.view for one in listed.answer}:
            world.broken("access_table", f"{other.account} sees a view of {actor.account}")
        if dice.random() < 0.5:
            desk_steps.ask(world, actor, remove, reference)
    return saved.word
