"""Traces of an erased person elsewhere: lines of the log, accounts, devices.

None of it is sealed under the person's key, so it is looked for by the person's id.
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from collections.abc import Iterator
from functools import partial

from mesure.actions.accounts.failed_sign_ins import KNOWN
from mesure.actions.accounts.sessions import SESSION
from mesure.actions.accounts.staff_accounts import LINK
from mesure.actions.data_rights import retained_data
from mesure.actions.data_rights.retained_data import PAGE
from mesure.actions.records import named_persons, record_types
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.named_persons import DEED, deed_id
from mesure.devices import device_state
from mesure.devices.health import DeviceHealth
from mesure.store.interface.store import WriteTransaction


def entries_that_name(work: WriteTransaction, person: str) -> Iterator[int]:
    """Yield the entries that name a person, and nobody else of whom anything is kept.

    An entry about others as well stays for them; no row leads from the person to it any more.
    """
    read = partial(work.entries_with_key, DEED, "person", person)
    for row in record_types.in_pages(read, most=PAGE):
        entry = retained_data.entry_of(row.id)
        opening = work.record_opening(entry)
        in_clear = () if opening is None else retained_data.persons_of(opening.record)
        others = {*named_persons.of_entry(work, entry), *in_clear} - {person}
        if opening is None or all(_is_erased(work, other) for other in others):
            yield entry
        elif person not in in_clear:
            work.put(named_persons.without(row, person))


def _is_erased(work: WriteTransaction, person: str) -> bool:
    """Tell whether nothing is kept of a person; true of a token, too, whose person a row names."""
    stored_person = work.person(person)
    return stored_person is None or stored_person.erased_at is not None


def forget_health(work: WriteTransaction, person: str) -> None:
    """Forget the state of the devices that a person carried last: last report, battery, strap.

    The counters stay, or what a device said once would be believed again.
    """
    work.keep_standings(
        {
            device: device_state.pack(
                device_state.unpack(packed_state)._replace(health=DeviceHealth())
            )
            for device, packed_state in work.standings(
                retained_data.last_devices(work, person)
            ).items()
        }
    )


def forget_rows(work: WriteTransaction, entry: int) -> None:
    """Drop the rows that lead to an entry whose record is gone."""
    part = 0
    while work.drop(DEED, deed_id(entry, part)):
        part += 1


def forget_accounts(work: WriteTransaction, person: str) -> None:
    """Drop the accounts of a person and of their counsel, with what hangs on them."""
    while entries := work.entries_with_key(ACCOUNT.name, "person", person, "", PAGE):
        for account in entries:
            for kind in (SESSION, KNOWN, LINK):
                while rows := work.entries_with_key(kind.name, "account", account.id, "", PAGE):
                    for row in rows:
                        work.drop(kind.name, row.id)
            work.drop(ACCOUNT.name, account.id)
