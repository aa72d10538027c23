"""Newcomers: accounts that somebody let in, and what they may do beside them and after a bar.

Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from datetime import timedelta
from typing import Any, Final

from mesure.actions.accounts import printed_cards, service_accounts, staff_accounts
from mesure.actions.accounts.printed_cards import GiveCard, InviteCounsel
from mesure.actions.accounts.service_accounts import OpenServiceAccount
from mesure.actions.accounts.staff_accounts import AccountRef, OpenAccount
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import AssignCase, BarRequest, CaseRequest, EndShift, SetCover
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.framework.action import Action
from mesure.actions.framework.context import Actor
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsenceRef, RequestAbsence
from mesure.actions.trails import grounds, trail_access
from mesure.actions.trails.grounds import AnswerGround, RecordGround
from mesure.actions.trails.trail_access import TrailRequest
from mesure.machine import clock
from mesure.privacy.charge import ChargeBasis
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.acts import CASE
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.office import case_lives, desk_steps, program_lives
from mesure_lab.whole.world import World

BARRED: Final = "access_table"
IN_CHARGE: Final = "who_is_gone_is_not_in_charge"
HOUR: Final = timedelta(hours=1)
LETTERS: Final = "SELECT key FROM outgoing WHERE recipient = ? AND person = ?"


def let_in(world: World, by: Actor, name: str, role: Role = Role.SUPERVISOR) -> Actor:
    """Have a supervisor open an account for another one, or for an officer."""
    request = OpenAccount(name, role, f"{name}@office.example")
    return Actor(world.machine.do(by, staff_accounts.open_account, request).account, role)


def stand_behind(world: World, person: str) -> None:
    """Have newcomers try what takes two people, see what a barred one saw, and stand in."""
    _share_a_giver(world, person)
    _bar_the_giver(world, person)
    _stand_in(world, person)


def _share_a_giver(world: World, person: str) -> None:
    """Have two whom one supervisor let in try to be two people about a ground."""
    supervisor, now = world.people.supervisor, clock.now()
    first, second = (let_in(world, supervisor, f"{name}-{person}") for name in ("one", "other"))
    request = RecordGround(
        person, Purpose.COURT, str(CASE["case_number"]), now - 5 * HOUR, now, "the court asks"
    )
    _, ground = acts.do(world, first, grounds.record, request, person)
    if ground is None:
        return
    look, agree = TrailRequest(person=person, ground=ground, **CASE), AnswerGround(ground, True)
    for by in (second, supervisor):
        desk_steps.ask_in_vain(world, by, grounds.answer, agree, person, case_lives.GROUND)
    desk_steps.ask_in_vain(world, first, trail_access.trail, look, person, case_lives.GROUND)
    word, _ = acts.do(world, case_lives.deputy(world), grounds.answer, agree, person)
    if word == "done" != acts.do(world, first, trail_access.trail, look, person)[0]:
        world.broken(case_lives.GROUND, f"{ground} was agreed to, and shows nothing")
    world.desk.grounds[ground] = person, first, word == "done"


def _bar_the_giver(world: World, person: str) -> None:
    """Have whom somebody let in, human or program, be barred from a case with them."""
    giver = let_in(world, world.people.supervisor, f"giver-{person}")
    until_at = clock.now() + HOUR
    looks: list[tuple[Actor, Action[Any, Any], object]] = [
        (let_in(world, giver, f"friend-{person}"), persons.show,
         PersonRequest(person=person, **CASE))
    ]  # fmt: skip
    invited = InviteCounsel(person, "Counsel", until_at)
    _, card = acts.do(world, giver, printed_cards.invite, invited, person)
    if card is not None:
        counsel = Actor(card.account, Role.COUNSEL, person, let_in_by=giver.account)
        looks.append((counsel, persons.show, PersonRequest(person=person)))
    opened = OpenServiceAccount("Figures", (caseload.in_charge.name,), until_at)
    _, service = acts.do(world, giver, service_accounts.open_service, opened, None)
    program = None if service is None else program_lives.resume(world, service.token)
    if program is not None:
        looks.append((program, caseload.in_charge, CaseRequest(person)))
    world.wait(M)
    if acts.bar_account(world, giver, person) == "done":
        for actor, action, request in looks:
            desk_steps.ask_in_vain(world, actor, action, request, person, BARRED)


def name_the_erased(world: World) -> None:
    """Have a supervisor try to enter what would name somebody again who was erased."""
    until_at, account = clock.now() + HOUR, world.people.officers[0].account
    for person in sorted(world.erased):
        tries: tuple[tuple[Action[Any, Any], object], ...] = (
            (printed_cards.give, GiveCard(person)),
            (printed_cards.invite, InviteCounsel(person, "Counsel", until_at)),
            (caseload.assign, AssignCase(person, account)),
            (caseload.bar, BarRequest(person, account)),
        )
        for action, request in tries:
            supervisor = world.people.supervisor
            desk_steps.ask_in_vain(world, supervisor, action, request, person, "erased_is_gone")


def _stand_in(world: World, person: str) -> None:
    """Have officers stand in who are then barred from the case, or leave."""
    supervisor = world.people.supervisor
    for number, name in enumerate(("barred", "gone")):
        officer = _in_charge(world, person)
        if officer is None or officer.how is not ChargeBasis.OWN:
            return
        by = let_in(world, supervisor, f"{name}-{person}", Role.OFFICER)
        span = clock.now(), clock.now() + HOUR
        request = SetCover(officer.account, by.account, *span)
        word, cover = acts.do(world, supervisor, caseload.cover, request, None)
        stands_in = _in_charge(world, person)
        if word == "done" and stands_in and stands_in.account != by.account:
            world.broken(IN_CHARGE, f"{by.account} covers, and {stands_in.account} is in charge")
        if number:
            world.machine.do(supervisor, staff_accounts.close, AccountRef(by.account))
        else:
            acts.do(world, supervisor, caseload.bar, BarRequest(person, by.account), person)
        _be_told(world, person, by)
        acts.do(world, supervisor, caseload.end_cover, EndShift(cover or ""), None)


def _be_told(world: World, person: str, by: Actor) -> None:
    """Break where somebody who may no longer stand in does, or is written to of a case."""
    after = _in_charge(world, person)
    if after is not None and after.account == by.account:
        world.broken(IN_CHARGE, f"{by.account} is in charge of {person}, and barred or gone")
    world.attempt(world.machine.notify)
    before = world.machine.rows(LETTERS, by.account, person)
    start_at, own = clock.now() + HOUR, office_people.own(person)
    request = RequestAbsence(
        order=world.life_of(person).order, conditions=("C1",), start_at=start_at,
        until_at=start_at + HOUR, reason="ill",
    )  # fmt: skip
    _, absence = acts.do(world, own, absences.ask, request, person)
    world.attempt(world.machine.notify)
    if world.machine.rows(LETTERS, by.account, person) != before:
        world.broken(IN_CHARGE, f"{by.account} is told of {person}, and barred or gone")
    if absence is not None:
        acts.do(world, own, absences.withdraw, AbsenceRef(absence), person)


def _in_charge(world: World, person: str) -> persons.InChargeView | None:
    supervisor, request = world.people.supervisor, CaseRequest(person)
    _, view = acts.do(world, supervisor, caseload.in_charge, request, person)
    return view  # type: ignore[no-any-return]
