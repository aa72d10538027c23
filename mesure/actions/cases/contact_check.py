"""Contact check: a trial message, since only one tells whether an entered address works."""

import msgspec

from mesure.actions.cases.persons import DETAILS
from mesure.actions.framework.action import ActionContext, EmptyRequest, action
from mesure.actions.notifications import notification_rules
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.privacy.roles import CASEWORK, STAFF, Role


class ContactCheck(msgspec.Struct, frozen=True):
    """Which person."""

    person: str


@action("contacts.try_person", CASEWORK | {Role.PERSON})
def try_person(doing: ActionContext, request: ContactCheck) -> None:
    """Have a test message sent to where a person is reached; it says nothing of an order."""
    doing.case(request.person)
    details = doing.rows.need(DETAILS, request.person).value
    if details.email is None and details.phone is None:
        raise ActionConflictError(ActionRefusal.NO_CONTACT)
    _try(
        doing,
        Notification(
            RecipientType.PERSON, request.person, NotificationType.YOUR_TEST, request.person
        ),
        request.person,
    )


@action("contacts.try_own", STAFF)
def try_own(doing: ActionContext, _: EmptyRequest) -> None:
    """Have a test message sent to one's own e-mail address."""
    account = doing.actor.account
    if doing.rows.need(ACCOUNT, account).value.email is None:
        raise ActionConflictError(ActionRefusal.NO_CONTACT)
    _try(doing, Notification(RecipientType.ACCOUNT, account, NotificationType.TEST, account), None)


def _try(doing: ActionContext, notice: Notification, person: str | None) -> None:
    """Have it sent now; whoever asks twice within a minute gets one."""
    key = f"{notice.id}:{doing.now:%Y%m%dT%H%M}"
    notification_rules.enqueue(doing, notice, person, key, doing.now)
