"""Office set-up: what a new office has done of its first week, worked out from what is stored.

Nothing here is ticked by hand, except that somebody tried a backup: nothing else that is kept shows
it. Its readers see how many and since when, and nothing of anybody under an order.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from mesure.actions.accounts import staff_accounts
from mesure.actions.devices.device_classes import ENROLLED
from mesure.actions.framework import four_eyes
from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look
from mesure.actions.framework.case_access import CASE
from mesure.actions.orders.court_orders import WAITING, WAITS
from mesure.actions.records.account_records import ACCOUNT, NAME_CHARS_MAX, Account
from mesure.actions.records.app_records import PILOT
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.privacy.roles import CASEWORK, STAFF, Role

_SETS_UP: Final = frozenset({Role.SUPERVISOR, Role.OPERATOR})
DRILL_ID: Final = "last"


class BackupDrillRecord(msgspec.Struct, frozen=True):
    """On which day a backup was last tried, and who entered it and when."""

    tried_on: date
    entered_by: str
    entered_at: datetime


DRILL: Final = RecordType("backup_drill", BackupDrillRecord)


class RenameAccount(msgspec.Struct, frozen=True):
    """What an account is called from now on."""

    account: str
    name: str


class RecordDrill(msgspec.Struct, frozen=True):
    """On which day a backup was tried."""

    tried_on: date


class FirstWeekView(msgspec.Struct, frozen=True):
    """How far an office has come, from the first link to the first order in force."""

    unnamed: str | None  # The account of a supervisor that still has the name it came with.
    supervisors: int  # Open accounts that are set up, in each role.
    officers: int
    operators: int
    not_set_up: int  # Open accounts whose link was not used yet.
    two_people_from_at: datetime | None  # From when two count as two; None: there are not two.
    devices: int  # Enrolled devices and phones with an app that are not retired.
    persons: int
    has_version_waiting: bool  # For a second officer.
    has_order_in_force: bool
    drill: BackupDrillRecord | None


@action("accounts.rename", {Role.SUPERVISOR})
def rename(doing: ActionContext, request: RenameAccount) -> None:
    """Say what somebody who works here is called; the account stays theirs."""
    name = request.name.strip()
    if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    account = staff_accounts.staff_account(doing.rows, request.account)
    doing.rows.change(account, msgspec.structs.replace(account.value, name=name))
    doing.note(account=account.id)


@action("office.record_drill", _SETS_UP)
def record_drill(doing: ActionContext, request: RecordDrill) -> None:
    """Enter on which day a backup of data and keys was tried; the day before is replaced."""
    if request.tried_on > doing.now.astimezone(doing.procedure.zone).date():
        raise InvalidInputError(ActionRefusal.FUTURE)
    value = BackupDrillRecord(request.tried_on, doing.actor.account, doing.now)
    before = doing.rows.get(DRILL, DRILL_ID)
    if before is None:
        doing.rows.add(DRILL, DRILL_ID, value)
    else:
        doing.rows.change(before, value)
    doing.note(tried_on=request.tried_on.isoformat())


@look("office.first_week", _SETS_UP)
def first_week(doing: ActionContext, _: EmptyRequest) -> FirstWeekView:
    """See what is done of the first week of an office: how many, and nothing of anybody's case."""
    accounts = [one for role in sorted(STAFF) for one in doing.rows.find(ACCOUNT, "role", role)]
    working = [one for one in accounts if one.value.closed_at is None]
    ready = [one for one in working if one.value.is_set_up]
    unnamed = (one.id for one in working if one.value.name == staff_accounts.FIRST_NAME)
    drill = doing.rows.get(DRILL, DRILL_ID)
    persons = [kept.value.person for kept in doing.rows.all(CASE)]
    return FirstWeekView(
        unnamed=next(unnamed, None),
        supervisors=_count(ready, Role.SUPERVISOR),
        officers=_count(ready, Role.OFFICER),
        operators=_count(ready, Role.OPERATOR),
        not_set_up=len(working) - len(ready),
        two_people_from_at=_two_people(doing, ready),
        devices=sum(one.value.retired_at is None for one in doing.rows.all(ENROLLED))
        + sum(one.value.retired_at is None for one in doing.rows.all(PILOT)),
        persons=len(persons),
        # That there is one is no case of anybody's, so none is opened for it.
        has_version_waiting=bool(doing.work.entries_with_key(WAITING.name, *WAITS, count=1)),
        has_order_in_force=any(_binds(doing, person) for person in persons),
        drill=None if drill is None else drill.value,
    )


def _count(accounts: list[Stored[Account]], role: Role) -> int:
    return sum(one.value.role is role for one in accounts)


def _two_people(doing: ActionContext, ready: list[Stored[Account]]) -> datetime | None:
    """Return from when one may enter and another confirm, if nobody gets a new link."""
    working = [one.id for one in ready if one.value.role in CASEWORK]
    return four_eyes.two_people_from(doing, working)


def _binds(doing: ActionContext, person: str) -> bool:
    """Tell whether a confirmed version of a person's orders is in force now."""
    return any(
        version.confirmed_by is not None and doing.now in version.in_force
        for order in doing.work.orders_of(person)
        for version in doing.work.versions(order.id)
    )
