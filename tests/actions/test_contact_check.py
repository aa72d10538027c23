"""A message on trial says nothing of anybody, and what became of it is told as it is."""

from dataclasses import replace

import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.cases import contact_check, persons
from mesure.actions.cases.contact_check import (
    ContactCheck,
    ContactTrial,
    PersonTrialRef,
    SetOwnContact,
    TrialState,
)
from mesure.actions.cases.persons import SetContact
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.procedure import STANDARD
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.instants import to_us
from mesure.privacy.roles import Role
from tests.actions.scene import OfficeScene

BOTH = replace(STANDARD, has_mail=True, has_gateway=True)


def due(scene: OfficeScene) -> list[Notification]:
    with scene.office.store.read() as reading:
        rows = reading.due("notice", to_us(scene.office.now), 100)
    return [notification_texts.read(row.body) for row in rows]


def test_a_person_is_sent_a_message_on_trial_once_a_minute(scene: OfficeScene) -> None:
    scene.office.procedure = BOTH
    refused = scene.refusal_reason(scene.ann, contact_check.try_person, ContactCheck("P-1"))
    assert refused is ActionRefusal.NO_CONTACT
    scene.do(scene.person, persons.set_contact, SetContact("P-1", email="a@post.example"))
    for _ in range(2):
        scene.do(scene.ann, contact_check.try_person, ContactCheck("P-1"))
    assert due(scene) == [
        Notification(RecipientType.PERSON, "P-1", NotificationType.YOUR_TEST, "P-1")
    ]
    scene.office.later(minutes=1)
    scene.do(scene.person, contact_check.try_person, ContactCheck("P-1"))
    assert len(due(scene)) == 2


def test_whoever_works_here_tries_their_own_address(scene: OfficeScene) -> None:
    scene.office.procedure = BOTH
    refused = scene.refusal_reason(scene.ann, contact_check.try_own, EmptyRequest())
    assert refused is ActionRefusal.NO_CONTACT
    opened = OpenAccount("Vera", Role.OFFICER, email="vera@work.example")
    vera = Actor(scene.do(scene.chief, staff_accounts.open_account, opened).account, Role.OFFICER)
    scene.do(vera, contact_check.try_own, EmptyRequest())
    assert due(scene) == [
        Notification(RecipientType.ACCOUNT, vera.account, NotificationType.TEST, vera.account)
    ]


@pytest.mark.parametrize("email", ["", "vera", "vera@", "a@b@c", "a@b.example, c@d.example"])
def test_an_account_gets_no_address_that_is_none(scene: OfficeScene, email: str) -> None:
    request = OpenAccount("Vera", Role.OFFICER, email=email)
    refused = scene.refusal_reason(scene.chief, staff_accounts.open_account, request)
    assert refused is ActionRefusal.EMAIL


@pytest.mark.parametrize(
    ("email", "phone", "mail", "gateway", "refused"),
    [
        (None, "+77010000000", True, False, ActionRefusal.NO_GATEWAY),
        ("a@post.example", None, False, True, ActionRefusal.NO_MAIL),
        ("a@post.example", "+77010000000", False, False, ActionRefusal.NO_CHANNEL),
        ("a@post.example", "+77010000000", False, True, None),
        ("a@post.example", None, True, False, None),
    ],
)
def test_where_nothing_could_carry_it_none_is_sent_and_that_is_said(
    scene: OfficeScene,
    email: str | None,
    phone: str | None,
    mail: bool,
    gateway: bool,
    refused: ActionRefusal | None,
) -> None:
    scene.office.procedure = replace(STANDARD, has_mail=mail, has_gateway=gateway)
    scene.do(scene.person, persons.set_contact, SetContact("P-1", phone=phone, email=email))
    if refused is None:
        scene.do(scene.ann, contact_check.try_person, ContactCheck("P-1"))
    else:
        request = ContactCheck("P-1")
        assert scene.refusal_reason(scene.ann, contact_check.try_person, request) is refused
    assert len(due(scene)) == (refused is None)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("mail", TrialState.BY_MAIL),
        ("gateway", TrialState.BY_PHONE),
        ("no_way", TrialState.NOT_SENT),
        ("nobody", TrialState.NOT_SENT),
        ("given_up: address", TrialState.NOT_SENT),
    ],
)
def test_what_became_of_a_message_is_told_as_it_is(
    scene: OfficeScene, outcome: str, expected: TrialState
) -> None:
    scene.office.procedure = BOTH
    scene.do(scene.person, persons.set_contact, SetContact("P-1", email="a@post.example"))
    sent = scene.do(scene.ann, contact_check.try_person, ContactCheck("P-1"))
    request, key = PersonTrialRef("P-1", sent.trial), f"P-1:{sent.trial}:your_test"

    def state() -> TrialState:
        shown: TrialState = scene.do(scene.ann, contact_check.person_trial, request)
        return shown

    assert state() is TrialState.WAITING
    later_us = to_us(scene.office.now) + 1
    scene.office.store.write(lambda work: work.again("notice", key, later_us, "refused"))
    assert state() is TrialState.PUT_OFF
    scene.office.store.write(lambda work: work.finish("notice", key, outcome))
    assert state() is expected


@pytest.mark.parametrize("trial", ["20200101T0000", "%00", ""])
def test_a_message_that_nobody_asked_for_was_not_sent(scene: OfficeScene, trial: str) -> None:
    request = PersonTrialRef("P-1", trial)
    assert scene.do(scene.ann, contact_check.person_trial, request) is TrialState.NOT_SENT


def test_whoever_works_here_enters_and_takes_away_their_own_address(scene: OfficeScene) -> None:
    scene.office.procedure = BOTH
    assert scene.do(scene.ann, contact_check.own, EmptyRequest()).email is None
    wrong = SetOwnContact("ann at work")
    assert scene.refusal_reason(scene.ann, contact_check.set_own, wrong) is ActionRefusal.EMAIL
    scene.do(scene.ann, contact_check.set_own, SetOwnContact("ann@work.example"))
    assert scene.do(scene.ann, contact_check.own, EmptyRequest()).email == "ann@work.example"
    sent = scene.do(scene.ann, contact_check.try_own, EmptyRequest())
    request = ContactTrial(sent.trial)
    assert scene.do(scene.ann, contact_check.own_trial, request) is TrialState.WAITING
    assert scene.do(scene.bob, contact_check.own_trial, request) is TrialState.NOT_SENT
    with scene.office.store.read() as reading:
        account = RegisterReader(reading, scene.office.keyring).get(ACCOUNT, "ann")
    assert account is not None
    assert account.value.email is None, "a directory goes by what a supervisor entered"
    scene.do(scene.ann, contact_check.set_own, SetOwnContact())
    assert scene.do(scene.ann, contact_check.own, EmptyRequest()).email is None
