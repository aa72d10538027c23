"""Office people: who works at the office of a seed, and which acts were confirmed to them.

What must be refused is said here once more, from what was decided and not from the product, so that
the product cannot forgive itself.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountName, OpenAccount
from mesure.actions.framework.action import Action
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType
from mesure.machine import clock
from mesure.privacy.roles import Role
from mesure_lab.whole import overreach
from mesure_lab.whole.drawn.scenery import S
from mesure_lab.whole.lives import desk_looks
from mesure_lab.whole.simulated.machine import SimulatedMachine

NEAR_US: Final = 5 * S  # A clock that is set by seconds.

# Who may never do it, no matter whom it is about; written from docs/law.md and decision 0031.
NEVER: Final = {
    **overreach.NEVER,
    **desk_looks.NEVER,
    "incidents.find": {Role.PERSON, Role.INSPECTOR, Role.OPERATOR},
    "incidents.decide_again": {Role.PERSON, Role.INSPECTOR, Role.OPERATOR},
    "incidents.show": {Role.OPERATOR},
    "persons.show": {Role.OPERATOR},
    "looks.trail": {Role.OPERATOR, Role.INSPECTOR},
    "assessments.list": {Role.OPERATOR},
    "notes.write": {Role.PERSON, Role.INSPECTOR, Role.OPERATOR},
    "orders.attach_paper": {Role.PERSON, Role.INSPECTOR, Role.OPERATOR},
    "contests.make": {Role.OFFICER, Role.SUPERVISOR, Role.INSPECTOR, Role.OPERATOR},
}


@dataclass
class DoneAct:
    """Something that somebody asked the service for, and what they know of what came of it."""

    action: str
    actor: Actor
    outcome: str  # "done", "refused", or "unanswered".
    person: str | None
    reason: str = ""  # Why it was refused.
    shown: frozenset[str] = frozenset()  # About whom the answer was.
    request: object = None
    made: str = ""  # The id of what was entered.
    at_us: int = 0  # By the clock of the machine, when it was answered.


@dataclass
class StandIn:
    """An officer who stands in for another one, or for all; empty `id`: nobody knows if so."""

    id: str
    covers: str | None
    by: str
    start_us: int
    until_us: int

    def may_act(self, account: str, officer: str | None, now_us: int) -> bool:
        """Tell whether an account may act for an officer by this, to the second."""
        is_meant = self.by == account and self.covers in {None, officer}
        return is_meant and self.start_us - NEAR_US <= now_us < self.until_us + NEAR_US


@dataclass
class OfficePeople:
    """Who works there, and what they know that was done."""

    supervisor: Actor
    officers: tuple[Actor, ...]
    inspector: Actor
    operator: Actor
    acts: list[DoneAct] = field(default_factory=list)
    officer_of: dict[str, str] = field(default_factory=dict)  # By person; the account.
    barred: set[tuple[str, str]] = field(default_factory=set)  # Person and account.
    unsure: set[str] = field(default_factory=set)  # Of whom it is not known who may see them.
    found_by: dict[str, set[str]] = field(default_factory=dict)  # By incident.
    notes: dict[str, str] = field(default_factory=dict)  # About whom each is.
    said_of: Counter[str] = field(default_factory=Counter)  # How often something, by incident.
    tried_of: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # In vain; see acts.
    ended_of: Counter[str] = field(default_factory=Counter)  # Findings, by incident.
    decisions: list[tuple[Actor, Action[Any, Any], Any, str | None]] = field(default_factory=list)
    stand_ins: list[StandIn] = field(default_factory=list)
    webhooks: dict[str, tuple[str, AddWebhook]] = field(default_factory=dict)  # And their secrets.

    @property
    def everybody(self) -> tuple[Actor, ...]:
        """Return everybody who works there."""
        return (self.supervisor, *self.officers, self.inspector, self.operator)

    def officer(self, person: str) -> Actor:
        """Return the officer of a case; a supervisor, where nobody of them is."""
        account = self.officer_of.get(person)
        return next((one for one in self.officers if one.account == account), self.supervisor)

    def must_refuse(self, action: str, actor: Actor, person: str | None) -> bool:
        """Tell whether an act must be refused, as far as that is sure."""
        if actor.role in NEVER.get(action, set()):
            return True
        if actor.role is Role.SERVICE and action not in actor.scopes:
            return True
        if person is None or person in self.unsure:
            return False
        if {(person, actor.account), (person, actor.let_in_by)} & self.barred:
            return True
        if actor.role in {Role.PERSON, Role.COUNSEL}:
            return actor.person != person
        return actor.role is Role.OFFICER and not self._has_case(person, actor.account)

    def _has_case(self, person: str, account: str) -> bool:
        officer, now_us = self.officer_of.get(person), clock.now_us()
        stands_in = any(one.may_act(account, officer, now_us) for one in self.stand_ins)
        return officer == account or stands_in


def move_in(machine: SimulatedMachine) -> OfficePeople:
    """Open the accounts of an office, as its first supervisor would."""
    first = OpenAccount("Supervisor", Role.SUPERVISOR, "supervisor@office.example")
    supervisor = Actor(
        machine.do(PROGRAM, staff_accounts.open_first, first).account, Role.SUPERVISOR
    )

    def open_account(name: str, role: Role) -> Actor:
        request = OpenAccount(name, role, f"{name.lower()}@office.example")
        account = machine.do(supervisor, staff_accounts.open_account, request).account
        # From the machine, or the supervisor would be no second pair of eyes for them.
        machine.do(PROGRAM, staff_accounts.let_in, AccountName(account))
        return Actor(account, role)

    officers = open_account("First", Role.OFFICER), open_account("Second", Role.OFFICER)
    people = OfficePeople(
        supervisor,
        officers,
        open_account("Inspector", Role.INSPECTOR),
        open_account("Keeper", Role.OPERATOR),
    )
    hook = AddWebhook(address="https://hooks.example/mesure", events=tuple(WebhookEventType))
    added = machine.do(people.operator, webhooks.add, hook)
    people.webhooks[added.webhook] = added.secret, hook
    people.acts.append(DoneAct(webhooks.add.name, people.operator, "done", None))
    return people


def own(person: str) -> Actor:
    """Return a person as they act on their own record."""
    return Actor(f"own-{person}", Role.PERSON, person)
