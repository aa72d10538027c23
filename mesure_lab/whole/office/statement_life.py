"""Statements: what a person said about an incident is taken back by them alone, and read by many.

Law: Directive (EU) 2016/680, article 16
"""

from random import Random
from typing import Any, Final

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import SetLanguage
from mesure.actions.bundles import bundle_grounds
from mesure.actions.bundles.bundle_grounds import RequestBundleGround
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import brief_answers, contests
from mesure.actions.incidents.brief_answers import AnswerBrief
from mesure.actions.incidents.contests import (
    AttachDocument,
    ContestRef,
    DocumentRef,
    DocumentRequest,
    IncidentRequest,
    IncidentStatement,
)
from mesure.actions.oversight import office_setup
from mesure.actions.oversight.office_setup import RecordDrill, RenameAccount
from mesure.incidents.brief import BriefAnswer
from mesure.machine import clock
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure_lab.whole import office_people
from mesure_lab.whole.acts import CASE, PDF
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.world import World

GONE: Final = "taken_back_is_gone"


def say_and_take_back(world: World, dice: Random, person: str) -> str:
    """Contest an incident or attach a document, and take it back; or set up the office's words."""
    incidents = world.incidents_of(person)
    if not incidents or dice.random() < 0.2:
        return _set_up(world, dice)
    incident = dice.choice(incidents).id
    step = dice.choice((_contest, _document, _document, _answer_briefly, _ask_for_bundle))
    word = step(world, dice, incident, person)
    actor = desk_steps.caseworker(world, dice, person)
    look = IncidentRequest(incident=incident, **CASE)
    desk_steps.ask(world, actor, contests.show, look, person)
    return f"{step.__name__} {word}"


def _contest(world: World, dice: Random, incident: str, person: str) -> str:
    """Contest an incident, and take that back; nobody else can, and nobody a second time."""
    own, statement = office_people.own(person), IncidentStatement(incident, "I was at home.")
    contest = desk_steps.ask(world, own, contests.make, statement, person)
    if not contest.is_done:
        return contest.word
    reference, withdraw = ContestRef(contest.answer), contests.withdraw
    stranger = desk_steps.stranger_to(world, dice, person)
    desk_steps.ask_in_vain(world, stranger, withdraw, reference, person, "access_table")
    answer = desk_steps.ask(world, own, withdraw, reference, person)
    if answer.is_done:
        desk_steps.ask_in_vain(world, own, withdraw, reference, person, GONE)
    return answer.word


def _document(world: World, dice: Random, incident: str, person: str) -> str:
    """Attach a document, have it read, and take it back: then nobody reads it."""
    own = office_people.own(person)
    request = AttachDocument(incident, "letter", PDF + dice.randbytes(300))
    attached = desk_steps.ask(world, own, contests.attach, request, person)
    if not attached.is_done:
        return attached.word
    look, reader = DocumentRequest(attachment=attached.answer, **CASE), world.people.supervisor
    read = desk_steps.ask(world, reader, contests.document, look, person)
    if read.is_done and read.answer.content != request.content:
        world.broken(GONE, f"{attached.answer} is read with other bytes")
    reference = DocumentRef(attached.answer)
    answer = desk_steps.ask(world, own, contests.take_back_document, reference, person)
    if answer.is_done:
        desk_steps.ask_in_vain(world, reader, contests.document, look, person, GONE)
    return answer.word


def _answer_briefly(world: World, dice: Random, incident: str, person: str) -> str:
    """Answer an incident as one of several brief ones; most are not."""
    actor = desk_steps.caseworker(world, dice, person)
    request = AnswerBrief(incident, dice.choice(list(BriefAnswer)), "as the others")
    answer = desk_steps.ask(world, actor, brief_answers.answer, request, person)
    if answer.is_done or answer.is_unsure:
        world.people.found_by.setdefault(incident, set()).add(actor.account)
    return answer.word


def _ask_for_bundle(world: World, dice: Random, incident: str, person: str) -> str:
    """Record why the days before an incident are needed; a danger is no reason for that."""
    actor = desk_steps.caseworker(world, dice, person)
    number = str(CASE["case_number"])
    wrong = RequestBundleGround(incident, Purpose.DANGER, number, "in haste")
    ask = bundle_grounds.ask
    desk_steps.ask_in_vain(world, actor, ask, wrong, person, "no_trail_without_a_ground")
    request = RequestBundleGround(incident, Purpose.COURT, number, "the court asks")
    return desk_steps.ask(world, actor, ask, request, person).word


def _set_up(world: World, dice: Random) -> str:
    """Say what somebody is called and reads, and that a backup was tried; not by everybody."""
    people = world.people
    actor: Actor = dice.choice(people.everybody)
    rename = RenameAccount(actor.account, f"Officer {dice.randrange(99)}")
    drill = RecordDrill(clock.now().date())
    asks: tuple[tuple[Any, object, set[Role]], ...] = (
        (office_setup.rename, rename, {Role.SUPERVISOR}),
        (office_setup.record_drill, drill, {Role.SUPERVISOR, Role.OPERATOR}),
        (staff_accounts.set_language, SetLanguage(dice.choice(("en", "kk", "fr"))), set(Role)),
    )
    action, request, may = dice.choice(asks)
    if actor.role not in may:
        return desk_steps.ask_in_vain(world, actor, action, request, None, "access_table")
    return desk_steps.ask(world, actor, action, request).word
