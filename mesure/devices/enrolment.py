"""Enrolment: which keys sign for which device, one key after another.

A key belongs to one device and is never given to a second. A device has one key at a time; which
one depends on the counter of a message, not on a clock: up to the counter that announced the new
key the old one signs, and after it the new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mesure.devices.message import public_keys as keys
from mesure.devices.message import uplink
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.message_fields import COUNTER_MAX
from mesure.devices.message.public_keys import MessageVerifier
from mesure.devices.message.uplink import Introduction, NewKey

INTRODUCED: Final = 1  # The counter of every introduction.


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """A public key, and the counters that it signs: `first` to `last`, both included."""

    public_key: bytes
    first: int
    last: int | None  # None: it is the present key.

    def signs(self, counter: int) -> bool:
        """Tell whether messages with this counter are signed by this key."""
        return self.first <= counter and (self.last is None or counter <= self.last)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A device whose key has been made known; its keys, oldest first, without gaps."""

    device: str
    device_class: str
    enrolled_at: datetime
    keys: tuple[EnrolledKey, ...]

    @property
    def is_in_service(self) -> bool:
        """Tell whether the device has a present key; one that was retired has none."""
        return self.keys[-1].last is None


Enrolled = Mapping[str, Enrolment]  # By device.


def enrol(
    enrolled: Enrolled, introduction: Introduction, enrolled_at: datetime
) -> Enrolment | DeviceRefusal:
    """Return the enrolment of a device that introduced itself, or why it can't be.

    Whether its message was signed by the key in it has been seen before; who may enrol, and that
    the code is the one given out, is for the action that does it.
    """
    if introduction.device in enrolled:
        return DeviceRefusal(
            DeviceRefusalReason.DEVICE_TAKEN, f"{introduction.device} is enrolled already"
        )
    refusal = _unfit(enrolled, introduction.public_key)
    if refusal is not None:
        return refusal
    key = EnrolledKey(introduction.public_key, INTRODUCED + 1, None)
    return Enrolment(introduction.device, introduction.device_class, enrolled_at, (key,))


def rotate(
    enrolled: Enrolled, device: str, new: NewKey, counter: int, verifier: MessageVerifier
) -> Enrolment | DeviceRefusal:
    """Return the enrolment with a new key from the next counter on, or why it can't be."""
    enrolment = enrolled.get(device)
    if enrolment is None:
        return DeviceRefusal(DeviceRefusalReason.NOT_ENROLLED, f"{device} is not enrolled")
    old = enrolment.keys[-1]
    if not old.signs(counter) or counter == COUNTER_MAX:  # Then no other could sign anything.
        detail = f"counter {counter} is not the present key's, or the last that there is"
        return DeviceRefusal(DeviceRefusalReason.KEY_NOT_IN_FORCE, detail)
    refusal = _unfit(enrolled, new.public_key)
    if refusal is not None:
        return refusal
    agreed = uplink.new_key_proof(old.public_key, new.public_key)
    if not keys.has_signed(verifier, new.public_key, agreed, new.proof):
        return DeviceRefusal(
            DeviceRefusalReason.FORGED, "the new key did not sign that it follows the old one"
        )
    ended, begun = replace(old, last=counter), EnrolledKey(new.public_key, counter + 1, None)
    return replace(enrolment, keys=(*enrolment.keys[:-1], ended, begun))


def _unfit(enrolled: Enrolled, public_key: bytes) -> DeviceRefusal | None:
    """Return why a key can't be made known; two that share their short name can't both be."""
    refusal = keys.check_public_key(public_key)
    if refusal is None and keys.name(public_key) in by_key_name(enrolled):
        return DeviceRefusal(
            DeviceRefusalReason.KEY_TAKEN, "a device has this key, or one with the same name"
        )
    return refusal


def by_key_name(enrolled: Enrolled) -> dict[bytes, tuple[Enrolment, EnrolledKey]]:
    """Return the keys of all devices, present and past, by the name that messages use."""
    return {
        keys.name(key.public_key): (enrolment, key)
        for enrolment in enrolled.values()
        for key in enrolment.keys
    }
