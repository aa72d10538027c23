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

from mesure.actions.accounts import service_accounts, staff_accounts
from mesure.actions.accounts.service_accounts import OpenServiceAccount
from mesure.actions.accounts.staff_accounts import AccountName, OpenAccount
from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.devices import assignments, enrolment_codes
from mesure.actions.devices.assignments import AssignDevice
from mesure.actions.devices.enrolment_codes import DeviceRef, IssueCode
from mesure.actions.framework import action
from mesure.actions.framework.context import PROGRAM, Actor, Context
from mesure.actions.notifications import incident_feed
from mesure.actions.orders import court_orders as orders
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.privacy.roles import Role
from mesure.service.installation.installation import Installation
from mesure_lab.simulation.towns import TownPerson

THREADS: Final = 8
LASTS: Final = timedelta(days=30)
READS: Final = (incident_feed.follow.name,)


@dataclass(frozen=True, slots=True)
class MovedIn:
    """Who works there, how a program reads incidents, and a code for each device."""

    officer: Actor
    supervisor: Actor
    links: dict[str, str]  # With which both set up their accounts, by role.
    token: str  # For the program.
    codes: dict[str, str]  # By device.
    orders: dict[str, str]  # By person.


class DemoOffice:
    """Those who work at an installation of a town: a supervisor and an officer."""

    def __init__(self, instance: Installation, now: Callable[[], datetime]) -> None:
        self._made, self._now = instance, now
        first = OpenAccount("Supervisor of the town", Role.SUPERVISOR)
        opened = action.perform(self._context(PROGRAM), staff_accounts.open_first, first)
        self.supervisor = Actor(opened.account, Role.SUPERVISOR)
        second = OpenAccount("Officer of the town", Role.OFFICER)
        context = self._context(self.supervisor)
        account = action.perform(context, staff_accounts.open_account, second).account
        # Let in from the machine, or the supervisor would be no second pair of eyes for them.
        name = AccountName(account)
        let_in = action.perform(self._context(PROGRAM), staff_accounts.let_in, name)
        self.officer = Actor(account, Role.OFFICER)
        self.links = {Role.OFFICER.value: let_in.token, Role.SUPERVISOR.value: opened.token}

    def _context(self, actor: Actor) -> Context:
        return context_of(self._made, actor, self._now())

    def token(self) -> str:
        """Return the token of a program that follows incidents."""
        request = OpenServiceAccount("Reader of the town", READS, self._now() + LASTS)
        context = self._context(self.supervisor)
        return action.perform(context, service_accounts.open_service, request).token

    def take_in(self, person: TownPerson) -> tuple[str, str]:
        """Enter a person with an order, and a device; return the order and the device's code."""
        officer = self._context(self.officer)
        action.perform(officer, persons.enter, EnterPerson(person.id, f"Nobody {person.id}"))
        entered = action.perform(
            officer, orders.enter, EnterVersion(person.order_text.encode(), {})
        )
        if not entered.binds:
            reference = VersionRef(entered.order, entered.number, entered.whole_sha256)
            action.perform(self._context(self.supervisor), orders.confirm, reference)
        device = device_of(person.id)
        action.perform(officer, enrolment_codes.add, DeviceRef(device))
        return entered.order, action.perform(
            officer, enrolment_codes.give_code, IssueCode(device)
        ).code


def move_in(
    instance: Installation, town: Sequence[TownPerson], now: Callable[[], datetime]
) -> MovedIn:
    """Enter everybody of a town."""
    office = DemoOffice(instance, now)
    with ThreadPoolExecutor(THREADS) as pool:
        taken_in = dict(zip([one.id for one in town], pool.map(office.take_in, town), strict=True))
    codes = {device_of(person): code for person, (_, code) in taken_in.items()}
    orders_ = {person: order for person, (order, _) in taken_in.items()}
    token = office.token()
    return MovedIn(office.officer, office.supervisor, office.links, token, codes, orders_)


def hand_out(instance: Installation, moved_in: MovedIn, now: Callable[[], datetime]) -> None:
    """Give everybody their device, which has introduced itself."""

    def give(person: str) -> None:
        context = context_of(instance, moved_in.officer, now())
        request = AssignDevice(device_of(person), person, moved_in.orders[person])
        action.perform(context, assignments.give, request)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(give, moved_in.orders))


def context_of(instance: Installation, actor: Actor, now: datetime) -> Context:
    """Return the context in which somebody of the town's office acts."""
    return Context(
        instance.store, instance.keyring, now, secrets.token_bytes, actor, request="town"
    )


def device_of(person: str) -> str:
    """Return what a person's device is called.

    >>> device_of("P-0001")
    'D-P-0001'
    """
    return f"D-{person}"
