"""A simulated town moves into an installation: everybody is entered as officers would, by actions.

Nothing is written past them: an officer enters persons and orders, a supervisor confirms the zones,
devices get codes and introduce themselves. The people who work here are as made up as the town.
"""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mesure.actions import (
    accounts,
    acting,
    assignments,
    enrol,
    following,
    orders,
    persons,
    service_accounts,
)
from mesure.actions.accounts import OpenAccount
from mesure.actions.acting import Actor, Context
from mesure.actions.assignments import Give
from mesure.actions.enrol import CodeFor, DeviceNamed
from mesure.actions.orders import EnterVersion, OfVersion
from mesure.actions.persons import EnterPerson
from mesure.actions.service_accounts import OpenService
from mesure.privacy.roles import Role
from mesure.runtime import welcoming
from mesure.runtime.installation import Installation
from mesure.simulator.towns import Person

THREADS: Final = 8
LASTS: Final = timedelta(days=30)
READS: Final = (following.follow.name,)


@dataclass(frozen=True, slots=True)
class MovedIn:
    """How to come in, how a program reads incidents, and a code for each device."""

    link: str  # For the supervisor.
    token: str  # For the program.
    codes: dict[str, str]  # By device.


class Office:
    """Those who work at an installation of a town: a supervisor and an officer."""

    def __init__(self, made: Installation, now: Callable[[], datetime]) -> None:
        self._made, self._now = made, now
        first = OpenAccount("Supervisor of the town", Role.SUPERVISOR)
        opened = acting.perform(self._context(acting.PROGRAM), accounts.open_first, first)
        self.link = welcoming.path_of(opened.token)
        self._supervisor = Actor(opened.account, Role.SUPERVISOR)
        second = OpenAccount("Officer of the town", Role.OFFICER)
        context = self._context(self._supervisor)
        account = acting.perform(context, accounts.open_account, second).account
        self._officer = Actor(account, Role.OFFICER)

    def _context(self, actor: Actor) -> Context:
        made = self._made
        return Context(
            made.store, made.keyring, self._now(), secrets.token_bytes, actor, request="town"
        )

    def token(self) -> str:
        """Return the token of a program that follows incidents."""
        asked = OpenService("Reader of the town", READS, self._now() + LASTS)
        context = self._context(self._supervisor)
        return acting.perform(context, service_accounts.open_service, asked).token

    def take_in(self, person: Person, device: str) -> str:
        """Enter a person with order and device; return the code for the device."""
        officer = self._context(self._officer)
        acting.perform(officer, persons.enter, EnterPerson(person.id, f"Nobody {person.id}"))
        entered = acting.perform(
            officer, orders.enter, EnterVersion(person.order_text.encode(), {})
        )
        if not entered.binds:
            seen = OfVersion(entered.order, entered.number, entered.sha256)
            acting.perform(self._context(self._supervisor), orders.confirm, seen)
        acting.perform(officer, enrol.add, DeviceNamed(device))
        code = acting.perform(officer, enrol.give_code, CodeFor(device)).code
        acting.perform(officer, assignments.give, Give(device, person.id, entered.order))
        return code


def move_in(made: Installation, town: Sequence[Person], now: Callable[[], datetime]) -> MovedIn:
    """Enter everybody of a town."""
    office = Office(made, now)
    devices = [device_of(person) for person in town]
    with ThreadPoolExecutor(THREADS) as pool:
        codes = list(pool.map(office.take_in, town, devices))
    return MovedIn(office.link, office.token(), dict(zip(devices, codes, strict=True)))


def device_of(person: Person) -> str:
    """Return what a person's device is called."""
    return f"D-{person.id}"
