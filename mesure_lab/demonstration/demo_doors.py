"""Ways into the demo for its viewers: as an officer of the town, and as a person under an order.

They come in like anybody else: an account is set up with a password and an app, whose codes for a
lost phone are shown; a card is printed for the person. There is no other door.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import pyotp

from mesure.actions.accounts import printed_cards, staff_accounts
from mesure.actions.accounts.printed_cards import GiveCard
from mesure.actions.accounts.staff_accounts import AccountRef, FinishSetup, OpenSetupLink
from mesure.actions.framework import action, context
from mesure.service.installation.installation import Installation
from mesure_lab.demonstration import moving_in
from mesure_lab.demonstration.moving_in import MovedIn

LOGIN: Final = "officer"
CODES_SAID: Final = 3


def describe_doors(
    instance: Installation, moved_in: MovedIn, person: str, origin: str, now: datetime
) -> Iterator[str]:
    """Yield what to open, and with what, for an officer and for one person."""
    password = secrets.token_urlsafe(12)
    codes = _officer(instance, moved_in, password, now)
    yield f"Open {origin}/sign-in as an officer of the town:"
    yield f"  name {LOGIN}, password {password}, and one of these codes: {', '.join(codes)}"
    card = action.perform(
        moving_in.context_of(instance, moved_in.officer, now), printed_cards.give, GiveCard(person)
    )
    yield f"Open {origin}/sign-in/card as {person}, in another window:"
    yield f"  card {card.code}, and a PIN that you choose now, of 6 digits or more"


def _officer(instance: Installation, moved_in: MovedIn, password: str, now: datetime) -> list[str]:
    """Set up the officer's account, and return codes that work once each."""
    supervisor = moving_in.context_of(instance, moved_in.supervisor, now)
    officer = moved_in.officer.account
    link = action.perform(supervisor, staff_accounts.reset, AccountRef(officer))
    visitor = moving_in.context_of(instance, context.VISITOR, now)
    setup = action.perform(visitor, staff_accounts.begin_setup, OpenSetupLink(link.token))
    code = pyotp.TOTP(setup.totp_secret).at(now)
    finish = FinishSetup(link.token, LOGIN, password, code)
    recovery = action.perform(visitor, staff_accounts.finish_setup, finish)
    return list(recovery.codes[:CODES_SAID])
