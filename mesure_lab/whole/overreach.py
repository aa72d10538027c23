"""Overreach: what people try that their role may never do, no matter to whom.

Which role may do what is written here once more, from the roles as docs/law.md and decision 0031
have them: an operator sees no case, an inspector changes nothing, a person reaches only what
concerns them, and nobody who works on a case opens accounts.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, Final, NamedTuple

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import AssignCase, BarRequest
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.framework.action import Action
from mesure.actions.incidents import statistics
from mesure.actions.incidents.statistics import StatisticsRequest
from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType
from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import RequestAbsence
from mesure.actions.orders.court_orders import EnterVersion
from mesure.actions.oversight import inspection
from mesure.actions.oversight.inspection import LooksSearch
from mesure.machine import clock
from mesure.privacy.roles import Role
from mesure_lab.whole.drawn.random_persons import DrawnPerson

Request = Callable[[DrawnPerson, str], object]  # From whom it is about, and an account.


class Overreach(NamedTuple):
    """Something that some roles may never do, and how they ask for it."""

    action: Action[Any, Any]
    never: frozenset[Role]
    request: Request
    is_about_person: bool = True


EVERY_EVENT: Final = tuple(WebhookEventType)
OUTSIDE: Final = frozenset({Role.INSPECTOR, Role.OPERATOR, Role.PERSON})
EVERYONE: Final = OUTSIDE | {Role.OFFICER, Role.SUPERVISOR}


def _absence(person: DrawnPerson, _account: str) -> RequestAbsence:
    now = clock.now()
    return RequestAbsence(
        order=person.order,
        conditions=("C1",),
        start_at=now,
        until_at=now + timedelta(hours=1),
        reason="work",
    )


def _looks(person: DrawnPerson, _account: str) -> LooksSearch:
    today = clock.now().date()
    return LooksSearch(first_day=today, last_day=today, person=person.name)


ATTEMPTS: Final = (
    Overreach(caseload.assign, EVERYONE - {Role.SUPERVISOR},
              lambda person, account: AssignCase(person.name, account)),
    Overreach(caseload.bar, EVERYONE - {Role.SUPERVISOR},
              lambda person, account: BarRequest(person.name, account)),
    Overreach(persons.enter, OUTSIDE, lambda person, _: EnterPerson(f"{person.name}-X", "Other"),
              is_about_person=False),
    Overreach(court_orders.enter, OUTSIDE,
              lambda person, _: EnterVersion(person.texts[0].text.encode(), {})),
    Overreach(absences.give, OUTSIDE, _absence),
    Overreach(staff_accounts.open_account, EVERYONE - {Role.SUPERVISOR},
              lambda *_: OpenAccount("Friend", Role.SUPERVISOR, "friend@office.example"),
              is_about_person=False),
    Overreach(webhooks.add, EVERYONE - {Role.OPERATOR},
              lambda *_: AddWebhook(address="https://hooks.example/own", events=EVERY_EVENT),
              is_about_person=False),
    Overreach(inspection.search_looks, EVERYONE - {Role.INSPECTOR}, _looks),
    Overreach(statistics.show, EVERYONE - {Role.INSPECTOR, Role.SUPERVISOR},
              lambda *_: StatisticsRequest(), is_about_person=False),
)  # fmt: skip
NEVER: Final = {one.action.name: one.never for one in ATTEMPTS}


def choose(dice: Random, role: Role) -> Overreach:
    """Return something that a role may never do."""
    return dice.choice([one for one in ATTEMPTS if role in one.never])
