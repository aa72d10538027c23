"""Every action there is, tried as everybody there is, against a table that a person wrote.

An action without a row fails, and a row without an action. A row says who may: O officer, S
supervisor, T operator, I inspector, P person, C counsel, A another program, M itself, V a visitor.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from mesure.actions.framework.action import Action, ActionType, ReadRequest
from mesure.actions.framework.context import Actor
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.actions.registry import ACTIONS
from mesure.privacy import purposes
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import CASEWORK, OWN_SIDE, STAFF, Role
from mesure.store.values.faults import LostKeyError
from tests.actions import house
from tests.actions.house import Office
from tests.actions.requests_made_up import sample

LETTERS = dict(zip("OSTIPCAMV", Role, strict=True))

MAY = {
    "absences.answer": "OS",
    "absences.ask": "OSP",
    "absences.declare_emergency": "OSP",
    "absences.give": "OS",
    "absences.list": "OSPC",
    "absences.notify_departure": "OSP",
    "absences.revoke": "OS",
    "absences.show": "OS",
    "absences.withdraw": "OSP",
    "accounts.begin_setup": "V",
    "accounts.close": "S",
    "accounts.finish_setup": "V",
    "accounts.let_in": "M",
    "accounts.list": "STI",
    "accounts.open": "S",
    "accounts.open_first": "M",
    "accounts.rename": "S",
    "accounts.reset": "S",
    "accounts.set_language": "OSTIPC",
    "answers.forget": "M",
    "assessments.list": "OSIPC",
    "assignments.end_due": "M",
    "assignments.give": "OS",
    "assignments.list": "OSPC",
    "assignments.swap": "OS",
    "assignments.take_back": "OS",
    "audit_log.checkpoint": "STIA",
    "judging.not_judged": "STIA",
    "audit_log.consistency": "STIA",
    "audit_log.inclusion": "STIA",
    "audit_log.lines": "STIA",
    "audit_log.record": "I",
    "bundle.add_papers": "OS",
    "bundle.ask": "OS",
    "bundle.made": "OSPC",
    "bundle.make": "OSPC",
    "cards.give": "OS",
    "cards.show": "P",
    "caseload.assign": "S",
    "caseload.bar": "S",
    "caseload.barred": "SI",
    "caseload.confirm_unbar": "S",
    "caseload.cover": "OS",
    "caseload.covers": "OSI",
    "caseload.end_cover": "OS",
    "caseload.end_on_call": "S",
    "caseload.in_charge": "OSIPCA",
    "caseload.list": "OS",
    "caseload.next_edges": "OS",
    "caseload.nobodys": "S",
    "caseload.on_call": "S",
    "caseload.overview": "OS",
    "caseload.unbar": "S",
    "colleagues.list": "OSI",
    "contacts.own": "OSTI",
    "contacts.own_trial": "OSTI",
    "contacts.person_trial": "OSP",
    "contacts.set_own": "OSTI",
    "contacts.try_own": "OSTI",
    "contacts.try_person": "OSP",
    "contests.attach": "OSP",
    "contests.document": "OSIPC",
    "contests.make": "P",
    "contests.say": "OSP",
    "contests.show": "OSIPC",
    "contests.take_back_document": "P",
    "contests.withdraw": "P",
    "counsel.end": "OSP",
    "counsel.invite": "OSP",
    "counsel.list": "OSP",
    "devices.add": "OSTA",
    "devices.carried_health": "OSPC",
    "devices.change_pilot": "OSTA",
    "devices.enrol_pilot": "OSTA",
    "devices.give_code": "OSTA",
    "devices.introduce": "V",
    "devices.list": "OSTA",
    "devices.messages": "OST",
    "devices.retire": "OSTA",
    "devices.show": "OSTA",
    "enrolment.list": "OSIPC",
    "enrolment.record": "OS",
    "erasure.homes": "M",
    "erasure.messages": "M",
    "erasure.persons": "M",
    "erasure.records": "M",
    "erasure.refused": "M",
    "erasure.sent": "M",
    "grounds.answer": "S",
    "grounds.list": "OSIPC",
    "grounds.record": "OS",
    "handovers.confirm": "OS",
    "handovers.correct": "OS",
    "handovers.facts": "OS",
    "handovers.list": "OSIPC",
    "handovers.take_back": "OS",
    "handovers.unconfirm": "OS",
    "handovers.unconfirmed": "S",
    "handovers.write": "OS",
    "incidents.answer_brief": "OS",
    "incidents.confirm": "OS",
    "incidents.decide_again": "OS",
    "incidents.find": "OS",
    "incidents.follow": "OSA",
    "incidents.list": "OSPCA",
    "incidents.show": "OSIPC",
    "incidents.take_back": "OS",
    "incidents.turn_down": "OS",
    "inspection.looks": "I",
    "inspection.search": "I",
    "kept.everything": "P",
    "kept.list": "OSPC",
    "looks.list": "OSIPC",
    "looks.trail": "OSPC",
    "looks.trail_file": "OSPC",
    "notify.escalate": "M",
    "notify.follow": "M",
    "notify.overdue": "M",
    "notes.correct": "OS",
    "notes.list": "OSIPC",
    "notes.take_back": "OS",
    "notes.write": "OS",
    "office.first_week": "ST",
    "office.record_drill": "ST",
    "orders.attach_draft_paper": "OS",
    "orders.attach_paper": "OS",
    "orders.begin_draft": "OS",
    "orders.binding": "OSIPC",
    "orders.confirm": "OS",
    "orders.drafts": "OS",
    "orders.drop_draft": "OS",
    "orders.end": "OS",
    "orders.change_end": "OS",
    "orders.enter": "OSA",
    "orders.enter_draft": "OS",
    "orders.keep_draft": "OS",
    "orders.paper": "OSIPC",
    "orders.papers": "OSIPC",
    "orders.pending": "OS",
    "orders.second_officers": "OS",
    "orders.show": "OSIPC",
    "orders.show_draft": "OS",
    "orders.suspend": "OS",
    "orders.take_back_paper": "OS",
    "orders.turn_down": "OS",
    "orders.undo_draft": "OS",
    "orders.waiting": "OS",
    "outside.answer": "S",
    "outside.list": "OSIPC",
    "outside.register": "SI",
    "outside.record": "OS",
    "outside.review": "S",
    "outside.sample": "SI",
    "passkeys.add": "OSTI",
    "passkeys.begin": "OSTI",
    "passkeys.list": "OSTI",
    "passkeys.remove": "OSTI",
    "persons.change_details": "OS",
    "persons.enter": "OSA",
    "persons.set_contact": "P",
    "persons.show": "OSIPC",
    "policies.enter": "M",
    "programme.export": "M",
    "programme.import": "M",
    "services.close": "ST",
    "services.list": "STI",
    "services.open": "S",
    "sign_in.by_card": "V",
    "sign_in.by_directory": "V",
    "sign_in.by_passkey": "V",
    "sign_in.by_password": "V",
    "sign_in.change_password": "OSTIPC",
    "sign_in.forget_failures": "M",
    "sign_in.out": "OSTIPC",
    "sign_in.out_everywhere": "OSTIPC",
    "statistics.count": "M",
    "statistics.show": "SI",
    "today.absences": "OS",
    "today.list": "OS",
    "today.officers": "S",
    "today.overdue": "S",
    "today.overdue_count": "S",
    "views.list": "OS",
    "views.remove": "OS",
    "views.save": "OS",
    "venues.approve": "OS",
    "venues.decide": "OS",
    "venues.file": "OS",
    "venues.import": "OS",
    "venues.import_extract": "M",
    "venues.lists": "OSI",
    "venues.points": "OS",
    "venues.show": "OSI",
    "webhooks.add": "T",
    "webhooks.deliveries": "STI",
    "webhooks.list": "STI",
    "webhooks.remove": "T",
    "webhooks.try": "T",
}

# Someone on no side but their own reads and answers; nothing of theirs decides.
_DECIDE = ("answer_brief", "confirm", "decide_again", "find", "turn_down")
DECIDES = {f"incidents.{name}" for name in _DECIDE}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with house.office(tmp_path_factory.mktemp("who_may")) as office:
        yield office


@pytest.fixture(scope="module")
def actors(office: Office) -> dict[Role, Actor]:
    """Return one of each kind, all of them about the same person."""
    actors = {role: office.account(f"A-{role}", role) for role in STAFF}
    office.person("P-1", actors[Role.OFFICER])
    actors |= {role: office.account(f"A-{role}", role, "P-1") for role in OWN_SIDE}
    names = frozenset(ACTIONS)
    actors[Role.SERVICE] = Actor("A-service", Role.SERVICE, scopes=names)
    actors[Role.PROGRAM] = Actor("program", Role.PROGRAM)
    actors[Role.VISITOR] = Actor("visitor", Role.VISITOR)
    return actors


def test_every_action_has_a_row_and_every_row_an_action() -> None:
    assert set(MAY) == set(ACTIONS)
    assert set(LETTERS.values()) == set(Role)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_is_for_those_of_its_row(name: str) -> None:
    assert {LETTERS[letter] for letter in MAY.get(name, "")} == ACTIONS[name].allows


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_is_tried_as_every_role(
    name: str, office: Office, actors: dict[Role, Actor]
) -> None:
    action = ACTIONS[name]
    for role, actor in actors.items():
        before = office.size()
        reason = _tried(office, actor, action)
        if LETTERS_OF[role] in MAY[name]:
            assert reason is not AccessRefusal.ROLE
        else:
            assert reason is AccessRefusal.ROLE
            entered = office.log(before)
            assert [one["facts"]["refused"] for one in entered] == ["role"]
            assert (entered[0]["action"], entered[0]["by"]) == (name, actor.account)


LETTERS_OF = {role: letter for letter, role in LETTERS.items()}


def _tried(
    office: Office, actor: Actor, action: Action[Any, Any], request: object = None
) -> object:
    """Return why an action was refused; None where it was done, or failed in another way."""
    try:
        office.do(actor, action, sample(action.asks))
    except NotAllowedError as refused:
        return refused.reason
    except (ActionError, LostKeyError):  # A sample names somebody who is not there.
        pass
    return None


# --- What follows from the table ---------------------------------------------------------------


def test_only_officers_and_supervisors_decide() -> None:
    for name in DECIDES:
        assert ACTIONS[name].allows <= CASEWORK


def test_counsel_and_inspectors_change_nothing_of_a_case() -> None:
    own = {"sign_in.out", "sign_in.out_everywhere", "sign_in.change_password"}
    own |= {"accounts.set_language", "passkeys.begin", "passkeys.add", "passkeys.remove"}
    own |= {"contacts.try_own", "contacts.set_own"}  # A message to themselves, and where to.
    own |= {"bundle.make", "bundle.made"}  # A paper that changes nothing.
    for role in (Role.COUNSEL, Role.INSPECTOR):
        may = {name for name, one in ACTIONS.items() if role in one.allows}
        assert {name for name in may if ACTIONS[name].sort is ActionType.CHANGE} <= own


def test_nobody_signs_in_as_the_program_itself() -> None:
    for action in ACTIONS.values():
        if Role.PROGRAM in action.allows:
            assert action.allows == {Role.PROGRAM}, action.name
        if Role.VISITOR in action.allows:
            assert action.allows == {Role.VISITOR}, action.name


def test_operators_open_no_case(office: Office, actors: dict[Role, Actor]) -> None:
    operator = actors[Role.OPERATOR]
    for name, action in ACTIONS.items():
        if Role.OPERATOR in action.allows:
            assert not issubclass(action.asks, ReadRequest), name
            _tried(office, operator, action)
            assert "P-1" not in office.last()["persons"]


def test_a_token_opens_only_what_it_was_given_for(
    office: Office, actors: dict[Role, Actor]
) -> None:
    bare = replace(actors[Role.SERVICE], scopes=frozenset())
    for action in ACTIONS.values():
        if Role.SERVICE in action.allows:
            assert _tried(office, bare, action) is AccessRefusal.SCOPE


BEGINS_A_CASE = {"persons.enter"}


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, action in ACTIONS.items()
        if "person" in getattr(action.asks, "__struct_fields__", ())
        and Role.OFFICER in action.allows
        and name not in BEGINS_A_CASE
    ],
)
def test_whoever_names_a_person_is_asked_whether_they_may(
    name: str, office: Office, actors: dict[Role, Actor]
) -> None:
    stranger = office.account(f"A-stranger-{name}", Role.OFFICER)
    request = sample(ACTIONS[name].asks)
    request = msgspec.structs.replace(request, person="P-1")
    if isinstance(request, ReadRequest):
        purpose = purposes.Purpose.SUPERVISION
        request = msgspec.structs.replace(request, purpose=purpose, case_number="ALM-1")
    assert _refused(office, stranger, ACTIONS[name], request) is AccessRefusal.NOT_IN_CHARGE
    assert office.last()["persons"] == ["P-1"]


# --- Looks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [name for name, one in ACTIONS.items() if issubclass(one.asks, ReadRequest)]
)
def test_a_look_needs_a_purpose_and_a_case_number(
    name: str, office: Office, actors: dict[Role, Actor]
) -> None:
    action = ACTIONS[name]
    for role in action.allows & {Role.OFFICER, Role.SUPERVISOR, Role.INSPECTOR}:
        [*may_be] = purposes.FOR_ROLE[role]
        request = sample(action.asks)
        if len(may_be) > 1:
            assert _refused(office, actors[role], action, request) is AccessRefusal.PURPOSE
        other = next(one for one in purposes.Purpose if one not in may_be)
        request = msgspec.structs.replace(request, purpose=other)
        wrong = _refused(office, actors[role], action, request)
        assert wrong is (AccessRefusal.PURPOSE if len(may_be) > 1 else AccessRefusal.CASE_NUMBER)
        request = msgspec.structs.replace(request, purpose=may_be[0], case_number=" ")
        assert _refused(office, actors[role], action, request) is AccessRefusal.CASE_NUMBER


def _refused(office: Office, actor: Actor, action: Action[Any, Any], request: Any) -> object:
    with pytest.raises(NotAllowedError) as refused:
        office.do(actor, action, request)
    assert office.last()["facts"]["refused"] == refused.value.reason.value
    return refused.value.reason
