"""Persons under an order: their names, language, and how they are reached.

Nothing here says where anybody is or was.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from mesure.actions.accounts import contact_addresses
from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext, ReadRequest, action, look
from mesure.actions.framework.case_access import CASE, CaseFile
from mesure.actions.records.account_records import ACCOUNT, LANGUAGES, NAME_CHARS_MAX
from mesure.actions.records.record_types import RecordType
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.privacy import charge
from mesure.privacy.charge import ChargeBasis
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.store.values import bounds
from mesure.store.values.records import Person


class PersonDetails(msgspec.Struct, frozen=True):
    """What is known of a person beyond the order."""

    name: str
    language: str = "en"
    phone: str | None = None
    email: str | None = None


DETAILS: Final = RecordType("details", PersonDetails)


class EnterPerson(msgspec.Struct, frozen=True):
    """A person whom a court has put under an order."""

    person: str  # The id that the order names.
    name: str
    language: str = "en"
    phone: str | None = None
    email: str | None = None
    officer: str | None = None  # Whose caseload; an officer enters for their own.


class ChangeDetails(msgspec.Struct, frozen=True):
    """What a person is called now, and how they are reached; all of it is said anew."""

    person: str
    name: str
    language: str = "en"
    phone: str | None = None
    email: str | None = None


class SetContact(msgspec.Struct, frozen=True):
    """How the person wants to be reached; None: not in this way."""

    person: str
    phone: str | None = None
    email: str | None = None


class PersonRequest(ReadRequest, frozen=True, kw_only=True):
    """Which person."""

    person: str


class InChargeView(msgspec.Struct, frozen=True):
    """Who is in charge of a person now, and by what."""

    account: str
    name: str
    how: ChargeBasis
    officer: str | None = None  # On whose list the case is; None: on none.


class PersonView(msgspec.Struct, frozen=True):
    """A person's page, without anything about places."""

    person: str
    name: str
    language: str
    phone: str | None
    email: str | None
    orders: tuple[str, ...]
    devices: tuple[str, ...]  # Carried now.
    in_charge: InChargeView


@action("persons.enter", CASEWORK | {Role.SERVICE})
def enter(doing: ActionContext, request: EnterPerson) -> None:
    """Enter a person, onto the caseload of an officer."""
    try:
        bounds.check_person(request.person)
    except ValueError:
        raise InvalidInputError(ActionRefusal.NAME) from None
    if doing.work.person(request.person) is not None:
        doing.concerns(request.person)
        raise ActionConflictError(ActionRefusal.THERE_ALREADY)
    doing.opens(request.person)
    officer = request.officer
    if doing.actor.role is Role.OFFICER:
        officer = doing.actor.account
    _check_officer(doing, officer)
    doing.work.add_person(Person(request.person, doing.now, doing.actor.account))
    doing.context.keyring.make_keys([request.person])  # Here alone, and where data is taken in.
    details = _details(request.name, request.language, request.phone, request.email)
    doing.rows.add(DETAILS, request.person, details, request.person)
    doing.rows.add(CASE, request.person, CaseFile(request.person, officer))


def _check_officer(doing: ActionContext, officer: str | None) -> None:
    if officer is not None and officer not in doing.staff.officers:
        raise InvalidInputError(ActionRefusal.NO_OFFICER)


def _details(name: str, language: str, phone: str | None, email: str | None) -> PersonDetails:
    if not (0 < len(name.strip()) <= NAME_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    if language not in LANGUAGES:
        raise InvalidInputError(ActionRefusal.LANGUAGE)
    contact_addresses.check(phone, email)
    return PersonDetails(name.strip(), language, phone, email)


@action("persons.change_details", CASEWORK)
def change_details(doing: ActionContext, request: ChangeDetails) -> None:
    """Change a person's name, language, and how they are reached."""
    doing.case(request.person)
    stored_details = doing.rows.need(DETAILS, request.person)
    details = _details(request.name, request.language, request.phone, request.email)
    doing.rows.change(stored_details, details)


@action("persons.set_contact", {Role.PERSON})
def set_contact(doing: ActionContext, request: SetContact) -> None:
    """Change how one is reached oneself."""
    doing.case(request.person)
    details = doing.rows.need(DETAILS, request.person)
    contact_addresses.check(request.phone, request.email)
    new = msgspec.structs.replace(details.value, phone=request.phone, email=request.email)
    doing.rows.change(details, new)


@look("persons.show", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def show(doing: ActionContext, request: PersonRequest) -> PersonView:
    """See a person's page: name, contact, orders, devices, and who is in charge."""
    doing.case(request.person)
    details = doing.rows.need(DETAILS, request.person)
    carried = doing.work.assignments_of(request.person)
    return PersonView(
        person=request.person,
        name=details.value.name,
        language=details.value.language,
        phone=details.value.phone,
        email=details.value.email,
        orders=tuple(order.id for order in doing.work.orders_of(request.person)),
        devices=tuple(one.device for one in carried if one.holds_at(doing.now)),
        in_charge=in_charge(doing, case_access.file_of(doing.rows, request.person)),
    )


def name(doing: ActionContext, person: str) -> str:
    """Return what a person is called, with their case open."""
    doing.case(person)
    details = doing.rows.get(DETAILS, person)
    return person if details is None else details.value.name


class PersonNames(NamedTuple):
    """What persons are called; nobody who was erased a moment ago."""

    by_person: dict[str, str]  # A person who cannot be read is called by the id.
    unreadable: frozenset[str]


def names(doing: ActionContext, persons: Sequence[str]) -> PersonNames:
    """Return what persons are called, with their cases open, read at once."""
    doing.cases(persons)

    def read(part: Sequence[str]) -> dict[str, str]:
        about = doing.rows.of_persons([DETAILS], part)
        details = {person: about.of(DETAILS, person) for person in part}
        return {person: kept[0].value.name if kept else person for person, kept in details.items()}

    parts, unreadable = lost_keys.read_apart(doing.context.keyring, persons, read)
    by_person = {person: person for person in unreadable}
    for part in parts:
        by_person |= part
    return PersonNames(by_person, frozenset(unreadable))


def in_charge(doing: ActionContext, file: CaseFile) -> InChargeView:
    """Return who is in charge of a person now, from the file of the case; always somebody."""
    [person_in_charge] = all_in_charge(doing, [file])
    return person_in_charge


def all_in_charge(doing: ActionContext, files: Iterable[CaseFile]) -> list[InChargeView]:
    """Return the same of several files, in their order, read at once.

    All on one officer's list from whom the same are barred have the same people in charge.
    """
    staff = doing.staff
    grounds = [(file.officer, case_access.accounts_barred_from(file, staff)) for file in files]
    charges = {ground: charge.in_charge(*ground, staff, doing.now) for ground in {*grounds}}
    accounts = doing.rows.get_many(ACCOUNT, {basis.account for basis in charges.values()})
    views = {
        (officer, barred): InChargeView(
            basis.account,
            accounts[basis.account].value.name if basis.account in accounts else "-",
            basis.how,
            officer,
        )
        for (officer, barred), basis in charges.items()
    }
    return [views[ground] for ground in grounds]
