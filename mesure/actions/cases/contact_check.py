"""A message on trial: whether somebody is reached where it was entered, only a message tells."""

import msgspec

from mesure.actions.cases.persons import DETAILS
from mesure.actions.framework.action import Doing, Nothing, action
from mesure.actions.notifications import notification_rules
from mesure.actions.notifications.notification_texts import News, Notice, To
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import NotNowError
from mesure.privacy.roles import CASEWORK, STAFF, Role


class OfPerson(msgspec.Struct, frozen=True):
    """Which person."""

    person: str


@action("contacts.try_person", CASEWORK | {Role.PERSON})
def try_person(doing: Doing, request: OfPerson) -> None:
    """Have a test message sent to where a person is reached; it says nothing of an order."""
    doing.case(request.person)
    details = doing.rows.need(DETAILS, request.person).value
    if details.email is None and details.phone is None:
        raise NotNowError(Why.NO_CONTACT)
    _try(doing, Notice(To.PERSON, request.person, News.YOUR_TEST, request.person), request.person)


@action("contacts.try_own", STAFF)
def try_own(doing: Doing, _: Nothing) -> None:
    """Have a test message sent to one's own e-mail address."""
    account = doing.actor.account
    if doing.rows.need(ACCOUNT, account).value.email is None:
        raise NotNowError(Why.NO_CONTACT)
    _try(doing, Notice(To.ACCOUNT, account, News.TEST, account), None)


def _try(doing: Doing, notice: Notice, person: str | None) -> None:
    """Have it sent now; whoever asks twice within a minute gets one."""
    key = f"{notice.id}:{doing.now:%Y%m%dT%H%M}"
    notification_rules.enqueue(doing, notice, person, key, doing.now)
