"""Printed cards: for a person under an order, and for counsel whom they invite.

The card is printed once, and the person is notified of it and of its first use: the officer who
prints it could use it before they hand it over. A new one takes the place of the old one and of its
PIN. Counsel reads the record of one person, for a time, and changes nothing.
Decision: docs/decisions/0032-signing-in.md
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.accounts import sessions, staff_accounts
from mesure.actions.framework.action import ActionContext, action, look
from mesure.actions.notifications import notification_rules
from mesure.actions.notifications.notification_texts import NotificationType
from mesure.actions.records import tokens
from mesure.actions.records.account_records import ACCOUNT, LANGUAGES, NAME_CHARS_MAX, Account
from mesure.actions.records.record_types import Stored
from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, Role

INVITED_FOR_MAX: Final = timedelta(days=90)
COUNSEL_MAX: Final = 5


class Card(OneTimeSecret, frozen=True):
    """What is printed on a card; it is shown once."""

    account: str
    code: str


class GiveCard(msgspec.Struct, frozen=True):
    """To whom, and in which language they read."""

    person: str
    language: str = "en"


class InviteCounsel(msgspec.Struct, frozen=True):
    """Who is to read the record of this person, and until when."""

    person: str
    name: str
    until_at: datetime
    language: str = "en"


class PersonAccountsRequest(msgspec.Struct, frozen=True):
    """Which person."""

    person: str


class CounselView(msgspec.Struct, frozen=True):
    """Counsel whom a person has invited."""

    account: str
    name: str
    invited_at: datetime
    until_at: datetime | None
    is_open: bool


@action("cards.give", CASEWORK)
def give(doing: ActionContext, request: GiveCard) -> Card:
    """Print a card with which a person signs in; the card before and its PIN are void."""
    doing.case(request.person)
    if request.language not in LANGUAGES:
        raise InvalidInputError(ActionRefusal.LANGUAGE)
    stored_account = next(iter(_open(doing, request.person, Role.PERSON)), None)
    if stored_account is None:
        account = Account(
            name=request.person,
            role=Role.PERSON,
            opened_at=doing.now,
            opened_by=doing.actor.account,
            person=request.person,
            language=request.language,
        )
        stored_account = doing.rows.add(ACCOUNT, doing.new_id("A"), account)
    notification_rules.of_card(doing, stored_account.id, request.person, NotificationType.YOUR_CARD)
    return _card(doing, stored_account)


def _card(doing: ActionContext, account: Stored[Account]) -> Card:
    code = tokens.code(doing.context.salts)
    changed = msgspec.structs.replace(
        account.value,
        card_hash=tokens.hash_secret(code),
        card_given_at=doing.now,
        card_given_by=doing.actor.account,
        password_hash=None,
        pin_chosen_at=None,
    )
    doing.rows.change(account, changed)
    sessions.end_all(doing, account.id)
    doing.note(account=account.id)
    return Card(account.id, code)


class CardView(msgspec.Struct, frozen=True):
    """A person's card: when it was printed and by whom, and when it was used first."""

    given_at: datetime
    given_by: str  # As the account is called now; empty: there is no such account.
    pin_chosen_at: datetime | None


@look("cards.show", {Role.PERSON}, purpose=Purpose.SUPERVISION)
def show(doing: ActionContext, request: PersonAccountsRequest) -> CardView | None:
    """See when one's card was printed, by whom, and when it was used first."""
    doing.case(request.person)
    account = next(iter(_open(doing, request.person, Role.PERSON)), None)
    if account is None or account.value.card_given_at is None:
        return None
    by = doing.rows.get(ACCOUNT, account.value.card_given_by or "-")
    name = "" if by is None else by.value.name
    return CardView(account.value.card_given_at, name, account.value.pin_chosen_at)


@action("counsel.invite", CASEWORK | {Role.PERSON})
def invite(doing: ActionContext, request: InviteCounsel) -> Card:
    """Invite counsel to read a person's record for a time, and get the card to hand over."""
    doing.case(request.person)
    name = request.name.strip()
    if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    if request.language not in LANGUAGES:
        raise InvalidInputError(ActionRefusal.LANGUAGE)
    if not doing.now < request.until_at <= doing.now + INVITED_FOR_MAX:
        raise InvalidInputError(ActionRefusal.INVITED_FOR)
    if len(_open(doing, request.person, Role.COUNSEL)) >= COUNSEL_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_COUNSEL)
    account = Account(
        name=name,
        role=Role.COUNSEL,
        opened_at=doing.now,
        opened_by=doing.actor.account,
        person=request.person,
        language=request.language,
        until_at=request.until_at,
    )
    return _card(doing, doing.rows.add(ACCOUNT, doing.new_id("A"), account))


@action("counsel.end", CASEWORK | {Role.PERSON})
def end(doing: ActionContext, request: staff_accounts.AccountRef) -> None:
    """End an invitation of counsel before its time."""
    account = doing.rows.get(ACCOUNT, request.account)
    is_counsels = account is not None and account.value.role is Role.COUNSEL
    doing.open_case_of(account.value if account is not None and is_counsels else None)
    assert account is not None, "a caller with an open case has it under a name"
    if account.value.closed_at is None:
        staff_accounts.end(doing, account)
    doing.note(account=account.id)


@look("counsel.list", CASEWORK | {Role.PERSON}, purpose=Purpose.SUPERVISION)
def list_counsel(doing: ActionContext, request: PersonAccountsRequest) -> tuple[CounselView, ...]:
    """List whom a person has invited as counsel."""
    doing.case(request.person)
    accounts = doing.rows.find(ACCOUNT, "person", request.person)
    return tuple(
        CounselView(
            account=account.id,
            name=account.value.name,
            invited_at=account.value.opened_at,
            until_at=account.value.until_at,
            is_open=sessions.is_open(account.value, doing.now),
        )
        for account in accounts
        if account.value.role is Role.COUNSEL
    )


def _open(doing: ActionContext, person: str, role: Role) -> list[Stored[Account]]:
    return [
        account
        for account in doing.rows.find(ACCOUNT, "person", person)
        if account.value.role is role and sessions.is_open(account.value, doing.now)
    ]
