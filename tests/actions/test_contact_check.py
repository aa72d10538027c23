"""A message on trial says nothing of anybody; it goes to one's own or to the person's address."""

import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.cases import contact_check, persons
from mesure.actions.cases.contact_check import ContactCheck
from mesure.actions.cases.persons import SetContact
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.instants import to_us
from mesure.privacy.roles import Role
from tests.actions.scene import Scene


def due(scene: Scene) -> list[Notification]:
    with scene.office.store.read() as reading:
        rows = reading.due("notice", to_us(scene.office.now), 100)
    return [notification_texts.read(row.body) for row in rows]


def test_a_person_is_sent_a_message_on_trial_once_a_minute(scene: Scene) -> None:
    assert (
        scene.refused(scene.ann, contact_check.try_person, ContactCheck("P-1"))
        is ActionRefusal.NO_CONTACT
    )
    scene.do(scene.person, persons.set_contact, SetContact("P-1", email="a@post.example"))
    for _ in range(2):
        scene.do(scene.ann, contact_check.try_person, ContactCheck("P-1"))
    assert due(scene) == [
        Notification(RecipientType.PERSON, "P-1", NotificationType.YOUR_TEST, "P-1")
    ]
    scene.office.later(minutes=1)
    scene.do(scene.person, contact_check.try_person, ContactCheck("P-1"))
    assert len(due(scene)) == 2


def test_whoever_works_here_tries_their_own_address(scene: Scene) -> None:
    assert (
        scene.refused(scene.ann, contact_check.try_own, EmptyRequest()) is ActionRefusal.NO_CONTACT
    )
    opened = OpenAccount("Vera", Role.OFFICER, email="vera@work.example")
    vera = Actor(scene.do(scene.chief, staff_accounts.open_account, opened).account, Role.OFFICER)
    scene.do(vera, contact_check.try_own, EmptyRequest())
    assert due(scene) == [
        Notification(RecipientType.ACCOUNT, vera.account, NotificationType.TEST, vera.account)
    ]


@pytest.mark.parametrize("email", ["", "vera", "vera@", "a@b@c", "a@b.example, c@d.example"])
def test_an_account_gets_no_address_that_is_none(scene: Scene, email: str) -> None:
    asked = OpenAccount("Vera", Role.OFFICER, email=email)
    assert scene.refused(scene.chief, staff_accounts.open_account, asked) is ActionRefusal.EMAIL
