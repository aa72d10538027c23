"""Decrypted rows: sealed columns opened for export, and sealed again on import.

Each table says in which way its bodies are sealed; a kind of row that is sealed otherwise is
added here, and a test that hands everything on finds what was forgotten.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import mesure.actions
from mesure.actions.devices import device_commands
from mesure.actions.orders import binding_order
from mesure.actions.receiving.receipt_transaction import QUARANTINE
from mesure.actions.records import incident_body
from mesure.actions.records.record_types import RecordType
from mesure.actions.refusals.store_faults import LostKeyError
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring, owner_of_unassigned
from mesure.store.values import tables
from mesure.store.values.tables import Row
from mesure.store.writing.audit_append import Salts

SEALED: Final = frozenset(
    {"order_version", "message", "quarantine", "register", "incident", "outgoing"}
)


class _Under(NamedTuple):
    """Under whose key a body is sealed, and to what it is bound."""

    owner: str
    bound: bytes
    is_of_programme: bool = False


class RowCipher:
    """Opens and seals the bodies of rows, by the keys of one programme."""

    def __init__(self, keyring: Keyring, salts: Salts, person_of: Mapping[str, str]) -> None:
        """`person_of` says whom each order is about."""
        self._keyring, self._salts, self._person_of = keyring, salts, person_of

    def unseal(self, table: str, row: Row) -> Row:
        """Return a row with its body opened."""
        return self.unseal_with_nonce(table, row)[0]

    def unseal_with_nonce(self, table: str, row: Row) -> tuple[Row, bytes | None]:
        """Return a row with its body opened, and by which nonce it was sealed; None: it lay open.

        With key and nonce it is sealed to the same bytes again.
        """
        names = tables.names_of(table, row)
        fields = dict(zip(names, row, strict=True))
        under = self._under(table, fields) if table in SEALED and fields["body"] else None
        if under is None:
            return row, None
        body: bytes = fields["body"]
        # Reading must not make a key: it would look as if none were lost.
        key = self._programme_key(under) or self._keyring.find_key(under.owner)
        try:
            fields["body"] = sealing.unseal(key, body, under.bound)
        except LostKeyError as error:
            raise LostKeyError(f"{table}, about {under.owner}: {error}") from None
        return tuple(fields[name] for name in names), body[: sealing.NONCE_BYTES]

    def seal(self, table: str, row: Row, nonce: bytes | None = None) -> Row:
        """Return a row with its body sealed: anew, or as it was with a nonce."""
        names = tables.names_of(table, row)
        fields = dict(zip(names, row, strict=True))
        is_sealed = table in SEALED and (fields["body"] or nonce is not None)
        under = self._under(table, fields) if is_sealed else None
        if under is None:
            return row
        salts = self._salts if nonce is None else lambda _: nonce
        key = self._programme_key(under) or self._keyring.key_of(under.owner)
        fields["body"] = sealing.seal(key, fields["body"], under.bound, salts)
        return tuple(fields[name] for name in names)

    def _programme_key(self, under: _Under) -> bytes | None:
        return self._keyring.programme_key(under.owner) if under.is_of_programme else None

    def _under(self, table: str, row: Mapping[str, Any]) -> _Under | None:
        """Return what a body is sealed under; None where it lies open."""
        match table:
            case "message":
                owner = row["person"] or owner_of_unassigned(row["device"])
                same = row["digest"] if row["counter"] is None else row["counter"]
                return _Under(owner, sealing.message_seal_context(owner, row["device"], same))
            case "order_version":
                person = self._person_of[row["court_order"]]
                where = binding_order.seal_context(person, row["court_order"], row["number"])
                return _Under(person, where)
            case "incident":
                where = incident_body.seal_context(row["person"], row["id"], row["revision"])
                return _Under(row["person"], where)
            case "quarantine":
                where = sealing.seal_context(QUARANTINE, row["form"], row["digest"])
                return _Under(QUARANTINE, where, is_of_programme=True)
            case "outgoing":
                return self._outgoing(row)
        return self._register(row)

    def _outgoing(self, row: Mapping[str, Any]) -> _Under | None:
        if row["kind"] != device_commands.KIND:
            return None
        owner = row["person"] or owner_of_unassigned(row["recipient"])
        return _Under(owner, device_commands.seal_context(owner, row["key"]))

    def _register(self, row: Mapping[str, Any]) -> _Under | None:
        person, kind = row["person"], row["kind"]
        owner = person or programme_keys().get(kind)
        if owner is None:
            return None
        bound = sealing.entry_seal_context(owner, kind, row["id"], row["revision"])
        return _Under(owner, bound, is_of_programme=person is None)


@cache
def programme_keys() -> Mapping[str, str]:
    """Return the key of the programme by kind of row, of those that have one."""
    key_by_kind: dict[str, str] = {}
    for module in pkgutil.walk_packages(mesure.actions.__path__, "mesure.actions."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, RecordType) and value.programme_key is not None:
                key_by_kind[value.name] = value.programme_key
    return key_by_kind
