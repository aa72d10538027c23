"""Ways into the demo for its viewers: as the town's officer and supervisor, and as one person.

They come in like anybody else: an account is set up with a password and an app, whose codes for a
lost phone are shown; a card is printed for the person. There is no other door.
"""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

import pyotp

from mesure.actions.accounts import printed_cards, staff_accounts
from mesure.actions.accounts.printed_cards import GiveCard
from mesure.actions.accounts.staff_accounts import FinishSetup, OpenSetupLink
from mesure.actions.framework import action, context
from mesure.service.installation.installation import Installation
from mesure_lab.demonstration import moving_in
from mesure_lab.demonstration.moving_in import MovedIn

CODES_SHOWN: Final = 3


class StaffDoor(NamedTuple):
    """With what a viewer signs in as somebody who works in the town."""

    login: str
    password: str
    codes: list[str]  # Each works once.


def set_up(instance: Installation, moved_in: MovedIn, now: datetime) -> list[StaffDoor]:
    """Set up the accounts of those who work in the town."""
    return [_set_up(instance, login, token, now) for login, token in moved_in.links.items()]


def describe_doors(
    instance: Installation,
    moved_in: MovedIn,
    staff: Iterable[StaffDoor],
    person: str,
    origin: str,
    now: datetime,
) -> Iterator[str]:
    """Yield what to open, and with what, for those who work there and for one person."""
    for door in staff:
        yield f"Open {origin}/sign-in as the {door.login} of the town:"
        codes = ", ".join(door.codes)
        yield f"  name {door.login}, password {door.password}, and one of these codes: {codes}"
    card = action.perform(
        moving_in.context_of(instance, moved_in.officer, now), printed_cards.give, GiveCard(person)
    )
    yield f"Open {origin}/sign-in/card as {person}, in another window:"
    yield f"  card {card.code}, and a PIN that you choose now, of 6 digits or more"


def _set_up(instance: Installation, login: str, token: str, now: datetime) -> StaffDoor:
    visitor = moving_in.context_of(instance, context.VISITOR, now)
    setup = action.perform(visitor, staff_accounts.begin_setup, OpenSetupLink(token))
    password, code = secrets.token_urlsafe(12), pyotp.TOTP(setup.totp_secret).at(now)
    finish = FinishSetup(token, login, password, code)
    recovery = action.perform(visitor, staff_accounts.finish_setup, finish)
    return StaffDoor(login, password, list(recovery.codes[:CODES_SHOWN]))
