"""An officer barred from a case does not come back through an account that they let in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mesure.actions.accounts import printed_cards, sign_in, staff_accounts
from mesure.actions.accounts.printed_cards import GiveCard
from mesure.actions.accounts.sessions import SESSION, SessionRecord
from mesure.actions.accounts.sign_in import CardSignIn
from mesure.actions.accounts.staff_accounts import AccountName, AccountRef, OpenAccount
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import AssignCase, BarRequest, CaseRequest, SetOnCall
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.framework import case_access
from mesure.actions.framework.context import PROGRAM, VISITOR, Actor
from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_texts import NotificationType
from mesure.actions.oversight import inspection
from mesure.actions.oversight.inspection import LogSearch
from mesure.actions.records.record_types import Register, RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.instants import to_us
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from tests.actions.scene import CASE, OfficeScene

ASKED = PersonRequest(person="P-1", **CASE)
INSPECTION: dict[str, Any] = {"purpose": Purpose.INSPECTION, "case_number": "ALM-2026-1"}


def bar_supervisor(scene: OfficeScene) -> Actor:
    """Bar the supervisor from the person's case, and return who did it."""
    vera = scene.office.account("vera", Role.SUPERVISOR)
    scene.office.later(days=30)
    scene.do(vera, caseload.bar, BarRequest("P-1", "chief"))
    return vera


def open_account(scene: OfficeScene, by: Actor, role: Role = Role.SUPERVISOR) -> Actor:
    link = scene.do(by, staff_accounts.open_account, OpenAccount("New", role))
    return Actor(link.account, role)


def test_whoever_is_barred_is_signed_out_and_nobody_who_was_barred_before(
    scene: OfficeScene,
) -> None:
    vera = bar_supervisor(scene)
    officer, now = scene.ann.account, scene.office.now
    for name in (officer, "chief"):
        session = SessionRecord(name, now, now)
        scene.office.write(lambda rows, _, name=name, of=session: rows.add(SESSION, name, of))
    scene.do(vera, caseload.bar, BarRequest("P-1", officer))
    with scene.office.store.read() as reading:
        rows = RegisterReader(reading, scene.office.keyring)
        assert [one.id for one in rows.all(SESSION)] == ["chief"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INSPECTOR])
def test_an_account_that_a_barred_supervisor_opens_is_barred_with_them(
    scene: OfficeScene, role: Role
) -> None:
    bar_supervisor(scene)
    new = open_account(scene, scene.chief, role)
    scene.office.later(days=30)
    assert scene.refusal_reason(new, persons.show, ASKED) is AccessRefusal.BARRED


def test_so_is_one_that_was_let_in_by_that_one(scene: OfficeScene) -> None:
    bar_supervisor(scene)
    new = open_account(scene, scene.chief)
    scene.office.later(days=30)
    last = open_account(scene, new)
    assert scene.refusal_reason(last, persons.show, ASKED) is AccessRefusal.BARRED
    refused = scene.refusal_reason(last, caseload.unbar, BarRequest("P-1", "chief"))
    assert refused is AccessRefusal.BARRED


def test_so_is_a_colleague_whose_account_they_reset(scene: OfficeScene) -> None:
    vera = bar_supervisor(scene)
    scene.do(scene.chief, staff_accounts.reset, AccountRef("ann"))
    assert scene.refusal_reason(scene.ann, persons.show, ASKED) is AccessRefusal.BARRED
    scene.office.later(minutes=1)
    scene.do(vera, staff_accounts.reset, AccountRef("ann"))  # Then it is hers alone again.
    assert scene.do(scene.ann, persons.show, ASKED).name == "Name of P-1"


def test_so_is_whom_they_let_in_shortly_before(scene: OfficeScene) -> None:
    """So long an account and the one who let it in are one; but not everybody they ever let in."""
    vera = scene.office.account("vera", Role.SUPERVISOR)
    early = open_account(scene, scene.chief)
    scene.office.later(days=10)
    late = open_account(scene, scene.chief)
    scene.office.later(days=6)
    scene.do(vera, caseload.bar, BarRequest("P-1", "chief"))
    assert scene.refusal_reason(late, persons.show, ASKED) is AccessRefusal.BARRED
    assert scene.do(early, persons.show, ASKED).name == "Name of P-1"


def test_where_it_is_not_known_since_when_every_link_counts(scene: OfficeScene) -> None:
    early = open_account(scene, scene.chief)
    scene.office.later(days=100)
    change_file(scene, barred=("chief",))
    assert scene.refusal_reason(early, persons.show, ASKED) is AccessRefusal.BARRED
    scene.do(
        PROGRAM, staff_accounts.let_in, AccountName(early.account)
    )  # From the machine, nobody stands behind it.
    assert scene.do(early, persons.show, ASKED).name == "Name of P-1"


def change_file(scene: OfficeScene, **changes: object) -> None:
    def change(rows: Register, _: WriteTransaction) -> None:
        row = rows.need(case_access.CASE, "P-1")
        rows.change(row, msgspec.structs.replace(row.value, **changes))

    scene.office.write(change)


def test_nobody_who_is_barred_with_somebody_comes_to_be_in_charge(scene: OfficeScene) -> None:
    vera = bar_supervisor(scene)
    new = open_account(scene, scene.chief, Role.OFFICER)
    assign = AssignCase("P-1", new.account)
    assert scene.refusal_reason(vera, caseload.assign, assign) is ActionRefusal.OFFICER_BARRED
    now = scene.office.now
    watch = SetOnCall(new.account, now, now + timedelta(hours=1))
    scene.do(scene.chief, caseload.on_call, watch)
    assert scene.refusal_reason(new, persons.show, ASKED) is AccessRefusal.BARRED
    assert scene.do(scene.person, caseload.in_charge, CaseRequest("P-1")).account == "ann"


def test_a_program_of_an_account_that_they_opened_opens_nothing_either(scene: OfficeScene) -> None:
    bar_supervisor(scene)
    new = open_account(scene, scene.chief)
    program = Actor("S-1", Role.SERVICE, scopes=frozenset({"caseload.in_charge"}))
    request = CaseRequest("P-1")
    assert scene.do(replace(program, let_in_by="vera"), caseload.in_charge, request)
    theirs = replace(program, let_in_by=new.account)
    assert scene.refusal_reason(theirs, caseload.in_charge, request) is AccessRefusal.BARRED


def test_a_card_that_they_printed_before_chooses_no_pin(scene: OfficeScene) -> None:
    card = scene.do(scene.chief, printed_cards.give, GiveCard("P-1"))
    scene.do(
        scene.office.account("vera", Role.SUPERVISOR), caseload.bar, BarRequest("P-1", "chief")
    )
    first_use = CardSignIn(card.code, "493817")
    assert scene.refusal_reason(VISITOR, sign_in.by_card, first_use) is AccessRefusal.SIGN_IN
    new = scene.do(scene.ann, printed_cards.give, GiveCard("P-1"))
    assert scene.do(VISITOR, sign_in.by_card, CardSignIn(new.code, "493817")).role is Role.PERSON


def test_an_inspector_who_is_barred_finds_no_line_about_the_person(scene: OfficeScene) -> None:
    scene.do(scene.ann, persons.show, ASKED)
    search = LogSearch(action="persons.show", **INSPECTION)
    assert len(scene.do(scene.inspector, inspection.search, search).looks) == 1
    scene.do(scene.chief, caseload.bar, BarRequest("P-1", "A-inspector"))
    assert scene.do(scene.inspector, inspection.search, search).looks == ()


# --- To let somebody in again ------------------------------------------------------------------


def test_a_supervisor_alone_lets_nobody_in_again(scene: OfficeScene) -> None:
    vera = bar_supervisor(scene)
    request = BarRequest("P-1", "chief")
    assert scene.refusal_reason(vera, caseload.confirm_unbar, request) is ActionRefusal.NOT_ASKED
    scene.do(vera, caseload.unbar, request)
    assert scene.office.last()["facts"] == {"asked_to_unbar": "chief"}
    assert scene.refusal_reason(scene.chief, persons.show, ASKED) is AccessRefusal.BARRED
    assert scene.refusal_reason(vera, caseload.confirm_unbar, request) is AccessRefusal.SAME_EYES
    assert (
        scene.refusal_reason(scene.chief, caseload.confirm_unbar, request) is AccessRefusal.BARRED
    )
    scene.do(scene.office.account("olga", Role.SUPERVISOR), caseload.confirm_unbar, request)
    assert scene.office.last()["facts"] == {"unbarred": "chief"}
    assert scene.do(scene.chief, persons.show, ASKED).name == "Name of P-1"


def test_nor_with_an_account_that_they_let_in(scene: OfficeScene) -> None:
    vera = bar_supervisor(scene)
    scene.do(vera, caseload.unbar, BarRequest("P-1", "chief"))
    second = open_account(scene, vera)
    request = BarRequest("P-1", "chief")
    assert scene.refusal_reason(second, caseload.confirm_unbar, request) is AccessRefusal.NEW_EYES


def test_whoever_barred_is_told_and_can_keep_it_so(scene: OfficeScene) -> None:
    vera = bar_supervisor(scene)
    olga = scene.office.account("olga", Role.SUPERVISOR)
    scene.do(olga, caseload.unbar, BarRequest("P-1", "chief"))
    scene.do(olga, caseload.unbar, BarRequest("P-1", "chief"))  # Asked twice, told once.
    assert list_recipients(scene) == ["vera"]
    scene.do(vera, caseload.bar, BarRequest("P-1", "chief"))
    third = scene.office.account("third", Role.SUPERVISOR)
    refused = scene.refusal_reason(third, caseload.confirm_unbar, BarRequest("P-1", "chief"))
    assert refused is ActionRefusal.NOT_ASKED
    scene.office.later(minutes=1)
    scene.do(olga, caseload.unbar, BarRequest("P-1", "chief"))
    scene.office.later(minutes=1)
    scene.do(third, caseload.confirm_unbar, BarRequest("P-1", "chief"))
    assert list_recipients(scene) == ["vera"] * 3
    refused = scene.refusal_reason(olga, caseload.unbar, BarRequest("P-1", "chief"))
    assert refused is ActionRefusal.NOT_BARRED


def list_recipients(scene: OfficeScene) -> list[str]:
    due_us = to_us(scene.office.now)
    with scene.office.store.read() as reading:
        due = [
            notification_texts.read(row.body)
            for row in reading.due(notification_texts.OUTGOING, due_us, 100)
        ]
    return sorted(one.id for one in due if one.news is NotificationType.UNBARRED)


def test_where_it_is_not_known_who_barred_the_other_supervisors_are_told(
    scene: OfficeScene,
) -> None:
    vera, olga = (scene.office.account(one, Role.SUPERVISOR) for one in ("vera", "olga"))
    change_file(scene, barred=("ann", "bob"))
    scene.do(vera, caseload.bar, BarRequest("P-1", "ann"))  # It was so before: nothing changes.
    scene.do(vera, caseload.unbar, BarRequest("P-1", "ann"))
    assert list_recipients(scene) == ["chief", "olga"]
    scene.do(olga, caseload.confirm_unbar, BarRequest("P-1", "ann"))
    assert [one.account for one in scene.do(vera, caseload.list_bars, CaseRequest("P-1"))] == [
        "bob"
    ]


def test_who_is_barred_is_listed_with_whom_they_let_in(scene: OfficeScene) -> None:
    vera = bar_supervisor(scene)
    new = open_account(scene, scene.chief)
    scene.do(vera, caseload.unbar, BarRequest("P-1", "chief"))
    by_chain, named = scene.do(vera, caseload.list_bars, CaseRequest("P-1"))
    assert (by_chain.account, by_chain.is_named, by_chain.barred_by) == (new.account, False, None)
    assert (named.account, named.is_named, named.barred_by) == ("chief", True, "vera")
    assert (named.unbar_by, named.unbar_at) == ("vera", scene.office.now)
