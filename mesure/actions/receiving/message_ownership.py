"""Message ownership: whose each part of a message is, and the message sealed for each of them.

A fix is whose the device was when it was observed. Where nothing in a message has a time, as in a
sign of life, it is whose the device was when it was sent, if the device's clock can mean that. A
part of which all is still to come begins at its receipt: or it would stay until that is over, too.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np

from mesure import instants
from mesure.actions.orders import assignment_end
from mesure.actions.records.record_types import RegisterReader
from mesure.devices import assignment, message_verification
from mesure.devices.assignment import Assignment, Assignments
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.packed import I64
from mesure.devices.message_verification import AcceptedMessage, VerifiedMessage
from mesure.instants import to_datetime
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring, owner_of_unassigned
from mesure.store.values.faults import ErasedError
from mesure.store.values.records import SHARES_MAX, MessageShare
from mesure.store.writing.audit_append import Salts


class OwnershipPart(NamedTuple):
    """Part of a message: whose it is, and the time that it spans, both ends included."""

    person: str | None
    first_us: int
    last_us: int


def carriers(
    reading: ReadTransaction, keyring: Keyring, devices: Collection[str]
) -> dict[str, Assignments]:
    """Return who carried each of some devices; under an order that has ended, until its end."""
    rows = RegisterReader(reading, keyring)
    spans: dict[str, list[Assignment]] = {device: [] for device in devices}
    for span in assignment_end.end_with_orders(rows, reading.assignments(*devices)):
        spans[span.device].append(span)
    return {device: tuple(some) for device, some in spans.items()}


def of_message(
    verified: VerifiedMessage, believed: AcceptedMessage, carried: Assignments, received_us: int
) -> tuple[OwnershipPart, ...]:
    """Return whose an accepted message is."""
    what, ahead_us = verified.said.what, believed.ahead_us
    times_us = message_verification.ownership_times_us(what, received_us, ahead_us)
    if not len(times_us):
        at_us = _sent_us(verified.said.sent_us, received_us)
        return (_at(carried, verified.device, at_us),)
    whose = tuple((one.assignment.person, one.rows) for one in believed.carried)
    return _parts(times_us, whose, believed.unassigned is not None, received_us)


def of_times(
    carried: Assignments, device: str, times_us: I64, received_us: int
) -> tuple[OwnershipPart, ...]:
    """Return whose a message about these times is; without times, by its receipt."""
    if not len(times_us):
        return (_at(carried, device, received_us),)
    portions, nobodys = assignment.assign_rows(carried, device, times_us)
    whose = tuple((one.assignment.person, one.rows) for one in portions)
    return _parts(times_us, whose, nobodys is not None, received_us)


def _sent_us(sent_us: int, received_us: int) -> int:
    return sent_us if instants.CREDIBLE_FROM_US <= sent_us <= received_us else received_us


def _at(carried: Assignments, device: str, at_us: int) -> OwnershipPart:
    current_assignment = assignment.whose(carried, device, to_datetime(at_us))
    return OwnershipPart(
        None if isinstance(current_assignment, DeviceRefusal) else current_assignment.person,
        at_us,
        at_us,
    )


def _parts(
    times_us: I64, whose: tuple[tuple[str, I64], ...], has_nobodys: bool, received_us: int
) -> tuple[OwnershipPart, ...]:
    """Return a part for each person, and one for nobody where there is a rest.

    One message has no more persons than a store takes shares: it spans at most some weeks. The
    share of a person beyond them is not lost: it belongs to nobody until somebody looks.
    """
    if len(whose) == 1 and len(whose[0][1]) == len(times_us):
        return (_part(whose[0][0], times_us, received_us),)
    left = np.ones(len(times_us), np.bool_)
    spans: dict[str | None, OwnershipPart] = {}
    for person, rows in whose:
        if person in spans or len(spans) < SHARES_MAX - 1:
            left[rows] = False
            spans[person] = _joined(spans.get(person), _part(person, times_us[rows], received_us))
    if has_nobodys or left.any():
        spans[None] = _part(None, times_us[left], received_us)
    return tuple(spans.values())


def _part(person: str | None, times_us: I64, received_us: int) -> OwnershipPart:
    first_us, last_us = assignment.ends(times_us)
    return OwnershipPart(person, min(first_us, received_us), last_us)


def _joined(part: OwnershipPart | None, other: OwnershipPart) -> OwnershipPart:
    if part is None:
        return other
    first_us, last_us = min(part.first_us, other.first_us), max(part.last_us, other.last_us)
    return OwnershipPart(part.person, first_us, last_us)


class MessageSealer:
    """Seals messages for those whose they are, within one change."""

    def __init__(self, keyring: Keyring, salts: Salts) -> None:
        self._keyring, self._salts = keyring, salts
        self._keys: dict[str, bytes | None] = {}  # By owner; None: everything was erased.

    def expect(self, persons: Iterable[str]) -> None:
        """Ask for the keys of some persons at once, who are likely to be needed."""
        self._keys.update(self._keyring.find_keys(persons))  # Others alone, when they are needed.

    def has_erased(self, parts: Iterable[OwnershipPart]) -> bool:
        """Tell whether a part is of somebody about whom everything was erased.

        Then the whole message is refused: a batch cannot be split, and would be kept for others.
        Raises `LostKeyError` where a key is lost: then it is put off, until the key is back.
        """
        return any(part.person is not None and self._key(part.person) is None for part in parts)

    def seal(
        self, data: bytes, parts: Iterable[OwnershipPart], device: str, same: int | bytes
    ) -> tuple[MessageShare, ...]:
        """Return the shares of a message, each with the whole message under its owner's key."""
        return tuple(MessageShare(*part, self._sealed(data, part, device, same)) for part in parts)

    def _sealed(self, data: bytes, part: OwnershipPart, device: str, same: int | bytes) -> bytes:
        owner = owner_of_unassigned(device) if part.person is None else part.person
        key = self._key(owner)
        assert key is not None, "who was erased was asked for before"
        bound = sealing.message_seal_context(owner, device, same)
        return sealing.seal(key, data, bound, self._salts)

    def _key(self, owner: str) -> bytes | None:
        if owner not in self._keys:
            try:
                self._keys[owner] = self._keyring.key_of(owner)
            except ErasedError:
                self._keys[owner] = None
        return self._keys[owner]
