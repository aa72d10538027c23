"""Persons named by a line of the audit log, so that each can be erased without the others.

A record names one person by their id: it is erased with them. A record about several, as of a list
of cases, has a token for each instead, made under the person's own key and other in every record;
the rows that lead to the record have the ids. When one of the persons is erased, their key goes
with their rows, and what is left of them is a token that nothing leads to. The record stays as it
was committed, for the others, who read in it who looked.
Law: Directive (EU) 2016/680, article 16: erasure of one person's data, and article 25: the log
"""

import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring.interface import KEY_BYTES, Keyring
from mesure.store.values.faults import ErasedError
from mesure.store.values.register import RegisterRow
from mesure.store.writing.audit_append import Salts

DEED: Final = "deed"  # Rows that say where in the audit log to find who did what to whom.
_KEY: Final = "person"


def deed_id(entry: int, part: int = 0) -> str:
    """Return the name of the row that leads to an entry; names sort as entries do."""
    return f"{entry:012}.{part:03}"


def in_record(
    keyring: Keyring, salts: Salts, persons: Sequence[str], request: str, at: str
) -> list[str]:
    """Return how a record names persons: one by the id, several by a token each.

    The tokens are sorted, so that their order says nothing. A person whose key is lost has a random
    token, which says only that it is somebody; the rows have their id like any other. Raises
    `ErasedError` where one of several was erased.
    """
    if len(persons) < 2:
        return list(persons)
    known = keyring.find_keys(persons)
    for person in persons:
        if person not in known and keyring.is_erased(person):
            raise ErasedError(f"{person} was erased; nothing more can be kept about {person}.")
    keys = {person: known.get(person) or salts(KEY_BYTES) for person in persons}
    bound = f"named in the audit log\n{request}\n{at}".encode()
    return sorted(hmac.new(keys[person], bound, sha256).hexdigest() for person in persons)


def rows_of(reading: ReadTransaction, entry: int) -> Iterator[RegisterRow]:
    """Yield the rows that lead to an entry."""
    part = 0
    while row := reading.entry(DEED, deed_id(entry, part)):
        yield row
        part += 1


def of_row(row: RegisterRow) -> list[str]:
    """Return whom a row that leads to an entry names."""
    return sorted(value for key, value in row.keys if key == _KEY)


def of_entry(reading: ReadTransaction, entry: int) -> list[str]:
    """Return whom an entry is about, of those who were not erased."""
    return sorted({person for row in rows_of(reading, entry) for person in of_row(row)})


def without(row: RegisterRow, person: str) -> RegisterRow:
    """Return a row that no longer names a person."""
    keys = row.keys - {(_KEY, person)}
    return RegisterRow(row.kind, row.id, row.revision + 1, None, row.body, row.changed_us, keys)
