"""Outsiders to a case, tried at every action with every name that leads to it.

Names are no secrets: an officer who was barred yesterday knows them all. So each action that takes
one is tried with the names of everything there is about one person: by another person and their
counsel, by an officer who is not in charge, and by an officer and a supervisor who are barred.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import InviteCounsel
from mesure.actions.cases import case_notes, caseload
from mesure.actions.cases.case_notes import NoteKind, WriteNote
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.data_rights import outside_requests
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import WriteHandover
from mesure.actions.framework.action import Action, ReadRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import AttachDocument, IncidentStatement
from mesure.actions.orders import absences, court_papers, order_drafts
from mesure.actions.orders.absences import RequestAbsence
from mesure.actions.orders.court_papers import AttachPaper
from mesure.actions.orders.order_drafts import BeginDraft
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionError, NotAllowedError, NotFoundError
from mesure.actions.registry import ACTIONS
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import RecordGround
from mesure.privacy import purposes
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import OWN_SIDE, Role
from tests.actions import house, raised
from tests.actions import scene as scene_
from tests.actions.requests_made_up import sample
from tests.actions.scene import ORDER, OfficeScene
from tests.actions.test_outside_requests import ASKED

SCOPES = frozenset({"incidents.show", "kept.list"})  # For which a program has its token.

NAMES = {
    "person", "order", "incident", "absence", "contest", "attachment", "ground", "draft",
    "note", "handover", "paper", "request",
}  # fmt: skip
OF_DEVICE = {
    "assignments.take_back", "assignments.swap", "counsel.end", "devices.enrol_pilot",
    "devices.give_code", "devices.messages", "devices.retire",
}  # fmt: skip
TRIED = sorted(
    name
    for name, action in ACTIONS.items()
    if action.allows - {Role.PROGRAM, Role.VISITOR, Role.INSPECTOR, Role.OPERATOR, Role.SERVICE}
    and (name in OF_DEVICE or NAMES & set(action.asks.__struct_fields__))
    and name != "persons.enter"  # It begins a case.
)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeScene]:
    with house.office(tmp_path_factory.mktemp("who_may_not")) as office:
        yield scene_.scene(office)


@pytest.fixture(scope="module")
def names(scene: OfficeScene) -> dict[str, Any]:
    """Let there be one of everything about a person, and return what leads to it."""
    scene.order()
    scene.carries()
    now = scene.office.now
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    ask = RequestAbsence(
        order="ALM-1",
        conditions=("C1",),
        start_at=now + DAY,
        until_at=now + 2 * DAY,
        reason="A funeral.",
    )
    because = RecordGround("P-1", Purpose.COURT, "ALM-1", now - DAY, now, "The court asks.")
    invite = InviteCounsel("P-1", "A. Advocate", now + 9 * DAY)
    return {
        "person": "P-1",
        "order": "ALM-1",
        "incident": "I-1",
        "device": "D-1",
        "old": "D-1",
        "new": "D-1",
        "number": 1,
        "revision": 1,
        "text": ORDER.encode(),
        "start_at": now + DAY,
        "until_at": now + 2 * DAY,
        "absence": scene.do(scene.person, absences.ask, ask),
        "contest": scene.do(
            scene.person, contests.make, IncidentStatement("I-1", "I was at home.")
        ),
        "attachment": scene.do(
            scene.person, contests.attach, AttachDocument("I-1", "a", b"%PDF-1")
        ),
        "ground": scene.do(scene.ann, grounds.record, because),
        "draft": scene.do(scene.ann, order_drafts.begin, BeginDraft("P-1", ORDER.encode())),
        "note": scene.do(
            scene.ann, case_notes.write, WriteNote("P-1", NoteKind.CALL, now, "Hello.")
        ),
        "handover": scene.do(scene.ann, handover_notes.write, WriteHandover("P-1", "Bus 12.")),
        "paper": scene.do(scene.ann, court_papers.attach, AttachPaper("ALM-1", 1, "a", b"%PDF-1")),
        "request": scene.do(scene.ann, outside_requests.record, ASKED),
        "account": scene.do(scene.person, printed_cards.invite, invite).account,
    }


@pytest.fixture(scope="module")
def outsiders(scene: OfficeScene, names: dict[str, Any]) -> dict[Actor, AccessRefusal]:
    """Return who has no business with the case, and why."""
    assert names, "what there is was entered before anybody was barred"
    office = scene.office
    head = office.account("head", Role.SUPERVISOR)
    for barred in ("ann", "chief"):
        scene.do(head, caseload.bar, BarRequest("P-1", barred))
    office.person("P-2", scene.bob)
    other = {role: office.account(f"A-other-{role}", role, "P-2") for role in OWN_SIDE}
    return {
        **dict.fromkeys(other.values(), AccessRefusal.ANOTHER_PERSON),
        scene.bob: AccessRefusal.NOT_IN_CHARGE,
        scene.ann: AccessRefusal.BARRED,
        scene.chief: AccessRefusal.BARRED,
    }


@pytest.fixture(scope="module")
def everywhere(scene: OfficeScene) -> tuple[Actor, ...]:
    """Return who is barred from no case, and may open each."""
    program = replace(scene.office.account("A-program", Role.SERVICE), scopes=SCOPES)
    return scene.office.account("second", Role.SUPERVISOR), scene.inspector, program


@pytest.mark.parametrize("name", TRIED)
def test_no_name_opens_a_case_to_whoever_has_no_business_there(
    name: str, scene: OfficeScene, names: dict[str, Any], outsiders: dict[Actor, AccessRefusal]
) -> None:
    action = ACTIONS[name]
    for actor, reason in outsiders.items():
        if actor.role not in action.allows:
            continue
        answer, entered = _tried(scene, actor, action, names)
        assert answer == (NotAllowedError, reason)
        assert (entered["persons"], entered["facts"]["refused"]) == (["P-1"], reason)


@pytest.mark.parametrize("name", sorted(set(TRIED) - OF_DEVICE | {"counsel.end"}))
def test_a_name_that_nothing_has_is_refused_and_entered_like_that_of_somebody_elses(
    name: str, scene: OfficeScene, names: dict[str, Any], outsiders: dict[Actor, AccessRefusal]
) -> None:
    """Else one could ask by the answer, or by the log, what there is."""
    action = ACTIONS[name]
    nobodys = dict.fromkeys((*NAMES, "account"), "X-none")
    for actor, reason in outsiders.items():
        if actor.role not in action.allows or reason is AccessRefusal.BARRED:
            continue
        tried = [_tried(scene, actor, action, names | more) for more in ({}, nobodys)]
        assert tried[0][0] == tried[1][0] == (NotAllowedError, reason)
        of_somebody, of_nobody = (line for _, line in tried)
        assert (of_somebody.pop("persons"), of_nobody.pop("persons")) == (["P-1"], [])
        of_somebody["facts"].pop("incident", None)  # The person's own page shows what was tried.
        for line in (of_somebody, of_nobody):
            del line["at"], line["request"]
        assert of_somebody == of_nobody


@pytest.mark.parametrize("name", sorted(set(TRIED) - OF_DEVICE | {"counsel.end"}))
def test_whoever_may_open_every_case_is_entered_under_a_name_that_nothing_has(
    name: str, scene: OfficeScene, names: dict[str, Any], everywhere: tuple[Actor, ...]
) -> None:
    action = ACTIONS[name]
    for actor in everywhere:
        if actor.role not in action.allows or (actor.role is Role.SERVICE and name not in SCOPES):
            continue
        nobodys = dict.fromkeys((*NAMES, "account"), "X-none")
        answer, line = _tried(scene, actor, action, names | nobodys)
        assert answer == (NotFoundError, ActionRefusal.NOT_HERE)
        assert (line["persons"], line["facts"]["refused"]) == ([], "not_here")


def _tried(
    scene: OfficeScene, actor: Actor, action: Action[Any, Any], names: dict[str, Any]
) -> tuple[tuple[type[ActionError], Any], dict[str, Any]]:
    """Return how an attempt was refused, and its only line in the audit log."""
    values = {one: names[one] for one in action.asks.__struct_fields__ if one in names}
    if action.name == "absences.declare_emergency":  # Of what has begun.
        values["start_at"] = scene.office.now
    request = msgspec.structs.replace(sample(action.asks), **values)
    if isinstance(request, ReadRequest):
        purpose = min(purposes.FOR_ROLE[actor.role])
        request = msgspec.structs.replace(request, purpose=purpose, case_number="ALM-1")
    before = scene.office.size()
    with pytest.raises(ActionError) as refused:
        scene.office.do(actor, action, request)
    [entered] = scene.office.log(before)
    return (type(refused.value), refused.value.reason), entered
